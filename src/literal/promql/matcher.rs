//! Selectors: the metric, its matchers, and the range, offset and moment behind them.
//!
//! Here are all the places where a hole may stand: the value of a matcher, and a duration.

use std::ops::Range;

use super::absence::Absent;
use super::call::EXTENSIONS;
use super::canon::{Filled, Length, Matcher, Node, Pinned};
use super::lexer::{Kind, number_of};
use super::parser::{Form, Operand, Parser};
use super::reach::{Reach, Within};
use super::selector::{Moment, Selected, millis};
use super::string::{self, Unquoted, unquoted};
use super::sum::Sum;
use super::{Problem, Yields};
use crate::literal::re::check_pattern;
use crate::literal::scan::STAND_IN;
use crate::literal::server::{EXTENDED_RANGES, LENGTHS_FOR_NUMBERS};
use crate::value::{HolePosition, Quote};

impl Parser<'_> {
    /// `{a="b", c=~"d"}` behind the metric that has been read, if any.
    pub(super) fn selector(&mut self, start: usize) -> Result<Operand, Problem> {
        let named = self.behind() > start;
        let mut selects = named | std::mem::take(&mut self.is_lenient);
        let mut matchers = Vec::new();
        if named {
            let name = self.text[start..self.behind()].to_owned();
            matchers.push(name_of(name));
        }
        if self.is("{") {
            let open = self.next().range;
            while !self.is("}") {
                selects |= self.matcher(named, &mut matchers)?;
                if self.is(")") || self.is_over() {
                    let what = "this `{` is never closed: `}` is missing";
                    return Err(Problem::syntax(start..open.end, what));
                }
                if !self.is("}") && !self.is(",") {
                    let at = self.peek().range.start;
                    let put_together = super::habits::without_quotes(self.text, at);
                    return Err(put_together.unwrap_or_else(|| self.unexpected("`,` or `}`")));
                }
                if self.is(",") {
                    self.next();
                }
            }
            let end = self.expect("}")?.end;
            if !selects {
                let problem = Problem::types(
                    open.start..end,
                    "no matcher asks for a value, so it selects series of any kind",
                );
                return Err(problem.help("name a metric, or match a label with a value"));
            }
        }
        let range = start..self.behind();
        self.selected.push(Selected::new(range.clone()));
        matchers.sort();
        matchers.dedup();
        let key = self.forms.put(Node::Selector(matchers), Within::ALL, true);
        Ok(Operand {
            yields: Yields::Vector,
            range,
            form: Form::Selector,
            absent: Absent::Nothing,
            reach: Reach::ALL,
            sum: Sum::of(key),
            labels: None,
            always: false,
        })
    }

    /// One matcher, or the quoted name of a metric; whether it rules a series out.
    fn matcher(&mut self, named: bool, matchers: &mut Vec<Matcher>) -> Result<bool, Problem> {
        let name = self.peek().clone();
        match name.kind {
            Kind::Word if !self.word().contains(':') => {}
            Kind::Text => self.no_holes(&name.range)?,
            Kind::Hole => return Err(Problem::Hole(name.range.start, "would name a label")),
            Kind::Word if self.word().ends_with(':') && self.word().len() > 1 => {
                let label = self.word().trim_end_matches(':').to_owned();
                let problem = self.unexpected("the name of a label");
                let problem = problem.help("a matcher is written with `=`: `up{job='a'}`");
                return Err(problem.instead(format!("{label}=")));
            }
            Kind::Word | Kind::Number | Kind::Duration | Kind::Mark | Kind::End => {
                return Err(self.unexpected("the name of a label"));
            }
        }
        self.next();
        if named && &self.text[name.range.clone()] == "__name__" {
            return Err(Problem::types(name.range, "the metric is named twice"));
        }
        let operator = self.word();
        let label = match name.kind {
            Kind::Text => string::text(&self.text[name.range.clone()]).unwrap_or_default(),
            _ => self.text[name.range.clone()].to_owned(),
        };
        if name.kind == Kind::Text {
            self.quoted_needs(&name.range);
        }
        if name.kind == Kind::Text && !named && (self.is(",") || self.is("}")) {
            let selects = !label.is_empty();
            matchers.push(name_of(label));
            return Ok(selects);
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
        matchers.push(self.canonical(label, operator, &value.range));
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
                let rest = &self.text[value.range.start..];
                if let Some(problem) = super::lexer::placeholder(rest, value.range.start) {
                    return Err(problem);
                }
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

    /// A matcher in its canonical form: quotes say nothing, and a pattern of plain letters is a text.
    fn canonical(&mut self, label: String, operator: &str, value: &Range<usize>) -> Matcher {
        let written = &self.text[value.clone()];
        let text = string::text(written).filter(|_| !written.starts_with(STAND_IN));
        let text = text.unwrap_or_else(|| written.to_owned());
        let is_plain =
            |letter: char| letter.is_alphanumeric() || matches!(letter, STAND_IN | '_' | '-' | ' ');
        Matcher {
            label,
            operator: match (operator, text.chars().all(is_plain)) {
                ("=", _) | ("=~", true) => "=",
                ("!=", _) | ("!~", true) => "!=",
                ("=~", false) => "=~",
                _ => "!~",
            },
            value: Filled {
                text,
                holes: self.fills_in(value),
            },
        }
    }

    /// The string of a matcher; whether it rules a series without the label out.
    fn value(&mut self, range: &Range<usize>, operator: &str) -> Result<bool, Problem> {
        let is_pattern = operator.ends_with('~');
        let quoted = &self.text[range.clone()];
        let string = unquoted(quoted, range.start)?;
        if is_pattern && string.is_broken {
            let what = "the pattern is not text: its bytes are not UTF-8";
            return Err(Problem::syntax(range.clone(), what));
        }
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
        let matches_empty = match is_pattern && !string.text.is_empty() {
            true => self.pattern(&string)?,
            false => string.text.is_empty(),
        };
        Ok(matches_empty == operator.starts_with('!'))
    }

    /// The pattern of a matcher; whether it matches the empty text.
    fn pattern(&self, string: &Unquoted) -> Result<bool, Problem> {
        let pattern = check_pattern(&string.text).map_err(|wrong| {
            let range = string.place(wrong.range.start)..string.place(wrong.range.end);
            let what = format!("the pattern is not a regular expression: {}", wrong.why);
            if string.text[wrong.range.start..].starts_with(STAND_IN) {
                return Problem::Hole(range.start, "not the place of a character");
            }
            let problem = Problem::syntax(range, what);
            match wrong.help {
                Some(help) => problem.help(help),
                None => problem,
            }
        })?;
        match pattern.holes_in_sets.first() {
            Some(at) => Err(Problem::Hole(
                string.place(*at),
                "inside a set of characters",
            )),
            None => Ok(pattern.takes_nothing()),
        }
    }

    /// `[5m]`, `[5m:1m]`, `offset 1h`, `@ end()`: what may follow an operand.
    pub(super) fn suffixes(&mut self, mut operand: Operand) -> Result<Operand, Problem> {
        let mut moved = Moved::default();
        self.each_selected(&operand, Selected::enclose);
        loop {
            let place = self.peek().range.clone();
            if self.is("[") {
                self.moves(&mut operand, moved);
                operand = self.range(operand, moved)?;
                moved = Moved::default();
            } else if self.is("@") {
                self.next();
                self.movable(&operand, "@", moved.at.is_some(), place)?;
                let moment = self.moment()?;
                self.each_selected(&operand, |selected| selected.pin(moment));
                moved.at = Some(moment);
            } else if self.takes_word("offset") {
                self.movable(&operand, "offset", moved.back.is_some(), place)?;
                let shift = self.offset_length()?;
                self.each_selected(&operand, |selected| selected.shift(shift.millis()));
                moved.back = Some(shift);
            } else if let Some(word) = self.extension() {
                self.next();
                self.extended(&mut operand, word, place)?;
            } else {
                self.moves(&mut operand, moved);
                return Ok(operand);
            }
            operand.range.end = self.behind();
        }
    }

    /// `anchored` or `smoothed`, if it stands here.
    fn extension(&self) -> Option<&'static str> {
        let is_word = self.peek().kind == Kind::Word;
        EXTENSIONS
            .into_iter()
            .find(|word| is_word && self.word().eq_ignore_ascii_case(word))
    }

    /// The samples at the ends of a range are made up.
    fn extended(
        &mut self,
        operand: &mut Operand,
        word: &'static str,
        place: Range<usize>,
    ) -> Result<(), Problem> {
        if !matches!(operand.form, Form::Selector | Form::Ranged) {
            let what = format!("`{word}` goes behind a metric or a range of it");
            return Err(Problem::types(place, what));
        }
        let of = self.forms.key(&operand.sum);
        if matches!(self.forms.node(of), Some(Node::Call { .. })) {
            let what = "`anchored` and `smoothed` do not go together, and each stands once";
            return Err(Problem::types(place, what));
        }
        self.need(place, format!("`{word}`"), EXTENDED_RANGES);
        let fresh = self.forms.has_fresh(&operand.sum);
        let node = Node::Call {
            name: word,
            args: vec![of],
        };
        operand.sum = Sum::of(self.forms.put(node, operand.reach.within, fresh));
        Ok(())
    }

    /// What is moved to another moment is something else. No time at all moves nothing.
    fn moves(&mut self, operand: &mut Operand, moved: Moved) {
        let back = moved.back.unwrap_or(Length::Millis(0));
        if back == Length::Millis(0) && moved.at.is_none() {
            return;
        }
        let of = self.forms.key(&operand.sum);
        let at = moved.at.map(|at| match at {
            Moment::Millis(millis) => Pinned::Millis(millis),
            Moment::Start => Pinned::Start,
            Moment::End => Pinned::End,
        });
        let node = Node::Moved { of, back, at };
        operand.sum = Sum::of(self.forms.put(node, operand.reach.within, false));
    }

    /// Tells something to every selector within the operand.
    fn each_selected(&mut self, operand: &Operand, tell: impl Fn(&mut Selected)) {
        let start = operand.range.start;
        let within = self.selected.iter_mut().rev();
        within
            .take_while(|selected| selected.range.start >= start)
            .for_each(tell);
    }

    /// `[5m]` makes samples of a selector, `[5m:1m]` of any instant vector.
    fn range(&mut self, operand: Operand, moved: Moved) -> Result<Operand, Problem> {
        let open = self.expect("[")?;
        let length = self.peek().range.clone();
        if operand.yields != Yields::Vector {
            let what = format!("a range behind {}", operand.yields.noun());
            return Err(Problem::types(open, what));
        }
        let reach = self.range_length()?;
        let length = length.start..self.behind();
        let is_subquery = self.is(":");
        let mut step = None;
        if is_subquery {
            self.next();
            if !self.is("]") {
                step = Some(self.range_length()?);
            }
        }
        let end = self.expect("]")?.end;
        let place = open.start..end;
        if !is_subquery && operand.form != Form::Selector {
            let what = "a plain range goes behind a metric only";
            let help = format!("write a subquery: `[{}:]`", &self.text[length]);
            return Err(Problem::types(place, what).help(help));
        }
        if !is_subquery && (moved.back.is_some() || moved.at.is_some()) {
            let what = "the range goes before `offset` and `@`";
            return Err(Problem::types(place, what).help("write `x[5m] offset 1h`"));
        }
        self.each_selected(&operand, |selected| {
            selected.enclose();
            selected.extend(reach.millis());
        });
        let fresh = self.forms.has_fresh(&operand.sum);
        let node = Node::Samples {
            of: self.forms.key(&operand.sum),
            length: reach,
            step: is_subquery.then_some(step),
        };
        Ok(Operand {
            yields: Yields::Samples,
            range: operand.range.start..end,
            form: match is_subquery {
                true => Form::Subquery,
                false => Form::Ranged,
            },
            sum: Sum::of(self.forms.put(node, operand.reach.within, fresh)),
            ..operand
        })
    }

    /// What follows `@`: seconds since 1970, `start()` or `end()`.
    fn moment(&mut self) -> Result<Moment, Problem> {
        let before = self.is("-");
        let is_signed = before || self.is("+");
        if is_signed {
            self.next();
        }
        for (word, moment) in [("start", Moment::Start), ("end", Moment::End)] {
            if !is_signed && self.takes_word(word) {
                self.expect("(")?;
                return self.expect(")").map(|_| moment);
            }
        }
        match self.peek().kind {
            Kind::Number | Kind::Duration => {
                let token = self.next();
                self.number_needs(&token, LENGTHS_FOR_NUMBERS);
                let written = &self.text[token.range.clone()];
                let seconds = match token.kind == Kind::Duration {
                    true => millis(written) as f64 / 1_000.0,
                    false => number_of(written).unwrap_or_default(),
                };
                if seconds >= i64::MAX as f64 {
                    return Err(Problem::types(token.range, "no time is that late"));
                }
                let seconds = if before { -seconds } else { seconds };
                Ok(Moment::Millis((seconds * 1000.0) as i64))
            }
            Kind::Hole | Kind::Word | Kind::Text | Kind::Mark | Kind::End => {
                Err(self.unexpected("seconds since 1970, `start()` or `end()`"))
            }
        }
    }

    /// Only a selector or a range of samples can be moved in time, and only once.
    fn movable(
        &self,
        operand: &Operand,
        word: &str,
        again: bool,
        place: Range<usize>,
    ) -> Result<(), Problem> {
        if again {
            return Err(Problem::types(place, format!("a second `{word}`")));
        }
        match operand.form {
            Form::Selector | Form::Ranged | Form::Subquery => Ok(()),
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

/// What has been said of the moment so far.
#[derive(Clone, Copy, Default)]
struct Moved {
    back: Option<Length>,
    at: Option<Moment>,
}

/// The matcher that a metric's name is.
fn name_of(name: String) -> Matcher {
    Matcher {
        label: "__name__".to_owned(),
        operator: "=",
        value: Filled {
            text: name,
            holes: Vec::new(),
        },
    }
}

fn position(is_pattern: bool, quote: Quote) -> HolePosition {
    match is_pattern {
        true => HolePosition::PromqlPattern(quote),
        false => HolePosition::PromqlLabel(quote),
    }
}
