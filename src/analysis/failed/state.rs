//! What is known of each tested place, kept so that paths share what they agree on.
//!
//! A tree over the numbers of places: a change copies one way down, and where two paths meet only what
//! differs is looked at.

use std::sync::Arc;

use crate::text::Span;

/// What is known of a tested place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    There,
    /// Tested here, and perhaps not there.
    Doubtful(Span),
}

/// How many levels there are, and so how many places are told apart.
const LEVELS: u32 = 20;

/// By the number of a place.
#[derive(Clone, Debug, Default)]
pub struct State(Option<Arc<Node>>);

#[derive(Debug)]
enum Node {
    Leaf(Standing),
    Branch {
        low: State,
        high: State,
        doubts: u32,
        there: u32,
    },
}

impl State {
    fn leaf(standing: Standing) -> State {
        State(Some(Arc::new(Node::Leaf(standing))))
    }

    fn branch(low: State, high: State) -> State {
        if low.0.is_none() && high.0.is_none() {
            return State(None);
        }
        let doubts = low.doubts() + high.doubts();
        let there = low.there() + high.there();
        State(Some(Arc::new(Node::Branch {
            low,
            high,
            doubts,
            there,
        })))
    }

    /// How many places are in doubt.
    pub fn doubts(&self) -> u32 {
        match self.0.as_deref() {
            None | Some(Node::Leaf(Standing::There)) => 0,
            Some(Node::Leaf(Standing::Doubtful(_))) => 1,
            Some(Node::Branch { doubts, .. }) => *doubts,
        }
    }

    fn there(&self) -> u32 {
        match self.0.as_deref() {
            None | Some(Node::Leaf(Standing::Doubtful(_))) => 0,
            Some(Node::Leaf(Standing::There)) => 1,
            Some(Node::Branch { there, .. }) => *there,
        }
    }

    fn halves(&self) -> (State, State) {
        match self.0.as_deref() {
            Some(Node::Branch { low, high, .. }) => (low.clone(), high.clone()),
            Some(Node::Leaf(_)) | None => (State(None), State(None)),
        }
    }

    /// The place was tested here: it is there, or, where nothing was known of it, in doubt.
    pub fn stand(&mut self, place: u32, span: Span, there: bool) {
        *self = self.with(place.min((1 << LEVELS) - 1), LEVELS, span, there);
    }

    fn with(&self, place: u32, level: u32, span: Span, there: bool) -> State {
        crate::steps::count(1);
        let Some(level) = level.checked_sub(1) else {
            return match (there, &self.0) {
                (true, _) => State::leaf(Standing::There),
                (false, Some(_)) => self.clone(),
                (false, None) => State::leaf(Standing::Doubtful(span)),
            };
        };
        let (low, high) = self.halves();
        match place >> level & 1 {
            0 => State::branch(low.with(place, level, span, there), high),
            _ => State::branch(low, high.with(place, level, span, there)),
        }
    }

    /// The first place in doubt, of those that are not in doubt in another state.
    pub fn doubt_beyond(&self, other: &State) -> Option<(u32, Span)> {
        self.beyond(other, 0)
    }

    /// The first place in doubt.
    pub fn doubt(&self) -> Option<(u32, Span)> {
        self.beyond(&State(None), 0)
    }

    fn beyond(&self, other: &State, place: u32) -> Option<(u32, Span)> {
        crate::steps::count(1);
        if self.doubts() == 0 || self.is(other) {
            return None;
        }
        match self.0.as_deref()? {
            Node::Leaf(Standing::Doubtful(span)) => (other.doubts() == 0).then_some((place, *span)),
            Node::Leaf(Standing::There) => None,
            Node::Branch { low, high, .. } => {
                let (left, right) = other.halves();
                let first = low.beyond(&left, place << 1);
                first.or_else(|| high.beyond(&right, place << 1 | 1))
            }
        }
    }

    fn is(&self, other: &State) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// Where paths meet, a doubt on one is a doubt.
    pub fn join(&self, other: &State) -> State {
        crate::steps::count(1);
        if self.is(other) {
            return self.clone();
        }
        match (self.0.as_deref(), other.0.as_deref()) {
            (None, None) => State(None),
            (Some(_), None) if self.there() == 0 => self.clone(),
            (None, Some(_)) if other.there() == 0 => other.clone(),
            (Some(Node::Leaf(Standing::Doubtful(_))), _) => self.clone(),
            (_, Some(Node::Leaf(Standing::Doubtful(_)))) => other.clone(),
            (Some(Node::Leaf(Standing::There)), Some(_)) => self.clone(),
            (Some(Node::Leaf(Standing::There)), None) | (None, Some(Node::Leaf(_))) => State(None),
            (Some(Node::Branch { .. }), _) | (None, Some(Node::Branch { .. })) => {
                let (low, high) = self.halves();
                let (left, right) = other.halves();
                State::branch(low.join(&left), high.join(&right))
            }
        }
    }
}
