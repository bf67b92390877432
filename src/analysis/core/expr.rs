//! Expressions.

use super::Named;
use super::canon::Canon;
use crate::library::Generic;
use crate::typed::{
    BinaryOp, CallExpr, Callee, Collect, Comparison, Comprehension, Expr, ExprKind, Type, UnaryOp,
    Unit,
};
use crate::value::Value;

impl Canon<'_> {
    pub fn exprs(&mut self, exprs: &[Expr]) {
        self.list(exprs, Canon::expr);
    }

    pub fn maybe(&mut self, expr: Option<&Expr>) {
        self.option(expr, |canon, expr| canon.expr(expr));
    }

    #[expect(clippy::too_many_lines, reason = "one match with an arm for each form")]
    pub fn expr(&mut self, expr: &Expr) {
        let Expr {
            kind,
            ty: _,
            span: _,
        } = expr;
        match kind {
            ExprKind::Error => self.tag("error"),
            // A constant is what it says: its name is of the source alone.
            ExprKind::Const(id) => {
                let value = &self.package().consts[id.index()].value;
                self.value(value);
            }
            ExprKind::Value(value) => self.value(value),
            ExprKind::Local(local) => self.local(*local),
            ExprKind::Trigger(binding) => self.binding(*binding),
            ExprKind::Field { base, field } => {
                self.tag("field");
                self.expr(base);
                self.field_name(&base.ty, *field);
            }
            ExprKind::Index { base, index } => self.pair("index", base, index),
            ExprKind::Call(call) => self.call_expr(call),
            ExprKind::Record { record, fields } => {
                self.tag("record");
                self.named(Named::Record(*record));
                let declared = &self.package().records[record.index()].fields;
                let mut named: Vec<_> = declared
                    .iter()
                    .map(|field| &field.name)
                    .zip(fields)
                    .collect();
                named.sort_by_key(|(name, _)| *name);
                self.list(named, |canon, (name, field)| {
                    canon.text(name);
                    canon.maybe(field.as_ref());
                });
            }
            ExprKind::Unary { op, operand } => {
                self.tag(match op {
                    UnaryOp::Negate => "negate",
                    UnaryOp::Not => "not",
                });
                self.expr(operand);
            }
            ExprKind::Binary { op, left, right } => self.binary(*op, left, right),
            ExprKind::IsSome { operand, bind } => {
                self.tag("is some");
                self.expr(operand);
                self.option(*bind, Canon::binds);
            }
            ExprKind::IsNone(operand) => self.of("is none", operand),
            ExprKind::IsEmpty { operand, negated } => {
                self.of("is empty", operand);
                self.flag(*negated);
            }
            // The value itself: which places need a conversion is the compiler's affair.
            ExprKind::Wrap(operand) => self.expr(operand),
            ExprKind::As { operand, unit } => self.of(
                match unit {
                    Unit::Ratio => "as ratio",
                    Unit::Seconds => "as seconds",
                    Unit::Bytes => "as bytes",
                },
                operand,
            ),
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.of("if", condition);
                self.expr(then);
                self.expr(otherwise);
            }
            ExprKind::List(items) => {
                self.tag("elements");
                self.exprs(items);
            }
            ExprKind::Map(entries) => {
                self.tag("entries");
                let mut entries: Vec<_> = entries.iter().collect();
                // A map has no order; what keys that are computed come to is not known here.
                if self.is_part() && entries.iter().all(|(key, _)| word(key).is_some()) {
                    entries.sort_by_key(|(key, _)| word(key));
                }
                self.list(entries, |canon, (key, value)| {
                    canon.expr(key);
                    canon.expr(value);
                });
            }
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension),
            ExprKind::Pick {
                local,
                source,
                condition,
            } => {
                self.of("pick", source);
                self.binds(*local);
                self.expr(condition);
            }
            ExprKind::Template { template, holes } => {
                self.tag("template");
                self.template(template);
                self.exprs(holes);
            }
            ExprKind::Secret(id) => {
                self.tag("secret");
                self.named(Named::Secret(*id));
            }
            ExprKind::Role(id) => {
                self.tag("role");
                self.named(Named::Role(*id));
            }
            ExprKind::RecordKind(id) => {
                self.tag("type");
                self.named(Named::Record(*id));
            }
        }
    }

    fn of(&mut self, word: &'static str, operand: &Expr) {
        self.tag(word);
        self.expr(operand);
    }

    fn pair(&mut self, word: &'static str, left: &Expr, right: &Expr) {
        self.tag(word);
        self.expr(left);
        self.expr(right);
    }

    pub fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr) {
        if self.is_part() && self.compares_whole(op, left, right) {
            return;
        }
        let (op, left, right) = match (self.is_part(), op) {
            (true, BinaryOp::Greater) => (BinaryOp::Less, right, left),
            (true, BinaryOp::GreaterEqual) => (BinaryOp::LessEqual, right, left),
            (true, BinaryOp::Equal | BinaryOp::NotEqual) if self.is_turned(left, right) => {
                (op, right, left)
            }
            (_, op) => (op, left, right),
        };
        self.tag(operator(op));
        for (side, other) in [(left, right), (right, left)] {
            match self.whole(side).filter(|_| self.is_part()) {
                // Beside a Float a number is one, whether it is written there or has a name.
                Some(number) if other.ty == Type::Float => self.value(&Value::Float(number)),
                _ => self.expr(side),
            }
        }
    }

    /// Writes a comparison with a whole number that the text says as `x >= 3` or `x <= 3`; false where it is none.
    fn compares_whole(&mut self, op: BinaryOp, left: &Expr, right: &Expr) -> bool {
        let Some(by) = op.comparison() else {
            return false;
        };
        let (by, of, number) = match (self.int(left), self.int(right)) {
            (None, Some(number)) => (by, left, number),
            (Some(number), None) => (by.turned(), right, number),
            (Some(_), Some(_)) | (None, None) => return false,
        };
        let (word, number) = match by {
            Comparison::GreaterEqual => ("at least", Some(number)),
            Comparison::Greater => ("at least", number.checked_add(1)),
            Comparison::LessEqual => ("at most", Some(number)),
            Comparison::Less => ("at most", number.checked_sub(1)),
            Comparison::Equal | Comparison::NotEqual => return false,
        };
        let Some(number) = number.filter(|_| of.ty == Type::Int) else {
            return false;
        };
        self.of(word, of);
        self.signed(number);
        true
    }

    /// The whole number that the text says, also as the argument of a function that is written out.
    fn int(&self, expr: &Expr) -> Option<i64> {
        let (mut expr, mut frame) = (expr, self.inlined.frame());
        // An argument stands further out than what it is an argument of.
        while let ExprKind::Local(local) = &expr.kind {
            (expr, frame) = self.inlined.argument(frame, *local)?;
        }
        match &expr.kind {
            ExprKind::Value(Value::Int(number)) => Some(*number),
            ExprKind::Const(id) => match self.package().consts[id.index()].value {
                Value::Int(number) => Some(number),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value of a whole number that the text says.
    fn whole(&self, expr: &Expr) -> Option<f64> {
        let value = match &expr.kind {
            ExprKind::Value(value) => value,
            ExprKind::Const(id) => &self.package().consts[id.index()].value,
            ExprKind::Wrap(inner) => return self.whole(inner),
            _ => return None,
        };
        match value {
            Value::Int(number) => Some(*number as f64),
            _ => None,
        }
    }

    fn call_expr(&mut self, call: &CallExpr) {
        if self.inline(call) {
            return;
        }
        let CallExpr {
            callee,
            args,
            equals,
            site: _,
            name_span: _,
        } = call;
        self.tag("call");
        match callee {
            Callee::Extern(id) => self.named(Named::Extern(*id)),
            Callee::Function(id) => self.call(*id),
            Callee::Builtin(builtin) => self.tag(builtin_word(*builtin)),
        }
        self.exprs(args);
        // Equal whatever their order.
        let mut equals: Vec<_> = equals.iter().collect();
        equals.sort_by_key(|(name, _)| name);
        self.list(equals, |canon, (name, value)| {
            canon.text(name);
            canon.expr(value);
        });
    }

    fn comprehension(&mut self, comprehension: &Comprehension) {
        let Comprehension {
            collect,
            local,
            source,
            condition,
            element,
        } = comprehension;
        self.of(
            match collect {
                Collect::List => "each",
                Collect::Any => "any",
                Collect::All => "all",
                Collect::Count => "count",
                Collect::Sum => "sum",
                Collect::Min => "min",
                Collect::Max => "max",
            },
            source,
        );
        self.binds(*local);
        self.maybe(condition.as_ref());
        self.expr(element);
    }
}

/// A text that is written there.
fn word(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Value(Value::Text(text)) => Some(text.as_str()),
        ExprKind::Wrap(inner) => word(inner),
        _ => None,
    }
}

fn operator(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Range => "..",
        BinaryOp::RangeInclusive => "..=",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterEqual => ">=",
        BinaryOp::In => "in",
        BinaryOp::And => "and",
        BinaryOp::Or => "or",
    }
}

fn builtin_word(builtin: Generic) -> &'static str {
    match builtin {
        Generic::Min => "min of",
        Generic::Max => "max of",
        Generic::Clamp => "clamp",
        Generic::First => "first",
        Generic::Count => "count of",
        Generic::Sum => "sum of",
        Generic::Contains => "contains",
        Generic::Abs => "abs",
        Generic::Round => "round",
        Generic::Floor => "floor",
        Generic::Ceil => "ceil",
    }
}
