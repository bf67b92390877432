//! Literals in quotes that are meant without them, `"5m"` where a Duration is wanted, and queries without their quotes.
//!
//! In: what is written, and the type that is wanted. Out: what stands in its quotes, if that is a value of it; what is
//! said of a query that stands openly.

use super::{Elaborator, broken};
use crate::diag::{Code, Diagnostic};
use crate::literal;
use crate::syntax::tree;
use crate::text::Span;
use crate::typed::{Expr, ExprKind, Type};
use crate::value::{Number, Value, classify_number};

/// What stands in the quotes of a literal, if it is a value of the type as it is written.
pub fn unquoted<'t>(expr: &Expr, text: &'t str, wanted: &Type) -> Option<&'t str> {
    if !matches!(expr.kind, ExprKind::Value(Value::Text(_))) {
        return None;
    }
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    reads_as(inner, wanted).then_some(inner)
}

fn reads_as(text: &str, wanted: &Type) -> bool {
    match (wanted, classify_number(text)) {
        (Type::Bool, _) => matches!(text, "true" | "false"),
        (Type::Optional(inner), _) => reads_as(text, inner),
        (Type::Int, Ok(Number::Int(_)))
        | (Type::Float, Ok(Number::Int(_) | Number::Float(_)))
        | (Type::Percent, Ok(Number::Percent(_)))
        | (Type::Size, Ok(Number::Size(_)))
        | (Type::Duration, Ok(Number::Duration(_))) => true,
        (_, _) => false,
    }
}

impl Elaborator<'_, '_> {
    /// `sum(queue_lag)`: a function of queries that is called where a query stands.
    pub(super) fn is_bare_query(&self, arg: &tree::Expr) -> bool {
        let tree::ExprKind::Call { callee, .. } = &arg.kind else {
            return false;
        };
        let tree::ExprKind::Name(name) = &callee.kind else {
            return false;
        };
        literal::is_query_function(name) && !self.checker.text(arg.span).contains(['"', '\n'])
    }

    /// `watch lag() = promql"..."`: a query that nobody is asked.
    pub fn say_query_alone(&mut self, span: Span) -> Expr {
        let message = "a query is not its answer";
        let found = Diagnostic::new(Code::TypeMismatch, message, span, "nobody is asked");
        let found = found.help("the server is asked with `prom.value(promql\"...\")`");
        let title = "ask with `prom.value(...)`";
        let found = found.fix(title, span.at_start(), "prom.value(");
        self.say(found.fix(title, span.at_end(), ")"));
        broken(span)
    }

    pub(super) fn say_bare_query(&mut self, arg: &tree::Expr) {
        let message = "a query stands in quotes, with its tag";
        let found = Diagnostic::new(Code::TypeMismatch, message, arg.span, "without quotes");
        let found = found.help(format!("write `promql\"{}\"`", self.checker.text(arg.span)));
        let title = "write the quotes of a query";
        let found = found.fix(title, arg.span.at_start(), "promql\"");
        self.say(found.fix(title, arg.span.at_end(), "\""));
    }
}
