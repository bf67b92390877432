//! Operands that do not meet: what is said of them, and how they would.
//!
//! In: an operator and its two sides. Out: one diagnostic, with the number in its unit or the text without its quotes
//! where that is meant. Decides nothing: the operator has refused them.

use super::super::types::same;
use super::bare;
use super::{Elaborator, Place};
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree;
use crate::text::Span;
use crate::typed::{Expr, ExprKind, Type};
use crate::value::Value;

impl Elaborator<'_, '_> {
    /// Says that an operator does not take these two.
    pub fn say_operands(&mut self, op_span: Span, left: &Expr, right: &Expr) {
        let (a, b) = (self.type_name(&left.ty), self.type_name(&right.ty));
        let op = self.checker.text(op_span);
        if op == "%" {
            // That this is no operator was said.
            return;
        }
        let message = format!("`{op}` does not take `{a}` and `{b}`");
        let found = Diagnostic::new(Code::OperandMismatch, message, op_span, "these do not meet");
        let found = found.and(left.span, format!("this is `{a}`"));
        let found = found.and(right.span, format!("this is `{b}`"));
        // What is multiplied has no unit; a moment is moved, not compared, by a length of time.
        let moment = left.ty == Type::Time || right.ty == Type::Time;
        let fits = !matches!(op, "*" | "/") && (!moment || matches!(op, "+" | "-"));
        let written = self
            .written(left, &right.ty)
            .map(|text| (left.span, text))
            .or_else(|| self.written(right, &left.ty).map(|text| (right.span, text)));
        if let Some((span, text)) = written.filter(|_| fits) {
            // By which unit a moment is moved, nobody can know.
            if moment && matches!((&left.ty, &right.ty), (_, Type::Int) | (Type::Int, _)) {
                let number = self.checker.text(span);
                let help =
                    format!("a length of time has its unit: `{number}s`, `{number}m`, `{number}h`");
                self.say(found.help(help));
                return;
            }
            let help = format!("both sides are of one type: `{text}`");
            self.say(found.help(help).fix(format!("write `{text}`"), span, text));
            return;
        }
        if let Some((span, field)) = self.only_field(left, right) {
            let text = format!("{}.{field}", self.checker.text(span));
            let help = format!("a record is compared by its fields: `{text}`");
            self.say(found.help(help).fix(
                format!("write `{text}`"),
                span.at_end(),
                format!(".{field}"),
            ));
            return;
        }
        let help = self.help_for(left, right);
        self.say(found.help(help));
    }

    /// The side that is a record, and the one field of it that has the type of the other side.
    fn only_field(&self, left: &Expr, right: &Expr) -> Option<(Span, String)> {
        let (record, id, other) = match (&left.ty, &right.ty) {
            (Type::Record(id), other) => (left, *id, other),
            (other, Type::Record(id)) => (right, *id, other),
            _ => return None,
        };
        let fields = &self.checker.package.records[id.index()].fields;
        let mut fits = fields.iter().filter(|field| same(&field.ty, other));
        let field = fits.next()?;
        let alone = fits.next().is_none();
        alone.then(|| (record.span, field.name.to_string()))
    }

    /// A side that is a literal, as a value of the other side's type.
    fn written(&self, side: &Expr, other: &Type) -> Option<String> {
        let text = self.checker.text(side.span);
        if let Some(bare) = bare::unquoted(side, text, other) {
            return Some(bare.to_owned());
        }
        let asks = matches!(
            other,
            Type::Int | Type::Float | Type::Percent | Type::Duration | Type::Size
        );
        if side.ty == Type::PromQuery && asks && self.has_module("prom") {
            return Some(format!("prom.value({text})"));
        }
        let ExprKind::Value(value) = &side.kind else {
            return None;
        };
        let digits = |byte: u8| byte.is_ascii_digit() || byte == b'_';
        match (value, other) {
            (Value::Int(_), _) if !text.bytes().all(digits) => None,
            (Value::Int(_), Type::Percent) => Some(format!("{text}%")),
            (Value::Int(_), Type::Duration | Type::Time) => Some(format!("{text}s")),
            (Value::Int(_), Type::Size) => Some(format!("{text}B")),
            (Value::Float(_), Type::Percent) => percent(text),
            _ => None,
        }
    }

    /// Whether the file at hand brings this module in.
    fn has_module(&self, name: &str) -> bool {
        let imports = &self.checker.file(self.file).imports;
        imports.iter().any(|import| import.name == name)
    }

    fn help_for(&self, left: &Expr, right: &Expr) -> String {
        let optional = |ty: &Type| matches!(ty, Type::Optional(_));
        let unit = |ty: &Type| match ty {
            Type::Percent => Some("ratio"),
            Type::Duration => Some("seconds"),
            Type::Size => Some("bytes"),
            _ => None,
        };
        let of_query = match (&left.ty, &right.ty) {
            (Type::Float, other) | (other, Type::Float) => unit(other),
            _ => None,
        };
        let target = match (&left.ty, &right.ty) {
            (Type::Target(_), Type::Text) => Some((left, right)),
            (Type::Text, Type::Target(_)) => Some((right, left)),
            _ => None,
        };
        if left.ty == Type::Text && right.ty == Type::Text {
            "texts are put together in a string: `\"${a}${b}\"`; they have no order".into()
        } else if optional(&left.ty) || optional(&right.ty) {
            "there may be nothing: take it apart first, with `if x is some y` or `match`".into()
        } else if let Some(unit) = of_query {
            format!("units do not mix: a plain number gets its unit by `as {unit}`")
        } else if matches!(
            (&left.ty, &right.ty),
            (Type::Int, Type::Float) | (Type::Float, Type::Int)
        ) {
            "a list has elements of one type: make it a list of `Float`".into()
        } else if let Some((target, text)) = target {
            let (target, text) = (self.checker.text(target.span), self.checker.text(text.span));
            format!("a target is more than its name: compare that, `{target}.name == {text}`")
        } else if left.ty == Type::PromQuery || right.ty == Type::PromQuery {
            "a query is asked with `prom.value(...)`, and its answer is compared".into()
        } else if let Some(help) = two_sorts(&left.ty, &right.ty) {
            help.into()
        } else if is_measured(&left.ty) && is_measured(&right.ty) {
            "units do not mix; both sides are of one type, with its unit written: `5m`, `20%`, `3GiB`".into()
        } else {
            "both sides are of one type".into()
        }
    }
}

/// Whether values of the type are numbers, with a unit or without.
fn is_measured(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Int | Type::Float | Type::Percent | Type::Size | Type::Duration | Type::Time
    )
}

/// `0.05` as `5%`: the point moves by two places.
pub(super) fn percent(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.')?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let padded = format!("{fraction:0<2}");
    let (moved, rest) = padded.split_at(2);
    let whole = format!("{whole}{moved}");
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let rest = rest.trim_end_matches('0');
    Some(match rest {
        "" => format!("{whole}%"),
        rest => format!("{whole}.{rest}%"),
    })
}

/// How people mean two values that do not meet, where that is known.
fn two_sorts(left: &Type, right: &Type) -> Option<&'static str> {
    let either = |a: &Type, b: &Type| left == a && right == b || left == b && right == a;
    if either(&Type::Int, &Type::Percent) {
        Some("a share of a count is `ceil(0.2 * n)`; a count with 20% more is `n + ceil(0.2 * n)`")
    } else if either(&Type::Time, &Type::Duration) {
        Some("how long ago a moment was is a Duration: `now() - t`")
    } else if either(&Type::Text, &Type::Int) || either(&Type::Text, &Type::Float) {
        Some("a text becomes no number, and a label is a text: a number is measured, or your own")
    } else {
        None
    }
}

impl Elaborator<'_, '_> {
    /// `[Pod(ready: true)] * 2`
    pub(super) fn say_list_times(&mut self, left: &tree::Expr, right: &tree::Expr, op_span: Span) {
        let message = "a list is not multiplied";
        let found = Diagnostic::new(
            Code::OperandMismatch,
            message,
            op_span,
            "no number before it",
        );
        let times = self.checker.text(right.span);
        let (tree::ExprKind::List(elements), tree::ExprKind::Number) = (&left.kind, &right.kind)
        else {
            self.say(found.help("the elements stand in the list one by one"));
            return;
        };
        let [element] = elements.as_slice() else {
            self.say(found.help("the elements stand in the list one by one"));
            return;
        };
        let right = match self.place {
            Place::Test => format!("{times} of {}", self.checker.text(element.span)),
            _ => {
                self.say(found.help("the elements stand in the list one by one"));
                return;
            }
        };
        let whole = left.span.to(op_span);
        self.say(
            found
                .help(format!("write `{right}`"))
                .and(whole, "one element"),
        );
    }
}
