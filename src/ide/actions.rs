//! What can be done about what is found at a place: every fix, and what is missing.
//!
//! In: a desk, a file and a range in it. Out: actions, those that anybody may apply first; each says which finding it is
//! about, if it is about one. What is missing is written so far that it is sound, and no further: what it should do is the author's affair.

use std::ops::Range;

use crate::diag::{Applicability, Code, Diagnostic};
use crate::syntax::tree::{
    BlastLine, Block, Clause, ClauseKind, Expr, ExprKind, File, Item, ItemKind, ProductClauseKind,
    Runbook, StmtKind,
};
use crate::text::{Source, SourceId};

use super::Desk;
use super::bind;
use super::untested::untested;

/// Something that can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    pub title: String,
    pub why: Why,
    /// The finding; none where nothing was found, and something can be added.
    pub about: Option<Diagnostic>,
    pub changes: Vec<Change>,
}

/// What speaks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Anybody may apply it.
    Safe,
    /// It mends what is found, and may do something else than was meant.
    Unsafe,
    /// It adds what is missing.
    Missing,
}

/// A text in the place of some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub source: SourceId,
    pub range: Range<usize>,
    pub text: String,
}

/// What can be done about what is found in a range of a file.
pub fn actions(desk: &Desk, file: usize, range: &Range<usize>) -> Vec<Action> {
    let Some(source) = desk.source(file) else {
        return Vec::new();
    };
    let is_here = |found: &Diagnostic| {
        let span = found.primary.span;
        let at = span.range();
        span.source == source.id && at.start <= range.end && range.start <= at.end
    };
    let mut all = Vec::new();
    for found in desk.diagnostics().into_iter().filter(is_here) {
        all.extend(fixes(&found));
        all.extend(missing(desk, file, source, &found));
    }
    all.extend(untested(desk, file, range));
    all.sort_by_key(|action| action.why);
    all
}

fn fixes(found: &Diagnostic) -> Vec<Action> {
    let fixes = found.fixes.iter();
    let actions = fixes.map(|fix| Action {
        title: fix.title.clone(),
        why: match fix.applicability {
            Applicability::Safe => Why::Safe,
            Applicability::Unsafe => Why::Unsafe,
        },
        about: Some(found.clone()),
        changes: fix
            .edits
            .iter()
            .map(|edit| Change {
                source: edit.span.source,
                range: edit.span.range(),
                text: edit.text.clone(),
            })
            .collect(),
    });
    actions.collect()
}

/// Adds what a finding says is missing.
fn missing(desk: &Desk, file: usize, source: &Source, found: &Diagnostic) -> Option<Action> {
    let tree = desk.tree(file)?;
    let at = found.primary.span.range().start;
    let (title, change) = match found.code {
        Code::MissingRemedy => remedy(desk, tree, source, at)?,
        Code::NoBlast => blast(tree, source, at, found)?,
        Code::BlastLineMissing => blast_line(tree, source, at, found)?,
        _ => return None,
    };
    Some(Action {
        title,
        why: Why::Missing,
        about: Some(found.clone()),
        changes: vec![change],
    })
}

fn runbook_at(tree: &File, at: usize) -> Option<(&Item, &Runbook)> {
    let mut items = tree.items.iter();
    items.find_map(|item| match &item.kind {
        ItemKind::Runbook(runbook) if item.span.range().contains(&at) => Some((item, &**runbook)),
        _ => None,
    })
}

/// `remedy NAME(..) { page .. }`, before the clause `otherwise`, else at the end.
fn remedy(desk: &Desk, tree: &File, source: &Source, at: usize) -> Option<(String, Change)> {
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

/// `blast { .. }`, before the first clause that looks or acts.
fn blast(tree: &File, source: &Source, at: usize, found: &Diagnostic) -> Option<(String, Change)> {
    let (item, runbook) = runbook_at(tree, at)?;
    let limits = limits(found);
    let lines: String = limits
        .iter()
        .map(|limit| format!("    {limit}\n"))
        .collect();
    let text = format!("blast {{\n{lines}  }}");
    let begins = |clause: &&Clause| {
        matches!(
            clause.kind,
            ClauseKind::Watch(_)
                | ClauseKind::Diagnose(_)
                | ClauseKind::Steps(_)
                | ClauseKind::Remedy(_)
        )
    };
    let change = match runbook.clauses.iter().find(begins) {
        Some(clause) => insert(
            source,
            clause_start(source, clause),
            format!("{text}\n\n  "),
        ),
        None => before_end(source, item, &format!("\n  {text}\n"))?,
    };
    (!limits.is_empty()).then(|| (String::from("add the blast that it needs"), change))
}

/// A line at the end of the blast.
fn blast_line(
    tree: &File,
    source: &Source,
    at: usize,
    found: &Diagnostic,
) -> Option<(String, Change)> {
    let (_, runbook) = runbook_at(tree, at)?;
    let limit = limits(found).into_iter().next()?;
    let lines: &[BlastLine] = runbook
        .clauses
        .iter()
        .find_map(|clause| match &clause.kind {
            ClauseKind::Blast(lines) => Some(lines.as_slice()),
            _ => None,
        })?;
    let last = lines.last()?.span.range();
    let end = last.start + source.text.get(last)?.trim_end().len();
    let title = format!("add `{limit}` to the blast");
    Some((title, insert(source, end, format!("\n    {limit}"))))
}

/// The limits that a finding names in its help: `at most 1 k8s.Pod`.
fn limits(found: &Diagnostic) -> Vec<String> {
    let help = found.help.as_deref().unwrap_or_default();
    let quoted = help.split('`').skip(1).step_by(2);
    let lines = quoted.flat_map(|quoted| {
        let inside = quoted.trim_start_matches("blast {").trim_end_matches('}');
        inside
            .split(", ")
            .map(|line| line.trim().to_owned())
            .collect::<Vec<_>>()
    });
    lines.filter(|line| line.starts_with("at most ")).collect()
}

fn insert(source: &Source, at: usize, text: String) -> Change {
    Change {
        source: source.id,
        range: at..at,
        text,
    }
}

/// Where a clause begins: its documentation and comments above it are of it.
fn clause_start(source: &Source, clause: &Clause) -> usize {
    let mut start = clause.span.range().start;
    while let Some(before) = source.text.get(..start) {
        let line = before.trim_end_matches([' ', '\t']);
        let Some(above) = line.strip_suffix('\n') else {
            break;
        };
        let begin = above.rfind('\n').map_or(0, |newline| newline + 1);
        let above = above.get(begin..).unwrap_or_default();
        if !above.trim_start().starts_with("//") {
            break;
        }
        start = begin + (above.len() - above.trim_start().len());
    }
    start
}

/// Before the bracket that closes an item.
fn before_end(source: &Source, item: &Item, text: &str) -> Option<Change> {
    let span = super::outline::trimmed(item.span, source);
    let inside = source.slice(span).strip_suffix('}')?;
    Some(insert(
        source,
        span.range().start + inside.len(),
        String::from(text),
    ))
}
