//! Typed tests: everything in them is a value or a pattern over values.

use smol_str::SmolStr;

pub use crate::syntax::tree::ProbeSays;

use super::{ExternId, FindingId, FunctionId, RoleId, RunbookId};
use crate::effect::Reason;
use crate::text::Span;
use crate::value::{Duration, Time, Value};

#[derive(Clone, Debug)]
pub struct Test {
    pub runbook: RunbookId,
    pub title: SmolStr,
    /// When the run begins; a fixed default where the test says none.
    pub at: Time,
    /// Whether the test says when: only then it is held to windows.
    pub says_when: bool,
    pub trigger: Option<GivenTrigger>,
    /// How long after the opening the alert that set it off is over.
    pub alert_resolves: Option<Duration>,
    /// Starts at a remedy.
    pub finding: Option<(FindingId, Vec<Value>)>,
    /// `given event` lines: what the event store holds, beside the trigger's own.
    pub events: Vec<Value>,
    /// The lines of those that are not what sets the run off, with the kind of each.
    pub told: Vec<(SmolStr, Span)>,
    pub observations: Vec<GivenObservation>,
    pub effects: Vec<GivenEffect>,
    pub expects: Vec<Expect>,
    /// Waived mutation check, never set by source yet.
    pub span: Span,
    pub title_span: Span,
}

/// What set the run off: the values of the runbook's bindings by index, absent ones None.
#[derive(Clone, Debug)]
pub struct GivenTrigger {
    pub description: String,
    pub bindings: Vec<Option<Value>>,
    pub span: Span,
}

/// One argument of a `given` or `expect`.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    Any,
    Value(Value),
    /// What is sent as JSON: the same whether it is a record or a map.
    Json(Value),
    /// `~"text"`: a text that holds this one.
    Matching(SmolStr),
    /// A record or target of which only the named fields count, by field index.
    Fields(Vec<(u16, Pattern)>),
}

/// What can be observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observable {
    Extern(ExternId),
    /// A watch or a probe of the package.
    Function(FunctionId),
}

#[derive(Clone, Debug)]
pub struct GivenObservation {
    pub of: Observable,
    /// One per parameter, in order; a parameter that was left out has its default, if that is
    /// constant, else `Any`.
    pub args: Vec<Pattern>,
    /// Further named arguments of an open extern.
    pub equals: Vec<(SmolStr, Pattern)>,
    pub replies: Vec<Reply>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Reply {
    pub kind: ReplyKind,
    pub cause: Cause,
    pub takes: Option<Duration>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ReplyKind {
    /// Targets in it may lack parts of their identity: those come from the call's arguments.
    Value(Value),
    Fails(Option<SmolStr>),
    NoData,
}

/// What brings a reply about; they apply in order.
#[derive(Clone, Debug)]
pub enum Cause {
    Start,
    OnceDid(ActionPattern),
    /// Since the run's opening.
    After(Duration),
    /// From this read on, counted from 1.
    OnRead(u32),
}

#[derive(Clone, Debug)]
pub struct ActionPattern {
    /// Extern action, or an `action` of the package (which stands for its first effect).
    pub action: super::ActionCallee,
    /// By parameter index; those not named match anything.
    pub args: Vec<(u16, Pattern)>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct GivenEffect {
    pub action: ActionPattern,
    pub outcome: GivenOutcome,
    pub takes: Option<Duration>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum GivenOutcome {
    Applied,
    Fails(Option<SmolStr>),
    /// It takes effect, and fails.
    Breaks(Option<SmolStr>),
    Unknown(ProbeSays),
}

#[derive(Clone, Debug)]
pub struct Expect {
    pub kind: ExpectKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ExpectKind {
    Found(FindingId),
    Novel,
    Inconclusive,
    Did {
        steps: Vec<ActionPattern>,
        /// None: at least once each, in this order.
        times: Option<u32>,
    },
    No(ActionPattern),
    NoChange,
    Undone(ActionPattern),
    End {
        end: ExpectedEnd,
        within: Option<Duration>,
    },
    NobodyPaged,
    Paged {
        roles: Vec<RoleId>,
        because: Option<Reason>,
    },
    Told {
        roles: Vec<RoleId>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectedEnd {
    Resolved,
    Cleared,
    SelfResolved,
    Cancelled,
    Mitigated {
        owed_by: Option<RoleId>,
    },
    Handed {
        to: Option<RoleId>,
        because: Option<Reason>,
    },
}
