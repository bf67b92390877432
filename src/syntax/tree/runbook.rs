//! Runbooks as written.

use serde::Serialize;

use super::{Block, Expr, Hand, Ident, Parameter, Path, PlainText, Text};
use crate::syntax::dump::written;
use crate::text::Span;

/// `runbook name for product { clauses }`
#[derive(Clone, Debug, Serialize)]
pub struct Runbook {
    pub name: Ident,
    pub product: Option<Ident>,
    pub clauses: Vec<Clause>,
}

/// One clause and where it stands.
#[derive(Clone, Debug, Serialize)]
pub struct Clause {
    /// `///` lines above it.
    pub doc: Vec<smol_str::SmolStr>,
    pub kind: ClauseKind,
    pub span: Span,
}

/// The clauses of a runbook.
#[derive(Clone, Debug, Serialize)]
pub enum ClauseKind {
    Missing,
    /// `version 1.0.0`: three numbers.
    Version(#[serde(serialize_with = "written")] Span),
    /// `severity sev3, sev1 when room() < 2%`
    Severity(Vec<SeverityCase>),
    On(Trigger),
    /// `incident per (namespace, m.node)`, `incident per runbook`
    IncidentPer(Vec<Path>),
    /// `again at most 3`
    Again(Expr),
    Recurs {
        times: Expr,
        within: Expr,
        then: Notice,
    },
    /// `clears stop`, `clears continue`
    Clears(Ident),
    Fresh(Expr),
    Patience(Expr),
    /// `ends within D`
    EndsWithin(Expr),
    Tell(TellClause),
    Blast(Vec<BlastLine>),
    Watch(Watch),
    Diagnose(Block),
    Remedy(Remedy),
    Steps(Block),
    Otherwise(Otherwise),
}

/// `sev1 when condition`; the first without a condition is the usual one.
#[derive(Clone, Debug, Serialize)]
pub struct SeverityCase {
    pub level: Ident,
    pub when: Option<Expr>,
}

/// `page builder "text"` or `hand ...` as part of a clause.
#[derive(Clone, Debug, Serialize)]
pub enum Notice {
    Page {
        roles: Vec<Ident>,
        text: Option<Text>,
    },
    Hand(Hand),
}

/// `tell builder at once`, `tell builder if unresolved after 5m`
#[derive(Clone, Debug, Serialize)]
pub struct TellClause {
    pub roles: Vec<Ident>,
    /// None: at once.
    pub unresolved_after: Option<Expr>,
    pub text: Option<Text>,
}

/// `on ...`
#[derive(Clone, Debug, Serialize)]
pub struct Trigger {
    pub kind: TriggerKind,
    pub clauses: Vec<TriggerClause>,
    pub span: Span,
}

#[derive(Clone, Debug, Serialize)]
pub enum TriggerKind {
    Missing,
    /// `alert "Name" as a`
    Alert {
        name: PlainText,
        binding: Option<Ident>,
    },
    /// `event Deploy as d`
    Event {
        record: Path,
        binding: Option<Ident>,
    },
    /// `schedule cron"..." in "Zone" missed run once`
    Schedule {
        cron: Box<Expr>,
        zone: Option<PlainText>,
        /// `missed run once` (true) or `missed skip` (false); None: unsaid.
        missed_runs: Option<bool>,
        /// `missed run once within 2h`
        missed_within: Option<Box<Expr>>,
    },
    /// `request(pool: k8s.Deployment) by platform`
    Request {
        params: Vec<Parameter>,
        by: Option<Ident>,
    },
}

/// A line in the block of a trigger.
#[derive(Clone, Debug, Serialize)]
pub struct TriggerClause {
    pub kind: TriggerClauseKind,
    pub span: Span,
}

#[derive(Clone, Debug, Serialize)]
pub enum TriggerClauseKind {
    Missing,
    /// `with namespace, pod`, `with team == "checkout"`
    With(Vec<WithLabel>),
    Where(Expr),
    Holding(Expr),
}

/// A required label, bound under its name.
#[derive(Clone, Debug, Serialize)]
pub struct WithLabel {
    /// The label; quoted when it is not a name.
    pub label: PlainText,
    #[serde(skip)]
    pub quoted: bool,
    /// `as app`
    pub binding: Option<Ident>,
    pub condition: Option<WithCondition>,
}

#[derive(Clone, Debug, Serialize)]
pub struct WithCondition {
    pub op: WithOp,
    pub value: Expr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum WithOp {
    Equal,
    NotEqual,
    In,
    /// `~ re"..."`
    Matches,
}

/// `at most 3 k8s.Pod per 1h`
#[derive(Clone, Debug, Serialize)]
pub struct BlastLine {
    pub kind: BlastLineKind,
    pub span: Span,
}

#[derive(Clone, Debug, Serialize)]
pub enum BlastLineKind {
    Missing,
    AtMost {
        count: Expr,
        target: Path,
        per: BlastPer,
    },
    /// `at most 20% of k8s.pods(namespace)`
    Share {
        share: Expr,
        population: Expr,
    },
    /// `keep at least 2 ready of k8s.pods(namespace)`
    Keep {
        least: Expr,
        field: Ident,
        population: Expr,
    },
    /// `at most 3 k8s.Pod per k8s.Namespace per 1h`: attempts in one failure domain.
    PerDomain {
        count: Expr,
        target: Path,
        domain: Path,
        window: Expr,
    },
    /// `at most 1 k8s.Namespace of k8s.Pod at once`: failure domains disturbed at a time.
    DomainsAtOnce {
        count: Expr,
        domain: Path,
        target: Path,
    },
    /// `pause during black_friday`
    Pause(Ident),
    /// `only during night`
    Only(Ident),
}

/// Over what a line counts.
#[derive(Clone, Debug, Serialize)]
pub enum BlastPer {
    /// Distinct targets in a run.
    Run,
    /// `at once`: distinct targets since the last passed verify.
    AtOnce,
    /// `per 1h`: attempts, over all runs.
    Window(Expr),
}

/// `watch errors(at: Time = now()) = e`
#[derive(Clone, Debug, Serialize)]
pub struct Watch {
    pub name: Ident,
    pub params: Vec<Parameter>,
    pub value: Expr,
}

/// `remedy stuck(worker) { ... }`
#[derive(Clone, Debug, Serialize)]
pub struct Remedy {
    pub name: Ident,
    pub params: Vec<Parameter>,
    pub body: Block,
}

/// `otherwise [novel|inconclusive|systemic] ...`
#[derive(Clone, Debug, Serialize)]
pub struct Otherwise {
    pub of: Option<Ident>,
    /// A single statement without braces is a block of one, with `braces: false`.
    pub body: Block,
    #[serde(skip)]
    pub braces: bool,
}
