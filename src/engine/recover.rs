//! Going on after a stop: what was open when the agent died, and what that means.
//!
//! An observation is made again. A change that was begun may have taken effect or not: its outcome
//! is unknown, and the run settles it as its action declares. Timers, locks, messages and duties
//! are as they were.

use std::collections::BTreeSet;

use super::decide::deliver;
use super::desk::Trouble;
use super::gate::{self, Question, Verdict};
use super::model::Model;
use super::timer::Timer;
use super::waiting::{Asking, Waiting};
use super::{Action, Engine, Runbooks};
use crate::effect::ChangeOutcome;
use crate::journal::{
    Delivery, Error, Journal, MessageKind, Obstacle, RunId, RunResumed, Scope, StoredRun,
};
use crate::planted::Planted;
use crate::run::{self, Observe, moment};
use crate::settings::Grants;
use crate::value::{Duration, Time};

/// How long an observation is waited for that is made again.
const AGAIN: Duration = Duration::from_millis(10_000);
impl Engine {
    /// The engine as it was when the journal was written last.
    pub fn start(
        journal: &dyn Journal,
        runbooks: Runbooks,
        grants: Grants,
        now: Time,
    ) -> Result<Engine, Error> {
        let (model, lost) = Model::load(journal, now)?;
        let mut engine = Engine {
            store: journal.name()?,
            model,
            draining: false,
            grants,
            runbooks: Runbooks::default(),
            timers: Default::default(),
            waiters: Default::default(),
            work: Default::default(),
            dead: Default::default(),
            platform: None,
            bounds: Default::default(),
            storms: Default::default(),
            contacts: Default::default(),
            desk: Default::default(),
            actions: Vec::new(),
        };
        if let Some(migrated) = journal.migrated() {
            engine.record(migrated, now);
        }
        engine.load_runbooks(journal, runbooks, now)?;
        let gone = engine.give_up(journal, lost, now)?;
        engine.set_timers();
        engine.set_freeze_timers(now);
        engine.recall_storms(journal, now)?;
        engine.match_dwells(journal, now)?;
        engine.take_up_runs(journal, &gone, now)?;
        Ok(engine)
    }

    /// What the model says is due.
    fn set_timers(&mut self) {
        let messages = self.model.messages().filter_map(|outbox| {
            let Delivery::Due { at, .. } = outbox.delivery else {
                return None;
            };
            Some((at, Timer::Message(outbox.id)))
        });
        self.timers.extend(messages);
        let pages = self.model.messages();
        let pages = pages.filter(|outbox| outbox.message.kind == MessageKind::Page);
        let pages = pages.map(|outbox| {
            let by = moment::after(outbox.message.at, deliver::REACHED_WITHIN);
            (by, Timer::Reached(outbox.id))
        });
        self.timers.extend(pages);
        let chains = self.model.chains();
        let chains = chains.map(|(incident, duty)| (duty.next, Timer::Duty(incident)));
        self.timers.extend(chains);
        let acknowledged = self.model.acknowledged();
        let acknowledged = acknowledged.map(|(id, until)| (until, Timer::Acknowledged(id)));
        self.timers.extend(acknowledged);
        let debts = self.model.debts();
        let debts = debts.map(|debt| (debt.next_look, Timer::Debt(debt.id)));
        self.timers.extend(debts);
        let dwells = self.model.dwells().map(|dwell| &dwell.holding);
        let dwells = dwells.map(|holding| (holding.until, Timer::Holding(holding.event)));
        self.timers.extend(dwells);
    }

    fn take_up_runs(
        &mut self,
        journal: &dyn Journal,
        gone: &BTreeSet<RunId>,
        now: Time,
    ) -> Result<(), Error> {
        let live = journal.live_runs()?;
        for run in live {
            match run {
                Ok(stored) if gone.contains(&stored.id) => {}
                Err(unreadable) if gone.contains(&unreadable) => {}
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
                    self.record(RunResumed { run: id }, now);
                    let outcome = match Planted::CrashMeansNotApplied.is_in() {
                        true => ChangeOutcome::NotApplied("it was under way".to_owned()),
                        false => ChangeOutcome::Unknown,
                    };
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
        let working = self.desk.run(journal, asking.run);
        let code = working.map(|working| working.code);
        let known = code.and_then(|code| Ok((code, self.desk.program(journal, code)?)));
        let (code, program) = match known {
            Ok(known) => known,
            Err(Trouble::Store(error)) => return Err(error),
            Err(Trouble::Unreadable | Trouble::Ended) => {
                return self.quarantine(journal, asking.run, now);
            }
        };
        let question = Question {
            asking: &asking,
            program: &program,
            now,
        };
        let (gate, obstacle, why) = match gate::pass(&self.known(), &question) {
            (gate, Verdict::Wait(obstacle, why)) => (gate, obstacle, why),
            // Nothing is in its way any more: it is woken in its turn.
            (_, Verdict::Go | Verdict::Refuse(..)) => {
                let why = "it waited when the agent stopped".to_owned();
                ("", Obstacle::Freeze(Scope::All), why)
            }
        };
        let patience = self.patience_for(&obstacle, asking.run, program.metadata.patience);
        let until = moment::after(now, patience);
        let timer = Timer::Patience(asking.run, asking.id);
        self.timers.insert((until, timer));
        let since = (now, until);
        self.wait_on(Waiting::new(asking, code, gate, obstacle, why, since));
        Ok(())
    }
}
