//! Changes are stopped by people, who hear each hour that they still are, and let go on.

use std::sync::Arc;

use smol_str::SmolStr;

use super::Engine;
use super::decide::freeze;
use super::owner::{Hearer, first_of};
use super::people::Refusal;
use super::runbooks::Runbooks;
use super::timer::Timer;
use crate::journal::{Freeze, Obstacle, Scope};
use crate::program::Program;
use crate::run::moment;
use crate::value::{Duration, Time};

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
        let told = addresses(&self.hearers_of(&scope));
        let decision = freeze::stop(&self.model, scope, by, why, told)?;
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
        let lasting = freezes.filter(|(_, freeze)| freeze.since == since);
        let lasting: Vec<Scope> = lasting.map(|(scope, _)| scope.clone()).collect();
        let hours = moment::since(since, now).millis() / OFTEN.millis();
        for scope in &lasting {
            let to = addresses(&self.hearers_of(scope));
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
        let since: Vec<Time> = self
            .model
            .freezes()
            .map(|(_, freeze)| freeze.since)
            .collect();
        for since in since {
            let passed = moment::since(since, now).millis().max(0);
            let next = (passed / OFTEN.millis() + 1) * OFTEN.millis();
            let due = moment::after(since, Duration::from_millis(next));
            self.timers.insert((due, Timer::Freeze(since)));
        }
    }

    /// Tells whoever owns something in a scope, each once.
    pub(super) fn tell_scope(&mut self, scope: &Scope, text: &str, now: Time) {
        let hearers = self.hearers_of(scope);
        let thread = self.freeze_thread(scope);
        self.tell_all(&hearers, &thread, TITLE, text, now);
    }

    /// Who hears of what stops changes in a scope: whoever owns something that is loaded of it. Where nothing is,
    /// whoever heard of it last, or owned what was at work there; where nobody did, or none of them is known any more, the
    /// platform, or else every owner.
    fn hearers_of(&self, scope: &Scope) -> Vec<Hearer> {
        let of = |programs: Vec<Arc<Program>>| {
            let own = programs.into_iter();
            first_of(own.filter(|program| is_in(scope, program)))
        };
        let loaded = of(self.runbooks.programs());
        if !loaded.is_empty() {
            return loaded;
        }
        let freeze = self.model.freeze(scope);
        let told = freeze.map_or(Default::default(), |freeze| freeze.told.as_slice());
        if !told.is_empty() {
            let told = told.iter().map(|to| self.known_as(to));
            return self.or_anybody(told.collect());
        }
        self.or_anybody(of(self.pinned()))
    }

    /// These, and whoever hears of what nobody owns where nothing that is loaded knows any of them: their addresses may
    /// have gone with what they owned.
    fn or_anybody(&self, mut hearers: Vec<Hearer>) -> Vec<Hearer> {
        let is_known = |hearer: &Hearer| {
            self.platform.as_ref() == Some(&hearer.to)
                || !self.known_as(&hearer.to).roles.is_empty()
        };
        if hearers.iter().any(is_known) {
            return hearers;
        }
        for one in self.anybody() {
            if hearers.iter().all(|hearer| hearer.to != one.to) {
                hearers.push(one);
            }
        }
        hearers
    }

    /// An address, with the roles that it has in what is loaded.
    fn known_as(&self, to: &SmolStr) -> Hearer {
        let programs = self.runbooks.programs();
        let roles = programs.iter().flat_map(|program| &program.roles);
        let own = roles.filter(|role| role.address == *to);
        let mut roles: Vec<SmolStr> = own.map(|role| role.name.clone()).collect();
        roles.sort_unstable();
        roles.dedup();
        Hearer {
            to: to.clone(),
            roles,
            code: None,
        }
    }

    /// Other code is loaded than this: what is stopped and has another name from now on is stopped no more, and
    /// whoever owned it hears so, once, also where the agent was not at work meanwhile. The same where something has
    /// the name again.
    pub(super) fn tell_of_empty_freezes(&mut self, former: &Runbooks, now: Time) {
        if self.runbooks.is_part() {
            return;
        }
        let freezes = self.model.freezes();
        let differing = freezes.filter(|(scope, freeze)| {
            // What is loaded is never all called otherwise.
            **scope != Scope::All && freeze.is_empty != self.is_none_loaded_in(scope)
        });
        let differing: Vec<(Scope, Freeze)> = differing
            .map(|(scope, freeze)| (scope.clone(), freeze.clone()))
            .collect();
        for (scope, freeze) in differing {
            let own = former.programs().into_iter();
            let owners = first_of(own.filter(|program| is_in(&scope, program)));
            let hearers = match owners.is_empty() {
                true => self.hearers_of(&scope),
                false => self.or_anybody(owners),
            };
            let (to, text) = (addresses(&hearers), freeze::reaches_words(&scope, &freeze));
            let decision = freeze::reaches(scope.clone(), freeze.is_empty, to);
            self.carry_out(decision, now);
            let thread = self.freeze_thread(&scope);
            self.tell_all(&hearers, &thread, TITLE, &text, now);
        }
    }

    fn is_none_loaded_in(&self, scope: &Scope) -> bool {
        let all = self.runbooks.all();
        !all.iter().any(|loaded| is_in(scope, &loaded.program))
    }

    fn freeze_thread(&self, scope: &Scope) -> String {
        format!("{}/freeze/{scope}", self.store)
    }

    /// Whether something that is loaded, or was at work since the agent started, belongs to a scope.
    fn is_known_scope(&self, scope: &Scope) -> bool {
        let own = |programs: Vec<Arc<Program>>| programs.iter().any(|one| is_in(scope, one));
        *scope == Scope::All || own(self.runbooks.programs()) || own(self.pinned())
    }

    /// The code that was at work since the agent started.
    fn pinned(&self) -> Vec<Arc<Program>> {
        let pinned = self.desk.known_programs();
        pinned
            .filter_map(|code| self.desk.program(code).ok())
            .collect()
    }
}

fn addresses(hearers: &[Hearer]) -> Vec<SmolStr> {
    hearers.iter().map(|hearer| hearer.to.clone()).collect()
}

fn is_in(scope: &Scope, program: &Program) -> bool {
    scope.covers(program.product(), &program.runbook)
}
