//! What is asked of a choice becomes a choice of what is asked of each outcome.

use std::collections::BTreeMap;

use super::super::term::{Id, Node, each_part};
use super::Terms;

impl Terms {
    /// The one part of the node that is a choice, if the node is to go into it.
    pub(super) fn choice_in(&self, node: &Node) -> Option<Id> {
        let goes_in = matches!(
            node,
            Node::Field { .. }
                | Node::Apply { .. }
                | Node::Less(..)
                | Node::Equal(..)
                | Node::In { .. }
                | Node::IsEmpty { .. }
                | Node::IsSome(_)
                | Node::Unwrap(_)
                | Node::Count(_)
                | Node::Sum(_)
                | Node::Extreme { .. }
        );
        if !goes_in {
            return None;
        }
        let mut found = None;
        let mut several = false;
        each_part(node, &mut |part| {
            let chooses = matches!(
                self.table.node(part),
                Node::Choose { .. } | Node::OrNoData { .. }
            );
            if chooses && found != Some(part) {
                several |= found.is_some();
                found = Some(part);
            }
        });
        found.filter(|_| !several)
    }

    /// The choice with each of its outcomes put where it stood in the node.
    pub(super) fn lift(&mut self, node: &Node, choice: Id, outcomes: Vec<Id>) -> Id {
        let mut lifted: BTreeMap<Id, Id> = BTreeMap::new();
        for id in outcomes {
            let made = match *self.table.node(id) {
                Node::Choose {
                    condition,
                    then,
                    otherwise,
                } => {
                    let (then, otherwise) = (lifted[&then], lifted[&otherwise]);
                    self.choose(condition, then, otherwise)
                }
                Node::OrNoData { value, fallback } => {
                    let (value, fallback) = (lifted[&value], lifted[&fallback]);
                    self.fold(Node::OrNoData { value, fallback })
                }
                _ => self.fold(replaced(node, choice, id)),
            };
            lifted.insert(id, made);
        }
        lifted[&choice]
    }
}

/// The node with one of its parts replaced.
fn replaced(node: &Node, from: Id, to: Id) -> Node {
    let swap = |part: Id| if part == from { to } else { part };
    match *node {
        Node::Field { base, field } => Node::Field {
            base: swap(base),
            field,
        },
        Node::Apply { what, ref args } => Node::Apply {
            what,
            args: args.iter().map(|part| swap(*part)).collect(),
        },
        Node::Less(left, right) => Node::Less(swap(left), swap(right)),
        Node::Equal(left, right) => Node::Equal(swap(left), swap(right)),
        Node::In { element, list } => Node::In {
            element: swap(element),
            list: swap(list),
        },
        Node::IsEmpty { of, word } => Node::IsEmpty { of: swap(of), word },
        Node::IsSome(of) => Node::IsSome(swap(of)),
        Node::Unwrap(of) => Node::Unwrap(swap(of)),
        Node::Count(of) => Node::Count(swap(of)),
        Node::Sum(of) => Node::Sum(swap(of)),
        Node::Extreme { of, largest } => Node::Extreme {
            of: swap(of),
            largest,
        },
        ref other => other.clone(),
    }
}
