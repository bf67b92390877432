//! `otherwise novel` of a diagnosis that never ends without an answer, `otherwise inconclusive` of one that asks nothing.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::way::falls_off;
use crate::typed::{BinaryOp, Callee, Expr, ExprKind, Type};
use crate::typed::{Block, HandlerAction, OtherwiseOf, Stmt, StmtKind};

pub static RULE: Rule = Rule {
    code: Code::UnreachableOtherwise,
    name: "unreachable-otherwise",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Runbook], run),
};

fn run(_: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Runbook(_, runbook) = node else {
        return;
    };
    let Some(diagnose) = &runbook.diagnose else {
        return;
    };
    for clause in &runbook.otherwise {
        let (message, label) = match clause.of {
            OtherwiseOf::Novel if !may_be_novel(&diagnose.block) => (
                "no diagnosis ends as `novel`: each case has an answer",
                "never said",
            ),
            OtherwiseOf::Inconclusive if !may_fail(&diagnose.block) => (
                "no diagnosis ends as `inconclusive`: nothing is asked that could fail",
                "never said",
            ),
            OtherwiseOf::Novel
            | OtherwiseOf::Inconclusive
            | OtherwiseOf::Both
            | OtherwiseOf::Systemic => continue,
        };
        let found = Diagnostic::new(Code::UnreachableOtherwise, message, clause.span, label);
        out.push(found.help("leave it out").fix("drop it", clause.span, ""));
    }
}

fn may_be_novel(block: &Block) -> bool {
    says_novel(block) || falls_off(block)
}

/// Whether a handler says that no known cause fits.
pub fn says_novel(block: &Block) -> bool {
    let mut is_said = false;
    block.for_each_stmt(&mut |stmt| {
        is_said |= matches!(stmt.kind, StmtKind::Novel(_));
        is_said |= handlers(stmt).any(|stmt| matches!(stmt.kind, StmtKind::Novel(_)));
    });
    is_said
}

fn handlers(stmt: &Stmt) -> impl Iterator<Item = &Stmt> {
    let handlers = match &stmt.kind {
        StmtKind::Let { handlers, .. } => handlers.as_slice(),
        _ => &[],
    };
    handlers.iter().filter_map(|handler| match &handler.action {
        HandlerAction::Diverge(stmt) => Some(&**stmt),
        HandlerAction::Value(_) => None,
    })
}

fn may_fail(block: &Block) -> bool {
    let mut may = false;
    block.for_each_stmt(&mut |stmt| {
        may |= matches!(stmt.kind, StmtKind::Inconclusive(_));
    });
    block.for_each_expr(&mut |expr| may |= asks(expr));
    may
}

/// Whether it may have no answer: an observation, a call, a quotient, an element.
fn asks(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call(call) => !matches!(call.callee, Callee::Builtin(_)),
        ExprKind::Field { base, .. } => matches!(base.ty, Type::Target(_)),
        ExprKind::Index { .. } | ExprKind::Comprehension(_) | ExprKind::Pick { .. } => true,
        ExprKind::Binary { op, .. } => matches!(
            op,
            BinaryOp::Divide | BinaryOp::Multiply | BinaryOp::Add | BinaryOp::Subtract
        ),
        _ => false,
    }
}
