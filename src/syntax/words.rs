//! The words of the language, and what to do about a word that is nearly one of them.
//!
//! In: a word. Out: whether it is reserved, begins an item, or comes in a later version; the nearest known word.

use super::skim::{PieceKind, Skim};
use crate::diag::near;

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

/// Words that begin a statement.
pub(super) const STATEMENT_WORDS: &[&str] = &[
    "let",
    "do",
    "if",
    "match",
    "for",
    "found",
    "verify",
    "guard",
    "page",
    "hand",
    "tell",
    "attach",
    "wait",
    "return",
    "waive",
    "cleared",
    "mitigated",
    "attempt",
    "with",
];

/// Words that begin a clause of a runbook.
pub(super) const CLAUSE_WORDS: &[&str] = &[
    "version",
    "severity",
    "on",
    "incident",
    "again",
    "recurs",
    "clears",
    "fresh",
    "patience",
    "ends",
    "tell",
    "blast",
    "watch",
    "diagnose",
    "remedy",
    "steps",
    "otherwise",
];

/// Words that begin a line of a test.
pub(super) const TEST_WORDS: &[&str] = &["at", "case", "given", "expect"];

/// Words that say in a test what is to come of it.
pub(super) const EXPECT_WORDS: &[&str] = &[
    "found",
    "novel",
    "inconclusive",
    "systemic",
    "did",
    "no",
    "undone",
    "nobody",
    "paged",
    "told",
    "resolved",
    "cleared",
    "self_resolved",
    "mitigated",
    "handed",
    "cancelled",
    "again",
];

/// Words that begin a clause of a product.
pub(super) const PRODUCT_WORDS: &[&str] = &["owner", "chain", "owns", "zone"];

/// Words that begin an item of this version.
pub(super) const READ_ITEMS: &[&str] = &[
    "use", "product", "runbook", "window", "role", "secret", "const", "record", "enum", "fn",
    "probe", "action", "extern", "test",
];

/// Words of items that end in a block.
pub(super) const BLOCK_ITEMS: &[&str] = &[
    "product", "runbook", "record", "enum", "fn", "probe", "action", "extern", "test",
];

/// The first word of an item, behind its documentation; nothing if another character comes first.
pub(super) fn first(text: &str) -> Option<std::ops::Range<usize>> {
    let mut pieces = Skim::new(text, 0).filter(|piece| !piece.is_trivia());
    let first = pieces.next()?;
    (first.kind == PieceKind::Word).then_some(first.start..first.end)
}

/// Whether a word begins a line inside an item.
pub(super) fn is_inner_word(word: &str) -> bool {
    [RESERVED, CLAUSE_WORDS, TEST_WORDS, PRODUCT_WORDS]
        .iter()
        .any(|words| words.contains(&word))
}

/// Whether a word of the language cannot be the name of a value.
pub(super) fn is_taken(word: &str) -> bool {
    is_reserved(word) || is_item_word(word)
}

/// Whether a word cannot be a name.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// Whether a word begins an item.
pub(super) fn is_item_word(word: &str) -> bool {
    ITEM_WORDS.contains(&word)
}

/// Whether a word says that nobody is meant.
pub fn is_nobody(word: &str) -> bool {
    matches!(word, "nobody" | "none" | "noone" | "no")
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

/// The known word that a mistyped one probably was.
pub(super) fn nearest(word: &str, known: &[&'static str]) -> Option<&'static str> {
    near::nearest(word, known.iter().copied())
}

/// `a`, `b` and `c`
pub(super) fn listed(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(" ")
}

/// Whether a word begins a statement, and no clause.
pub(super) fn is_statement(word: &str) -> bool {
    STATEMENT_WORDS.contains(&word) && !CLAUSE_WORDS.contains(&word)
}
