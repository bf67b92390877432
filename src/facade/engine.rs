//! An engine in virtual time over a store in memory, with a scripted world around it.
//!
//! In: the files of a package, and a script. Out: a trace, a line for each thing that happened, and
//! every invariant that was broken. The agent may die after any of its commits: it begins again with
//! what the store holds, and everything that was on its way is lost.

mod judge;
mod script;
mod trace;
mod world;

use std::collections::BTreeMap;

use super::{File, analyse};
use crate::effect::ChangeOutcome;
use crate::engine::{Action, Arriving, Batch, Engine, Input, Runbooks};
use crate::front;
use crate::journal::{Error, IncidentId, Journal, Memory, Write};
use crate::program::Program;
use crate::run::{Perform, moment};
use crate::settings::{self, Grants};
use crate::text::Sources;
use crate::value::{Duration, Time};
use judge::Judge;
use script::{Script, Step};
use trace::Trace;
use world::{Does, World};

/// The table of gates, as the reference shows it.
pub fn gates() -> String {
    crate::engine::gates()
}

/// What came of a script.
#[derive(Clone, Debug)]
pub struct Told {
    /// What happened, a line for each thing.
    pub trace: String,
    /// How many batches were committed.
    pub commits: usize,
    /// What should never be.
    pub broken: Vec<String>,
}

/// What a script has made durable, batch by batch.
#[derive(Clone, Debug, Default)]
pub struct Written(pub(super) Vec<Vec<Write>>);

/// Where the agent dies.
#[derive(Clone, Copy, Debug)]
pub struct Crash {
    /// After this commit, from 1.
    pub after: usize,
    /// Whether the changes that were on their way take effect.
    pub performed: bool,
    /// How often: each time after the first it dies after the very next commit.
    pub times: usize,
}

/// A package with a script, ready to be run as often as one likes.
pub struct Scripted {
    programs: Vec<Program>,
    /// Packages that a step loads, by their names.
    later: BTreeMap<String, Vec<Program>>,
    grants: Grants,
    script: Script,
}

impl Scripted {
    /// Reads a package, those that the script loads later, by their names, and the script; the words
    /// say why that cannot be.
    pub fn read(
        files: &[File<'_>],
        later: &[(String, Vec<u8>)],
        script: &str,
    ) -> Result<Scripted, String> {
        let script = Script::read(script)?;
        let named = |(name, text): &(String, Vec<u8>)| {
            Ok((name.clone(), compiled(&[("later.rbk", text.as_slice())])?))
        };
        let later: Result<_, String> = later.iter().map(named).collect();
        Ok(Scripted {
            programs: compiled(files)?,
            later: later?,
            grants: grants(&script.grants)?,
            script,
        })
    }

    /// What the script makes durable up to its end, each input in a batch of its own.
    pub fn written(&self) -> Result<Written, String> {
        let (programs, grants) = (self.programs.clone(), self.grants.clone());
        let begun = Simulation::begin(programs, grants, None);
        let mut simulation = begun.map_err(|error| error.why)?;
        simulation.go(&self.script).map_err(|error| error.why)?;
        Ok(simulation.written)
    }

    /// How many runs an agent goes on with that begins with such a store; the words say why it
    /// cannot begin.
    pub(super) fn goes_on(&self, journal: &dyn Journal) -> Result<usize, String> {
        let now = moment::after(
            Time::from_millis(BEGIN).unwrap_or_default(),
            Duration::from_millis(24 * 3_600_000),
        );
        let runbooks = Runbooks::new(self.programs.clone());
        let begun = Engine::start(journal, runbooks, self.grants.clone(), now);
        begun.map_err(|error| error.why)?;
        let live = journal.live_runs().map_err(|error| error.why)?;
        let unreadable = live.iter().flat_map(|run| run.as_ref().err()).count();
        match unreadable {
            0 => Ok(live.len()),
            some => Err(format!("{some} runs cannot be read")),
        }
    }

    /// Runs the script from its beginning. If `batched`, everything that comes at the same moment is
    /// committed together.
    pub fn run(&self, batched: bool, crash: Option<Crash>) -> Result<Told, String> {
        let (programs, grants) = (self.programs.clone(), self.grants.clone());
        let begun = Simulation::begin(programs, grants, crash);
        let mut simulation = begun.map_err(|error| error.why)?;
        simulation.batched = batched;
        simulation.later = self.later.clone();
        simulation.go(&self.script).map_err(|error| error.why)?;
        Ok(Told {
            trace: simulation.trace.text,
            commits: simulation.commits,
            broken: simulation.judge.broken,
        })
    }
}

fn compiled(files: &[File<'_>]) -> Result<Vec<Program>, String> {
    let (_, analysis, diagnostics) = analyse(files);
    let analysis = analysis.filter(|_| front::is_sound(&diagnostics));
    let programs = analysis.and_then(|analysis| front::compile(&analysis).ok());
    programs.ok_or_else(|| format!("the package is not sound: {diagnostics:?}"))
}

fn grants(lines: &str) -> Result<Grants, String> {
    let text = format!("listen = \"127.0.0.1:9797\"\nstore = \"/s\"\n[grants]\n{lines}");
    let mut sources = Sources::default();
    let id = sources.add(settings::SETTINGS, &text);
    let (settings, diagnostics) = settings::read(sources.source(id));
    let settings = settings.ok_or_else(|| format!("the grants are wrong: {diagnostics:?}"))?;
    Ok(settings.grants)
}

/// When every script begins: a Monday at noon.
const BEGIN: i64 = 1_767_614_400_000;
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

struct Simulation {
    programs: Vec<Program>,
    later: BTreeMap<String, Vec<Program>>,
    grants: Grants,
    crash: Option<Crash>,
    batched: bool,
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
    commits: usize,
    written: Written,
    trace: Trace,
    judge: Judge,
}

impl Simulation {
    fn begin(
        programs: Vec<Program>,
        grants: Grants,
        crash: Option<Crash>,
    ) -> Result<Simulation, Error> {
        let memory = Memory::new("s");
        let now = Time::from_millis(BEGIN).unwrap_or_default();
        let runbooks = Runbooks::new(programs.clone());
        let engine = Engine::start(&memory, runbooks, grants.clone(), now)?;
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

    fn go(&mut self, script: &Script) -> Result<(), Error> {
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
        let Batch { writes, actions } = self.engine.take();
        if !writes.is_empty() {
            self.judge.writes(&self.memory, &writes)?;
            self.memory.commit(&writes)?;
            self.written.0.push(writes.clone());
            self.trace.writes(&writes, self.now);
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
