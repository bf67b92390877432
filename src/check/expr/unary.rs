//! Operators with one operand: the opposite of a number, and of a condition.

use super::{Elaborator, broken, typed};
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, UnaryOp};
use crate::text::Span;
use crate::typed::{Expr, ExprKind, Type};
use crate::value;

impl Elaborator<'_, '_> {
    /// `-x`, `not x`
    pub fn unary(
        &mut self,
        op: UnaryOp,
        operand: &tree::Expr,
        span: Span,
        hint: Option<&Type>,
    ) -> Expr {
        if op == UnaryOp::Not {
            let operand = Box::new(self.condition(operand));
            return typed(ExprKind::Unary { op, operand }, Type::Bool, span);
        }
        if let Some(smallest) = self.smallest_int(operand, span, hint) {
            return smallest;
        }
        let operand = self.expr(operand, hint);
        let ty = operand.ty.clone();
        match ty {
            Type::Error => return broken(span),
            Type::Int | Type::Float | Type::Percent | Type::Size | Type::Duration => {}
            other => {
                let shown = self.type_with_article(&other);
                let message = format!("`-` does not take {shown}");
                self.say(Diagnostic::new(
                    Code::OperandMismatch,
                    message,
                    span,
                    "no number",
                ));
                return broken(span);
            }
        }
        if let Some(known) = self.checker.known(&operand) {
            let folded = value::unary(value::UnaryOp::Negate, &known);
            return self.folded(folded, ty, span, span);
        }
        let operand = Box::new(operand);
        typed(ExprKind::Unary { op, operand }, ty, span)
    }
}
