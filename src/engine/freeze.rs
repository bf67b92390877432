//! Changes are stopped by people, who hear each hour that they still are, and let go on.

use std::collections::BTreeSet;
use std::sync::Arc;

use smol_str::SmolStr;

use super::Engine;
use super::decide::freeze;
use super::duty::link;
use super::people::Refusal;
use super::runbooks::Runbooks;
use super::timer::Timer;
use crate::effect::Severity;
use crate::journal::{Message, MessageKind, Notes, Obstacle, Scope};
use crate::program::Program;
use crate::run::moment;
use crate::value::{Duration, SHOWN_CHARACTERS, Time, escape_text};

/// How often owners hear that changes are stopped.
const OFTEN: Duration = Duration::from_millis(60 * 60_000);
/// What it is about.
const TITLE: &str = "changes by the agent";

impl Engine {
    /// Stops the changes of a scope: no run begins another one there until they are let go on. What
    /// is to be changed meanwhile waits, as long as its patience lasts.
    pub(super) fn freezes(
        &mut self,
        scope: Scope,
        by: &str,
        why: &str,
        now: Time,
    ) -> Result<(), Refusal> {
        if !self.is_known_scope(&scope) {
            return Err(Refusal::NothingThere(scope));
        }
        let decision = freeze::stop(&self.model, scope, by, why)?;
        self.carry_out(decision, now);
        // Whoever waited for its turn waits for this now.
        self.is_gone(Obstacle::Turn);
        self.timers
            .insert((moment::after(now, OFTEN), Timer::Freeze(now)));
        Ok(())
    }

    /// Lets the changes of a scope go on. False if nothing stopped them there.
    pub(super) fn thaws(
        &mut self,
        scope: &Scope,
        by: Option<SmolStr>,
        why: Option<String>,
        now: Time,
    ) -> bool {
        let Some(decision) = freeze::release(&self.model, scope, by, why) else {
            return false;
        };
        self.carry_out(decision, now);
        true
    }

    /// What was stopped at that time has been so for another hour.
    pub(super) fn freeze_lasts(&mut self, since: Time, now: Time) {
        let freezes = self.model.freezes();
        let lasting = freezes.filter(|(_, hold)| hold.since == since);
        let lasting: Vec<Scope> = lasting.map(|(scope, _)| scope.clone()).collect();
        let hours = moment::since(since, now).millis() / OFTEN.millis();
        for scope in &lasting {
            let to = self
                .owners_of(scope)
                .into_iter()
                .map(|(_, to)| to)
                .collect();
            let decision = freeze::reminds(&self.model, scope, hours, to);
            self.carry_out(decision, now);
        }
        if !lasting.is_empty() {
            self.timers
                .insert((moment::after(now, OFTEN), Timer::Freeze(since)));
        }
    }

    /// What is due of freezes that were set before the agent began.
    pub(super) fn set_freeze_timers(&mut self, now: Time) {
        let since: Vec<Time> = self.model.freezes().map(|(_, hold)| hold.since).collect();
        for since in since {
            let passed = moment::since(since, now).millis().max(0);
            let next = (passed / OFTEN.millis() + 1) * OFTEN.millis();
            let due = moment::after(since, Duration::from_millis(next));
            self.timers.insert((due, Timer::Freeze(since)));
        }
    }

    /// Tells whoever owns something in a scope, each once. Of what nothing that is loaded belongs to, whoever owned
    /// what was at work there hears; where nobody did, the platform, or else every owner.
    pub(super) fn tell_scope(&mut self, scope: &Scope, text: &str, now: Time) {
        let mut programs = loaded_in(&self.runbooks, scope);
        if programs.is_empty() {
            let pinned = self.desk.known_programs();
            let pinned = pinned.filter_map(|code| self.desk.program(code).ok());
            programs.extend(pinned.filter(|program| is_in(scope, program)));
        }
        if !programs.is_empty() {
            return self.tell_freeze(&programs, scope, text, now);
        }
        match self.platform.clone() {
            Some(platform) => {
                let thread = self.freeze_thread(scope);
                let message = note_of(thread, text, now);
                self.queue(&platform, message, 0, now);
            }
            None => {
                let all = loaded_in(&self.runbooks, &Scope::All);
                self.tell_freeze(&all, scope, text, now);
            }
        }
    }

    /// Other code is loaded: what is stopped and has another name from now on is stopped no more, and whoever
    /// owned it hears so.
    pub(super) fn tell_of_empty_freezes(&mut self, next: &Runbooks, now: Time) {
        let freezes = self.model.freezes();
        let empty = freezes.filter_map(|(scope, hold)| {
            let owned = loaded_in(&self.runbooks, scope);
            let is_left = !owned.is_empty() && loaded_in(next, scope).is_empty();
            is_left.then(|| (scope.clone(), hold.by.clone(), owned))
        });
        let empty: Vec<_> = empty.collect();
        for (scope, by, owned) in empty {
            let text = format!(
                "changes of {} are stopped by {by}, and nothing that is loaded belongs to it any more: what is \
                 called otherwise now is not stopped; what was at work before waits until changes go on",
                scope.shown()
            );
            self.tell_freeze(&owned, &scope, &text, now);
        }
    }

    fn tell_freeze(&mut self, programs: &[Arc<Program>], scope: &Scope, text: &str, now: Time) {
        let thread = self.freeze_thread(scope);
        let mut told = BTreeSet::new();
        for program in programs {
            if link(program, 0).is_some_and(|(_, to, _)| told.insert(to)) {
                let kind = MessageKind::Note;
                self.tell_first(program, kind, thread.clone(), TITLE, text, now);
            }
        }
    }

    fn freeze_thread(&self, scope: &Scope) -> String {
        format!("{}/freeze/{scope}", self.store)
    }

    /// Whether something that is loaded, or was at work since the agent started, belongs to a scope.
    fn is_known_scope(&self, scope: &Scope) -> bool {
        let loaded = self.runbooks.all().iter().map(|loaded| &loaded.program);
        let pinned = self.desk.known_programs();
        let pinned = pinned.filter_map(|code| self.desk.program(code).ok());
        let mut pinned = pinned.map(|program| is_in(scope, &program));
        let mut loaded = loaded.map(|program| is_in(scope, program));
        *scope == Scope::All || loaded.any(|covered| covered) || pinned.any(|covered| covered)
    }

    fn owners_of(&self, scope: &Scope) -> BTreeSet<(SmolStr, SmolStr)> {
        let all = self.runbooks.all().iter().map(|loaded| &loaded.program);
        let own = all.filter(|program| is_in(scope, program));
        let owners = own.filter_map(|program| link(program, 0));
        owners.map(|(role, to, _)| (role, to)).collect()
    }
}

/// What is loaded of a scope.
fn loaded_in(runbooks: &Runbooks, scope: &Scope) -> Vec<Arc<Program>> {
    let all = runbooks.all().iter().map(|loaded| &loaded.program);
    all.filter(|program| is_in(scope, program))
        .cloned()
        .collect()
}

fn is_in(scope: &Scope, program: &Program) -> bool {
    scope.covers(program.product(), &program.runbook)
}

/// For whoever owns no runbook there.
fn note_of(thread: String, text: &str, now: Time) -> Message {
    Message {
        kind: MessageKind::Note,
        incident: None,
        thread: thread.into(),
        at: now,
        package: SmolStr::default(),
        runbook: SmolStr::new_static("agent"),
        severity: Severity::Sev3,
        title: TITLE.to_owned(),
        text: escape_text(text, SHOWN_CHARACTERS),
        reason: None,
        roles: vec!["platform".into()],
        evidence: Vec::new(),
        answer: String::new(),
        notes: Notes::default(),
    }
}
