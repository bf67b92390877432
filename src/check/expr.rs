//! Expressions: from the tree to typed ones, whose operands have exactly the types they need.
//!
//! In: an expression and, where its surroundings know, the type that is wanted. Out: a typed
//! expression; the wanted type is a hint for numerals, `none` and empty lists, and [`fit`] sees to
//! it that what comes out agrees. Inference is local: nothing here looks at later uses.

pub mod arguments;
mod bare;
mod builtin;
mod call;
mod called;
mod collection;
mod construct;
mod elsewhere;
mod field;
mod fit;
mod foreign;
mod json;
mod literal;
mod name;
mod operands;
mod operator;
mod presence;
mod scope;
mod unary;

pub use builtin::is_function;
pub use call::Callee;
pub use fit::{Why, convert};
pub use foreign::is_filled_elsewhere;
pub use operator::table_op;
pub use scope::{Elaborator, Place};

use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{self, ExprKind as Tree};
use crate::text::Span;
use crate::typed::{Expr, ExprKind, Type};
use crate::value::Value;

/// A typed expression.
pub fn typed(kind: ExprKind, ty: Type, span: Span) -> Expr {
    Expr { kind, ty, span }
}

/// A value as an expression.
pub fn value(value: Value, ty: Type, span: Span) -> Expr {
    typed(ExprKind::Value(value), ty, span)
}

/// A broken expression; something was said about it.
pub fn broken(span: Span) -> Expr {
    typed(ExprKind::Error, Type::Error, span)
}

impl<'a> Elaborator<'_, 'a> {
    /// The typed form of an expression. `hint` is what the surroundings want, if they know.
    pub fn expr(&mut self, expr: &tree::Expr, hint: Option<&Type>) -> Expr {
        crate::steps::count(1);
        if !self.enter(expr.span) {
            return broken(expr.span);
        }
        let found = self.expr_inside(expr, hint);
        self.leave();
        found
    }

    fn expr_inside(&mut self, expr: &tree::Expr, hint: Option<&Type>) -> Expr {
        let span = expr.span;
        match &expr.kind {
            Tree::Missing => broken(span),
            Tree::Number => self.number(span, hint),
            Tree::Time => self.time(span, hint),
            Tree::Bool(found) => value(Value::Bool(*found), Type::Bool, span),
            Tree::None => value(Value::None, Type::NoneLiteral, span),
            Tree::Text(text) => self.text(text, span),
            Tree::Tagged(literal) => self.tagged(literal, span),
            Tree::Name(name) => self.name(name, span, hint),
            Tree::Field { base, name } => self.field(base, name, span, hint),
            Tree::Call { callee, args } => self.call(callee, args, span),
            Tree::Index { base, index } => self.index(base, index, span),
            Tree::Unary { op, operand } => self.unary(*op, operand, span, hint),
            Tree::Binary {
                op,
                op_span,
                left,
                right,
            } => self.binary(*op, *op_span, (left, right), span, hint),
            Tree::Is { operand, test } => self.is(operand, test, span),
            Tree::As { operand, unit } => self.as_unit(operand, unit, span),
            Tree::If {
                condition,
                then,
                otherwise,
            } => self.conditional(condition, then, otherwise, span, hint),
            Tree::Paren(inner) => self.expr(inner, hint),
            Tree::List(elements) => self.list(elements, span, hint),
            Tree::Map(entries) => self.map(entries, span, hint),
            Tree::Comprehension(found) => self.comprehension(found, span, hint),
            Tree::Pick {
                name,
                source,
                condition,
            } => self.pick(name, source, condition, span),
            Tree::Do(_) => self.do_inside(span),
            Tree::Ago(_) | Tree::Matching(_) | Tree::Repeat { .. } => {
                self.only_in_tests(&expr.kind, span)
            }
        }
    }

    /// The typed form of an expression that must be of this type.
    pub fn expr_of(&mut self, expr: &tree::Expr, ty: &Type, why: Why<'_>) -> Expr {
        let found = self.expr(expr, Some(ty));
        self.fit(found, ty, why)
    }

    /// A condition: a Bool, and nothing that one might take for one.
    pub fn condition(&mut self, expr: &tree::Expr) -> Expr {
        self.expr_of(expr, &Type::Bool, Why::Condition)
    }

    fn do_inside(&mut self, span: Span) -> Expr {
        let message = "a `do` stands inside an expression";
        let found = Diagnostic::new(Code::StatementNotHere, message, span, "not here");
        self.say(found.help("a change has a line of its own: `do ...`, or `let x = do ...`"));
        broken(span)
    }

    fn only_in_tests(&mut self, kind: &Tree, span: Span) -> Expr {
        let text = self.checker.text(span);
        let message = format!("`{text}` has a meaning in tests only");
        let found = Diagnostic::new(Code::OnlyInTests, message, span, "outside of a test");
        // `x of [1, 2]`, `any of [1, 2]`
        let listed =
            matches!(kind, Tree::Repeat { element, .. } if matches!(element.kind, Tree::List(_)));
        let repeated = matches!(kind, Tree::Repeat { .. });
        self.say(found.help(match (repeated, listed) {
            (_, true) => "whether a value is in a list is asked with `in`: `x in [1, 2]`",
            (true, false) => "`3 of x` is a list of three in a reply of a test",
            (false, false) => {
                "it stands in `given` and `expect` lines; a time in the past is `now() - 5m`"
            }
        }));
        broken(span)
    }

    /// `(if c then a else b)`
    fn conditional(
        &mut self,
        condition: &tree::Expr,
        then: &tree::Expr,
        otherwise: &tree::Expr,
        span: Span,
        hint: Option<&Type>,
    ) -> Expr {
        let mark = self.mark();
        let condition = self.head(condition);
        let then = self.expr(then, hint);
        self.unwind(mark);
        let wanted = if is_open(&then.ty) {
            hint
        } else {
            Some(&then.ty)
        };
        let otherwise = self.expr(otherwise, wanted);
        let (then, otherwise) = self.same_type(then, otherwise, "both sides of `if` give");
        let ty = then.ty.clone();
        let kind = ExprKind::If {
            condition: Box::new(condition),
            then: Box::new(then),
            otherwise: Box::new(otherwise),
        };
        typed(kind, ty, span)
    }
}

/// Whether the type is not known in full before its use says more.
pub fn is_open(ty: &Type) -> bool {
    matches!(ty, Type::NoneLiteral | Type::EmptyList)
}
