//! A matcher on a label that no series of the metric has: it selects nothing.

use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::lint::{queries, words};
use crate::literal::query::Form;

pub static RULE: Rule = Rule {
    code: Code::UnknownSeriesLabel,
    name: "unknown-series-label",
    needs: Data::Metrics,
    fixes: Fixes::Unsafe,
    sees: Sees::Nodes(&[Kind::Query], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Some(metrics) = &cx.input.known.metrics else {
        return;
    };
    queries::parts(cx, node, &mut |tree, part| {
        let Form::Selector(metric) = &part.kind else {
            return;
        };
        let Some(labels) = metrics.labels(&metric.name) else {
            return;
        };
        for matcher in &metric.matchers {
            let label = matcher.label.as_str();
            // What must be absent may be.
            let is_absent = matcher.operator.starts_with('!');
            if is_absent || label == "__name__" || labels.contains(label) {
                continue;
            }
            let message = format!("no series of `{}` has the label `{label}`", metric.name);
            let end = matcher.operator_at.start;
            let at = tree.span(&(end.saturating_sub(label.len())..end));
            let found = Diagnostic::new(Code::UnknownSeriesLabel, message, at, "selects nothing");
            let names = labels.iter().map(String::as_str);
            let names = names.filter(|name| words::is_name(name));
            out.push(match nearest(label, names) {
                Some(near) if cx.text(at) == label => found
                    .help(format!("did you mean `{near}`?"))
                    .fix(format!("write `{near}`"), at, near),
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found.help("leave it out, or ask another metric"),
            });
        }
    });
}
