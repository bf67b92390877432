//! A verify that asks nothing but what the alert asks: that the alert goes is all that it proves.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use std::collections::BTreeSet;

use crate::lint::queries;
use crate::literal::query::Tree;
use crate::typed::{Callee, Expr, ExprKind, StmtKind, Type};

pub static RULE: Rule = Rule {
    code: Code::CircularProof,
    name: "circular-proof",
    needs: Data::Rules,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Stmt], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let (Node::Stmt(stmt), Some(runbook)) = (node, cx.runbook()) else {
        return;
    };
    let StmtKind::Verify(verify) = &stmt.kind else {
        return;
    };
    let mut asked = BTreeSet::new();
    if !verify
        .conditions
        .iter()
        .all(|condition| asks(cx, condition, &mut asked))
    {
        return;
    }
    let mut alerted = BTreeSet::new();
    for trigger in &runbook.triggers {
        let rules = queries::rules_of(cx, trigger).map_or(&[][..], |(_, rules)| rules);
        for root in rules.iter().filter_map(|rule| Tree::read(&rule.expression)) {
            alerted.extend(queries::metrics(&root));
        }
    }
    if !asked.is_empty() && asked.is_subset(&alerted) {
        let message = "this verify asks only what the alert asks";
        let label = "proves that the alert is gone";
        let found = Diagnostic::new(Code::CircularProof, message, verify.span, label);
        out.push(found.help("ask what users see, too: requests that succeed, jobs that are done"));
    }
}

/// Takes down the metrics that a condition asks for; false where it asks for something else.
fn asks(cx: &Cx<'_>, expr: &Expr, asked: &mut BTreeSet<String>) -> bool {
    let is_observed = match &expr.kind {
        ExprKind::Call(call) => !matches!(call.callee, Callee::Builtin(_)),
        ExprKind::Field { base, .. } => matches!(base.ty, Type::Target(_)),
        _ => false,
    };
    if is_observed {
        return match cx.answer_of(expr) {
            Some(tree) => {
                asked.extend(queries::metrics(&tree.root));
                true
            }
            None => false,
        };
    }
    let mut all = true;
    expr.for_each_child(&mut |child| all &= asks(cx, child, asked));
    all
}
