//! A metric whose name says its unit, or the time since a moment that one says, compared with a bare number.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::queries::OF_EACH;
use crate::lint::range;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::query::{Form, Node as Part};
use crate::typed::{Expr, ExprKind, Type};
use crate::value::{Duration, Percent, Size};

/// The most that is written anew: what a float counts exactly.
const MOST: f64 = 9_007_199_254_740_992.0;

/// How the name of a moment ends.
const STAMP: &str = "_timestamp_seconds";

pub static RULE: Rule = Rule {
    code: Code::UnitByName,
    name: "unit-by-name",
    needs: Data::Nothing,
    fixes: Fixes::Unsafe,
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
    let Some(unit) = cx.answer_of(test.of).and_then(|tree| unit(&tree.root)) else {
        return;
    };
    let message = format!("a bare number for what is counted in {unit}");
    let label = format!("its name says {unit}");
    let found = Diagnostic::new(Code::UnitByName, message, expr.span, label);
    let example = match unit {
        "seconds" => "1m",
        "bytes" => "5GiB",
        _ => "95%",
    };
    let exact = quantity(unit, test.at);
    let example = exact.as_deref().unwrap_or(example);
    let word = if unit == "shares" { "ratio" } else { unit };
    let found = found.help(format!(
        "read it with its unit, `as {word}`, and write `{example}`"
    ));
    out.push(match written(expr).zip(exact.clone()) {
        Some((number, quantity)) => {
            let title = format!("compare with `{quantity}`");
            let behind = test.of.span.at_end();
            found.fix(title.clone(), behind, format!(" as {word}")).fix(
                title,
                number.span,
                quantity,
            )
        }
        None => found,
    });
}

/// The number of a comparison, if it is written there and no name.
fn written(expr: &Expr) -> Option<&Expr> {
    let ExprKind::Binary { left, right, .. } = &expr.kind else {
        return None;
    };
    let sides: [&Expr; 2] = [left, right];
    let is_written = |expr: &&Expr| matches!(expr.kind, ExprKind::Value(_));
    sides.into_iter().find(is_written)
}

/// So many of a unit, as they are written; none of what cannot be written exactly.
fn quantity(unit: &str, number: f64) -> Option<String> {
    let parts = match unit {
        "seconds" => 1_000.0,
        "bytes" => 1.0,
        _ => Percent::WHOLE.billionths() as f64,
    };
    let count = (number * parts).round();
    if number < 0.0 || count > MOST || (count / parts - number).abs() > 1e-9 * number {
        return None;
    }
    let count = count as i64;
    Some(match unit {
        "seconds" => Duration::from_millis(count).to_string(),
        "bytes" => Size::from_bytes(count).to_string(),
        _ => Percent::from_billionths(count).to_string(),
    })
}

/// The unit of what a query answers, by the names of its metrics.
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
                .filter(|_| !metric.name.ends_with(STAMP))
                .map(|(_, unit)| *unit)
        }
        Form::Aggregation { args, .. } => of_kept(part).then(|| args.last().and_then(unit))?,
        Form::Call { name, args } if OF_EACH.contains(&name.as_str()) => {
            args.first().and_then(unit)
        }
        Form::Binary {
            operator,
            left,
            right,
            ..
        } if operator == "-" && is_now(left) => is_stamp(right).then_some("seconds"),
        // A number more or less is of the same unit.
        Form::Binary {
            operator,
            left,
            right,
            ..
        } if operator == "+" || operator == "-" => match (unit(left), unit(right)) {
            (Some(one), Some(other)) => (one == other).then_some(one),
            (Some(one), None) => is_number(right).then_some(one),
            (None, Some(other)) => is_number(left).then_some(other),
            (None, None) => None,
        },
        _ => None,
    }
}

/// Whether an aggregation answers in the unit of what it is of.
fn of_kept(part: &Part) -> bool {
    let keeps = ["sum", "min", "max", "avg", "quantile"];
    matches!(&part.bare().kind, Form::Aggregation { name, .. } if keeps.contains(&name.as_str()))
}

fn is_now(part: &Part) -> bool {
    matches!(&part.bare().kind, Form::Call { name, .. } if name == "time")
}

fn is_number(part: &Part) -> bool {
    matches!(part.bare().kind, Form::Number(_))
}

/// Whether it is a moment, in seconds since 1970.
fn is_stamp(part: &Part) -> bool {
    match &part.bare().kind {
        Form::Selector(metric) => {
            metric.name.ends_with(STAMP) || metric.name.ends_with("_time_seconds")
        }
        Form::Aggregation { args, .. } => of_kept(part) && args.last().is_some_and(is_stamp),
        _ => false,
    }
}
