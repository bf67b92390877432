//! What the language will have and does not have yet: one error at the word, the construct is skipped.

use std::ops::Range;

use super::{Line, Scene};
use crate::diag::{Code, Diagnostic};
use crate::syntax::kinds::Kind;
use crate::text::Span;

/// Words that begin items of a later version.
const ITEMS: &[&str] = &["road", "policy", "breakglass", "agent", "channel", "target"];

/// An item of a later version.
pub(super) fn item(word: &str, span: Span) -> Option<Diagnostic> {
    ITEMS.contains(&word).then(|| later(word, span))
}

/// A line that begins with a word of a later version.
pub(super) fn line(scene: &Scene<'_>, line: &Range<usize>, kind: Kind) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let first = tokens.word(line.start);
    let second = tokens.word(line.start + 1);
    // `signal == 3` and `before(x)` are something else.
    let alone = line.len() > 1 && !matches!(second, "=" | "(" | "." | ":" | "[");
    let words: &[&str] = match kind {
        Kind::Stmt | Kind::Arm => &["ask", "step", "under"],
        Kind::Clause => &[
            "signal",
            "before",
            "updates",
            "adopts",
            "regulated",
            "waves",
        ],
        Kind::Product => &["signal", "adopts", "regulated", "tier"],
        _ => &[],
    };
    if alone && words.contains(&first) {
        return Some(later(first, scene.token_span(line.start)));
    }
    match (kind, first) {
        (Kind::Clause, "only") if second == "during" => {
            Some(later("only during", scene.token_span(line.start)))
        }
        (Kind::Clause, "on") => trigger(scene, line),
        _ => None,
    }
}

/// `on signal`, `on all of`, `on 3 of the same`
fn trigger(scene: &Scene<'_>, line: &Range<usize>) -> Option<Diagnostic> {
    let second = scene.tokens.word(line.start + 1);
    let third = scene.tokens.word(line.start + 2);
    let span = scene.token_span(line.start + 1);
    let number = second.starts_with(|first: char| first.is_ascii_digit());
    match second {
        "signal" | "incident" => Some(later(second, span)),
        "all" | "any" if third == "of" => Some(later(&format!("{second} of"), span)),
        _ if number && third == "of" => Some(later("of the same", span)),
        _ => None,
    }
}

/// A word of a later version inside a line.
pub(super) fn inside(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let first = tokens.word(line.range.start);
    line.own.iter().copied().find_map(|index| {
        let word = tokens.word(index);
        let next = tokens.word(index + 1);
        let found = match word {
            "each" => next == "(",
            "approval" => first == "guard",
            "waves" | "bake" => first == "for",
            "under" => next == "breakglass",
            "within" => line.kind == Kind::Clause && first == "on",
            "without" => line.kind == Kind::Clause && first == "on",
            _ => false,
        };
        let word = match word {
            "approval" => "guard approval",
            word => word,
        };
        found.then(|| later(word, scene.token_span(index)))
    })
}

fn later(word: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::ComesLater,
        format!("`{word}` comes in a later version"),
        span,
        "not understood yet",
    )
    .help("the word is kept free for it; leave it out for now")
}
