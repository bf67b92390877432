//! What is said about patterns that are wrong.

pub const TOO_OFTEN: &str = "it is repeated more often than";
pub const CLOSE: &str = "close it with `)`; a parenthesis that is meant as text is `\\(`";
pub const OPEN: &str = "open it with `(`; a parenthesis that is meant as text is `\\)`";
pub const LINEAR: &str = "a pattern takes time linear in the text, so it neither looks around nor asks for what a group took";
pub const SHUT: &str = "close it with `]`; a bracket that is meant as text is `\\[`";
