//! The course of one script: what comes next, in virtual time, and every way for the agent to die.

mod step;

use std::collections::BTreeMap;

use super::judge::Judge;
use super::queue::{Coming, Queue};
use super::script::{Script, Step};
use super::trace::Trace;
use super::world::{Does, Way, World};
use super::{Crash, Written};
use crate::engine::{self, Action, Engine, Input, Runbooks};
use crate::journal::{Batch, Error, Journal, Memory, Retry, Stamp};
use crate::planted::Planted;
use crate::program::Program;
use crate::run::{Perform, moment};
use crate::settings::{Grants, Settings};
use crate::value::{Duration, Time};

/// The agent that is simulated: the version stands in its records.
const VERSION: &str = "simulated";
/// When every script begins: a Monday at noon.
pub const BEGIN: i64 = 1_767_614_400_000;
/// How long an observation takes.
const LOOK: Duration = Duration::from_millis(1_000);
/// How long a change takes.
const CHANGE: Duration = Duration::from_millis(2_000);
/// How long a slow change takes.
const SLOW: Duration = Duration::from_millis(60_000);
/// How long the agent is away after it died.
const AWAY: Duration = Duration::from_millis(1_000);
/// More than this happens in no script, beside what comes of each of its lines.
const TURNS: usize = 20_000;
const TURNS_A_LINE: usize = 1_000;

/// An engine, its store and its world.
pub struct Simulation {
    programs: Vec<Program>,
    pub later: BTreeMap<String, Vec<Program>>,
    grants: Grants,
    settings: Settings,
    crash: Option<Crash>,
    pub batched: bool,
    /// Whether what becomes durable is kept beside the store.
    pub keeps: bool,
    /// Whether something was handled that is not committed yet.
    open: bool,
    /// How many senders wait for the next commit.
    unanswered: u64,
    memory: Memory,
    engine: Engine,
    world: World,
    now: Time,
    /// When the script began, by the clock as it is set now.
    begin: Time,
    coming: Queue,
    /// What becomes of deliveries, where they do not simply arrive.
    ways: BTreeMap<String, Way>,
    pub commits: usize,
    pub written: Written,
    pub trace: Trace,
    pub judge: Judge,
}

impl Simulation {
    pub fn begin(
        programs: Vec<Program>,
        settings: Settings,
        crash: Option<Crash>,
    ) -> Result<Simulation, Error> {
        let memory = Memory::new("s");
        let now = Time::from_millis(BEGIN).unwrap_or_default();
        let runbooks = Runbooks::new(programs.clone());
        let grants = settings.grants.clone();
        let mut engine = started(&memory, runbooks, &grants, &settings, now)?;
        engine.begun(VERSION, memory.epoch(), now);
        Ok(Simulation {
            judge: Judge::new(&programs, &settings.bounds),
            programs,
            later: BTreeMap::new(),
            grants,
            settings,
            crash,
            batched: false,
            keeps: false,
            open: false,
            unanswered: 0,
            memory,
            engine,
            world: World::default(),
            now,
            begin: now,
            coming: Queue::default(),
            ways: BTreeMap::new(),
            commits: 0,
            written: Written::default(),
            trace: Trace::new(now),
        })
    }

    /// Runs the script up to its end.
    pub fn go(&mut self, script: &Script) -> Result<(), Error> {
        let mut steps = script.steps.iter().peekable();
        self.commit()?;
        for _ in 0..TURNS + TURNS_A_LINE * script.steps.len() {
            let scripted = steps.peek().map(|(at, _)| moment::after(self.begin, *at));
            let next = self.next(scripted);
            if self.open && (!self.batched || next.is_none_or(|next| next > self.now)) {
                self.commit()?;
                continue;
            }
            let Some(next) = next else {
                return Ok(());
            };
            self.now = self.now.max(next);
            self.open = true;
            // What is there already is taken before any deadline is believed.
            let is_there = |time: Option<Time>| time.is_some_and(|time| time <= self.now);
            if is_there(scripted) {
                match steps.next() {
                    Some((_, Step::End)) | None => {
                        self.commit()?;
                        return self.judge.at_end(&self.memory, self.now);
                    }
                    Some((_, step)) => self.step(step)?,
                }
            } else if is_there(self.coming.next()) {
                self.comes()?;
            } else {
                self.engine.handle(&self.memory, Input::Tick, self.now)?;
            }
        }
        self.judge.finds("it never comes to rest");
        Ok(())
    }

    /// When something happens next.
    fn next(&self, scripted: Option<Time>) -> Option<Time> {
        let timer = self.engine.next_timer();
        let all = [scripted, self.coming.next(), timer];
        all.into_iter().flatten().min()
    }

    /// The next thing on its way arrives.
    fn comes(&mut self) -> Result<(), Error> {
        let Some(coming) = self.coming.pop() else {
            return Ok(());
        };
        if let Some(change) = &coming.change {
            self.takes_effect(change);
        }
        self.judge.reaches(&coming.input);
        self.engine.handle(&self.memory, coming.input, self.now)
    }

    fn takes_effect(&mut self, change: &Perform) {
        if matches!(
            self.world.what(&change.call, self.now),
            Does::Applied | Does::Slow | Does::Unknown
        ) {
            self.world.happens(&change.call, self.now);
        }
    }

    /// Makes what came of it durable, and does it; or dies.
    fn commit(&mut self) -> Result<(), Error> {
        self.open = false;
        let engine::Batch {
            at,
            facts,
            writes,
            mut actions,
        } = self.engine.take();
        let batch = Batch {
            stamp: self.stamp(at),
            facts,
            writes,
        };
        if Planted::RepliesBeforeAppend.is_in() {
            self.answer()?;
        }
        if Planted::ActsBeforeAppend.is_in() {
            for action in std::mem::take(&mut actions) {
                self.perform(action)?;
            }
        }
        if !batch.writes.is_empty() || !batch.facts.is_empty() {
            self.judge.writes(&self.memory, &batch.writes)?;
            self.judge.facts(&batch.facts, batch.stamp.at);
            self.memory.append(&batch)?;
            let (live, memory) = (self.engine.model(), &self.memory);
            self.judge.model(live, memory, self.now)?;
            self.trace.facts(&batch.facts, self.now);
            self.trace.writes(&batch.writes, self.now);
            if self.keeps {
                self.written.batches.push(batch);
            }
            self.commits += 1;
            if let Some(crash) = self
                .crash
                .filter(|crash| (crash.after..crash.after + crash.times).contains(&self.commits))
            {
                return self.die(crash.performed, actions);
            }
        }
        self.answer()?;
        for action in actions {
            self.perform(action)?;
        }
        let timer = self.engine.next_timer().is_some();
        self.judge
            .at_rest(&self.memory, &self.coming, timer, self.now)
    }

    fn stamp(&self, at: Time) -> Stamp {
        Stamp {
            at,
            mono: moment::since(self.begin, self.now),
            boot: "simulated".into(),
        }
    }

    /// Tells whoever sent something that it is accepted.
    fn answer(&mut self) -> Result<(), Error> {
        let count = std::mem::take(&mut self.unanswered);
        self.judge.answers(&self.memory, count)
    }

    fn die(&mut self, performed: bool, actions: Vec<Action>) -> Result<(), Error> {
        self.trace.say(self.now, "the agent dies");
        if performed {
            for action in actions {
                if let Action::Perform { .. } = action {
                    self.perform(action)?;
                }
            }
            for change in &self.coming.changes() {
                self.takes_effect(change);
            }
        }
        self.coming.clear();
        self.unanswered = 0;
        self.now = moment::after(self.now, AWAY);
        let runbooks = Runbooks::new(self.programs.clone());
        self.engine = started(
            &self.memory,
            runbooks,
            &self.grants,
            &self.settings,
            self.now,
        )?;
        self.engine.begun(VERSION, self.memory.epoch(), self.now);
        self.trace.say(self.now, "the agent begins again");
        self.judge.begins_anew(&self.memory)?;
        self.commit()
    }

    fn perform(&mut self, action: Action) -> Result<(), Error> {
        match action {
            Action::Observe { run, observe } => {
                let outcome = self.world.observe(&observe.call, self.now);
                let id = observe.id;
                self.comes_in(LOOK, Input::Observed { run, id, outcome }, None);
            }
            Action::Perform { run, perform } => {
                self.judge.dispatched(&self.memory, run, &perform)?;
                self.trace.dispatched(&perform, self.now);
                let does = self.world.what(&perform.call, self.now);
                let outcome = does.outcome();
                let id = perform.id;
                let takes = match does {
                    Does::Unknown | Does::Hangs => moment::since(self.now, perform.deadline),
                    Does::Slow => SLOW,
                    Does::Applied | Does::NotApplied | Does::Breaks => CHANGE,
                };
                let input = Input::Performed { run, id, outcome };
                self.comes_in(takes, input, Some(perform));
            }
            Action::Settle { run, id, call, .. } => {
                let outcome = self.world.settle(&call, self.now);
                self.comes_in(LOOK, Input::Settled { run, id, outcome }, None);
            }
            Action::Send(outbox) => {
                let message = outbox.id;
                let way = self.ways.get(outbox.to.as_str()).copied();
                let failed = |retry| Input::Undelivered {
                    message,
                    why: "nobody listens".to_owned(),
                    retry,
                };
                let (takes, input) = match way.unwrap_or(Way::Works) {
                    Way::Works => (Duration::ZERO, Input::Delivered { message }),
                    Way::Slow(length) => (length, Input::Delivered { message }),
                    Way::Fails => (Duration::ZERO, failed(Retry::SOON)),
                    Way::Refuses => (Duration::ZERO, failed(Retry::REFUSED)),
                    Way::Hangs(length) => (length, failed(Retry::SOON)),
                    Way::Busy(after) => {
                        let after = Some(after);
                        let retry = Retry {
                            after,
                            answered: true,
                            ..Retry::SOON
                        };
                        (Duration::ZERO, failed(retry))
                    }
                };
                self.comes_in(takes, input, None);
            }
            Action::Note { .. } => {}
        }
        Ok(())
    }

    fn comes_in(&mut self, takes: Duration, input: Input, change: Option<Perform>) {
        let at = moment::after(self.now, takes);
        self.coming.push(at, Coming { input, change });
    }
}

/// An agent with these settings, and grants that may have changed since.
fn started(
    memory: &Memory,
    runbooks: Runbooks,
    grants: &Grants,
    settings: &Settings,
    now: Time,
) -> Result<Engine, Error> {
    let platform = settings.platform.clone();
    let mut engine = Engine::start(memory, runbooks, grants.clone(), platform, None, now)?;
    engine.abides_by(memory, settings.bounds.clone(), now)?;
    Ok(engine)
}
