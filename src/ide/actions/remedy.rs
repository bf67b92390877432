//! The remedy that a finding lacks: it pages somebody, so that it is sound.
//!
//! In: the place of the finding. Out: the change that adds it.

use crate::syntax::tree::{
    Block, ClauseKind, Expr, ExprKind, File, ItemKind, ProductClauseKind, Runbook, StmtKind,
};
use crate::text::Source;

use super::super::{Desk, bind};
use super::Change;
use super::place::{before_end, clause_start, insert, runbook_at};

/// `remedy NAME(..) { page .. }`, before the clause `otherwise`, else at the end.
pub(super) fn remedy(
    desk: &Desk,
    tree: &File,
    source: &Source,
    at: usize,
) -> Option<(String, Change)> {
    let (item, runbook) = runbook_at(tree, at)?;
    let (name, args) = found_at(runbook, at)?;
    let params: Vec<String> = args
        .iter()
        .enumerate()
        .map(|(index, arg)| param(arg, index))
        .collect();
    let params = match params.is_empty() {
        true => String::new(),
        false => format!("({})", params.join(", ")),
    };
    let owner = owner(desk, runbook)
        .or_else(|| role(desk))
        .unwrap_or_else(|| String::from("builder"));
    let text = format!(
        "remedy {name}{params} {{\n    page {owner} \"{name}: found, and nothing is done about it yet\"\n  }}"
    );
    let otherwise = runbook
        .clauses
        .iter()
        .find(|clause| matches!(clause.kind, ClauseKind::Otherwise(_)));
    let change = match otherwise {
        Some(clause) => insert(
            source,
            clause_start(source, clause),
            format!("{text}\n\n  "),
        ),
        None => before_end(source, item, &format!("\n  {text}\n"))?,
    };
    Some((format!("add the remedy `{name}`"), change))
}

/// The finding that is named at a place.
fn found_at(runbook: &Runbook, at: usize) -> Option<(String, &[Expr])> {
    let mut blocks: Vec<&Block> = runbook
        .clauses
        .iter()
        .filter_map(|clause| match &clause.kind {
            ClauseKind::Diagnose(block) | ClauseKind::Steps(block) => Some(block),
            _ => None,
        })
        .collect();
    while let Some(block) = blocks.pop() {
        for stmt in &block.statements {
            if let StmtKind::Found { finding, args } = &stmt.kind
                && stmt.span.range().start <= at
                && at <= stmt.span.range().end
            {
                return Some((finding.text.to_string(), args));
            }
            bind::blocks(stmt, &mut blocks);
        }
    }
    None
}

/// What a remedy may call what a finding hands over.
fn param(arg: &Expr, index: usize) -> String {
    match &arg.kind {
        ExprKind::Name(name) => name.to_string(),
        ExprKind::Field { name, .. } => name.text.to_string(),
        _ => format!("part_{}", index + 1),
    }
}

/// The owner of the product that a runbook is for.
fn owner(desk: &Desk, runbook: &Runbook) -> Option<String> {
    let product = runbook.product.as_ref()?;
    let items = desk.trees().flat_map(|(_, tree)| &tree.items);
    let clauses = items.filter_map(|item| match &item.kind {
        ItemKind::Product(found) if found.name.text == product.text => Some(&found.clauses),
        _ => None,
    });
    clauses.flatten().find_map(|clause| match &clause.kind {
        ProductClauseKind::Owner(owner) => Some(owner.text.to_string()),
        ProductClauseKind::Missing
        | ProductClauseKind::Chain(_)
        | ProductClauseKind::Owns(_)
        | ProductClauseKind::Zone(_) => None,
    })
}

/// Any role of the package.
fn role(desk: &Desk) -> Option<String> {
    let mut items = desk.trees().flat_map(|(_, tree)| &tree.items);
    items.find_map(|item| match &item.kind {
        ItemKind::Role(role) => Some(role.name.text.to_string()),
        _ => None,
    })
}
