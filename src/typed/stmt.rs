//! Typed statements.

pub use crate::syntax::tree::{FailureFilter, OnFailure, VerifyElse};

use smol_str::SmolStr;

use super::{Expr, ExternId, FindingId, FunctionId, LocalId, RoleId, SiteId};
use crate::text::Span;
use crate::value::{Duration, Value};

#[derive(Clone, Debug)]
pub struct Block {
    pub statements: Vec<Stmt>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum StmtKind {
    /// Broken; an error was reported.
    Error,
    Let {
        local: LocalId,
        value: Expr,
        retry: Option<Retry>,
        handlers: Vec<Handler>,
    },
    If {
        condition: Expr,
        then: Block,
        otherwise: Option<Block>,
    },
    Match {
        subject: Expr,
        arms: Vec<Arm>,
    },
    For(Box<For>),
    Found {
        finding: FindingId,
        args: Vec<Expr>,
    },
    Cleared {
        condition: Option<Expr>,
        why: Option<Expr>,
    },
    /// `else novel "text"`; ends the diagnosis.
    Novel(Option<Expr>),
    /// `else inconclusive "text"`
    Inconclusive(Option<Expr>),
    Return(Expr),
    Wait(Duration),
    Guard(Expr),
    Do(Box<Step>),
    WithDo {
        step: Box<Step>,
        /// The inverse that releases it, with its arguments out of the step's own arguments:
        /// element i is the index of the step's argument for parameter i.
        inverse: ExternId,
        inverse_args: Vec<u16>,
        body: Block,
    },
    Verify(Box<Verify>),
    WaiveVerify(SmolStr),
    /// A group of neighbouring attempts.
    Attempts(Vec<Attempt>),
    Mitigated(Box<Mitigated>),
    Page {
        roles: Vec<RoleId>,
        text: Option<Expr>,
    },
    Tell {
        roles: Vec<RoleId>,
        text: Option<Expr>,
    },
    Hand(Hand),
    Attach(Vec<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Further tries, at least 1.
    pub times: u32,
    pub every: Duration,
}

#[derive(Clone, Debug)]
pub struct Handler {
    pub on: FailureFilter,
    pub action: HandlerAction,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum HandlerAction {
    /// Of the type of the `let`.
    Value(Expr),
    /// Ends the block: one statement that does not fall through.
    Diverge(Box<Stmt>),
}

#[derive(Clone, Debug)]
pub struct Arm {
    pub pattern: ArmPattern,
    pub body: Block,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ArmPattern {
    Any,
    None,
    Some(LocalId),
    Value(Value),
}

#[derive(Clone, Debug)]
pub struct For {
    pub local: LocalId,
    pub source: Expr,
    pub at_most: Option<u32>,
    pub on_failure: OnFailure,
    pub body: Block,
}

/// One `do`.
#[derive(Clone, Debug)]
pub struct Step {
    pub callee: ActionCallee,
    pub args: Vec<Expr>,
    /// `touching: x` of a raw action: the target that it is claimed to touch.
    pub touching: Option<Expr>,
    pub site: SiteId,
    pub within: Option<Duration>,
    pub retry: Option<Retry>,
    pub undo: UndoChoice,
    /// Take *not applied* only.
    pub handlers: Vec<Handler>,
    /// `let h = do ...`
    pub result: Option<LocalId>,
    /// The whole line.
    pub span: Span,
    pub name_span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionCallee {
    Extern(ExternId),
    /// An `action` of the package.
    Function(FunctionId),
}

#[derive(Clone, Debug)]
pub enum UndoChoice {
    /// As the action's contract says.
    Unsaid,
    Block(Block),
    Previous,
    Waived(SmolStr),
}

#[derive(Clone, Debug)]
pub struct Verify {
    pub within: Duration,
    pub every: Duration,
    pub holding: Option<Duration>,
    pub abort_if: Option<Expr>,
    /// All must hold.
    pub conditions: Vec<Expr>,
    pub otherwise: VerifyElse,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Attempt {
    pub title: SmolStr,
    pub body: Block,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Mitigated {
    pub text: Option<Expr>,
    pub owed_by: RoleId,
    pub within: Duration,
    pub until: Vec<Expr>,
}

#[derive(Clone, Debug)]
pub struct Hand {
    pub roles: Vec<RoleId>,
    pub within: Option<HandWithin>,
    pub text: Option<Expr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandWithin {
    Duration(Duration),
    Workdays(u32),
}
