//! Drives the runs of one incident in a living world.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::ledger::Ledger;
use super::world::{Manner, State, World};
use crate::effect::{ChangeOutcome, End, Settled};
use crate::program::Program;
use crate::run::{Action, Dirt, Event, Input, Leave, Run, RunInput, Start};
use crate::testing::clock::{self, Clock};
use crate::value::{Duration, Time, Value};

/// The most inputs that one incident may take: far more than any run of bounded text needs.
const MOST_INPUTS: usize = 200_000;

/// What a run is put into.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    /// Labels by the names that the trigger binds.
    pub words: BTreeMap<SmolStr, SmolStr>,
    pub state: State,
    pub manner: Manner,
    /// So many milliseconds after the opening the alert is over.
    pub alert_over: Option<i64>,
    /// Somebody calls the run of this number off, so many milliseconds after it began.
    pub called_off: Option<(u32, i64)>,
    /// Whether the run is stored and restored after every input.
    pub restore: bool,
    pub crash: Option<Crash>,
}

/// Where the machine dies: what it asked for is written down, and on its way.
#[derive(Clone, Copy, Debug)]
pub struct Crash {
    /// After so many inputs, from 1.
    pub after: usize,
    /// Whether the changes that were on their way take effect. Nobody hears of it either way.
    pub performed: bool,
}

/// How long nobody takes the run up again.
const AWAY: Duration = Duration::from_millis(1_000);

/// What came of it.
#[derive(Clone, Debug)]
pub struct Ended {
    /// None when the run stopped asking without an end, or asked for ever.
    pub end: Option<End>,
    pub ledger: Ledger,
    pub state: State,
    /// The same once everything that was done shows.
    pub settled: State,
    /// From the opening to the end.
    pub took: Duration,
    /// Whether a human was told.
    pub told: bool,
    /// The calls that the run says it took back.
    pub undone: Vec<SmolStr>,
    /// What was looked at: the name, and the arguments as they are sent.
    pub asked: Vec<(SmolStr, Vec<SmolStr>)>,
    /// Everything that people read.
    pub said: Vec<String>,
    /// How many inputs the incident took.
    pub inputs: usize,
}

/// Runs the program's incident to its end.
pub fn live(program: &Program, scenario: &Scenario, opened: Time) -> Ended {
    let world = World::new(
        program,
        scenario.state.clone(),
        scenario.manner.clone(),
        opened,
    );
    let mut driver = Driver {
        program,
        scenario,
        world,
        clock: Clock::default(),
        opened,
        now: opened,
        told: false,
        undone: Vec::new(),
        asked: Vec::new(),
        said: Vec::new(),
        dirt: Dirt::default(),
        inputs: 0,
    };
    let mut ordinal = 0;
    let mut end = driver.run(ordinal);
    while end == Some(End::Again) {
        ordinal += 1;
        end = driver.run(ordinal);
    }
    let now = driver.now;
    driver.world.pass(now);
    let state = driver.world.state.clone();
    driver.world.settle();
    Ended {
        end,
        took: Duration::from_millis(now.millis() - opened.millis()),
        ledger: driver.world.ledger,
        state,
        settled: driver.world.state,
        told: driver.told,
        undone: driver.undone,
        asked: driver.asked,
        said: driver.said,
        inputs: driver.inputs,
    }
}

struct Driver<'p, 's> {
    program: &'p Program,
    scenario: &'s Scenario,
    world: World<'p>,
    clock: Clock,
    opened: Time,
    now: Time,
    told: bool,
    undone: Vec<SmolStr>,
    asked: Vec<(SmolStr, Vec<SmolStr>)>,
    said: Vec<String>,
    /// What the runs so far have changed and not proven.
    dirt: Dirt,
    inputs: usize,
}

impl Driver<'_, '_> {
    fn run(&mut self, ordinal: u32) -> Option<End> {
        let program = self.program;
        let bindings = program.metadata.bindings.iter();
        let word = |name: &SmolStr| self.scenario.words.get(name).map(Value::text);
        let input = RunInput {
            incident: "i-1".into(),
            ordinal,
            incident_opened: self.opened,
            began: self.opened,
            bindings: bindings
                .map(|name| word(name).unwrap_or(Value::None))
                .collect(),
            start: match program.entries.steps {
                Some(_) => Start::Steps,
                None => Start::Diagnose,
            },
            leave: Leave::Mend,
            dirt: std::mem::take(&mut self.dirt),
            offer: false,
        };
        let mut run = Run::open(program.code_hash(), input, self.now);
        self.clock.at(self.now, Input::Begin);
        if let Some(over) = self.scenario.alert_over {
            let at = clock::after(self.opened, Duration::from_millis(over));
            self.clock.at(at.max(self.now), Input::AlertResolved);
        }
        if let Some((run, off)) = self.scenario.called_off
            && run == ordinal
        {
            let at = clock::after(self.now, Duration::from_millis(off));
            self.clock.at(at, Input::Cancel);
        }
        while let Some((time, (input, _))) = self.clock.next() {
            self.inputs += 1;
            if self.inputs > MOST_INPUTS {
                return None;
            }
            self.now = time;
            let actions = run.handle(program, input, time);
            if self.scenario.restore {
                run = restored(&run);
            }
            match self.scenario.crash {
                Some(crash) if crash.after == self.inputs => {
                    run = self.die(&run, actions, crash.performed);
                }
                Some(_) | None => actions.into_iter().for_each(|action| self.act(action)),
            }
            if run.end().is_some() {
                break;
            }
        }
        self.clock.clear();
        self.dirt = run.dirt().clone();
        run.end().cloned()
    }

    /// The machine dies right after it wrote down what it will do, and another one takes the run up
    /// from what was written: what was under way is unknown, all else is asked for again.
    fn die(&mut self, run: &Run, actions: Vec<Action>, performed: bool) -> Run {
        for action in actions {
            match action {
                Action::Perform(perform) if !performed => {
                    let outcome = ChangeOutcome::Unknown;
                    let id = perform.id;
                    self.clock.at(self.now, Input::Performed { id, outcome });
                }
                other => self.act(other),
            }
        }
        let died = self.now;
        self.now = clock::after(died, AWAY);
        let mut due = Vec::new();
        while let Some((time, (input, _))) = self.clock.next() {
            due.push((time, input));
        }
        let waits = due.iter().filter_map(|(time, input)| match input {
            Input::Timer { id } => Some((*id, *time)),
            Input::Observed { id, .. }
            | Input::Granted { id }
            | Input::Performed { id, .. }
            | Input::Settled { id, .. } => Some((*id, died)),
            Input::Begin
            | Input::Free { .. }
            | Input::Refused { .. }
            | Input::AlertResolved
            | Input::AlertFires
            | Input::Cancel
            | Input::Hold
            | Input::Release => None,
        });
        let pending: Vec<Action> = waits
            .map(|(id, until)| Action::Wait { id, until })
            .collect();
        for (time, input) in due {
            let input = match input {
                Input::Performed { id, .. } => {
                    let outcome = ChangeOutcome::Unknown;
                    Input::Performed { id, outcome }
                }
                other => other,
            };
            self.clock.at(time.max(self.now), input);
        }
        let mut run = restored(run);
        run.taken_up(&pending, self.now);
        run
    }

    fn act(&mut self, action: Action) {
        let now = self.now;
        match action {
            Action::Observe(observe) => {
                let outcome = self.world.observe(&observe.call, now);
                let args = observe.call.args.iter();
                let args = args.map(|arg| arg.value.to_plain().into()).collect();
                self.asked.push((observe.call.name.as_ref().into(), args));
                let id = observe.id;
                self.clock.at(now, Input::Observed { id, outcome });
            }
            Action::Intend { id, .. } | Action::Repeat { id, .. } => {
                self.clock.at(now, Input::Granted { id })
            }
            Action::Perform(perform) => {
                let outcome = self.world.perform(&perform, now);
                let id = perform.id;
                let at = clock::after(now, Duration::from_millis(100));
                self.clock.at(at, Input::Performed { id, outcome });
            }
            Action::Settle { id, .. } => {
                let outcome = Settled::Nothing;
                self.clock.at(now, Input::Settled { id, outcome });
            }
            Action::Wait { id, until } => self.clock.at(until.max(now), Input::Timer { id }),
            Action::Record(Event::Undone { call }) => {
                self.undone.push(call.name.as_ref().into());
            }
            Action::Tell(notice) => {
                self.told = true;
                self.said.push(notice.text);
            }
            Action::Attach(_) | Action::Record(_) | Action::End(_) => {}
        }
    }
}

/// The run as it comes back from where it was stored.
fn restored(run: &Run) -> Run {
    let stored = postcard::to_stdvec(run).expect("a run is plain data and always serialises");
    Run::of_stored(&stored).expect("a run comes back from what it was stored as")
}
