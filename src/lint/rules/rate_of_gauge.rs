//! A rate of a gauge, or of what does not look like a counter: a gauge that falls is taken for a restart.

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
            Type::Unknown if is_counter(of) => return,
            Type::Unknown => format!("`{name}` of `{of}`, which does not look like a counter"),
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

/// Whether it looks like one, or nobody can tell.
fn is_counter(name: &str) -> bool {
    let counts = ["_total", "_count", "_sum", "_bucket"];
    name.is_empty() || name.contains(':') || counts.iter().any(|end| name.ends_with(end))
}
