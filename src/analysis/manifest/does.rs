//! What a `do` line calls, how it is taken back, and which of them a remedy has.
//!
//! In: a step, or a runbook. Out: the words of the manifest for it.

use crate::program::manifest::{Finding, UndoBy};
use crate::typed::{
    ActionCallee, Block, ExternKind, Package, Runbook, Step, StmtKind, UndoChoice, UndoContract,
};

/// How a `do` line is taken back.
pub fn undo_by(package: &Package, step: &Step) -> UndoBy {
    match (&step.undo, step.callee) {
        (UndoChoice::Block(_), _) => UndoBy::Block,
        (UndoChoice::Previous, _) => UndoBy::Previous,
        (UndoChoice::Waived(_), _) => UndoBy::Waived,
        // An action of the package takes back what its own lines say.
        (UndoChoice::Unsaid, ActionCallee::Function(_)) => UndoBy::Lines,
        (UndoChoice::Unsaid, ActionCallee::Extern(id)) => {
            let ExternKind::Action(contract) = &package.externs[id.index()].kind else {
                return UndoBy::Impossible;
            };
            match &contract.undo {
                UndoContract::By { .. } => UndoBy::Inverse,
                UndoContract::Previous => UndoBy::Previous,
                UndoContract::Unneeded(_) => UndoBy::Unneeded,
                // A `with do` releases what it holds.
                UndoContract::ByCaller if contract.inverse.is_some() => UndoBy::Inverse,
                UndoContract::ByCaller | UndoContract::Impossible => UndoBy::Impossible,
            }
        }
    }
}

/// What a `do` line calls.
pub fn action_name(package: &Package, step: &Step) -> String {
    match step.callee {
        ActionCallee::Extern(id) => package.externs[id.index()].name.to_string(),
        ActionCallee::Function(id) => package.functions[id.index()].name.to_string(),
    }
}

/// Each remedy with its own `do` lines.
pub fn findings(package: &Package, runbook: &Runbook) -> Vec<Finding> {
    let remedies = runbook.remedies.iter().map(|remedy| Finding {
        name: remedy.name.clone(),
        does: does(package, &remedy.body.block),
    });
    let steps = runbook.steps.iter().map(|body| Finding {
        name: "steps".into(),
        does: does(package, &body.block),
    });
    remedies.chain(steps).collect()
}

/// The `do` lines of a block, those of an undo left aside.
fn does(package: &Package, block: &Block) -> Vec<String> {
    let mut names = Vec::new();
    for stmt in &block.statements {
        match &stmt.kind {
            StmtKind::Do(step) => names.push(action_name(package, step)),
            StmtKind::WithDo { step, body, .. } => {
                names.push(action_name(package, step));
                names.extend(does(package, body));
            }
            _ => stmt.for_each_block(&mut |inner| names.extend(does(package, inner))),
        }
    }
    names
}
