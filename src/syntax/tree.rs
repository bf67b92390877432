//! The tree of one file, as written: names are not resolved, types are not known.
//!
//! In: built by `lower` out of the parser's pairs. Out: read by `fmt`, `check`, the walker.
//! Broken parts are `Missing` nodes; wherever one stands, at least one diagnostic was given.

mod expr;
mod item;
mod runbook;
mod stmt;
mod test;

pub use expr::*;
pub use item::*;
pub use runbook::*;
pub use stmt::*;
pub use test::*;

use serde::Serialize;
use smol_str::SmolStr;

use super::dump::written;
use crate::text::{SourceId, Span};

/// One `.rbk` file.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    #[serde(skip)]
    pub source: SourceId,
    /// The `//!` lines, without the mark and one blank.
    pub doc: Vec<SmolStr>,
    pub items: Vec<Item>,
    /// Every `//` comment, in order; documentation comments are not among them.
    pub comments: Vec<Comment>,
}

/// A `//` comment with its place; `fmt` keeps every one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Comment {
    #[serde(serialize_with = "written")]
    pub span: Span,
    /// Whether only blanks stand before it on its line.
    #[serde(skip)]
    pub own_line: bool,
}

/// A name where it is written. An empty text is a missing name.
#[derive(Clone, Debug, Serialize)]
pub struct Ident {
    pub text: SmolStr,
    pub span: Span,
}

impl Ident {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A plain string in a clause, unescaped; holes are not allowed there.
#[derive(Clone, Debug, Serialize)]
pub struct PlainText {
    pub text: SmolStr,
    /// With its quotes.
    pub span: Span,
}

/// A name that may be qualified by its module: `Pod`, `k8s.Pod`.
#[derive(Clone, Debug, Serialize)]
pub struct Path {
    pub module: Option<Ident>,
    pub name: Ident,
    pub span: Span,
}

/// A type as written.
#[derive(Clone, Debug, Serialize)]
pub struct TypeRef {
    pub kind: TypeRefKind,
    pub span: Span,
}

/// The forms of a type.
#[derive(Clone, Debug, Serialize)]
pub enum TypeRefKind {
    Missing,
    Named(Path),
    List(Box<TypeRef>),
    Map(Box<TypeRef>, Box<TypeRef>),
    /// `T?`
    Optional(Box<TypeRef>),
    /// `type R`: a parameter that takes a record type; externs only.
    RecordKind(Ident),
}
