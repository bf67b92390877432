//! A rate of what does not look like a counter: a gauge that falls is taken for a restart.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::Form;

pub static RULE: Rule = Rule {
    code: Code::RateOfGauge,
    name: "rate-of-gauge",
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
    tree.root.for_each(&mut |part| {
        let Form::Call { name, args } = &part.kind else {
            return;
        };
        if !["rate", "increase", "irate"].contains(&name.as_str()) {
            return;
        }
        let Some(Form::Ranged {
            of,
            is_subquery: false,
            ..
        }) = args.first().map(|arg| &arg.bare().kind)
        else {
            return;
        };
        let Form::Selector(metric) = &of.bare().kind else {
            return;
        };
        let counts = ["_total", "_count", "_sum", "_bucket"];
        let is_counter = counts.iter().any(|end| metric.name.ends_with(end));
        if !is_counter && !metric.name.is_empty() && !metric.name.contains(':') {
            let message = format!(
                "`{name}` of `{}`, which does not look like a counter",
                metric.name
            );
            let found = Diagnostic::new(
                Code::RateOfGauge,
                message,
                tree.span(&part.range),
                "a fall is taken for a restart",
            );
            out.push(found.help("of a gauge, take `deriv` or `delta`"));
        }
    });
}
