//! A rate of a gauge, or of what has the name of one: a gauge that falls is taken for a restart.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::known::Type;
use crate::lint::queries;
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
    queries::parts(cx, node, &mut |tree, part| {
        let Some((name, of, false)) = queries::rate(part) else {
            return;
        };
        let Form::Selector(metric) = &of.kind else {
            return;
        };
        let of = &metric.name;
        let metrics = cx.input.known.metrics.as_ref();
        let message = match metrics.map_or(Type::Unknown, |metrics| metrics.type_of(of)) {
            Type::Counts => return,
            Type::Gauge => format!("`{name}` of `{of}`, which is a gauge"),
            Type::Unknown if !is_gauge(of) => return,
            Type::Unknown => format!("`{name}` of `{of}`, which has the name of a gauge"),
        };
        let found = Diagnostic::new(
            Code::RateOfGauge,
            message,
            tree.span(&part.range),
            "a fall is taken for a restart",
        );
        out.push(found.help("of a gauge, take `deriv` or `delta`"));
    });
}

/// What the names of gauges end in. Counters with names of their own are many: `nginx_ingress_controller_requests`.
const ENDS: [&str; 30] = [
    "active",
    "age",
    "available",
    "avail",
    "backlog",
    "celsius",
    "connections",
    "current",
    "depth",
    "free",
    "idle",
    "info",
    "lag",
    "length",
    "limit",
    "load1",
    "pending",
    "percent",
    "ratio",
    "ready",
    "replicas",
    "running",
    "size",
    "state",
    "states",
    "status",
    "temperature",
    "up",
    "used",
    "waiting",
];

/// Whether its name is that of one, with or without a unit behind it.
fn is_gauge(name: &str) -> bool {
    let units = ["_bytes", "_seconds"];
    let bare = units.iter().find_map(|unit| name.strip_suffix(unit));
    let last = bare.unwrap_or(name).rsplit(['_', ':']).next();
    // What a rule records may be anything.
    !name.contains(':') && last.is_some_and(|last| ENDS.contains(&last))
}
