//! How terms are made: folded where they are constant, and pushed into choices.
//!
//! A comparison with a choice becomes a choice of comparisons, so that an `or` stays one wherever
//! it hides, and a measurement that decides between two constants is seen as one.

mod apart;
mod bound;
mod facts;
mod lift;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::value::Value;

use super::decide::{Can, Compared, Directions};
use super::form::Form;
use super::term::{Facts, Id, Node, Operation, Shape, Table, each_outcome, each_part};

/// The lists of constants that `in` is taken apart for.
pub const ALTERNATIVES: usize = 64;

/// The outcomes of one choice that are looked at; of one with more the worst is taken.
const OUTCOMES: usize = 512;

/// The table and what was judged of it.
#[derive(Default)]
pub struct Terms {
    pub table: Table,
    pub(super) judged: BTreeMap<Id, Can>,
    /// Of lists and optionals: whether the world can empty and fill them.
    pub(super) lists: BTreeMap<Id, Can>,
    /// Of what is added up: what it comes to.
    pub(super) forms: BTreeMap<Id, Form>,
    /// Of comparisons: what they test of what.
    pub(super) compared: BTreeMap<Id, Compared>,
    pub(super) directions: Directions,
    /// How many comparisons are being taken apart, one in the other.
    pub(super) apart: u32,
    /// A condition with more combinations than are looked at was met.
    pub wide: bool,
    /// What stands for more than is looked at.
    pub(super) given_up: BTreeSet<Id>,
    /// What is not known may be anything: from run to run everything may differ.
    pub free: bool,
    /// What stands behind `else no_data` is taken where words select the observation.
    pub nothing_told: bool,
    /// Whether there is data is for the world to decide.
    pub absence_decides: bool,
    /// Names that stand for something observed.
    pub observed: BTreeSet<u32>,
    /// Names of when something had begun, with what says so now: it is never earlier.
    pub earlier: BTreeMap<u32, Id>,
    /// How many members each enum has.
    pub members: BTreeMap<SmolStr, usize>,
    /// There is an `else no_data` whose observation words select.
    pub told_fallback: bool,
}

impl Terms {
    pub fn facts(&self, id: Id) -> Facts {
        self.table.facts(id)
    }

    /// Stands for something that has too many sides to look at: the worst is taken.
    pub fn give_up(&mut self) -> Id {
        let worst = self.table.worst();
        self.given_up.insert(worst);
        worst
    }

    /// Whether something in a term was given up.
    pub fn was_given_up(&self, id: Id) -> bool {
        if self.given_up.is_empty() {
            return false;
        }
        let parts = self.table.reach(id, each_part);
        parts.iter().any(|part| self.given_up.contains(part))
    }

    pub fn not(&mut self, of: Id) -> Id {
        self.make(Node::Not(of))
    }

    pub fn and(&mut self, left: Id, right: Id) -> Id {
        self.make(Node::And(left, right))
    }

    pub fn or(&mut self, left: Id, right: Id) -> Id {
        self.make(Node::Or(left, right))
    }

    pub fn choose(&mut self, condition: Id, then: Id, otherwise: Id) -> Id {
        self.make(Node::Choose {
            condition,
            then,
            otherwise,
        })
    }

    /// The term for a node.
    pub fn make(&mut self, node: Node) -> Id {
        let Some(choice) = self.choice_in(&node) else {
            return self.fold(node);
        };
        match self.table.reach_most(choice, each_outcome, OUTCOMES) {
            Some(outcomes) => self.lift(&node, choice, outcomes),
            None => self.give_up(),
        }
    }

    fn fold(&mut self, node: Node) -> Id {
        if let Some(id) = self.simpler(&node) {
            return id;
        }
        if let Some(id) = self.table.find(&node) {
            return id;
        }
        let form = self.form_of(&node);
        if let Some(itself) = form.as_ref().and_then(Form::itself) {
            return itself;
        }
        let mut facts = self.derived(&node);
        if let Some(form) = &form {
            facts.within = facts.within.intersection(self.range(form));
        }
        let compares = matches!(node, Node::Less(..) | Node::Equal(..));
        let id = self.table.put(node, facts);
        if let Some(form) = form {
            self.forms.insert(id, form);
        }
        if compares {
            self.keep_compared(id);
        }
        id
    }

    /// The term that says the same in fewer words.
    fn simpler(&mut self, node: &Node) -> Option<Id> {
        match *node {
            Node::Not(of) => match *self.table.node(of) {
                Node::Not(inner) => Some(inner),
                Node::Const(Value::Bool(value)) => Some(self.table.truth(!value)),
                _ => None,
            },
            Node::And(left, right) => self.joined(left, right, true),
            Node::Or(left, right) => self.joined(left, right, false),
            Node::Choose {
                condition,
                then,
                otherwise,
            } => self.chosen(condition, then, otherwise),
            Node::OrNoData { value, fallback } => {
                let selected = self.facts(value).selected;
                self.told_fallback |= selected;
                let taken = self.nothing_told && selected;
                (taken || value == fallback).then_some(fallback)
            }
            Node::Equal(left, right) => self.equal(left, right),
            Node::Less(left, right) => self.less(left, right),
            Node::In { element, list } => self.among(element, list),
            Node::IsEmpty { of, word } => match self.without_elements(of) {
                Some(of) => Some(self.make(Node::IsEmpty { of, word })),
                None => self.emptiness(of),
            },
            Node::IsSome(of) => match self.table.node(of) {
                Node::Wrap(_) => Some(self.table.truth(true)),
                Node::Const(value) => {
                    let some = !value.is_none();
                    Some(self.table.truth(some))
                }
                _ => None,
            },
            Node::Wrap(of) => matches!(self.table.node(of), Node::Const(_)).then_some(of),
            Node::Unwrap(of) => match *self.table.node(of) {
                Node::Wrap(inner) => Some(inner),
                Node::Const(ref value) if !value.is_none() => Some(of),
                _ => None,
            },
            Node::Field { base, field } => self.part_of(base, usize::from(field)),
            Node::Count(list) => match self.without_elements(list) {
                Some(list) => Some(self.make(Node::Count(list))),
                None => self.counted(list),
            },
            Node::Any { source, test } => self.some_of(source, test),
            Node::All { test, .. } => match self.table.value(test) {
                Some(Value::Bool(value)) => {
                    let value = *value;
                    Some(self.table.truth(value))
                }
                _ => None,
            },
            Node::Apply { what, ref args } => self.same_as(what, args),
            Node::Filter { .. }
            | Node::Pick { .. }
            | Node::Const(_)
            | Node::Leaf(_)
            | Node::Observe { .. }
            | Node::Record { .. }
            | Node::List(_)
            | Node::Element { .. }
            | Node::Sum(_)
            | Node::Extreme { .. } => None,
        }
    }

    /// `and` and `or` of constants and of one side twice; `neutral` changes nothing.
    fn joined(&mut self, left: Id, right: Id, neutral: bool) -> Option<Id> {
        if left == right || self.table.is(right, neutral) || self.table.is(left, !neutral) {
            return Some(left);
        }
        if self.table.is(left, neutral) || self.table.is(right, !neutral) {
            return Some(right);
        }
        None
    }

    fn chosen(&mut self, condition: Id, then: Id, otherwise: Id) -> Option<Id> {
        if then == otherwise || self.table.is(condition, true) {
            return Some(then);
        }
        if self.table.is(condition, false) {
            return Some(otherwise);
        }
        if self.table.is(then, true) {
            return Some(self.or(condition, otherwise));
        }
        if self.table.is(otherwise, false) {
            return Some(self.and(condition, then));
        }
        if self.table.is(then, false) {
            let not = self.not(condition);
            return Some(self.and(not, otherwise));
        }
        if self.table.is(otherwise, true) {
            let not = self.not(condition);
            return Some(self.or(not, then));
        }
        None
    }

    fn equal(&mut self, left: Id, right: Id) -> Option<Id> {
        if left == right {
            return Some(self.table.truth(true));
        }
        if let (Some(a), Some(b)) = (self.table.value(left), self.table.value(right)) {
            let same = match (super::number::number(a), super::number::number(b)) {
                (Some(a), Some(b)) => a == b,
                _ => a == b,
            };
            return Some(self.table.truth(same));
        }
        for (one, other) in [(left, right), (right, left)] {
            if self.is_empty_list(one) && self.facts(other).shape == Shape::List {
                // It has no name here that the author could have meant.
                return Some(self.make(Node::IsEmpty {
                    of: other,
                    word: false,
                }));
            }
            match self.table.value(one) {
                Some(Value::Bool(true)) => return Some(other),
                Some(Value::Bool(false)) => return Some(self.not(other)),
                Some(Value::None) => {
                    let some = self.make(Node::IsSome(other));
                    return Some(self.not(some));
                }
                _ => {}
            }
            if let Some(Value::Text(text)) = self.table.value(one)
                && self.is_never(other, text.as_str())
            {
                return Some(self.table.truth(false));
            }
            if let Node::Wrap(inner) = *self.table.node(one) {
                match *self.table.node(other) {
                    Node::Wrap(of) => return Some(self.make(Node::Equal(inner, of))),
                    Node::Const(_) => return Some(self.make(Node::Equal(inner, other))),
                    _ => {}
                }
            }
            if let Some(parts) = self.same_parts(one, other) {
                return Some(parts);
            }
            if self.is_formula(one) {
                let not = self.not(other);
                return Some(self.choose(one, other, not));
            }
        }
        let (a, b) = (self.facts(left).within, self.facts(right).within);
        if a.high < b.low || b.high < a.low {
            return Some(self.table.truth(false));
        }
        if a.low == a.high && a == b {
            return Some(self.table.truth(true));
        }
        if let Some(solved) = self.equal_by_form(left, right) {
            return Some(solved);
        }
        (left > right).then(|| self.fold(Node::Equal(right, left)))
    }

    fn is_empty_list(&self, id: Id) -> bool {
        match self.table.node(id) {
            Node::Const(Value::List(values)) => values.is_empty(),
            Node::List(elements) => elements.is_empty(),
            _ => false,
        }
    }

    /// Whether it is a Bool that is put together.
    fn is_formula(&self, id: Id) -> bool {
        matches!(
            self.table.node(id),
            Node::Not(_)
                | Node::And(..)
                | Node::Or(..)
                | Node::Less(..)
                | Node::Equal(..)
                | Node::In { .. }
                | Node::IsEmpty { .. }
                | Node::IsSome(_)
                | Node::Any { .. }
                | Node::All { .. }
        )
    }

    fn less(&mut self, left: Id, right: Id) -> Option<Id> {
        let (a, b) = (self.facts(left).within, self.facts(right).within);
        if left == right || a.low >= b.high {
            return Some(self.table.truth(false));
        }
        if a.high < b.low {
            return Some(self.table.truth(true));
        }
        if let Some(below) = self.below_whole(left, right) {
            return Some(below);
        }
        self.less_by_form(left, right)
            .or_else(|| self.less_of_two(left, right))
    }

    fn among(&mut self, element: Id, list: Id) -> Option<Id> {
        if let Node::Apply {
            what: Operation::Range,
            args,
        } = self.table.node(list)
            && let [start, end, inclusive] = *args.as_slice()
        {
            return Some(self.between(element, start, end, inclusive));
        }
        if let Node::Apply {
            what: Operation::Index,
            args,
        } = self.table.node(element)
            && args.first() == Some(&list)
        {
            return Some(self.table.truth(true));
        }
        let alternatives: Vec<Id> = match self.table.node(list) {
            Node::List(elements) => elements.clone(),
            Node::Const(Value::List(values)) if values.len() <= ALTERNATIVES => {
                let values = values.to_vec();
                let made = values.into_iter().map(|value| self.table.constant(value));
                made.collect()
            }
            Node::Const(Value::Range(range)) => {
                let range = range.clone();
                let start = self.table.constant(range.start.clone());
                let end = self.table.constant(range.end.clone());
                let inclusive = self.table.truth(range.inclusive);
                return Some(self.between(element, start, end, inclusive));
            }
            Node::Filter { element: each, .. } => {
                let (each, one) = (self.facts(*each).within, self.facts(element).within);
                let is_out = each.high < one.low || each.low > one.high;
                return is_out.then(|| self.table.truth(false));
            }
            _ => return None,
        };
        if alternatives.len() > ALTERNATIVES {
            return None;
        }
        let mut any = self.table.truth(false);
        for alternative in alternatives {
            let same = self.make(Node::Equal(element, alternative));
            any = self.or(any, same);
        }
        Some(any)
    }

    fn between(&mut self, element: Id, start: Id, end: Id, inclusive: Id) -> Id {
        let below = self.make(Node::Less(element, start));
        let from = self.not(below);
        let to = match self.table.is(inclusive, true) {
            true => {
                let above = self.make(Node::Less(end, element));
                self.not(above)
            }
            false => self.make(Node::Less(element, end)),
        };
        self.and(from, to)
    }

    fn emptiness(&mut self, of: Id) -> Option<Id> {
        let empty = match self.table.node(of) {
            Node::Const(Value::List(values)) => values.is_empty(),
            Node::Const(Value::Map(map)) => map.entries().is_empty(),
            Node::Const(Value::Text(text)) => text.is_empty(),
            Node::List(elements) => elements.is_empty(),
            Node::Filter { test, .. } if self.table.is(*test, false) => true,
            Node::Filter { source, test, .. } if self.table.is(*test, true) => {
                let source = *source;
                return Some(self.make(Node::IsEmpty {
                    of: source,
                    word: false,
                }));
            }
            _ => return None,
        };
        Some(self.table.truth(empty))
    }

    /// The same list for those who only ask how many there are: what is made of each does not matter.
    fn without_elements(&mut self, list: Id) -> Option<Id> {
        match *self.table.node(list) {
            Node::Filter {
                source,
                test,
                element,
            } if element != test => Some(self.make(Node::Filter {
                source,
                test,
                element: test,
            })),
            _ => None,
        }
    }

    fn part_of(&mut self, base: Id, field: usize) -> Option<Id> {
        match self.table.node(base) {
            Node::Record { fields, .. } => fields.get(field).copied(),
            Node::Const(Value::Record(record)) => {
                let value = record.fields.get(field)?.clone()?;
                Some(self.table.constant(value))
            }
            _ => None,
        }
    }

    fn counted(&mut self, list: Id) -> Option<Id> {
        let count = match self.table.node(list) {
            Node::Const(Value::List(values)) => values.len(),
            Node::List(elements) => elements.len(),
            Node::Filter { test, .. } if self.table.is(*test, false) => 0,
            Node::Filter { source, test, .. } if self.table.is(*test, true) => {
                let source = *source;
                return Some(self.make(Node::Count(source)));
            }
            _ => return None,
        };
        let count = i64::try_from(count).ok()?;
        Some(self.table.constant(Value::Int(count)))
    }

    /// `any` of what always or never holds asks whether there is one at all.
    fn some_of(&mut self, source: Id, test: Id) -> Option<Id> {
        if self.table.is(test, false) {
            return Some(test);
        }
        if !self.table.is(test, true) {
            return None;
        }
        let empty = self.make(Node::IsEmpty {
            of: source,
            word: false,
        });
        Some(self.not(empty))
    }
}
