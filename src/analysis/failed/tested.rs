//! Which places a condition tests, and which are there once it has answered.
//!
//! Sets of places are kept once, each made of two others: a name carries one without a copy of it,
//! however long the chain of names is that it was made of.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::Span;
use crate::typed::{FindingId, LocalId};

/// A name that never changes, with fields and constant indices behind it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    root: Root,
    path: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Root {
    Local(LocalId),
    /// A value without a name: what was not known at its test is never known.
    Nameless(u32),
    /// What a finding was made under.
    Finding(FindingId),
}

impl Place {
    pub fn of(local: LocalId) -> Place {
        Place {
            root: Root::Local(local),
            path: Vec::new(),
        }
    }

    pub fn of_finding(finding: FindingId) -> Place {
        Place {
            root: Root::Finding(finding),
            path: Vec::new(),
        }
    }

    pub fn behind(mut self, step: u32) -> Place {
        self.path.push(step);
        self
    }

    pub fn nameless(number: u32) -> Place {
        Place {
            root: Root::Nameless(number),
            path: Vec::new(),
        }
    }

    /// The name that it begins with.
    pub fn local(&self) -> Option<LocalId> {
        match self.root {
            Root::Local(local) => Some(local),
            Root::Nameless(_) | Root::Finding(_) => None,
        }
    }
}

/// A set of places by its number; none is the empty one.
pub type Set = Option<u32>;

#[derive(Clone, Debug)]
enum Node {
    One(Place, Span),
    Either(u32, u32),
    /// What is in both.
    Common(u32, u32),
}

/// Which places are tested, and which are there when the answer is true or false.
#[derive(Clone, Copy, Debug, Default)]
pub struct Test {
    pub tested: Set,
    pub if_true: Set,
    pub if_false: Set,
}

impl Test {
    pub fn not(self) -> Test {
        Test {
            tested: self.tested,
            if_true: self.if_false,
            if_false: self.if_true,
        }
    }

    /// Nothing is known but that it was tested.
    pub fn forgotten(self) -> Test {
        Test {
            tested: self.tested,
            ..Test::default()
        }
    }
}

/// How many sets are looked into for one that holds what others have in common; nothing is known of
/// what is left.
const LOOKED: usize = 10_000;

/// How deep such sets are looked into.
const DEEP: usize = 32;

/// All sets of one walk, and the numbers of places.
#[derive(Clone, Debug, Default)]
pub struct Sets {
    nodes: Vec<Node>,
    numbers: BTreeMap<Place, u32>,
    places: Vec<Place>,
}

impl Sets {
    /// The number of a place.
    pub fn number(&mut self, place: &Place) -> u32 {
        if let Some(number) = self.numbers.get(place) {
            return *number;
        }
        let number = self.places.len() as u32;
        self.places.push(place.clone());
        self.numbers.insert(place.clone(), number);
        number
    }

    /// The place of a number.
    pub fn place(&self, number: u32) -> Option<&Place> {
        self.places.get(number as usize)
    }

    fn keep(&mut self, node: Node) -> Set {
        crate::steps::count(1);
        let id = self.nodes.len() as u32;
        self.nodes.push(node);
        Some(id)
    }

    pub fn one(&mut self, place: Place, span: Span) -> Set {
        self.keep(Node::One(place, span))
    }

    /// Whether the set is one of the two that another was made of.
    fn is_part(&self, part: u32, of: u32) -> bool {
        part == of
            || matches!(self.nodes[of as usize], Node::Either(one, other) if one == part || other == part)
    }

    pub fn either(&mut self, one: Set, other: Set) -> Set {
        let (Some(a), Some(b)) = (one, other) else {
            return one.or(other);
        };
        if self.is_part(a, b) {
            return other;
        }
        if self.is_part(b, a) {
            return one;
        }
        self.keep(Node::Either(a, b))
    }

    fn common(&mut self, one: Set, other: Set) -> Set {
        let (a, b) = (one?, other?);
        if self.is_part(a, b) {
            return one;
        }
        if self.is_part(b, a) {
            return other;
        }
        self.keep(Node::Common(a, b))
    }

    pub fn presence(&mut self, place: Place, span: Span) -> Test {
        let one = self.one(place, span);
        Test {
            tested: one,
            if_true: one,
            if_false: None,
        }
    }

    pub fn and(&mut self, one: Test, other: Test) -> Test {
        Test {
            tested: self.either(one.tested, other.tested),
            if_true: self.either(one.if_true, other.if_true),
            if_false: self.common(one.if_false, other.if_false),
        }
    }

    pub fn or(&mut self, one: Test, other: Test) -> Test {
        self.and(one.not(), other.not()).not()
    }

    /// As `(condition and then) or (not condition and otherwise)`.
    pub fn choice(&mut self, condition: Test, then: Test, otherwise: Test) -> Test {
        let there = self.and(condition, then);
        let other = self.and(condition.not(), otherwise);
        self.or(there, other)
    }

    /// The places of a set, and where each was tested.
    pub fn members(&self, set: Set) -> BTreeMap<Place, Span> {
        let mut left = LOOKED;
        self.look_into(set, DEEP, &mut left)
    }

    fn look_into(&self, set: Set, deep: usize, left: &mut usize) -> BTreeMap<Place, Span> {
        let mut found = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<u32> = set.into_iter().collect();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            crate::steps::count(1);
            match &self.nodes[id as usize] {
                Node::One(place, span) => {
                    found.entry(place.clone()).or_insert(*span);
                }
                Node::Either(one, other) => open.extend([*other, *one]),
                Node::Common(one, other) => {
                    let Some(deep) = deep.checked_sub(1) else {
                        continue;
                    };
                    let Some(less) = left.checked_sub(1) else {
                        continue;
                    };
                    *left = less;
                    let one = self.look_into(Some(*one), deep, left);
                    let other = self.look_into(Some(*other), deep, left);
                    let both = one
                        .into_iter()
                        .filter(|(place, _)| other.contains_key(place));
                    found.extend(both);
                }
            }
        }
        found
    }
}
