//! A query as a tree, for those who judge how it is written.
//!
//! In: a query that was checked, as it stands in the source. Out: its parts with their places. What is no query
//! gives nothing; nothing is said here of what is wrong.

use std::ops::Range;

use super::lexer::{self, Kind, Token};
use super::{function, selector, string};
use crate::literal::scan::Literal;
use crate::text::Span;
use crate::value::Tag;

/// How deep expressions may nest: as deep as where they are checked.
const NESTING: usize = 64;
/// How many operators and ranges a query has at most: each makes the tree deeper by one, and it is walked in depth.
const LINKS: usize = 1_000;

/// A query with its text.
pub struct Tree {
    pub root: Node,
    literal: Literal,
}

/// A part of a query, and where it stands in its text.
#[derive(Debug)]
pub struct Node {
    pub kind: Form,
    pub range: Range<usize>,
}

/// The forms of a part.
#[derive(Debug)]
pub enum Form {
    Number(Option<f64>),
    Text,
    Selector(Metric),
    /// `x[5m]`, `(…)[30m:1m]`
    Ranged {
        of: Box<Node>,
        /// In milliseconds; none where a hole says it, or it is computed.
        back: Option<i64>,
        /// Where the length of time stands.
        length: Range<usize>,
        is_subquery: bool,
    },
    Call {
        name: String,
        args: Vec<Node>,
    },
    Aggregation {
        name: String,
        grouping: Grouping,
        args: Vec<Node>,
    },
    Negated(Box<Node>),
    Binary {
        operator: String,
        /// `on` or `ignoring` says which series meet.
        is_matched: bool,
        left: Box<Node>,
        right: Box<Node>,
    },
    Paren(Box<Node>),
}

/// Which labels an aggregation keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grouping {
    None,
    By(Vec<String>),
    Without(Vec<String>),
}

/// A metric and the matchers of its labels.
#[derive(Debug)]
pub struct Metric {
    /// Empty where only a matcher names it.
    pub name: String,
    pub matchers: Vec<Matcher>,
}

/// `pod=~"web-.*"`
#[derive(Debug)]
pub struct Matcher {
    pub label: String,
    pub operator: String,
    pub operator_at: Range<usize>,
    /// Without quotes and escapes; none where a hole stands in it.
    pub value: Option<String>,
    pub value_at: Range<usize>,
}

/// A length of time as queries and rules write it, in milliseconds.
pub fn millis(text: &str) -> Option<i64> {
    let ends = text.ends_with(['s', 'm', 'h', 'd', 'w', 'y']);
    ends.then(|| selector::millis(text))
}

impl Tree {
    /// The query between the quotes of a literal, which `span` covers.
    pub fn of(raw: &str, span: Span) -> Option<Tree> {
        let literal = Literal::scan(Tag::Promql, raw, span);
        let tokens = lexer::tokens(&literal.text).ok()?;
        let mut reader = Reader {
            text: &literal.text,
            tokens,
            at: 0,
            depth: 0,
            links: 0,
        };
        let root = reader.expression(0)?;
        Some(Tree { root, literal })
    }

    /// The query that a text is, which stands in no source.
    pub fn read(text: &str) -> Option<Node> {
        let mut reader = Reader {
            tokens: lexer::tokens(text).ok()?,
            text,
            at: 0,
            depth: 0,
            links: 0,
        };
        reader.expression(0)
    }

    /// The place of a part in the source.
    pub fn span(&self, range: &Range<usize>) -> Span {
        self.literal.span(range.start, range.end)
    }
}

impl Node {
    /// What stands in all parentheses around it.
    pub fn bare(&self) -> &Node {
        match &self.kind {
            Form::Paren(inside) => inside.bare(),
            _ => self,
        }
    }

    /// Calls `visit` with the part and all below it, outermost first.
    pub fn for_each<'n>(&'n self, visit: &mut dyn FnMut(&'n Node)) {
        visit(self);
        match &self.kind {
            Form::Number(_) | Form::Text | Form::Selector(_) => {}
            Form::Ranged { of, .. } => of.for_each(visit),
            Form::Call { args, .. } | Form::Aggregation { args, .. } => {
                args.iter().for_each(|arg| arg.for_each(visit));
            }
            Form::Negated(inside) | Form::Paren(inside) => inside.for_each(visit),
            Form::Binary { left, right, .. } => {
                left.for_each(visit);
                right.for_each(visit);
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    links: usize,
}

impl Reader<'_> {
    fn word(&self) -> &str {
        match self.tokens.get(self.at) {
            Some(token) => self.text.get(token.range.clone()).unwrap_or_default(),
            None => "",
        }
    }

    fn kind(&self) -> Kind {
        self.tokens
            .get(self.at)
            .map_or(Kind::End, |token| token.kind)
    }

    fn next(&mut self) -> Option<Range<usize>> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token.range.clone())
    }

    /// The end of what was read last.
    fn end(&self) -> usize {
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        last.map_or(0, |token| token.range.end)
    }

    fn takes(&mut self, word: &str) -> bool {
        let takes = self.word().eq_ignore_ascii_case(word);
        self.at += usize::from(takes);
        takes
    }

    /// One operator more, if there may be.
    fn link(&mut self) -> Option<()> {
        self.links += 1;
        (self.links <= LINKS).then_some(())
    }

    fn expression(&mut self, least: u8) -> Option<Node> {
        self.depth += 1;
        if self.depth > NESTING {
            return None;
        }
        let mut left = self.signed()?;
        while let Some(binding) = binding(self.word()).filter(|binding| *binding >= least) {
            let operator = self.word().to_ascii_lowercase();
            self.link()?;
            self.next();
            self.takes("bool");
            let is_matched = self.takes("on") || self.takes("ignoring");
            if is_matched {
                self.labels()?;
                if (self.takes("group_left") || self.takes("group_right")) && self.word() == "(" {
                    self.labels()?;
                }
            }
            for _ in 0..2 {
                let fills = ["fill", "fill_left", "fill_right"];
                if fills
                    .iter()
                    .any(|word| self.word().eq_ignore_ascii_case(word))
                    && self.behind_is("(")
                {
                    self.next();
                    self.closed()?;
                }
            }
            let right = self.expression(match operator.as_str() {
                "^" => binding,
                _ => binding + 1,
            })?;
            left = Node {
                range: left.range.start..right.range.end,
                kind: Form::Binary {
                    operator,
                    is_matched,
                    left: Box::new(left),
                    right: Box::new(right),
                },
            };
        }
        self.depth -= 1;
        Some(left)
    }

    fn signed(&mut self) -> Option<Node> {
        if !matches!(self.word(), "+" | "-") {
            let operand = self.operand()?;
            return self.suffixes(operand);
        }
        let start = self.next()?.start;
        // A power binds more tightly than a sign.
        let inside = self.expression(6)?;
        Some(Node {
            range: start..inside.range.end,
            kind: Form::Negated(Box::new(inside)),
        })
    }

    fn operand(&mut self) -> Option<Node> {
        let start = self.tokens.get(self.at)?.range.start;
        let kind = match self.kind() {
            Kind::Number | Kind::Duration => {
                let range = self.next()?;
                Form::Number(lexer::number_of(self.text.get(range)?))
            }
            Kind::Text => {
                self.next();
                Form::Text
            }
            Kind::Mark if self.word() == "(" => {
                self.next();
                let inside = self.expression(0)?;
                self.takes(")").then_some(Form::Paren(Box::new(inside)))?
            }
            Kind::Mark if self.word() == "{" => self.selector(String::new())?,
            Kind::Word => self.named()?,
            Kind::Hole | Kind::Mark | Kind::End => return None,
        };
        Some(Node {
            kind,
            range: start..self.end(),
        })
    }

    fn named(&mut self) -> Option<Form> {
        let range = self.next()?;
        let name = self.text.get(range)?.to_owned();
        let lower = name.to_ascii_lowercase();
        if function::aggregation(&name).is_some()
            && (self.word() == "(" || matches!(self.word(), "by" | "without" | "BY" | "WITHOUT"))
        {
            let mut grouping = self.grouping()?;
            let args = self.arguments()?;
            if grouping == Grouping::None {
                grouping = self.grouping()?;
            }
            return Some(Form::Aggregation {
                name: lower,
                grouping,
                args,
            });
        }
        if self.word() == "(" {
            let args = self.arguments()?;
            return Some(Form::Call { name, args });
        }
        if matches!(lower.as_str(), "inf" | "nan") && self.word() != "{" {
            return Some(Form::Number(lower.parse().ok()));
        }
        self.selector(name)
    }

    fn grouping(&mut self) -> Option<Grouping> {
        Some(if self.takes("by") {
            Grouping::By(self.labels()?)
        } else if self.takes("without") {
            Grouping::Without(self.labels()?)
        } else {
            Grouping::None
        })
    }

    fn labels(&mut self) -> Option<Vec<String>> {
        self.takes("(").then_some(())?;
        let mut labels = Vec::new();
        while !self.takes(")") {
            let range = self.next()?;
            let label = self.text.get(range)?;
            if label != "," {
                labels.push(label.trim_matches(['"', '\'']).to_owned());
            }
        }
        labels.sort();
        Some(labels)
    }

    fn arguments(&mut self) -> Option<Vec<Node>> {
        self.takes("(").then_some(())?;
        let mut args = Vec::new();
        while !self.takes(")") {
            args.push(self.expression(0)?);
            if self.word() != ")" {
                self.takes(",").then_some(())?;
            }
        }
        Some(args)
    }

    fn selector(&mut self, mut name: String) -> Option<Form> {
        let mut matchers = Vec::new();
        if self.takes("{") {
            while !self.takes("}") {
                let label = self.next()?;
                let label = self.text.get(label)?.trim_matches(['"', '\'']).to_owned();
                if matches!(self.word(), "," | "}") {
                    // `{"up"}`: a metric in quotes.
                    name = label;
                } else {
                    let operator_at = self.next()?;
                    let operator = self.text.get(operator_at.clone())?.to_owned();
                    let is_hole = self.kind() == Kind::Hole;
                    let value_at = self.next()?;
                    let written = self.text.get(value_at.clone())?;
                    let has_hole = is_hole || written.contains(super::HOLE);
                    let value = string::text(written).filter(|_| !has_hole);
                    matchers.push(Matcher {
                        label,
                        operator,
                        operator_at,
                        value,
                        value_at,
                    });
                }
                self.takes(",");
            }
        }
        Some(Form::Selector(Metric { name, matchers }))
    }

    /// `[5m]`, `[30m:1m]`, `offset 5m`, `@ 3`
    fn suffixes(&mut self, mut operand: Node) -> Option<Node> {
        loop {
            if self.takes("[") {
                self.link()?;
                let (length, back) = self.length()?;
                let is_subquery = self.takes(":");
                while !self.takes("]") {
                    self.next()?;
                }
                let start = operand.range.start;
                operand = Node {
                    kind: Form::Ranged {
                        of: Box::new(operand),
                        back,
                        length,
                        is_subquery,
                    },
                    range: start..self.end(),
                };
            } else if self.takes("anchored") || self.takes("smoothed") {
                // They choose samples, not series.
            } else if self.takes("offset") {
                self.sign();
                if self.word() != "(" {
                    self.next()?;
                }
                if self.word() == "(" {
                    self.closed()?;
                }
            } else if self.takes("@") {
                self.sign();
                self.next()?;
                if self.takes("(") {
                    self.takes(")").then_some(())?;
                }
            } else {
                return Some(operand);
            }
            operand.range.end = self.end();
        }
    }

    fn sign(&mut self) {
        if !self.takes("-") {
            self.takes("+");
        }
    }

    /// A length of time behind `[`, and its milliseconds where one is written.
    fn length(&mut self) -> Option<(Range<usize>, Option<i64>)> {
        let first = self.tokens.get(self.at)?.clone();
        let mut count = 0;
        while !matches!(self.word(), ":" | "]") {
            self.next()?;
            count += 1;
        }
        let written = self.word_at(&first.range);
        let back = match (count, first.kind) {
            (1, Kind::Duration) => Some(selector::millis(written)),
            (1, Kind::Number) => {
                lexer::number_of(written).map(|seconds| (seconds * 1_000.0) as i64)
            }
            _ => None,
        };
        Some((first.range.start..self.end(), back))
    }

    fn behind_is(&self, word: &str) -> bool {
        let behind = self.tokens.get(self.at + 1);
        behind.is_some_and(|token| self.word_at(&token.range) == word)
    }

    /// What stands in parentheses, whatever it is.
    fn closed(&mut self) -> Option<()> {
        let mut open = 0;
        loop {
            match self.word() {
                "(" => open += 1,
                ")" => open -= 1,
                _ => {}
            }
            self.next()?;
            if open == 0 {
                return Some(());
            }
        }
    }

    fn word_at(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }
}

fn binding(word: &str) -> Option<u8> {
    Some(match word.to_ascii_lowercase().as_str() {
        "or" => 1,
        "and" | "unless" => 2,
        "==" | "!=" | "<" | "<=" | ">" | ">=" | "</" | ">/" => 3,
        "+" | "-" => 4,
        "*" | "/" | "%" | "atan2" => 5,
        "^" => 6,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
