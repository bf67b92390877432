//! Going on after a stop: what was open when the agent died, and what that means.
//!
//! An observation is made again. A change that was begun may have taken effect or not: its outcome
//! is unknown, and the run settles it as its action declares. One that still waited for a place was not
//! begun, and asks for leave again. Timers, locks, messages and duties
//! are as they were.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::asking::Asking;
use super::close::Unreadable;
use super::decide::deliver;
use super::desk::Trouble;
use super::gate::{self, Question, Verdict};
use super::model::Model;
use super::schedule::Schedules;
use super::timer::Timer;
use super::waiting::{Waiting, waits};
use super::{Action, Engine, Runbooks};
use crate::effect::ChangeOutcome;
use crate::journal::{
    Delivery, Error, IntentState, Journal, MessageKind, Needs, Obstacle, RunId, RunResumed, Scope,
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
    /// since then, and `platform` who hears of what concerns no product: the address of a contact.
    pub fn start(
        journal: &dyn Journal,
        runbooks: Runbooks,
        grants: Grants,
        platform: Option<SmolStr>,
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
            released: Default::default(),
            work: Default::default(),
            dead: Default::default(),
            platform,
            bounds: Default::default(),
            storms: Default::default(),
            schedules: Schedules::since(now),
            contacts: Default::default(),
            early: Default::default(),
            desk: Default::default(),
            actions: Vec::new(),
        };
        if let Some(migrated) = journal.migrated() {
            engine.record(migrated, now);
        }
        engine.fetch_programs(journal, &runbooks, now)?;
        // Before anything is due by it.
        engine.timers.clock_is(engine.model.clock());
        engine.desk.clock_is(engine.model.clock());
        engine.load_runbooks(runbooks, now);
        if let Some(by) = stepped {
            engine.clock_steps(by, now);
            engine.started = now;
        }
        engine.recall_told(journal, now)?;
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
        let dwells = self.model.dwells().map(|standing| &standing.dwell);
        let dwells = dwells.map(|dwell| (dwell.until, Timer::Dwell(dwell.event)));
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
        let mut needs = Needs::default();
        for asleep in journal.sleeping_runs()? {
            let asleep = asleep.moved(self.model.clock());
            needs.add(self.lacks_code(asleep.code));
            if gone.contains(&asleep.run) {
                continue;
            }
            match asleep.until > now {
                true => self
                    .timers
                    .insert((asleep.until, Timer::Run(asleep.run, asleep.ask))),
                false => awake.push(asleep.run),
            }
        }
        self.fetch(journal, &needs, now)?;
        let mut unreadable = BTreeMap::new();
        for run in journal.awake_runs()? {
            match run {
                Ok(stored) if gone.contains(&stored.id) => {}
                Err(unreadable) if gone.contains(&unreadable) => {}
                Ok(stored) => awake.push(stored.id),
                Err(run) => {
                    unreadable.insert(run, Unreadable::Record);
                }
            }
        }
        self.put_runs_aside(journal, &unreadable, now)?;
        // Who asked first is woken first.
        awake.sort_by_key(|run| (self.model.wait(*run).map(|waits| waits.asked), *run));
        while !awake.is_empty() {
            let rest = awake.split_off(awake.len().min(AT_ONCE));
            let mut needs = Needs::default();
            for run in &awake {
                needs.runs.insert(*run);
                let incident = run.incident().map(|id| self.lacks_incident(id));
                needs.add(incident.unwrap_or_default());
            }
            self.fetch(journal, &needs, now)?;
            let mut needs = Needs::default();
            for run in &awake {
                needs.add(self.lacks_run(*run));
            }
            self.fetch(journal, &needs, now)?;
            for run in awake {
                self.take_up_run(run, now);
            }
            awake = rest;
        }
        Ok(())
    }

    /// Where its incident has another run, nobody knows whose this one was, nor what became of the other.
    pub(super) fn is_stray(&mut self, id: RunId, now: Time) -> bool {
        let of = id.incident().and_then(|of| self.model.incident(of));
        let Some(incident) = of.filter(|one| one.run != Some(id)) else {
            return false;
        };
        let own = incident.run;
        self.gives_up_stray(id, now);
        if let Some(own) = own {
            self.quarantine_for(own, Unreadable::Row, now);
        }
        true
    }

    fn take_up_run(&mut self, id: RunId, now: Time) {
        // Its incident may have been made anew just now, and the run put aside with it.
        if self.desk.is_over(id) || self.is_stray(id, now) {
            return;
        }
        let pending = match self.desk.run(id) {
            Ok(working) => {
                working.run.taken_up(&working.pending, now);
                working.pending.clone()
            }
            Err(Trouble::Ended) => return,
            Err(Trouble::Unreadable) => return self.quarantine(id, now),
        };
        for action in pending {
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
                    let outcome = match Planted::CrashMeansNotApplied.is_in() {
                        true => ChangeOutcome::NotApplied("it was under way".to_owned()),
                        false => self.left_open(id),
                    };
                    // Of what was never sent out everything is known.
                    if !matches!(outcome, ChangeOutcome::NotBegun(_)) {
                        self.record(RunResumed { run: id }, now);
                    }
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

    /// What is known of a change that had no outcome when the agent ended: one that waited for a place was not sent.
    fn left_open(&self, run: RunId) -> ChangeOutcome {
        let state = self.model.intent_of(run).map(|intent| intent.state);
        match state {
            Some(IntentState::Queued) => {
                let why = "it waited for a place when the agent ended, and had not been sent out";
                ChangeOutcome::NotBegun(why.to_owned())
            }
            Some(_) | None => ChangeOutcome::Unknown,
        }
    }

    fn wait_again(&mut self, asking: Asking, now: Time) {
        let code = self.desk.code_of(asking.run);
        let known = code.and_then(|code| Some((code, self.desk.program(code).ok()?)));
        let Some((code, program)) = known else {
            return self.quarantine(asking.run, now);
        };
        let run = self.desk.run(asking.run).ok().map(|working| &working.run);
        let counted = run.map(|run| run.counted(&program, &asking.intent));
        let asking = asking.with(counted.unwrap_or_default());
        let question = Question {
            asking: &asking,
            program: &program,
            now,
        };
        // Its patience went on while the agent was away.
        let known = self.model.wait(asking.run);
        let known = known.filter(|waits| waits.ask == asking.id).cloned();
        let known = known.as_ref();
        let mut is_another = false;
        let (gate, obstacle, why) = match gate::pass(&self.known(), &question) {
            (gate, Verdict::Wait(obstacle, why)) => {
                is_another = known.is_some_and(|waits| waits.obstacle != obstacle);
                (gate, obstacle, why)
            }
            // Nothing is in its way any more: it is woken in its turn.
            (_, Verdict::Go | Verdict::Refuse(..)) => {
                let why = "it waited when the agent stopped".to_owned();
                // What a storm has held goes on in order.
                let storm = known.map(|waits| &waits.obstacle);
                let storm = storm.filter(|obstacle| obstacle.is_patient()).cloned();
                ("", storm.unwrap_or(Obstacle::Freeze(Scope::All)), why)
            }
        };
        let known = known.filter(|waits| waits.obstacle.is_patient() == obstacle.is_patient());
        let until = known.map_or_else(
            || {
                let patience = program.metadata.patience;
                moment::after(now, self.patience_for(&obstacle, asking.run, patience, now))
            },
            |waits| waits.until,
        );
        let timer = Timer::Patience(asking.run, asking.id);
        self.timers.insert((until, timer));
        let waiting = Waiting::new(asking, code, gate, obstacle, why, until);
        if is_another {
            // What it is said to wait for is what it waits for now.
            self.record(waits(&waiting), now);
        }
        self.wait_on(waiting);
    }
}
