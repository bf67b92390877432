//! A condition that always holds, or never does, by what can ever be seen.
//!
//! A constant of the package is a switch that somebody turns by hand; a verify of that kind is an error already.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::range;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::{BinaryOp, Expr, ExprKind};

pub static RULE: Rule = Rule {
    code: Code::ConstantCondition,
    name: "constant-condition",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Condition], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Condition(condition) = node else {
        return;
    };
    parts(cx, condition, out);
}

/// Looks at the condition as a whole, then at what it joins by `and` and `or`.
fn parts(cx: &Cx<'_>, condition: &Expr, out: &mut Vec<Diagnostic>) {
    let Some(known) = range::known(cx, condition) else {
        if let ExprKind::Binary {
            op: BinaryOp::And | BinaryOp::Or,
            left,
            right,
        } = &condition.kind
        {
            parts(cx, left, out);
            parts(cx, right, out);
        }
        return;
    };
    let (word, label) = match known {
        true => ("always", "holds whatever is seen"),
        false => ("never", "holds for nothing that is ever seen"),
    };
    let message = format!("this condition {word} holds");
    let found = Diagnostic::new(Code::ConstantCondition, message, condition.span, label);
    out.push(found.help("ask what may turn out either way, or leave the condition out"));
}
