//! `is some`, `is none`, `is empty`: whether there is something, and what it is.
//!
//! In: a test behind `is`. Out: a Bool. `is some c` binds, so it stands where the binding is seen:
//! as a condition of an `if`, alone or joined by `and`.

use super::{Elaborator, broken, typed};
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, BinaryOp, ExprKind as Tree, Ident, IsTest};
use crate::text::Span;
use crate::typed::{Expr, ExprKind, Type};

impl Elaborator<'_, '_> {
    /// The head of an `if`: a condition in which `is some` may bind.
    pub fn head(&mut self, condition: &tree::Expr) -> Expr {
        if !self.enter(condition.span) {
            return broken(condition.span);
        }
        let found = self.head_inside(condition);
        self.leave();
        found
    }

    fn head_inside(&mut self, condition: &tree::Expr) -> Expr {
        let span = condition.span;
        match &condition.kind {
            Tree::Paren(inner) => self.head(inner),
            Tree::Binary {
                op: BinaryOp::And,
                left,
                right,
                ..
            } => {
                let left = Box::new(self.head(left));
                let right = Box::new(self.head(right));
                let op = BinaryOp::And;
                typed(ExprKind::Binary { op, left, right }, Type::Bool, span)
            }
            Tree::Is {
                operand,
                test: IsTest::Some(name),
            } => {
                let operand = self.expr(operand, None);
                self.is_some(operand, Some(name), span)
            }
            _ => self.condition(condition),
        }
    }

    /// `x is …` where nothing can be bound.
    pub fn is(&mut self, operand: &tree::Expr, test: &IsTest, span: Span) -> Expr {
        let operand = self.expr(operand, None);
        match test {
            IsTest::Some(name) => {
                let message = format!("`{}` is bound where nothing can see it", name.text);
                let found =
                    Diagnostic::new(Code::BindingMisplaced, message, name.span, "bound here");
                self.say(found.help(
                    "`is some x` stands in the head of an `if`, alone or joined by `and`; to ask only, write `not x is none`",
                ));
                self.is_some(operand, None, span)
            }
            IsTest::None => match operand.ty {
                Type::Error => typed(ExprKind::Error, Type::Bool, span),
                Type::Optional(_) => typed(ExprKind::IsNone(Box::new(operand)), Type::Bool, span),
                _ => self.say_always_there(&operand, span),
            },
            IsTest::Empty => self.is_empty(operand, false, span),
            IsTest::NotEmpty => self.is_empty(operand, true, span),
        }
    }

    fn is_some(&mut self, operand: Expr, name: Option<&Ident>, span: Span) -> Expr {
        let inner = match &operand.ty {
            Type::Optional(inner) => (**inner).clone(),
            Type::Error => Type::Error,
            _ => {
                let found = self.say_always_there(&operand, span);
                if let Some(name) = name {
                    self.declare(name, Type::Error);
                }
                return found;
            }
        };
        let bind = name.map(|name| self.declare(name, inner));
        let operand = Box::new(operand);
        typed(ExprKind::IsSome { operand, bind }, Type::Bool, span)
    }

    fn is_empty(&mut self, operand: Expr, negated: bool, span: Span) -> Expr {
        match &operand.ty {
            Type::Error => typed(ExprKind::Error, Type::Bool, span),
            Type::List(_) | Type::EmptyList | Type::Map(..) | Type::Text => {
                let operand = Box::new(operand);
                typed(ExprKind::IsEmpty { operand, negated }, Type::Bool, span)
            }
            other => {
                let shown = self.type_with_article(&other.clone());
                let message = format!("{shown} is never empty");
                let found = Diagnostic::new(Code::NotOptional, message, operand.span, "not a list");
                self.say(match other_is_optional(&operand.ty) {
                    true => found.help("ask `is none`"),
                    false => found.help("a list, a map or a String can be empty"),
                });
                broken(span)
            }
        }
    }

    fn say_always_there(&mut self, operand: &Expr, span: Span) -> Expr {
        let shown = self.type_with_article(&operand.ty);
        let message = format!("{shown} is always there");
        let found = Diagnostic::new(Code::NotOptional, message, operand.span, "never none");
        self.say(found.help("only a type with `?` can be none; a missing observation is a failure: `let x = ... else none`"));
        typed(ExprKind::Error, Type::Bool, span)
    }
}

fn other_is_optional(ty: &Type) -> bool {
    matches!(ty, Type::Optional(_))
}
