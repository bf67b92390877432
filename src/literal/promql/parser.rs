//! The expressions of a query, with their types.
//!
//! In: tokens. Out: the positions of the holes, or the first problem. Builds no tree: what the
//! language needs to know of a query is that it is right, where values may be put, and what it says
//! in its canonical form.

use std::ops::Range;

use super::absence::{self, Absent, Side};
use super::canon::Forms;
use super::demand::Need;
use super::function;
use super::lexer::{Kind, Token};
use super::matching::fits;
use super::never::Never;
use super::operator::{is_trim, is_word};
use super::reach::Reach;
use super::selector::Selected;
use super::sum::Sum;
use super::{Problem, Yields, never, string};
use crate::diag::near::nearest;
use crate::literal::scan::STAND_IN;
use crate::literal::server::{LENGTHS_FOR_NUMBERS, QUOTED_NAMES, TRIMMED};
use crate::value::HolePosition;

/// How deep expressions may nest.
const NESTING: usize = 64;

/// Reads one query.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
    at: usize,
    pub(super) depth: usize,
    pub(super) positions: Vec<HolePosition>,
    /// The selectors so far, in the order of the text.
    pub(super) selected: Vec<Selected>,
    /// Where the holes stand.
    pub(super) holes: Vec<usize>,
    /// What fills each hole, as far as that is known: the same number is the same value.
    pub(super) filled: Vec<u32>,
    /// The canonical forms of what has been read.
    pub(super) forms: Forms,
    /// The first part that never answers, and why.
    pub(super) never: Option<(Range<usize>, Never)>,
    /// What not every server takes.
    pub(super) needs: Vec<Need>,
    /// The next selector may match everything.
    pub(super) is_lenient: bool,
}

/// An expression that has been read.
pub(super) struct Operand {
    pub yields: Yields,
    pub range: Range<usize>,
    pub form: Form,
    /// What it is where no series exists.
    pub absent: Absent,
    /// What it may answer.
    pub reach: Reach,
    /// What it adds up.
    pub sum: Sum,
    /// The labels that its series have at most, as far as that is known: none is one series.
    pub labels: Option<Vec<String>>,
    /// It answers whatever is there.
    pub always: bool,
}

impl Operand {
    /// One series without labels, or a number.
    pub fn is_single(&self) -> bool {
        self.labels.as_ref().is_some_and(Vec::is_empty)
    }
}

/// What may still follow an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `x{a="b"}`: a range, `offset` or `@` may follow.
    Selector,
    /// `x[5m]`: `offset` or `@` may follow.
    Ranged,
    /// `x[5m:]`: so they may.
    Subquery,
    Other,
}

impl<'a> Parser<'a> {
    /// A parser at the first token.
    pub fn new(text: &'a str, tokens: Vec<Token>) -> Parser<'a> {
        Parser {
            text,
            tokens,
            at: 0,
            depth: 0,
            positions: Vec::new(),
            selected: Vec::new(),
            holes: text.match_indices(STAND_IN).map(|(at, _)| at).collect(),
            filled: Vec::new(),
            forms: Forms::default(),
            never: None,
            needs: Vec::new(),
            is_lenient: false,
        }
    }

    /// The positions of the holes of a query, and what it needs.
    pub fn query(mut self) -> Result<(Vec<HolePosition>, Vec<Need>), Problem> {
        self.whole()?;
        Ok((self.positions, self.needs))
    }

    /// The whole query: something that gives a number for a moment, now and then.
    pub fn whole(&mut self) -> Result<Operand, Problem> {
        let whole = self.answer()?;
        if whole.reach.never {
            return Err(never::problem(self.never.take(), whole.range));
        }
        Ok(whole)
    }

    /// The whole query, be it one that never answers.
    pub fn answer(&mut self) -> Result<Operand, Problem> {
        if self.peek().kind == Kind::End {
            return Err(Problem::syntax(0..self.text.len(), "it is empty"));
        }
        let whole = self.expression(0)?;
        if self.peek().kind != Kind::End {
            return Err(self.goes_on());
        }
        match whole.yields {
            Yields::Scalar | Yields::Vector => Ok(whole),
            Yields::Samples => {
                let what = "it yields a range of samples, not a value for each series";
                let help = "say what to make of the samples: `rate(…)`, `max_over_time(…)`";
                Err(Problem::types(whole.range, what).help(help))
            }
            Yields::Text => Err(Problem::types(
                whole.range,
                "it yields a string, not a value",
            )),
        }
    }

    /// Operands with operators that bind at least as tightly as `least`.
    pub(super) fn expression(&mut self, least: u8) -> Result<Operand, Problem> {
        self.deeper()?;
        let mut left = self.signed()?;
        while let Some((operator, binding)) =
            self.operator().filter(|(_, binding)| *binding >= least)
        {
            let place = self.next().range;
            let modifiers = self.modifiers(operator, place.clone())?;
            if is_trim(operator) {
                self.need(place.clone(), format!("`{operator}`"), TRIMMED);
            }
            // Powers go from right to left, all others from left to right.
            let right = self.expression(if operator == "^" {
                binding
            } else {
                binding + 1
            })?;
            fits(operator, place, &modifiers, &left, &right)?;
            left = self.combined(operator, &modifiers, left, right);
        }
        self.depth -= 1;
        Ok(left)
    }

    pub(super) fn deeper(&mut self) -> Result<(), Problem> {
        self.depth += 1;
        if self.depth > NESTING {
            let place = self.peek().range.clone();
            let what = format!("it nests deeper than {NESTING} levels");
            return Err(Problem::syntax(place, what));
        }
        Ok(())
    }

    /// The operator at the current token and how tightly it binds.
    fn operator(&self) -> Option<(&'a str, u8)> {
        let word = self.word();
        let lower = word.to_ascii_lowercase();
        let binding = match lower.as_str() {
            "or" => 1,
            "and" | "unless" => 2,
            "==" | "!=" | "<" | "<=" | ">" | ">=" | "</" | ">/" => 3,
            "+" | "-" => 4,
            "*" | "/" | "%" | "atan2" => 5,
            "^" => 6,
            _ => return None,
        };
        Some((word, binding))
    }

    /// `-x`, `+x`: looser than a power, tighter than a product.
    fn signed(&mut self) -> Result<Operand, Problem> {
        if !(self.is("-") || self.is("+")) {
            return self.operand();
        }
        let sign = self.next();
        let negative = &self.text[sign.range.clone()] == "-";
        let operand = self.expression(6)?;
        if matches!(operand.yields, Yields::Samples | Yields::Text) {
            let what = format!("a sign before {}", operand.yields.noun());
            return Err(Problem::types(operand.range, what));
        }
        let range = sign.range.start..operand.range.end;
        Ok(Operand {
            reach: match negative {
                true => operand.reach.negated(),
                false => operand.reach,
            },
            sum: match negative {
                true => operand.sum.clone().scaled(-1.0),
                false => operand.sum.clone(),
            },
            range,
            form: Form::Other,
            absent: match negative {
                true => operand.absent.map(|number| -number),
                false => operand.absent,
            },
            ..operand
        })
    }

    fn operand(&mut self) -> Result<Operand, Problem> {
        let token = self.peek().clone();
        let written = &self.text[token.range.clone()];
        let operand = match token.kind {
            Kind::Number => {
                self.next();
                self.number_needs(&token, LENGTHS_FOR_NUMBERS);
                number(token.range, Absent::written(written))
            }
            Kind::Duration => {
                self.next();
                self.number_needs(&token, LENGTHS_FOR_NUMBERS);
                number(token.range, Absent::seconds(written))
            }
            Kind::Text => {
                self.next();
                self.no_holes(&token.range)?;
                self.text(token.range)
            }
            Kind::Word => self.named(token)?,
            Kind::Hole => {
                return Err(Problem::Hole(
                    token.range.start,
                    "would change the query itself",
                ));
            }
            Kind::Mark if self.is("{") => self.selector(token.range.start)?,
            Kind::Mark if self.is("(") => {
                self.next();
                let inner = self.expression(0)?;
                let end = self.expect(")")?.end;
                Operand {
                    range: token.range.start..end,
                    form: Form::Other,
                    ..inner
                }
            }
            Kind::Mark | Kind::End => {
                return Err(self.unexpected("a metric, a number or a function"));
            }
        };
        self.note_never(&operand, Never::NoNumber);
        self.suffixes(operand)
    }

    /// An aggregation, a function, a number or a metric: what a word begins.
    fn named(&mut self, token: Token) -> Result<Operand, Problem> {
        let name = &self.text[token.range.clone()];
        let start = token.range.start;
        self.next();
        let follows = |word: &str| word == "(" || is_word(word, "by") || is_word(word, "without");
        if let Some(parameter) = function::aggregation(name).filter(|_| follows(self.word())) {
            self.name_needs(&token);
            return self.aggregation(name, parameter, start);
        }
        if self.is("(") {
            let Some(function) = function::function(name) else {
                let what = format!("there is no function `{name}`");
                let problem = Problem::syntax(token.range, what);
                return Err(match nearest(name, function::names()) {
                    Some(meant) => problem
                        .help(format!("did you mean `{meant}`?"))
                        .instead(meant),
                    None => problem,
                });
            };
            self.name_needs(&token);
            return self.call(function, start);
        }
        if is_word(name, "inf") || is_word(name, "nan") {
            return Ok(number(token.range, Absent::written(name)));
        }
        let keywords = [
            "bool",
            "on",
            "ignoring",
            "group_left",
            "group_right",
            "atan2",
        ];
        if keywords.iter().any(|keyword| is_word(name, keyword)) {
            let what = format!("the keyword `{name}` stands where an operand is expected");
            return Err(Problem::syntax(token.range, what));
        }
        self.selector(start)
    }

    /// `(a, b)`: names of labels, in order and each once.
    pub(super) fn labels(&mut self) -> Result<Vec<String>, Problem> {
        let mut labels = Vec::new();
        if let Some(label) = self.bare_label() {
            return Err(label);
        }
        self.expect("(")?;
        while !self.is(")") {
            let token = self.peek().clone();
            match token.kind {
                Kind::Word
                    if ["without", "inf", "nan"]
                        .iter()
                        .any(|word| is_word(self.word(), word)) =>
                {
                    let what = format!("`{}` is not a name of a label here", self.word());
                    return Err(Problem::syntax(token.range, what).help("write it between quotes"));
                }
                Kind::Word if !self.word().contains(':') => {
                    labels.push(self.word().to_owned());
                    self.next();
                }
                Kind::Text => {
                    let label = string::text(self.word()).unwrap_or_default();
                    self.no_holes(&token.range)?;
                    if label.is_empty() {
                        return Err(self.unexpected("the name of a label"));
                    }
                    labels.push(label);
                    self.next();
                    self.quoted_needs(&token.range);
                }
                Kind::Word => {
                    labels.push(self.word().to_owned());
                    self.next();
                    let what = format!(
                        "`:` in the name of a label, `{}`,",
                        &self.text[token.range.clone()]
                    );
                    self.need(token.range, what, QUOTED_NAMES);
                }
                Kind::Hole => return Err(Problem::Hole(token.range.start, "would name a label")),
                Kind::Number | Kind::Duration | Kind::Mark | Kind::End => {
                    return Err(self.unexpected("the name of a label"));
                }
            }
            if !self.is(")") {
                self.expect(",")?;
            }
        }
        self.expect(")")?;
        labels.sort();
        labels.dedup();
        Ok(labels)
    }

    /// The current token.
    pub(super) fn peek(&self) -> &Token {
        let last = self.tokens.len().saturating_sub(1);
        &self.tokens[self.at.min(last)]
    }

    /// The text of the current token.
    pub(super) fn word(&self) -> &'a str {
        &self.text[self.peek().range.clone()]
    }

    /// Takes the current token.
    pub(super) fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    /// Where the token before the current one ends.
    pub(super) fn behind(&self) -> usize {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.map_or(0, |token| token.range.end)
    }

    /// Whether the token behind the current one is this operator or bracket.
    pub(super) fn is_behind(&self, mark: &str) -> bool {
        let behind = self.tokens.get(self.at + 1);
        behind.is_some_and(|token| {
            token.kind == Kind::Mark && self.text.get(token.range.clone()) == Some(mark)
        })
    }

    /// Whether the current token is this operator or bracket.
    pub(super) fn is(&self, mark: &str) -> bool {
        self.peek().kind == Kind::Mark && self.word() == mark
    }

    /// Takes the current token if it is this keyword.
    pub(super) fn takes_word(&mut self, keyword: &str) -> bool {
        let found = self.peek().kind == Kind::Word && is_word(self.word(), keyword);
        if found {
            self.next();
        }
        found
    }

    /// Whether nothing follows.
    pub(super) fn is_over(&self) -> bool {
        self.peek().kind == Kind::End
    }

    /// The last `(` before the end that no `)` closes.
    fn never_closed(&self) -> Option<Range<usize>> {
        let mut open = Vec::new();
        for token in &self.tokens {
            match &self.text[token.range.clone()] {
                "(" => open.push(token.range.clone()),
                ")" => {
                    open.pop();
                }
                _ => {}
            }
        }
        open.pop()
    }

    pub(super) fn expect(&mut self, mark: &str) -> Result<Range<usize>, Problem> {
        if mark == ")" && self.is_over() {
            let what = "this `(` is never closed: `)` is missing";
            return Err(match self.never_closed() {
                Some(open) => Problem::syntax(open, what),
                None => self.unexpected("`)`"),
            });
        }
        match self.is(mark) {
            true => Ok(self.next().range),
            false => Err(self.unclosed(self.unexpected(&format!("`{mark}`")), mark)),
        }
    }

    /// Says that something else was expected here.
    pub(super) fn unexpected(&self, expected: &str) -> Problem {
        self.expected(expected, self.peek())
    }

    /// Says that something else was expected than this token.
    pub(super) fn expected(&self, expected: &str, found: &Token) -> Problem {
        let place = found.range.clone();
        match found.kind {
            Kind::End => Problem::syntax(place, format!("it ends where {expected} is expected")),
            Kind::Hole => Problem::Hole(place.start, "would change the query itself"),
            Kind::Word | Kind::Number | Kind::Duration | Kind::Text | Kind::Mark => {
                let word = &self.text[place.clone()];
                Problem::syntax(place, format!("expected {expected}, found `{word}`"))
            }
        }
    }
}

/// A number that was written.
fn number(range: Range<usize>, absent: Absent) -> Operand {
    let reach = Reach::written(absent);
    Operand {
        yields: Yields::Scalar,
        range,
        form: Form::Other,
        absent,
        sum: Sum::number(reach.within.low),
        reach,
        labels: Some(Vec::new()),
        always: true,
    }
}

/// What both sides of an operator are where no series exists.
pub(super) fn absent_of(operator: &str, answers: bool, left: &Operand, right: &Operand) -> Absent {
    let side = |side: &Operand| Side {
        absent: side.absent,
        is_scalar: side.yields == Yields::Scalar,
    };
    absence::combined(operator, answers, side(left), side(right))
}
