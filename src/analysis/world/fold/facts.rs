//! What is known of a term from its parts: its range, whether it is of the world, whether told.

use super::super::number::{Interval, computed};
use super::super::term::{Facts, Id, Node, Operation, Shape, each_part};
use super::Terms;

impl Terms {
    /// What follows for a term from its parts.
    pub(super) fn derived(&mut self, node: &Node) -> Facts {
        let mut facts = Facts::default();
        let mut parts = Vec::new();
        each_part(node, &mut |part| parts.push(part));
        for part in &parts {
            let part = self.facts(*part);
            facts.told |= part.told;
            facts.world |= part.world;
            facts.worded |= part.worded;
        }
        facts.world &= !facts.told;
        match node {
            Node::Apply { what, .. } => {
                let within: Vec<Interval> =
                    parts.iter().map(|part| self.facts(*part).within).collect();
                facts.within = match (what, parts.as_slice()) {
                    (Operation::Multiply(_), [one, other]) if one == other => Interval {
                        low: 0.0,
                        ..computed(*what, &within)
                    },
                    _ => computed(*what, &within),
                };
                facts.past = self.is_past(*what, &parts);
                facts.whole = !matches!(
                    what,
                    Operation::Divide | Operation::Part | Operation::Scale(_)
                ) && parts.iter().all(|part| self.facts(*part).whole);
                if let (Operation::First | Operation::Map, Some(list)) = (what, parts.first()) {
                    facts.shape = self.facts(*list).shape;
                }
            }
            Node::List(_) => {
                facts.shape = Shape::List;
                facts.world = false;
            }
            Node::Record { .. } => facts.shape = Shape::Record,
            Node::Choose {
                then, otherwise, ..
            } => self.either(*then, *otherwise, &mut facts),
            Node::OrNoData { value, fallback } => {
                facts.told = self.facts(*value).told;
                facts.world = self.facts(*value).world;
                self.either(*value, *fallback, &mut facts);
            }
            Node::Filter { element, .. } => {
                let element = self.facts(*element);
                facts.worded = element.told || element.worded;
                facts.shape = Shape::List;
                let can = self.list(node);
                facts.world = can.yes && can.no;
            }
            Node::Pick { .. } => {
                facts.shape = Shape::Optional;
                let can = self.list(node);
                facts.world = can.yes && can.no;
            }
            Node::Wrap(of) => {
                facts.past = self.facts(*of).past;
                facts.shape = Shape::Optional;
            }
            Node::Count(list) => {
                let list = self.table.node(*list).clone();
                let can = self.list(&list);
                facts.world = can.yes && can.no;
                facts.worded = false;
                facts.within = Interval::FROM_ZERO;
                facts.whole = true;
            }
            Node::Sum(list) | Node::Extreme { of: list, .. } => {
                self.summed(*list, matches!(node, Node::Sum(_)), &mut facts);
            }
            _ => {}
        }
        facts
    }

    pub(super) fn either(&self, one: Id, other: Id, facts: &mut Facts) {
        let (one, other) = (self.facts(one), self.facts(other));
        facts.within = one.within.union(other.within);
        facts.whole = one.whole && other.whole;
        facts.past = one.past && other.past;
        facts.shape = one.shape;
    }

    /// Whether what is computed of these is a moment that has come.
    fn is_past(&self, what: Operation, parts: &[Id]) -> bool {
        let mut past = parts.iter().map(|part| self.facts(*part).past);
        match what {
            Operation::Min => past.any(|past| past),
            Operation::Max => past.all(|past| past),
            Operation::First | Operation::Index => past.next() == Some(true),
            _ => false,
        }
    }

    /// What a list's elements add up to is worth what they are worth.
    pub(super) fn summed(&mut self, list: Id, is_sum: bool, facts: &mut Facts) {
        let element = match *self.table.node(list) {
            Node::Filter { element, .. } => element,
            _ => list,
        };
        let known = self.facts(element);
        facts.told = known.told;
        facts.world = known.world;
        facts.past = known.past && !is_sum;
        if !known.world && !known.told {
            let node = self.table.node(list).clone();
            let can = self.list(&node);
            facts.world = can.yes && can.no;
            // Words that choose among numbers of the author's choose the number.
            facts.told |= self.facts(list).told;
            facts.world &= !facts.told;
        }
        if element == list {
            return;
        }
        facts.whole = known.whole;
        if !is_sum {
            facts.within = known.within;
        } else if known.within.low >= 0.0 {
            facts.within = Interval::FROM_ZERO;
        }
    }
}
