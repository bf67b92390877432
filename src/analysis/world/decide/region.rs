//! The regions of an axis that conditions tell apart.

use std::collections::BTreeSet;

use super::super::fold::Terms;
use super::super::number::Interval;
use super::super::term::{Id, Node};
use super::Region;
use super::axis::Axis;
use crate::value::Value;

impl Terms {
    /// The regions that the atoms cut an axis into, without those that cannot be.
    pub(super) fn regions(&self, axis: Axis, atoms: &[Id]) -> Vec<Region> {
        let facts = self.along(axis);
        let mut points = Vec::new();
        let mut values = BTreeSet::new();
        for atom in atoms {
            match self.compared.get(atom) {
                Some(compared) => match compared.point {
                    Some(point) => points.push(point),
                    None => values.extend(self.word_of(*atom).cloned()),
                },
                None if self.is_counted(axis) => points.push(0.0),
                None => {
                    return vec![Region::Is(true), Region::Is(false)];
                }
            }
        }
        if points.is_empty() {
            let other = (!self.are_all_members(&values)).then_some(Region::Other);
            let named = values.into_iter().map(Region::Value);
            return named.chain(other).collect();
        }
        points.sort_by(f64::total_cmp);
        points.dedup();
        let mut regions = Vec::new();
        let mut low = f64::NEG_INFINITY;
        for point in points {
            regions.push(Region::Open(low, point));
            regions.push(Region::Point(point));
            low = point;
        }
        regions.push(Region::Open(low, f64::INFINITY));
        regions.retain(|region| is_possible(region, facts.within, facts.whole));
        regions
    }

    /// Whether these are all members of an enum: there is nothing else that it could be.
    fn are_all_members(&self, values: &BTreeSet<Value>) -> bool {
        let of = |value: &Value| match value {
            Value::Enum(member) => Some(member.enumeration.clone()),
            _ => None,
        };
        let Some(name) = values.first().and_then(of) else {
            return false;
        };
        let are_of_it = values.iter().all(|value| of(value).as_ref() == Some(&name));
        are_of_it && self.members.get(&name) == Some(&values.len())
    }

    /// Whether it is how many there are that lies on this axis.
    fn is_counted(&self, axis: Axis) -> bool {
        match axis {
            Axis::Term(term) => matches!(self.table.node(term), Node::Count(_)),
            Axis::Sum(_) | Axis::Some { .. } => false,
        }
    }

    /// What an atom compares with that is no number.
    pub(super) fn word_of(&self, atom: Id) -> Option<&Value> {
        match *self.table.node(atom) {
            Node::Less(left, right) | Node::Equal(left, right) => {
                self.table.value(right).or_else(|| self.table.value(left))
            }
            _ => None,
        }
    }

    pub(super) fn holds_in(&self, atom: Id, region: &Region) -> bool {
        let point = self.compared.get(&atom);
        let point = point.and_then(|compared| Some((compared.point?, compared.below)));
        match (self.table.node(atom), region, point) {
            (Node::Less(..), Region::Point(at), Some((point, below))) => match below {
                true => *at < point,
                false => *at > point,
            },
            (Node::Less(..), Region::Open(low, high), Some((point, below))) => match below {
                true => *high <= point,
                false => *low >= point,
            },
            (Node::Equal(..), Region::Point(at), Some((point, _))) => *at == point,
            (Node::Equal(..), Region::Value(value), None) => self.word_of(atom) == Some(value),
            (Node::Less(..) | Node::Equal(..), _, _) => false,
            (_, region, _) => {
                let is_there = match region {
                    Region::Is(value) => *value,
                    Region::Point(count) => *count != 0.0,
                    Region::Open(..) => true,
                    Region::Value(_) | Region::Other => false,
                };
                is_there != self.asks_for_none(atom)
            }
        }
    }

    /// Whether it holds where nothing lies on its axis: there is none of them, none is otherwise.
    fn asks_for_none(&self, atom: Id) -> bool {
        let asks = matches!(
            self.table.node(atom),
            Node::IsEmpty { .. } | Node::All { .. }
        );
        asks && self.axis(atom) != Some(Axis::Term(atom))
    }
}

/// Whether a number can lie there.
pub(super) fn is_possible(region: &Region, within: Interval, whole: bool) -> bool {
    match region {
        Region::Point(at) => {
            within.low <= *at && *at <= within.high && (!whole || at.fract() == 0.0)
        }
        Region::Open(low, high) => {
            if within.high <= *low || within.low >= *high {
                return false;
            }
            if !whole {
                return true;
            }
            let first = if within.low > *low {
                within.low.ceil()
            } else {
                low.floor() + 1.0
            };
            let last = if within.high < *high {
                within.high.floor()
            } else {
                high.ceil() - 1.0
            };
            first <= last
        }
        Region::Is(_) | Region::Value(_) | Region::Other => true,
    }
}
