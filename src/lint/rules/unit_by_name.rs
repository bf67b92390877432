//! A metric whose name says its unit, compared with a bare number.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::range;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::{Form, Node as Part};
use crate::typed::{ExprKind, Type};

pub static RULE: Rule = Rule {
    code: Code::UnitByName,
    name: "unit-by-name",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Comparison], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Comparison(expr) = node else {
        return;
    };
    let Some(test) = range::test(cx, expr).filter(|test| test.at != 0.0) else {
        return;
    };
    if test.of.ty != Type::Float || matches!(test.of.kind, ExprKind::As { .. }) {
        return;
    }
    let unit = cx.answer_of(test.of).and_then(|tree| unit(&tree.root));
    if let Some(unit) = unit {
        let message = format!("a bare number for what is counted in {unit}");
        let label = format!("its name says {unit}");
        let found = Diagnostic::new(Code::UnitByName, message, expr.span, label);
        let example = match unit {
            "seconds" => "1m",
            "bytes" => "5GiB",
            _ => "95%",
        };
        let word = if unit == "shares" { "ratio" } else { unit };
        out.push(found.help(format!(
            "read it with its unit, `as {word}`, and write `{example}`"
        )));
    }
}

/// The unit in the name of the metric whose value a part is.
fn unit(part: &Part) -> Option<&'static str> {
    match &part.bare().kind {
        Form::Selector(metric) => {
            let units = [
                ("_seconds", "seconds"),
                ("_bytes", "bytes"),
                ("_ratio", "shares"),
            ];
            let named = units.iter().find(|(end, _)| metric.name.ends_with(end));
            named
                .filter(|_| !metric.name.ends_with("_timestamp_seconds"))
                .map(|(_, unit)| *unit)
        }
        Form::Aggregation { name, args, .. } => {
            let keeps = ["sum", "min", "max", "avg", "quantile"];
            keeps
                .contains(&name.as_str())
                .then(|| args.last().and_then(unit))?
        }
        _ => None,
    }
}
