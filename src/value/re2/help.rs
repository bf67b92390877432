//! What is said about patterns that are wrong.

pub const TOO_OFTEN: &str = "it is repeated more often than";
pub const CLOSE: &str = "close it with `)`; a parenthesis that is meant as text is `\\(`";
pub const OPEN: &str = "open it with `(`; a parenthesis that is meant as text is `\\)`";
pub const LINEAR: &str = "a pattern takes time linear in the text, so it neither looks around nor asks for what a group took";
pub const SHUT: &str = "close it with `]`; a bracket that is meant as text is `\\[`";

/// Behind `(?`: some of it means something in other dialects.
pub fn not_a_flag(found: char) -> &'static str {
    match found {
        '>' => {
            "a pattern never goes back, so a group that keeps what it took is a plain one: `(?:…)`"
        }
        '#' => {
            "a pattern has no comments: leave the group out, and say it in a comment of the line"
        }
        _ => "the flags are `i`, `m`, `s` and `U`: `(?i)`, `(?s-i:…)`",
    }
}
