//! What decides an atom, and whether the world does.
//!
//! Comparisons of one term with numbers lie on one axis, and so do those of one sum: `a > b` and
//! `2 * a <= 2 * b` both ask on which side of nothing `a - b` lies. Whether a list has an element of
//! some kind is one axis, too, however it is asked.

use std::collections::BTreeMap;

use super::super::fold::Terms;
use super::super::form::Form;
use super::super::term::{Facts, Id, Node};
use super::Can;

/// How deep the opposite of a test is looked for.
const OPPOSITE: u32 = 8;

/// What decides an atom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    Term(Id),
    /// A sum of several terms, by its place among the directions.
    Sum(usize),
    /// Whether a list has an element of which this test holds.
    Some {
        source: Id,
        test: Id,
    },
}

/// What a comparison tests: whether something lies below a point, or above it, or on it.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    pub axis: Axis,
    /// None where it is compared with what is no number.
    pub point: Option<f64>,
    pub below: bool,
}

/// The sums that are compared with numbers, each once, whatever it was multiplied with.
#[derive(Default)]
pub struct Directions {
    sums: Vec<Form>,
    /// By their parts; the bits of a float are its name.
    known: BTreeMap<Vec<(Id, u64)>, usize>,
}

impl Directions {
    fn place(&mut self, sum: Form) -> usize {
        let parts = sum.parts.iter().map(|(id, times)| (*id, times.to_bits()));
        let next = self.sums.len();
        let place = *self.known.entry(parts.collect()).or_insert(next);
        if place == next {
            self.sums.push(sum);
        }
        place
    }

    pub fn sum(&self, place: usize) -> Option<&Form> {
        self.sums.get(place)
    }
}

/// How many times the direction a sum is: the direction begins with a positive number of its first
/// part, and where all are whole with the least that is.
fn size(form: &Form) -> f64 {
    let first = form.parts.first().map_or(1.0, |(_, times)| *times);
    let is_whole = |times: f64| times.fract() == 0.0 && times.abs() < (1_u64 << 53) as f64;
    let wholes = form.parts.iter().map(|(_, times)| *times);
    let common = match wholes.clone().all(is_whole) {
        true => wholes.fold(0, |common, times| divisor(common, times.abs() as u64)) as f64,
        false => first.abs(),
    };
    common * first.signum()
}

fn divisor(a: u64, b: u64) -> u64 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Terms {
    /// Keeps what a comparison that was just made tests.
    pub(in super::super) fn keep_compared(&mut self, id: Id) {
        let (Node::Less(left, right) | Node::Equal(left, right)) = *self.table.node(id) else {
            return;
        };
        let is_word = |id: Id| {
            let value = self.table.value(id);
            value.is_some_and(|value| !super::super::number::is_number(value))
        };
        let word = match (is_word(left), is_word(right)) {
            (_, true) => Some(left),
            (true, false) => Some(right),
            (false, false) => None,
        };
        let compared = match word {
            Some(term) => Compared {
                axis: Axis::Term(term),
                point: None,
                below: false,
            },
            None => self.compared_by_form(left, right),
        };
        self.compared.insert(id, compared);
    }

    fn compared_by_form(&mut self, left: Id, right: Id) -> Compared {
        if let Some((term, point)) = self.written(left, right) {
            return Compared {
                axis: Axis::Term(term),
                point: Some(point),
                below: term == left,
            };
        }
        let form = self.difference(left, right);
        // A difference that is too long to keep is one of two terms.
        let form = form.filter(|form| !form.parts.is_empty()).unwrap_or(Form {
            parts: vec![(left.min(right), 1.0), (left.max(right), -1.0)],
            more: 0.0,
        });
        let (axis, size) = match *form.parts.as_slice() {
            [(term, times)] => (Axis::Term(term), times),
            _ => {
                let size = size(&form);
                let direction = Form {
                    more: 0.0,
                    ..form.scaled(1.0 / size)
                };
                (Axis::Sum(self.directions.place(direction)), size)
            }
        };
        Compared {
            axis,
            point: Some(-form.more / size),
            below: size > 0.0,
        }
    }

    /// What an atom hangs on; none for what is put together.
    pub(super) fn axis(&self, id: Id) -> Option<Axis> {
        match *self.table.node(id) {
            Node::Const(_)
            | Node::Not(_)
            | Node::And(..)
            | Node::Or(..)
            | Node::Choose { .. }
            | Node::OrNoData { .. } => None,
            Node::Less(..) | Node::Equal(..) => {
                let compared = self.compared.get(&id);
                Some(compared.map_or(Axis::Term(id), |compared| compared.axis))
            }
            Node::IsEmpty { of: list, .. } | Node::IsSome(list) => {
                let axis = match *self.table.node(list) {
                    Node::Filter { source, test, .. } | Node::Pick { source, test } => {
                        Some(self.having(source, test))
                    }
                    _ => self.table.find(&Node::Count(list)).map(Axis::Term),
                };
                Some(axis.unwrap_or(Axis::Term(id)))
            }
            Node::Any { source, test } => Some(self.having(source, test)),
            // That all are so is that none is otherwise.
            Node::All { source, test } => Some(match self.opposite(test, OPPOSITE) {
                Some(test) => self.having(source, test),
                None => Axis::Term(id),
            }),
            _ => Some(Axis::Term(id)),
        }
    }

    /// How many there are decides it, where that is asked, too.
    fn having(&self, source: Id, test: Id) -> Axis {
        let list = match self.table.is(test, true) {
            true => Some(source),
            false => self.table.find(&Node::Filter {
                source,
                test,
                element: test,
            }),
        };
        let count = list.and_then(|list| self.table.find(&Node::Count(list)));
        count.map_or(Axis::Some { source, test }, Axis::Term)
    }

    /// Whether one test holds exactly where the other does not.
    pub(in super::super) fn is_opposite(&self, one: Id, other: Id) -> bool {
        self.opposite(one, OPPOSITE) == Some(other) || self.opposite(other, OPPOSITE) == Some(one)
    }

    /// The test that holds where this one does not, where it is asked somewhere.
    fn opposite(&self, test: Id, depth: u32) -> Option<Id> {
        let known = match *self.table.node(test) {
            Node::Not(of) => Some(of),
            _ => self.table.find(&Node::Not(test)),
        };
        if known.is_some() {
            return known;
        }
        let depth = depth.checked_sub(1)?;
        let both = |left: Id, right: Id| {
            let (left, right) = (self.opposite(left, depth)?, self.opposite(right, depth)?);
            Some((left, right))
        };
        match *self.table.node(test) {
            Node::And(left, right) => {
                let (left, right) = both(left, right)?;
                self.table.find(&Node::Or(left, right))
            }
            Node::Or(left, right) => {
                let (left, right) = both(left, right)?;
                self.table.find(&Node::And(left, right))
            }
            _ => None,
        }
    }

    /// What is known of what lies on an axis.
    pub(super) fn along(&self, axis: Axis) -> Facts {
        match axis {
            Axis::Term(term) => self.facts(term),
            Axis::Sum(place) => {
                let Some(sum) = self.directions.sum(place) else {
                    return Facts::default();
                };
                let parts = sum
                    .parts
                    .iter()
                    .map(|(id, times)| (self.facts(*id), *times));
                let mut facts = Facts {
                    whole: true,
                    within: self.range(sum),
                    ..Facts::default()
                };
                for (part, times) in parts {
                    facts.told |= part.told;
                    facts.world |= part.world;
                    facts.worded |= part.worded;
                    facts.whole &= part.whole && times.fract() == 0.0;
                }
                facts.world &= !facts.told;
                facts
            }
            Axis::Some { source, test } => {
                let (source, test) = (self.facts(source), self.facts(test));
                let told = source.told || test.told;
                Facts {
                    told,
                    world: !told && (source.world || test.world),
                    ..Facts::default()
                }
            }
        }
    }

    /// Whether words alone take a value on this axis.
    pub(super) fn is_of_words(&self, axis: Axis) -> bool {
        if self.free {
            return false;
        }
        let facts = self.along(axis);
        match axis {
            Axis::Term(id) => {
                let is_value = !matches!(
                    self.table.node(id),
                    Node::In { .. } | Node::IsEmpty { .. } | Node::IsSome(_) | Node::All { .. }
                );
                is_value && facts.told && !facts.world
            }
            Axis::Sum(_) => facts.told,
            Axis::Some { .. } => false,
        }
    }

    pub(super) fn is_of_world(&self, axis: Axis, atoms: &[Id]) -> bool {
        if self.free {
            return true;
        }
        let is_judged = |id: &Id| self.judged.get(id) == Some(&Can::BOTH);
        match axis {
            Axis::Term(id) => {
                let facts = self.along(axis);
                // What it has in it is compared, not how much of it there is.
                facts.world && !facts.worded || is_judged(&id)
            }
            Axis::Sum(_) => {
                let facts = self.along(axis);
                facts.world && !facts.worded
            }
            Axis::Some { .. } => self.along(axis).world || atoms.iter().any(is_judged),
        }
    }
}
