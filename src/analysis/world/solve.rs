//! Comparisons, solved for the term: `a + 1 < 3` asks what `a < 2` asks, and `a < a + 1` asks
//! nothing.
//!
//! So comparisons of one measurement lie on one axis, whatever was added to it or however often it
//! was taken.

use crate::value::Value;

use super::fold::Terms;
use super::number::{Interval, number};
use super::term::{Id, Node, Operation, Product};

/// So often a term, and something added; without a term a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    term: Option<Id>,
    times: f64,
    plus: f64,
}

impl Line {
    fn number(plus: f64) -> Line {
        Line {
            term: None,
            times: 0.0,
            plus,
        }
    }

    fn scaled(self, by: f64) -> Line {
        Line {
            times: self.times * by,
            plus: self.plus * by,
            ..self
        }
    }
}

impl Terms {
    /// `left < right`, where at least one of them is computed of one term.
    pub(super) fn less_solved(&mut self, left: Id, right: Id) -> Option<Id> {
        // `times * term < bound`
        let (term, times, bound) = match self.difference(left, right)? {
            Solved::Term(term, times, bound) => (term, times, bound),
            Solved::Decided(zero) => return Some(self.table.truth(zero < 0.0)),
        };
        let bound = self.table.constant(Value::Float(bound / times));
        Some(match times > 0.0 {
            true => self.make(Node::Less(term, bound)),
            false => self.make(Node::Less(bound, term)),
        })
    }

    /// The same of `left == right`.
    pub(super) fn equal_solved(&mut self, left: Id, right: Id) -> Option<Id> {
        let (term, times, bound) = match self.difference(left, right)? {
            Solved::Term(term, times, bound) => (term, times, bound),
            Solved::Decided(zero) => return Some(self.table.truth(zero == 0.0)),
        };
        let bound = self.table.constant(Value::Float(bound / times));
        Some(self.make(Node::Equal(term, bound)))
    }

    /// The sum, where both are of one term at most, or come to how long ago something was.
    fn sum_of(&mut self, one: Line, other: Line) -> Option<Line> {
        let plus = one.plus + other.plus;
        let (term, times) = match (one.term, other.term) {
            (Some(a), Some(b)) if a != b => {
                let (now, then, times) = match one.times == -other.times {
                    true if self.is_since(a, b) => (a, b, one.times),
                    true if self.is_since(b, a) => (b, a, other.times),
                    _ => return None,
                };
                let since = Node::Apply {
                    what: Operation::Subtract,
                    args: vec![now, then],
                };
                (Some(self.make(since)), times)
            }
            (a, b) => (a.or(b), one.times + other.times),
        };
        Some(Line { term, times, plus })
    }

    /// `left - right`, compared with zero.
    fn difference(&mut self, left: Id, right: Id) -> Option<Solved> {
        let since = self.is_since(left, right) || self.is_since(right, left);
        if !self.is_sum(left) && !self.is_sum(right) && !since {
            return None;
        }
        let (one, other) = (self.line(left), self.line(right));
        let Line { term, times, plus } = self.sum_of(one, other.scaled(-1.0))?;
        if !times.is_finite() || !plus.is_finite() {
            return None;
        }
        match term {
            // It stands alone already.
            Some(term) if term == left || term == right => match times == 0.0 {
                true => Some(Solved::Decided(plus)),
                false => None,
            },
            Some(term) if times != 0.0 => Some(Solved::Term(term, times, -plus)),
            Some(_) | None => Some(Solved::Decided(plus)),
        }
    }

    fn is_sum(&self, id: Id) -> bool {
        self.lines.contains_key(&id)
    }

    fn line(&self, id: Id) -> Line {
        if let Some(number) = self.number_of(id) {
            return Line::number(number);
        }
        let itself = Line {
            term: Some(id),
            times: 1.0,
            plus: 0.0,
        };
        self.lines.get(&id).copied().unwrap_or(itself)
    }

    /// Keeps what a term that was just made comes to, if it is a sum or a multiple of one term.
    pub(super) fn keep_line(&mut self, id: Id) {
        let Node::Apply { what, args } = self.table.node(id) else {
            return;
        };
        let (what, args) = (*what, args.clone());
        let made = match (what, args.as_slice()) {
            // That is itself the term which others are multiples of.
            (Operation::Subtract, [now, then]) if self.is_since(*now, *then) => None,
            (Operation::Add, [a, b]) => self.sum_of(self.line(*a), self.line(*b)),
            (Operation::Subtract, [a, b]) => self.sum_of(self.line(*a), self.line(*b).scaled(-1.0)),
            (Operation::Negate, [a]) => Some(self.line(*a).scaled(-1.0)),
            (Operation::Multiply(Product::Numbers), [a, b]) => {
                match (self.number_of(*a), self.number_of(*b)) {
                    (Some(by), _) => Some(self.line(*b).scaled(by)),
                    (None, Some(by)) => Some(self.line(*a).scaled(by)),
                    (None, None) => None,
                }
            }
            _ => None,
        };
        if let Some(line) = made {
            self.lines.insert(id, line);
        }
    }

    /// The only number that a term can be.
    pub(super) fn number_of(&self, id: Id) -> Option<f64> {
        if let Some(value) = self.table.value(id) {
            return number(value);
        }
        let Interval { low, high } = self.facts(id).within;
        (low == high).then_some(low)
    }
}

/// What a difference comes to.
enum Solved {
    /// So often the term is compared with this.
    Term(Id, f64, f64),
    Decided(f64),
}
