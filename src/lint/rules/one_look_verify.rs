//! A verify by measurement that believes the first good look.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::{Form, Node as Part};
use crate::typed::{Expr, StmtKind, Verify};
use crate::value::Duration;

pub static RULE: Rule = Rule {
    code: Code::OneLookVerify,
    name: "one-look-verify",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Stmt], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Stmt(stmt) = node else {
        return;
    };
    let StmtKind::Verify(verify) = &stmt.kind else {
        return;
    };
    let every = verify.every.millis();
    let holding = verify.holding.map_or(0, Duration::millis);
    if !is_measured(cx, verify) || holding >= every.saturating_mul(2) {
        return;
    }
    let message = "this verify believes the first good look";
    let label = match verify.holding {
        Some(_) => "holds for fewer than two looks",
        None => "need not hold for any time",
    };
    let found = Diagnostic::new(Code::OneLookVerify, message, verify.span, label);
    let found = found.help("say how long it has to hold: `holding 1m`");
    let within = cx
        .text(verify.span)
        .find(" {")
        .filter(|_| verify.holding.is_none());
    let plain = verify.abort_if.is_none();
    out.push(
        match within.filter(|_| plain && verify.within.millis() > 120_000) {
            Some(at) => {
                let at = verify.span.inside(at, at);
                found.fix("add `holding 1m`", at, " holding 1m")
            }
            None => found,
        },
    );
}

/// Whether it asks for what is measured, and not for a state, nor for what does not come and go.
fn is_measured(cx: &Cx<'_>, verify: &Verify) -> bool {
    let mut measured = false;
    let mut look = |expr: &Expr| {
        measured |= cx.answer_of(expr).is_some_and(|tree| !is_stock(&tree.root));
    };
    for condition in &verify.conditions {
        condition.for_each(&mut look);
    }
    measured
}

/// Whether a query asks how old something is, or for bytes that are stored: one good look tells.
fn is_stock(root: &Part) -> bool {
    let mut has_clock = false;
    root.for_each(&mut |part| {
        has_clock |= matches!(&part.kind, Form::Call { name, .. } if name == "time");
    });
    has_clock || is_stored(root)
}

/// So many bytes, or a share of them.
fn is_stored(part: &Part) -> bool {
    match &part.bare().kind {
        Form::Selector(metric) => metric.name.ends_with("_bytes"),
        Form::Binary { operator, left, .. } if operator == "/" => is_stored(left),
        Form::Binary { left, right, .. } => is_stored(left) && is_stored(right),
        Form::Call { name, args } => {
            !["rate", "irate", "increase", "deriv", "delta"].contains(&name.as_str())
                && args.iter().all(is_stored)
        }
        Form::Aggregation { args, .. } => args.iter().all(is_stored),
        Form::Ranged { of, .. } | Form::Negated(of) => is_stored(of),
        Form::Number(_) | Form::Text | Form::Paren(_) => true,
    }
}
