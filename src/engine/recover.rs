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
    Delivery, Error, Journal, MessageKind, Needs, Obstacle, RunId, RunResumed, Scope, StoredRun,
};
use crate::planted::Planted;
use crate::run::{self, Observe, moment};
use crate::settings::Grants;
use crate::value::{Duration, Time};

/// How long an observation is waited for that is made again.
const AGAIN: Duration = Duration::from_millis(10_000);
/// How many runs are brought in at once.
const AT_ONCE: usize = 16_384;

impl Engine {
    /// The engine as it was when the journal was written last; `stepped` is how far the clock was set
    /// since then.
    pub fn start(
        journal: &dyn Journal,
        runbooks: Runbooks,
        grants: Grants,
        stepped: Option<Duration>,
        now: Time,
    ) -> Result<Engine, Error> {
        let (model, lost) = Model::load(journal, now)?;
        let mut engine = Engine {
            store: journal.name()?,
            model,
            started: now,
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
        engine.fetch_programs(journal, &runbooks)?;
        engine.load_runbooks(runbooks, now);
        engine.timers.clock_is(engine.model.clock());
        engine.desk.clock_is(engine.model.clock());
        if let Some(by) = stepped {
            engine.clock_steps(by, now);
            engine.started = now;
        }
        let gone = engine.give_up(journal, lost, now)?;
        engine.set_timers();
        engine.set_freeze_timers(now);
        engine.recall_storms(journal, now)?;
        engine.match_dwells(now);
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

    /// Runs that were awake go on. The others sleep on, and are brought in once they are due.
    fn take_up_runs(
        &mut self,
        journal: &dyn Journal,
        gone: &BTreeSet<RunId>,
        now: Time,
    ) -> Result<(), Error> {
        let mut awake = Vec::new();
        for run in journal.live_runs()? {
            match run.map(|stored| stored.moved(self.model.clock())) {
                Ok(stored) if gone.contains(&stored.id) => {}
                Err(unreadable) if gone.contains(&unreadable) => {}
                Ok(stored) if sleeps(&stored, now) => {
                    let waits = stored.pending.iter().filter_map(|action| match action {
                        run::Action::Wait { id, until } => {
                            Some((*until, Timer::Run(stored.id, *id)))
                        }
                        _ => None,
                    });
                    self.timers.extend(waits);
                }
                Ok(stored) => awake.push(stored),
                Err(unreadable) => self.quarantine(unreadable, now),
            }
        }
        // Who asked first is woken first.
        awake.sort_by_key(|stored| self.model.wait(stored.id).map(|waits| waits.asked));
        while !awake.is_empty() {
            let rest = awake.split_off(awake.len().min(AT_ONCE));
            let mut needs = Needs::default();
            for stored in &awake {
                needs.runs.insert(stored.id);
                needs.add(self.lacks_code(Some(stored.code)));
            }
            self.fetch(journal, &needs)?;
            for stored in awake {
                self.take_up_run(stored, now);
            }
            awake = rest;
        }
        Ok(())
    }

    fn take_up_run(&mut self, stored: StoredRun, now: Time) {
        let id = stored.id;
        match self.desk.run(id) {
            Ok(working) => working.run.taken_up(&stored.pending, now),
            Err(Trouble::Unreadable | Trouble::Ended) => return self.quarantine(id, now),
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
                    self.ask_for(id, observe, now);
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
                    self.answer(id, input, now);
                }
                run::Action::Intend { id: asked, intent } => {
                    let asking = Asking::new(id, asked, intent, false);
                    self.wait_again(asking, now);
                }
                run::Action::Repeat { id: asked, intent } => {
                    let asking = Asking::new(id, asked, intent, true);
                    self.wait_again(asking, now);
                }
                run::Action::Tell(_)
                | run::Action::Attach(_)
                | run::Action::Record(_)
                | run::Action::End(_) => {}
            }
        }
    }

    fn wait_again(&mut self, asking: Asking, now: Time) {
        let code = self.desk.code_of(asking.run);
        let known = code.and_then(|code| Some((code, self.desk.program(code).ok()?)));
        let Some((code, program)) = known else {
            return self.quarantine(asking.run, now);
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
        // Its patience went on while the agent was away.
        let known = self.model.wait(asking.run);
        let known = known.filter(|waits| waits.ask == asking.id);
        let known = known.filter(|waits| waits.obstacle.is_storm() == obstacle.is_storm());
        let until = known.map_or_else(
            || {
                let patience = program.metadata.patience;
                moment::after(now, self.patience_for(&obstacle, asking.run, patience, now))
            },
            |waits| waits.until,
        );
        let timer = Timer::Patience(asking.run, asking.id);
        self.timers.insert((until, timer));
        self.wait_on(Waiting::new(asking, code, gate, obstacle, why, until));
    }
}

/// Whether a run waits for nothing but time, which has not come yet.
fn sleeps(stored: &StoredRun, now: Time) -> bool {
    let mut waits = stored.pending.iter();
    let is_later = |action: &run::Action| match action {
        run::Action::Wait { until, .. } => *until > now,
        _ => false,
    };
    !stored.pending.is_empty() && waits.all(is_later)
}
