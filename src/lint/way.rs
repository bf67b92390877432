//! What was asked on the way to a statement, and how it turned out there.

use crate::typed::{Block, Expr, HandlerAction, Stmt, StmtKind};

/// A condition that holds, or does not.
#[derive(Clone, Copy)]
pub struct Known<'e> {
    pub condition: &'e Expr,
    pub holds: bool,
}

/// Shows each statement of a block, and below it, with what is known where it is reached.
pub fn each<'e>(block: &'e Block, visit: &mut dyn FnMut(&'e Stmt, &[Known<'e>])) {
    walk(block, &mut Vec::new(), visit);
}

fn walk<'e>(
    block: &'e Block,
    known: &mut Vec<Known<'e>>,
    visit: &mut dyn FnMut(&'e Stmt, &[Known<'e>]),
) {
    let before = known.len();
    for stmt in &block.statements {
        visit(stmt, known);
        match &stmt.kind {
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => {
                let mut inside = |block: &'e Block, holds: bool| {
                    known.push(Known { condition, holds });
                    walk(block, known, visit);
                    known.pop();
                };
                inside(then, true);
                otherwise.iter().for_each(|block| inside(block, false));
            }
            StmtKind::Let { handlers, .. } => {
                for handler in handlers {
                    if let HandlerAction::Diverge(stmt) = &handler.action {
                        visit(stmt, known);
                    }
                }
            }
            _ => stmt.for_each_block(&mut |block| walk(block, known, visit)),
        }
        if let Some(after) = after(stmt) {
            known.push(after);
        }
    }
    known.truncate(before);
}

/// What is known behind a statement.
fn after(stmt: &Stmt) -> Option<Known<'_>> {
    let (condition, holds) = match &stmt.kind {
        StmtKind::Guard(condition) => (condition, true),
        StmtKind::Cleared {
            condition: Some(condition),
            ..
        } => (condition, false),
        StmtKind::If {
            condition,
            then,
            otherwise,
        } => match otherwise {
            _ if !falls_off(then) => (condition, false),
            Some(otherwise) if !falls_off(otherwise) => (condition, true),
            Some(_) | None => return None,
        },
        _ => return None,
    };
    Some(Known { condition, holds })
}

/// Whether a path reaches the end of a block.
pub fn falls_off(block: &Block) -> bool {
    !block.statements.iter().any(ends)
}

/// Whether nothing goes on behind a statement.
fn ends(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Found { .. }
        | StmtKind::Novel(_)
        | StmtKind::Inconclusive(_)
        | StmtKind::Return(_)
        | StmtKind::Cleared {
            condition: None, ..
        } => true,
        StmtKind::If {
            then,
            otherwise: Some(otherwise),
            ..
        } => !falls_off(then) && !falls_off(otherwise),
        StmtKind::Match { arms, .. } => arms.iter().all(|arm| !falls_off(&arm.body)),
        StmtKind::Error
        | StmtKind::Let { .. }
        | StmtKind::If { .. }
        | StmtKind::For(_)
        | StmtKind::Cleared { .. }
        | StmtKind::Wait(_)
        | StmtKind::Guard(_)
        | StmtKind::Do(_)
        | StmtKind::WithDo { .. }
        | StmtKind::Verify(_)
        | StmtKind::WaiveVerify(_)
        | StmtKind::Attempts(_)
        | StmtKind::Mitigated(_)
        | StmtKind::Page { .. }
        | StmtKind::Tell { .. }
        | StmtKind::Hand(_)
        | StmtKind::Attach(_) => false,
    }
}
