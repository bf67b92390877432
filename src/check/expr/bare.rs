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
use crate::value::Value;

/// What stands in the quotes of a literal, if it is a value of the type as it is written.
pub fn unquoted<'t>(expr: &Expr, text: &'t str, wanted: &Type) -> Option<&'t str> {
    if !matches!(expr.kind, ExprKind::Value(Value::Text(_))) {
        return None;
    }
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    reads_as(inner, wanted).then_some(inner)
}

fn reads_as(text: &str, wanted: &Type) -> bool {
    match wanted {
        Type::Bool => matches!(text, "true" | "false"),
        Type::Int => is_number(text) && !text.contains('.'),
        Type::Float => is_number(text),
        Type::Percent => text.strip_suffix('%').is_some_and(is_number),
        Type::Size => {
            let units = ["KiB", "MiB", "GiB", "TiB", "KB", "MB", "GB", "TB", "B"];
            let number = units.iter().find_map(|unit| text.strip_suffix(unit));
            number.is_some_and(is_number)
        }
        Type::Duration => is_duration(text),
        Type::Optional(inner) => reads_as(text, inner),
        _ => false,
    }
}

/// `1_000`, `0.5`
fn is_number(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let digits = |part: &&str| {
        let inside = |byte: u8| byte.is_ascii_digit() || byte == b'_';
        part.starts_with(|first: char| first.is_ascii_digit()) && part.bytes().all(inside)
    };
    parts.len() <= 2 && parts.iter().all(digits)
}

/// `1h30m`
fn is_duration(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.len()
            - rest
                .trim_start_matches(|letter: char| letter.is_ascii_digit())
                .len();
        let (number, behind) = rest.split_at(digits);
        let units = ["ms", "w", "d", "h", "m", "s"];
        let next = units.iter().find_map(|unit| behind.strip_prefix(unit));
        match next {
            Some(next) if !number.is_empty() => rest = next,
            _ => return false,
        }
    }
    !text.is_empty()
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
