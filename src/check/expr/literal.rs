//! Literals: numbers, moments, texts and tagged literals with their holes.
//!
//! In: literals as written. Out: values, or templates whose holes are checked to fit their places.

use std::sync::Arc;

use super::super::types::{holds_secret, kind};
use super::{Elaborator, broken, typed, value};
use crate::diag::{Code, Diagnostic};
use crate::literal;
use crate::syntax::tree::{self, Hole, TaggedLiteral, Text, TextLiteral, TextPart};
use crate::text::Span;
use crate::typed::{Expr, ExprKind, Type};
use crate::value::{HolePosition, Kind, Number, Segment, Tag, Template, Time, Value, fill};

/// So many digits of a decimal number survive in a Float, whatever they are.
const FLOAT_DIGITS: usize = 15;

impl Elaborator<'_, '_> {
    /// A number token; a whole number becomes a Float where one is wanted.
    pub fn number(&mut self, span: Span, hint: Option<&Type>) -> Expr {
        let wants_float = match hint {
            Some(Type::Optional(inner)) => **inner == Type::Float,
            Some(hint) => *hint == Type::Float,
            None => false,
        };
        match literal::number(self.checker.text(span), span) {
            Ok(Number::Int(number)) if wants_float => self.float(number as f64, span),
            Ok(Number::Int(number)) => value(Value::Int(number), Type::Int, span),
            Ok(Number::Float(number)) => self.float(number, span),
            Ok(Number::Percent(share)) => value(Value::Percent(share), Type::Percent, span),
            Ok(Number::Duration(time)) => value(Value::Duration(time), Type::Duration, span),
            Ok(Number::Size(size)) => value(Value::Size(size), Type::Size, span),
            Ok(Number::Version(_)) => {
                let message = "a version stands behind the word `version` only";
                self.say(Diagnostic::new(
                    Code::NumberInvalid,
                    message,
                    span,
                    "a number has one point at most",
                ));
                broken(span)
            }
            Err(problem) => {
                self.say(problem);
                broken(span)
            }
        }
    }

    /// `-9_223_372_036_854_775_808`, whose digits alone are no Int.
    pub fn smallest_int(
        &self,
        operand: &tree::Expr,
        span: Span,
        hint: Option<&Type>,
    ) -> Option<Expr> {
        let is_float = |hint: &Type| match hint {
            Type::Optional(inner) => **inner == Type::Float,
            hint => *hint == Type::Float,
        };
        if !matches!(operand.kind, tree::ExprKind::Number) || hint.is_some_and(is_float) {
            return None;
        }
        let digits = self.checker.text(operand.span).replace('_', "");
        let smallest = digits == i64::MIN.unsigned_abs().to_string();
        smallest.then(|| value(Value::Int(i64::MIN), Type::Int, span))
    }

    /// A Float as it is written, which it is to 15 digits.
    fn float(&mut self, number: f64, span: Span) -> Expr {
        let digits: String = self
            .checker
            .text(span)
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        let digits = digits.trim_matches('0').len();
        if digits <= FLOAT_DIGITS {
            return value(Value::Float(number), Type::Float, span);
        }
        let message = format!("a Float holds {FLOAT_DIGITS} digits, not {digits}");
        let found = Diagnostic::new(Code::FloatDigits, message, span, "more than it can hold");
        let found = found.help(
            "write fewer digits; whole numbers of more digits are an `Int`, shares a `Percent`",
        );
        let nearest = format!("{number:.*e}", FLOAT_DIGITS - 1);
        self.say(match nearest.parse() {
            Ok(nearest) => {
                let text = Value::Float(nearest).to_string();
                found.fix(format!("write `{text}`"), span, text)
            }
            Err(_) => found,
        });
        broken(span)
    }

    /// A moment. Outside of a clause with a zone it needs its own.
    pub fn time(&mut self, span: Span, hint: Option<&Type>) -> Expr {
        match literal::time(self.checker.text(span), None, span) {
            Ok(moment) => value(Value::Time(moment), Type::Time, span),
            // No moment belongs here: its zone is not what is missing.
            Err(_) if hint.is_some_and(is_measure) => {
                value(Value::Time(Time::default()), Type::Time, span)
            }
            Err(problem) => {
                self.say(problem);
                broken(span)
            }
        }
    }

    /// A string of a clause or a statement, which is a message to people.
    pub fn message(&mut self, text: &Text) -> Expr {
        self.warn_foreign_template(text.span);
        self.string(&text.literal, text.span, HolePosition::Message)
    }

    /// A string with or without holes.
    pub fn text(&mut self, text: &TextLiteral, span: Span) -> Expr {
        self.string(text, span, HolePosition::Plain)
    }

    fn string(&mut self, text: &TextLiteral, span: Span, position: HolePosition) -> Expr {
        let mut segments = Vec::with_capacity(text.parts.len());
        let mut holes = Vec::new();
        for part in &text.parts {
            match part {
                TextPart::Text(plain) => segments.push(Segment::Text(plain.clone())),
                TextPart::Hole(hole) => {
                    segments.push(Segment::Hole(position));
                    holes.push(self.hole(hole, position));
                }
            }
        }
        if holes.is_empty() {
            let plain = segments.iter().map(|segment| match segment {
                Segment::Text(plain) => plain.as_str(),
                Segment::Hole(_) => "",
            });
            let plain: String = plain.collect();
            return value(Value::text(plain), Type::Text, span);
        }
        // What is wrong in a hole was said: the text is not held against anything.
        if holes.iter().any(|hole| matches!(hole.ty, Type::Error)) {
            return broken(span);
        }
        let tag = Tag::Text;
        let template = Arc::new(Template { tag, segments });
        typed(ExprKind::Template { template, holes }, Type::Text, span)
    }

    /// `promql"..."` and its kin.
    pub fn tagged(&mut self, found: &TaggedLiteral, span: Span) -> Expr {
        let Some((tag, ty)) = tag_type(found.tag.as_str()) else {
            return broken(span);
        };
        let raw = self.checker.text(found.raw);
        let (template, problems) = literal::parse(tag, raw, found.raw, Some(&self.checker.server));
        if matches!(tag, Tag::Promql) && problems.is_empty() {
            self.warn_template_in_query(found.raw);
        }
        for problem in problems {
            self.say(problem);
        }
        let positions: Vec<HolePosition> = match &template {
            Some(template) => template.holes().collect(),
            None => Vec::new(),
        };
        let mut holes = Vec::with_capacity(found.holes.len());
        for (index, hole) in found.holes.iter().enumerate() {
            match positions.get(index) {
                Some(position) => holes.push(self.hole(hole, *position)),
                // The literal is broken; the names in it are still looked up, so that they count.
                None => drop(self.expr(&hole.path, None)),
            }
        }
        let Some(template) = template.filter(|_| holes.len() == positions.len()) else {
            return broken(span);
        };
        if holes.is_empty()
            && let Ok(query) = fill(&template, &[])
        {
            return value(query, ty, span);
        }
        let template = Arc::new(template);
        typed(ExprKind::Template { template, holes }, ty, span)
    }

    fn hole(&mut self, hole: &Hole, position: HolePosition) -> Expr {
        let found = self.expr(&hole.path, None);
        let ty = &found.ty;
        if matches!(ty, Type::Error) {
            return found;
        }
        if holds_secret(ty) {
            let message = "a secret cannot be put into a text";
            let problem = Diagnostic::new(Code::SecretEscapes, message, hole.span, "a secret");
            self.say(problem.help("pass it to a parameter of type `Secret`; it is never shown"));
            return broken(found.span);
        }
        let fits = kind(ty).is_some_and(|kind| {
            position.accepts(kind) && !matches!(kind, Kind::Record | Kind::Map | Kind::Range)
        });
        if fits {
            return found;
        }
        let have = self.type_with_article(ty);
        let message = format!("{have} does not fit this hole");
        let label = format!("takes {}", position.accepted());
        let problem = Diagnostic::new(Code::HoleType, message, hole.span, label);
        let problem = match ty {
            Type::Optional(_) => {
                problem.help("there may be nothing: take it apart first, with `if x is some y`")
            }
            Type::Record(_) => problem.help("name the field that is meant: `${x.field}`"),
            _ => problem,
        };
        self.say(problem);
        broken(found.span)
    }
}

/// The language of a tag and the type of its literals.
fn tag_type(tag: &str) -> Option<(Tag, Type)> {
    let tag = Tag::from_name(tag)?;
    let ty = match tag {
        Tag::Text => Type::Text,
        Tag::Re => Type::Regex,
        Tag::Url => Type::Url,
        Tag::Promql => Type::PromQuery,
        Tag::Cron => Type::Cron,
    };
    Some((tag, ty))
}

/// Whether a value of the type is written, and is no moment.
fn is_measure(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Bool
            | Type::Int
            | Type::Float
            | Type::Text
            | Type::Percent
            | Type::Size
            | Type::Duration
    )
}
