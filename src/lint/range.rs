//! What numbers may be, as far as declarations say it: enough to see that a condition never turns out otherwise.
//!
//! In: expressions. Out: an interval of numbers of one kind, or whether a condition is known. What is not known is
//! nothing: a rule says only what is certain.

use crate::analysis::{Interval, number};
use crate::typed::{
    BinaryOp, Builtin, Callee, Collect, Expr, ExprKind, Field, Package, Type, UnaryOp,
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
            Callee::Builtin(Builtin::Count) => Some(Interval::FROM_ZERO),
            Callee::Builtin(Builtin::Abs) => Some(Interval::FROM_ZERO),
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
                _ => None,
            },
            BinaryOp::Or => match (known(cx, left), known(cx, right)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            BinaryOp::Less
            | BinaryOp::LessEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterEqual
            | BinaryOp::Equal
            | BinaryOp::NotEqual => {
                // Two constants are a switch that somebody turns by hand.
                if cx.constant(left).is_some() && cx.constant(right).is_some() {
                    return None;
                }
                compared(*op, interval(cx, left)?, interval(cx, right)?)
            }
            BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Range
            | BinaryOp::RangeInclusive
            | BinaryOp::In => None,
        },
        _ => None,
    }
}

fn compared(op: BinaryOp, left: Interval, right: Interval) -> Option<bool> {
    let apart = left.high < right.low || right.high < left.low;
    match op {
        BinaryOp::Less if left.high < right.low => Some(true),
        BinaryOp::Less if left.low >= right.high => Some(false),
        BinaryOp::LessEqual if left.high <= right.low => Some(true),
        BinaryOp::LessEqual if left.low > right.high => Some(false),
        BinaryOp::Greater => compared(BinaryOp::Less, right, left),
        BinaryOp::GreaterEqual => compared(BinaryOp::LessEqual, right, left),
        BinaryOp::Equal if apart => Some(false),
        BinaryOp::NotEqual if apart => Some(true),
        _ => None,
    }
}

/// A comparison of something with a constant, turned so that the constant stands right.
pub struct Test<'e> {
    pub of: &'e Expr,
    pub op: BinaryOp,
    pub at: f64,
}

/// The comparison with a constant that a condition is.
pub fn test<'e>(cx: &Cx<'_>, condition: &'e Expr) -> Option<Test<'e>> {
    let ExprKind::Binary { op, left, right } = &condition.kind else {
        return None;
    };
    let constant = |expr: &Expr| cx.constant(expr).and_then(number);
    match (constant(left), constant(right)) {
        (None, Some(at)) => Some(Test {
            of: left,
            op: *op,
            at,
        }),
        (Some(at), None) => Some(Test {
            of: right,
            op: turned(*op)?,
            at,
        }),
        _ => None,
    }
}

fn turned(op: BinaryOp) -> Option<BinaryOp> {
    match op {
        BinaryOp::Less => Some(BinaryOp::Greater),
        BinaryOp::LessEqual => Some(BinaryOp::GreaterEqual),
        BinaryOp::Greater => Some(BinaryOp::Less),
        BinaryOp::GreaterEqual => Some(BinaryOp::LessEqual),
        BinaryOp::Equal | BinaryOp::NotEqual => Some(op),
        BinaryOp::Multiply
        | BinaryOp::Divide
        | BinaryOp::Add
        | BinaryOp::Subtract
        | BinaryOp::Range
        | BinaryOp::RangeInclusive
        | BinaryOp::In
        | BinaryOp::And
        | BinaryOp::Or => None,
    }
}

impl Test<'_> {
    /// Whether every number that passes this passes the other, too.
    pub fn implies(&self, other: &Test<'_>) -> bool {
        use BinaryOp::{Equal, Greater, GreaterEqual, Less, LessEqual};
        match (self.op, other.op) {
            (Greater, Greater | GreaterEqual) | (GreaterEqual, GreaterEqual) => self.at >= other.at,
            (GreaterEqual, Greater) => self.at > other.at,
            (Less, Less | LessEqual) | (LessEqual, LessEqual) => self.at <= other.at,
            (LessEqual, Less) => self.at < other.at,
            (Equal, Greater) => self.at > other.at,
            (Equal, GreaterEqual) => self.at >= other.at,
            (Equal, Less) => self.at < other.at,
            (Equal, LessEqual) => self.at <= other.at,
            (Equal, Equal) => self.at == other.at,
            _ => false,
        }
    }
}
