//! A share of a rate: where there is no traffic it is no number, and the run is inconclusive.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
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
    let Form::Binary {
        operator, right, ..
    } = &tree.root.bare().kind
    else {
        return;
    };
    if operator == "/" && is_rate(right) {
        let message = "without traffic this share is no number";
        let label = "may be zero";
        let found = Diagnostic::new(Code::IdleRatio, message, tree.span(&right.range), label);
        out.push(found.help("ask only where there is traffic: `... and sum(rate(x[5m])) > 0`, and say what no data means"));
    }
}

fn is_rate(part: &Part) -> bool {
    match &part.bare().kind {
        Form::Call { name, .. } => ["rate", "increase", "irate"].contains(&name.as_str()),
        Form::Aggregation { name, args, .. } => name == "sum" && args.last().is_some_and(is_rate),
        _ => false,
    }
}
