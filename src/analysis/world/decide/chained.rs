//! Whether comparisons of several terms with each other can hold together: `a < b`, `b < c` and `c < a` cannot.
//!
//! Each says how far one term may lie above another. Around a circle of them nothing lies above itself: if one
//! comes to less than nothing, they exclude each other. Small: beyond a few comparisons nothing is seen.

use std::collections::BTreeMap;

use super::super::fold::Terms;
use super::super::form::Form;
use super::super::term::{Id, Node};

/// How many comparisons are looked at together, and how many terms.
const COMPARISONS: usize = 24;
const TERMS: usize = 12;

/// How far floats that should be the same may lie apart, as a share of them.
const NOTHING: f64 = 1e-12;

/// What no term lies above by more than a number.
type Place = usize;

/// The place that stands for zero.
const ZERO: Place = 0;

/// `one - other` is no more than `most`, and with `strictly` less.
struct Apart {
    one: Place,
    other: Place,
    most: f64,
    strictly: bool,
}

#[derive(Default)]
struct Circle {
    places: BTreeMap<Id, Place>,
    apart: Vec<Apart>,
    /// How many of them are between two terms.
    between: usize,
}

impl Terms {
    /// Whether the comparisons among some conditions never hold together, or, where they do not `hold`, never
    /// fail together.
    pub(super) fn exclude_each_other(&self, conditions: &[Id], hold: bool) -> bool {
        if conditions.len() < 3 {
            return false;
        }
        let mut circle = Circle::default();
        for condition in conditions {
            if circle.apart.len() > COMPARISONS {
                return false;
            }
            self.compare(&mut circle, *condition, hold);
        }
        if circle.between == 0 || circle.apart.len() < 3 || circle.places.len() > TERMS {
            return false;
        }
        self.add_ranges(&mut circle);
        circle.is_impossible()
    }

    fn compare(&self, circle: &mut Circle, condition: Id, holds: bool) {
        match *self.table.node(condition) {
            Node::Not(of) => self.compare(circle, of, !holds),
            Node::Less(left, right) => {
                if let Some(form) = self.difference(left, right) {
                    match holds {
                        true => self.below_zero_of(circle, &form, true),
                        false => self.below_zero_of(circle, &form.scaled(-1.0), false),
                    }
                }
            }
            Node::Equal(left, right) if holds && self.compared_numbers(condition) => {
                if let Some(form) = self.difference(left, right) {
                    self.below_zero_of(circle, &form, false);
                    self.below_zero_of(circle, &form.scaled(-1.0), false);
                }
            }
            _ => {}
        }
    }

    fn compared_numbers(&self, equal: Id) -> bool {
        let compared = self.compared.get(&equal);
        compared.is_some_and(|compared| compared.point.is_some())
    }

    /// Takes down that a sum is no more than nothing, where it is of one term or of two against each other.
    fn below_zero_of(&self, circle: &mut Circle, form: &Form, strictly: bool) {
        let (one, other, times) = match *form.parts.as_slice() {
            [(one, times)] => (one, None, times),
            [(one, times), (other, against)] if times == -against => (one, Some(other), times),
            _ => return,
        };
        let whole = self.facts(one).whole && other.is_none_or(|other| self.facts(other).whole);
        circle.between += usize::from(other.is_some());
        let (one, other) = (
            circle.place(one),
            other.map_or(ZERO, |other| circle.place(other)),
        );
        let (one, other) = if times > 0.0 {
            (one, other)
        } else {
            (other, one)
        };
        let most = -form.more / times.abs();
        let (most, strictly) = match (whole, strictly) {
            (true, true) => (most.ceil() - 1.0, false),
            (true, false) => (most.floor(), false),
            (false, strictly) => (most, strictly),
        };
        circle.apart.push(Apart {
            one,
            other,
            most,
            strictly,
        });
    }

    fn add_ranges(&self, circle: &mut Circle) {
        for (term, place) in &circle.places {
            let within = self.facts(*term).within;
            let ends = [(*place, ZERO, within.high), (ZERO, *place, -within.low)];
            for (one, other, most) in ends {
                if most.is_finite() {
                    circle.apart.push(Apart {
                        one,
                        other,
                        most,
                        strictly: false,
                    });
                }
            }
        }
    }
}

impl Circle {
    fn place(&mut self, term: Id) -> Place {
        let next = self.places.len() + 1;
        *self.places.entry(term).or_insert(next)
    }

    /// Whether some of them around a circle come to less than nothing, or to nothing and never that.
    fn is_impossible(&self) -> bool {
        // How far each place lies above the lowest, at most, and how many of the steps there are strict.
        let mut known = vec![(0.0_f64, 0_u32); self.places.len() + 1];
        for _ in 0..=known.len() {
            crate::steps::count(self.apart.len());
            let mut lowered = false;
            for apart in &self.apart {
                let (from, strict) = known[apart.other];
                let most = from + apart.most;
                let strict = strict + u32::from(apart.strictly);
                let (before, was) = known[apart.one];
                let nothing = NOTHING * (1.0 + before.abs().max(most.abs()));
                let is_lower = most < before - nothing;
                if is_lower || most <= before + nothing && strict > was {
                    known[apart.one] = (most.min(before), strict);
                    lowered = true;
                }
            }
            if !lowered {
                return false;
            }
        }
        true
    }
}
