//! Operators with two operands: the types that meet, numerals that take the other side's type, folding.
//!
//! In: operands. Out: a typed operation, or its value where both sides are known. Units do not
//! mix; an Int meets a Float, and a quotient is a Percent where it meets one.

use super::super::types::{holds_secret, kind, same};
use super::{Elaborator, Why, broken, is_open, typed, value};
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, BinaryOp, ExprKind as Tree, Ident};
use crate::text::Span;
use crate::typed::{Expr, ExprKind, Type, Unit};
use crate::value::{self, Kind, Value};

impl Elaborator<'_, '_> {
    /// `left op right`
    pub fn binary(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        sides: (&tree::Expr, &tree::Expr),
        span: Span,
        hint: Option<&Type>,
    ) -> Expr {
        let (left, right) = sides;
        match op {
            BinaryOp::Or if self.is_fallback(left, right) => {
                let found = Diagnostic::new(
                    Code::TypeMismatch,
                    "`or` joins conditions, it gives no value for a failure",
                    op_span,
                    "no condition before it",
                );
                self.say(found.help(
                    "what fails ends the block by itself; behind a `let` stands what follows: `else none`, `else no_data novel \"...\"`",
                ));
                typed(ExprKind::Error, Type::Error, span)
            }
            BinaryOp::And | BinaryOp::Or => {
                let left = Box::new(self.condition(left));
                let right = Box::new(self.condition(right));
                typed(ExprKind::Binary { op, left, right }, Type::Bool, span)
            }
            BinaryOp::In => self.membership(left, right, span),
            BinaryOp::Range | BinaryOp::RangeInclusive => self.range(op, sides, span),
            BinaryOp::Equal | BinaryOp::NotEqual => {
                let (left, right) = self.sides(left, right, None);
                self.equality(op, op_span, left, right, span)
            }
            BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Less
            | BinaryOp::LessEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterEqual => {
                if op == BinaryOp::Multiply && matches!(left.kind, Tree::List(_)) {
                    self.say_list_times(left, right, op_span);
                    return typed(ExprKind::Error, Type::Error, span);
                }
                let hint = hint.filter(|_| !is_comparison(op));
                let (left, right) = self.sides(left, right, hint);
                self.arithmetic(op, op_span, left, right, span)
            }
        }
    }

    /// `prom.value(...) or 0.0`: a call, and a literal that is no condition.
    fn is_fallback(&self, left: &tree::Expr, right: &tree::Expr) -> bool {
        let literal = matches!(right.kind, Tree::Number | Tree::Text(_) | Tree::List(_));
        let none = self.checker.text(right.span) == "none";
        matches!(left.kind, Tree::Call { .. }) && (literal || none)
    }

    /// Both sides; a numeral takes the type of the other side.
    fn sides(
        &mut self,
        left: &tree::Expr,
        right: &tree::Expr,
        hint: Option<&Type>,
    ) -> (Expr, Expr) {
        if is_numeral(left) && !is_numeral(right) {
            let right = self.expr(right, None);
            let left = self.expr(left, Some(&right.ty));
            return (left, right);
        }
        let hint = hint.filter(|_| is_numeral(left));
        let left = self.expr(left, hint);
        let right = self.expr(right, Some(&left.ty));
        (left, right)
    }

    fn arithmetic(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Expr {
        if left.ty == Type::Error || right.ty == Type::Error {
            let ty = if is_comparison(op) {
                Type::Bool
            } else {
                Type::Error
            };
            return typed(ExprKind::Error, ty, span);
        }
        let (left, right) = match op {
            // A share of a Percent is one already.
            BinaryOp::Multiply => (left, right),
            _ => self.shares(left, right),
        };
        let table = table_op(op);
        let kinds = kind(&left.ty).zip(kind(&right.ty));
        let met = kinds.and_then(|(a, b)| value::result_kind(table?, a, b));
        let Some(ty) = met.and_then(type_of_kind) else {
            self.say_operands(op_span, &left, &right);
            return broken(span);
        };
        let known = match is_comparison(op) {
            true => None,
            false => self.checker.known(&left).zip(self.checker.known(&right)),
        };
        let folded = match (table, known) {
            (Some(table), Some((a, b))) => Some(value::binary(table, &a, &b)),
            (Some(_) | None, _) => None,
        };
        let whole = typed(
            ExprKind::Binary {
                op,
                left: Box::new(left),
                right: Box::new(right),
            },
            ty,
            span,
        );
        match folded {
            // What a quotient is depends on what it meets.
            Some(Ok(_)) if whole.is_quotient() => whole,
            Some(folded) => self.folded(folded, whole.ty, span, op_span),
            None => whole,
        }
    }

    /// Two operands; a quotient that meets a Percent is one.
    fn shares(&mut self, left: Expr, right: Expr) -> (Expr, Expr) {
        match (&left.ty, &right.ty) {
            (Type::Percent, Type::Float) if right.is_quotient() => {
                let right = self.share(right);
                (left, right)
            }
            (Type::Float, Type::Percent) if left.is_quotient() => (self.share(left), right),
            _ => (left, right),
        }
    }

    /// A quotient as a Percent, worked out from what is divided.
    pub fn share(&mut self, mut quotient: Expr) -> Expr {
        quotient.ty = Type::Percent;
        let span = quotient.span;
        match self.checker.known(&quotient) {
            Some(share) => value(share, Type::Percent, span),
            None => quotient,
        }
    }

    pub(super) fn folded(
        &mut self,
        folded: Result<Value, value::Failure>,
        ty: Type,
        span: Span,
        at: Span,
    ) -> Expr {
        match folded {
            Ok(found) => value_expr(found, ty, span),
            Err(failure) => {
                self.checker.say_failure(&failure, at);
                broken(span)
            }
        }
    }

    fn equality(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Expr {
        if left.ty == Type::Error || right.ty == Type::Error {
            return typed(ExprKind::Error, Type::Bool, span);
        }
        for side in [&left, &right] {
            if holds_secret(&side.ty) {
                let message = "secrets are not compared";
                let found = Diagnostic::new(Code::SecretEscapes, message, side.span, "a secret");
                self.say(found.help("what a comparison tells, it tells about the secret"));
                return broken(span);
            }
            if side.ty == Type::NoneLiteral {
                let message = "whether there is nothing is asked with `is none`";
                let found = Diagnostic::new(Code::TypeMismatch, message, side.span, "not a value");
                let found = found.help("write `x is none`, or `not x is none`");
                self.say(match op {
                    BinaryOp::Equal if right.ty == Type::NoneLiteral => {
                        found.fix("write `is none`", op_span.to(right.span), "is none")
                    }
                    BinaryOp::NotEqual if right.ty == Type::NoneLiteral => found
                        .fix("write `not ... is none`", left.span.at_start(), "not ")
                        .fix("write `not ... is none`", op_span.to(right.span), "is none"),
                    _ => found,
                });
                return broken(span);
            }
        }
        let (left, right) = self.shares(left, right);
        let (left, right) = match (&left.ty, &right.ty) {
            (Type::EmptyList, Type::List(_)) => {
                let ty = right.ty.clone();
                (Expr { ty, ..left }, right)
            }
            (Type::List(_), Type::EmptyList) => {
                let ty = left.ty.clone();
                (left, Expr { ty, ..right })
            }
            (a, b) if same(a, b) || are_numbers(a, b) => (left, right),
            _ => {
                self.say_operands(op_span, &left, &right);
                return broken(span);
            }
        };
        if matches!(left.ty, Type::Json | Type::Handle(_) | Type::RecordKind(_)) {
            let shown = self.type_with_article(&left.ty);
            let message = format!("{shown} is not compared");
            self.say(Diagnostic::new(
                Code::OperandMismatch,
                message,
                left.span,
                "not comparable",
            ));
            return broken(span);
        }
        let (left, right) = (Box::new(left), Box::new(right));
        typed(ExprKind::Binary { op, left, right }, Type::Bool, span)
    }

    /// `x in xs`: an element of a list, a key of a map, a value inside a range.
    fn membership(&mut self, left: &tree::Expr, right: &tree::Expr, span: Span) -> Expr {
        let (left, right) = if is_numeral(left) {
            let right = self.expr(right, None);
            let element = element_type(&right.ty);
            (self.expr(left, element.as_ref()), right)
        } else {
            let left = self.expr(left, None);
            let hint = (!is_open(&left.ty)).then(|| Type::List(left.ty.clone().into()));
            let right = self.expr(right, hint.as_ref());
            (left, right)
        };
        if left.ty == Type::Error || right.ty == Type::Error {
            return typed(ExprKind::Error, Type::Bool, span);
        }
        let Some(element) = element_type(&right.ty) else {
            let shown = self.type_with_article(&right.ty);
            let message = format!("nothing is in {shown}");
            let found = Diagnostic::new(Code::OperandMismatch, message, right.span, "not a list");
            self.say(found.help("`in` takes a list, a map or a range"));
            return broken(span);
        };
        let left = match element {
            Type::Percent if left.ty == Type::Float && left.is_quotient() => self.share(left),
            _ => left,
        };
        let meet = are_numbers(&left.ty, &element) && !matches!(right.ty, Type::Map(..));
        if !same(&left.ty, &element) && !meet {
            let left = self.fit(left, &element, Why::Element);
            return broken(left.span);
        }
        let (left, right) = (Box::new(left), Box::new(right));
        let op = BinaryOp::In;
        typed(ExprKind::Binary { op, left, right }, Type::Bool, span)
    }

    /// `worker..restarts`: two dots for one.
    fn say_two_dots(&mut self, sides: (&tree::Expr, &tree::Expr)) -> bool {
        let (left, right) = sides;
        let (tree::ExprKind::Name(value), tree::ExprKind::Name(field)) = (&left.kind, &right.kind)
        else {
            return false;
        };
        let dots = Span {
            start: left.span.end,
            end: right.span.start,
            ..left.span
        };
        if self.checker.text(dots) != ".." || self.is_value(field) || !self.is_value(value) {
            return false;
        }
        let found = Diagnostic::new(
            Code::OperandMismatch,
            "a field stands behind one dot",
            dots,
            "two dots make a range",
        );
        let found = found.help(format!("write `{}.{field}`", self.checker.text(left.span)));
        self.say(found.fix("write `.`", dots, "."));
        true
    }

    fn range(&mut self, op: BinaryOp, sides: (&tree::Expr, &tree::Expr), span: Span) -> Expr {
        if self.say_two_dots(sides) {
            return broken(span);
        }
        let (left, right) = self.sides(sides.0, sides.1, None);
        let (left, right) = self.same_type(left, right, "the two ends of a range have");
        let ty = match &left.ty {
            Type::Error => return broken(span),
            ty @ (Type::Int
            | Type::Float
            | Type::Duration
            | Type::Time
            | Type::Size
            | Type::Percent) => ty.clone(),
            other => {
                let shown = self.type_name(&other.clone());
                let message = format!("there is no range of `{shown}`");
                self.say(Diagnostic::new(
                    Code::OperandMismatch,
                    message,
                    span,
                    "no range",
                ));
                return broken(span);
            }
        };
        let (left, right) = (Box::new(left), Box::new(right));
        typed(
            ExprKind::Binary { op, left, right },
            Type::Range(ty.into()),
            span,
        )
    }

    /// `x as ratio`
    pub fn as_unit(&mut self, operand: &tree::Expr, unit: &Ident, span: Span) -> Expr {
        let operand = self.expr(operand, None);
        let (unit, ty) = match unit.as_str() {
            "ratio" => (Unit::Ratio, Type::Percent),
            "seconds" => (Unit::Seconds, Type::Duration),
            "bytes" => (Unit::Bytes, Type::Size),
            "number" | "int" | "integer" | "float" | "double" | "string" | "text" | "str"
            | "bool" => {
                let unit_name = unit.as_str();
                let message =
                    format!("there is no `as {unit_name}`: no value is turned into another type");
                let found = Diagnostic::new(Code::UnknownWord, message, unit.span, "no unit");
                self.say(found.help("a value has the type that it was read with: leave this out; `as` gives a unit to a plain number: `ratio`, `seconds` or `bytes`"));
                return broken(span);
            }
            _ => {
                self.checker
                    .say_unknown_word("unit", unit, &["ratio", "seconds", "bytes"]);
                return broken(span);
            }
        };
        match operand.ty {
            Type::Error => broken(span),
            Type::Float if unit == Unit::Ratio && operand.is_quotient() => {
                let share = self.share(operand);
                Expr { span, ..share }
            }
            Type::Float | Type::Int => {
                let operand = Box::new(operand);
                typed(ExprKind::As { operand, unit }, ty, span)
            }
            ref other => {
                let shown = self.type_with_article(&other.clone());
                let message = format!("{shown} has its unit already");
                let found =
                    Diagnostic::new(Code::OperandMismatch, message, span, "not a plain number");
                self.say(found.help("`as` gives a unit to the plain number of a query"));
                broken(span)
            }
        }
    }
}

fn value_expr(found: Value, ty: Type, span: Span) -> Expr {
    value(found, ty, span)
}

/// A number that is written out, also with a sign or in a sum of such.
fn is_numeral(mut expr: &tree::Expr) -> bool {
    loop {
        expr = match &expr.kind {
            Tree::Number => return true,
            Tree::Paren(inner) | Tree::Unary { operand: inner, .. } => inner,
            Tree::Binary { left, right, .. } if is_numeral(right) => left,
            _ => return false,
        };
    }
}

/// An Int and a Float, which meet as the numbers that they are.
pub fn are_numbers(a: &Type, b: &Type) -> bool {
    let is_number = |ty: &Type| matches!(ty, Type::Int | Type::Float);
    is_number(a) && is_number(b)
}

fn is_comparison(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual
    )
}

/// The type of the elements, keys or values that `in` asks for.
pub fn element_type(ty: &Type) -> Option<Type> {
    match ty {
        Type::List(element) | Type::Range(element) => Some((**element).clone()),
        Type::Map(key, _) => Some((**key).clone()),
        _ => None,
    }
}

/// The operator in the table of values.
pub fn table_op(op: BinaryOp) -> Option<value::BinaryOp> {
    Some(match op {
        BinaryOp::Multiply => value::BinaryOp::Multiply,
        BinaryOp::Divide => value::BinaryOp::Divide,
        BinaryOp::Add => value::BinaryOp::Add,
        BinaryOp::Subtract => value::BinaryOp::Subtract,
        BinaryOp::Equal => value::BinaryOp::Equal,
        BinaryOp::NotEqual => value::BinaryOp::NotEqual,
        BinaryOp::Less => value::BinaryOp::Less,
        BinaryOp::LessEqual => value::BinaryOp::LessOrEqual,
        BinaryOp::Greater => value::BinaryOp::Greater,
        BinaryOp::GreaterEqual => value::BinaryOp::GreaterOrEqual,
        BinaryOp::In => value::BinaryOp::In,
        BinaryOp::Range | BinaryOp::RangeInclusive | BinaryOp::And | BinaryOp::Or => return None,
    })
}

/// The type of what an operator on plain values gives.
fn type_of_kind(kind: Kind) -> Option<Type> {
    Some(match kind {
        Kind::Bool => Type::Bool,
        Kind::Int => Type::Int,
        Kind::Float => Type::Float,
        Kind::Percent => Type::Percent,
        Kind::Duration => Type::Duration,
        Kind::Size => Type::Size,
        Kind::Time => Type::Time,
        Kind::None
        | Kind::Text
        | Kind::Enum
        | Kind::List
        | Kind::Map
        | Kind::Record
        | Kind::Target
        | Kind::Query
        | Kind::Secret
        | Kind::Handle
        | Kind::Role
        | Kind::Range => return None,
    })
}
