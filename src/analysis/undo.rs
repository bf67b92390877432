//! P2: an undo takes back its own change, and nothing in it decides at that moment what is done.
//!
//! Which targets it may touch is the business of `touch`.

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic};
use crate::typed::{
    ActionCallee, Block, Callee, Expr, ExprKind, ExternId, ExternKind, LocalId, Package, Step,
    StmtKind, UndoChoice, UndoContract,
};

/// Checks the `undo` block of a step, if it has one.
pub fn check(package: &Package, step: &Step, out: &mut Vec<Diagnostic>) {
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
        takes_back(package, step, back, out);
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

/// The same action with other arguments, what the action declares, or a raw claim.
fn takes_back(package: &Package, step: &Step, back: &Step, out: &mut Vec<Diagnostic>) {
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
        ActionCallee::Extern(other) if is_raw(package, other) => return,
        ActionCallee::Extern(other) if declared.is_some_and(|action| action != other) => {
            something_else(&name(other), &name(id), back)
        }
        ActionCallee::Extern(other) if declared == Some(other) => return,
        ActionCallee::Extern(other) if contract.inverse == Some(other) => return,
        ActionCallee::Extern(other) if other != id => something_else(&name(other), &name(id), back),
        ActionCallee::Extern(_) if same_arguments(step, back) => Diagnostic::new(
            Code::UndoTakesNothingBack,
            "this undo makes the same call again",
            back.span,
            "what it would take back",
        ),
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

fn same_arguments(step: &Step, back: &Step) -> bool {
    step.args.len() == back.args.len()
        && step
            .args
            .iter()
            .zip(&back.args)
            .all(|(one, other)| same(one, other))
}

/// Whether both are the same by their text; nothing that is computed is compared.
fn same(one: &Expr, other: &Expr) -> bool {
    match (&one.kind, &other.kind) {
        (ExprKind::Value(one), ExprKind::Value(other)) => one == other,
        (ExprKind::Local(one), ExprKind::Local(other)) => one == other,
        (ExprKind::Trigger(one), ExprKind::Trigger(other)) => one == other,
        (ExprKind::Const(one), ExprKind::Const(other)) => one == other,
        (
            ExprKind::Field { base, field },
            ExprKind::Field {
                base: other,
                field: at,
            },
        ) => field == at && same(base, other),
        (
            ExprKind::Index { base, index },
            ExprKind::Index {
                base: other,
                index: at,
            },
        ) => same(base, other) && same(index, at),
        (ExprKind::Wrap(one), ExprKind::Wrap(other)) => same(one, other),
        (ExprKind::List(one), ExprKind::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        _ => false,
    }
}

/// The names that the block binds to something that is only seen while undoing.
fn observed(package: &Package, block: &Block) -> BTreeSet<LocalId> {
    let mut seen = BTreeSet::new();
    block.for_each_stmt(&mut |stmt| {
        if let StmtKind::Let { local, value, .. } = &stmt.kind
            && looks(package, value, &seen)
        {
            seen.insert(*local);
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
            ExprKind::Call(call) => match call.callee {
                Callee::Extern(id) => match package.externs[id.index()].kind {
                    ExternKind::Fn => false,
                    ExternKind::Probe | ExternKind::Action(_) => true,
                },
                Callee::Function(id) => match package.functions[id.index()].kind {
                    crate::typed::FunctionKind::Fn => false,
                    crate::typed::FunctionKind::Probe
                    | crate::typed::FunctionKind::Action { .. }
                    | crate::typed::FunctionKind::Watch(_) => true,
                },
                Callee::Builtin(_) => false,
            },
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
