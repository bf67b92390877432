//! Tests as written.

use serde::Serialize;
use smol_str::SmolStr;

use super::{Argument, Expr, Ident, Path, PlainText};
use crate::text::Span;

/// `test runbook "title" { lines }`
#[derive(Clone, Debug, Serialize)]
pub struct Test {
    pub runbook: Ident,
    pub title: PlainText,
    pub lines: Vec<TestLine>,
}

#[derive(Clone, Debug, Serialize)]
pub struct TestLine {
    pub kind: TestLineKind,
    pub span: Span,
}

#[derive(Clone, Debug, Serialize)]
pub enum TestLineKind {
    Missing,
    /// `at 2026-10-06T03:10 in "Europe/Helsinki"`
    At {
        time: Expr,
        zone: Option<PlainText>,
    },
    /// `case "hot": lag = 5_000, pod = "w-1"`
    Case(Case),
    Given(Given),
    Expect(Expect),
}

/// One of the rows that a test is run with.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    pub title: PlainText,
    pub values: Vec<CaseValue>,
}

/// `lag = 5_000`
#[derive(Clone, Debug, Serialize)]
pub struct CaseValue {
    pub name: Ident,
    pub value: Expr,
}

/// What the world is like.
/// The name of an alert, in quotes where it is no name of the language.
#[derive(Clone, Debug, Serialize)]
pub enum AlertName {
    Plain(Ident),
    Quoted(PlainText),
}

impl AlertName {
    pub fn text(&self) -> &SmolStr {
        match self {
            AlertName::Plain(name) => &name.text,
            AlertName::Quoted(text) => &text.text,
        }
    }

    pub fn span(&self) -> Span {
        match self {
            AlertName::Plain(name) => name.span,
            AlertName::Quoted(text) => text.span,
        }
    }
}

#[derive(Clone, Debug, Serialize)]
pub enum Given {
    /// `alert ErrorRateHigh(service: "web")`
    Alert {
        name: AlertName,
        labels: Vec<Argument>,
        /// `resolves after 4m`
        resolves: Option<Expr>,
    },
    /// `event Deploy(service: "web", at: 5m ago)`: a call expression.
    Event(Expr),
    Request {
        args: Vec<Argument>,
        by: Option<PlainText>,
        role: Option<Ident>,
    },
    Schedule,
    /// `finding stuck(k8s.pod("shop", "w"))`
    Finding {
        finding: Ident,
        args: Vec<Expr>,
    },
    /// `k8s.pod("shop", "w-1") -> Pod(ready: true), then ... once did k8s.restart`
    Observation {
        call: Expr,
        replies: Vec<Reply>,
    },
    /// `do k8s.rollback fails "why"`
    Effect {
        action: Expr,
        outcome: GivenOutcome,
        /// `takes 5s`
        takes: Option<Expr>,
    },
}

/// One answer to an observation and what brings it about.
#[derive(Clone, Debug, Serialize)]
pub struct Reply {
    pub kind: ReplyKind,
    /// None for the first.
    pub cause: Option<Cause>,
    /// `takes 5s`
    pub takes: Option<Expr>,
    pub span: Span,
}

#[derive(Clone, Debug, Serialize)]
pub enum ReplyKind {
    Value(Expr),
    /// `fails "why"`
    Fails(Option<PlainText>),
    /// `no_data`
    NoData,
}

#[derive(Clone, Debug, Serialize)]
pub enum Cause {
    /// `once did k8s.rollback(web)`
    OnceDid(Expr),
    /// `after 4m`
    After(Expr),
    /// `on read 2`
    OnRead(Expr),
}

#[derive(Clone, Debug, Serialize)]
pub enum GivenOutcome {
    Applied,
    Fails(Option<PlainText>),
    /// `breaks "why"`: it failed after it had begun.
    Breaks(Option<PlainText>),
    /// `unknown, probe says applied`
    Unknown(ProbeSays),
}

/// What the settling probe finds, in a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ProbeSays {
    Unsaid,
    Applied,
    NotApplied,
    /// `probe says nothing`: the probe cannot tell.
    Nothing,
}

/// What must have come of it.
#[derive(Clone, Debug, Serialize)]
pub enum Expect {
    /// `found stuck`; also `novel`, `inconclusive`, `systemic`.
    Found(Ident),
    /// `did a then b`: calls in this order.
    Did {
        steps: Vec<ActionPattern>,
        times: Option<Times>,
    },
    /// `no k8s.rollback`
    No(ActionPattern),
    /// `no change`
    NoChange,
    /// `undone gitops.pause`
    Undone(ActionPattern),
    End {
        end: Ident,
        /// `mitigated owed by builder`, `handed builder`
        role: Option<Ident>,
        because: Option<Ident>,
        within: Option<Expr>,
    },
    /// `nobody paged`
    NobodyPaged,
    /// `paged builder because guard`, `told builder`
    Told {
        /// `paged` or `told`
        how: Ident,
        roles: Vec<Ident>,
        because: Option<Ident>,
    },
}

/// `once`, `3 times`
#[derive(Clone, Debug, Serialize)]
pub enum Times {
    Once,
    Exactly(Expr),
}

/// `k8s.rollback(to: 41)`: an action, with those arguments that matter.
#[derive(Clone, Debug, Serialize)]
pub struct ActionPattern {
    pub action: Path,
    pub args: Option<Vec<Argument>>,
    pub span: Span,
}
