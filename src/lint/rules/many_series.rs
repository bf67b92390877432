//! `prom.value` of a query that may answer more than one series: with two it fails. Labels that its selectors pin tell
//! none apart.

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

/// Aggregations that answer several series of a group.
const SEVERAL: [&str; 5] = ["topk", "bottomk", "limitk", "limit_ratio", "count_values"];

/// The part that keeps the labels of its series.
fn many(part: &Part) -> Option<&Part> {
    match &part.bare().kind {
        Form::Selector(metric) => (!is_pinned(metric)).then_some(part),
        Form::Aggregation {
            grouping: Grouping::None,
            ..
        } => None,
        Form::Aggregation {
            name,
            grouping: Grouping::By(labels),
            args,
        } if !SEVERAL.contains(&name.as_str()) => {
            let is_one = |label: &String| args.last().is_some_and(|of| has_one(of, label));
            (!labels.iter().all(is_one)).then_some(part)
        }
        Form::Aggregation { .. } => Some(part),
        // Of the buckets of one histogram it makes one series.
        Form::Call { name, args } if name == "histogram_quantile" => match args.last()?.bare() {
            Part {
                kind:
                    Form::Aggregation {
                        grouping: Grouping::By(labels),
                        args,
                        ..
                    },
                ..
            } if labels
                .iter()
                .all(|label| label == "le" || args.last().is_some_and(|of| has_one(of, label))) =>
            {
                None
            }
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

/// Whether all series of a part have one value of a label: its selectors say it, or an aggregation drops the label.
fn has_one(part: &Part, label: &str) -> bool {
    match &part.bare().kind {
        Form::Selector(metric) => {
            let mut matchers = metric.matchers.iter();
            matchers.any(|matcher| matcher.label == label && matcher.operator == "=")
        }
        Form::Aggregation {
            name,
            grouping,
            args,
        } => {
            let is_dropped = match grouping {
                Grouping::None => !SEVERAL.contains(&name.as_str()),
                Grouping::By(labels) => !labels.iter().any(|by| by == label),
                Grouping::Without(labels) => labels.iter().any(|without| without == label),
            };
            let inside = || args.last().is_some_and(|of| has_one(of, label));
            (is_dropped || inside()) && name != "count_values"
        }
        Form::Call { name, args } => {
            let changes = ["label_replace", "label_join", "info"];
            !changes.contains(&name.as_str()) && args.iter().any(|arg| has_one(arg, label))
        }
        Form::Binary {
            operator,
            is_matched,
            left,
            right,
        } => match operator.as_str() {
            "and" | "unless" => has_one(left, label),
            "or" => has_one(left, label) && has_one(right, label),
            _ if *is_matched => has_one(left, label) && has_one(right, label),
            _ => has_one(left, label) || has_one(right, label),
        },
        Form::Ranged { of, .. } | Form::Negated(of) => has_one(of, label),
        Form::Number(_) | Form::Text | Form::Paren(_) => false,
    }
}
