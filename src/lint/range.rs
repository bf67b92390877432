//! What numbers may be, as far as declarations say it: enough to see that a condition never turns out otherwise.
//!
//! In: expressions. Out: an interval of numbers of one kind, or whether a condition is known. What is not known is
//! nothing: a rule says only what is certain.

use crate::analysis::{Interval, number};
use crate::library::Generic;
use crate::typed::{
    BinaryOp, Callee, Collect, Comparison, Expr, ExprKind, Field, Package, Type, UnaryOp,
};
use crate::value::Value;

use super::cx::Cx;

/// What a number may be.
fn interval(cx: &Cx<'_>, expr: &Expr) -> Option<Interval> {
    if let Some(value) = cx.constant(expr) {
        return number(value).map(Interval::point);
    }
    match &expr.kind {
        ExprKind::Call(call) => match call.callee {
            Callee::Extern(id) => {
                let range = cx.package().externs.get(id.index())?.range.as_ref()?;
                Some(Interval::of(range))
            }
            Callee::Builtin(Generic::Count) => Some(Interval::FROM_ZERO),
            Callee::Builtin(Generic::Abs) => Some(Interval::FROM_ZERO),
            Callee::Builtin(_) | Callee::Function(_) => None,
        },
        ExprKind::Field { base, field } => {
            let fields = fields(cx.package(), &base.ty)?;
            let range = fields.get(usize::from(*field))?.range.as_ref()?;
            Some(Interval::of(range))
        }
        ExprKind::Comprehension(of) if of.collect == Collect::Count => Some(Interval::FROM_ZERO),
        ExprKind::If {
            condition: _,
            then,
            otherwise,
        } => Some(interval(cx, then)?.union(interval(cx, otherwise)?)),
        ExprKind::Wrap(inside) => interval(cx, inside),
        _ => None,
    }
}

fn fields<'a>(package: &'a Package, ty: &Type) -> Option<&'a [Field]> {
    match ty {
        Type::Record(id) => Some(&package.records.get(id.index())?.fields),
        Type::Target(id) => Some(&package.targets.get(id.index())?.fields),
        _ => None,
    }
}

/// Whether a condition always holds, or never does.
pub fn known(cx: &Cx<'_>, condition: &Expr) -> Option<bool> {
    match &condition.kind {
        ExprKind::Value(Value::Bool(known)) => Some(*known),
        ExprKind::Unary {
            op: UnaryOp::Not,
            operand,
        } => known(cx, operand).map(|known| !known),
        ExprKind::Binary { op, left, right } => match op {
            BinaryOp::And => match (known(cx, left), known(cx, right)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ if texts(cx, left, right) == Some((Comparison::Equal, Comparison::Equal)) => {
                    Some(false)
                }
                _ => both(cx, left, right, |left, right| {
                    left.implies(&right.reversed())
                })
                .then_some(false),
            },
            BinaryOp::Or => match (known(cx, left), known(cx, right)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ if texts(cx, left, right)
                    == Some((Comparison::NotEqual, Comparison::NotEqual)) =>
                {
                    Some(true)
                }
                _ => both(cx, left, right, |left, right| {
                    left.reversed().implies(right)
                })
                .then_some(true),
            },
            op => {
                let op = op.comparison()?;
                if let Some(known) = written(cx, op, left, right) {
                    return Some(known);
                }
                // Two constants are a switch that somebody turns by hand.
                if cx.constant(left).is_some() && cx.constant(right).is_some() {
                    return None;
                }
                compared(op, interval(cx, left)?, interval(cx, right)?)
            }
        },
        _ => None,
    }
}

/// Whether two comparisons of one thing with constants stand so to each other.
fn both(
    cx: &Cx<'_>,
    left: &Expr,
    right: &Expr,
    stand: impl Fn(&Test<'_>, &Test<'_>) -> bool,
) -> bool {
    match (test(cx, left), test(cx, right)) {
        (Some(left), Some(right)) => {
            cx.text(left.of.span) == cx.text(right.of.span) && stand(&left, &right)
        }
        _ => false,
    }
}

/// How one thing is held against two texts, or cases of an enum, that differ.
fn texts(cx: &Cx<'_>, left: &Expr, right: &Expr) -> Option<(Comparison, Comparison)> {
    let (left, right) = (held_against(cx, left)?, held_against(cx, right)?);
    let is_one = cx.text(left.1.span) == cx.text(right.1.span);
    (is_one && left.2 != right.2).then_some((left.0, right.0))
}

/// What is held against what is no number.
fn held_against<'e>(cx: &Cx<'_>, expr: &'e Expr) -> Option<(Comparison, &'e Expr, Value)> {
    let ExprKind::Binary { op, left, right } = &expr.kind else {
        return None;
    };
    let op = op.comparison()?;
    let constant = |expr: &Expr| {
        let value = cx.constant(expr).filter(|value| number(value).is_none());
        value.cloned()
    };
    match (constant(left), constant(right)) {
        (None, Some(value)) => Some((op, left, value)),
        (Some(value), None) => Some((op, right, value)),
        _ => None,
    }
}

/// What is known of a comparison of a name with itself, or of what is written out on both sides.
fn written(cx: &Cx<'_>, op: Comparison, left: &Expr, right: &Expr) -> Option<bool> {
    let (one, other) = (cx.text(left.span), cx.text(right.span));
    let is_literal = |expr: &Expr, text: &str| {
        let in_number = |c: char| c.is_ascii_alphanumeric() || "_.%".contains(c);
        let is_number =
            text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(in_number);
        let is_text = text.starts_with('"') && !text.contains('$');
        matches!(expr.kind, ExprKind::Value(_)) && (is_number || is_text)
    };
    let is_name = |expr: &Expr| matches!(expr.kind, ExprKind::Local(_) | ExprKind::Trigger(_));
    let are_literals = is_literal(left, one) && is_literal(right, other);
    if one == other && (are_literals || is_name(left) && is_name(right)) {
        return Some(matches!(
            op,
            Comparison::Equal | Comparison::LessEqual | Comparison::GreaterEqual
        ));
    }
    if !are_literals {
        return None;
    }
    let value = |expr: &Expr| cx.constant(expr).and_then(number).map(Interval::point);
    compared(op, value(left)?, value(right)?)
}

fn compared(op: Comparison, left: Interval, right: Interval) -> Option<bool> {
    let apart = left.high < right.low || right.high < left.low;
    match op {
        Comparison::Less if left.high < right.low => Some(true),
        Comparison::Less if left.low >= right.high => Some(false),
        Comparison::LessEqual if left.high <= right.low => Some(true),
        Comparison::LessEqual if left.low > right.high => Some(false),
        Comparison::Greater => compared(Comparison::Less, right, left),
        Comparison::GreaterEqual => compared(Comparison::LessEqual, right, left),
        Comparison::Equal if apart => Some(false),
        Comparison::NotEqual if apart => Some(true),
        _ => None,
    }
}

/// The parts that a condition joins by `and`, or by `or`.
pub fn joined(by: BinaryOp, condition: &Expr) -> Vec<&Expr> {
    match &condition.kind {
        ExprKind::Binary { op, left, right } if *op == by => {
            let mut parts = joined(by, left);
            parts.extend(joined(by, right));
            parts
        }
        _ => vec![condition],
    }
}

/// A comparison of something with a constant, turned so that the constant stands right.
#[derive(Clone, Copy)]
pub struct Test<'e> {
    pub of: &'e Expr,
    pub op: Comparison,
    pub at: f64,
}

/// The comparison with a constant that a condition is.
pub fn test<'e>(cx: &Cx<'_>, condition: &'e Expr) -> Option<Test<'e>> {
    let ExprKind::Binary { op, left, right } = &condition.kind else {
        return None;
    };
    let op = op.comparison()?;
    let constant = |expr: &Expr| cx.constant(expr).and_then(number);
    match (constant(left), constant(right)) {
        (None, Some(at)) => Some(Test { of: left, op, at }),
        (Some(at), None) => Some(Test {
            of: right,
            op: op.turned(),
            at,
        }),
        _ => None,
    }
}

impl<'e> Test<'e> {
    /// The test that passes where this one fails.
    fn reversed(&self) -> Test<'e> {
        Test {
            op: self.op.flipped(),
            ..*self
        }
    }

    /// Whether every number that passes this passes the other, too.
    pub fn implies(&self, other: &Test<'_>) -> bool {
        use Comparison::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
        match (self.op, other.op) {
            (Greater, Greater | GreaterEqual) | (GreaterEqual, GreaterEqual) => self.at >= other.at,
            (GreaterEqual, Greater) => self.at > other.at,
            (Less, Less | LessEqual) | (LessEqual, LessEqual) => self.at <= other.at,
            (LessEqual, Less) => self.at < other.at,
            (Equal, Greater) => self.at > other.at,
            (Equal, GreaterEqual) => self.at >= other.at,
            (Equal, Less) => self.at < other.at,
            (Equal, LessEqual) => self.at <= other.at,
            (Equal, Equal) | (NotEqual, NotEqual) => self.at == other.at,
            (Equal, NotEqual) => self.at != other.at,
            (Greater, NotEqual) => self.at >= other.at,
            (GreaterEqual, NotEqual) => self.at > other.at,
            (Less, NotEqual) => self.at <= other.at,
            (LessEqual, NotEqual) => self.at < other.at,
            _ => false,
        }
    }
}
