//! The words of the language, and what to do about a word that is nearly one of them.
//!
//! In: a word. Out: whether it is reserved, begins an item, or comes in a later version; the nearest known word.

/// Words that begin statements and expressions: never names.
pub(super) const RESERVED: &[&str] = &[
    "let",
    "do",
    "if",
    "else",
    "match",
    "for",
    "in",
    "found",
    "verify",
    "guard",
    "ask",
    "page",
    "hand",
    "tell",
    "attach",
    "step",
    "wait",
    "return",
    "retry",
    "undo",
    "waive",
    "cleared",
    "mitigated",
    "attempt",
    "with",
    "under",
    "then",
    "and",
    "or",
    "not",
    "is",
    "true",
    "false",
    "none",
];

/// Words that begin an item at column 0.
pub(super) const ITEM_WORDS: &[&str] = &[
    "use",
    "product",
    "runbook",
    "road",
    "policy",
    "breakglass",
    "window",
    "agent",
    "role",
    "channel",
    "secret",
    "const",
    "record",
    "enum",
    "target",
    "fn",
    "probe",
    "action",
    "extern",
    "test",
];

/// Whether a word cannot be a name.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// Whether a word begins an item.
pub(super) fn is_item_word(word: &str) -> bool {
    ITEM_WORDS.contains(&word)
}

/// `deploy_event` for a type: `DeployEvent`.
pub(super) fn upper_camel(name: &str) -> String {
    let parts = name.split('_').filter(|part| !part.is_empty());
    parts
        .flat_map(|part| {
            let mut letters = part.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters)
        })
        .collect()
}

/// `DeployEvent` for a value: `deploy_event`.
pub(super) fn lower_snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut after_lower = false;
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && after_lower {
            snake.push('_');
        }
        after_lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
