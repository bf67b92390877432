//! Watches: live readings of a runbook, whose types follow from what they read.
//!
//! In: `watch` clauses. Out: functions that see the trigger's names.

use super::super::expr::arguments::Owner;
use super::super::expr::{Elaborator, Place, is_open};
use super::super::hiding::Reach;
use super::super::item::returning;
use super::super::state::{Checker, Progress};
use super::WatchDraft;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::ClauseKind;
use crate::text::Span;
use crate::typed::{ExprKind, FunctionKind, NameKind, QualifiedName, RunbookId, Symbol, Type};

impl Checker<'_> {
    /// Enters the watches of a runbook, with their parameters.
    pub fn declare_watches(&mut self, id: RunbookId) {
        let (file, item) = (self.draft(id).file, self.draft(id).item);
        for clause in &item.clauses {
            let ClauseKind::Watch(watch) = &clause.kind else {
                continue;
            };
            if let Some(first) = self.draft(id).watch(watch.name.as_str()) {
                let first = self.draft(id).watches[first].item.name.span;
                self.say_duplicate("watch", &watch.name, first);
            }
            // It is called as the functions of the prelude are.
            self.refuse_hiding(file, &watch.name, Reach::Item);
            let name = QualifiedName {
                module: None,
                name: watch.name.text.clone(),
            };
            let kind = FunctionKind::Watch(id);
            let Symbol::Function(function) = self.new_function(name, kind, clause.span) else {
                continue;
            };
            self.define(watch.name.span, NameKind::Watch);
            let params = self.resolve_params(file, &watch.params, &[]);
            self.package.functions[function.index()].params = params;
            self.resolve_defaults(file, &watch.params, Owner::Function(function));
            self.runbook_mut(id).watches.push(function);
            self.drafts[id.index()].watches.push(WatchDraft {
                function,
                item: watch,
                progress: Progress::Waiting,
            });
        }
    }

    /// Elaborates what no other watch has asked for yet.
    pub fn elaborate_watches(&mut self, id: RunbookId) {
        for at in 0..self.draft(id).watches.len() {
            if self.draft(id).watches[at].progress == Progress::Waiting {
                self.elaborate_watch(id, at);
            }
        }
    }

    /// Sees to it that the type of a watch is known; says so if it reads itself.
    pub fn complete_watch(&mut self, id: RunbookId, at: usize, span: Span) -> bool {
        match self.draft(id).watches[at].progress {
            Progress::Done | Progress::Failed => true,
            Progress::Waiting => {
                self.elaborate_watch(id, at);
                true
            }
            Progress::Begun => {
                let name = &self.draft(id).watches[at].item.name;
                let message = format!("the watch `{}` reads itself", name.text);
                let found = Diagnostic::new(Code::Recursion, message, span, "reads it again");
                self.say(found.and(name.span, "this watch"));
                false
            }
        }
    }

    fn elaborate_watch(&mut self, id: RunbookId, at: usize) {
        let watch = &mut self.drafts[id.index()].watches[at];
        watch.progress = Progress::Begun;
        let (function, item) = (watch.function, watch.item);
        let params = &self.package.functions[function.index()].params;
        let types: Vec<Type> = params.iter().map(|param| param.ty.clone()).collect();
        let mut elaborator = Elaborator::of_runbook(self, id, Place::Watch);
        for (param, ty) in item.params.iter().zip(types) {
            elaborator.declare_parameter(&param.name, ty);
        }
        let mut value = elaborator.expr(&item.value, None);
        if is_open(&value.ty) {
            value = elaborator.say_open("this", value.span);
        }
        if matches!(value.ty, Type::PromQuery)
            && matches!(value.kind, ExprKind::Value(_) | ExprKind::Template { .. })
        {
            value = elaborator.say_query_alone(value.span);
        }
        let result = value.ty.clone();
        let block = returning(value, item.value.span);
        let body = elaborator.into_body(block);
        let row = &mut self.package.functions[function.index()];
        row.result = result;
        row.body = body;
        self.drafts[id.index()].watches[at].progress = Progress::Done;
    }
}
