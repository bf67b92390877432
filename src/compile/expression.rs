//! Expressions: into which register a value goes, and by which instructions.

use super::builder::Builder;
use super::free::Variable;
use crate::program::points::Side;
use crate::program::{Arithmetic, Comparison, Op, Register};
use crate::typed::{self, BinaryOp, Expr, ExprKind, Type, UnaryOp, Unit};
use crate::value::{self, Value, fill};

impl Builder<'_, '_> {
    /// A register that holds the value; a variable's own where it is one.
    pub(super) fn value(&mut self, expr: &Expr) -> Register {
        match &expr.kind {
            ExprKind::Local(local) => self.local(*local),
            ExprKind::Trigger(binding) => self.lookup(Variable::Trigger(*binding)),
            ExprKind::Wrap(inner) => self.value(inner),
            _ => {
                let to = self.register();
                self.value_to(expr, to);
                to
            }
        }
    }

    pub(super) fn values<'e>(
        &mut self,
        exprs: impl IntoIterator<Item = &'e Expr>,
    ) -> Vec<Register> {
        exprs.into_iter().map(|expr| self.value(expr)).collect()
    }

    /// Puts the value into the register.
    pub(super) fn value_to(&mut self, expr: &Expr, to: Register) {
        let place = std::mem::replace(&mut self.place, expr.span);
        self.form_to(expr, to);
        self.place = place;
    }

    #[expect(clippy::too_many_lines, reason = "one row per form of an expression")]
    fn form_to(&mut self, expr: &Expr, to: Register) {
        match &expr.kind {
            // A package with errors is not compiled.
            ExprKind::Error => self.fail("this has an error"),
            ExprKind::Value(value) => self.load(to, value.clone()),
            ExprKind::Const(id) => {
                let declared = self.tables.package.consts.get(id.index());
                let value = declared.map_or(Value::None, |declared| declared.value.clone());
                self.load(to, value);
            }
            ExprKind::Local(_) | ExprKind::Trigger(_) | ExprKind::Wrap(_) => {
                let from = self.value(unwrapped(expr));
                self.copy(to, from);
            }
            ExprKind::Field { base, field } => self.field_to(base, *field, to),
            ExprKind::Index { base, index } => {
                let (base, index) = (self.value(base), self.value(index));
                self.emit(Op::Index { to, base, index });
            }
            ExprKind::Call(call) => self.call_to(call, &expr.ty, to),
            ExprKind::Record { record, fields } => {
                let shape = self.tables.shape(*record);
                let fields = self.values(fields.iter().flatten());
                let fields = self.operands(fields);
                self.emit(Op::Record { to, shape, fields });
            }
            ExprKind::Unary {
                op: UnaryOp::Not,
                operand,
            } => self.unary(value::UnaryOp::Not, operand, to),
            ExprKind::Unary {
                op: UnaryOp::Negate,
                operand,
            } => {
                self.unary(value::UnaryOp::Negate, operand, to);
            }
            ExprKind::Binary { op, left, right } => self.binary_to(expr, *op, left, right, to),
            ExprKind::IsSome { .. } => self.truth_to(expr, to),
            ExprKind::IsNone(operand) => {
                let from = self.value(operand);
                self.emit(Op::IsNone { to, from });
            }
            ExprKind::IsEmpty { operand, negated } => {
                let from = self.value(operand);
                self.emit(Op::IsEmpty { to, from });
                if *negated {
                    self.emit(Op::Unary {
                        op: value::UnaryOp::Not,
                        to,
                        from: to,
                    });
                }
            }
            ExprKind::As { operand, unit } => {
                let (from, unit) = (self.value(operand), unit_of(*unit));
                self.emit(Op::Convert { unit, to, from });
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.choice_to(condition, then, otherwise, to);
            }
            ExprKind::List(items) => {
                let items = self.values(items);
                let items = self.operands(items);
                self.emit(Op::List { to, items });
            }
            ExprKind::Map(entries) => {
                let entries = entries.iter().flat_map(|(key, value)| [key, value]);
                let entries = self.values(entries);
                let entries = self.operands(entries);
                self.emit(Op::Map { to, entries });
            }
            ExprKind::Comprehension(comprehension) => self.collect_to(comprehension, &expr.ty, to),
            ExprKind::Pick {
                local,
                source,
                condition,
            } => {
                self.pick_to(*local, source, condition, to);
            }
            ExprKind::Template { template, holes } => self.template_to(template, holes, to),
            ExprKind::Secret(id) => {
                let secret = self.tables.package.secrets.get(id.index());
                let name = secret.map_or("", |secret| secret.name.as_str());
                self.tables.secret(name);
                self.load(to, Value::Secret(name.into()));
            }
            ExprKind::Role(id) => {
                let role = self.tables.package.roles.get(id.index());
                let name = role.map_or("", |role| role.name.as_str());
                self.load(to, Value::Role(name.into()));
            }
            ExprKind::RecordKind(id) => {
                self.tables.record(*id);
                let record = self.tables.package.records.get(id.index());
                let name = record
                    .map(|record| record.name.to_string())
                    .unwrap_or_default();
                self.load(to, Value::text(name));
            }
        }
    }

    /// A field. The key of a target, its first field, is what the target is found by, so it is
    /// never read again.
    fn field_to(&mut self, base: &Expr, field: u16, to: Register) {
        let register = self.value(base);
        let live = self.live && field > 0 && base.target().is_some() && self.is_stale(base);
        self.emit(match live {
            true => Op::LiveField {
                to,
                base: register,
                field,
            },
            false => Op::Field {
                to,
                base: register,
                field,
            },
        });
    }

    /// Whether the value, or a part of it, was there before this code began. What the code itself
    /// observed is as new as can be.
    pub(super) fn is_stale(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Local(local) => {
                let register = self.bound(Variable::Local(*local));
                register.is_some_and(|register| self.stale.contains(&register))
            }
            ExprKind::Trigger(_) => true,
            ExprKind::Call(call) if self.observed(call).is_some() => false,
            _ => {
                let mut stale = false;
                expr.for_each_child(&mut |part| stale |= self.is_stale(part));
                stale
            }
        }
    }

    /// A register holds what the expression gave.
    pub(super) fn note_age(&mut self, register: Register, expr: &Expr) {
        match self.is_stale(expr) {
            true => self.stale.insert(register),
            false => self.stale.remove(&register),
        };
    }

    fn unary(&mut self, op: value::UnaryOp, operand: &Expr, to: Register) {
        let from = self.value(operand);
        self.emit(Op::Unary { op, to, from });
    }

    fn binary_to(&mut self, whole: &Expr, op: BinaryOp, left: &Expr, right: &Expr, to: Register) {
        let arithmetic = match op {
            BinaryOp::Multiply => Arithmetic::Multiply,
            BinaryOp::Divide => Arithmetic::Divide,
            BinaryOp::Add => Arithmetic::Add,
            BinaryOp::Subtract => Arithmetic::Subtract,
            BinaryOp::Range | BinaryOp::RangeInclusive => {
                let inclusive = op == BinaryOp::RangeInclusive;
                let (start, end) = (self.value(left), self.value(right));
                self.emit(Op::Range {
                    inclusive,
                    to,
                    start,
                    end,
                });
                return;
            }
            BinaryOp::In => {
                let (value, whole) = (self.value(left), self.value(right));
                self.emit(Op::In { to, value, whole });
                return;
            }
            BinaryOp::And | BinaryOp::Or => return self.truth_to(whole, to),
            BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::LessEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterEqual => {
                let (left, right) = (self.value(left), self.value(right));
                if let Some(op) = comparison(op) {
                    self.emit(Op::Compare {
                        op,
                        to,
                        left,
                        right,
                    });
                }
                return;
            }
        };
        let share = op == BinaryOp::Divide && whole.ty == Type::Percent && whole.is_quotient();
        let arithmetic = if share { Arithmetic::Share } else { arithmetic };
        self.arithmetic_to(arithmetic, left, right, to);
    }

    fn arithmetic_to(&mut self, op: Arithmetic, left: &Expr, right: &Expr, to: Register) {
        let both = |ty: Type| left.ty == ty && right.ty == ty;
        // The quotient of two Ints is none; among Ints alone `/` would be whole.
        let is_whole = !matches!(op, Arithmetic::Divide | Arithmetic::Share);
        let (ints, floats) = (both(Type::Int) && is_whole, both(Type::Float));
        let from = self.value(left);
        if ints && let Some(right) = small(right) {
            self.emit(Op::IntImmediate {
                op,
                to,
                left: from,
                right,
            });
            return;
        }
        let (left, right) = (from, self.value(right));
        self.emit(match (ints, floats) {
            (true, _) => Op::Int {
                op,
                to,
                left,
                right,
            },
            (false, true) => Op::Float {
                op,
                to,
                left,
                right,
            },
            (false, false) => Op::Arithmetic {
                op,
                to,
                left,
                right,
            },
        });
    }

    fn choice_to(&mut self, condition: &Expr, then: &Expr, otherwise: &Expr, to: Register) {
        let place = self.place;
        let (no, end) = (self.label(), self.label());
        self.jump_unless(condition, no);
        let from = self.here();
        self.value_to(then, to);
        self.go(end);
        self.side(place, Side::Then, "if", from);
        self.bind(no);
        let from = self.here();
        self.value_to(otherwise, to);
        self.side(place, Side::Else, "if", from);
        self.bind(end);
    }

    fn template_to(&mut self, template: &value::Template, holes: &[Expr], to: Register) {
        if holes.is_empty()
            && let Ok(constant) = fill(template, &[])
        {
            self.load(to, constant);
            return;
        }
        let template = self.tables.template(template);
        let holes = self.values(holes);
        let holes = self.operands(holes);
        self.emit(Op::Fill {
            to,
            template,
            holes,
        });
    }

    pub(super) fn fail(&mut self, text: &str) {
        let text = self.tables.constant(Value::text(text));
        self.emit(Op::Fail { text });
    }
}

/// The expression without the marks that a `T` stands where a `T?` is wanted: both look alike.
fn unwrapped(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Wrap(inner) => unwrapped(inner),
        _ => expr,
    }
}

/// The value of a small whole number that stands in the text.
pub(super) fn small(expr: &Expr) -> Option<i16> {
    match expr.kind {
        ExprKind::Value(Value::Int(value)) => i16::try_from(value).ok(),
        _ => None,
    }
}

/// The comparison, if it is one.
pub(super) fn comparison(op: BinaryOp) -> Option<Comparison> {
    Some(match op.comparison()? {
        typed::Comparison::Equal => Comparison::Equal,
        typed::Comparison::NotEqual => Comparison::NotEqual,
        typed::Comparison::Less => Comparison::Less,
        typed::Comparison::LessEqual => Comparison::LessOrEqual,
        typed::Comparison::Greater => Comparison::Greater,
        typed::Comparison::GreaterEqual => Comparison::GreaterOrEqual,
    })
}

fn unit_of(unit: Unit) -> value::Unit {
    match unit {
        Unit::Ratio => value::Unit::Ratio,
        Unit::Seconds => value::Unit::Seconds,
        Unit::Bytes => value::Unit::Bytes,
    }
}
