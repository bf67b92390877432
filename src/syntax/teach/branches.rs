//! Branches without their braces: `if c: found x else: found y`, `if c then found x`.
//!
//! In: a refused line. Out: one diagnostic with the blocks that are meant, and its edit where one is sure.

use super::slips::stuck;
use super::{Line, Scene, told};
use crate::diag::Diagnostic;
use crate::syntax::kinds::Kind;

/// `if c: found x`, `if c then found x`, `else: found x`
pub(super) fn colon_for_block(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let at = stuck(scene, line)?;
    let heads = matches!(tokens.word(start), "if" | "for" | "}");
    let statement = at + 1 < line.range.end && tokens.is_statement_word(at + 1);
    let sign = matches!(tokens.word(at), ":" | "then" | "do");
    if line.kind != Kind::Stmt || !heads || !sign || !statement {
        return None;
    }
    let inner = scene.text(at + 1..line.range.end)?;
    // `return` alone ends nothing here: a `guard` stops before a change.
    if inner.contains('\n') {
        return None;
    }
    if inner == "return" {
        let found = told(
            "a branch is a block, and no remedy is left by `return`",
            scene.token_span(at),
            "opens no block",
            "what must hold before a change is a `guard`: `guard before < 10`",
        );
        let asked = tokens.word(start) == "if" && at > start + 1;
        let condition = scene.text(start + 1..at)?;
        let whole = scene.span(tokens.bytes(&line.range));
        let right = match tokens.joins_conditions(start + 1..at) {
            true => format!("guard not ({condition})"),
            false => format!("guard not {condition}"),
        };
        return Some(match asked {
            true => found.fix("write a `guard`", whole, right),
            false => found,
        });
    }
    if let Some(found) = both_branches(scene, line, at) {
        return Some(found);
    }
    let title = "write braces";
    let end = tokens.bytes(&line.range).end;
    let found = told(
        "a branch is a block",
        scene.token_span(at),
        "opens no block",
        format!("write `{{ {inner} }}`"),
    );
    let gap = scene.span(tokens.at(at.checked_sub(1)?)?.end..tokens.at(at + 1)?.start);
    let found = found.fix(title, gap, " { ");
    Some(found.fix(title, scene.span(end..end), " }"))
}

/// `if c: found x else: found y`, `if c then found x else found y`
fn both_branches(scene: &Scene<'_>, line: &Line, at: usize) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let other = tokens.flat(at + 1..line.range.end).find(|index| {
        let sign = tokens.word(index + 1) == ":" || tokens.word(at) == "then";
        tokens.word(*index) == "else" && sign
    })?;
    let second = other + 1 + usize::from(tokens.word(other + 1) == ":");
    let head = scene.text(line.range.start..at)?;
    let (first, then) = (
        scene.text(at + 1..other)?,
        scene.text(second..line.range.end)?,
    );
    let right = format!("{head} {{ {first} }} else {{ {then} }}");
    let found = told(
        "each branch is a block",
        scene.token_span(at),
        "opens no block",
        format!("write `{right}`"),
    );
    let whole = scene.span(tokens.bytes(&line.range));
    Some(found.fix("write braces", whole, right))
}
