//! Between decisions: what the next ones need and is not in memory is named here, and brought in.
//!
//! No decision reads a store. Everything that comes in from outside passes through this file: what it
//! needs is fetched first, then it is decided, then the work that it leaves is done as far as a turn
//! goes, with one fetch for all that is next and lacks something.

use smol_str::SmolStr;

use super::contact::Taken;
use super::dead::Replay;
use super::matched::Matched;
use super::past;
use super::work::{TURN, Work};
use super::{Accepted, Ahead, Arriving, Engine, Input, Refusal, Runbooks, Settling, Taker};
use crate::effect::{Call, Observed};
use crate::journal::{
    Alert, Bodies, Error, IncidentId, Journal, MessageId, Needs, Obstacle, RunId, Scope, Subject,
};
use crate::program::{CodeHash, Program};
use crate::settings::{Bounds, Grants};
use crate::value::{Duration, Failure, Time};

impl Engine {
    /// Takes one input in.
    pub fn handle(&mut self, journal: &dyn Journal, input: Input, now: Time) -> Result<(), Error> {
        self.take_in(input, now);
        self.go_on(journal, now)
    }

    /// Accepts something. Once the batch is durable, nothing loses it.
    pub fn accept(
        &mut self,
        journal: &dyn Journal,
        arriving: Arriving,
        now: Time,
    ) -> Result<Accepted, Error> {
        let matched = self.matched(arriving);
        self.fetch(journal, &self.lacks_for(&matched), now)?;
        let accepted = self.receive(matched, now);
        self.go_on(journal, now)?;
        Ok(accepted)
    }

    /// The run that an alert would begin; none if no runbook takes it. Nothing of it is ever written.
    pub fn would_begin(
        &mut self,
        journal: &dyn Journal,
        alert: &Alert,
        now: Time,
    ) -> Result<Option<Ahead>, Error> {
        let matched = self.matched(Arriving::Alert(alert.clone()));
        self.fetch(journal, &self.lacks_for(&matched), now)?;
        Ok(self.ahead(alert, matched, now))
    }

    /// What a run that is never begun is answered without a look at the world: that it is not granted, and what the
    /// journal knows.
    pub fn would_answer(
        &mut self,
        journal: &dyn Journal,
        program: &Program,
        call: &Call,
        now: Time,
    ) -> Result<Option<Observed>, Error> {
        if let Err(denied) = self.may_look(program, call) {
            return Ok(Some(Observed::Failed(Failure::Failed(denied.into()))));
        }
        let Some(past) = past::asked(call, now) else {
            return Ok(None);
        };
        let mut needs = Needs::default();
        needs.events.insert(past.clone());
        self.fetch(journal, &needs, now)?;
        Ok(Some(self.past(program, call, &past)))
    }

    /// Accepts what lay with the dead letters.
    pub fn replay(
        &mut self,
        journal: &dyn Journal,
        arriving: Arriving,
        replay: Replay,
        now: Time,
    ) -> Result<Accepted, Error> {
        let matched = self.matched(arriving);
        self.fetch(journal, &self.lacks_for(&matched), now)?;
        let accepted = self.receive(matched, now);
        self.replayed(replay, &accepted, now);
        self.go_on(journal, now)?;
        Ok(accepted)
    }

    /// Somebody takes the duty over: nobody else is told any more.
    pub fn acknowledge(
        &mut self,
        journal: &dyn Journal,
        id: IncidentId,
        taker: &Taker,
        now: Time,
    ) -> Result<Result<(), Refusal>, Error> {
        self.fetch(journal, &self.lacks_incident(id), now)?;
        let done = self.acknowledged(id, taker, now);
        self.go_on(journal, now)?;
        Ok(done)
    }

    /// Somebody takes on everything that a page told of. Says which incidents those are.
    pub fn acknowledge_page(
        &mut self,
        journal: &dyn Journal,
        page: MessageId,
        taker: &Taker,
        now: Time,
    ) -> Result<Taken, Error> {
        let mut needs = Needs::default();
        for id in self.model.told_on(page) {
            needs.add(self.lacks_incident(id));
        }
        self.fetch(journal, &needs, now)?;
        let taken = self.page_acknowledged(page, taker, now);
        self.go_on(journal, now)?;
        Ok(taken)
    }

    /// Somebody says that it is over. A run under way is called off: what it has begun is finished,
    /// nothing more is begun.
    pub fn resolve(
        &mut self,
        journal: &dyn Journal,
        id: IncidentId,
        by: &str,
        why: &str,
        now: Time,
    ) -> Result<Result<(), Refusal>, Error> {
        self.fetch(journal, &self.lacks_incident(id), now)?;
        let done = self.called_over(id, by, why, now);
        self.go_on(journal, now)?;
        Ok(done)
    }

    /// A human says what became of a change of which nobody knew.
    pub fn settle(
        &mut self,
        journal: &dyn Journal,
        id: IncidentId,
        said: Settling,
        now: Time,
    ) -> Result<Result<(), Refusal>, Error> {
        self.fetch(journal, &self.lacks_incident(id), now)?;
        let done = self.settled_by(id, said, now);
        self.go_on(journal, now)?;
        Ok(done)
    }

    /// Stops the changes of a scope: no run begins another one there until they are let go on. What
    /// is to be changed meanwhile waits, as long as its patience lasts.
    pub fn stop_changes(
        &mut self,
        journal: &dyn Journal,
        scope: Scope,
        by: &str,
        why: &str,
        now: Time,
    ) -> Result<Result<(), Refusal>, Error> {
        let done = self.freezes(scope, by, why, now);
        self.go_on(journal, now)?;
        Ok(done)
    }

    /// Lets the changes of a scope go on. False if nothing stopped them there.
    pub fn release_changes(
        &mut self,
        journal: &dyn Journal,
        scope: &Scope,
        by: Option<SmolStr>,
        why: Option<String>,
        now: Time,
    ) -> Result<bool, Error> {
        let released = self.thaws(scope, by, why, now);
        self.go_on(journal, now)?;
        Ok(released)
    }

    /// Somebody takes a storm on, with all its incidents that wait for somebody.
    pub fn acknowledge_storm(
        &mut self,
        journal: &dyn Journal,
        scope: &Scope,
        taker: &Taker,
        now: Time,
    ) -> Result<Result<(), Refusal>, Error> {
        let done = self.storm_acknowledged(scope, taker, now);
        self.go_on(journal, now)?;
        Ok(done)
    }

    /// Takes a new set of runbooks. Runs and incidents under way go on with the code they have.
    /// What has to stand for a while is matched anew.
    pub fn load(
        &mut self,
        journal: &dyn Journal,
        runbooks: Runbooks,
        grants: Grants,
        now: Time,
    ) -> Result<(), Error> {
        self.fetch_programs(journal, &runbooks, now)?;
        self.load_runbooks(runbooks, now);
        self.grants = grants;
        self.match_dwells(now);
        self.go_on(journal, now)
    }

    /// How much is done before it is left to people, and how long they are waited for.
    pub fn abides_by(
        &mut self,
        journal: &dyn Journal,
        bounds: Bounds,
        now: Time,
    ) -> Result<(), Error> {
        self.bounds = bounds;
        self.recall_storms(journal, now)
    }

    /// The clock has made a step: all that waits for a length to pass moves with it.
    pub fn clock_stepped(
        &mut self,
        journal: &dyn Journal,
        by: Duration,
        now: Time,
    ) -> Result<(), Error> {
        self.clock_steps(by, now);
        self.go_on(journal, now)
    }

    /// Does what is to be done, as much as fits into a turn.
    pub(super) fn go_on(&mut self, journal: &dyn Journal, now: Time) -> Result<(), Error> {
        let mut left = TURN;
        loop {
            left -= self.work_on(left, now);
            let needs = self.needs(left);
            if needs.is_empty() {
                return Ok(());
            }
            self.fetch(journal, &needs, now)?;
        }
    }

    /// What the next pieces of work need and is not at hand.
    fn needs(&self, most: usize) -> Needs {
        let mut needs = Needs::default();
        for work in self.work.iter().take(most) {
            needs.add(self.lacks(work));
        }
        needs
    }

    /// What a piece of work needs and is not at hand.
    pub(super) fn lacks(&self, work: &Work) -> Needs {
        match work {
            Work::Answer(run, _) | Work::Impatient(run, _) => self.lacks_run(*run),
            Work::Recall(run, _, past) => {
                let mut needs = self.lacks_run(*run);
                if !self.desk.has_events(past) {
                    needs.events.insert(past.clone());
                }
                needs
            }
            Work::Stood(event) => self.lacks_for_dwells(*event),
            Work::TellOfStorm(scope, _) => {
                let mut needs = Needs::default();
                for id in self.of_storm(scope) {
                    needs.add(self.lacks_incident(id));
                }
                needs
            }
            Work::Pass(obstacle) => self
                .first_for(obstacle)
                .map_or_else(Needs::default, |run| self.lacks_run(run)),
            Work::InTurn(scope) => {
                self.lacks_to_wait(self.first_of(&Obstacle::Freeze(scope.clone())))
            }
            Work::HeldByStorm(after) => self.lacks_to_wait(self.next_after(*after)),
            Work::LookAtDebt(debt) => self.lacks_code(self.model.debt(*debt).map(|debt| debt.code)),
            Work::NextLink(Subject::Incident(id), _)
            | Work::Reached(Subject::Incident(id), _)
            | Work::Climb(id)
            | Work::Send(id, ..)
            | Work::HearAgain(id, ..)
            | Work::Page(id, ..) => {
                let mut needs = self.lacks_incident(*id);
                needs.add(self.lacks_code(self.model.incident(*id).map(|one| one.code)));
                needs
            }
            Work::NextLink(Subject::Storm(_), _)
            | Work::Reached(Subject::Storm(_), _)
            | Work::ClimbStorm(_)
            | Work::Tell(..)
            | Work::Fold(_)
            | Work::TellOwners(..)
            | Work::Due(_) => Needs::default(),
        }
    }

    /// What is needed so that whoever waits can wait for something else: not its run.
    fn lacks_to_wait(&self, waits: Option<(RunId, CodeHash)>) -> Needs {
        let (run, code) = waits.unzip();
        let mut needs = self.lacks_code(code);
        let incident = run.and_then(RunId::incident);
        needs.add(incident.map_or_else(Needs::default, |id| self.lacks_incident(id)));
        needs
    }

    pub(super) fn lacks_incident(&self, id: IncidentId) -> Needs {
        match self.model.lacks(id) && !self.desk.sought(id) {
            true => Needs::incident(id),
            false => Needs::default(),
        }
    }

    /// A run, and then its code and that of its incident.
    pub(super) fn lacks_run(&self, id: RunId) -> Needs {
        let mut needs = match id.incident() {
            Some(incident) => self.lacks_incident(incident),
            None => Needs::default(),
        };
        if self.desk.lacks_run(id) {
            needs.runs.insert(id);
            return needs;
        }
        needs.add(self.lacks_code(self.desk.code_of(id)));
        let incident = id.incident().and_then(|id| self.model.incident(id));
        needs.add(self.lacks_code(incident.map(|one| one.code)));
        needs
    }

    pub(super) fn lacks_code(&self, code: Option<CodeHash>) -> Needs {
        match code {
            Some(code) if self.desk.lacks_program(code) => Needs::program(code),
            Some(_) | None => Needs::default(),
        }
    }

    /// Brings in what there is of it.
    pub(super) fn fetch(
        &mut self,
        journal: &dyn Journal,
        needs: &Needs,
        now: Time,
    ) -> Result<(), Error> {
        if needs.is_empty() {
            return Ok(());
        }
        let bodies = journal.fetch(needs)?;
        let damaged = bodies.damaged().collect();
        self.fetched(bodies);
        let lost = journal.damaged(&damaged)?;
        self.give_up(journal, lost, now)?;
        Ok(())
    }

    fn fetched(&mut self, bodies: Bodies) {
        for (id, body) in bodies.incidents {
            self.desk.brought(id);
            // One that is over and cannot be read is not there: nobody works on it. One that is open
            // is given up.
            if let Ok(Some(incident)) = body {
                self.model.bring(incident);
            }
        }
        for (id, body) in bodies.runs {
            self.desk.bring_run(id, body);
        }
        for (hash, artefact) in bodies.programs {
            self.desk.bring_program(hash, artefact);
        }
        for (asked, found) in bodies.events {
            self.desk.bring_events(asked, found);
        }
    }

    /// What is stored of the code of runbooks that are about to be loaded, and of what is open.
    pub(super) fn fetch_programs(
        &mut self,
        journal: &dyn Journal,
        runbooks: &Runbooks,
        now: Time,
    ) -> Result<(), Error> {
        let mut needs = Needs::default();
        for loaded in runbooks.all() {
            needs.add(self.lacks_code(Some(loaded.hash)));
        }
        for code in self.model.codes() {
            needs.add(self.lacks_code(Some(code)));
        }
        self.fetch(journal, &needs, now)
    }

    /// What an arrival needs and is not at hand.
    fn lacks_for(&self, matched: &Matched) -> Needs {
        let mut needs = Needs::default();
        for id in self.newest_for(matched) {
            needs.add(self.lacks_incident(id));
        }
        needs
    }
}
