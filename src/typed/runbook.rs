//! Typed runbooks.

use smol_str::SmolStr;

use super::{
    BindingId, Body, Expr, FindingId, FunctionId, Hand, ProductId, RoleId, TargetId, Type, WindowId,
};
use crate::effect::Severity;
pub use crate::program::Missed;
pub use crate::program::manifest::Version;
use crate::text::Span;
use crate::value::{Duration, Percent, Value};

#[derive(Clone, Debug)]
pub struct Runbook {
    pub name: SmolStr,
    pub product: Option<ProductId>,
    pub version: Option<Version>,
    /// The `version` clause.
    pub version_span: Option<Span>,
    pub severity: Vec<SeverityCase>,
    pub triggers: Vec<Trigger>,
    /// The names that the triggers bind. Those that all of them bind come first and are in scope
    /// everywhere; one of the rest is seen by the `where` lines of its own triggers alone.
    pub bindings: Vec<Binding>,
    /// What tells its incidents apart.
    pub incident_per: Vec<KeyPart>,
    /// `incident per runbook`: one incident for all.
    pub one_incident: bool,
    /// Further runs that `else again` may start.
    pub again: Option<u32>,
    pub recurs: Option<Recurs>,
    /// Whether a resolved alert stops a run that has changed nothing.
    pub clears_stop: bool,
    pub fresh: Duration,
    pub patience: Duration,
    /// `ends within D`, and where D stands: it may take longer than a week.
    pub ends_within: Option<(Duration, Span)>,
    pub tells: Vec<TellClause>,
    /// The lines of `blast` with constant bounds.
    pub blast: Vec<BlastLine>,
    /// The other lines of `blast`: each only lowers what those allow.
    pub caps: Vec<Cap>,
    /// The span of the `blast` block, if there is one.
    pub blast_span: Option<Span>,
    pub watches: Vec<FunctionId>,
    pub diagnose: Option<Body>,
    pub findings: Vec<Finding>,
    pub remedies: Vec<Remedy>,
    pub steps: Option<Body>,
    pub otherwise: Vec<Otherwise>,
    pub name_span: Span,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct SeverityCase {
    pub level: Severity,
    pub when: Option<Expr>,
}

/// A name of the trigger, or a field of what it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPart {
    pub binding: BindingId,
    pub field: Option<u16>,
}

/// A name bound by the triggers.
#[derive(Clone, Debug)]
pub struct Binding {
    pub name: SmolStr,
    pub ty: Type,
    pub kind: BindingKind,
    /// Its value is one the author wrote: `with team == "checkout"`, `with x in [..]`.
    pub own: bool,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BindingKind {
    /// A label of an alert.
    Label(SmolStr),
    /// The whole alert, as record `Alert`.
    Alert,
    /// The event's record.
    Event,
    /// A request's parameter.
    Request,
}

#[derive(Clone, Debug)]
pub struct Trigger {
    pub kind: TriggerKind,
    pub labels: Vec<LabelCondition>,
    /// `where` lines; pure.
    pub conditions: Vec<Expr>,
    /// The same as they are written, for people.
    pub written: Vec<SmolStr>,
    pub holding: Option<Duration>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum TriggerKind {
    Alert {
        name: SmolStr,
    },
    Event {
        record: super::RecordId,
    },
    Schedule {
        cron: SmolStr,
        zone: Option<SmolStr>,
        missed: Missed,
    },
    Request {
        params: Vec<BindingId>,
        by: Option<RoleId>,
    },
}

/// A label that must be there, and what it must be.
#[derive(Clone, Debug)]
pub struct LabelCondition {
    pub label: SmolStr,
    pub test: LabelTest,
}

#[derive(Clone, Debug, PartialEq)]
pub enum LabelTest {
    Present,
    Equal(Value),
    NotEqual(Value),
    In(Vec<Value>),
    /// A regular expression that matches all of it.
    Matches(SmolStr),
}

#[derive(Clone, Debug)]
pub struct Recurs {
    pub times: u32,
    pub within: Duration,
    pub then: Notice,
}

#[derive(Clone, Debug)]
pub enum Notice {
    Page {
        roles: Vec<RoleId>,
        text: Option<Expr>,
    },
    Hand(Hand),
}

#[derive(Clone, Debug)]
pub struct TellClause {
    pub roles: Vec<RoleId>,
    /// None: at once.
    pub unresolved_after: Option<Duration>,
    pub text: Option<Expr>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct BlastLine {
    pub count: u32,
    pub target: TargetId,
    pub per: BlastPer,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlastPer {
    Run,
    AtOnce,
    Window(Duration),
}

/// A line of `blast` that lowers what the constant lines allow, by what is seen at run time.
#[derive(Clone, Debug)]
pub struct Cap {
    pub kind: CapKind,
    /// The line as it was written, on one line.
    pub words: SmolStr,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum CapKind {
    /// `at most 20% of k8s.pods(namespace)`
    Share {
        share: Percent,
        population: Population,
    },
    /// `keep at least 2 ready of k8s.pods(namespace)`
    Keep {
        least: Least,
        /// A field of type Bool, by its index in the target type.
        field: u16,
        population: Population,
    },
    /// `at most 3 k8s.Pod per k8s.Namespace per 1h`
    PerDomain {
        count: u32,
        target: TargetId,
        domain: TargetId,
        window: Duration,
    },
    /// `at most 1 k8s.Namespace of k8s.Pod at once`
    DomainsAtOnce {
        count: u32,
        domain: TargetId,
        target: TargetId,
    },
    /// `pause during black_friday`
    Pause(WindowId),
    /// `only during night`: one of several such lines is enough.
    Only(WindowId),
}

impl Cap {
    /// The population that it counts.
    pub fn population(&self) -> Option<&Population> {
        match &self.kind {
            CapKind::Share { population, .. } | CapKind::Keep { population, .. } => {
                Some(population)
            }
            CapKind::PerDomain { .. }
            | CapKind::DomainsAtOnce { .. }
            | CapKind::Pause(_)
            | CapKind::Only(_) => None,
        }
    }

    /// The target type whose changes it counts. A floor and a window look at the world as a whole.
    pub fn counted(&self) -> Option<TargetId> {
        match &self.kind {
            CapKind::Share { population, .. } => Some(population.target),
            CapKind::PerDomain { target, .. } | CapKind::DomainsAtOnce { target, .. } => {
                Some(*target)
            }
            CapKind::Keep { .. } | CapKind::Pause(_) | CapKind::Only(_) => None,
        }
    }
}

/// The call of a probe that lists targets of one type.
#[derive(Clone, Debug)]
pub struct Population {
    /// Sees the trigger's bindings.
    pub call: Expr,
    /// The call as it was written, on one line.
    pub words: SmolStr,
    pub target: TargetId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Least {
    Count(u32),
    Share(Percent),
}

/// One constructor of the runbook's sum type of findings.
#[derive(Clone, Debug)]
pub struct Finding {
    pub name: SmolStr,
    pub params: Vec<Type>,
    /// Every `found` of it, in source order.
    pub sites: Vec<Span>,
}

#[derive(Clone, Debug)]
pub struct Remedy {
    pub name: SmolStr,
    /// None when no `found` names it: an error was reported.
    pub finding: Option<FindingId>,
    /// How many of the body's first locals are parameters.
    pub params: u32,
    pub body: Body,
    pub name_span: Span,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Otherwise {
    pub of: OtherwiseOf,
    pub body: Body,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherwiseOf {
    /// Novel and inconclusive.
    Both,
    Novel,
    Inconclusive,
    Systemic,
}
