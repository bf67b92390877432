//! Known forms with their parts turned round: a type before its name, a value before what yields it, a condition behind
//! its text.
//!
//! In: a refused line. Out: one diagnostic whose edit puts the parts in their order.

use std::ops::Range;

use super::slips::stuck;
use super::{Line, Scene};
use crate::diag::{Code, Diagnostic};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;

/// Tokens that stand for `right`.
fn turned(scene: &Scene<'_>, message: &str, range: Range<usize>, right: String) -> Diagnostic {
    let span = scene.span(scene.tokens.bytes(&range));
    let found = Diagnostic::new(Code::Syntax, message, span, "in another order");
    let found = found.help(format!("write `{right}`"));
    found.fix(format!("write `{right}`"), span, right)
}

/// `runbook for checkout stuck_worker {`
pub(super) fn product_first(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let (tokens, start) = (scene.tokens, line.range.start);
    let head = tokens.word(start) == "runbook" && tokens.word(start + 1) == "for";
    let names = (start + 2..start + 4).all(|index| scene.is(index, PieceKind::Word));
    if line.kind != Kind::Item || !head || !names || tokens.word(start + 4) != "{" {
        return None;
    }
    let right = format!("{} for {}", tokens.word(start + 3), tokens.word(start + 2));
    let message = "a runbook has its name before its product";
    Some(turned(scene, message, start + 1..start + 4, right))
}

/// `role group dba = "okta:dba"`
pub(super) fn role_kind_first(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let (tokens, start) = (scene.tokens, line.range.start);
    let kind = tokens.word(start + 1);
    let role = tokens.word(start) == "role" && matches!(kind, "rota" | "group" | "person");
    if line.kind != Kind::Item || !role || tokens.word(start + 3) != "=" {
        return None;
    }
    let right = format!("{} = {kind}", tokens.word(start + 2));
    let message = "a role has its name first, and its kind behind `=`";
    Some(turned(scene, message, start + 1..start + 4, right))
}

/// `cleared "over" if lag() < 5`
pub(super) fn cleared_text_first(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let (tokens, start) = (scene.tokens, line.range.start);
    let cleared = tokens.word(start) == "cleared" && scene.is(start + 1, PieceKind::Text);
    if line.kind != Kind::Stmt || !cleared || tokens.word(start + 2) != "if" {
        return None;
    }
    // `else None` says nothing more: what does not hold goes on.
    let otherwise = tokens
        .flat(start + 3..line.range.end)
        .find(|index| tokens.word(*index) == "else");
    let condition = scene.text(start + 3..otherwise.unwrap_or(line.range.end))?;
    let right = format!("if {condition} {}", tokens.word(start + 1));
    let message = "the condition stands before the text";
    Some(turned(scene, message, start + 1..line.range.end, right))
}

/// `given 5_000 -> lag()`
pub(super) fn given_value_first(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let (tokens, start) = (scene.tokens, line.range.start);
    let value = tokens.word(start + 1);
    let number = value.starts_with(|first: char| first.is_ascii_digit());
    let arrow = (start + 2..line.range.end)
        .find(|index| tokens.word(*index) == "-" && tokens.word(index + 1) == ">")?;
    if line.kind != Kind::Test || tokens.word(start) != "given" || !number {
        return None;
    }
    let value = scene.text(start + 1..arrow)?;
    let right = format!("{} -> {value}", scene.text(arrow + 2..line.range.end)?);
    let message = "what is observed stands before its value";
    Some(turned(scene, message, start + 1..line.range.end, right))
}

/// `const Int most = 3`, `fn f(Int x)`
pub(super) fn type_first(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let name = stuck(scene, line)?;
    let ty = name.checked_sub(1)?;
    let upper = tokens
        .word(ty)
        .starts_with(|first: char| first.is_ascii_uppercase());
    let before = ty.checked_sub(1).map_or("", |before| tokens.word(before));
    let begins = matches!(before, "(" | "," | "const") || ty == line.range.start;
    let declares = matches!(line.kind, Kind::Item | Kind::Param | Kind::Field);
    let named = tokens
        .word(name)
        .starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
    if !declares || !upper || !begins || !named || !scene.is(name, PieceKind::Word) {
        return None;
    }
    let right = format!("{}: {}", tokens.word(name), tokens.word(ty));
    Some(turned(
        scene,
        "a name stands before its type",
        ty..name + 1,
        right,
    ))
}

/// `on event change: SchemaChange {`
pub(super) fn event_name_first(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let (tokens, start) = (scene.tokens, line.range.start);
    let event = tokens.word(start) == "on" && tokens.word(start + 1) == "event";
    let named = tokens.word(start + 3) == ":" && scene.is(start + 4, PieceKind::Word);
    if line.kind != Kind::Clause || !event || !named {
        return None;
    }
    let right = format!("{} as {}", tokens.word(start + 4), tokens.word(start + 2));
    let message = "an event has its record first, and its name behind `as`";
    Some(turned(scene, message, start + 2..start + 5, right))
}

/// `(a if c else b)`
pub(super) fn value_before_if(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let asked = stuck(scene, line).filter(|index| tokens.word(*index) == "if")?;
    let open = inside(scene, line, asked).filter(|open| tokens.word(*open) == "(");
    let equals = (line.range.start..asked).rev();
    let compares = |index: usize| matches!(tokens.word(index), "=" | "!" | "<" | ">");
    let gives = |index: &usize| {
        let single = !compares(index + 1) && !index.checked_sub(1).is_some_and(compares);
        tokens.word(*index) == "return" || tokens.word(*index) == "=" && single
    };
    let equals = equals
        .into_iter()
        .find(|index| gives(index) && open.is_none());
    let first = open.or(equals)? + 1;
    let end = open.map_or(line.range.end, |open| tokens.partner(open));
    let otherwise = tokens
        .flat(asked..end)
        .find(|index| tokens.word(*index) == "else")?;
    let condition = scene.text(asked + 1..otherwise)?;
    let (value, other) = (scene.text(first..asked)?, scene.text(otherwise + 1..end)?);
    let small = other.to_ascii_lowercase();
    let other = match small.as_str() {
        "true" | "false" | "none" => small.as_str(),
        _ => other,
    };
    let right = format!("if {condition} then {value} else {other}");
    let right = match open {
        Some(_) => right,
        None => format!("({right})"),
    };
    let message = "a choice between two values begins with `if`";
    Some(turned(scene, message, first..end, right))
}

/// `[for p in ps where p.ready: p]`, `[p in ps where p.ready]`
pub(super) fn comprehension(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let open = inside(scene, line, stuck(scene, line)?)?;
    let (first, end) = (open + 1, tokens.partner(open));
    if tokens.word(open) == "[" && tokens.word(first) == "for" {
        let colon = tokens
            .flat(first..end)
            .find(|index| tokens.word(*index) == ":")?;
        let value = scene.text(colon + 1..end)?;
        let right = format!("{value} {}", scene.text(first..colon)?);
        let message = "the element stands before its `for`";
        return Some(turned(scene, message, first..end, right));
    }
    let where_in = tokens
        .flat(first..end)
        .any(|index| tokens.word(index) == "where");
    if !scene.is(first, PieceKind::Word) || tokens.word(first + 1) != "in" || !where_in {
        return None;
    }
    let name = tokens.word(first);
    let span = scene.token_span(first);
    let found = Diagnostic::new(
        Code::Syntax,
        "which element is taken is not said",
        span,
        "an element and `for` are missing before it",
    );
    let found = found.help(format!("write `{name} for {name} in ...`"));
    Some(found.fix(
        format!("add `{name} for`"),
        span.at_start(),
        format!("{name} for "),
    ))
}

/// The innermost bracket of a line that is open at a token.
fn inside(scene: &Scene<'_>, line: &Line, index: usize) -> Option<usize> {
    let openers = line.own.iter().copied().rev();
    let mut openers = openers.filter(|open| *open < index);
    openers.find(|open| scene.tokens.partner(*open) > index)
}
