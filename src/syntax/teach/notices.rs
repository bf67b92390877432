//! Whom a line tells, and what, in the forms of other languages: called, with commas, with joined texts, by a verb that
//! is none here; and a change whose `do` was forgotten.
//!
//! In: a refused line. Out: one diagnostic with the line as it is meant, and its edit where one is sure.

use super::slips::{joined, stuck};
use super::{Line, Scene, told};
use crate::diag::{Code, Diagnostic};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;

const NOTICES: [&str; 3] = ["page", "tell", "hand"];

/// The word of a notice on this line, by its place.
fn notice(scene: &Scene<'_>, line: &Line) -> Option<usize> {
    let mut own = line.own.iter().copied();
    own.find(|index| NOTICES.contains(&scene.tokens.word(*index)))
}

/// `page(builder, "text")`, `page(role: builder, message: "text")`
pub(super) fn called(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let word = notice(scene, line)?;
    let open = word + 1;
    if tokens.word(open) != "(" || line.at > tokens.at(open)?.end {
        return None;
    }
    let close = tokens.partner(open);
    let mut parts = Vec::new();
    let mut at = open + 1;
    while at < close {
        // `role: builder`
        if scene.is(at, PieceKind::Word) && matches!(tokens.word(at + 1), ":" | "=") {
            at += 2;
        }
        let plain = scene.is(at, PieceKind::Word) || scene.is(at, PieceKind::Text);
        let ends = tokens.word(at + 1) == "," || at + 1 == close;
        if !plain || !ends {
            return None;
        }
        parts.push(at);
        at += 2;
    }
    let (texts, roles): (Vec<usize>, Vec<usize>) = parts
        .into_iter()
        .partition(|part| scene.is(*part, PieceKind::Text));
    if roles.is_empty() || texts.len() > 1 {
        return None;
    }
    let words =
        |parts: &[usize]| -> Vec<&str> { parts.iter().map(|at| tokens.word(*at)).collect() };
    let mut right = format!(" {}", words(&roles).join(", "));
    for text in words(&texts) {
        right.push(' ');
        right.push_str(text);
    }
    let name = tokens.word(word);
    let found = told(
        &format!("`{name}` is a statement, it is not called"),
        scene.token_span(open),
        "no parentheses here",
        format!("write `{name}{right}`"),
    );
    let whole = scene.span(tokens.at(word)?.end..tokens.at(close)?.end);
    Some(found.fix("write it without parentheses", whole, right))
}

/// `page builder, "text"`, `page builder: "text"`
pub(super) fn mark_before_text(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let word = notice(scene, line)?;
    let mut mark = word + 2;
    while tokens.word(mark) == "," && scene.is(mark + 1, PieceKind::Word) {
        mark += 2;
    }
    let known = matches!(tokens.word(mark), "," | ":" | "=" | "-");
    let text = scene.is(mark + 1, PieceKind::Text) || scene.is(mark + 1, PieceKind::Block);
    if !scene.is(word + 1, PieceKind::Word) || !known || !text || !line.range.contains(&(mark + 1))
    {
        return None;
    }
    let sign = tokens.word(mark);
    let role = tokens.word(mark - 1);
    let found = told(
        &format!("no `{sign}` between whom to tell and what"),
        scene.token_span(mark),
        "does not fit here",
        format!("write `{} {role} \"...\"`", tokens.word(word)),
    );
    let gap = scene.span(tokens.at(mark - 1)?.end..tokens.at(mark + 1)?.start);
    Some(found.fix(format!("remove the `{sign}`"), gap, " "))
}

/// `page builder pod + " is stuck"`
pub(super) fn joined_message(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let first = stuck(scene, line)?;
    let word = notice(scene, line).filter(|word| word + 1 < first)?;
    let mut plus = first + 1;
    while tokens.word(plus) == "." {
        plus += 2;
    }
    if tokens.word(plus) != "+" || !scene.is(word + 1, PieceKind::Word) {
        return None;
    }
    let found = Diagnostic::new(
        Code::Syntax,
        "texts are not joined with `+`",
        scene.token_span(plus),
        "`+` does not fit here",
    );
    let found = found.help("a value stands in the text itself: `\"... ${value}\"`");
    let (text, end) = joined(scene, first)?;
    let whole = scene.span(tokens.bytes(&(first..end)));
    Some(found.fix("put it into the text", whole, text))
}

/// `tell "builder" if unresolved after 10m`, `page "builder" "text"`: the name of a role in quotes.
pub(super) fn quoted_role(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let word = notice(scene, line)?;
    let index = word + 1;
    if !scene.is(index, PieceKind::Text) || !line.range.contains(&(index + 1)) {
        return None;
    }
    let text = tokens.word(index).trim_matches('"');
    let small =
        |letter: char| letter.is_ascii_lowercase() || letter == '_' || letter.is_ascii_digit();
    let plain =
        text.starts_with(|first: char| first.is_ascii_lowercase()) && text.chars().all(small);
    let goes_on = scene.is(index + 1, PieceKind::Text)
        || matches!(tokens.word(index + 1), "if" | "at" | "within" | ",");
    if !plain || !goes_on {
        return None;
    }
    let name = tokens.word(word);
    let span = scene.token_span(index);
    let found = told(
        &format!("`{name}` names a role, without quotes"),
        span,
        "a text, not the name of a role",
        format!("write `{name} {text}`, where `{text}` is a role"),
    );
    Some(found.fix("remove the quotes", span, text))
}

/// `otherwise notify builder "..."`, `then escalate builder`: a verb that is none here.
pub(super) fn other_verb(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let role = stuck(scene, line)?;
    let verb = [role, role.checked_sub(1)?].into_iter().find(|index| {
        matches!(
            tokens.word(*index),
            "notify" | "escalate" | "alert" | "inform" | "wake" | "message" | "ping" | "pager"
        )
    })?;
    let before = tokens.word(verb.checked_sub(1)?);
    let known = matches!(
        before,
        "otherwise" | "novel" | "inconclusive" | "systemic" | "then" | "else"
    );
    if !known || !scene.is(verb + 1, PieceKind::Word) || !line.range.contains(&(verb + 1)) {
        return None;
    }
    let span = scene.token_span(verb);
    let found = told(
        &format!("there is no `{}`", tokens.word(verb)),
        span,
        "not a word of the language",
        "to wake somebody is `page`",
    );
    Some(found.fix("write `page`", span, "page"))
}

/// `k8s.restart(worker) within 30s`: a change whose `do` was forgotten.
pub(super) fn forgotten_do(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    if line.kind != Kind::Stmt
        || !scene.is(start, PieceKind::Word)
        || tokens.is_statement_word(start)
    {
        return None;
    }
    let mut open = start + 1;
    while tokens.word(open) == "." && scene.is(open + 1, PieceKind::Word) {
        open += 2;
    }
    let behind = tokens.skip(open);
    let goes_on = matches!(tokens.word(behind), "within" | "retry" | "undo" | "waive");
    if tokens.word(open) != "(" || !goes_on || !line.range.contains(&behind) {
        return None;
    }
    let span = scene.token_span(start);
    let called = tokens.text.get(tokens.bytes(&(start..open)))?;
    let found = Diagnostic::new(
        Code::ExpressionStatement,
        "an expression is not a statement",
        scene.span(tokens.bytes(&(start..behind))),
        "nothing is done with its value",
    );
    let found = found.help(format!(
        "a line that changes the world begins with `do`: `do {called}(...) {} ...`",
        tokens.word(behind)
    ));
    Some(found.fix("write `do`", span.at_start(), "do "))
}

/// `attach host.top_writers(machine) within 30s`: how long it may take is an argument of what is asked.
pub(super) fn attached_within(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let within = stuck(scene, line)?;
    let close = within.checked_sub(1)?;
    let attach = tokens.word(line.range.start) == "attach";
    if !attach || tokens.word(within) != "within" || tokens.word(close) != ")" {
        return None;
    }
    let (open, time) = (tokens.partner(close), within + 1);
    let span = scene.token_span(within);
    let found = told(
        "what is attached has no time of its own",
        span,
        "`within` does not fit here",
        "how long it may take is an argument of what is asked: `host.top_writers(machine, within: 30s)`",
    );
    if time + 1 != line.range.end {
        return Some(found);
    }
    let mark = if open + 1 == close { "" } else { ", " };
    let right = format!("{mark}within: {}", tokens.word(time));
    let title = "make it an argument";
    let gap = scene.span(tokens.at(close)?.end..tokens.at(time)?.end);
    let found = found.fix(title, scene.token_span(close).at_start(), right);
    Some(found.fix(title, gap, ""))
}
