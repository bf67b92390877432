//! Items of the trusted base: `extern target fn probe action`.
//!
//! In: nodes. Out: pieces of the layout.

use smol_str::SmolStr;

use super::brackets::{BLOCK, OPEN_PARENTHESES};
use super::printer::{Node, Printer};
use crate::syntax::tree::{
    ExternClause, ExternClauseKind, ExternItem, ExternKind, RepeatDecl, TargetClause,
    TargetClauseKind, UndoDecl,
};
use crate::text::Span;

impl Node for TargetClause {
    fn span(&self) -> Span {
        self.span
    }

    fn documentation(&self) -> &[SmolStr] {
        match &self.kind {
            TargetClauseKind::Field(field) if self.doc.is_empty() => &field.doc,
            TargetClauseKind::Missing
            | TargetClauseKind::Scope(_)
            | TargetClauseKind::Within(_)
            | TargetClauseKind::Key(..)
            | TargetClauseKind::Lookup(_)
            | TargetClauseKind::Field(_) => &self.doc,
        }
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        match &self.kind {
            TargetClauseKind::Missing => printer.missing(self.span),
            TargetClauseKind::Scope(scope) => printer.clause("scope ", Some(scope), Printer::name),
            TargetClauseKind::Within(target) => {
                printer.clause("within ", Some(target), Printer::path);
            }
            TargetClauseKind::Key(key, form) => {
                printer.clause("key ", Some(key), Printer::name);
                printer.clause(" ", form.as_ref(), Printer::name);
            }
            TargetClauseKind::Lookup(probe) => {
                printer.clause("lookup ", Some(probe), Printer::name);
            }
            TargetClauseKind::Field(field) => field.print(printer),
        }
    }
}

impl Node for ExternClause {
    fn span(&self) -> Span {
        self.span
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>) {
        match &self.kind {
            ExternClauseKind::Missing => printer.missing(self.span),
            ExternClauseKind::Needs { capability, of } => {
                printer.word("needs ");
                printer.plain_text(capability);
                printer.clause(" ", of.as_ref(), Printer::name);
            }
            ExternClauseKind::Changes(names) => {
                printer.word("changes ");
                printer.commas(names);
            }
            ExternClauseKind::Deadline(time) => {
                printer.clause("deadline ", Some(time), Printer::expression);
            }
            ExternClauseKind::Settles(time) => {
                printer.clause("settles ", Some(time), Printer::expression);
            }
            ExternClauseKind::Repeat(repeat) => printer.repeat(repeat),
            ExternClauseKind::Undo(undo) => printer.undo(undo),
            ExternClauseKind::Inverse(name) => {
                printer.clause("inverse ", Some(name), Printer::name);
            }
            ExternClauseKind::Touching => printer.word("touching"),
        }
    }
}

impl<'a> Printer<'a> {
    pub(super) fn extern_item(&mut self, item: &'a ExternItem) {
        match &item.kind {
            ExternKind::Target(clauses) => {
                self.word("extern target ");
                self.name(&item.name);
                self.word(" ");
                self.body(item.name.span.end, clauses);
            }
            ExternKind::Fn { params, result } => {
                self.word("extern fn ");
                self.signature(&item.name, params, Some(result));
            }
            ExternKind::Probe {
                params,
                open,
                result,
                range,
                clauses,
            } => {
                self.word("extern probe ");
                if *open {
                    self.name(&item.name);
                    self.bracketed(&OPEN_PARENTHESES, item.name.span.end + 1, params);
                    self.result(Some(result));
                } else {
                    self.signature(&item.name, params, Some(result));
                }
                self.range(range.as_ref());
                self.extern_clauses(clauses);
            }
            ExternKind::Action {
                params,
                result,
                clauses,
            } => {
                self.word("extern action ");
                self.signature(&item.name, params, result.as_ref());
                self.extern_clauses(clauses);
            }
        }
    }

    fn extern_clauses(&mut self, clauses: &'a [ExternClause]) {
        if let Some(first) = clauses.first() {
            self.word(" ");
            self.bracketed(&BLOCK, first.span.start, clauses);
        }
    }

    fn repeat(&mut self, repeat: &'a RepeatDecl) {
        match repeat {
            RepeatDecl::Safe => self.word("repeat safe"),
            RepeatDecl::Keyed => self.word("repeat keyed"),
            RepeatDecl::UnsafeProbe(probe) => {
                self.clause("repeat unsafe probe ", Some(probe), Self::name);
            }
            RepeatDecl::UnsafeHuman => self.word("repeat unsafe human"),
        }
    }

    fn undo(&mut self, undo: &'a UndoDecl) {
        match undo {
            UndoDecl::ByCaller => self.word("undo by caller"),
            UndoDecl::By(call) => self.clause("undo by ", Some(call), Self::expression),
            UndoDecl::Previous => self.word("undo previous"),
            UndoDecl::Unneeded(why) => {
                self.word("undo unneeded ");
                self.plain_text(why);
            }
            UndoDecl::Impossible => self.word("undo impossible"),
        }
    }
}
