//! Selectors: the metric, its matchers, and the range, offset and moment behind them.
//!
//! Here are all the places where a hole may stand: the value of a matcher, and a duration.

use std::ops::Range;

use regex::Regex;

use super::lexer::Kind;
use super::parser::{Form, Operand, Parser};
use super::{Problem, Yields};
use crate::literal::re::{check_pattern, holes_in_sets};
use crate::literal::scan::STAND_IN;
use crate::value::{HolePosition, Quote};

impl Parser<'_> {
    /// `{a="b", c=~"d"}` behind the metric that has been read, if any.
    pub(super) fn selector(&mut self, start: usize) -> Result<Operand, Problem> {
        let mut selects = self.behind() > start;
        if self.is("{") {
            let open = self.next().range;
            while !self.is("}") {
                selects |= self.matcher(selects)?;
                if !self.is("}") && !self.is(",") {
                    return Err(self.unexpected("`,` or `}`"));
                }
                if self.is(",") {
                    self.next();
                }
            }
            let end = self.expect("}")?.end;
            if !selects {
                let problem = Problem::types(open.start..end, "it selects every series there is");
                return Err(problem.help("name a metric, or match a label with a value"));
            }
        }
        Ok(Operand {
            yields: Yields::Vector,
            range: start..self.behind(),
            form: Form::Selector,
        })
    }

    /// One matcher, or the quoted name of a metric; whether it rules a series out.
    fn matcher(&mut self, named: bool) -> Result<bool, Problem> {
        let name = self.peek().clone();
        match name.kind {
            Kind::Word if !self.word().contains(':') => {}
            Kind::Text => self.no_holes(&name.range)?,
            Kind::Hole => return Err(Problem::Hole(name.range.start, "would name a label")),
            Kind::Word | Kind::Number | Kind::Duration | Kind::Mark | Kind::End => {
                return Err(self.unexpected("the name of a label"));
            }
        }
        self.next();
        let operator = self.word();
        if name.kind == Kind::Text && !named && (self.is(",") || self.is("}")) {
            return Ok(true);
        }
        if !["=", "!=", "=~", "!~"].contains(&operator) {
            return Err(match operator {
                "==" => self.unexpected("`=`").instead("="),
                _ => self.unexpected("`=`, `!=`, `=~` or `!~`"),
            });
        }
        self.next();
        let value = self.peek().clone();
        let is_pattern = operator.ends_with('~');
        match value.kind {
            Kind::Hole => {
                self.next();
                self.positions.push(position(is_pattern, Quote::Added));
                Ok(!operator.starts_with('!'))
            }
            Kind::Text => {
                self.next();
                self.value(&value.range, operator)
            }
            Kind::Word | Kind::Number | Kind::Duration | Kind::Mark | Kind::End => {
                let problem = self.unexpected("a string");
                Err(match value.kind {
                    Kind::Word | Kind::Number => {
                        let quoted = format!("'{}'", &self.text[value.range]);
                        problem
                            .help("the value of a label stands in quotes")
                            .instead(quoted)
                    }
                    Kind::Hole | Kind::Text | Kind::Duration | Kind::Mark | Kind::End => problem,
                })
            }
        }
    }

    /// The string of a matcher; whether it rules a series without the label out.
    fn value(&mut self, range: &Range<usize>, operator: &str) -> Result<bool, Problem> {
        let is_pattern = operator.ends_with('~');
        let quoted = &self.text[range.clone()];
        let string = unquoted(quoted, range.start)?;
        let quote = match quoted.as_bytes().first() {
            Some(b'\'') => Some(Quote::Single),
            Some(b'"') => Some(Quote::Double),
            Some(_) | None => None,
        };
        for (at, _) in quoted.match_indices(STAND_IN) {
            let Some(quote) = quote else {
                let label = "a string in backticks has no escapes";
                return Err(Problem::Hole(range.start + at, label));
            };
            self.positions.push(position(is_pattern, quote));
        }
        if is_pattern && !string.text.is_empty() {
            check_pattern(&string.text).map_err(|wrong| {
                let range = string.place(wrong.start)..string.place(wrong.end);
                let what = format!("the regular expression is not valid: {}", wrong.why);
                Problem::syntax(range, what)
            })?;
            if let Some(at) = holes_in_sets(&string.text).first() {
                return Err(Problem::Hole(
                    string.place(*at),
                    "inside a set of characters",
                ));
            }
        }
        let matches_empty = match is_pattern {
            true => {
                Regex::new(&format!("^(?:{})$", string.text)).is_ok_and(|regex| regex.is_match(""))
            }
            false => string.text.is_empty(),
        };
        Ok(matches_empty == operator.starts_with('!'))
    }

    /// `[5m]`, `[5m:1m]`, `offset 1h`, `@ end()`: what may follow an operand.
    pub(super) fn suffixes(&mut self, mut operand: Operand) -> Result<Operand, Problem> {
        loop {
            operand = if self.is("[") {
                self.range(operand)?
            } else if self.is("@") {
                let mark = self.next().range;
                self.shiftable(&operand, "@", mark)?;
                self.moment()?;
                operand
            } else if self.takes_word("offset") {
                let end = self.behind();
                self.shiftable(&operand, "offset", end - "offset".len()..end)?;
                if self.is("-") {
                    self.next();
                }
                self.duration("would not be a duration")?;
                operand
            } else {
                return Ok(operand);
            };
            operand.range.end = self.behind();
        }
    }

    /// `[5m]` makes samples of a selector, `[5m:1m]` of any instant vector.
    fn range(&mut self, operand: Operand) -> Result<Operand, Problem> {
        let open = self.expect("[")?;
        let length = self.peek().range.clone();
        if operand.yields != Yields::Vector {
            let what = format!("a range behind {}", operand.yields.noun());
            return Err(Problem::types(open, what));
        }
        if matches!(
            &self.text[length.clone()],
            "0s" | "0m" | "0h" | "0d" | "0ms" | "0"
        ) {
            return Err(Problem::types(length, "the range has no length"));
        }
        self.duration("would not be a duration")?;
        let is_subquery = self.is(":");
        if is_subquery {
            self.next();
            if !self.is("]") {
                self.duration("would not be a duration")?;
            }
        }
        let end = self.expect("]")?.end;
        if !is_subquery && operand.form != Form::Selector {
            let what = "a plain range goes behind a metric only";
            let help = format!("write a subquery: `[{}:]`", &self.text[length]);
            return Err(Problem::types(open.start..end, what).help(help));
        }
        Ok(Operand {
            yields: Yields::Samples,
            range: operand.range.start..end,
            form: Form::Ranged,
        })
    }

    /// A duration or a hole for one.
    fn duration(&mut self, label: &'static str) -> Result<(), Problem> {
        let token = self.peek().clone();
        match token.kind {
            Kind::Duration => {}
            Kind::Hole => self.positions.push(HolePosition::PromqlDuration),
            Kind::Number => {
                let text = self.word();
                let problem = self.unexpected("a duration");
                return Err(problem.help("say the unit").instead(format!("{text}s")));
            }
            Kind::Word | Kind::Text | Kind::Mark | Kind::End => {
                return Err(self.unexpected("a duration"));
            }
        }
        self.next();
        // `[5${unit}]`, `[${d}m]`: a hole is a duration of its own.
        let glued = self.peek().range.start == token.range.end;
        match self.peek().kind {
            Kind::Hole if glued => Err(Problem::Hole(self.peek().range.start, label)),
            Kind::Word | Kind::Number | Kind::Duration if glued && token.kind == Kind::Hole => {
                Err(Problem::Hole(token.range.start, label))
            }
            Kind::Hole
            | Kind::Word
            | Kind::Number
            | Kind::Duration
            | Kind::Text
            | Kind::Mark
            | Kind::End => Ok(()),
        }
    }

    /// What follows `@`: seconds since 1970, `start()` or `end()`.
    fn moment(&mut self) -> Result<(), Problem> {
        if self.is("-") || self.is("+") {
            self.next();
        }
        if self.takes_word("start") || self.takes_word("end") {
            self.expect("(")?;
            return self.expect(")").map(drop);
        }
        match self.peek().kind {
            Kind::Number => {
                self.next();
                Ok(())
            }
            Kind::Hole | Kind::Word | Kind::Duration | Kind::Text | Kind::Mark | Kind::End => {
                Err(self.unexpected("seconds since 1970, `start()` or `end()`"))
            }
        }
    }

    /// Only a selector or a range of samples can be moved in time.
    fn shiftable(&self, operand: &Operand, word: &str, place: Range<usize>) -> Result<(), Problem> {
        match operand.form {
            Form::Selector | Form::Ranged => Ok(()),
            Form::Other => {
                let what = format!("`{word}` goes behind a metric or a range of it");
                Err(Problem::types(place, what).help("move it inside the brackets"))
            }
        }
    }

    /// Refuses holes in a string that is not the value of a label.
    pub(super) fn no_holes(&self, range: &Range<usize>) -> Result<(), Problem> {
        match self.text[range.clone()].find(STAND_IN) {
            Some(at) => Err(Problem::Hole(range.start + at, "not the value of a label")),
            None => unquoted(&self.text[range.clone()], range.start).map(drop),
        }
    }
}

fn position(is_pattern: bool, quote: Quote) -> HolePosition {
    match is_pattern {
        true => HolePosition::PromqlPattern(quote),
        false => HolePosition::PromqlLabel(quote),
    }
}

/// A string without quotes and escapes, and the way back.
struct Unquoted {
    text: String,
    /// For each byte of `text`, and for its end, the place in the query.
    places: Vec<usize>,
}

impl Unquoted {
    fn place(&self, at: usize) -> usize {
        let last = self.places.last().copied().unwrap_or_default();
        self.places.get(at).copied().unwrap_or(last)
    }
}

/// Undoes the escapes of a string, which begins at `start` of the query.
fn unquoted(quoted: &str, start: usize) -> Result<Unquoted, Problem> {
    let mut string = Unquoted {
        text: String::new(),
        places: Vec::new(),
    };
    let quote = quoted.chars().next().unwrap_or('"');
    let inner = quoted.get(1..quoted.len() - 1).unwrap_or_default();
    let mut at = 0;
    while let Some(character) = inner[at..].chars().next() {
        let (meant, length) = match character {
            '\\' if quote != '`' => {
                let place = start + 1 + at;
                escape(&inner[at..], quote).ok_or_else(|| unknown_escape(&inner[at..], place))?
            }
            plain => (plain, plain.len_utf8()),
        };
        string.text.push(meant);
        string
            .places
            .extend(std::iter::repeat_n(start + 1 + at, meant.len_utf8()));
        at += length;
    }
    string.places.push(start + 1 + at);
    Ok(string)
}

/// The character that an escape stands for, and the length of the escape.
fn escape(text: &str, quote: char) -> Option<(char, usize)> {
    let digits = |count: usize, radix: u32| {
        let from = if radix == 8 { 1 } else { 2 };
        let code = u32::from_str_radix(text.get(from..from + count)?, radix).ok()?;
        Some((char::from_u32(code)?, from + count))
    };
    match text[1..].chars().next()? {
        'a' => Some(('\u{07}', 2)),
        'b' => Some(('\u{08}', 2)),
        'f' => Some(('\u{0c}', 2)),
        'n' => Some(('\n', 2)),
        'r' => Some(('\r', 2)),
        't' => Some(('\t', 2)),
        'v' => Some(('\u{0b}', 2)),
        '\\' => Some(('\\', 2)),
        'x' => digits(2, 16),
        'u' => digits(4, 16),
        'U' => digits(8, 16),
        '0'..='7' => digits(3, 8),
        same if same == quote => Some((quote, 2)),
        _ => None,
    }
}

fn unknown_escape(text: &str, place: usize) -> Problem {
    let escape: String = text.chars().take(2).collect();
    let problem = Problem::syntax(
        place..place + escape.len(),
        format!("`{escape}` is no escape of a string"),
    );
    let problem = problem.help("a backslash that is meant for the pattern is written twice");
    problem.instead(format!("\\{escape}"))
}
