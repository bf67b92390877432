//! Expressions as written.

use serde::Serialize;
use smol_str::SmolStr;

use super::{Ident, PlainText, TypeRef};
use crate::syntax::dump::written;
use crate::text::Span;

/// An expression and where it stands.
#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

/// The forms of an expression.
#[derive(Clone, Debug, Serialize)]
pub enum ExprKind {
    /// Something that could not be read; a diagnostic was given.
    Missing,
    /// A number token, unclassified: `1_000`, `99.9%`, `1h30m`, `5GiB`. The text is under the span.
    Number,
    /// `2026-11-27T00:00`, `2026-11-27T00:00Z`. The text is under the span.
    Time,
    Bool(bool),
    None,
    Text(TextLiteral),
    Tagged(TaggedLiteral),
    Name(SmolStr),
    /// `base.name`; also a member of a module or an enum: the checker tells.
    Field {
        base: Box<Expr>,
        name: Ident,
    },
    /// `callee(args)`; also a record: `Pod(name: "w")`.
    Call {
        callee: Box<Expr>,
        args: Vec<Argument>,
    },
    Index {
        base: Box<Expr>,
        index: Box<Expr>,
    },
    Unary {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Binary {
        op: BinaryOp,
        op_span: Span,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `x is some c`, `x is none`, `x is empty`, `x is not empty`
    Is {
        operand: Box<Expr>,
        test: IsTest,
    },
    /// `x as ratio`
    As {
        operand: Box<Expr>,
        unit: Ident,
    },
    /// `(if c then a else b)`
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Box<Expr>,
    },
    Paren(Box<Expr>),
    List(Vec<Expr>),
    /// `["k": v]`; empty is `[:]`.
    Map(Vec<(Expr, Expr)>),
    /// `[e for x in xs where c]`, `any(e for x in xs where c)`
    Comprehension(Box<Comprehension>),
    /// `pick c in caches where c.path == top.path`
    Pick {
        name: Ident,
        source: Box<Expr>,
        condition: Box<Expr>,
    },
    /// `do k8s.scale(..)` as the value of a `let`; nowhere else.
    Do(Box<super::DoCall>),
    /// `5m ago`; tests only.
    Ago(Box<Expr>),
    /// `~"text"`; tests only.
    Matching(PlainText),
    /// `6 of Pod(ready: true)`; tests only.
    Repeat {
        count: Box<Expr>,
        element: Box<Expr>,
    },
}

/// One argument of a call, named or not.
#[derive(Clone, Debug, Serialize)]
pub struct Argument {
    pub name: Option<Ident>,
    pub value: Expr,
}

/// What a comprehension does with its elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Collect {
    List,
    Any,
    All,
    Count,
    Sum,
    Min,
    Max,
}

/// `element for name in source where condition`
#[derive(Clone, Debug, Serialize)]
pub struct Comprehension {
    pub collect: Collect,
    pub element: Expr,
    pub name: Ident,
    pub source: Expr,
    pub condition: Option<Expr>,
}

/// The tests behind `is`.
#[derive(Clone, Debug, Serialize)]
pub enum IsTest {
    Some(Ident),
    None,
    Empty,
    NotEmpty,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum UnaryOp {
    Negate,
    Not,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum BinaryOp {
    Multiply,
    Divide,
    Add,
    Subtract,
    /// `..`
    Range,
    /// `..=`
    RangeInclusive,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
    And,
    Or,
}

/// An operator that compares two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Comparison {
    pub fn op(self) -> BinaryOp {
        match self {
            Comparison::Equal => BinaryOp::Equal,
            Comparison::NotEqual => BinaryOp::NotEqual,
            Comparison::Less => BinaryOp::Less,
            Comparison::LessEqual => BinaryOp::LessEqual,
            Comparison::Greater => BinaryOp::Greater,
            Comparison::GreaterEqual => BinaryOp::GreaterEqual,
        }
    }

    /// The same with its sides turned around: `a < b` is `b > a`.
    pub fn turned(self) -> Comparison {
        match self {
            Comparison::Equal | Comparison::NotEqual => self,
            Comparison::Less => Comparison::Greater,
            Comparison::LessEqual => Comparison::GreaterEqual,
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterEqual => Comparison::LessEqual,
        }
    }

    /// The one that holds where this one does not: every number has its place among the others.
    pub fn flipped(self) -> Comparison {
        match self {
            Comparison::Equal => Comparison::NotEqual,
            Comparison::NotEqual => Comparison::Equal,
            Comparison::Less => Comparison::GreaterEqual,
            Comparison::LessEqual => Comparison::Greater,
            Comparison::Greater => Comparison::LessEqual,
            Comparison::GreaterEqual => Comparison::Less,
        }
    }
}

impl BinaryOp {
    /// What it compares by, if it compares.
    pub fn comparison(self) -> Option<Comparison> {
        match self {
            BinaryOp::Equal => Some(Comparison::Equal),
            BinaryOp::NotEqual => Some(Comparison::NotEqual),
            BinaryOp::Less => Some(Comparison::Less),
            BinaryOp::LessEqual => Some(Comparison::LessEqual),
            BinaryOp::Greater => Some(Comparison::Greater),
            BinaryOp::GreaterEqual => Some(Comparison::GreaterEqual),
            BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Range
            | BinaryOp::RangeInclusive
            | BinaryOp::In
            | BinaryOp::And
            | BinaryOp::Or => None,
        }
    }

    /// Whether it answers yes or no.
    pub fn is_question(self) -> bool {
        match self {
            BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::LessEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterEqual
            | BinaryOp::In
            | BinaryOp::And
            | BinaryOp::Or => true,
            BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Range
            | BinaryOp::RangeInclusive => false,
        }
    }
}

/// `"text ${path}"` or a block string; the span of the expression includes the quotes.
#[derive(Clone, Debug)]
pub struct TextLiteral {
    pub parts: Vec<TextPart>,
}

/// A piece of a string.
#[derive(Clone, Debug, Serialize)]
pub enum TextPart {
    /// Unescaped text.
    Text(SmolStr),
    Hole(Hole),
}

/// `${name.field}`: the span covers all of it, from `$` to `}`.
#[derive(Clone, Debug, Serialize)]
pub struct Hole {
    /// The path inside, as a name or fields of one.
    pub path: Box<Expr>,
    pub span: Span,
}

/// `tag"raw"`
#[derive(Clone, Debug, Serialize)]
pub struct TaggedLiteral {
    pub tag: Ident,
    /// Between the quotes, as written: escapes are the literal parser's affair.
    #[serde(serialize_with = "written")]
    pub raw: Span,
    pub holes: Vec<Hole>,
}

/// `in 1..=1000`, `in 0..`: what is taken, or ever seen; of the library only.
#[derive(Clone, Debug, Serialize)]
pub struct RangeDecl {
    /// The whole range, or, of an open one, its low end.
    pub of: Expr,
    pub open: bool,
    pub span: Span,
}

/// `name: Type = default`
#[derive(Clone, Debug, Serialize)]
pub struct Parameter {
    pub name: Ident,
    /// Absent only where it may be inferred: remedies.
    pub ty: Option<TypeRef>,
    /// `in 1..=1000`: the range of an amount; externs only.
    pub range: Option<RangeDecl>,
    /// `amount host path flag executable population payload`; externs only.
    pub sink: Option<Ident>,
    pub default: Option<Expr>,
    pub span: Span,
}
