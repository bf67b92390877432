//! What is sent as JSON: its keys are own, its values own, bounded numbers, or free text.

use super::flow::Flow;
use super::origin::{Matter, Taint};
use super::sink::Reach;
use crate::diag::{Code, Diagnostic};
use crate::effect::Sink;
use crate::rule::Rule;
use crate::text::Span;
use crate::typed::{Expr, ExprKind, Type};

/// What a value of it must not be made of. A number that became words is none any more.
const REFUSED: Matter = Matter::MEASURED.join(Matter::SPELLED).join(Matter::TOLD);

/// A part that may not stand where it does.
struct Part {
    span: Span,
    matter: Matter,
    is_key: bool,
    is_number: bool,
}

impl Flow<'_, '_> {
    pub(super) fn json(&mut self, callee: &str, arg: &Expr, taint: &Taint) {
        let taint = &written_out(taint.clone());
        for index in taint.yielded_by.iter() {
            self.sinks.push((index, Reach::YieldsJson, arg.span));
        }
        for index in taint.params.iter() {
            self.sinks.push((index, Reach::Json, arg.span));
        }
        for index in taint.spelled.iter() {
            self.sinks
                .push((index, Reach::Sink(Sink::Payload), arg.span));
        }
        if !taint.matter.has(REFUSED) || !Rule::JsonOfOwnValues.holds() {
            return;
        }
        let mut parts = Vec::new();
        self.refused_parts(arg, &mut parts);
        if parts.is_empty() {
            parts.push(part(arg, taint.matter, false));
        }
        for part in parts {
            self.out.push(problem(callee, &part));
        }
    }

    /// Where in what is written there the refused parts are.
    fn refused_parts(&mut self, expr: &Expr, found: &mut Vec<Part>) {
        match &expr.kind {
            ExprKind::Wrap(inner) => self.refused_parts(inner, found),
            ExprKind::List(elements) => {
                for element in elements {
                    self.refused_parts(element, found);
                }
            }
            ExprKind::Map(entries) => {
                for (key, value) in entries {
                    let taint = self.again(key).into_words();
                    if taint.matter.has(REFUSED) {
                        found.push(part(key, taint.matter, true));
                    }
                    self.refused_parts(value, found);
                }
            }
            ExprKind::Record { fields, .. } => {
                for field in fields.iter().flatten() {
                    self.refused_parts(field, found);
                }
            }
            _ => {
                let taint = written_out(self.again(expr));
                if taint.matter.has(REFUSED) {
                    found.push(part(expr, taint.matter, false));
                }
            }
        }
    }

    /// What an expression is worth that was looked at before; nothing is said twice.
    fn again(&mut self, expr: &Expr) -> Taint {
        let (said, sinks) = (self.out.len(), self.sinks.len());
        let endorsed = self.endorsed.len();
        let taint = self.expr(expr);
        self.out.truncate(said);
        self.sinks.truncate(sinks);
        self.endorsed.truncate(endorsed);
        taint
    }
}

/// With how many there are, where somebody else said that.
fn written_out(taint: Taint) -> Taint {
    let Some(length) = taint.length() else {
        return taint;
    };
    let mut length = length.clone();
    length.matter = length.matter.only(Matter::TOLD.join(Matter::SPELLED));
    taint.join(length)
}

fn part(expr: &Expr, matter: Matter, is_key: bool) -> Part {
    let mut ty = &expr.ty;
    while let Type::Optional(inner) | Type::List(inner) = ty {
        ty = inner;
    }
    let is_number = matches!(
        ty,
        Type::Int | Type::Float | Type::Percent | Type::Size | Type::Duration | Type::Time
    );
    Part {
        span: expr.span,
        matter,
        is_key,
        is_number,
    }
}

fn problem(callee: &str, part: &Part) -> Diagnostic {
    let what = match (part.is_number, part.matter) {
        (true, matter) if matter.has(Matter::TOLD) => "a number from outside",
        (false, matter) if matter.has(Matter::TOLD) => "words from outside",
        (_, matter) if matter.has(Matter::MEASURED) => "something measured",
        _ => "a number from outside, made into words,",
    };
    let place = if part.is_key { "key" } else { "value" };
    let help = if part.is_key {
        "write the keys yourself, and put what comes from outside into a value"
    } else if part.is_number {
        "bound it by your own numbers: `clamp(x, 0, 100)`"
    } else if part.matter.has(Matter::TOLD) {
        "use the name of a target that was looked up and is owned, choose among your own with `pick`, or cut the words: `free_text(words, most: 200)`"
    } else {
        "leave the number a number, with a key of its own"
    };
    Diagnostic::new(
        Code::ToldAtSink,
        format!("{what} would supply a {place} of what `{callee}` sends"),
        part.span,
        format!("{}, but this is sent", part.matter.level().word()),
    )
    .help(help)
}
