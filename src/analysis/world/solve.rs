//! Comparisons with a constant, solved for the term: `a + 1 < 3` asks what `a < 2` asks.
//!
//! So comparisons of one measurement lie on one axis, whatever was added to it.

use crate::value::Value;

use super::fold::Terms;
use super::term::{Id, Node, Operation};

/// A term that is compared with a number.
struct Solved {
    term: Id,
    bound: f64,
    /// The term stands on the other side now: `3 - a < 1` is `2 < a`.
    turned: bool,
}

impl Terms {
    /// `left < right`, where one is a number and the other one a sum with a number.
    pub(super) fn less_solved(&mut self, left: Id, right: Id) -> Option<Id> {
        let (solved, is_left) = match (self.solved(left, right), self.solved(right, left)) {
            (Some(solved), _) => (solved, true),
            (None, solved) => (solved?, false),
        };
        let bound = self.table.constant(Value::Float(solved.bound));
        Some(match is_left != solved.turned {
            true => self.make(Node::Less(solved.term, bound)),
            false => self.make(Node::Less(bound, solved.term)),
        })
    }

    /// The same of `left == right`.
    pub(super) fn equal_solved(&mut self, left: Id, right: Id) -> Option<Id> {
        let solved = self
            .solved(left, right)
            .or_else(|| self.solved(right, left))?;
        let bound = self.table.constant(Value::Float(solved.bound));
        Some(self.make(Node::Equal(solved.term, bound)))
    }

    fn solved(&self, sum: Id, number: Id) -> Option<Solved> {
        let number = self.number_of(number)?;
        let Node::Apply { what, args } = self.table.node(sum) else {
            return None;
        };
        let (term, bound, turned) = match (what, args.as_slice()) {
            (Operation::Add, [one, other]) => {
                match (self.number_of(*one), self.number_of(*other)) {
                    (None, Some(added)) => (*one, number - added, false),
                    (Some(added), None) => (*other, number - added, false),
                    _ => return None,
                }
            }
            (Operation::Subtract, [one, other]) => {
                match (self.number_of(*one), self.number_of(*other)) {
                    (None, Some(taken)) => (*one, number + taken, false),
                    (Some(from), None) => (*other, from - number, true),
                    _ => return None,
                }
            }
            (Operation::Negate, [one]) => (*one, -number, true),
            _ => return None,
        };
        bound.is_finite().then_some(Solved {
            term,
            bound,
            turned,
        })
    }

    /// The only number that a term can be.
    pub(super) fn number_of(&self, id: Id) -> Option<f64> {
        let within = self.facts(id).within;
        (within.low == within.high).then_some(within.low)
    }
}
