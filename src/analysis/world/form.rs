//! Sums by their parts: so many times each of some terms, and a number.
//!
//! What is compared is brought into this form, so that `a - b > 0`, `b < a` and `2 * a > b + b` ask
//! one thing. A part is what the world or words decide, or what is computed in a way that no sum
//! follows. Rounding is left out: nobody measures it.

use crate::value::{Percent, Value};

use super::fold::Terms;
use super::number::{Interval, number};
use super::term::{Id, Leaf, Node, Operation, Product};

/// How many parts a sum keeps apart; one with more is a part itself.
const MOST: usize = 12;

/// What is left where two floats that should cancel each other do not, as a share of them.
const NOTHING: f64 = 16.0 * f64::EPSILON;

/// A sum. Its parts are in the order of their numbers, and none of them is there no times.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    pub parts: Vec<(Id, f64)>,
    pub more: f64,
}

impl Form {
    pub fn number(more: f64) -> Form {
        Form {
            parts: Vec::new(),
            more,
        }
    }

    pub fn of(term: Id) -> Form {
        Form {
            parts: vec![(term, 1.0)],
            more: 0.0,
        }
    }

    /// The term that it is, if it is nothing else.
    pub fn itself(&self) -> Option<Id> {
        match self.parts.as_slice() {
            [(term, 1.0)] if self.more == 0.0 => Some(*term),
            _ => None,
        }
    }

    pub fn scaled(&self, by: f64) -> Form {
        let parts = self.parts.iter().map(|(id, times)| (*id, times * by));
        Form {
            parts: parts.filter(|(_, times)| *times != 0.0).collect(),
            more: self.more * by,
        }
    }

    /// With so many times the other; nothing where that is too long to keep, or no number.
    pub fn and(&self, other: &Form, times: f64) -> Option<Form> {
        let mut parts = Vec::with_capacity(self.parts.len() + other.parts.len());
        let (mut ours, mut theirs) = (self.parts.iter().peekable(), other.parts.iter().peekable());
        loop {
            let part = match (ours.peek(), theirs.peek()) {
                (Some((a, one)), Some((b, more))) if a == b => {
                    let part = (*a, added(*one, more * times));
                    ours.next();
                    theirs.next();
                    part
                }
                (Some((a, one)), theirs) if theirs.is_none_or(|(b, _)| a < b) => {
                    let part = (*a, *one);
                    ours.next();
                    part
                }
                (_, Some((b, more))) => {
                    let part = (*b, more * times);
                    theirs.next();
                    part
                }
                (_, None) => break,
            };
            if part.1 != 0.0 {
                parts.push(part);
            }
        }
        let more = added(self.more, other.more * times);
        let is_number = more.is_finite() && parts.iter().all(|(_, times)| times.is_finite());
        (is_number && parts.len() <= MOST).then_some(Form { parts, more })
    }

    /// With something else in the place of a part.
    pub fn replaced(&self, part: usize, other: &Form) -> Option<Form> {
        let mut rest = self.clone();
        let (_, times) = rest.parts.remove(part);
        rest.and(other, times)
    }

    /// How many times another it is, where it is nothing but that.
    fn times(&self, other: &Form) -> Option<f64> {
        let (first, second) = (self.parts.first()?, other.parts.first()?);
        let times = first.1 / second.1;
        let rest = self.and(other, -times)?;
        (rest == Form::default()).then_some(times)
    }
}

/// The sum, and nothing where only the rounding of floats is left.
fn added(one: f64, other: f64) -> f64 {
    let sum = one + other;
    match sum.abs() <= NOTHING * one.abs().max(other.abs()) {
        true => 0.0,
        false => sum,
    }
}

impl Terms {
    /// What a term comes to.
    pub(super) fn form(&self, id: Id) -> Form {
        if let Some(number) = self.number_of(id) {
            return Form::number(number);
        }
        self.forms.get(&id).cloned().unwrap_or_else(|| Form::of(id))
    }

    /// `left - right`
    pub(super) fn difference(&self, left: Id, right: Id) -> Option<Form> {
        let form = self.form(left).and(&self.form(right), -1.0)?;
        Some(self.gathered(form))
    }

    /// With what two parts are together: what was divided, of a quotient and what is left over, and all
    /// there are, of those that are so and those that are not.
    fn gathered(&self, form: Form) -> Form {
        for (at, (one, times)) in form.parts.iter().enumerate() {
            for (beside, (other, more)) in form.parts.iter().enumerate() {
                let Some((whole, ratio)) = self.whole_of(*one, *other) else {
                    continue;
                };
                if *more != times * ratio {
                    continue;
                }
                let mut rest = form.clone();
                rest.parts.remove(at.max(beside));
                rest.parts.remove(at.min(beside));
                if let Some(gathered) = rest.and(&self.form(whole), *times) {
                    return gathered;
                }
            }
        }
        form
    }

    /// What one term and so many times the other add up to.
    fn whole_of(&self, one: Id, other: Id) -> Option<(Id, f64)> {
        match (self.table.node(one), self.table.node(other)) {
            (
                Node::Apply {
                    what: Operation::Remainder,
                    args,
                },
                Node::Apply {
                    what: Operation::Quotient,
                    args: same,
                },
            ) if args == same => match *args.as_slice() {
                [divided, by] => Some((divided, self.number_of(by)?)),
                _ => None,
            },
            (Node::Count(some), Node::Count(others)) => {
                match (self.table.node(*some), self.table.node(*others)) {
                    (
                        Node::Filter { source, test, .. },
                        Node::Filter {
                            source: same,
                            test: not,
                            ..
                        },
                    ) if source == same && self.is_opposite(*test, *not) => {
                        let whole = self.table.find(&Node::Count(*source))?;
                        Some((whole, 1.0))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The one side that is no sum and no number, and the number on the other side, where that is one
    /// that was written. Most comparisons are such.
    pub(super) fn written(&self, left: Id, right: Id) -> Option<(Id, f64)> {
        let (term, value) = match (self.table.value(left), self.table.value(right)) {
            (None, Some(value)) => (left, value),
            (Some(value), None) => (right, value),
            (None, None) | (Some(_), Some(_)) => return None,
        };
        let is_sum = self.forms.contains_key(&term) || self.number_of(term).is_some();
        number(value)
            .filter(|_| !is_sum)
            .map(|number| (term, number))
    }

    /// What is computed here comes to, if it is a sum.
    pub(super) fn form_of(&mut self, node: &Node) -> Option<Form> {
        let Node::Apply { what, args } = node else {
            return None;
        };
        let form = match (*what, args.as_slice()) {
            (Operation::Add, [a, b]) => {
                let sum = self.form(*a).and(&self.form(*b), 1.0);
                sum.map(|sum| self.gathered(sum))
            }
            (Operation::Subtract, [a, b]) => self.difference(*a, *b),
            (Operation::Negate, [a]) => Some(self.form(*a).scaled(-1.0)),
            (Operation::Multiply(what), [a, b]) => self.product(what, *a, *b),
            (Operation::Part, [a, b]) => self.quotient(*a, *b, 1.0),
            (Operation::Divide, [a, b]) => {
                let known = self.quotient(*a, *b, whole());
                known.or_else(|| {
                    let part = self.make(Node::Apply {
                        what: Operation::Part,
                        args: vec![*a, *b],
                    });
                    Some(Form::of(part).scaled(whole()))
                })
            }
            (Operation::Quotient, [a, b]) => self.multiple(*a, *b),
            (Operation::Scale(by), [a]) => Some(self.form(*a).scaled(by as f64)),
            _ => None,
        };
        form.filter(|form| form.more.is_finite())
    }

    /// Each part of one times each part of the other.
    fn product(&mut self, what: Product, a: Id, b: Id) -> Option<Form> {
        let once = once(what);
        let (one, other) = (self.form(a), self.form(b));
        if one.parts.is_empty() {
            return Some(other.scaled(one.more / once));
        }
        if other.parts.is_empty() {
            return Some(one.scaled(other.more / once));
        }
        let is_sum = self.forms.contains_key(&a) || self.forms.contains_key(&b);
        // A square is never below zero: that would be lost.
        if !is_sum || a == b || one.parts.len() * other.parts.len() > MOST {
            return None;
        }
        let mut all = other.scaled(one.more / once);
        all.more = 0.0;
        all = all.and(&one, other.more / once)?;
        all.more = one.more * other.more / once;
        for (a, times) in &one.parts {
            for (b, more) in &other.parts {
                let args = vec![*a, *b];
                let both = self.make(Node::Apply {
                    what: Operation::Multiply(what),
                    args,
                });
                all = all.and(&Form::of(both), times * more)?;
            }
        }
        Some(all)
    }

    /// `times * a / b`, where what divides is a number, or what is divided a multiple of it.
    fn quotient(&self, a: Id, b: Id, times: f64) -> Option<Form> {
        let (one, other) = (self.form(a), self.form(b));
        if other.parts.is_empty() {
            return (other.more != 0.0).then(|| one.scaled(times / other.more));
        }
        // Nothing divided by nothing is no answer.
        let within = self.facts(b).within;
        let is_something = within.low > 0.0 || within.high < 0.0;
        let often = one.times(&other).filter(|_| is_something)?;
        Some(Form::number(often * times))
    }

    /// The numbers that a sum may come to. How long ago something began is more than nothing.
    pub(super) fn range(&self, form: &Form) -> Interval {
        let mut sum = Interval::point(form.more);
        let mut now = 0.0;
        for (id, times) in &form.parts {
            if matches!(self.table.node(*id), Node::Leaf(Leaf::Now)) {
                now = *times;
            }
        }
        let mut left = now;
        for (id, times) in &form.parts {
            let mut times = *times;
            let facts = self.facts(*id);
            if matches!(self.table.node(*id), Node::Leaf(Leaf::Now)) {
                continue;
            }
            if facts.past && left * times < 0.0 {
                let both = left.abs().min(times.abs()) * left.signum();
                sum = sum.and(Interval::SINCE.times(both));
                left -= both;
                times += both;
            }
            sum = sum.and(facts.within.times(times));
        }
        match left == 0.0 {
            true => sum,
            false => Interval::default(),
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

    /// `form < 0`, of a sum of one part at most.
    pub(super) fn below_zero(&mut self, form: &Form) -> Option<Id> {
        match form.parts.as_slice() {
            [] => Some(self.table.truth(form.more < 0.0)),
            [(term, times)] => {
                let bound = self.table.constant(Value::Float(-form.more / times));
                Some(self.make(match *times > 0.0 {
                    true => Node::Less(*term, bound),
                    false => Node::Less(bound, *term),
                }))
            }
            _ => None,
        }
    }
}

/// What the product of one and one is.
pub(super) fn once(what: Product) -> f64 {
    match what {
        Product::Numbers | Product::Quantity => 1.0,
        Product::Share => whole(),
    }
}

/// A hundred percent.
pub(super) fn whole() -> f64 {
    Percent::WHOLE.billionths() as f64
}
