//! Items as written, but for runbooks and tests.

use serde::Serialize;
use smol_str::SmolStr;

use super::{Block, Expr, Ident, Parameter, Path, PlainText, RangeDecl, Runbook, Test, TypeRef};
use crate::syntax::dump::written;
use crate::text::Span;

/// One item with its documentation.
#[derive(Clone, Debug, Serialize)]
pub struct Item {
    /// The `///` lines, without the mark and one blank.
    pub doc: Vec<SmolStr>,
    pub kind: ItemKind,
    /// From the keyword to the end, without the documentation.
    pub span: Span,
}

impl Item {
    /// The name that it declares.
    pub fn name(&self) -> Option<&Ident> {
        match &self.kind {
            ItemKind::Missing | ItemKind::Use(_) | ItemKind::Test(_) => None,
            ItemKind::Role(item) => Some(&item.name),
            ItemKind::Const(item) => Some(&item.name),
            ItemKind::Enum(item) => Some(&item.name),
            ItemKind::Record(item) => Some(&item.name),
            ItemKind::Window(item) => Some(&item.name),
            ItemKind::Secret(item) => Some(&item.name),
            ItemKind::Product(item) => Some(&item.name),
            ItemKind::Fn(item) => Some(&item.name),
            ItemKind::Probe(item) => Some(&item.name),
            ItemKind::Action(item) => Some(&item.name),
            ItemKind::Extern(item) => Some(&item.name),
            ItemKind::Runbook(item) => Some(&item.name),
        }
    }
}

/// The forms of an item.
#[derive(Clone, Debug, Serialize)]
pub enum ItemKind {
    /// Could not be read; a diagnostic was given.
    Missing,
    Use(UseItem),
    Role(RoleItem),
    Window(WindowItem),
    Const(ConstItem),
    Enum(EnumItem),
    Record(RecordItem),
    Secret(SecretItem),
    Product(ProductItem),
    Fn(FnItem),
    Probe(ProbeItem),
    Action(ActionItem),
    Extern(ExternItem),
    Runbook(Box<Runbook>),
    Test(Box<Test>),
}

/// `use std.{k8s, prom}`, `use std.events`
#[derive(Clone, Debug, Serialize)]
pub struct UseItem {
    /// `std`
    pub root: Ident,
    pub modules: Vec<Ident>,
    /// Written with braces.
    #[serde(skip)]
    pub braces: bool,
}

/// `role platform = group "okta:sre" at least 4`
#[derive(Clone, Debug, Serialize)]
pub struct RoleItem {
    pub name: Ident,
    /// `rota`, `group`, `person`
    pub kind: Ident,
    pub address: PlainText,
    pub at_least: Option<Expr>,
}

/// `window NAME = ... in "Zone" except OTHER`
#[derive(Clone, Debug, Serialize)]
pub struct WindowItem {
    pub name: Ident,
    pub times: WindowTimes,
    pub zone: PlainText,
    /// The window that is cut out of it.
    pub except: Option<Ident>,
}

#[derive(Clone, Debug, Serialize)]
pub enum WindowTimes {
    Missing,
    /// `2026-11-27T00:00 .. 2026-11-30T00:00`: two moments without a zone.
    Once {
        #[serde(serialize_with = "written")]
        from: Span,
        #[serde(serialize_with = "written")]
        to: Span,
    },
    /// `weekly Tue, Wed 01:00 .. 05:00`: two times of day.
    Weekly {
        days: Vec<Ident>,
        #[serde(serialize_with = "written")]
        from: Span,
        #[serde(serialize_with = "written")]
        to: Span,
    },
}

#[derive(Clone, Debug, Serialize)]
pub struct ConstItem {
    pub name: Ident,
    pub ty: Option<TypeRef>,
    pub value: Expr,
}

#[derive(Clone, Debug, Serialize)]
pub struct EnumItem {
    pub name: Ident,
    pub members: Vec<EnumMember>,
}

#[derive(Clone, Debug, Serialize)]
pub struct EnumMember {
    pub doc: Vec<SmolStr>,
    pub name: Ident,
}

#[derive(Clone, Debug, Serialize)]
pub struct RecordItem {
    pub name: Ident,
    pub fields: Vec<FieldDecl>,
}

/// `name: Type = default`
#[derive(Clone, Debug, Serialize)]
pub struct FieldDecl {
    pub doc: Vec<SmolStr>,
    pub name: Ident,
    pub ty: TypeRef,
    /// `in 0..=10`, of what the library declares only.
    pub range: Option<RangeDecl>,
    pub default: Option<Expr>,
    pub span: Span,
}

/// `secret token = vault "kv/acme"`
#[derive(Clone, Debug, Serialize)]
pub struct SecretItem {
    pub name: Ident,
    /// `vault`, `env`, `file`
    pub store: Ident,
    pub address: PlainText,
}

#[derive(Clone, Debug, Serialize)]
pub struct ProductItem {
    pub name: Ident,
    pub clauses: Vec<ProductClause>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ProductClause {
    pub kind: ProductClauseKind,
    pub span: Span,
}

#[derive(Clone, Debug, Serialize)]
pub enum ProductClauseKind {
    Missing,
    Owner(Ident),
    Chain(Vec<ChainLink>),
    /// Patterns: calls of lookups with constant texts, `*` at a text's end.
    Owns(Vec<Expr>),
    Zone(PlainText),
}

/// `builder for 5m`, `platform until acknowledged`
#[derive(Clone, Debug, Serialize)]
pub struct ChainLink {
    pub role: Ident,
    pub waits: ChainWait,
}

#[derive(Clone, Debug, Serialize)]
pub enum ChainWait {
    For(Expr),
    UntilAcknowledged,
    /// Nothing was said.
    Unsaid,
}

/// `fn f(x: Int) -> Int = e`
#[derive(Clone, Debug, Serialize)]
pub struct FnItem {
    pub name: Ident,
    pub params: Vec<Parameter>,
    pub result: TypeRef,
    pub body: Expr,
}

/// `probe p(x: T) -> U { ... }`
#[derive(Clone, Debug, Serialize)]
pub struct ProbeItem {
    pub name: Ident,
    pub params: Vec<Parameter>,
    pub result: TypeRef,
    pub body: Block,
}

/// `action a(x: T) changes x { do ... }`
#[derive(Clone, Debug, Serialize)]
pub struct ActionItem {
    pub name: Ident,
    pub params: Vec<Parameter>,
    pub changes: Vec<Ident>,
    pub body: Block,
}

/// An item of the trusted base.
#[derive(Clone, Debug, Serialize)]
pub struct ExternItem {
    pub name: Ident,
    pub kind: ExternKind,
}

#[derive(Clone, Debug, Serialize)]
pub enum ExternKind {
    Target(Vec<TargetClause>),
    Fn {
        params: Vec<Parameter>,
        result: TypeRef,
    },
    Probe {
        params: Vec<Parameter>,
        /// `..`: further named arguments are equality on the record's fields.
        open: bool,
        result: TypeRef,
        /// `-> Int in 0..`: what is ever answered.
        range: Option<RangeDecl>,
        clauses: Vec<ExternClause>,
    },
    Action {
        params: Vec<Parameter>,
        result: Option<TypeRef>,
        clauses: Vec<ExternClause>,
    },
}

/// A line of `extern target`.
#[derive(Clone, Debug, Serialize)]
pub struct TargetClause {
    pub doc: Vec<SmolStr>,
    pub kind: TargetClauseKind,
    pub span: Span,
}

#[derive(Clone, Debug, Serialize)]
pub enum TargetClauseKind {
    Missing,
    /// `scope instance`
    Scope(Ident),
    /// `within Namespace`
    Within(Path),
    /// `key mount path`: its name, and what kind of text it is.
    Key(Ident, Option<Ident>),
    /// `lookup pod`: the probe that finds it again by its identity.
    Lookup(Ident),
    Field(Box<FieldDecl>),
}

/// A line of `extern probe` or `extern action`.
#[derive(Clone, Debug, Serialize)]
pub struct ExternClause {
    pub kind: ExternClauseKind,
    pub span: Span,
}

#[derive(Clone, Debug, Serialize)]
pub enum ExternClauseKind {
    Missing,
    /// `needs "k8s.get" namespace`
    Needs {
        capability: PlainText,
        of: Option<Ident>,
    },
    /// `changes what`
    Changes(Vec<Ident>),
    /// `deadline 5s`
    Deadline(Expr),
    /// `settles 30s`
    Settles(Expr),
    /// `repeat safe`
    Repeat(RepeatDecl),
    /// `undo by caller`
    Undo(UndoDecl),
    /// `inverse uncordon`: what `with do` releases by.
    Inverse(Ident),
    /// `touching`: a raw action, whose target the caller names.
    Touching,
}

#[derive(Clone, Debug, Serialize)]
pub enum RepeatDecl {
    Safe,
    Keyed,
    /// `unsafe probe F`: the probe takes the action's own arguments and answers Bool.
    UnsafeProbe(Ident),
    UnsafeHuman,
}

#[derive(Clone, Debug, Serialize)]
pub enum UndoDecl {
    /// `undo by caller`
    ByCaller,
    /// `undo by NAME(args)`: another action, with arguments out of this one's parameters.
    By(Expr),
    /// `undo previous`: the action itself records what it replaces.
    Previous,
    /// `undo unneeded "why"`
    Unneeded(PlainText),
    /// `undo impossible`: the action is irreversible.
    Impossible,
}
