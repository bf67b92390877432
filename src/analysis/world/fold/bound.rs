//! What never is more than nothing: what `min`, `max`, `clamp`, `abs` and their like say by their form.
//!
//! In: a sum. Out: whether it is at most zero, as far as a bounded look shows. A part is replaced by
//! what it never exceeds, until the ranges of what is left decide.

use crate::value::Value;

use super::super::form::{Form, once};
use super::super::term::{Id, Leaf, Node, Operation};
use super::Terms;

/// How many sums one comparison looks at: beyond, nothing is seen.
const LOOKS: u32 = 64;

/// What a part never exceeds, or never falls below.
enum Bound {
    One(Form),
    /// One of these, and nobody knows which.
    Either(Form, Form),
}

impl Terms {
    /// Whether a sum is never above zero, and with `strictly` never zero.
    pub(super) fn is_below(&self, form: &Form, strictly: bool) -> bool {
        let mut looks = LOOKS;
        self.stays_below(form, strictly, &mut looks)
    }

    fn stays_below(&self, form: &Form, strictly: bool, looks: &mut u32) -> bool {
        crate::steps::count(1);
        let Some(left) = looks.checked_sub(1) else {
            return false;
        };
        *looks = left;
        let high = self.range(form).high;
        if high < 0.0 || !strictly && high <= 0.0 {
            return true;
        }
        if let Some(multiplied) = self.without_quotient(form)
            && self.stays_below(&multiplied, strictly, looks)
        {
            return true;
        }
        // What is made last stands first: it may be made of the others.
        for (at, (id, times)) in form.parts.iter().enumerate().rev() {
            for bound in self.bounds(*id, *times > 0.0) {
                let mut holds = |other: &Form| {
                    let replaced = form.replaced(at, other);
                    replaced.is_some_and(|form| self.stays_below(&form, strictly, looks))
                };
                let is_below = match bound {
                    Bound::One(other) => holds(&other),
                    Bound::Either(one, other) => holds(&one) && holds(&other),
                };
                if is_below {
                    return true;
                }
            }
        }
        false
    }

    /// `a / b + c`, times `b`: of the same sign where `b` is above zero.
    fn without_quotient(&self, form: &Form) -> Option<Form> {
        let [(id, times)] = *form.parts.as_slice() else {
            return None;
        };
        let Node::Apply { what, args } = self.table.node(id) else {
            return None;
        };
        let (Operation::Part, [a, b]) = (what, args.as_slice()) else {
            return None;
        };
        let (a, b) = (*a, *b);
        let by = self.facts(b).within;
        let sign = match (by.low > 0.0, by.high < 0.0) {
            (true, _) => 1.0,
            (false, true) => -1.0,
            (false, false) => return None,
        };
        let divided = self.form(a).scaled(times);
        let multiplied = divided.and(&self.form(b), form.more)?;
        Some(multiplied.scaled(sign))
    }

    /// What bounds a term from above, or from below, by its form.
    fn bounds(&self, id: Id, above: bool) -> Vec<Bound> {
        let of = |id: Id| Bound::One(self.form(id));
        match self.table.node(id) {
            Node::Apply { what, args } => self.bounds_of(*what, args, above),
            Node::Choose {
                then: one,
                otherwise: other,
                ..
            }
            | Node::OrNoData {
                value: one,
                fallback: other,
            } => vec![Bound::Either(self.form(*one), self.form(*other))],
            Node::Leaf(Leaf::Local(name)) if above => {
                let later = self.earlier.get(name);
                later.map(|later| of(*later)).into_iter().collect()
            }
            Node::Element { list, .. } => {
                self.extreme_of(*list, above).map(of).into_iter().collect()
            }
            Node::Extreme { of: list, largest } if *largest != above => {
                self.extreme_of(*list, above).map(of).into_iter().collect()
            }
            // The largest of some is no more than the largest of all.
            Node::Extreme { of: list, largest } => {
                let whole = self.unfiltered(*list);
                let end = whole.and_then(|whole| self.extreme_of(whole, *largest));
                end.map(of).into_iter().collect()
            }
            // None of them takes away what another one is.
            Node::Sum(list) if !above && self.adds_up(*list) => [true, false]
                .into_iter()
                .filter_map(|largest| self.extreme_of(*list, largest))
                .map(of)
                .collect(),
            Node::Count(list) if above => match self.table.node(*list) {
                Node::Filter { source, .. } => {
                    let whole = self.table.find(&Node::Count(*source));
                    whole.map(of).into_iter().collect()
                }
                Node::Apply {
                    what: Operation::First,
                    args,
                } => match *args.as_slice() {
                    [list, most] => {
                        let whole = self.table.find(&Node::Count(list));
                        [Some(most), whole].into_iter().flatten().map(of).collect()
                    }
                    _ => Vec::new(),
                },
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// The list of all, of which a filter leaves some.
    fn unfiltered(&self, list: Id) -> Option<Id> {
        let Node::Filter {
            source,
            test,
            element,
        } = *self.table.node(list)
        else {
            return None;
        };
        let whole = self
            .table
            .find_constant(&Value::Bool(true))
            .and_then(|all| {
                self.table.find(&Node::Filter {
                    source,
                    test: all,
                    element,
                })
            });
        let itself =
            matches!(self.table.node(element), Node::Element { list, .. } if *list == source);
        let whole = whole.or(itself.then_some(source));
        whole.filter(|whole| *whole != list && !self.table.is(test, true))
    }

    /// Whether none of what a list holds is below zero.
    fn adds_up(&self, list: Id) -> bool {
        match self.table.node(list) {
            Node::Filter { element, .. } => self.facts(*element).within.low >= 0.0,
            _ => false,
        }
    }

    /// The largest of a list, or the smallest, where that is asked somewhere.
    fn extreme_of(&self, of: Id, largest: bool) -> Option<Id> {
        self.table.find(&Node::Extreme { of, largest })
    }

    fn bounds_of(&self, what: Operation, args: &[Id], above: bool) -> Vec<Bound> {
        let of = |id: Id| self.form(id);
        match (what, args) {
            (Operation::Min | Operation::Max, [a, b]) => {
                let middle = || of(*a).and(&of(*b), 1.0).map(|both| both.scaled(0.5));
                match above == (what == Operation::Min) {
                    true => [Some(of(*a)), Some(of(*b)), middle()]
                        .into_iter()
                        .flatten()
                        .map(Bound::One)
                        .collect(),
                    false => vec![Bound::Either(of(*a), of(*b))],
                }
            }
            (Operation::Clamp, [a, low, high]) => {
                let (end, far) = if above { (high, low) } else { (low, high) };
                vec![Bound::One(of(*end)), Bound::Either(of(*a), of(*far))]
            }
            (Operation::Abs, [a]) => {
                let (one, other) = (of(*a), of(*a).scaled(-1.0));
                match above {
                    true => vec![Bound::Either(one, other)],
                    false => vec![Bound::One(one), Bound::One(other)],
                }
            }
            (Operation::Floor, [a]) => vec![moved(of(*a), if above { 0.0 } else { -1.0 })],
            (Operation::Ceil, [a]) => vec![moved(of(*a), if above { 1.0 } else { 0.0 })],
            (Operation::Round, [a]) => vec![moved(of(*a), if above { 0.5 } else { -0.5 })],
            (Operation::Part | Operation::Quotient, [a, b]) => self.parted(what, (*a, *b), above),
            (Operation::Remainder, [a, b]) => self.left_over(*a, *b, above),
            (Operation::Multiply(what), [a, b]) => [(*a, *b), (*b, *a)]
                .into_iter()
                .filter_map(|(times, taken)| {
                    let (times, taken) = (self.facts(times).within, (taken, self.facts(taken)));
                    let often = if above { times.high } else { times.low };
                    let is_bounded = taken.1.within.low >= 0.0 && often.is_finite();
                    is_bounded.then(|| Bound::One(of(taken.0).scaled(often / once(what))))
                })
                .collect(),
            (Operation::Index, [list, _]) => {
                let end = self.extreme_of(*list, above);
                end.map(|end| Bound::One(of(end))).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// A quotient of what is not below zero, by the least and the most that divides.
    fn parted(&self, what: Operation, (a, b): (Id, Id), above: bool) -> Vec<Bound> {
        let (divided, by) = (self.facts(a).within, self.facts(b).within);
        if divided.low < 0.0 || by.low <= 0.0 {
            return Vec::new();
        }
        let by = if above { by.low } else { by.high };
        let bound = self.form(a).scaled(1.0 / by);
        // What is left over may be nearly as much as what divides.
        match what == Operation::Quotient && !above {
            true => vec![moved(bound, -1.0)],
            false => vec![Bound::One(bound)],
        }
    }

    /// What is left is less than what divides, and no more than what was there.
    fn left_over(&self, a: Id, b: Id, above: bool) -> Vec<Bound> {
        if self.facts(b).within.low <= 0.0 {
            return Vec::new();
        }
        let most = self.form(b);
        match above {
            true if self.facts(a).within.low >= 0.0 => {
                vec![moved(most, -1.0), Bound::One(self.form(a))]
            }
            true => vec![moved(most, -1.0)],
            false => vec![moved(most.scaled(-1.0), 1.0)],
        }
    }
}

fn moved(form: Form, by: f64) -> Bound {
    Bound::One(Form {
        more: form.more + by,
        ..form
    })
}
