//! The table of terms: what conditions are made of, each kept once.
//!
//! A term's parts have smaller numbers than itself, so a pass over the numbers meets parts first,
//! and no pass needs to recurse.

use std::collections::{BTreeMap, BTreeSet};

use crate::value::Value;

use super::number::{Interval, is_inexact, place};

/// A term by its place in the table.
pub type Id = u32;

/// What a term is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// What the author wrote.
    Const(Value),
    /// A name whose value is not known, a clock, or what is not looked into.
    Leaf(Leaf),
    /// A probe's answer.
    Observe {
        probe: u32,
        args: Vec<Id>,
    },
    Field {
        base: Id,
        field: u16,
    },
    Record {
        record: u32,
        fields: Vec<Id>,
    },
    /// Computed out of these.
    Apply {
        what: Operation,
        args: Vec<Id>,
    },
    List(Vec<Id>),
    /// An element of a list, where a comprehension or loop this deep goes through it.
    Element {
        list: Id,
        depth: u32,
    },
    Not(Id),
    And(Id, Id),
    Or(Id, Id),
    Choose {
        condition: Id,
        then: Id,
        otherwise: Id,
    },
    /// An observation, and what stands for it where there is no data.
    OrNoData {
        value: Id,
        fallback: Id,
    },
    Less(Id, Id),
    Equal(Id, Id),
    In {
        element: Id,
        list: Id,
    },
    /// `word`: the author said it of a list with a name, or of a probe's own answer.
    IsEmpty {
        of: Id,
        word: bool,
    },
    IsSome(Id),
    Wrap(Id),
    Unwrap(Id),
    Any {
        source: Id,
        test: Id,
    },
    All {
        source: Id,
        test: Id,
    },
    Filter {
        source: Id,
        test: Id,
        element: Id,
    },
    Pick {
        source: Id,
        test: Id,
    },
    Count(Id),
    Sum(Id),
    /// The smallest or the largest of a list.
    Extreme {
        of: Id,
        largest: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaf {
    Local(u32),
    Trigger(u32),
    Now,
    /// What a query answers by the clock where its series do not exist.
    ByClock,
    /// Each one differs from all others.
    Unknown(u32),
}

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    Add,
    Subtract,
    Multiply(Product),
    Divide,
    /// The same where it is no percentage: a part, rounded to what it is counted in.
    Part,
    /// Whole, toward zero, and what is left.
    Quotient,
    Remainder,
    Negate,
    Min,
    Max,
    Clamp,
    Abs,
    Round,
    Floor,
    Ceil,
    /// A Float times this is the inside of the quantity.
    Scale(i64),
    /// A function of the library.
    Function(u32),
    First,
    Index,
    Range,
    Map,
    Text,
}

/// What is multiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Product {
    /// Two plain numbers.
    Numbers,
    /// A quantity, so often: rounded to what it is counted in.
    Quantity,
    /// A quantity and a percentage of it.
    Share,
}

/// Of what form a value is, as far as it matters here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    #[default]
    Plain,
    List,
    Optional,
    Record,
    Target,
}

/// What is known of a term whatever it is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts {
    /// The world decides it, and no words do.
    pub world: bool,
    /// Words are in it.
    pub told: bool,
    /// It has words in it, though how many is of the world.
    pub worded: bool,
    /// Words chose what it is, at any depth.
    pub selected: bool,
    /// Nothing but whole numbers.
    pub whole: bool,
    pub within: Interval,
    /// A moment that has come already whenever it is asked.
    pub past: bool,
    pub shape: Shape,
}

#[derive(Default)]
pub struct Table {
    nodes: Vec<Node>,
    facts: Vec<Facts>,
    known: BTreeMap<Node, Id>,
    unknown: u32,
    /// A number that is not told from those beside it was met.
    inexact: bool,
}

impl Table {
    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id as usize]
    }

    pub fn facts(&self, id: Id) -> Facts {
        self.facts[id as usize]
    }

    /// The term, new or as it was. `selected` follows from the parts.
    pub fn put(&mut self, node: Node, mut facts: Facts) -> Id {
        crate::steps::count(1);
        if let Some(id) = self.known.get(&node) {
            return *id;
        }
        each_part(&node, &mut |part| {
            let part = self.facts(part);
            facts.selected |= part.selected || part.told;
        });
        facts.selected |= facts.told;
        let id = self.nodes.len() as Id;
        self.known.insert(node.clone(), id);
        self.nodes.push(node);
        self.facts.push(facts);
        id
    }

    /// The term of a node that is known.
    pub fn find(&self, node: &Node) -> Option<Id> {
        self.known.get(node).copied()
    }

    /// The term of a constant that is known.
    pub fn find_constant(&self, value: &Value) -> Option<Id> {
        self.find(&Node::Const(value.clone()))
    }

    pub fn constant(&mut self, value: Value) -> Id {
        self.inexact |= is_inexact(&value);
        let facts = Facts {
            within: place(&value),
            whole: matches!(value, Value::Int(_)),
            ..Facts::default()
        };
        self.put(Node::Const(value), facts)
    }

    pub fn truth(&mut self, value: bool) -> Id {
        self.constant(Value::Bool(value))
    }

    /// Something that is like nothing else.
    pub fn unknown(&mut self, facts: Facts) -> Id {
        self.unknown += 1;
        self.put(Node::Leaf(Leaf::Unknown(self.unknown)), facts)
    }

    /// The worst that can be said of a value: words decide it.
    pub fn worst(&mut self) -> Id {
        self.unknown(Facts {
            told: true,
            ..Facts::default()
        })
    }

    /// Whether a number that is not told from those beside it is a part of a term.
    pub fn has_inexact(&self, id: Id) -> bool {
        let is_inexact = |id: Id| self.value(id).is_some_and(is_inexact);
        self.inexact && self.reach(id, each_part).into_iter().any(is_inexact)
    }

    /// The value of a constant.
    pub fn value(&self, id: Id) -> Option<&Value> {
        match self.node(id) {
            Node::Const(value) => Some(value),
            _ => None,
        }
    }

    /// Whether it is this constant.
    pub fn is(&self, id: Id, wanted: bool) -> bool {
        matches!(self.node(id), Node::Const(Value::Bool(value)) if *value == wanted)
    }

    /// All terms that `follow` leads to from here, itself included, parts first.
    pub fn reach(&self, from: Id, follow: impl Fn(&Node, &mut dyn FnMut(Id))) -> Vec<Id> {
        self.reach_most(from, follow, usize::MAX)
            .unwrap_or_default()
    }

    /// The same, if they are not more than so many.
    pub fn reach_most(
        &self,
        from: Id,
        follow: impl Fn(&Node, &mut dyn FnMut(Id)),
        most: usize,
    ) -> Option<Vec<Id>> {
        let mut seen = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(id) = open.pop() {
            follow(self.node(id), &mut |part| {
                if seen.insert(part) {
                    open.push(part);
                }
            });
            if seen.len() > most {
                break;
            }
        }
        crate::steps::count(seen.len());
        (seen.len() <= most).then(|| seen.into_iter().collect())
    }
}

/// The parts that decide together what a condition yields: not what its atoms are made of.
pub fn each_operand(node: &Node, visit: &mut dyn FnMut(Id)) {
    match node {
        Node::Not(of) => visit(*of),
        Node::And(left, right) | Node::Or(left, right) => {
            visit(*left);
            visit(*right);
        }
        Node::Choose {
            condition,
            then,
            otherwise,
        } => {
            visit(*condition);
            visit(*then);
            visit(*otherwise);
        }
        Node::OrNoData { value, .. } => visit(*value),
        _ => {}
    }
}

/// The values that a choice may end in.
pub fn each_outcome(node: &Node, visit: &mut dyn FnMut(Id)) {
    match node {
        Node::Choose {
            then, otherwise, ..
        } => {
            visit(*then);
            visit(*otherwise);
        }
        Node::OrNoData { value, fallback } => {
            visit(*value);
            visit(*fallback);
        }
        _ => {}
    }
}

/// Every direct part.
pub fn each_part(node: &Node, visit: &mut dyn FnMut(Id)) {
    match node {
        Node::Const(_) | Node::Leaf(_) => {}
        Node::Observe { args: parts, .. }
        | Node::Record { fields: parts, .. }
        | Node::Apply { args: parts, .. }
        | Node::List(parts) => parts.iter().copied().for_each(visit),
        Node::Field { base: part, .. }
        | Node::Element { list: part, .. }
        | Node::Not(part)
        | Node::IsEmpty { of: part, .. }
        | Node::IsSome(part)
        | Node::Wrap(part)
        | Node::Unwrap(part)
        | Node::Count(part)
        | Node::Sum(part)
        | Node::Extreme { of: part, .. } => visit(*part),
        Node::And(left, right)
        | Node::Or(left, right)
        | Node::Less(left, right)
        | Node::Equal(left, right) => {
            visit(*left);
            visit(*right);
        }
        Node::Choose {
            condition,
            then,
            otherwise,
        } => {
            visit(*condition);
            visit(*then);
            visit(*otherwise);
        }
        Node::OrNoData { value, fallback } => {
            visit(*value);
            visit(*fallback);
        }
        Node::In { element, list } => {
            visit(*element);
            visit(*list);
        }
        Node::Any { source, test } | Node::All { source, test } | Node::Pick { source, test } => {
            visit(*source);
            visit(*test);
        }
        Node::Filter {
            source,
            test,
            element,
        } => {
            visit(*source);
            visit(*test);
            visit(*element);
        }
    }
}
