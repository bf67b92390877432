//! A rate over a sum: where one process restarts, the sum falls, and the rate takes that for a restart of all.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::queries;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::Form;

pub static RULE: Rule = Rule {
    code: Code::RateOfSum,
    name: "rate-of-sum",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Query], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    queries::parts(cx, node, &mut |tree, part| {
        if let Some((name, of, true)) = queries::rate(part)
            && let Form::Aggregation { name: summed, .. } = &of.kind
        {
            let message =
                format!("`{name}` of a `{summed}`: a restart of one looks like one of all");
            let label = "sums first";
            let found = Diagnostic::new(Code::RateOfSum, message, tree.span(&part.range), label);
            out.push(found.help(format!(
                "take the rate of each, then sum up: `{summed}({name}(x[5m]))`"
            )));
        }
    });
}
