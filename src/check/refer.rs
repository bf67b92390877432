//! What a name stands for, noted where it is resolved.
//!
//! In: a place and what its name was resolved to. Out: a row of the check's references, if they are asked for. Names
//! inside of the library are not noted: nobody edits it.

use super::names::{Member, ModuleId};
use super::scenario::Built;
use super::state::Checker;
use crate::syntax::tree::{ClauseKind, Ident};
use crate::text::Span;
use crate::typed::{
    BindingId, BindingKind, ExternKind, FindingId, Mention, NameKind, Named, Reference, RunbookId,
    Symbol,
};

impl Checker<'_> {
    /// Notes that a name is declared.
    pub fn define(&mut self, at: Span, kind: NameKind) {
        self.note(at, Named { kind, at }, Mention::Definition);
    }

    /// Notes what a name stands for.
    pub fn refer(&mut self, at: Span, kind: NameKind, declared: Span) {
        let named = Named { kind, at: declared };
        self.note(at, named, Mention::Use);
    }

    /// The same of an item.
    pub fn refer_member(&mut self, at: Span, member: Member) {
        if self.references.is_some() {
            self.refer(at, self.kind_of(member.symbol), member.span);
        }
    }

    /// The same of a record or a target that was known before its name was looked at.
    pub fn refer_built(&mut self, at: Span, built: Built) {
        if self.references.is_none() {
            return;
        }
        let name = match built {
            Built::Record(id) => &self.package.records[id.index()].name,
            Built::Target(id) => &self.package.targets[id.index()].name,
        };
        if let Some(member) = self.names.declared(name) {
            self.refer_member(at, member);
        }
    }

    /// The same of a module, or of another package.
    pub fn refer_module(&mut self, at: Span, module: ModuleId) {
        let kind = match self.names.is_library(module) {
            true => NameKind::Module,
            false => NameKind::Package,
        };
        if let Some(source) = self.names.text(module) {
            self.refer(at, kind, Span::new(source, 0, 0));
        }
    }

    /// The same of a name that a trigger binds.
    pub fn refer_binding(&mut self, at: Span, runbook: RunbookId, binding: BindingId) {
        if self.references.is_some() {
            let row = &self.package.runbooks[runbook.index()].bindings[binding.index()];
            let (kind, declared) = (binding_kind(&row.kind, &row.name), row.span);
            self.refer(at, kind, declared);
        }
    }

    /// Notes where a trigger binds a name: the first one to do so declares it.
    pub fn define_binding(&mut self, name: &Ident, of: &BindingKind, first: Span) {
        let kind = binding_kind(of, name.as_str());
        match name.span == first {
            true => self.define(name.span, kind),
            false => self.refer(name.span, kind, first),
        }
    }

    /// Notes a mention of a finding.
    pub fn refer_finding(&mut self, at: Span, runbook: RunbookId, finding: FindingId) {
        if self.references.is_none() {
            return;
        }
        let row = &self.package.runbooks[runbook.index()].findings[finding.index()];
        let mut clauses = self.draft(runbook).item.clauses.iter();
        let remedy = clauses.find_map(|clause| match &clause.kind {
            ClauseKind::Remedy(remedy) if remedy.name.text == row.name => Some(remedy.name.span),
            _ => None,
        });
        let Some(declared) = remedy.or(row.sites.first().copied()) else {
            return;
        };
        match declared == at {
            true => self.define(at, NameKind::Finding),
            false => self.refer(at, NameKind::Finding, declared),
        }
    }

    fn note(&mut self, span: Span, named: Named, mention: Mention) {
        if let Some(references) = &mut self.references
            && !span.source.is_fixed()
            && span.len() > 0
        {
            references.push(Reference {
                span,
                named,
                mention,
            });
        }
    }

    /// What kind of name an item has.
    pub fn kind_of(&self, symbol: Symbol) -> NameKind {
        match symbol {
            Symbol::Enum(_) => NameKind::Enum,
            Symbol::Record(_) => NameKind::Record,
            Symbol::Target(_) => NameKind::Target,
            Symbol::Const(_) => NameKind::Const,
            Symbol::Role(_) => NameKind::Role,
            Symbol::Window(_) => NameKind::Window,
            Symbol::Secret(_) => NameKind::Secret,
            Symbol::Product(_) => NameKind::Product,
            Symbol::Runbook(_) => NameKind::Runbook,
            Symbol::Function(id) => self.function(id).name_kind(),
            Symbol::Extern(id) => match self.package.externs[id.index()].kind {
                ExternKind::Fn => NameKind::Fn,
                ExternKind::Probe => NameKind::Probe,
                ExternKind::Action(_) => NameKind::Action,
            },
        }
    }
}

fn binding_kind(kind: &BindingKind, name: &str) -> NameKind {
    match kind {
        BindingKind::Label(label) if label == name => NameKind::Label,
        BindingKind::Request => NameKind::Parameter,
        BindingKind::Label(_) | BindingKind::Alert | BindingKind::Event => NameKind::Binding,
    }
}
