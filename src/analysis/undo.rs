//! P2: an undo takes back its own change, and nothing in it decides at that moment what is done.
//!
//! Which targets it may touch is the business of `touch`.

pub mod given;

use std::collections::{BTreeSet, VecDeque};

use super::same::{Scope, Terms};
use crate::diag::{Code, Diagnostic};
use crate::typed::{
    ActionCallee, ArmPattern, Block, Expr, ExprKind, ExternId, ExternKind, HandlerAction, LocalId,
    Package, Runbook, Step, StmtKind, UndoChoice, UndoClaim, UndoContract,
};

/// Checks the `undo` block of a step, if it has one.
pub fn check(
    package: &Package,
    terms: &mut Terms<'_>,
    scope: &mut Scope,
    step: &Step,
    out: &mut Vec<Diagnostic>,
) {
    let UndoChoice::Block(block) = &step.undo else {
        return;
    };
    let mut inner = Vec::new();
    let mut broken = false;
    block.for_each_stmt(&mut |stmt| match &stmt.kind {
        StmtKind::Do(step) => inner.push(step.as_ref()),
        StmtKind::Error => broken = true,
        _ => {}
    });
    if inner.is_empty() && !broken {
        out.push(
            Diagnostic::new(
                Code::UndoTakesNothingBack,
                "this undo takes nothing back",
                block.span,
                "has no `do`",
            )
            .help("put the way back into it, as in `undo { do k8s.scale(web, to: before) }`, or say `waive undo \"why\"`"),
        );
    }
    let seen = observed(package, block);
    for back in inner {
        not_undone(back, out);
        let again = same_arguments(terms, scope, step, back);
        takes_back(package, again, step, back, out);
        arguments_are_planned(package, back, &seen, out);
    }
}

/// There is no undo of an undo.
fn not_undone(back: &Step, out: &mut Vec<Diagnostic>) {
    if matches!(back.undo, UndoChoice::Unsaid) {
        return;
    }
    out.push(
        Diagnostic::new(
            Code::UndoMisplaced,
            "an undo is not undone",
            back.span,
            "inside an `undo`",
        )
        .help("leave its undo out: when an undo fails, a human is told"),
    );
}

/// The same action with other arguments (`again`: with the same), what the action declares, or a raw claim.
fn takes_back(package: &Package, again: bool, step: &Step, back: &Step, out: &mut Vec<Diagnostic>) {
    let ActionCallee::Extern(id) = step.callee else {
        return;
    };
    let ExternKind::Action(contract) = &package.externs[id.index()].kind else {
        return;
    };
    let name = |id: ExternId| package.externs[id.index()].name.to_string();
    let declared = match contract.undo {
        UndoContract::By { action, .. } => Some(action),
        UndoContract::ByCaller
        | UndoContract::Previous
        | UndoContract::Unneeded(_)
        | UndoContract::Impossible => None,
    };
    let wanted = match declared {
        Some(action) => format!("`{}`", name(action)),
        None => format!("`{}` with the arguments from before", name(id)),
    };
    let help = format!("call {wanted}, or say `waive undo \"why\"`");
    let problem = match back.callee {
        ActionCallee::Function(_) => Diagnostic::new(
            Code::UndoTakesNothingBack,
            "an undo calls the action itself, not one of this package",
            back.span,
            "hides what is done",
        ),
        ActionCallee::Extern(other) if other == id && again => Diagnostic::new(
            Code::UndoTakesNothingBack,
            "this undo makes the same call again",
            back.span,
            "what it would take back",
        ),
        ActionCallee::Extern(other) if is_raw(package, other) => return,
        ActionCallee::Extern(other) if declared.is_some_and(|action| action != other) => {
            something_else(&name(other), &name(id), back)
        }
        ActionCallee::Extern(other) if declared == Some(other) => return,
        ActionCallee::Extern(other) if contract.inverse == Some(other) => return,
        ActionCallee::Extern(other) if other != id => something_else(&name(other), &name(id), back),
        ActionCallee::Extern(_) => return,
    };
    out.push(problem.and(step.name_span, "the change").help(help));
}

fn something_else(other: &str, changed: &str, back: &Step) -> Diagnostic {
    Diagnostic::new(
        Code::UndoTakesNothingBack,
        format!("`{other}` does not take `{changed}` back"),
        back.name_span,
        "something else",
    )
}

fn is_raw(package: &Package, id: ExternId) -> bool {
    match &package.externs[id.index()].kind {
        ExternKind::Action(contract) => contract.touching,
        ExternKind::Fn | ExternKind::Probe => false,
    }
}

fn same_arguments(terms: &mut Terms<'_>, scope: &mut Scope, step: &Step, back: &Step) -> bool {
    let mut pairs = step.args.iter().zip(&back.args);
    step.args.len() == back.args.len()
        && pairs.all(|(one, other)| terms.of(scope, one) == terms.of(scope, other))
}

/// The names that the block binds to something that is only seen while undoing: by `let`, as an
/// element of a list, as what is there, or as the result of a step.
fn observed(package: &Package, block: &Block) -> BTreeSet<LocalId> {
    let mut seen = BTreeSet::new();
    block.for_each_stmt(&mut |stmt| {
        stmt.for_each_expr(&mut |expr| {
            expr.for_each(&mut |part| {
                let bound = match &part.kind {
                    ExprKind::IsSome {
                        operand,
                        bind: Some(bind),
                    } => Some((bind, operand)),
                    ExprKind::Pick { local, source, .. } => Some((local, source)),
                    _ => None,
                };
                if let Some((local, from)) = bound
                    && looks(package, from, &seen)
                {
                    seen.insert(*local);
                }
                if let ExprKind::Comprehension(comprehension) = &part.kind
                    && looks(package, &comprehension.source, &seen)
                {
                    seen.insert(comprehension.local);
                }
            });
        });
        match &stmt.kind {
            StmtKind::Let {
                local,
                value,
                handlers,
                ..
            } => {
                let mut values = handlers.iter().filter_map(|handler| match &handler.action {
                    HandlerAction::Value(value) => Some(value),
                    HandlerAction::Diverge(_) => None,
                });
                if looks(package, value, &seen) || values.any(|value| looks(package, value, &seen))
                {
                    seen.insert(*local);
                }
            }
            StmtKind::For(for_loop) if looks(package, &for_loop.source, &seen) => {
                seen.insert(for_loop.local);
            }
            StmtKind::Match { subject, arms } if looks(package, subject, &seen) => {
                seen.extend(arms.iter().filter_map(|arm| match arm.pattern {
                    ArmPattern::Some(local) => Some(local),
                    ArmPattern::Any | ArmPattern::None | ArmPattern::Value(_) => None,
                }));
            }
            StmtKind::Do(step) | StmtKind::WithDo { step, .. } => seen.extend(step.result),
            _ => {}
        }
    });
    seen
}

/// Whether the value is observed, by a call or through a name of `seen`.
fn looks(package: &Package, value: &Expr, seen: &BTreeSet<LocalId>) -> bool {
    let mut found = false;
    value.for_each(&mut |part| {
        found |= match &part.kind {
            ExprKind::Local(local) => seen.contains(local),
            ExprKind::Call(call) => call.callee.observes(package),
            _ => false,
        };
    });
    found
}

/// An observation in an undo may decide whether something is done, never what.
fn arguments_are_planned(
    package: &Package,
    back: &Step,
    seen: &BTreeSet<LocalId>,
    out: &mut Vec<Diagnostic>,
) {
    for arg in &back.args {
        if looks(package, arg, seen) {
            out.push(
                Diagnostic::new(
                    Code::UndoLooks,
                    "this argument is observed while undoing",
                    arg.span,
                    "not known when the change is made",
                )
                .help("bind it with `let` in the plan: an undo goes back to what was before"),
            );
        }
    }
}

/// The raw actions by which the runbook, or an action that it comes to, takes something back: that
/// they do is claimed, not proven.
pub fn claims(package: &Package, runbook: &Runbook) -> Vec<UndoClaim> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open: VecDeque<&Block> = runbook.acting_blocks().collect();
    while let Some(block) = open.pop_front() {
        block.for_each_stmt(&mut |stmt| {
            let (StmtKind::Do(step) | StmtKind::WithDo { step, .. }) = &stmt.kind else {
                return;
            };
            match (step.callee, &step.undo) {
                (ActionCallee::Function(id), _) if seen.insert(id) => {
                    open.push_back(&package.functions[id.index()].body.block);
                }
                (ActionCallee::Extern(of), UndoChoice::Block(undo)) => {
                    undo.for_each_stmt(&mut |stmt| {
                        if let StmtKind::Do(back) = &stmt.kind
                            && let ActionCallee::Extern(by) = back.callee
                            && is_raw(package, by)
                        {
                            found.push(UndoClaim {
                                of: package.externs[of.index()].name.to_string(),
                                by: package.externs[by.index()].name.to_string(),
                                span: back.span,
                            });
                        }
                    })
                }
                _ => {}
            }
        });
    }
    found
}
