//! P2, second half: each change can be taken back, or says why not; and what is waived.

use std::collections::{BTreeSet, VecDeque};

use super::same::{Scope, Scopes, Terms};
use super::undo;
use crate::diag::{Code, Diagnostic};
use crate::effect::{Level, Repeat};
use crate::text::Span;
use crate::typed::{
    ActionCallee, ActionContract, Block, ExternKind, FunctionId, FunctionKind, Package, Runbook,
    Step, StmtKind, UndoChoice, UndoContract, Waiver,
};

pub fn check_runbook(
    package: &Package,
    terms: &mut Terms<'_>,
    scopes: &mut Scopes,
    runbook: &Runbook,
    out: &mut Vec<Diagnostic>,
) {
    for (block, acting) in runbook.acting_blocks().zip(&mut scopes.blocks) {
        check_block(package, terms, &mut acting.scope, block, out);
    }
}

/// Checks the steps of the package's own actions.
pub fn check_functions(
    package: &Package,
    order: &[FunctionId],
    terms: &mut Terms<'_>,
    out: &mut Vec<Diagnostic>,
) {
    for id in order {
        let function = &package.functions[id.index()];
        if matches!(function.kind, FunctionKind::Action { .. }) {
            let mut scope = terms.function(*id);
            check_block(package, terms, &mut scope, &function.body.block, out);
        }
    }
}

fn check_block(
    package: &Package,
    terms: &mut Terms<'_>,
    scope: &mut Scope,
    block: &Block,
    out: &mut Vec<Diagnostic>,
) {
    for stmt in &block.statements {
        match &stmt.kind {
            StmtKind::Do(step) => check_step(package, terms, scope, step, out),
            StmtKind::WaiveVerify(why) => check_reason(why, stmt.span, out),
            StmtKind::WithDo { step, body, .. } => {
                // Its release takes it back on every exit.
                undo::check(package, terms, scope, step, out);
                check_block(package, terms, scope, body, out);
            }
            _ => stmt.for_each_block(&mut |inner| check_block(package, terms, scope, inner, out)),
        }
    }
}

fn check_step(
    package: &Package,
    terms: &mut Terms<'_>,
    scope: &mut Scope,
    step: &Step,
    out: &mut Vec<Diagnostic>,
) {
    undo::check(package, terms, scope, step, out);
    if let UndoChoice::Waived(why) = &step.undo {
        check_reason(why, step.span, out);
    }
    match step.callee {
        ActionCallee::Function(id) => {
            let name = &package.functions[id.index()].name;
            let undo = !matches!(step.undo, UndoChoice::Unsaid);
            let said = [
                (undo, "undo"),
                (step.within.is_some(), "time"),
                (step.retry.is_some(), "retry"),
            ];
            for (_, what) in said.into_iter().filter(|(said, _)| *said) {
                out.push(
                    Diagnostic::new(
                        Code::UndoMisplaced,
                        format!("the {what} of `{name}` belongs inside it"),
                        step.span,
                        "an action of this package",
                    )
                    .help("each `do` line inside the action carries its own"),
                );
            }
        }
        ActionCallee::Extern(id) => {
            let extern_ = &package.externs[id.index()];
            if let ExternKind::Action(contract) = &extern_.kind
                && extern_.level >= Level::Change
            {
                let name = extern_.name.to_string();
                check_obligation(&name, contract, step, out);
                check_retry(&name, contract, step, out);
            }
        }
    }
}

fn check_obligation(name: &str, contract: &ActionContract, step: &Step, out: &mut Vec<Diagnostic>) {
    match (&contract.undo, &step.undo) {
        (UndoContract::ByCaller, UndoChoice::Unsaid) => out.push(
            Diagnostic::new(
                Code::NoUndo,
                format!("`{name}` has no undo"),
                step.span,
                "cannot be taken back as it stands",
            )
            .help("add `undo { do ... }` behind it, or `waive undo \"why\"`, which every report shows"),
        ),
        (UndoContract::Impossible, _) => out.push(
            Diagnostic::new(
                Code::Irreversible,
                format!("`{name}` can never be taken back"),
                step.name_span,
                "irreversible",
            )
            .help("an irreversible action needs a human's approval, which comes in a later edition: `page` or `hand` instead"),
        ),
        (
            UndoContract::ByCaller
            | UndoContract::By { .. }
            | UndoContract::Unneeded(_),
            UndoChoice::Previous,
        ) => out.push(
            Diagnostic::new(
                Code::UndoMisplaced,
                format!("`{name}` does not record what it replaces"),
                step.span,
                "`undo previous` has nothing to put back",
            )
            .help("write `undo { do ... }` instead"),
        ),
        (UndoContract::ByCaller, UndoChoice::Block(_) | UndoChoice::Waived(_))
        | (
            UndoContract::By { .. } | UndoContract::Unneeded(_) | UndoContract::Previous,
            UndoChoice::Unsaid | UndoChoice::Block(_) | UndoChoice::Waived(_),
        )
        | (UndoContract::Previous, UndoChoice::Previous) => {}
    }
}

/// A waiver is shown to every reader: it says why, in a word at least.
fn check_reason(why: &str, span: Span, out: &mut Vec<Diagnostic>) {
    if !why.chars().any(char::is_alphabetic) {
        out.push(
            Diagnostic::new(
                Code::WaiverWithoutReason,
                "this waiver gives no reason",
                span,
                "why is none needed?",
            )
            .help("say it for whoever reads the report: `waive undo \"the old copy is kept\"`"),
        );
    }
}

fn check_retry(name: &str, contract: &ActionContract, step: &Step, out: &mut Vec<Diagnostic>) {
    if step.retry.is_none() {
        return;
    }
    match contract.repeat {
        Repeat::Safe | Repeat::Keyed => {}
        Repeat::UnsafeProbe | Repeat::UnsafeHuman => out.push(
            Diagnostic::new(
                Code::RetryUnsafe,
                format!("`{name}` is not safe to repeat"),
                step.span,
                "`retry` would do it twice",
            )
            .help("leave `retry` out: an unknown outcome is settled by its probe or by a human"),
        ),
    }
}

/// Everything that the runbook waives, then what the actions waive that it comes to, each once.
pub fn waivers(package: &Package, runbook: &Runbook) -> Vec<Waiver> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    // A chain of calls may be as long as the package.
    let mut open: VecDeque<&Block> = runbook.acting_blocks().collect();
    while let Some(block) = open.pop_front() {
        block.for_each_stmt(&mut |stmt| match &stmt.kind {
            StmtKind::WaiveVerify(why) => found.push(Waiver {
                of: "verify",
                why: why.clone(),
                span: stmt.span,
            }),
            StmtKind::Do(step) | StmtKind::WithDo { step, .. } => {
                if let UndoChoice::Waived(why) = &step.undo {
                    found.push(Waiver {
                        of: "undo",
                        why: why.clone(),
                        span: step.span,
                    });
                }
                if let ActionCallee::Function(id) = step.callee
                    && seen.insert(id)
                {
                    open.push_back(&package.functions[id.index()].body.block);
                }
            }
            _ => {}
        });
    }
    found
}
