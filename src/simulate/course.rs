//! The course of one script: what comes next, in virtual time, and every way for the agent to die.

use std::collections::BTreeMap;

use super::judge::Judge;
use super::script::{Script, Step};
use super::trace::Trace;
use super::world::{Does, World};
use super::{Crash, Written};
use crate::effect::ChangeOutcome;
use crate::engine::{self, Action, Arriving, Engine, Input, Runbooks};
use crate::journal::{Batch, Error, IncidentId, Journal, Memory, Stamp};
use crate::program::Program;
use crate::run::{Perform, moment};
use crate::settings::Grants;
use crate::value::{Duration, Time};

/// The agent that is simulated; a record of today has to look like one of tomorrow.
const VERSION: &str = "simulated";
/// When every script begins: a Monday at noon.
pub const BEGIN: i64 = 1_767_614_400_000;
/// How long an observation takes.
const LOOK: Duration = Duration::from_millis(1_000);
/// How long a change takes.
const CHANGE: Duration = Duration::from_millis(2_000);
/// How long the agent is away after it died.
const AWAY: Duration = Duration::from_millis(1_000);
/// More than this happens in no script.
const STEPS: usize = 20_000;

/// Something that is on its way to the engine.
struct Coming {
    input: Input,
    /// A change that takes effect at that moment.
    change: Option<Perform>,
}

/// An engine, its store and its world.
pub struct Simulation {
    programs: Vec<Program>,
    pub later: BTreeMap<String, Vec<Program>>,
    grants: Grants,
    crash: Option<Crash>,
    pub batched: bool,
    /// Whether something was handled that is not committed yet.
    open: bool,
    memory: Memory,
    engine: Engine,
    world: World,
    now: Time,
    /// When the script began, by the clock as it is set now.
    begin: Time,
    /// By time, then in the order in which it set out.
    coming: BTreeMap<(Time, u64), Coming>,
    sent: u64,
    /// Addresses that cannot be reached, and whether for good.
    deaf: BTreeMap<String, bool>,
    pub commits: usize,
    pub written: Written,
    pub trace: Trace,
    pub judge: Judge,
}

impl Simulation {
    pub fn begin(
        programs: Vec<Program>,
        grants: Grants,
        crash: Option<Crash>,
    ) -> Result<Simulation, Error> {
        let memory = Memory::new("s");
        let now = Time::from_millis(BEGIN).unwrap_or_default();
        let runbooks = Runbooks::new(programs.clone());
        let mut engine = Engine::start(&memory, runbooks, grants.clone(), now)?;
        engine.begun(VERSION, memory.epoch(), now);
        Ok(Simulation {
            judge: Judge::new(&programs),
            programs,
            later: BTreeMap::new(),
            grants,
            crash,
            batched: false,
            open: false,
            memory,
            engine,
            world: World::default(),
            now,
            begin: now,
            coming: BTreeMap::new(),
            sent: 0,
            deaf: BTreeMap::new(),
            commits: 0,
            written: Written::default(),
            trace: Trace::new(now),
        })
    }

    /// Runs the script up to its end.
    pub fn go(&mut self, script: &Script) -> Result<(), Error> {
        let mut steps = script.steps.iter().peekable();
        self.commit()?;
        for _ in 0..STEPS {
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
            if scripted == Some(next) {
                match steps.next() {
                    Some((_, Step::End)) | None => {
                        self.commit()?;
                        return self.judge.at_end(&self.memory);
                    }
                    Some((_, step)) => self.step(step)?,
                }
            } else if self.coming.keys().next().map(|(at, _)| *at) == Some(next) {
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
        let coming = self.coming.keys().next().map(|(at, _)| *at);
        let timer = self.engine.next_timer();
        [scripted, coming, timer].into_iter().flatten().min()
    }

    /// Something happens from outside.
    fn step(&mut self, step: &Step) -> Result<(), Error> {
        self.trace.step(step, self.now);
        let (memory, now) = (&self.memory, self.now);
        let refused = match step {
            Step::Alert(alert, since) => {
                let mut alert = alert.clone();
                alert.since = moment::after(self.begin, *since);
                self.accept(Arriving::Alert(alert))?;
                return Ok(());
            }
            Step::Event(name, json) => {
                let (name, json) = (name.clone(), json.clone());
                self.accept(Arriving::Named { name, json })?;
                return Ok(());
            }
            Step::Ack(id, by) => self.engine.acknowledge(memory, IncidentId(*id), by, now)?,
            Step::Resolve(id, by) => self.engine.resolve(memory, IncidentId(*id), by, "", now)?,
            Step::Hold(by) => self.engine.stop_changes(by, "", now),
            Step::Release => {
                self.engine.release_changes(memory, now)?;
                Ok(())
            }
            Step::Clock(by) => return self.set_clock(*by),
            Step::Load(name) => {
                if let Some(programs) = self.later.get(name) {
                    self.programs.clone_from(programs);
                    self.judge.loads(programs);
                    let runbooks = Runbooks::new(programs.clone());
                    let grants = self.grants.clone();
                    self.engine.load(memory, runbooks, grants, now)?;
                }
                Ok(())
            }
            Step::Fails(address, for_good) => {
                self.deaf.insert(address.clone(), *for_good);
                Ok(())
            }
            Step::Answer(answer) => {
                self.world.answers(answer.clone());
                Ok(())
            }
            Step::Perform(of, does) => {
                self.world.does(of.clone(), *does);
                Ok(())
            }
            Step::End => Ok(()),
        };
        if let Err(refusal) = refused {
            self.trace.say(self.now, &format!("refused: {refusal}"));
        }
        Ok(())
    }

    /// The clock is set, and the agent believes it; the world goes on as it was.
    fn set_clock(&mut self, by: Duration) -> Result<(), Error> {
        // A batch has one time.
        self.commit()?;
        self.open = true;
        let moved = |time: Time| moment::after(time, by);
        self.now = moved(self.now);
        self.begin = moved(self.begin);
        self.trace.begin = moved(self.trace.begin);
        let coming = std::mem::take(&mut self.coming).into_iter();
        self.coming = coming
            .map(|((at, number), coming)| ((moved(at), number), coming))
            .collect();
        self.engine.clock_stepped(&self.memory, by, self.now)
    }

    fn accept(&mut self, arriving: Arriving) -> Result<(), Error> {
        let accepted = self.engine.accept(&self.memory, arriving, self.now)?;
        self.trace.accepted(&accepted, self.now);
        Ok(())
    }

    /// The next thing on its way arrives.
    fn comes(&mut self) -> Result<(), Error> {
        let Some((_, coming)) = self.coming.pop_first() else {
            return Ok(());
        };
        if let Some(change) = &coming.change {
            self.takes_effect(change);
        }
        self.engine.handle(&self.memory, coming.input, self.now)
    }

    fn takes_effect(&mut self, change: &Perform) {
        if matches!(
            self.world.what(&change.call, self.now),
            Does::Applied | Does::Unknown
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
            actions,
        } = self.engine.take();
        let batch = Batch {
            stamp: self.stamp(at),
            facts,
            writes,
        };
        if !batch.writes.is_empty() || !batch.facts.is_empty() {
            self.judge.writes(&self.memory, &batch.writes)?;
            self.judge.facts(&batch.facts, batch.stamp.at);
            self.memory.append(&batch)?;
            self.judge
                .model(self.engine.model(), &self.memory, self.now)?;
            self.trace.facts(&batch.facts, self.now);
            self.trace.writes(&batch.writes, self.now);
            self.written.batches.push(batch);
            self.commits += 1;
            if let Some(crash) = self
                .crash
                .filter(|crash| (crash.after..crash.after + crash.times).contains(&self.commits))
            {
                return self.die(crash, actions);
            }
        }
        for action in actions {
            self.perform(action)?;
        }
        let coming = self.coming.values().map(|coming| &coming.input);
        let timer = self.engine.next_timer().is_some();
        self.judge.at_rest(&self.memory, coming, timer)
    }

    fn stamp(&self, at: Time) -> Stamp {
        Stamp {
            at,
            mono: moment::since(self.begin, self.now),
            boot: "simulated".into(),
        }
    }

    fn die(&mut self, crash: Crash, actions: Vec<Action>) -> Result<(), Error> {
        self.trace.say(self.now, "the agent dies");
        if crash.performed {
            for action in actions {
                if let Action::Perform { .. } = action {
                    self.perform(action)?;
                }
            }
            let under_way: Vec<Perform> = self
                .coming
                .values()
                .filter_map(|coming| coming.change.clone())
                .collect();
            for change in &under_way {
                self.takes_effect(change);
            }
        }
        self.coming.clear();
        self.now = moment::after(self.now, AWAY);
        let runbooks = Runbooks::new(self.programs.clone());
        self.engine = Engine::start(&self.memory, runbooks, self.grants.clone(), self.now)?;
        self.engine.begun(VERSION, self.memory.epoch(), self.now);
        self.trace.say(self.now, "the agent begins again");
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
                let takes = match outcome {
                    ChangeOutcome::Unknown => moment::since(self.now, perform.deadline),
                    _ => CHANGE,
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
                let input = match self.deaf.get(outbox.to.as_str()) {
                    None => Input::Delivered { message },
                    Some(for_good) => Input::Undelivered {
                        message,
                        why: "nobody listens".to_owned(),
                        again: !for_good,
                    },
                };
                self.comes_in(Duration::ZERO, input, None);
            }
            Action::Note { .. } => {}
        }
        Ok(())
    }

    fn comes_in(&mut self, takes: Duration, input: Input, change: Option<Perform>) {
        self.sent += 1;
        let at = moment::after(self.now, takes);
        self.coming
            .insert((at, self.sent), Coming { input, change });
    }
}
