//! An expression becomes a `let` before the statement that it stands in.
//!
//! In: a selection that is an expression of a block. Out: the action that gives it a name. It is offered only where it
//! is looked at as often and in the same order as before (see `once`), and where the checker has nothing against it.

use std::ops::Range;

use crate::syntax::tree::{
    Block, ClauseKind, Expr, ExprKind, Item, ItemKind, Stmt, TextPart, UnaryOp,
};
use crate::text::{Source, Span};
use crate::typed::NameKind;

use super::super::outline::trimmed;
use super::super::{Desk, bind};
use super::once::{self, Once};
use super::place::{indent, insert, selected};
use super::{Action, Change, Why, free};

/// How a `let` begins, before its name.
const WORD: &str = "let ";

/// The `let` that a selection becomes.
pub(super) fn extract(desk: &Desk, file: usize, range: &Range<usize>) -> Option<Action> {
    let (source, tree) = (desk.source(file)?, desk.tree(file)?);
    let selection = desk.is_sound().then(|| selected(source, range))??;
    let place = Span::new(source.id, selection.start, selection.end);
    let item = tree.items.iter().find(|item| item.span.holds(place))?;
    let (block, stmt) = innermost(item, source, place)?;
    let is_it = |expr: &Expr| trimmed(expr.span, source) == place;
    let Once {
        expr,
        before,
        is_of_change,
    } = once::find(stmt, &is_it, place)?;
    let looks = |place: Span| looks(desk, place);
    if is_plain(expr) || looks(place) && (is_of_change || before.into_iter().any(looks)) {
        return None;
    }
    let mut taken = free::taken(desk);
    free::words(&source.text, &mut taken);
    let (wanted, more) = wanted(expr);
    let name = free::name(wanted, more, &taken);
    let text = source.text.get(selection.clone())?;
    let line = format!("{WORD}{name} = {text}");
    let (mut changes, declared) = lines(source, block, stmt, &line)?;
    let mentioned = Change {
        source: source.id,
        range: selection,
        text: name.clone(),
    };
    changes.insert(1, mentioned);
    stands_for_it(desk, source, &changes, declared).then(|| Action {
        title: format!("extract `let {name}`"),
        why: Why::Extract,
        about: None,
        changes,
    })
}

/// The innermost statement with lines of its own around a place, and the block that it is in.
fn innermost<'t>(item: &'t Item, source: &Source, place: Span) -> Option<(&'t Block, &'t Stmt)> {
    let mut blocks: Vec<&Block> = match &item.kind {
        ItemKind::Runbook(runbook) => {
            let clauses = runbook.clauses.iter();
            let blocks = clauses.filter_map(|clause| match &clause.kind {
                ClauseKind::Diagnose(block) | ClauseKind::Steps(block) => Some(block),
                ClauseKind::Remedy(remedy) => Some(&remedy.body),
                ClauseKind::Otherwise(otherwise) => Some(&otherwise.body),
                _ => None,
            });
            blocks.collect()
        }
        ItemKind::Probe(probe) => vec![&probe.body],
        ItemKind::Action(action) => vec![&action.body],
        _ => Vec::new(),
    };
    let mut found = None;
    while let Some(block) = blocks.pop() {
        let mut stmts = block.statements.iter();
        let Some(stmt) = stmts.find(|stmt| stmt.span.holds(place)) else {
            continue;
        };
        found = Some((block, stmt));
        blocks.clear();
        bind::blocks(stmt, &mut blocks);
    }
    // An arm of one statement has no lines for another one.
    found.filter(|(block, _)| source.slice(block.span).starts_with('{'))
}

/// Whether a place names something that is observed.
fn looks(desk: &Desk, place: Span) -> bool {
    let mut names = desk.names().all().iter();
    names.any(|found| {
        place.holds(found.span) && matches!(found.named.kind, NameKind::Probe | NameKind::Watch)
    })
}

/// Whether it is as plain as a name: a literal becomes a constant.
fn is_plain(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Missing
        | ExprKind::Number
        | ExprKind::Time
        | ExprKind::Bool(_)
        | ExprKind::None
        | ExprKind::Name(_)
        | ExprKind::Do(_)
        | ExprKind::Ago(_)
        | ExprKind::Matching(_)
        | ExprKind::Repeat { .. } => true,
        ExprKind::Unary {
            op: UnaryOp::Negate,
            operand,
        } => is_plain(operand),
        ExprKind::Paren(inner) => is_plain(inner),
        ExprKind::Text(text) => {
            let mut parts = text.parts.iter();
            parts.all(|part| matches!(part, TextPart::Text(_)))
        }
        ExprKind::Tagged(tagged) => tagged.holes.is_empty(),
        ExprKind::Field { .. }
        | ExprKind::Call { .. }
        | ExprKind::Index { .. }
        | ExprKind::Unary { .. }
        | ExprKind::Binary { .. }
        | ExprKind::Is { .. }
        | ExprKind::As { .. }
        | ExprKind::If { .. }
        | ExprKind::List(_)
        | ExprKind::Map(_)
        | ExprKind::Comprehension(_)
        | ExprKind::Pick { .. } => false,
    }
}

/// What an expression should be called, and a word for another one.
fn wanted(expr: &Expr) -> (&str, &'static str) {
    match &expr.kind {
        ExprKind::Call { callee, .. } => (wanted(callee).0, "now"),
        ExprKind::Field { name, .. } => (name.as_str(), "now"),
        ExprKind::Name(name) => (name, "now"),
        ExprKind::Index { base, .. } => (wanted(base).0, "one"),
        ExprKind::As { operand, .. } => (wanted(operand).0, "as"),
        ExprKind::Paren(inner) => wanted(inner),
        ExprKind::Pick { name, .. } => (name.as_str(), "picked"),
        ExprKind::Comprehension(each) => (each.name.as_str(), "all"),
        ExprKind::Text(_) | ExprKind::Tagged(_) => ("text", "now"),
        ExprKind::Is { .. } => ("holds", "now"),
        ExprKind::Binary { op, .. } if op.is_question() => ("holds", "now"),
        ExprKind::Unary {
            op: UnaryOp::Not, ..
        } => ("holds", "now"),
        ExprKind::Missing
        | ExprKind::Number
        | ExprKind::Time
        | ExprKind::Bool(_)
        | ExprKind::None
        | ExprKind::Unary { .. }
        | ExprKind::Binary { .. }
        | ExprKind::If { .. }
        | ExprKind::List(_)
        | ExprKind::Map(_)
        | ExprKind::Do(_)
        | ExprKind::Ago(_)
        | ExprKind::Matching(_)
        | ExprKind::Repeat { .. } => ("value", "now"),
    }
}

/// The line before a statement; a block on one line is broken up for it. With where the name then stands.
fn lines(source: &Source, block: &Block, stmt: &Stmt, line: &str) -> Option<(Vec<Change>, usize)> {
    let start = stmt.span.range().start;
    let open = block.span.range().start;
    let between = source.text.get(open + 1..start)?;
    if between.contains('\n') {
        let blanks = indent(source, start);
        let change = insert(source, start, format!("{line}\n{blanks}"));
        return Some((vec![change], start + WORD.len()));
    }
    let [_] = block.statements.as_slice() else {
        return None;
    };
    let outer = indent(source, open);
    let head = format!("\n{outer}  {line}\n{outer}  ");
    let declared = open + 1 + head.find(WORD)? + WORD.len();
    let end = trimmed(stmt.span, source).range().end;
    let close = trimmed(block.span, source).range().end.checked_sub(1)?;
    let blank = |range: Range<usize>, text: String| {
        let is_blank = source.text.get(range.clone())?.trim().is_empty();
        is_blank.then_some(Change {
            source: source.id,
            range,
            text,
        })
    };
    Some((
        vec![
            blank(open + 1..start, head)?,
            blank(end..close, format!("\n{outer}"))?,
        ],
        declared,
    ))
}

/// Whether the package is sound then, and the name in the expression's place is that of the `let`.
fn stands_for_it(desk: &Desk, source: &Source, changes: &[Change], declared: usize) -> bool {
    let [line, mention, ..] = changes else {
        return false;
    };
    let (errors, names) = desk.with(changes);
    let mentioned = mention.range.start + line.text.len() - line.range.len();
    let found = names.at(source.id, mentioned);
    errors.is_empty()
        && found.is_some_and(|found| {
            found.named.kind == NameKind::Local
                && found.named.at.source == source.id
                && found.named.at.range().start == declared
                && found.span.range().start == mentioned
        })
}
