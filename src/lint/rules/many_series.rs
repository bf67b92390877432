//! `prom.value` of a query that may answer more than one series: with two it fails.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::{Form, Grouping, Node as Part};
use crate::typed::Callee;

pub static RULE: Rule = Rule {
    code: Code::ManySeries,
    name: "many-series",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Call], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Call(expr, call) = node else {
        return;
    };
    let Callee::Extern(id) = call.callee else {
        return;
    };
    let Some(found) = cx.package().externs.get(id.index()) else {
        return;
    };
    if found.name.module.as_deref() != Some("prom") || found.name.name != "value" {
        return;
    }
    let Some(tree) = cx.answer_of(expr) else {
        return;
    };
    if let Some(part) = many(&tree.root) {
        let message = "this query may answer more than one series";
        let label = "with two of them it fails";
        let found = Diagnostic::new(Code::ManySeries, message, tree.span(&part.range), label);
        out.push(found.help("say which one counts: `max(...)`, `sum(...)`"));
    }
}

/// The part that keeps the labels of its series.
fn many(part: &Part) -> Option<&Part> {
    match &part.bare().kind {
        Form::Selector(_) => Some(part),
        Form::Aggregation {
            grouping: Grouping::None,
            ..
        } => None,
        Form::Aggregation { .. } => Some(part),
        Form::Call { name, args } => {
            let single = [
                "scalar",
                "vector",
                "time",
                "absent",
                "absent_over_time",
                "pi",
            ];
            match single.contains(&name.as_str()) {
                true => None,
                false => args.iter().rev().find_map(many).map(|_| part),
            }
        }
        Form::Binary { left, right, .. } => many(left).and(many(right)).map(|_| part),
        Form::Ranged { of, .. } | Form::Negated(of) => many(of),
        Form::Number(_) | Form::Text | Form::Paren(_) => None,
    }
}
