//! Operators with one operand: the opposite of a number, and of a condition.

use super::{Elaborator, broken, typed};
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, ExprKind as Tree, UnaryOp};
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
        if let Some(found) = self.dash(operand, span) {
            self.say(found);
            return self.expr(operand, hint);
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

    /// `- c` where a line begins: an item of another language's list. Taken for the opposite of a number it would turn
    /// a comparison around.
    fn dash(&self, operand: &tree::Expr, span: Span) -> Option<Diagnostic> {
        let text = &self.checker.sources.source(span.source).text;
        let (start, end) = (span.start as usize, operand.span.start as usize);
        let line = text.get(..start)?.rsplit('\n').next()?;
        let gap = text.get(start + 1..end)?;
        let is_apart = !gap.is_empty() && gap.trim().is_empty();
        let is_number = matches!(operand.kind, Tree::Number);
        if !line.trim().is_empty() || !is_apart || is_number {
            return None;
        }
        let found = Diagnostic::new(
            Code::WrongOperator,
            "a line begins without a dash",
            span.inside(0, 1),
            "an item of a list elsewhere",
        );
        let found = found.help(
            "conditions stand below each other, without a dash before them; the opposite of a number is `-x`",
        );
        Some(found.fix("remove the dash", span.inside(0, end - start), ""))
    }
}
