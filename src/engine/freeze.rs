//! Changes are stopped by people, who hear each hour that they still are, and let go on.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::Engine;
use super::decide::freeze;
use super::duty::link;
use super::people::Refusal;
use super::timer::Timer;
use crate::journal::{MessageKind, Obstacle, Scope};
use crate::run::moment;
use crate::value::{Duration, Time};

/// How often owners hear that changes are stopped.
const OFTEN: Duration = Duration::from_millis(60 * 60_000);

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

    /// Tells whoever owns something in a scope, each once.
    pub(super) fn tell_scope(&mut self, scope: &Scope, text: &str, now: Time) {
        let thread = format!("{}/freeze/{scope}", self.store);
        let mut told = BTreeSet::new();
        let all = self.runbooks.all().iter();
        let programs: Vec<_> = all.map(|loaded| loaded.program.clone()).collect();
        for program in programs {
            if scope.covers(program.product(), &program.runbook)
                && link(&program, 0).is_some_and(|(_, to, _)| told.insert(to))
            {
                let (kind, title) = (MessageKind::Note, "changes by the agent");
                self.tell_first(&program, kind, thread.clone(), title, text, now);
            }
        }
    }

    /// Whether something that is loaded, or was at work since the agent started, belongs to a scope.
    fn is_known_scope(&self, scope: &Scope) -> bool {
        let loaded = self.runbooks.all().iter().map(|loaded| &loaded.program);
        let pinned = self.desk.known_programs();
        let pinned = pinned.filter_map(|code| self.desk.program(code).ok());
        let mut pinned = pinned.map(|program| scope.covers(program.product(), &program.runbook));
        let mut loaded = loaded.map(|program| scope.covers(program.product(), &program.runbook));
        *scope == Scope::All || loaded.any(|covered| covered) || pinned.any(|covered| covered)
    }

    fn owners_of(&self, scope: &Scope) -> BTreeSet<(SmolStr, SmolStr)> {
        let all = self.runbooks.all().iter().map(|loaded| &loaded.program);
        let own = all.filter(|program| scope.covers(program.product(), &program.runbook));
        let owners = own.filter_map(|program| link(program, 0));
        owners.map(|(role, to, _)| (role, to)).collect()
    }
}
