//! Two measured numbers that are asked to be equal.
//!
//! A whole number is told from its neighbours, so a count and a state are left alone.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::typed::{BinaryOp, Expr, ExprKind, Type};
use crate::value::Value;

pub static RULE: Rule = Rule {
    code: Code::FloatEquality,
    name: "float-equality",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Comparison], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Comparison(expr) = node else {
        return;
    };
    let ExprKind::Binary {
        op: BinaryOp::Equal | BinaryOp::NotEqual,
        left,
        right,
    } = &expr.kind
    else {
        return;
    };
    let whole = |side: &Expr| match cx.constant(side) {
        Some(Value::Float(number)) => number.fract() == 0.0,
        _ => false,
    };
    if left.ty != Type::Float || right.ty != Type::Float || whole(left) || whole(right) {
        return;
    }
    let message = "two measured numbers are hardly ever equal";
    let label = "equal to the last digit only";
    let found = Diagnostic::new(Code::FloatEquality, message, expr.span, label);
    out.push(found.help("say from where on: `lag() > 0.29`"));
}
