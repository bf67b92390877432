//! Comparisons with what was written, where the form of the other side says enough.

use crate::value::Value;

use super::super::number::number;
use super::super::term::{Id, Node, Operation};
use super::Terms;

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
}
