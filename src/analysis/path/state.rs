//! Where a path through a block stands, and where paths meet.

use crate::text::Span;

/// Where a path stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing was changed, nothing was verified.
    Clean,
    /// The last look was waived.
    Waived,
    Verified,
    /// Changed at this place, and not verified since.
    Dirty(Span),
    /// Told by the statement at this place: only evidence may follow.
    Told(Span),
    /// A part was broken: nothing is said about it.
    Broken,
}

impl State {
    /// Where paths meet, the worst counts.
    fn join(self, other: State) -> State {
        match (self, other) {
            (State::Broken, _) | (_, State::Broken) => State::Broken,
            (State::Dirty(span), _) | (_, State::Dirty(span)) => State::Dirty(span),
            (State::Clean, _) | (_, State::Clean) => State::Clean,
            (State::Waived, _) | (_, State::Waived) => State::Waived,
            (State::Verified, _) | (_, State::Verified) => State::Verified,
            (State::Told(span), State::Told(_)) => State::Told(span),
        }
    }
}

/// A path: where it stands, and what it went through before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path {
    pub state: State,
    /// The first change that this run may have made before, verified or not.
    pub changed: Option<Span>,
    /// A change from before this attempt that nobody has verified since: a waiver of the attempt
    /// does not cover it.
    pub kept: Option<Span>,
    /// Some way to here has neither changed nor verified anything: no waiver covers that one.
    pub idle: bool,
}

impl Path {
    pub const BEGIN: Path = Path {
        state: State::Clean,
        changed: None,
        kept: None,
        idle: true,
    };

    pub fn with(self, state: State) -> Path {
        Path { state, ..self }
    }

    /// Behind a change.
    pub fn after(self, change: Span) -> Path {
        Path {
            state: State::Dirty(change),
            changed: self.changed.or(Some(change)),
            idle: false,
            ..self
        }
    }

    pub fn join(self, other: Path) -> Path {
        Path {
            state: self.state.join(other.state),
            changed: self.changed.or(other.changed),
            kept: self.kept.or(other.kept),
            idle: self.idle || other.idle,
        }
    }

    /// Whether a way to here has done nothing that a waiver could cover.
    pub fn is_idle(self) -> bool {
        match self.state {
            State::Clean | State::Dirty(_) => self.idle && self.kept.is_none(),
            State::Waived | State::Verified | State::Told(_) | State::Broken => false,
        }
    }
}

/// Where two blocks fall through, if they do.
pub fn join(one: Option<Path>, other: Option<Path>) -> Option<Path> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.join(other)),
        (Some(path), None) | (None, Some(path)) => Some(path),
        (None, None) => None,
    }
}
