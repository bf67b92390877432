//! `as ratio` of a query that is a percentage already: `100 * a / b`.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::{Form, Node as Part};
use crate::typed::{ExprKind, Unit};

pub static RULE: Rule = Rule {
    code: Code::ScaledRatio,
    name: "scaled-ratio",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::As], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::As(expr) = node else {
        return;
    };
    let ExprKind::As {
        operand,
        unit: Unit::Ratio,
    } = &expr.kind
    else {
        return;
    };
    let Some(tree) = cx.answer_of(operand) else {
        return;
    };
    let Some((hundred, cut)) = scaled(&tree.root) else {
        return;
    };
    let message = "a ratio that is multiplied by a hundred already";
    let label = "read as a ratio, so `1` is 100%";
    let found = Diagnostic::new(Code::ScaledRatio, message, expr.span, label);
    let found = found.and(tree.span(&hundred), "a hundred times that");
    let found = found.help("let the query say the ratio itself: `a / b`");
    out.push(found.fix("drop the factor", tree.span(&cut), ""));
}

/// The factor of a hundred at the top of a query, and what to cut out with it.
fn scaled(part: &Part) -> Option<(std::ops::Range<usize>, std::ops::Range<usize>)> {
    let Form::Binary {
        operator,
        left,
        right,
        ..
    } = &part.bare().kind
    else {
        return None;
    };
    let hundred = |side: &Part| matches!(side.bare().kind, Form::Number(Some(100.0)));
    match operator.as_str() {
        "*" if hundred(left) => Some((left.range.clone(), left.range.start..right.range.start)),
        "*" if hundred(right) => Some((right.range.clone(), left.range.end..right.range.end)),
        "*" | "/" => scaled(left),
        _ => None,
    }
}
