//! The constants of expressions, and what they come to.

use smol_str::SmolStr;

use crate::typed::{BinaryOp, Expr, ExprKind};
use crate::value::{Duration, Percent, Segment, Size, Template, Value};

/// The most constants of one comparison that are computed with each other.
const MOST_COMPUTED: usize = 4;

/// What constants of a comparison come to by its arithmetic: of `x / 1_000 > 500` also 500,000.
pub fn computed(expr: &Expr, constants: &mut Vec<Value>) {
    if !computes(expr) {
        return;
    }
    let plain = constants.iter().filter_map(|value| match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    });
    let plain: Vec<f64> = plain.take(MOST_COMPUTED).collect();
    for (at, one) in plain.iter().enumerate() {
        for other in plain.iter().skip(at + 1) {
            let all = [
                one * other,
                one / other,
                other / one,
                one + other,
                one - other,
                other - one,
            ];
            constants.extend(
                all.into_iter()
                    .filter(|one| one.is_finite())
                    .map(Value::Float),
            );
        }
    }
}

/// Whether there is arithmetic in an expression.
pub fn computes(expr: &Expr) -> bool {
    let mut computes = false;
    expr.for_each(&mut |part| {
        computes |= matches!(
            part.kind,
            ExprKind::Binary {
                op: BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Add | BinaryOp::Subtract,
                ..
            }
        );
    });
    computes
}

/// The values that a constant is made of.
pub fn simple(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::List(items) => found.extend(items.iter().cloned()),
        Value::Range(range) => found.extend([range.start.clone(), range.end.clone()]),
        value => found.push(value.clone()),
    }
}

/// The fixed parts of a literal.
pub fn parts(template: &Template) -> Vec<SmolStr> {
    let segments = template.segments.iter();
    let texts = segments.filter_map(|segment| match segment {
        Segment::Text(text) => Some(text.clone()),
        Segment::Hole(_) => None,
    });
    texts.collect()
}

/// Whether a text has these parts, in this order.
pub fn has_parts(text: &str, parts: &[SmolStr]) -> bool {
    let mut rest = text;
    parts.iter().all(|part| match rest.find(part.as_str()) {
        Some(at) => {
            rest = rest.get(at + part.len()..).unwrap_or_default();
            true
        }
        None => false,
    })
}

/// A number of the same kind as the largest of these, and larger.
pub fn behind(constants: &[Value]) -> Option<Value> {
    match constants.iter().max()? {
        Value::Int(number) => Some(Value::Int(number.saturating_mul(2))),
        Value::Float(number) => Some(Value::Float(number * 2.0)),
        Value::Percent(percent) => {
            let twice = percent.billionths().saturating_mul(2);
            Some(Value::Percent(Percent::from_billionths(twice)))
        }
        Value::Size(size) => {
            let twice = size.bytes().saturating_mul(2);
            Some(Value::Size(Size::from_bytes(twice)))
        }
        Value::Duration(time) => {
            let twice = time.millis().saturating_mul(2);
            Some(Value::Duration(Duration::from_millis(twice)))
        }
        _ => None,
    }
}
