//! A page that says nothing about what was seen.

use crate::check;
use crate::diag::{Code, Diagnostic};
use crate::lint::cx::{Cx, Place};
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::words::{self, Piece};
use crate::typed::{Callee, Expr, ExprKind, Otherwise, OtherwiseOf, StmtKind};

pub static RULE: Rule = Rule {
    code: Code::PageWithoutEvidence,
    name: "page-without-evidence",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Stmt], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let (Node::Stmt(stmt), Some(body)) = (node, cx.body) else {
        return;
    };
    let StmtKind::Page { roles: _, text } = &stmt.kind else {
        return;
    };
    // Nothing could be asked: there is nothing to show.
    let is_inconclusive =
        |clause: &Otherwise| clause.of == OtherwiseOf::Inconclusive && clause.span.holds(stmt.span);
    let otherwise = cx.runbook().map_or(&[][..], |runbook| &runbook.otherwise);
    if cx.place == Place::Otherwise && otherwise.iter().any(is_inconclusive) {
        return;
    }
    let pieces = text.as_ref().and_then(words::pieces).unwrap_or_default();
    let mut has_evidence =
        text.is_none() || pieces.iter().any(|piece| matches!(piece, Piece::Hole(_)));
    // A place that another language would fill is told by itself.
    has_evidence |= text
        .as_ref()
        .is_some_and(|text| check::is_filled_elsewhere(cx.text(text.span)));
    body.block.for_each_stmt(&mut |other| {
        has_evidence |=
            matches!(other.kind, StmtKind::Attach(_)) && other.span.start > stmt.span.start;
    });
    body.block.for_each_expr(&mut |expr: &Expr| {
        let observes = match &expr.kind {
            ExprKind::Call(call) => !matches!(call.callee, Callee::Builtin(_)),
            _ => false,
        };
        has_evidence |= observes && expr.span.start < stmt.span.start;
    });
    if !has_evidence {
        let message = "this page says nothing about what was seen";
        let found = Diagnostic::new(
            Code::PageWithoutEvidence,
            message,
            stmt.span,
            "the same words each time",
        );
        out.push(found.help("name the place in the text, or attach what was looked at: `attach k8s.pods(namespace)`"));
    }
}
