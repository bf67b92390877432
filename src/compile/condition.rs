//! Conditions: truth as jumps, so that `and` and `or` evaluate no more than they must.

use super::builder::{Builder, Label, NOWHERE};
use super::expression::{comparison, small};
use super::free::Variable;
use crate::program::{Comparison, Op, Register};
use crate::typed::{BinaryOp, Expr, ExprKind, Type, UnaryOp};
use crate::value::Value;

impl Builder<'_, '_> {
    /// Goes to the label when the condition is false.
    pub(super) fn jump_unless(&mut self, condition: &Expr, label: Label) {
        self.jump_when(condition, false, label);
    }

    /// Goes to the label when the condition has this truth.
    fn jump_when(&mut self, condition: &Expr, truth: bool, label: Label) {
        let place = std::mem::replace(&mut self.place, condition.span);
        match &condition.kind {
            ExprKind::Value(Value::Bool(value)) => {
                if *value == truth {
                    self.go(label);
                }
            }
            ExprKind::Unary {
                op: UnaryOp::Not,
                operand,
            } => {
                self.jump_when(operand, !truth, label);
            }
            ExprKind::Binary {
                op: BinaryOp::And,
                left,
                right,
            } => {
                self.jump_both(left, right, truth, true, label);
            }
            ExprKind::Binary {
                op: BinaryOp::Or,
                left,
                right,
            } => {
                self.jump_both(left, right, truth, false, label);
            }
            ExprKind::Binary { op, left, right } if comparison(*op).is_some() => {
                if let Some(op) = comparison(*op) {
                    let op = if truth { op } else { op.negated() };
                    self.jump_comparison(op, left, right, label);
                }
            }
            ExprKind::IsSome { operand, bind } => {
                let value = self.value(operand);
                if let Some(local) = bind {
                    self.note_age(value, operand);
                    self.alias(Variable::Local(*local), value);
                }
                self.jump(
                    label,
                    Op::JumpNone {
                        expected: !truth,
                        value,
                        target: NOWHERE,
                    },
                );
            }
            ExprKind::IsNone(operand) => {
                let value = self.value(operand);
                self.jump(
                    label,
                    Op::JumpNone {
                        expected: truth,
                        value,
                        target: NOWHERE,
                    },
                );
            }
            _ => {
                let value = self.value(condition);
                self.jump(
                    label,
                    Op::JumpIf {
                        expected: truth,
                        value,
                        target: NOWHERE,
                    },
                );
            }
        }
        self.place = place;
    }

    /// `and` and `or`, of which the one is the other with all truths turned round.
    fn jump_both(&mut self, left: &Expr, right: &Expr, truth: bool, and: bool, label: Label) {
        if truth == and {
            // Both sides decide: the left one alone can only say that it is not so.
            let skip = self.label();
            self.jump_when(left, !truth, skip);
            self.jump_when(right, truth, label);
            self.bind(skip);
        } else {
            self.jump_when(left, truth, label);
            self.jump_when(right, truth, label);
        }
    }

    fn jump_comparison(&mut self, op: Comparison, left: &Expr, right: &Expr, label: Label) {
        let ints = left.ty == Type::Int && right.ty == Type::Int;
        let from = self.value(left);
        let target = NOWHERE;
        let op = match (ints, small(right), known(self, right)) {
            (true, Some(right), _) => Op::JumpIntImmediate {
                op,
                left: from,
                right,
                target,
            },
            (_, _, Some(value)) => {
                let right = self.tables.constant(value);
                Op::JumpConstant {
                    op,
                    left: from,
                    right,
                    target,
                }
            }
            (true, None, None) => {
                let right = self.value(right);
                Op::JumpInt {
                    op,
                    left: from,
                    right,
                    target,
                }
            }
            (false, _, None) => {
                let right = self.value(right);
                Op::JumpCompare {
                    op,
                    left: from,
                    right,
                    target,
                }
            }
        };
        self.jump(label, op);
    }

    /// Puts the truth of the condition into a register.
    pub(super) fn truth_to(&mut self, condition: &Expr, to: Register) {
        let (no, end) = (self.label(), self.label());
        self.jump_unless(condition, no);
        self.emit(Op::Bool { to, value: true });
        self.go(end);
        self.bind(no);
        self.emit(Op::Bool { to, value: false });
        self.bind(end);
    }
}

/// The value of a constant.
fn known(builder: &Builder<'_, '_>, expr: &Expr) -> Option<Value> {
    match &expr.kind {
        ExprKind::Value(value) => Some(value.clone()),
        ExprKind::Const(id) => {
            let declared = builder.tables.package.consts.get(id.index())?;
            Some(declared.value.clone())
        }
        ExprKind::Wrap(inner) => known(builder, inner),
        _ => None,
    }
}
