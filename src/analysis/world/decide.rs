//! Judgement A: whether the world can make a condition true, and false, whatever words say.
//!
//! Comparisons of one term with constants are one choice of a region on the term's axis. Where a
//! term is tested more than once in a condition, its regions are gone through one by one; all else
//! follows from the parts.

mod axis;
mod chained;
mod region;
mod sweep;

use std::collections::BTreeMap;

use crate::value::Value;

use super::fold::Terms;
use super::term::{Id, Node, Operation, Shape, each_operand};
use axis::Axis;
use sweep::{Along, Sweep};

pub use axis::{Compared, Directions};

/// How many combinations of regions are looked at in one condition.
pub const COMBINATIONS: usize = 4_096;

/// How many values of words are gone through, each of them, in one condition.
const WORDS: usize = 4;

/// Whether the world can make something true, and whether it can make it false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Can {
    pub yes: bool,
    pub no: bool,
}

impl Can {
    const NEITHER: Can = Can::of(false, false);
    const BOTH: Can = Can::of(true, true);

    const fn of(yes: bool, no: bool) -> Can {
        Can { yes, no }
    }

    fn not(self) -> Can {
        Can::of(self.no, self.yes)
    }

    fn and(self, other: Can) -> Can {
        Can::of(self.yes && other.yes, self.no || other.no)
    }

    fn or(self, other: Can) -> Can {
        self.not().and(other.not()).not()
    }

    fn choose(self, then: Can, otherwise: Can) -> Can {
        let side = |then: bool, otherwise: bool| {
            self.yes && then || self.no && otherwise || then && otherwise
        };
        Can::of(side(then.yes, otherwise.yes), side(then.no, otherwise.no))
    }

    /// Whether it is always the same.
    pub fn is_constant(self) -> bool {
        self.yes != self.no
    }
}

/// A part of an axis.
#[derive(Clone, Debug, PartialEq)]
enum Region {
    /// Of a Bool, or of whatever is one.
    Is(bool),
    Point(f64),
    /// Without its ends.
    Open(f64, f64),
    Value(Value),
    /// None of the values that are named.
    Other,
}

impl Terms {
    /// What the world can make of a condition.
    pub fn can(&mut self, id: Id) -> Can {
        crate::steps::count(1);
        if let Some(can) = self.judged.get(&id) {
            return *can;
        }
        let can = match *self.table.node(id) {
            Node::Const(Value::Bool(value)) => Can::of(value, !value),
            Node::Not(of) => self.can(of).not(),
            Node::And(..) | Node::Or(..) => self.chain(id),
            Node::Choose { .. } => self.together(id),
            Node::OrNoData { value, fallback } => {
                let can = self.can(value);
                self.or_no_data(can, fallback)
            }
            _ => self.atom(id),
        };
        self.judged.insert(id, can);
        can
    }

    /// Whether a condition is false in some run, whoever decides it. Of what is too wide to say it may be.
    pub fn may_fail(&mut self, id: Id) -> bool {
        let kept = (
            std::mem::take(&mut self.judged),
            std::mem::take(&mut self.lists),
            std::mem::replace(&mut self.free, true),
            std::mem::take(&mut self.wide),
        );
        let fails = self.can(id).no || self.wide;
        (self.judged, self.lists, self.free, self.wide) = kept;
        fails
    }

    /// At a look the world decides whether there is data; of an incident that is no measurement.
    fn or_no_data(&self, value: Can, fallback: Id) -> Can {
        match self.table.node(fallback) {
            Node::Const(Value::Bool(said)) if self.absence_decides => {
                Can::of(value.yes || *said, value.no || !said)
            }
            _ => value,
        }
    }

    /// Operands that share nothing are judged apart from each other.
    fn chain(&mut self, id: Id) -> Can {
        let is_and = matches!(self.table.node(id), Node::And(..));
        let operands = self.table.reach(id, |node, visit| match node {
            Node::And(left, right) if is_and => {
                visit(*left);
                visit(*right);
            }
            Node::Or(left, right) if !is_and => {
                visit(*left);
                visit(*right);
            }
            _ => {}
        });
        let operands: Vec<Id> = operands
            .into_iter()
            .filter(|operand| match self.table.node(*operand) {
                Node::And(..) => !is_and,
                Node::Or(..) => is_and,
                _ => true,
            })
            .collect();
        if self.exclude_each_other(&operands, is_and) {
            return Can::of(!is_and, is_and);
        }
        let mut all: Option<Can> = None;
        for group in self.groups(&operands) {
            let can = match group.as_slice() {
                [one] => self.can(*one),
                [first, rest @ ..] => {
                    let joined = rest.iter().fold(*first, |joined, next| match is_and {
                        true => self.and(joined, *next),
                        false => self.or(joined, *next),
                    });
                    self.together(joined)
                }
                [] => continue,
            };
            all = Some(match all {
                None => can,
                Some(all) if is_and => all.and(can),
                Some(all) => all.or(can),
            });
        }
        all.unwrap_or(Can::NEITHER)
    }

    /// The operands, those together that hang on one axis.
    fn groups(&self, operands: &[Id]) -> Vec<Vec<Id>> {
        let mut leader: Vec<usize> = (0..operands.len()).collect();
        fn root(leader: &mut [usize], mut at: usize) -> usize {
            while leader[at] != at {
                leader[at] = leader[leader[at]];
                at = leader[at];
            }
            at
        }
        let mut first: BTreeMap<Axis, usize> = BTreeMap::new();
        // What an operand before this one leads to, too, is not gone through again.
        let mut seen: BTreeMap<Id, usize> = BTreeMap::new();
        for (at, operand) in operands.iter().enumerate() {
            let mut open = vec![*operand];
            while let Some(part) = open.pop() {
                crate::steps::count(1);
                if matches!(self.table.node(part), Node::Const(_)) {
                    continue;
                }
                let known = match seen.get(&part) {
                    Some(known) => *known,
                    None => {
                        seen.insert(part, at);
                        each_operand(self.table.node(part), &mut |below| open.push(below));
                        let axis = self.axis(part);
                        axis.map_or(at, |axis| *first.entry(axis).or_insert(at))
                    }
                };
                let (a, b) = (root(&mut leader, known), root(&mut leader, at));
                leader[b] = a;
            }
        }
        let mut groups: BTreeMap<usize, Vec<Id>> = BTreeMap::new();
        for (at, operand) in operands.iter().enumerate() {
            let root = root(&mut leader, at);
            groups.entry(root).or_default().push(*operand);
        }
        groups.into_values().collect()
    }

    /// Judges what hangs together: goes through the regions of each term that is tested more than
    /// once.
    fn together(&mut self, id: Id) -> Can {
        let parts = self.table.reach(id, each_operand);
        let single: BTreeMap<Id, Can> = parts
            .iter()
            .copied()
            .filter(|part| self.axis(*part).is_some())
            .collect::<Vec<_>>()
            .into_iter()
            .map(|part| (part, self.atom(part)))
            .collect();
        let axes = self.shared(id, &parts);
        let mut words = Vec::new();
        let mut world = Vec::new();
        let mut combinations: usize = 1;
        for (axis, atoms) in axes {
            let regions = self.regions(axis, &atoms);
            combinations = combinations.saturating_mul(regions.len());
            let along = Along::new(self, &parts, regions, &atoms);
            match self.is_of_world(axis, &atoms) {
                true => world.push(along),
                false => words.push(along),
            }
        }
        if combinations > COMBINATIONS {
            self.wide = true;
            return Can::BOTH;
        }
        if words.iter().any(|along| along.len() == 0) {
            return Can::BOTH;
        }
        if world.iter().any(|along| along.len() == 0) {
            return Can::NEITHER;
        }
        // The first axis moves at every step: the longest one, where a step changes least.
        for axes in [&mut words, &mut world] {
            axes.sort_by_key(|along| std::cmp::Reverse(along.len()));
        }
        let axes: Vec<&Along> = words.iter().chain(&world).collect();
        let mut sweep = Sweep::new(self, &parts, &single, &axes);
        let mut all = Can::BOTH;
        loop {
            let mut any = Can::NEITHER;
            loop {
                let can = sweep.condition();
                any = Can::of(any.yes || can.yes, any.no || can.no);
                if !world.iter_mut().any(|along| sweep.step(along)) {
                    break;
                }
            }
            all = Can::of(all.yes && any.yes, all.no && any.no);
            if !words.iter_mut().any(|along| sweep.step(along)) {
                break;
            }
        }
        all
    }

    /// The axes that several paths from the root lead to, with the atoms on them.
    fn shared(&self, root: Id, parts: &[Id]) -> BTreeMap<Axis, Vec<Id>> {
        let mut paths: BTreeMap<Id, usize> = BTreeMap::from([(root, 1)]);
        for part in parts.iter().rev() {
            let here = paths.get(part).copied().unwrap_or(0);
            each_operand(self.table.node(*part), &mut |below| {
                let known = paths.entry(below).or_default();
                *known = (*known + here).min(2);
            });
        }
        let mut axes: BTreeMap<Axis, (usize, Vec<Id>)> = BTreeMap::new();
        for part in parts {
            if let Some(axis) = self.axis(*part) {
                let (count, atoms) = axes.entry(axis).or_default();
                *count += paths.get(part).copied().unwrap_or(0);
                atoms.push(*part);
            }
        }
        let words = axes.iter().filter(|(axis, _)| self.is_of_words(**axis));
        // Words are gone through one by one where they are few: what they pick between may be two
        // sides of one measurement.
        let each_word = words.count() <= WORDS;
        axes.into_iter()
            .filter(|(axis, (count, _))| *count > 1 || each_word && self.is_of_words(*axis))
            .map(|(axis, (_, atoms))| (axis, atoms))
            .collect()
    }

    /// An atom by itself.
    fn atom(&mut self, id: Id) -> Can {
        if let Some(can) = self.judged.get(&id) {
            return *can;
        }
        let can = self.judge_atom(id);
        self.judged.insert(id, can);
        can
    }

    fn judge_atom(&mut self, id: Id) -> Can {
        let node = self.table.node(id).clone();
        match node {
            Node::Less(..) | Node::Equal(..) => {
                let Some(axis) = self.axis(id) else {
                    return self.may(false);
                };
                let regions = self.regions(axis, &[id]);
                let holds = regions.iter().any(|region| self.holds_in(id, region));
                let fails = regions.iter().any(|region| !self.holds_in(id, region));
                match holds && fails {
                    true => self.may(self.is_of_world(axis, &[id])),
                    false => Can::of(holds, fails),
                }
            }
            Node::IsEmpty { of, .. } => self.list_of(of),
            Node::IsSome(of) => self.list_of(of).not(),
            Node::Any { test, .. } => self.can(test),
            Node::All { test, .. } => self.can(test),
            Node::In { element, list } => {
                let (element, facts) = (self.facts(element), self.facts(list));
                if !self.free && (element.told || facts.told || facts.worded) {
                    return Can::NEITHER;
                }
                self.may(element.world || facts.world)
            }
            _ => self.may(self.facts(id).world),
        }
    }

    /// What can be made of something that nothing decides beforehand.
    fn may(&self, is_of_world: bool) -> Can {
        match is_of_world || self.free {
            true => Can::BOTH,
            false => Can::NEITHER,
        }
    }

    /// Whether the world can empty a list or optional, and whether it can fill it.
    pub(super) fn list(&mut self, node: &Node) -> Can {
        crate::steps::count(1);
        match *node {
            Node::Const(Value::List(ref values)) => Can::of(values.is_empty(), !values.is_empty()),
            Node::Const(ref value) => Can::of(value.is_none(), !value.is_none()),
            Node::List(ref elements) => Can::of(elements.is_empty(), !elements.is_empty()),
            Node::Wrap(_) => Can::of(false, true),
            Node::Filter { source, test, .. } | Node::Pick { source, test } => {
                let whole = self.list_of(source);
                if self.table.is(test, true) {
                    return whole;
                }
                let can = self.can(test);
                let told = self.facts(source).told;
                Can::of(can.no, can.yes && (whole.no || !told))
            }
            Node::Choose {
                condition,
                then,
                otherwise,
            } => {
                let then = self.list_of(then);
                let otherwise = self.list_of(otherwise);
                self.can(condition).choose(then, otherwise)
            }
            Node::OrNoData { value, .. } => self.list_of(value),
            Node::Apply {
                what: Operation::First,
                ref args,
            } => match *args.as_slice() {
                // Words that choose how many may choose none.
                [list, count] => {
                    let can = self.list_of(list);
                    Can::of(can.yes, can.no && !self.facts(count).told)
                }
                [list] => self.list_of(list),
                _ => Can::NEITHER,
            },
            ref other => {
                let known = match self.known(other) {
                    Some(id) => self.facts(id),
                    None => return Can::NEITHER,
                };
                self.may(known.world && known.shape != Shape::Record)
            }
        }
    }

    /// Whether the world can empty a list.
    pub fn can_empty(&mut self, id: Id) -> bool {
        self.list_of(id).yes
    }

    fn list_of(&mut self, id: Id) -> Can {
        if let Some(can) = self.lists.get(&id) {
            return *can;
        }
        let node = self.table.node(id).clone();
        let can = self.list(&node);
        self.lists.insert(id, can);
        can
    }

    fn known(&self, node: &Node) -> Option<Id> {
        self.table.find(node)
    }
}
