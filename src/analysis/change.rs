//! The changes in a block: which is the first, and which stand when the block has failed.

use crate::effect::Level;
use crate::text::Span;
use crate::typed::{
    ActionCallee, Block, ExternKind, FunctionId, FunctionKind, Step, StmtKind, UndoChoice,
    UndoContract, VerifyElse,
};

use super::level::Levels;

/// What the package's own actions change, each summed up once.
pub struct Changes {
    functions: Vec<Summary>,
}

#[derive(Clone, Copy, Default)]
struct Summary {
    /// It makes more than one change.
    many: bool,
    /// A change of it stands when what follows fails.
    stays: bool,
}

impl Changes {
    /// Of all functions, callees first.
    pub fn new(levels: &Levels, order: &[FunctionId]) -> Changes {
        let mut changes = Changes {
            functions: vec![Summary::default(); levels.package.functions.len()],
        };
        for id in order {
            let function = &levels.package.functions[id.index()];
            if matches!(function.kind, FunctionKind::Action { .. }) {
                let body = &function.body.block;
                let mut stays = false;
                each_change(levels, body, &mut |step| {
                    stays |= changes.stays(levels, step);
                });
                let many = makes_many(levels, body);
                changes.functions[id.index()] = Summary { many, stays };
            }
        }
        changes
    }

    /// Whether a step makes more than one change: an action of the package that takes several.
    pub fn is_many(&self, step: &Step) -> bool {
        match step.callee {
            ActionCallee::Extern(_) => false,
            ActionCallee::Function(id) => self.functions[id.index()].many,
        }
    }

    /// A change that stands when an attempt has failed: a verify keeps it, or nothing takes it back.
    pub fn kept_by(&self, levels: &Levels, body: &Block) -> Option<Span> {
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
            if kept.is_none() && self.stays(levels, step) {
                kept = Some(step.span);
            }
        });
        kept
    }

    /// Whether a step is not taken back when what follows fails.
    fn stays(&self, levels: &Levels, step: &Step) -> bool {
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
            (UndoChoice::Unsaid, ActionCallee::Function(id)) => self.functions[id.index()].stays,
        }
    }
}

fn makes_many(levels: &Levels, body: &Block) -> bool {
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
