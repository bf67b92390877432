//! Comparisons by the form of their difference: decided, solved for one term, or taken apart.
//!
//! `a + 1 < 3` asks what `a < 2` asks, `a < a + 1` asks nothing, and `abs(a) < 2` asks whether `a` is
//! between two numbers. So comparisons of one measurement lie on one axis, however they are written.

use crate::value::Value;

use super::super::form::Form;
use super::super::term::{Id, Node, Operation};
use super::Terms;

/// How many comparisons may be taken apart, one in the other.
const APART: u32 = 3;

impl Terms {
    /// What is computed of these, where it is one of them whatever they are.
    pub(super) fn same_as(&mut self, what: Operation, args: &[Id]) -> Option<Id> {
        match (what, args) {
            // In one order.
            (Operation::Multiply(_), [a, b]) if a > b => Some(self.make(Node::Apply {
                what,
                args: vec![*b, *a],
            })),
            (Operation::Min | Operation::Max, [a, b]) => {
                let (lesser, greater) = match self.difference(*a, *b)? {
                    form if self.is_below(&form, false) => (*a, *b),
                    form if self.is_below(&form.scaled(-1.0), false) => (*b, *a),
                    _ => return None,
                };
                Some(if what == Operation::Min {
                    lesser
                } else {
                    greater
                })
            }
            (Operation::Abs, [a]) if self.facts(*a).within.low >= 0.0 => Some(*a),
            // Of so many times what divides nothing is left.
            (Operation::Remainder, [a, b]) => {
                self.multiple(*a, *b)?;
                Some(self.table.constant(Value::Int(0)))
            }
            _ => None,
        }
    }

    /// How often a number divides a sum of whole numbers, if nothing is ever left.
    pub(in super::super) fn multiple(&self, a: Id, b: Id) -> Option<Form> {
        let by = self.number_of(b).filter(|by| *by != 0.0)?;
        let form = self.form(a);
        let is_multiple = |number: f64| number % by == 0.0;
        let mut parts = form.parts.iter();
        let divides = is_multiple(form.more)
            && parts.all(|(id, times)| self.facts(*id).whole && is_multiple(*times));
        divides.then(|| form.scaled(1.0 / by))
    }

    /// `left < right`
    pub(super) fn less_by_form(&mut self, left: Id, right: Id) -> Option<Id> {
        if self.is_plain(left, right) {
            return None;
        }
        let form = self.difference(left, right)?;
        if self.is_below(&form.scaled(-1.0), false) {
            return Some(self.table.truth(false));
        }
        if self.is_below(&form, true) {
            return Some(self.table.truth(true));
        }
        if let Some(apart) = self.below_apart(&form) {
            return Some(apart);
        }
        match self.stands_alone(left, right, &form) {
            true => None,
            false => self.below_zero(&form),
        }
    }

    /// `left == right`
    pub(super) fn equal_by_form(&mut self, left: Id, right: Id) -> Option<Id> {
        if self.is_plain(left, right) {
            return None;
        }
        let form = self.difference(left, right)?;
        let opposite = form.scaled(-1.0);
        if self.is_below(&form, true) || self.is_below(&opposite, true) {
            return Some(self.table.truth(false));
        }
        if self.is_below(&form, false) && self.is_below(&opposite, false) {
            return Some(self.table.truth(true));
        }
        if let Some(taken) = self.takes_one(&form) {
            return Some(taken);
        }
        if self.stands_alone(left, right, &form) {
            return None;
        }
        let [(term, times)] = *form.parts.as_slice() else {
            return None;
        };
        let bound = self.table.constant(Value::Float(-form.more / times));
        Some(self.make(Node::Equal(term, bound)))
    }

    /// `max(a, b) == a`: which of the two is taken hangs on which is larger.
    fn takes_one(&mut self, form: &Form) -> Option<Id> {
        let parts = form.parts.clone();
        for (at, (id, _)) in parts.iter().enumerate() {
            let Node::Apply {
                what: what @ (Operation::Min | Operation::Max),
                args,
            } = self.table.node(*id)
            else {
                continue;
            };
            let (what, &[a, b]) = (*what, args.as_slice()) else {
                continue;
            };
            for (one, other) in [(a, b), (b, a)] {
                let left = form.replaced(at, &self.form(one));
                if left != Some(Form::default()) {
                    continue;
                }
                let beyond = match what {
                    Operation::Max => Node::Less(one, other),
                    _ => Node::Less(other, one),
                };
                let beyond = self.make(beyond);
                return Some(self.not(beyond));
            }
        }
        None
    }

    /// Whether a number that was written is compared with what no form bounds: its range has decided.
    fn is_plain(&self, left: Id, right: Id) -> bool {
        let written = self.written(left, right);
        written.is_some_and(|(term, _)| {
            matches!(
                self.table.node(term),
                Node::Observe { .. } | Node::Field { .. } | Node::Unwrap(_)
            )
        })
    }

    /// Whether one side is the only part of the difference already, and the other a number.
    fn stands_alone(&self, left: Id, right: Id, form: &Form) -> bool {
        let is_number = |id: Id| self.table.value(id).is_some();
        match form.parts.as_slice() {
            [(term, _)] => {
                (*term == left && is_number(right)) || (*term == right && is_number(left))
            }
            _ => false,
        }
    }

    /// `form < 0`, where its only part is computed of one term by cases.
    fn below_apart(&mut self, form: &Form) -> Option<Id> {
        if self.apart >= APART {
            return None;
        }
        let (at, what, args) = form.parts.iter().enumerate().find_map(|(at, (id, _))| {
            match self.table.node(*id) {
                Node::Apply {
                    what: what @ (Operation::Min | Operation::Max | Operation::Clamp | Operation::Abs),
                    args,
                } => Some((at, *what, args.clone())),
                _ => None,
            }
        })?;
        let rises = form.parts[at].1 > 0.0;
        let mut cases = args.iter().map(|arg| self.form(*arg)).collect::<Vec<_>>();
        if what == Operation::Abs {
            cases.push(cases.first()?.scaled(-1.0));
        }
        let cases: Option<Vec<Form>> = cases.iter().map(|case| form.replaced(at, case)).collect();
        let cases = cases?;
        let mut terms = cases.iter().flat_map(|case| &case.parts).map(|(id, _)| *id);
        let only = terms.next()?;
        if cases.iter().any(|case| case.parts.len() > 1) || terms.any(|term| term != only) {
            return None;
        }
        self.apart += 1;
        let below: Option<Vec<Id>> = cases.iter().map(|case| self.below_zero(case)).collect();
        self.apart -= 1;
        let below = below?;
        Some(match (what, below.as_slice()) {
            // No more than the end, and no less than the start.
            (Operation::Clamp, &[of, low, high]) => match rises {
                true => {
                    let both = self.and(of, low);
                    self.or(both, high)
                }
                false => {
                    let either = self.or(of, low);
                    self.and(either, high)
                }
            },
            (_, &[one, other]) if rises == (what == Operation::Min) => self.or(one, other),
            (_, &[one, other]) => self.and(one, other),
            _ => return None,
        })
    }

    /// The smaller of two is below something where one of them is; and so on. Said apart where the
    /// world decides one of them only.
    pub(super) fn less_of_two(&mut self, left: Id, right: Id) -> Option<Id> {
        let two = |terms: &Terms, id: Id| match terms.table.node(id) {
            Node::Apply {
                what: what @ (Operation::Min | Operation::Max),
                args,
            } => match *args.as_slice() {
                [a, b] if terms.facts(a).world != terms.facts(b).world => {
                    Some((*what == Operation::Min, a, b))
                }
                _ => None,
            },
            _ => None,
        };
        let (either, one, other) = match (two(self, left), two(self, right)) {
            (Some((is_min, a, b)), _) => {
                let (one, other) = (Node::Less(a, right), Node::Less(b, right));
                (is_min, one, other)
            }
            (None, Some((is_min, a, b))) => {
                let (one, other) = (Node::Less(left, a), Node::Less(left, b));
                (!is_min, one, other)
            }
            (None, None) => return None,
        };
        let (one, other) = (self.make(one), self.make(other));
        Some(match either {
            true => self.or(one, other),
            false => self.and(one, other),
        })
    }
}
