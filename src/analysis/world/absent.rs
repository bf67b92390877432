//! Judgement B: what a condition is where nothing is there.
//!
//! Every list that was observed is empty, every optional observation is none, and what has an
//! `else no_data` is that. All else is unknown.

use std::collections::BTreeMap;

use crate::value::Value;

use super::fold::Terms;
use super::number::{Interval, computed, number};
use super::term::{Id, Leaf, Node, Operation, Shape, each_part};

/// What is known of a value in the absent world.
#[derive(Clone, Debug, PartialEq)]
enum Known {
    Unknown,
    Truth(bool),
    Number(f64),
    Value(Value),
    Empty,
    None,
}

impl Known {
    fn truth(&self) -> Option<bool> {
        match self {
            Known::Truth(truth) => Some(*truth),
            _ => None,
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Known::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn of(truth: Option<bool>) -> Known {
        truth.map_or(Known::Unknown, Known::Truth)
    }

    fn constant(value: &Value) -> Known {
        match value {
            Value::Bool(truth) => Known::Truth(*truth),
            Value::None => Known::None,
            Value::List(elements) if elements.is_empty() => Known::Empty,
            value => match number(value) {
                Some(number) => Known::Number(number),
                None => Known::Value(value.clone()),
            },
        }
    }
}

impl Terms {
    /// Whether the condition is true where nothing is there.
    pub fn holds_in_absence(&self, id: Id) -> bool {
        let mut known = BTreeMap::new();
        for part in self.table.reach(id, each_part) {
            let value = self.in_absence(part, &known);
            known.insert(part, value);
        }
        known.get(&id) == Some(&Known::Truth(true))
    }

    #[expect(clippy::too_many_lines, reason = "one match with an arm for each form")]
    fn in_absence(&self, id: Id, known: &BTreeMap<Id, Known>) -> Known {
        let of = |part: &Id| known.get(part).cloned().unwrap_or(Known::Unknown);
        match self.table.node(id) {
            Node::Const(value) => Known::constant(value),
            Node::Observe { .. } | Node::Field { .. } => match self.facts(id).world {
                true => match self.facts(id).shape {
                    Shape::List => Known::Empty,
                    Shape::Optional => Known::None,
                    Shape::Plain | Shape::Record | Shape::Target => Known::Unknown,
                },
                false => Known::Unknown,
            },
            Node::Not(inner) => Known::of(of(inner).truth().map(|truth| !truth)),
            Node::And(left, right) => both(of(left), of(right), false),
            Node::Or(left, right) => both(of(left), of(right), true),
            Node::Choose {
                condition,
                then,
                otherwise,
            } => match of(condition).truth() {
                Some(true) => of(then),
                Some(false) => of(otherwise),
                None if of(then) == of(otherwise) => of(then),
                None => Known::Unknown,
            },
            Node::OrNoData { fallback, .. } => of(fallback),
            Node::Less(left, right) => {
                let sides = of(left).number().zip(of(right).number());
                Known::of(sides.map(|(left, right)| left < right))
            }
            Node::Equal(left, right) => match (of(left), of(right)) {
                (Known::Unknown, _) | (_, Known::Unknown) => Known::Unknown,
                (left, right) => Known::Truth(left == right),
            },
            Node::In { list, .. } => match of(list) {
                Known::Empty => Known::Truth(false),
                _ => Known::Unknown,
            },
            // That the author said it of something with a name is the author's word.
            Node::IsEmpty { word: true, .. } => Known::Unknown,
            Node::IsEmpty { of: list, .. } => match of(list) {
                Known::Empty => Known::Truth(true),
                _ => Known::Unknown,
            },
            Node::IsSome(inner) => match of(inner) {
                Known::None => Known::Truth(false),
                _ => Known::Unknown,
            },
            Node::Wrap(inner) => of(inner),
            Node::Any { source, .. } => match of(source) {
                Known::Empty => Known::Truth(false),
                _ => Known::Unknown,
            },
            Node::Filter { source, .. } => match of(source) {
                Known::Empty => Known::Empty,
                _ => Known::Unknown,
            },
            Node::Pick { source, .. } => match of(source) {
                Known::Empty => Known::None,
                _ => Known::Unknown,
            },
            Node::Count(list) | Node::Sum(list) => match of(list) {
                Known::Empty => Known::Number(0.0),
                _ => Known::Unknown,
            },
            Node::Apply { what, args } => {
                if let (Operation::First, Some(Known::Empty)) = (what, args.first().map(of)) {
                    return Known::Empty;
                }
                let numbers: Option<Vec<Interval>> = args
                    .iter()
                    .map(|arg| of(arg).number().map(Interval::point))
                    .collect();
                let result = numbers.map(|numbers| computed(*what, &numbers));
                match result {
                    Some(result) if result.low == result.high => Known::Number(result.low),
                    _ => Known::Unknown,
                }
            }
            Node::Leaf(Leaf::Local(local)) if self.observed.contains(local) => {
                match self.facts(id).shape {
                    Shape::List => Known::Empty,
                    Shape::Optional => Known::None,
                    Shape::Plain | Shape::Record | Shape::Target => Known::Unknown,
                }
            }
            // Nothing is all, smallest or largest of nothing: those fail.
            Node::All { .. }
            | Node::Extreme { .. }
            | Node::Unwrap(_)
            | Node::Element { .. }
            | Node::Record { .. }
            | Node::List(_)
            | Node::Leaf(_) => Known::Unknown,
        }
    }
}

/// `or` and `and` in three values: one side that is `strong` decides.
fn both(left: Known, right: Known, strong: bool) -> Known {
    match (left.truth(), right.truth()) {
        (left, right) if left == Some(strong) || right == Some(strong) => Known::Truth(strong),
        (Some(_), Some(_)) => Known::Truth(!strong),
        _ => Known::Unknown,
    }
}
