//! The regions of an axis that conditions tell apart.

use std::collections::BTreeSet;

use super::super::fold::Terms;
use super::super::number::Interval;
use super::super::term::{Id, Node};
use super::{Axis, Region};

impl Terms {
    /// The regions that the atoms cut an axis into, without those that cannot be.
    pub(super) fn regions(&self, axis: Axis, atoms: &[Id]) -> Vec<Region> {
        let (term, within, whole) = match axis {
            Axis::Pair(left, right) => return self.orders(left, right),
            Axis::Term(term) => {
                let facts = self.facts(term);
                (term, facts.within, facts.whole)
            }
        };
        let mut points = Vec::new();
        let mut values = BTreeSet::new();
        for atom in atoms {
            match *self.table.node(*atom) {
                Node::Less(left, right) | Node::Equal(left, right) => {
                    let other = if left == term { right } else { left };
                    match (self.point(other), self.table.value(other)) {
                        (Some(point), _) => points.push(point),
                        (None, Some(value)) => {
                            values.insert(value.clone());
                        }
                        (None, None) => {}
                    }
                }
                _ => return vec![Region::Is(true), Region::Is(false)],
            }
        }
        if points.is_empty() {
            let named = values.into_iter().map(Region::Value);
            return named.chain([Region::Other]).collect();
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
        regions.retain(|region| is_possible(region, within, whole));
        regions
    }

    /// How two terms may compare.
    pub(super) fn orders(&self, left: Id, right: Id) -> Vec<Region> {
        use std::cmp::Ordering;
        let (a, b) = (self.facts(left).within, self.facts(right).within);
        let mut regions = vec![Region::Order(Ordering::Equal)];
        if a.low < b.high {
            regions.push(Region::Order(Ordering::Less));
        }
        if b.low < a.high {
            regions.push(Region::Order(Ordering::Greater));
        }
        regions
    }

    pub(super) fn holds_in(&self, atom: Id, region: &Region) -> bool {
        use std::cmp::Ordering;
        match (self.table.node(atom), region) {
            (Node::Less(left, right), Region::Order(order)) => {
                let wanted = if left < right {
                    Ordering::Less
                } else {
                    Ordering::Greater
                };
                *order == wanted
            }
            (Node::Equal(..), Region::Order(order)) => *order == Ordering::Equal,
            (Node::Less(left, right), region) => match (self.point(*right), self.point(*left)) {
                (Some(bound), _) if !self.is_constant(*left) => match region {
                    Region::Point(at) => *at < bound,
                    Region::Open(_, high) => *high <= bound,
                    _ => false,
                },
                (_, Some(bound)) => match region {
                    Region::Point(at) => bound < *at,
                    Region::Open(low, _) => bound <= *low,
                    _ => false,
                },
                _ => false,
            },
            (Node::Equal(left, right), region) => {
                let constant = if self.is_constant(*right) {
                    *right
                } else {
                    *left
                };
                match region {
                    Region::Point(at) => self.point(constant) == Some(*at),
                    Region::Value(value) => self.table.value(constant) == Some(value),
                    Region::Is(_) | Region::Open(..) | Region::Other | Region::Order(_) => false,
                }
            }
            (_, Region::Is(value)) => *value,
            _ => false,
        }
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
        Region::Is(_) | Region::Value(_) | Region::Other | Region::Order(_) => true,
    }
}
