//! `let`, and what hangs on it: `retry`, and `else` for when the observation fails.
//!
//! In: a `let` line. Out: a typed one; with `else none` its type gets a `?`. A made-up value may
//! stand for what is not there, never for what could not be asked.

use super::super::expr::{Elaborator, Why, convert, is_open};
use super::super::types::is_broken;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, ExprKind as Tree};
use crate::text::Span;
use crate::typed::{Expr, Handler, HandlerAction, Retry, Stmt, StmtKind, Type};

impl Elaborator<'_, '_> {
    /// `let x: T = e retry 3 every 10s else none`
    pub fn let_stmt(&mut self, found: &tree::LetStmt, span: Span) -> StmtKind {
        let wanted = match &found.ty {
            Some(ty) => Some(self.checker.resolve_type(self.file, ty, &[])),
            None => None,
        };
        if let Tree::Do(call) = &found.value.kind {
            return self.let_do(found, call, wanted, span);
        }
        let value = self.expr(&found.value, wanted.as_ref());
        let value = match &wanted {
            Some(wanted) => self.fit_let(value, wanted, &found.handlers),
            None if is_open(&value.ty) => self.say_open("this", value.span),
            None => value,
        };
        let retry = self.retry(found.retry.as_ref());
        let (value, ty) = self.with_none(value, wanted, &found.handlers);
        let handlers = found.handlers.iter();
        let handlers = handlers.map(|handler| self.handler(handler, &ty)).collect();
        let local = self.declare_let(&found.name, ty);
        if found.handlers.is_empty() {
            self.keep_constant(local, &value);
        }
        StmtKind::Let {
            local,
            value,
            retry,
            handlers,
        }
    }

    /// A `let` with a type: `let x: Int? = probe() else none` may hold an `Int`.
    fn fit_let(&mut self, value: Expr, wanted: &Type, handlers: &[tree::Handler]) -> Expr {
        if handlers.iter().any(is_none)
            && let Type::Optional(inner) = wanted
        {
            return match convert(value, inner) {
                Ok(plain) => plain,
                Err(value) => self.fit(value, wanted, Why::Declared),
            };
        }
        self.fit(value, wanted, Why::Declared)
    }

    /// `else none` makes the type optional, and the value with it.
    fn with_none(
        &mut self,
        value: Expr,
        wanted: Option<Type>,
        handlers: &[tree::Handler],
    ) -> (Expr, Type) {
        let ty = match (&value.ty, wanted) {
            (Type::Error, Some(wanted)) => wanted,
            (ty, _) => ty.clone(),
        };
        if !handlers.iter().any(is_none) || matches!(ty, Type::Optional(_)) || is_broken(&ty) {
            return (value, ty);
        }
        let ty = Type::Optional(ty.into());
        let value = match convert(value, &ty) {
            Ok(value) | Err(value) => value,
        };
        (value, ty)
    }

    /// `retry 3 every 10s`
    pub fn retry(&mut self, retry: Option<&tree::Retry>) -> Option<Retry> {
        let retry = retry?;
        let times = self.count(&retry.times, "retry");
        let every = self.duration(&retry.every, "every");
        Some(Retry {
            times: times?,
            every: every?,
        })
    }

    /// `else [no_data|failed] what` of a `let`.
    fn handler(&mut self, handler: &tree::Handler, ty: &Type) -> Handler {
        let action = match &handler.action {
            tree::HandlerAction::Value(tree) => {
                if self.say_text_as_value(tree, ty) {
                    return Handler {
                        on: handler.on,
                        action: HandlerAction::Value(super::super::expr::broken(tree.span)),
                        span: handler.span,
                    };
                }
                let value = self.expr_of(tree, ty, Why::Handler);
                HandlerAction::Value(value)
            }
            other => self.diverging(other, handler.span),
        };
        Handler {
            on: handler.on,
            action,
            span: handler.span,
        }
    }

    /// `else no_data "no deploy"`: a text where no value of this type can stand.
    fn say_text_as_value(&mut self, tree: &tree::Expr, ty: &Type) -> bool {
        let is_text = matches!(tree.kind, tree::ExprKind::Text(_));
        if !is_text
            || matches!(
                ty,
                Type::Text | Type::Json | Type::Error | Type::Optional(_)
            )
        {
            return false;
        }
        let message = "what follows from the failure is not said";
        let found = Diagnostic::new(Code::TypeMismatch, message, tree.span, "a text alone");
        let found = found.help("a text stands behind a word: `else no_data novel \"...\"`, `else page builder \"...\"`");
        self.say(found.fix("write `novel`", tree.span.at_start(), "novel "));
        true
    }

    /// What ends the block when something failed.
    pub fn diverging(&mut self, action: &tree::HandlerAction, span: Span) -> HandlerAction {
        let kind = match action {
            // A value takes the place of another one; the caller knows of which type.
            tree::HandlerAction::Value(_) => StmtKind::Error,
            tree::HandlerAction::Novel(text) => {
                StmtKind::Novel(text.as_ref().map(|text| self.message(text)))
            }
            tree::HandlerAction::Inconclusive(text) => {
                StmtKind::Inconclusive(text.as_ref().map(|text| self.message(text)))
            }
            tree::HandlerAction::Statement(stmt) => self.stmt(stmt),
        };
        HandlerAction::Diverge(Box::new(Stmt { kind, span }))
    }
}

/// `else none`
fn is_none(handler: &tree::Handler) -> bool {
    match &handler.action {
        tree::HandlerAction::Value(value) => match &value.kind {
            // That it is called otherwise is said of the word.
            Tree::Name(name) => matches!(name.as_str(), "null" | "nil" | "None" | "undefined"),
            kind => matches!(kind, Tree::None),
        },
        tree::HandlerAction::Novel(_)
        | tree::HandlerAction::Inconclusive(_)
        | tree::HandlerAction::Statement(_) => false,
    }
}
