//! The changes in a block: which is the first, and which stand when the block has failed.

use crate::effect::Level;
use crate::text::Span;
use crate::typed::{
    ActionCallee, Block, ExternKind, Step, StmtKind, UndoChoice, UndoContract, VerifyElse,
};

use super::level::Levels;

/// Whether a step makes more than one change: an action of the package that takes several.
pub fn is_many(levels: &Levels, step: &Step) -> bool {
    match step.callee {
        ActionCallee::Extern(_) => false,
        ActionCallee::Function(id) => {
            let body = &levels.package.functions[id.index()].body.block;
            let mut changes = 0;
            body.for_each_stmt(&mut |stmt| match &stmt.kind {
                StmtKind::Do(step) if levels.step(step) >= Level::Change => {
                    changes += 1 + usize::from(matches!(step.callee, ActionCallee::Function(_)));
                }
                StmtKind::WithDo { .. } | StmtKind::For(_) => changes += 2,
                _ => {}
            });
            changes > 1
        }
    }
}

/// The first change in a block.
pub fn first_change(levels: &Levels, block: &Block) -> Option<Span> {
    let mut first = None;
    each_change(levels, block, &mut |step| first = first.or(Some(step.span)));
    first
}

/// Each change of a block, those of its undo blocks left out: they are made when something failed.
fn each_change(levels: &Levels, block: &Block, visit: &mut dyn FnMut(&Step)) {
    for stmt in &block.statements {
        match &stmt.kind {
            StmtKind::Do(step) => {
                if levels.step(step) >= Level::Change {
                    visit(step);
                }
            }
            StmtKind::WithDo { step, body, .. } => {
                if levels.step(step) >= Level::Change {
                    visit(step);
                }
                each_change(levels, body, visit);
            }
            _ => stmt.for_each_block(&mut |inner| each_change(levels, inner, visit)),
        }
    }
}

/// A change that stands when an attempt has failed: a verify keeps it, or nothing takes it back.
pub fn kept_by(levels: &Levels, body: &Block) -> Option<Span> {
    let mut keeps = false;
    body.for_each_stmt(&mut |stmt| {
        if let StmtKind::Verify(verify) = &stmt.kind {
            keeps |= verify.otherwise == VerifyElse::Keep;
        }
    });
    if keeps {
        return first_change(levels, body);
    }
    let mut kept = None;
    each_change(levels, body, &mut |step| {
        if kept.is_none() && stays(levels, step) {
            kept = Some(step.span);
        }
    });
    kept
}

/// Whether a step is not taken back when what follows fails.
fn stays(levels: &Levels, step: &Step) -> bool {
    match (&step.undo, step.callee) {
        (UndoChoice::Waived(_), _) => true,
        (UndoChoice::Block(_) | UndoChoice::Previous, _) => false,
        (UndoChoice::Unsaid, ActionCallee::Extern(id)) => {
            match &levels.package.externs[id.index()].kind {
                ExternKind::Action(contract) => {
                    matches!(contract.undo, UndoContract::Unneeded(_))
                }
                ExternKind::Fn | ExternKind::Probe => false,
            }
        }
        // Calls make no circles.
        (UndoChoice::Unsaid, ActionCallee::Function(id)) => {
            let mut any = false;
            let body = &levels.package.functions[id.index()].body.block;
            each_change(levels, body, &mut |inner| any |= stays(levels, inner));
            any
        }
    }
}

/// The last waiver of a verify in a block.
pub fn last_waiver(block: &Block) -> Option<Span> {
    let mut last = None;
    block.for_each_stmt(&mut |stmt| {
        if matches!(stmt.kind, StmtKind::WaiveVerify(_)) {
            last = Some(stmt.span);
        }
    });
    last
}
