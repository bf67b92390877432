//! Statements as written.

use serde::Serialize;

use super::{Expr, Ident, PlainText, TextLiteral, TypeRef};
use crate::text::Span;

/// `{ ... }`; the span includes the braces.
#[derive(Clone, Debug, Serialize)]
pub struct Block {
    pub statements: Vec<Stmt>,
    pub span: Span,
}

/// A statement and where it stands.
#[derive(Clone, Debug, Serialize)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

/// The forms of a statement.
#[derive(Clone, Debug, Serialize)]
pub enum StmtKind {
    /// Could not be read; a diagnostic was given.
    Missing,
    Let(Box<LetStmt>),
    If(Box<IfStmt>),
    Match(Box<MatchStmt>),
    For(Box<ForStmt>),
    /// `found stuck(worker)`
    Found {
        finding: Ident,
        args: Vec<Expr>,
    },
    /// `cleared if c "why"`, `cleared "why"`
    Cleared {
        condition: Option<Expr>,
        why: Option<Text>,
    },
    Return(Expr),
    Wait(Expr),
    Guard(Expr),
    Do(Box<DoStmt>),
    WithDo {
        call: Box<DoCall>,
        body: Block,
    },
    Verify(Box<VerifyStmt>),
    /// `waive verify "why"`
    WaiveVerify(PlainText),
    /// One `attempt`; neighbours form a group.
    Attempt {
        title: PlainText,
        body: Block,
    },
    Mitigated(Box<MitigatedStmt>),
    /// `page a, b "text"`
    Page {
        roles: Vec<Ident>,
        text: Option<Text>,
    },
    Tell {
        roles: Vec<Ident>,
        text: Option<Text>,
    },
    Hand(Hand),
    Attach(Vec<Expr>),
}

/// A string with holes, as a message.
#[derive(Clone, Debug, Serialize)]
pub struct Text {
    pub literal: TextLiteral,
    pub span: Span,
}

/// `let x: T = e retry 3 every 10s else none`
#[derive(Clone, Debug, Serialize)]
pub struct LetStmt {
    pub name: Ident,
    pub ty: Option<TypeRef>,
    /// `ExprKind::Do` for `let x = do ...`.
    pub value: Expr,
    pub retry: Option<Retry>,
    pub handlers: Vec<Handler>,
}

/// `retry 3 every 10s`
#[derive(Clone, Debug, Serialize)]
pub struct Retry {
    pub times: Expr,
    pub every: Expr,
}

/// `else [no_data|failed] what`
#[derive(Clone, Debug, Serialize)]
pub struct Handler {
    pub on: FailureFilter,
    pub action: HandlerAction,
    pub span: Span,
}

/// Which failures a handler takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum FailureFilter {
    Any,
    /// Answered, nothing there.
    NoData,
    /// Could not be asked, or the answer made no sense.
    Failed,
}

impl FailureFilter {
    /// What it takes, in words.
    pub fn words(self) -> &'static str {
        match self {
            FailureFilter::Any => "fails, or no data",
            FailureFilter::NoData => "no data",
            FailureFilter::Failed => "fails",
        }
    }
}

/// What a handler does.
#[derive(Clone, Debug, Serialize)]
pub enum HandlerAction {
    Value(Expr),
    Novel(Option<Text>),
    Inconclusive(Option<Text>),
    /// One of `page hand cleared return`.
    Statement(Box<Stmt>),
}

#[derive(Clone, Debug, Serialize)]
pub struct IfStmt {
    pub condition: Expr,
    pub then: Block,
    pub otherwise: Option<Else>,
}

/// What follows an `if`.
#[derive(Clone, Debug, Serialize)]
pub enum Else {
    /// A nested `IfStmt` statement.
    If(Box<Stmt>),
    Block(Block),
}

#[derive(Clone, Debug, Serialize)]
pub struct MatchStmt {
    pub subject: Expr,
    pub arms: Vec<Arm>,
    pub span: Span,
}

/// `pattern -> body`
#[derive(Clone, Debug, Serialize)]
pub struct Arm {
    pub pattern: Pattern,
    /// A single statement without braces is a block of one, with `braces: false`.
    pub body: Block,
    #[serde(skip)]
    pub braces: bool,
    pub span: Span,
}

#[derive(Clone, Debug, Serialize)]
pub struct Pattern {
    pub kind: PatternKind,
    pub span: Span,
}

#[derive(Clone, Debug, Serialize)]
pub enum PatternKind {
    Missing,
    /// `_`
    Any,
    None,
    Some(Ident),
    /// A constant: `Region.eu`, `3`, `"text"`, `true`.
    Value(Box<Expr>),
}

/// `for x in xs at most 3 on failure undo this, stop { }`
#[derive(Clone, Debug, Serialize)]
pub struct ForStmt {
    pub name: Ident,
    pub source: Expr,
    pub at_most: Option<Expr>,
    pub on_failure: Option<OnFailure>,
    pub body: Block,
}

/// What a failing element does to the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum OnFailure {
    /// `on failure undo this, stop`: the default.
    UndoStop,
    /// `on failure undo this, continue`
    UndoContinue,
}

/// `k8s.scale(web, to: 3)` behind a `do`; the expression is a call.
#[derive(Clone, Debug, Serialize)]
pub struct DoCall {
    pub call: Expr,
    /// `within 4m`
    pub within: Option<Expr>,
    pub retry: Option<Retry>,
    pub undo: Option<Undo>,
    pub handlers: Vec<Handler>,
    pub span: Span,
}

/// A `do` line.
#[derive(Clone, Debug, Serialize)]
pub struct DoStmt {
    pub call: DoCall,
}

/// How a `do` is taken back.
#[derive(Clone, Debug, Serialize)]
pub enum Undo {
    /// `undo { do ... }`
    Block(Block),
    /// `undo previous`
    Previous,
    /// `waive undo "why"`
    Waived(PlainText),
}

/// `verify within 5m every 15s holding 1m abort if c { conditions } else keep`
#[derive(Clone, Debug, Serialize)]
pub struct VerifyStmt {
    pub within: Option<Expr>,
    pub every: Option<Expr>,
    pub holding: Option<Expr>,
    pub abort_if: Option<Expr>,
    pub conditions: Vec<Expr>,
    /// The braces with what is inside.
    pub body_span: Span,
    pub otherwise: Option<VerifyElse>,
}

/// What becomes of the changes when a verify fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum VerifyElse {
    Undo,
    Keep,
    Again,
}

/// `mitigated "text" owed by builder within 7d until { conditions }`
#[derive(Clone, Debug, Serialize)]
pub struct MitigatedStmt {
    pub text: Option<Text>,
    pub owed_by: Ident,
    pub within: Option<Expr>,
    pub until: Vec<Expr>,
    pub until_span: Span,
}

/// `hand builder within 2 workdays "text"`
#[derive(Clone, Debug, Serialize)]
pub struct Hand {
    pub roles: Vec<Ident>,
    pub within: Option<HandWithin>,
    pub text: Option<Text>,
}

/// When a handed task is due.
#[derive(Clone, Debug, Serialize)]
pub enum HandWithin {
    Duration(Expr),
    /// `2 workdays`
    Workdays(Expr),
}
