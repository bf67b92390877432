//! A share of a rate: where there is no traffic it is no number, and the run is inconclusive.
//!
//! The division may stand below whatever hands on that it is no number.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::queries::OF_EACH;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::{Form, Node as Part};

pub static RULE: Rule = Rule {
    code: Code::IdleRatio,
    name: "idle-ratio",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Query], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Query(expr) = node else {
        return;
    };
    let Some(tree) = cx.query(expr) else {
        return;
    };
    if let Some(divisor) = idle(&tree.root) {
        let message = "without traffic this share is not a number";
        let label = "may be zero";
        let found = Diagnostic::new(Code::IdleRatio, message, tree.span(&divisor.range), label);
        out.push(found.help("ask only where there is traffic: `... and sum(rate(x[5m])) > 0`, and say what no data means"));
    }
}

/// The divisor that makes the answer no number where it is zero. What compares leaves such series out, and what stands
/// before an `and` is asked only where the rest holds.
fn idle(part: &Part) -> Option<&Part> {
    match &part.bare().kind {
        Form::Binary {
            operator,
            left,
            right,
            ..
        } => match operator.as_str() {
            "/" if is_rate(right) => Some(right),
            "+" | "-" | "*" | "/" | "%" | "^" | "atan2" => idle(left).or_else(|| idle(right)),
            "or" => idle(left),
            _ => None,
        },
        Form::Negated(inside) => idle(inside),
        Form::Call { name, args } if OF_EACH.contains(&name.as_str()) => {
            args.first().and_then(idle)
        }
        Form::Aggregation { name, args, .. } => {
            let keeps = ["sum", "min", "max", "avg", "quantile", "stddev", "stdvar"];
            let is_kept = keeps.contains(&name.as_str());
            is_kept.then(|| args.last().and_then(idle))?
        }
        Form::Call { .. }
        | Form::Number(_)
        | Form::Text
        | Form::Selector(_)
        | Form::Ranged { .. }
        | Form::Paren(_) => None,
    }
}

fn is_rate(part: &Part) -> bool {
    match &part.bare().kind {
        Form::Call { name, .. } => ["rate", "increase", "irate"].contains(&name.as_str()),
        Form::Aggregation { name, args, .. } => name == "sum" && args.last().is_some_and(is_rate),
        _ => false,
    }
}
