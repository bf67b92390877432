//! A verify that asks nothing but what the alert asks: that the alert goes is all that it proves.
//!
//! One that asks for clearly more than the alert does, 1,000 where that speaks from 20,000 on, proves that there is room.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use std::collections::BTreeSet;

use crate::lint::queries;
use crate::lint::range::{self, Test};
use crate::literal::query::{Form, Node as Part, Tree};
use crate::typed::{Callee, Comparison, Expr, ExprKind, StmtKind, Type};
use crate::value::Percent;

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
    let mut limits = Vec::new();
    for trigger in &runbook.triggers {
        let rules = queries::rules_of(cx, trigger).map_or(&[][..], |(_, rules)| rules);
        for root in rules.iter().filter_map(|rule| Tree::read(&rule.expression)) {
            alerted.extend(queries::metrics(&root));
            limits.push(limit(&root));
        }
    }
    let is_clear = |condition: &Expr| {
        let test = range::test(cx, condition);
        let of = |limit: &Option<Limit>| limit.zip(test.as_ref());
        limits
            .iter()
            .all(|limit| of(limit).is_some_and(|(limit, test)| limit.is_cleared_by(test)))
    };
    if verify.conditions.iter().any(is_clear) {
        return;
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

/// From where on an alert speaks.
#[derive(Clone, Copy)]
struct Limit {
    at: f64,
    is_above: bool,
}

fn limit(root: &Part) -> Option<Limit> {
    let Form::Binary {
        operator, right, ..
    } = &root.bare().kind
    else {
        return None;
    };
    let Form::Number(Some(at)) = right.bare().kind else {
        return None;
    };
    let is_above = match operator.as_str() {
        ">" | ">=" => true,
        "<" | "<=" => false,
        _ => return None,
    };
    Some(Limit { at, is_above })
}

impl Limit {
    /// Whether a test asks for a tenth less than what is too much, or a tenth more than what is too little.
    fn is_cleared_by(self, test: &Test<'_>) -> bool {
        // Numbers of rules are in seconds, bytes and parts of one.
        let unit = match test.of.ty {
            Type::Duration => 1_000.0,
            Type::Percent => Percent::WHOLE.billionths() as f64,
            _ => 1.0,
        };
        let at = test.at / unit;
        let below = matches!(
            test.op,
            Comparison::Less | Comparison::LessEqual | Comparison::Equal
        );
        let above = matches!(
            test.op,
            Comparison::Greater | Comparison::GreaterEqual | Comparison::Equal
        );
        let margin = 0.1 * self.at.abs();
        match self.is_above {
            true => below && at < self.at && at <= self.at - margin,
            false => above && at > self.at && at >= self.at + margin,
        }
    }
}
