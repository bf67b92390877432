//! Lines of tests that are nearly right: what is expected, of whom, and what becomes of an action.
//!
//! In: a refused line. Out: one diagnostic with the line as it is meant, and its edit.

use super::slips::right_expectation;
use super::{Line, Scene, told};
use crate::diag::{Diagnostic, sense};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;
use crate::syntax::words;

/// `expect handed to oncall`, `expect telled oncall`
pub(super) fn expected_of_whom(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.range.start + 1;
    if line.kind != Kind::Test || tokens.word(index - 1) != "expect" {
        return None;
    }
    let word = tokens.word(index);
    let right = right_expectation(word, "").unwrap_or(word);
    if !matches!(right, "paged" | "told" | "handed") {
        return None;
    }
    let mut end = index + 1;
    while matches!(tokens.word(end), "to" | "over" | "the" | "off") && end + 1 < line.range.end {
        end += 1;
    }
    if right == word && end == index + 1 || !scene.is(end, PieceKind::Word) {
        return None;
    }
    let shown = format!("{right} {}", tokens.word(end));
    let message = format!("who is meant stands behind `{right}`");
    let whole = index..end + 1;
    let span = scene.span(tokens.bytes(&whole));
    let help = format!("write `expect {shown}`");
    let found = told(&message, span, "does not fit here", help);
    Some(found.fix(format!("write `{shown}`"), span, shown))
}

/// `expect paged nobody`, `expect told no one`, `expect not paged`, `expect paged == false`
pub(super) fn nobody_paged(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.range.start + 1;
    let (word, next) = (tokens.word(index), tokens.word(index + 1));
    let paged = |word: &str| right_expectation(word, "").unwrap_or(word) == "paged";
    let mut value = index + 1;
    while matches!(tokens.word(value), "=" | "is") {
        value += 1;
    }
    let none = words::is_nobody(next)
        || value > index + 1 && matches!(tokens.word(value), "false" | "False" | "none" | "0");
    let first = words::is_nobody(word) || matches!(word, "not" | "never" | "nothing");
    let rest = || tokens.flat(index + 1..line.range.end);
    let behind = first && word != "nobody" && rest().any(|index| paged(tokens.word(index)))
        || word == "nobody" && next != "paged" && rest().any(|index| paged(tokens.word(index)));
    let expects = line.kind == Kind::Test && tokens.word(index - 1) == "expect";
    if !expects || !(paged(word) && none || behind) {
        return None;
    }
    // `not nobody paged` says that somebody was.
    let whole = scene.text(index..line.range.end).unwrap_or_default();
    if sense::negations(whole) > 1 {
        return None;
    }
    // Of one role it is another thing.
    let role = behind && !rest().last().is_some_and(|last| paged(tokens.word(last)));
    if role && !words::is_nobody(word) {
        return None;
    }
    let span = scene.span(tokens.bytes(&(index..line.range.end)));
    let found = told(
        "that nobody was paged is written `nobody paged`",
        span,
        "does not fit here",
        "write `expect nobody paged`",
    );
    Some(found.fix("write `nobody paged`", span, "nobody paged"))
}

/// `expect found(overloaded)`, `expect did(k8s.scale) once`
pub(super) fn called_expectation(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.range.start + 1;
    let open = index + 1;
    let expects = tokens.word(index - 1) == "expect" && tokens.word(open) == "(";
    let word = tokens.word(index);
    if line.kind != Kind::Test || !expects || !words::EXPECT_WORDS.contains(&word) {
        return None;
    }
    let close = tokens.partner(open);
    let inner = scene.text(open + 1..close)?;
    let span = scene.span(tokens.bytes(&(open..close + 1)));
    let found = told(
        &format!("`{word}` is not a call"),
        scene.token_span(open),
        "no parentheses here",
        format!("write `expect {word} {inner}`"),
    );
    let whole = scene.span(tokens.at(index)?.end..tokens.at(close)?.end);
    Some(match inner {
        "" => found.fix("remove the parentheses", span, ""),
        inner => found.fix(
            format!("write `{word} {inner}`"),
            whole,
            format!(" {inner}"),
        ),
    })
}

/// `given gitops.pause takes 5s`, `given k8s.restart fails "..."`
pub(super) fn given_action(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.range.start + 1;
    let path = tokens.word(index + 1) == "." && scene.is(index + 2, PieceKind::Word);
    let happens = matches!(
        tokens.word(index + 3),
        "takes" | "fails" | "hangs" | "never"
    );
    if line.kind != Kind::Test || tokens.word(index - 1) != "given" || !path || !happens {
        return None;
    }
    let action = scene.text(index..index + 3)?;
    let span = scene.span(tokens.bytes(&(index..index + 3)));
    let found = told(
        "what becomes of an action is said with `do`",
        span,
        "`do` is missing before it",
        format!("write `given do {action} {}`", tokens.word(index + 3)),
    );
    Some(found.fix("add `do`", span.at_start(), "do "))
}

/// `expect no changes made`
pub(super) fn no_change(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.range.start + 1;
    let expects = tokens.word(index - 1) == "expect" && tokens.word(index) == "no";
    let changes = matches!(
        tokens.word(index + 1),
        "change" | "changes" | "action" | "actions"
    );
    if line.kind != Kind::Test || !expects || !changes {
        return None;
    }
    let span = scene.span(tokens.bytes(&(index..line.range.end)));
    let found = told(
        "that nothing was changed is written `no change`",
        span,
        "does not fit here",
        "write `expect no change`",
    );
    let rest = scene.text(index + 2..line.range.end).unwrap_or_default();
    let empty = [
        "", "made", "done", "happened", "happens", "taken", "at all", "was made", "was done",
    ];
    Some(match empty.contains(&rest) {
        true => found.fix("write `no change`", span, "no change"),
        // It would expect something else without it.
        false => found.help(format!(
            "`expect no change` is of the whole run, and says no more: `{rest}` is not expected here"
        )),
    })
}
