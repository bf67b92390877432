//! Which of two terms is the smaller whatever they are: what `min`, `max`, `clamp`, `abs` and sums say by their form.
//!
//! In: two terms. Out: whether one is never more than the other, as far as a bounded look shows.

use super::super::term::{Id, Leaf, Node, Operation, Product};
use super::Terms;
use crate::value::Percent;

/// How many pairs of terms one comparison looks at: beyond, nothing is seen.
const LOOKS: u32 = 64;

impl Terms {
    /// Whether `left` is never below `right`, by what they are made of.
    pub(super) fn is_never_less(&self, left: Id, right: Id) -> bool {
        let mut looks = LOOKS;
        self.is_at_most(right, left, &mut looks)
    }

    fn is_at_most(&self, one: Id, other: Id, looks: &mut u32) -> bool {
        let Some(left) = looks.checked_sub(1) else {
            return false;
        };
        *looks = left;
        let (a, b) = (self.facts(one), self.facts(other));
        if one == other || a.within.high <= b.within.low {
            return true;
        }
        if a.past && matches!(self.table.node(other), Node::Leaf(Leaf::Now)) {
            return true;
        }
        self.is_below(one, other, looks) || self.is_above(other, one, looks)
    }

    /// Whether the form of `one` keeps it at or below `other`.
    fn is_below(&self, one: Id, other: Id, looks: &mut u32) -> bool {
        let Node::Apply { what, args } = self.table.node(one) else {
            return false;
        };
        match (what, args.as_slice()) {
            (Operation::Min, [a, b]) => {
                self.is_at_most(*a, other, looks) || self.is_at_most(*b, other, looks)
            }
            (Operation::Max, [a, b]) => {
                self.is_at_most(*a, other, looks) && self.is_at_most(*b, other, looks)
            }
            (Operation::Clamp, [a, low, high]) => {
                self.is_at_most(*high, other, looks)
                    || self.is_at_most(*a, other, looks) && self.is_at_most(*low, other, looks)
            }
            (Operation::Subtract, [a, b]) => {
                self.facts(*b).within.low >= 0.0 && self.is_at_most(*a, other, looks)
            }
            (Operation::Multiply(what), [a, b]) => self
                .taken(*what, (*a, *b), |times| times <= 1.0)
                .is_some_and(|of| self.is_at_most(of, other, looks)),
            (Operation::Floor, [a]) => self.is_at_most(*a, other, looks),
            (Operation::Part, [a, b]) => {
                self.is_parted(*a, *b, |by| by >= 1.0) && self.is_at_most(*a, other, looks)
            }
            _ => false,
        }
    }

    /// Whether the form of `one` keeps it at or above `other`.
    fn is_above(&self, one: Id, other: Id, looks: &mut u32) -> bool {
        let Node::Apply { what, args } = self.table.node(one) else {
            return false;
        };
        let grows = |term: Id| self.facts(term).within.low >= 0.0;
        match (what, args.as_slice()) {
            (Operation::Max, [a, b]) => {
                self.is_at_most(other, *a, looks) || self.is_at_most(other, *b, looks)
            }
            (Operation::Min, [a, b]) => {
                self.is_at_most(other, *a, looks) && self.is_at_most(other, *b, looks)
            }
            (Operation::Clamp, [a, low, high]) => {
                self.is_at_most(other, *low, looks)
                    || self.is_at_most(other, *a, looks) && self.is_at_most(other, *high, looks)
            }
            (Operation::Add, [a, b]) => {
                grows(*b) && self.is_at_most(other, *a, looks)
                    || grows(*a) && self.is_at_most(other, *b, looks)
            }
            (Operation::Abs, [a]) => {
                self.is_negation(other, *a) || self.is_at_most(other, *a, looks)
            }
            (Operation::Ceil, [a]) => self.is_at_most(other, *a, looks),
            (Operation::Multiply(what), [a, b]) => self
                .taken(*what, (*a, *b), |times| times >= 1.0)
                .is_some_and(|of| self.is_at_most(other, of, looks)),
            (Operation::Part, [a, b]) => {
                self.is_parted(*a, *b, |by| by <= 1.0) && self.is_at_most(other, *a, looks)
            }
            _ => false,
        }
    }

    /// Whether one is the other below zero.
    fn is_negation(&self, one: Id, other: Id) -> bool {
        let Node::Apply { what, args } = self.table.node(one) else {
            return false;
        };
        match (what, args.as_slice()) {
            (Operation::Negate, [of]) => *of == other,
            (Operation::Subtract, [none, of]) => self.number_of(*none) == Some(0.0) && *of == other,
            _ => false,
        }
    }

    /// Whether something is divided by a number like this, and neither is below zero.
    fn is_parted(&self, of: Id, by: Id, like: impl Fn(f64) -> bool) -> bool {
        let by = self.number_of(by);
        by.is_some_and(|by| by > 0.0 && like(by)) && self.facts(of).within.low >= 0.0
    }

    /// What a product takes so often, where neither it nor the number is below zero.
    fn taken(&self, what: Product, sides: (Id, Id), often: impl Fn(f64) -> bool) -> Option<Id> {
        let once = match what {
            Product::Numbers | Product::Quantity => 1.0,
            Product::Share => Percent::WHOLE.billionths() as f64,
        };
        let (a, b) = sides;
        let taken = [(a, b), (b, a)].into_iter().find(|(times, of)| {
            let times = self.number_of(*times).map(|times| times / once);
            times.is_some_and(|times| times >= 0.0 && often(times))
                && self.facts(*of).within.low >= 0.0
        });
        taken.map(|(_, of)| of)
    }
}
