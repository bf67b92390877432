//! `prom.value` of a query that may answer more than one series: with two it fails.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::{Form, Grouping, Metric, Node as Part};
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
        Form::Selector(metric) => (!is_pinned(metric)).then_some(part),
        Form::Aggregation {
            grouping: Grouping::None,
            ..
        } => None,
        Form::Aggregation { .. } => Some(part),
        // Of the buckets of one histogram it makes one series.
        Form::Call { name, args } if name == "histogram_quantile" => match args.last()?.bare() {
            Part {
                kind:
                    Form::Aggregation {
                        grouping: Grouping::By(labels),
                        ..
                    },
                ..
            } if labels.iter().all(|label| label == "le") => None,
            of => many(of).map(|_| part),
        },
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

/// Metrics of which one process has many series, and a label that tells these apart.
const INNER: [(&str, &str); 6] = [
    ("node_filesystem_", "mountpoint"),
    ("node_disk_", "device"),
    ("node_network_", "device"),
    ("node_cpu_", "cpu"),
    ("node_systemd_unit_", "name"),
    ("container_", "container"),
];

/// Whether it is of one process, and of one part of that.
fn is_pinned(metric: &Metric) -> bool {
    let has = |label: &str| {
        let mut matchers = metric.matchers.iter();
        matchers.any(|matcher| matcher.label == label && matcher.operator == "=")
    };
    let inner = INNER.iter().find(|(name, _)| metric.name.starts_with(name));
    has("instance") && inner.is_none_or(|(_, label)| has(label))
}
