//! An amount that is reckoned from what was measured, with nothing that bounds what was measured: a wrong number is acted on.
//!
//! A `guard` or an `if` about the same place bounds it, and so do `min` and `clamp` around it.

use crate::diag::{Code, Diagnostic};
use crate::effect::Sink;
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::{
    ActionCallee, BinaryOp, Body, Builtin, Callee, Expr, ExprKind, LocalId, Param, StmtKind, Type,
};

pub static RULE: Rule = Rule {
    code: Code::UnguardedAmount,
    name: "unguarded-amount",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Stmt], run),
};

/// Something measured: a local, or a field of what a local is.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Measured {
    local: LocalId,
    field: Option<u16>,
}

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let (Node::Stmt(stmt), Some(body)) = (node, cx.body) else {
        return;
    };
    let (StmtKind::Do(step) | StmtKind::WithDo { step, .. }) = &stmt.kind else {
        return;
    };
    let Some(params) = params(cx, step.callee) else {
        return;
    };
    for (param, arg) in params.iter().zip(&step.args) {
        if param.sink != Some(Sink::Amount) || !is_reckoned(arg) {
            continue;
        }
        let mut found = Vec::new();
        collect(body, arg, &mut found);
        if found.is_empty() || found.iter().any(|place| is_bounded(body, *place)) {
            continue;
        }
        let message = format!(
            "nothing bounds the number that `{}` is reckoned from",
            param.name
        );
        let label = "a wrong measurement is acted on";
        let found = Diagnostic::new(Code::UnguardedAmount, message, arg.span, label);
        out.push(found.help("say what it may be: `guard n < 10`, or `min(n + 2, 10)`"));
    }
}

fn params<'a>(cx: &Cx<'a>, callee: ActionCallee) -> Option<&'a [Param]> {
    match callee {
        ActionCallee::Extern(id) => Some(&cx.package().externs.get(id.index())?.params),
        ActionCallee::Function(id) => Some(&cx.function(id)?.params),
    }
}

/// Whether it is a sum or the like. A value put back as it was is none.
fn is_reckoned(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Binary { op, .. } => matches!(
            op,
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide
        ),
        ExprKind::Call(call) => match call.callee {
            Callee::Builtin(Builtin::Round | Builtin::Floor | Builtin::Ceil | Builtin::Abs) => {
                call.args.iter().any(is_reckoned)
            }
            Callee::Builtin(_) | Callee::Extern(_) | Callee::Function(_) => false,
        },
        ExprKind::Wrap(inside) => is_reckoned(inside),
        _ => false,
    }
}

/// What is measured in an amount; nothing of what `min` and `clamp` bound.
fn collect(body: &Body, expr: &Expr, found: &mut Vec<Measured>) {
    match &expr.kind {
        ExprKind::Local(local) if is_number(&expr.ty) && !is_reckoned_above(body, *local) => {
            found.push(Measured {
                local: *local,
                field: None,
            });
        }
        ExprKind::Field { base, field } => {
            if let ExprKind::Local(local) = base.kind {
                found.push(Measured {
                    local,
                    field: Some(*field),
                });
            }
        }
        ExprKind::Call(call)
            if matches!(
                call.callee,
                Callee::Builtin(Builtin::Min | Builtin::Clamp | Builtin::Count)
            ) => {}
        _ => expr.for_each_child(&mut |child| collect(body, child, found)),
    }
}

/// Whether a local was bounded, or is no measurement, where it was made.
fn is_reckoned_above(body: &Body, local: LocalId) -> bool {
    let mut is_bounded = false;
    body.block.for_each_stmt(&mut |stmt| match &stmt.kind {
        StmtKind::Let {
            local: made, value, ..
        } if *made == local => {
            let mut inside = Vec::new();
            collect_flat(value, &mut inside);
            let asks = matches!(&value.kind, ExprKind::Call(call)
                if matches!(call.callee, Callee::Extern(_) | Callee::Function(_)));
            is_bounded = !asks && inside.is_empty();
        }
        // One of a list, not of a measurement.
        StmtKind::For(found) if found.local == local => is_bounded = true,
        _ => {}
    });
    is_bounded
}

/// The same without a look at where locals come from.
fn collect_flat(expr: &Expr, found: &mut Vec<LocalId>) {
    match &expr.kind {
        ExprKind::Local(local) => found.push(*local),
        ExprKind::Call(call)
            if matches!(
                call.callee,
                Callee::Builtin(Builtin::Min | Builtin::Clamp | Builtin::Count)
            ) => {}
        _ => expr.for_each_child(&mut |child| collect_flat(child, found)),
    }
}

fn is_number(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Int | Type::Float | Type::Percent | Type::Duration | Type::Size
    )
}

/// Whether a `guard` or an `if` of the body is about it.
fn is_bounded(body: &Body, place: Measured) -> bool {
    let mut is_bounded = false;
    body.block.for_each_stmt(&mut |stmt| {
        if let StmtKind::Guard(condition) | StmtKind::If { condition, .. } = &stmt.kind {
            condition.for_each(&mut |part| is_bounded |= is(part, place));
        }
    });
    is_bounded
}

fn is(expr: &Expr, place: Measured) -> bool {
    match (&expr.kind, place.field) {
        (ExprKind::Local(local), None) => *local == place.local,
        (ExprKind::Field { base, field }, Some(of)) => {
            *field == of && matches!(base.kind, ExprKind::Local(local) if local == place.local)
        }
        _ => false,
    }
}
