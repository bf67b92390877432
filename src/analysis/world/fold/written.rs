//! Comparisons with what was written, where the form of the other side says enough.

use crate::value::Value;

use super::super::number::number;
use super::super::term::{Facts, Id, Node, Operation};
use super::{ALTERNATIVES, Terms};

/// Beyond, a float does not tell one whole number from the next.
const WHOLE: f64 = (1_u64 << 53) as f64;

impl Terms {
    /// A whole number against one that was written, said in one way: below the next whole one, or not.
    pub(super) fn below_whole(&mut self, left: Id, right: Id) -> Option<Id> {
        let (of, number, is_below) = match (self.table.value(left), self.table.value(right)) {
            (None, Some(value)) => (left, number(value)?, true),
            (Some(value), None) => (right, number(value)?, false),
            (None, None) | (Some(_), Some(_)) => return None,
        };
        if !self.facts(of).whole || number.abs() > WHOLE {
            return None;
        }
        let end = if is_below {
            number.ceil()
        } else {
            number.floor() + 1.0
        };
        let end = self.table.constant(Value::Int(end as i64));
        if is_below {
            // It is said so already.
            return (end != right).then(|| self.make(Node::Less(of, end)));
        }
        let below = self.make(Node::Less(of, end));
        Some(self.not(below))
    }

    /// Whether a text with holes is never this one, whatever fills them.
    pub(super) fn is_never(&self, template: Id, text: &str) -> bool {
        let Node::Apply {
            what: Operation::Text,
            args,
        } = self.table.node(template)
        else {
            return false;
        };
        let words = args.first().and_then(|words| self.table.value(*words));
        let Some(Value::Text(words)) = words else {
            return false;
        };
        let pieces: Vec<&str> = words.as_str().split(crate::literal::HOLE).collect();
        let (first, last) = (pieces.first().unwrap_or(&""), pieces.last().unwrap_or(&""));
        let least: usize = pieces.iter().map(|piece| piece.len()).sum();
        text.len() < least || !text.starts_with(first) || !text.ends_with(last)
    }

    /// A text with holes. What is spelled out of numbers and the like is no measurement of its own: a number is
    /// measured by comparing it.
    pub fn spelled(&mut self, args: Vec<Id>, of_texts: bool) -> Id {
        let node = Node::Apply {
            what: Operation::Text,
            args,
        };
        if of_texts || self.free || self.choice_in(&node).is_some() {
            return self.make(node);
        }
        let facts = Facts {
            world: false,
            ..self.derived(&node)
        };
        self.table.put(node, facts)
    }

    /// Whether two records or lists that are known part by part are the same.
    pub(super) fn same_parts(&mut self, one: Id, other: Id) -> Option<Id> {
        let (a, b) = (self.known_parts(one)?, self.known_parts(other)?);
        let mut all = self.table.truth(a.len() == b.len());
        for (a, b) in a.into_iter().zip(b) {
            let same = self.make(Node::Equal(a, b));
            all = self.and(all, same);
        }
        Some(all)
    }

    fn known_parts(&mut self, id: Id) -> Option<Vec<Id>> {
        let values: Vec<Value> = match self.table.node(id) {
            Node::Record { fields: parts, .. } | Node::List(parts)
                if parts.len() <= ALTERNATIVES =>
            {
                return Some(parts.clone());
            }
            Node::Const(Value::Record(record)) => {
                record.fields.iter().cloned().collect::<Option<_>>()?
            }
            Node::Const(Value::List(values)) if values.len() <= ALTERNATIVES => values.to_vec(),
            _ => return None,
        };
        Some(
            values
                .into_iter()
                .map(|value| self.table.constant(value))
                .collect(),
        )
    }
}
