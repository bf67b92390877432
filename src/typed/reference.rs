//! What every name of a package stands for: for whoever goes from a name to its declaration and back.
//!
//! In: built by `check`, where it resolves the names, if it is asked for. Out: [`References`]. What a name stands for
//! is told by the place of its declaration, in the package, in a dependency or in the library; words of the language
//! and its built-in types and functions are declared nowhere, and are not in it.

use std::collections::BTreeMap;

use super::{Function, FunctionKind};
use crate::text::{SourceId, Span};

/// What kind of thing a name is declared for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    /// A module of the library. It is declared where its text begins.
    Module,
    /// A package that is used. It is declared where its first text begins.
    Package,
    Role,
    Window,
    Const,
    Secret,
    Enum,
    EnumMember,
    Record,
    Target,
    /// Of a record or a target.
    Field,
    Fn,
    Probe,
    Action,
    Watch,
    Product,
    Runbook,
    /// Declared by its remedy; without one, where it is first found.
    Finding,
    /// Of whatever can be called, or of a remedy.
    Parameter,
    /// What `let`, a loop or a condition binds.
    Local,
    /// What the cases of a test give; declared in the first of them.
    Case,
    /// A name that a trigger binds.
    Binding,
    /// The same under the label's own name: another name for it is another label.
    Label,
}

impl NameKind {
    /// As a message says it.
    pub fn word(self) -> &'static str {
        match self {
            NameKind::Module => "module",
            NameKind::Package => "package",
            NameKind::Role => "role",
            NameKind::Window => "window",
            NameKind::Const => "constant",
            NameKind::Secret => "secret",
            NameKind::Enum => "enum",
            NameKind::EnumMember => "member of an enum",
            NameKind::Record => "record",
            NameKind::Target => "target",
            NameKind::Field => "field",
            NameKind::Fn => "function",
            NameKind::Probe => "probe",
            NameKind::Action => "action",
            NameKind::Watch => "watch",
            NameKind::Product => "product",
            NameKind::Runbook => "runbook",
            NameKind::Finding => "finding",
            NameKind::Parameter => "parameter",
            NameKind::Local => "local name",
            NameKind::Case => "constant of a case",
            NameKind::Binding => "name of the trigger",
            NameKind::Label => "label of the trigger",
        }
    }
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Named {
    pub kind: NameKind,
    /// The name in its declaration. No two things are declared at one place.
    pub at: Span,
}

/// Whether a name is declared or used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mention {
    Definition,
    Use,
}

/// One name in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    pub span: Span,
    pub named: Named,
    pub mention: Mention,
}

/// All names of a package and of what it depends on, but for those inside of the library.
#[derive(Clone, Debug, Default)]
pub struct References {
    /// By place; no place is there twice.
    at: Vec<Reference>,
    of: BTreeMap<Named, Vec<Span>>,
}

impl References {
    /// Of what was noted, in any order, also more than once. Where two notes are of one place, the declaration
    /// stays, else the first.
    pub fn new(mut noted: Vec<Reference>) -> References {
        noted.sort_by_key(|found| (found.span, found.mention));
        noted.dedup_by_key(|found| found.span);
        let mut of: BTreeMap<Named, Vec<Span>> = BTreeMap::new();
        for found in &noted {
            of.entry(found.named).or_default().push(found.span);
        }
        References { at: noted, of }
    }

    /// All of them, by place.
    pub fn all(&self) -> &[Reference] {
        &self.at
    }

    /// The name that a byte stands in, or just behind: there the cursor is, too, after it was written.
    pub fn at(&self, source: SourceId, offset: usize) -> Option<&Reference> {
        let before = |found: &Reference| {
            let start = found.span.range().start;
            (found.span.source, start) <= (source, offset)
        };
        let behind = self.at.partition_point(before);
        let found = self.at.get(behind.checked_sub(1)?)?;
        let holds = found.span.source == source && offset <= found.span.range().end;
        holds.then_some(found)
    }

    /// Where it is named, its declaration among them if that is not in the library.
    pub fn of(&self, named: Named) -> &[Span] {
        self.of.get(&named).map_or(&[], Vec::as_slice)
    }
}

impl Function {
    /// What kind of name it has.
    pub fn name_kind(&self) -> NameKind {
        match self.kind {
            FunctionKind::Fn => NameKind::Fn,
            FunctionKind::Probe => NameKind::Probe,
            FunctionKind::Action { .. } => NameKind::Action,
            FunctionKind::Watch(_) => NameKind::Watch,
        }
    }
}
