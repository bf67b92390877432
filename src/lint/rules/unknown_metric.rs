//! A metric that is not in the list: the query answers nothing.

use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::{queries, words};
use crate::literal::query::Form;

pub static RULE: Rule = Rule {
    code: Code::UnknownMetric,
    name: "unknown-metric",
    needs: Data::Metrics,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Query], run),
};

/// What Prometheus makes itself.
const OWN: [&str; 3] = ["up", "ALERTS", "ALERTS_FOR_STATE"];

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Some(metrics) = &cx.input.known.metrics else {
        return;
    };
    queries::parts(cx, node, &mut |tree, part| {
        let Form::Selector(metric) = &part.kind else {
            return;
        };
        let name = metric.name.as_str();
        let rules = cx.input.known.rules.as_ref();
        let is_recorded = rules.is_some_and(|rules| rules.records.contains(name));
        let is_own = OWN.contains(&name) || name.starts_with("scrape_");
        if name.is_empty() || metrics.has(name) || is_recorded || is_own {
            return;
        }
        let message = format!("there is no metric `{name}`");
        let at = part.range.start..part.range.start + name.len();
        let at = tree.span(&at);
        let found = Diagnostic::new(Code::UnknownMetric, message, at, "answers nothing");
        out.push(
            match nearest(name, metrics.names().filter(|name| words::is_name(name))) {
                Some(near) if cx.text(at) == name => found
                    .help(format!("did you mean `{near}`?"))
                    .fix(format!("write `{near}`"), at, near),
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found
                    .help("a list of metrics is of one moment: is it new, or of another server?"),
            },
        );
    });
}
