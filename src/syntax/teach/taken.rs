//! Calls of other languages that take a list apart: `next((c for c in xs if ...), None)`, `len([p for p in ps if ...])`.
//!
//! In: a refused line. Out: one diagnostic with the form that is meant here, and its edit.

use std::ops::Range;

use super::{Line, Scene, told};
use crate::diag::Diagnostic;
use crate::syntax::skim::PieceKind;

/// A comprehension as other languages write it, `c for c in xs if c.ok`: its parts, by tokens.
struct Taken {
    element: Range<usize>,
    name: usize,
    source: Range<usize>,
    condition: Range<usize>,
}

/// `next((c for c in caches if c.path == top.path), None)`: the first of them.
pub(super) fn first_of(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let call = called(scene, line, &["next", "first", "find"])?;
    let (open, close) = (call + 1, tokens.partner(call + 1));
    let inner = matches!(tokens.word(open + 1), "(" | "[");
    let (from, to) = match inner {
        true => (open + 2, tokens.partner(open + 1)),
        false => (open + 1, close),
    };
    let taken = taken(scene, from..to)?;
    let condition = scene.text(taken.condition)?;
    let source = scene.text(taken.source)?;
    let right = format!(
        "pick {} in {source} where {condition}",
        tokens.word(taken.name)
    );
    let span = scene.span(tokens.bytes(&(call..close + 1)));
    let found = told(
        "the first element for which something holds is picked",
        scene.token_span(call),
        "not how it is said here",
        format!("write `{right}`"),
    );
    Some(found.fix(format!("write `{right}`"), span, right))
}

/// `len([p for p in pods if not p.ready])`, `sum(1 for p in pods if not p.ready)`: how many.
pub(super) fn count_of(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let call = called(scene, line, &["len", "length", "size", "sum"])?;
    let (open, close) = (call + 1, tokens.partner(call + 1));
    let inner = tokens.word(open + 1) == "[" && tokens.partner(open + 1) + 1 == close;
    let (from, to) = match inner {
        true => (open + 2, close - 1),
        false => (open + 1, close),
    };
    let taken = taken(scene, from..to)?;
    let ones = tokens.word(taken.element.start) == "1" && taken.element.len() == 1;
    if tokens.word(call) == "sum" && !ones {
        return None;
    }
    let name = tokens.word(taken.name);
    let element = match ones {
        true => name,
        false => scene.text(taken.element)?,
    };
    let source = scene.text(taken.source)?;
    let condition = scene.text(taken.condition)?;
    let right = format!("count({element} for {name} in {source} where {condition})");
    let span = scene.span(tokens.bytes(&(call..close + 1)));
    let found = told(
        "how many there are is counted",
        scene.token_span(call),
        "not how it is said here",
        format!("write `{right}`"),
    );
    Some(found.fix(format!("write `{right}`"), span, right))
}

/// The first of these names that is called in a line.
fn called(scene: &Scene<'_>, line: &Line, names: &[&str]) -> Option<usize> {
    let tokens = scene.tokens;
    let mut own = line.own.iter().copied();
    own.find(|index| {
        let path = index.checked_sub(1).map(|before| tokens.word(before)) == Some(".");
        let name = names.contains(&tokens.word(*index)) && !path;
        name && tokens.word(index + 1) == "(" && scene.is(*index, PieceKind::Word)
    })
}

/// The parts of a comprehension that asks by `if`.
fn taken(scene: &Scene<'_>, range: Range<usize>) -> Option<Taken> {
    let tokens = scene.tokens;
    let find = |word: &str| {
        let mut flat = tokens.flat(range.clone());
        flat.find(|index| tokens.word(*index) == word)
    };
    let (each, asks) = (find("for")?, find("if")?);
    let name = each + 1;
    let named = scene.is(name, PieceKind::Word) && tokens.word(name + 1) == "in";
    (named && asks > name + 2).then_some(Taken {
        element: range.start..each,
        name,
        source: name + 2..asks,
        condition: asks + 1..range.end,
    })
}
