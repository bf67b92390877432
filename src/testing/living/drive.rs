//! Drives the runs of one incident in a living world.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::ledger::Ledger;
use super::world::{Manner, State, World};
use crate::effect::{End, Settled};
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
    /// Whether the run is stored and restored after every input.
    pub restore: bool,
}

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
            actions.into_iter().for_each(|action| self.act(action));
            if run.end().is_some() {
                break;
            }
        }
        self.clock.clear();
        self.dirt = run.dirt().clone();
        run.end().cloned()
    }

    fn act(&mut self, action: Action) {
        let now = self.now;
        match action {
            Action::Observe(observe) => {
                let outcome = self.world.observe(&observe.call, now);
                let id = observe.id;
                self.clock.at(now, Input::Observed { id, outcome });
            }
            Action::Intend { id, .. } => self.clock.at(now, Input::Granted { id }),
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
            Action::Tell(_) => self.told = true,
            Action::Attach(_) | Action::Record(_) | Action::End(_) => {}
        }
    }
}

/// The run as it comes back from where it was stored.
fn restored(run: &Run) -> Run {
    let stored = postcard::to_stdvec(run).expect("a run is plain data and always serialises");
    postcard::from_bytes(&stored).expect("a run comes back from what it was stored as")
}
