//! The canonical form of what a query says: two parts with the same key answer the same, however they are
//! spelled.
//!
//! In: what was read, part by part. Out: its key in a table that queries share. Matchers and labels stand in
//! one order, durations are milliseconds, and what is added or multiplied is brought into a [`Sum`].

use std::collections::BTreeMap;

use super::reach::Within;
use super::sum::Sum;

/// A part of a query by its place in the table.
pub(super) type Key = u32;

/// What fills a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fill {
    /// The same number is the same value.
    Known(u32),
    /// Like no other.
    Unknown(u32),
}

/// A text, and what fills its holes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Filled {
    pub text: String,
    pub holes: Vec<Fill>,
}

/// `label="value"`
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Matcher {
    pub label: String,
    pub operator: &'static str,
    pub value: Filled,
}

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Length {
    Millis(i64),
    Hole(Fill),
}

impl Length {
    /// None where it is not known.
    pub fn millis(self) -> i64 {
        match self {
            Length::Millis(millis) => millis,
            Length::Hole(_) => 0,
        }
    }
}

/// What stands behind `@`, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pinned {
    Millis(i64),
    Start,
    End,
}

/// `by (a)`, `without (b)`: the labels in order, each once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grouping {
    By(Vec<String>),
    Without(Vec<String>),
}

/// What an expression is, apart from sums and products of others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    Selector(Vec<Matcher>),
    Text(String),
    /// `x[5m]`; a subquery has a step, or says that it takes the usual one.
    Samples {
        of: Key,
        length: Length,
        step: Option<Option<Length>>,
    },
    /// With how far back, and `@`.
    Moved {
        of: Key,
        back: Length,
        at: Option<Pinned>,
    },
    Call {
        name: &'static str,
        args: Vec<Key>,
    },
    Aggregate {
        name: String,
        grouping: Grouping,
        parameter: Option<Key>,
        of: Key,
    },
    /// An operator that no sum follows; with the words that match labels, if there are some.
    Binary {
        operator: String,
        bool: bool,
        matching: String,
        left: Key,
        right: Key,
    },
    /// Each so often, none not at all.
    Product(Vec<(Key, i32)>),
    /// A sum that is a part of something else.
    Sum(Whole),
}

/// A sum with all that has to be there for it to answer: `x + y - y` answers only where `y` does, so it is not
/// the same as `x` within `sum(..)`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Whole {
    pub parts: Vec<(Key, u64)>,
    pub more: u64,
    pub atoms: Vec<Key>,
}

/// What is known of a part.
struct Known {
    node: Node,
    within: Within,
    /// Something of now decides it.
    fresh: bool,
}

/// The parts of queries, each once.
#[derive(Default)]
pub struct Forms {
    known: Vec<Known>,
    keys: BTreeMap<Node, Key>,
    unknown: u32,
}

impl Forms {
    /// Something that fills a hole, like nothing else.
    pub(super) fn unknown(&mut self) -> Fill {
        self.unknown += 1;
        Fill::Unknown(self.unknown)
    }

    pub(super) fn put(&mut self, node: Node, within: Within, fresh: bool) -> Key {
        if let Some(key) = self.keys.get(&node) {
            return *key;
        }
        let key = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        self.keys.insert(node.clone(), key);
        self.known.push(Known {
            node,
            within,
            fresh,
        });
        key
    }

    pub(super) fn node(&self, key: Key) -> Option<&Node> {
        self.known.get(key as usize).map(|known| &known.node)
    }

    pub(super) fn within(&self, key: Key) -> Within {
        let known = self.known.get(key as usize);
        known.map_or(Within::ALL, |known| known.within)
    }

    pub(super) fn is_fresh(&self, key: Key) -> bool {
        self.known
            .get(key as usize)
            .is_some_and(|known| known.fresh)
    }

    /// The numbers that one part less another may come to, where their forms say it: the smallest of some is
    /// no more than the largest of them.
    pub(super) fn apart(&self, one: Key, other: Key) -> Within {
        match (self.is_no_less(one, other), self.is_no_less(other, one)) {
            (true, true) => Within::of(0.0, 0.0),
            (true, false) => Within::FROM_ZERO,
            (false, true) => Within::FROM_ZERO.negated(),
            (false, false) => Within::ALL,
        }
    }

    /// Whether the one never answers less than the other.
    fn is_no_less(&self, one: Key, other: Key) -> bool {
        let (Some(more), Some(less)) = (self.node(one), self.node(other)) else {
            return false;
        };
        match (more, less) {
            (
                Node::Aggregate {
                    name: more,
                    grouping,
                    of,
                    ..
                },
                Node::Aggregate {
                    name: less,
                    grouping: same,
                    of: whole,
                    ..
                },
            ) if grouping == same => {
                let ranked = of == whole && no_less(rank(more), rank(less));
                // None of them takes away what another one is.
                let added = of == whole
                    && more == "sum"
                    && rank(less).is_some()
                    && self.within(*of).is_positive();
                let counted = more == "count" && less == "count" && self.is_some_of(*whole, *of);
                ranked || added || counted
            }
            (
                Node::Call {
                    name: more,
                    args: of,
                },
                Node::Call {
                    name: less,
                    args: same,
                },
            ) => match (*more, *less) {
                ("time", "timestamp") => same.first().is_some_and(|of| !self.is_moved(*of)),
                _ => {
                    of.last() == same.last() && no_less(rank_over_time(more), rank_over_time(less))
                }
            },
            _ => false,
        }
    }

    /// Whether these are samples of what is computed, `sum(x)[5m:]`.
    pub(super) fn is_subquery(&self, of: Key) -> bool {
        match self.node(of) {
            Some(Node::Samples { step, of, .. }) => {
                step.is_some() && !matches!(self.node(*of), Some(Node::Selector(_)))
            }
            Some(Node::Moved { of, .. }) => self.is_subquery(*of),
            _ => false,
        }
    }

    fn is_moved(&self, of: Key) -> bool {
        !matches!(self.node(of), Some(Node::Selector(_)))
    }

    /// Whether all that answers here answers there, too.
    fn is_some_of(&self, some: Key, all: Key) -> bool {
        let atoms = |key: Key| match self.node(key) {
            Some(Node::Sum(whole)) => whole.atoms.clone(),
            Some(Node::Product(factors)) => factors.iter().map(|(key, _)| *key).collect(),
            _ => vec![key],
        };
        let some = atoms(some);
        atoms(all).iter().all(|atom| some.contains(atom))
    }

    /// An expression as a part of others.
    pub(super) fn key(&mut self, sum: &Sum) -> Key {
        if let [(part, 1.0)] = sum.parts.as_slice()
            && sum.more == 0.0
            && self.atoms_of(*part) == sum.atoms
        {
            return *part;
        }
        let whole = Whole {
            parts: sum
                .parts
                .iter()
                .map(|(key, times)| (*key, times.to_bits()))
                .collect(),
            more: sum.more.to_bits(),
            atoms: sum.atoms.clone(),
        };
        let (within, fresh) = (self.range(sum), self.has_fresh(sum));
        self.put(Node::Sum(whole), within, fresh)
    }

    /// What has to be there for a part of a sum to answer.
    pub(super) fn atoms_of(&self, part: Key) -> Vec<Key> {
        match self.node(part) {
            Some(Node::Product(factors)) => factors.iter().map(|(key, _)| *key).collect(),
            _ => vec![part],
        }
    }
}

/// The places of those that take one of several, or something between them. A quantile may be asked for beyond
/// both ends.
fn rank(name: &str) -> Option<u32> {
    match name {
        "min" => Some(0),
        "avg" => Some(1),
        "max" => Some(2),
        _ => None,
    }
}

fn rank_over_time(name: &str) -> Option<u32> {
    match name {
        "min_over_time" => Some(0),
        "avg_over_time" | "last_over_time" | "first_over_time" => Some(1),
        "max_over_time" => Some(2),
        _ => None,
    }
}

fn no_less(more: Option<u32>, less: Option<u32>) -> bool {
    matches!((more, less), (Some(more), Some(less)) if more > less)
}
