//! Where a type is wanted and another one comes: the few conversions, and the many errors.
//!
//! In: a typed expression and the wanted type. Out: an expression of exactly that type. The only
//! conversions are `T` to `T?`, and a record, map or list to `Json`; numerals have their type from the start. Every refusal says how to
//! get there.

use super::super::types::{is_broken, same};
use super::bare;
use super::{Elaborator, Place, broken, json, operands, typed};
use crate::check::NAMED_BY_LET;
use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::typed::{Expr, ExprKind, LocalId, TargetId, Type};
use crate::value::Value;

/// What wants a type, for the message.
#[derive(Clone, Copy)]
pub enum Why<'w> {
    Argument(&'w str),
    Field(&'w str),
    Default(&'w str),
    Condition,
    Element,
    Key,
    Index,
    /// The `else` of a `let`.
    Handler,
    /// A `let` with a type, a constant with a type.
    Declared,
    Return,
    /// A clause or a bound, by its words.
    Clause(&'w str),
    Finding(&'w str),
}

impl Why<'_> {
    fn describe(self, wanted: &str) -> String {
        match self {
            Why::Argument(name) => format!("the argument `{name}` takes `{wanted}`"),
            Why::Field(name) => format!("the field `{name}` takes `{wanted}`"),
            Why::Default(name) => format!("`{name}` is of type `{wanted}`"),
            Why::Condition => "a condition is a `Bool`".to_owned(),
            Why::Element => format!("the elements are `{wanted}`"),
            Why::Key => format!("the keys are `{wanted}`"),
            Why::Index => format!("the index is `{wanted}`"),
            Why::Handler => format!("the `let` is of type `{wanted}`"),
            Why::Declared => format!("declared as `{wanted}`"),
            Why::Return => format!("the probe gives `{wanted}`"),
            Why::Clause(words) => format!("`{words}` takes `{wanted}`"),
            Why::Finding(name) => format!("the finding `{name}` takes `{wanted}` here"),
        }
    }
}

impl Elaborator<'_, '_> {
    /// The expression as one of the wanted type; says so if it cannot be.
    pub fn fit(&mut self, expr: Expr, wanted: &Type, why: Why<'_>) -> Expr {
        let expr = match json::is_wanted(Some(wanted)) && !is_optional(&expr.ty) {
            true => self.fit_json(expr, why),
            false => expr,
        };
        match convert(expr, wanted) {
            Ok(fitting) => fitting,
            Err(expr) => {
                self.say_mismatch(&expr, wanted, why);
                broken(expr.span)
            }
        }
    }

    /// Two expressions that must be of one type.
    pub fn same_type(&mut self, left: Expr, right: Expr, what: &str) -> (Expr, Expr) {
        let right = match convert(right, &left.ty) {
            Ok(right) => return (left, right),
            Err(right) => right,
        };
        let left = match convert(left, &right.ty) {
            Ok(left) => return (left, right),
            Err(left) => left,
        };
        let (a, b) = (self.type_name(&left.ty), self.type_name(&right.ty));
        let message = format!("{what} one type, not `{a}` and `{b}`");
        let label = format!("this is `{b}`");
        let found = Diagnostic::new(Code::TypeMismatch, message, right.span, label);
        let found = found.and(left.span, format!("this is `{a}`"));
        self.say(self.help_to_convert(found, &right, &left.ty));
        let right = broken(right.span);
        (broken(left.span), right)
    }

    pub fn say_mismatch(&mut self, expr: &Expr, wanted: &Type, why: Why<'_>) {
        let (want, have) = (self.type_name(wanted), self.type_name(&expr.ty));
        let message = format!("expected `{want}`, found `{have}`");
        let found = Diagnostic::new(Code::TypeMismatch, message, expr.span, why.describe(&want));
        self.say(self.help_to_convert(found, expr, wanted));
    }

    /// The type as it is written.
    pub fn type_name(&self, ty: &Type) -> String {
        self.checker.type_name(ty)
    }

    /// `given f() -> none`: where nothing can be answered, no answer is meant.
    fn nothing_answered(&self, found: Diagnostic, span: Span) -> Diagnostic {
        let source = &self.checker.sources.source(span.source).text;
        let before = source.get(..span.start as usize).unwrap_or_default();
        match before.trim_end().strip_suffix("->") {
            Some(answered) if self.place == Place::Test => {
                let whole = Span::new(span.source, answered.len(), span.end as usize);
                found
                    .help("that nothing is answered is said with `no_data`; only a type with `?` can be `none`")
                    .fix("write `no_data`", whole, "no_data")
            }
            _ => found.help("only a type with `?` can be `none`"),
        }
    }

    /// The type as it is written, with its article.
    pub fn type_with_article(&self, ty: &Type) -> String {
        self.checker.type_with_article(ty)
    }

    /// Says how to get from the one type to the other, where there is a way.
    fn help_to_convert(&self, found: Diagnostic, expr: &Expr, wanted: &Type) -> Diagnostic {
        let plain = match wanted {
            Type::Optional(inner) => inner,
            wanted => wanted,
        };
        if let Some(found) = self.without_quotes(&found, expr, plain) {
            return found;
        }
        let written = self.checker.text(expr.span);
        match (&expr.ty, plain) {
            (Type::Float | Type::Int | Type::Percent, _) if is_counted(plain) => {
                self.number_to_convert(found, expr, plain)
            }
            (Type::Optional(_), _) => {
                found.help("there may be nothing: take it apart first, with `if x is some y` or `match`")
            }
            (Type::NoneLiteral, _) => self.nothing_answered(found, expr.span),
            (Type::Text, Type::List(inner)) if matches!(**inner, Type::Text) => {
                listed_words(found, expr, self.checker.text(expr.span))
            }
            (Type::Duration, Type::Time) => self.moment(found, expr),
            (Type::Text, Type::Time) if self.place == Place::Test && written.ends_with(" ago\"") => {
                let right = written.trim_matches('"');
                let found = found.help("a time stands without quotes");
                found.fix("remove the quotes", expr.span, right)
            }
            (Type::Text, Type::PromQuery) => with_tag(found, expr, "promql"),
            (Type::Text, Type::Url) => with_tag(found, expr, "url"),
            (Type::Text, Type::Regex) => with_tag(found, expr, "re"),
            (Type::Text, Type::Cron) => with_tag(found, expr, "cron"),
            (Type::Text | Type::Int, Type::Target(id)) => self.looked_up(found, expr, *id),
            (_, Type::Json) => found.help(
                "a record, a map or a list is a `Json`: put it into one, `[\"text\": ...]`",
            ),
            (_, Type::Text) if matches!(expr.kind, ExprKind::Value(_)) => {
                in_quotes(found, expr, self.checker.text(expr.span))
            }
            (_, Type::Text) => {
                found.help("put it into a string: bind it with `let x = ...`, then write `\"${x}\"`")
            }
            (Type::Int, Type::Bool) if matches!(written, "0" | "1") => {
                let truth = if written == "1" { "true" } else { "false" };
                let found = found.help(format!("yes and no are `true` and `false`: `{truth}`"));
                found.fix(format!("write `{truth}`"), expr.span, truth)
            }
            (Type::List(_), _) if self.place == Place::Test => found.help(
                "answers come one after the other, not in a list: `9_000, then 200 once did k8s.scale`",
            ),
            (Type::List(of), Type::Bool) if innermost(of) == &Type::Bool => {
                found.help("a condition stands without brackets: `guard a == b`")
            }
            (Type::PromQuery, Type::Bool) => found.help(
                "a query is asked with `prom.value(...)`, and its answer is compared outside of it: `prom.value(promql\"up\") == 0`",
            ),
            (_, Type::Bool) => found.help(
                "nothing but a `Bool` is true or false: compare it, `x > 0`, `x is none`, `x is not empty`",
            ),
            (_, Type::Secret) => {
                found.help("declare it: `secret token = vault \"path\"`, and pass `token`")
            }
            _ => found,
        }
    }
}

impl Elaborator<'_, '_> {
    /// The same from one kind of number to another.
    fn number_to_convert(&self, found: Diagnostic, expr: &Expr, plain: &Type) -> Diagnostic {
        let written = self.checker.text(expr.span);
        let numeral = literal_digits(expr, written);
        match (&expr.ty, plain) {
            (Type::Float, Type::Percent) if expr.is_quotient() => {
                let text = format!("({}) as ratio", self.checker.text(expr.span));
                let found = found.help("a quotient is a `Float`; `as ratio` makes it a `Percent`");
                found.fix(format!("write `{text}`"), expr.span, text)
            }
            (Type::Float, Type::Percent) if matches!(expr.kind, ExprKind::Value(_)) => {
                let found = found.help("a share is written with `%`: `1.5%`");
                match operands::percent(written) {
                    Some(share) => found.fix(format!("write `{share}`"), expr.span, share),
                    None => found,
                }
            }
            (Type::Float, Type::Percent) => with_unit(found, expr, "ratio"),
            (Type::Float, Type::Duration) => with_unit(found, expr, "seconds"),
            (Type::Float, Type::Size) => with_unit(found, expr, "bytes"),
            (Type::Int, Type::Percent | Type::Duration | Type::Size) => {
                let (unit, units) = match plain {
                    Type::Percent => ("%", "`%`"),
                    Type::Duration if self.line_of(expr.span).starts_with("recurs ") => {
                        ("h", "a unit of time: `24h`, `7d`")
                    }
                    Type::Size => ("MiB", "a unit of size: `B`, `KiB`, `MiB`, `GiB`"),
                    // Sixty of them and more are seconds.
                    _ if self.is_long(expr.span)
                        && numeral.is_none_or(|digits| {
                            digits.len() < 2 || digits.len() == 2 && digits < "60"
                        }) =>
                    {
                        ("m", "a unit of time: `5m`, `30s`, `2h`")
                    }
                    _ => ("s", "a unit of time: `ms`, `s`, `m`, `h`, `d`"),
                };
                let found = found.help(format!("the number needs {units}"));
                match numeral {
                    Some(digits) if unit != "MiB" => {
                        let text = format!("{digits}{unit}");
                        found.fix(format!("write `{text}`"), expr.span, text)
                    }
                    _ => found,
                }
            }
            (Type::Int, Type::Float) => {
                found.help("an `Int` does not become a `Float` by itself: multiply it, `1.0 * n`")
            }
            (Type::Float, Type::Int) if self.place == Place::Clause => found.help(
                "what is constant is computed by operators alone: write the whole number itself",
            ),
            (Type::Float, Type::Int) => self.whole_number(found, expr),
            (Type::Percent, Type::Int) => found.help(
                "a `Percent` times a number is a `Percent`: a share of a count is `ceil(1.2 * n)`",
            ),
            _ => found,
        }
    }

    /// `10m` where a moment is wanted: how long ago it was.
    fn moment(&self, found: Diagnostic, expr: &Expr) -> Diagnostic {
        let ago = self.checker.text(expr.span).trim_start_matches('-');
        let moment = match self.place {
            Place::Test => format!("{ago} ago"),
            Place::Clause
            | Place::Fn
            | Place::Watch
            | Place::Probe
            | Place::Action
            | Place::Diagnose
            | Place::Remedy
            | Place::Steps
            | Place::Otherwise => format!("now() - {ago}"),
        };
        let found = found.help(format!("a moment is wanted: `{moment}`"));
        match ago.starts_with(|first: char| first.is_ascii_digit()) {
            true => found.fix(format!("write `{moment}`"), expr.span, moment),
            false => found,
        }
    }

    /// Whether the time behind these words is one of minutes rather than of seconds.
    fn is_long(&self, span: Span) -> bool {
        let source = &self.checker.sources.source(span.source).text;
        let before = source.get(..span.start as usize).unwrap_or_default();
        let word = before.split_whitespace().next_back();
        // A change takes seconds, and the proof of it minutes.
        let change = self.line_of(span).starts_with("do ");
        match word {
            Some("within") => !change,
            Some("holding" | "fresh" | "patience" | "after" | "for") => true,
            _ => false,
        }
    }

    /// The line up to this place, without its indentation.
    fn line_of(&self, span: Span) -> &str {
        let source = &self.checker.sources.source(span.source).text;
        let before = source.get(..span.start as usize).unwrap_or_default();
        before.lines().next_back().unwrap_or_default().trim_start()
    }

    /// Where a local got its name, and its value, if a `let` on one line gave it nothing else.
    fn let_value(&self, local: LocalId) -> Option<(Span, Span)> {
        let place = self.bound_at(local);
        let source = &self.checker.sources.source(place.source).text;
        let before = source.get(..place.start as usize)?;
        let rest = source.get(place.end as usize..)?.lines().next()?;
        let value = rest.trim_start().strip_prefix('=')?.trim();
        let plain =
            |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '"');
        let start = place.end as usize + rest.find(value)?;
        let is_let = before.trim_end().ends_with("let");
        (is_let && !value.is_empty() && value.chars().all(plain))
            .then(|| (place, Span::new(place.source, start, start + value.len())))
    }

    /// A text where a target is wanted: by what it is found.
    fn looked_up(&self, found: Diagnostic, expr: &Expr, id: TargetId) -> Diagnostic {
        let Some(lookup) = self.checker.package.targets[id.index()].lookup else {
            return found;
        };
        let lookup = &self.checker.package.externs[lookup.index()];
        let name = &lookup.name;
        let help = format!("a name or a number is not the thing itself: look it up with `{name}`");
        let (ExprKind::Local(local), [_]) = (&expr.kind, lookup.params.as_slice()) else {
            return found.help(help);
        };
        // The mistake is in the `let` that gave it its name.
        let Some((place, value)) = self.let_value(*local) else {
            return found.help(help);
        };
        let right = format!("{name}({})", self.checker.text(value));
        let found = found.and(place, NAMED_BY_LET);
        let found = found.help(format!(
            "{help}: `let {} = {right}`",
            self.checker.text(place)
        ));
        found.fix(format!("write `{right}`"), value, right)
    }

    /// `"5m"`, `"gold"`: what is meant without its quotes.
    fn without_quotes(&self, found: &Diagnostic, expr: &Expr, wanted: &Type) -> Option<Diagnostic> {
        let text = self.checker.text(expr.span);
        let name = self.type_name(wanted);
        let bare = match wanted {
            Type::Enum(id) => {
                let inner = text.strip_prefix('"')?.strip_suffix('"')?;
                let members = &self.checker.package.enums[id.index()].members;
                let member = members.iter().find(|member| member.as_str() == inner)?;
                format!("{name}.{member}")
            }
            wanted => bare::unquoted(expr, text, wanted)?.to_owned(),
        };
        let help = format!(
            "write {} without quotes: `{bare}`",
            self.checker.type_with_article(wanted)
        );
        let title = format!("write `{bare}`");
        Some(found.clone().help(help).fix(title, expr.span, bare))
    }

    /// Says how a fraction becomes whole; of a quotient of Ints the whole one is `div`.
    fn whole_number(&self, found: Diagnostic, expr: &Expr) -> Diagnostic {
        let sides = match &expr.kind {
            ExprKind::Binary { left, right, .. } if expr.is_quotient() => Some((left, right)),
            _ => None,
        };
        match sides {
            Some((left, right)) if left.ty == Type::Int => {
                let (left, right) = (self.checker.text(left.span), self.checker.text(right.span));
                let text = format!("div({left}, {right})");
                let found = found.help("`a / b` is a `Float`; `div(a, b)` is whole, toward zero");
                found.fix(format!("write `{text}`"), expr.span, text)
            }
            Some(_) | None => found.help(
                "a `Float` becomes an `Int` by `round(x)`, `floor(x)` or `ceil(x)`; `div(a, b)` divides whole numbers",
            ),
        }
    }
}

/// The expression as one of the wanted type, or unchanged if it cannot be.
pub fn convert(mut expr: Expr, wanted: &Type) -> Result<Expr, Expr> {
    if same(&expr.ty, wanted) {
        if is_broken(&expr.ty) && !matches!(wanted, Type::Error) {
            expr.ty = wanted.clone();
        }
        return Ok(expr);
    }
    match (&expr.ty, wanted) {
        (Type::EmptyList, Type::List(_)) | (Type::NoneLiteral, Type::Optional(_)) => {
            expr.ty = wanted.clone();
            Ok(expr)
        }
        (_, Type::Optional(inner)) => {
            let inner = convert(expr, inner)?;
            let span = inner.span;
            Ok(typed(ExprKind::Wrap(Box::new(inner)), wanted.clone(), span))
        }
        _ => Err(expr),
    }
}

fn is_optional(ty: &Type) -> bool {
    matches!(ty, Type::Optional(_) | Type::NoneLiteral)
}

/// The digits of a whole number that is written out.
fn literal_digits<'t>(expr: &Expr, text: &'t str) -> Option<&'t str> {
    let ExprKind::Value(Value::Int(_)) = expr.kind else {
        return None;
    };
    let is_digit = |byte: u8| byte.is_ascii_digit() || byte == b'_';
    text.bytes().all(is_digit).then_some(text)
}

fn with_unit(found: Diagnostic, expr: &Expr, unit: &str) -> Diagnostic {
    let found = found.help(format!("a number of a query gets its unit by `as {unit}`"));
    match expr.kind {
        ExprKind::Call(_) => found.fix(
            format!("add `as {unit}`"),
            expr.span.at_end(),
            format!(" as {unit}"),
        ),
        _ => found,
    }
}

fn with_tag(found: Diagnostic, expr: &Expr, tag: &str) -> Diagnostic {
    let found = found.help(format!(
        "it is checked when it is written: {tag}\"...\", with `${{name}}` for what varies"
    ));
    match expr.kind {
        ExprKind::Value(Value::Text(_)) => {
            found.fix(format!("add the tag `{tag}`"), expr.span.at_start(), tag)
        }
        _ => found,
    }
}

/// `1` where `"1"` is wanted.
fn in_quotes(found: Diagnostic, expr: &Expr, text: &str) -> Diagnostic {
    let found = found.help("a text stands in quotes");
    match text.contains(['"', '\\', '$', '\n']) {
        true => found,
        false => {
            let text = format!("\"{text}\"");
            found.fix(format!("write `{text}`"), expr.span, text)
        }
    }
}

/// `"a b"` where `["a", "b"]` is wanted.
fn listed_words(found: Diagnostic, expr: &Expr, text: &str) -> Diagnostic {
    let found =
        found.help("a list of texts, each word one of its own: `[\"app-control\", \"restart\"]`");
    let inner = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inner {
        // Quotes, escapes and holes do not fall apart at blanks.
        Some(inner) if !inner.trim().is_empty() && !inner.contains(['"', '\\', '$', '\'']) => {
            let words: Vec<String> = inner
                .split_whitespace()
                .map(|word| format!("\"{word}\""))
                .collect();
            let list = format!("[{}]", words.join(", "));
            found.fix(format!("write `{list}`"), expr.span, list)
        }
        _ => found,
    }
}

/// Whether it is a kind of number.
fn is_counted(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Int | Type::Float | Type::Percent | Type::Duration | Type::Size
    )
}

/// What a list of lists is of in the end.
fn innermost(mut ty: &Type) -> &Type {
    while let Type::List(of) = ty {
        ty = of;
    }
    ty
}
