//! Going on after a stop: what was open when the agent died, and what that means.
//!
//! An observation is made again. A change that was begun may have taken effect or not: its outcome
//! is unknown, and the run settles it as its action declares. Timers, locks, messages and duties
//! are as they were.

use super::desk::Trouble;
use super::drive::incident_of;
use super::gate::{self, Question, Verdict};
use super::timer::Timer;
use super::waiting::{Asking, Waiting};
use super::{Action, Engine, Runbooks};
use crate::effect::ChangeOutcome;
use crate::journal::{
    Delivery, Error, Incident, IntentState, Journal, Obstacle, RunId, RunResumed, Scope, StoredRun,
};
use crate::run::{self, Observe, moment};
use crate::settings::Grants;
use crate::value::{Duration, Time};

/// How long an observation is waited for that is made again.
const AGAIN: Duration = Duration::from_millis(10_000);
/// More incidents than this are not open at the same time.
const OPEN: usize = 1_000_000;

impl Engine {
    /// The engine as it was when the journal was written last.
    pub fn start(
        journal: &dyn Journal,
        runbooks: Runbooks,
        grants: Grants,
        now: Time,
    ) -> Result<Engine, Error> {
        let mut engine = Engine {
            store: journal.name()?,
            newest: journal.newest()?,
            hold: journal.hold()?,
            draining: false,
            grants,
            runbooks: Runbooks::default(),
            timers: Default::default(),
            locks: Default::default(),
            disturbed: Default::default(),
            waiters: Default::default(),
            work: Default::default(),
            intents: Default::default(),
            attempts: Vec::new(),
            dwells: Default::default(),
            desk: Default::default(),
            actions: Vec::new(),
        };
        if let Some(migrated) = journal.migrated() {
            engine.desk.fact(migrated, now);
        }
        engine.load_runbooks(journal, runbooks, now)?;
        engine.take_up_incidents(journal)?;
        engine.take_up_messages(journal)?;
        engine.take_up_dwells(journal, now)?;
        for debt in journal.debts()? {
            engine.timers.insert((debt.next_look, Timer::Debt(debt.id)));
            engine.desk.debts.insert(debt.id, debt);
        }
        engine.take_up_runs(journal, now)?;
        Ok(engine)
    }

    fn take_up_incidents(&mut self, journal: &dyn Journal) -> Result<(), Error> {
        for incident in journal.incidents(true, OPEN)? {
            if let Some(duty) = &incident.duty {
                self.timers.insert((duty.next, Timer::Duty(incident.id)));
            }
            self.take_up_targets(incident);
        }
        Ok(())
    }

    fn take_up_targets(&mut self, incident: Incident) {
        let last = incident.runs.saturating_sub(1);
        let owner = incident.run.unwrap_or(RunId::Incident(incident.id, last));
        for target in incident.locks {
            self.locks.insert(target, owner);
        }
        for target in incident.disturbed {
            self.disturbed.insert(target, owner);
        }
    }

    fn take_up_messages(&mut self, journal: &dyn Journal) -> Result<(), Error> {
        for outbox in journal.outbox()? {
            if let Delivery::Due { at, .. } = outbox.delivery {
                self.timers.insert((at, Timer::Message(outbox.id)));
                self.desk.outbox.insert(outbox.id, outbox);
            }
        }
        Ok(())
    }

    fn take_up_runs(&mut self, journal: &dyn Journal, now: Time) -> Result<(), Error> {
        for intent in journal.open_intents()? {
            if matches!(intent.state, IntentState::Open | IntentState::Unknown) {
                self.intents.insert(intent.run, intent.id);
            }
        }
        let live = journal.live_runs()?;
        // All targets first: what one run goes on with must not pass what another one locked. A run
        // that was called off may still work on an incident that is resolved.
        for id in live.iter().flatten().filter_map(|run| incident_of(run.id)) {
            if let Some(incident) = journal.incident(id)?.filter(|one| one.state.is_over()) {
                self.take_up_targets(incident);
            }
        }
        for run in live {
            match run {
                Ok(stored) => self.take_up_run(journal, stored, now)?,
                Err(unreadable) => self.quarantine(journal, unreadable, now)?,
            }
        }
        Ok(())
    }

    fn take_up_run(
        &mut self,
        journal: &dyn Journal,
        stored: StoredRun,
        now: Time,
    ) -> Result<(), Error> {
        let id = stored.id;
        match self.desk.run(journal, id) {
            Ok(working) => working.run.taken_up(&stored.pending, now),
            Err(Trouble::Store(error)) => return Err(error),
            Err(Trouble::Unreadable | Trouble::Ended) => return self.quarantine(journal, id, now),
        }
        for action in stored.pending {
            match action {
                run::Action::Wait { id: asked, until } => {
                    self.timers.insert((until, Timer::Run(id, asked)));
                }
                run::Action::Observe(observe) => {
                    let deadline = moment::after(now, AGAIN);
                    let observe = Observe {
                        deadline,
                        ..observe
                    };
                    self.actions.push(Action::Observe { run: id, observe });
                }
                run::Action::Settle {
                    id: asked, call, ..
                } => self.actions.push(Action::Settle {
                    run: id,
                    id: asked,
                    call,
                    deadline: moment::after(now, AGAIN),
                }),
                run::Action::Perform(perform) => {
                    self.record(journal, RunResumed { run: id }, now)?;
                    let outcome = ChangeOutcome::Unknown;
                    let input = run::Input::Performed {
                        id: perform.id,
                        outcome,
                    };
                    self.answer(journal, id, input, now)?;
                }
                run::Action::Intend { id: asked, intent } => {
                    let asking = Asking::new(id, asked, intent, false);
                    self.wait_again(journal, asking, now)?;
                }
                run::Action::Repeat { id: asked, intent } => {
                    let asking = Asking::new(id, asked, intent, true);
                    self.wait_again(journal, asking, now)?;
                }
                run::Action::Tell(_)
                | run::Action::Attach(_)
                | run::Action::Record(_)
                | run::Action::End(_) => {}
            }
        }
        Ok(())
    }

    fn wait_again(
        &mut self,
        journal: &dyn Journal,
        asking: Asking,
        now: Time,
    ) -> Result<(), Error> {
        let program = match self.code_of(journal, asking.run) {
            Ok(program) => program,
            Err(Trouble::Store(error)) => return Err(error),
            Err(Trouble::Unreadable | Trouble::Ended) => {
                return self.quarantine(journal, asking.run, now);
            }
        };
        let until = moment::after(now, program.metadata.patience);
        let timer = Timer::Patience(asking.run, asking.id);
        self.timers.insert((until, timer));
        let question = Question {
            asking: &asking,
            program: &program,
            now,
        };
        let (gate, obstacle, why) = match gate::pass(self, journal, &question)? {
            (gate, Verdict::Wait(obstacle, why)) => (gate, obstacle, why),
            // Nothing is in its way any more: it is woken in its turn.
            (_, Verdict::Go | Verdict::Refuse(..)) => {
                let why = "it waited when the agent stopped".to_owned();
                ("", Obstacle::Freeze(Scope::All), why)
            }
        };
        self.wait_on(Waiting::new(asking, gate, obstacle, why, now));
        Ok(())
    }
}
