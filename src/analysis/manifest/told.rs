//! What people hear of a statement, and what a `let` reads: where that has no answer, people hear too.

use super::paths::{Asked, Onward};
use super::people;
use super::steps::Walk;
use crate::analysis::core::Asks;
use crate::program::manifest::{ConditionHash, Read, Seen, Unanswered};
use crate::typed::{self, Expr, ExprKind, FailureFilter, Handler, HandlerAction, Stmt, StmtKind};

impl<'a> Walk<'_, 'a> {
    pub(super) fn duties(&mut self, stmt: &Stmt, path: Option<ConditionHash>) {
        let (cores, runbook, meanings) = (self.cores, self.runbook, &self.meanings);
        let until = |conditions: &[Expr]| cores.conditions(runbook, meanings, conditions);
        let said = people::said(self.made.package, self.duty, stmt, until);
        let said = said.into_iter().map(|duty| match path {
            Some(path) => format!("{duty}{}{path}", people::IF),
            None => duty,
        });
        self.found.duties.extend(said);
    }

    /// What people read of a statement.
    pub(super) fn words(&mut self, stmt: &Stmt) {
        let (of, words): (Seen, Vec<&Expr>) = match &stmt.kind {
            StmtKind::Page { text, .. } => (Seen::Page, text.iter().collect()),
            StmtKind::Tell { text, .. } => (Seen::Tell, text.iter().collect()),
            StmtKind::Hand(hand) => (Seen::Hand, hand.text.iter().collect()),
            StmtKind::Mitigated(debt) => (Seen::Mitigated, debt.text.iter().collect()),
            StmtKind::Cleared { why, .. } => (Seen::Cleared, why.iter().collect()),
            StmtKind::Novel(text) => (Seen::Novel, text.iter().collect()),
            StmtKind::Inconclusive(text) => (Seen::Inconclusive, text.iter().collect()),
            StmtKind::Attach(values) => (Seen::Attach, values.iter().collect()),
            StmtKind::WaiveVerify(why) => {
                let why = self.cores.reason(self.runbook, why);
                return self.found.words.push((Seen::Waive, why));
            }
            _ => return,
        };
        if !words.is_empty() {
            let hash = self.cores.words(self.runbook, &self.meanings, &words);
            self.found.words.push((of, hash));
        }
    }

    /// Who hears where a step was not applied.
    pub(super) fn handlers_of(&mut self, step: &'a typed::Step) {
        if step.handlers.is_empty() {
            return;
        }
        let failed = self
            .cores
            .around(self.runbook, &self.meanings, "not applied", Some(step));
        self.diverges(&step.handlers, failed);
    }

    fn diverges(&mut self, handlers: &'a [Handler], failed: ConditionHash) {
        for handler in handlers {
            if let HandlerAction::Diverge(stmt) = &handler.action {
                self.words(stmt);
                let both = self.known.path().into_iter().chain([failed]);
                let both: Vec<_> = both.collect();
                let path = self.cores.joined(self.runbook, "path", &both);
                self.duties(stmt, Some(path));
            }
        }
    }

    /// A reading that is made here, and where the path goes on without an answer.
    fn read(&mut self, of: ConditionHash, goes_on: Vec<Unanswered>) {
        if self.acts {
            self.found.reads.push(Read {
                at: self.name.clone(),
                of,
                behind: self.steps,
                each: self.each.is_some(),
                path: self.known.path(),
                goes_on,
                text: self.made.texts.get(&of).cloned().unwrap_or_default(),
            });
        }
    }

    /// What a branch, a loop or a text reads in passing: where that has no answer the path ends.
    pub(super) fn reads_in(&mut self, expr: &'a Expr) {
        if !self.acts {
            return;
        }
        let is_call = matches!(expr.kind, ExprKind::Call(_));
        if is_call && expr.observes(self.made.package) {
            let of = self.cores.reading(self.runbook, &self.meanings, expr);
            let of = self.made.condition(of, "", expr.span);
            return self.read(of, Vec::new());
        }
        let mut parts = Vec::new();
        expr.for_each_child(&mut |part| parts.push(part));
        parts.into_iter().for_each(|part| self.reads_in(part));
    }

    /// What a `let` reads: where that has no answer the path ends, or goes on with a value.
    pub(super) fn reading(&mut self, value: &'a Expr, handlers: &'a [Handler]) -> Onward {
        if handlers.is_empty() && !(self.acts && value.observes(self.made.package)) {
            return Onward::ALWAYS;
        }
        let of = self.cores.reading(self.runbook, &self.meanings, value);
        let of = self.made.condition(of, "", value.span);
        let first = |wanted: FailureFilter| {
            let on = |handler: &&Handler| handler.on == FailureFilter::Any || handler.on == wanted;
            handlers.iter().find(on).map(|handler| &handler.action)
        };
        let each = [
            (Unanswered::NoData, first(FailureFilter::NoData)),
            (Unanswered::Failed, first(FailureFilter::Failed)),
        ];
        let goes_on = each.iter().filter_map(|(unanswered, action)| match action {
            Some(HandlerAction::Value(_)) => Some(*unanswered),
            Some(HandlerAction::Diverge(_)) | None => None,
        });
        let goes_on = goes_on.collect();
        self.read(of, goes_on);
        let no_answer = self.cores.joined(self.runbook, "not", &[of]);
        self.diverges(handlers, no_answer);
        let mut ends = handlers.iter().filter_map(|handler| match &handler.action {
            HandlerAction::Diverge(stmt) => Some(&stmt.kind),
            HandlerAction::Value(_) => None,
        });
        let observes = value.observes(self.made.package);
        let asked = observes.then(|| self.meanings.now());
        let tells = |kind: &StmtKind| matches!(kind, StmtKind::Page { .. } | StmtKind::Hand(_));
        match ends.next() {
            Some(kind) => Onward::Where(vec![Asked {
                is_told: tells(kind) && ends.all(tells),
                ..Asked::branch(Asks {
                    asked,
                    ..Asks::always(of)
                })
            }]),
            None => Onward::ALWAYS,
        }
    }
}
