//! An agent that begins with a store in which something cannot be read, and what people do then.
//!
//! In: the store, and lines of a script. Out: what comes of each line, at rest: what is open and why, what is unknown,
//! which changes were sent out, what was refused.

use super::Scripted;
use super::course::BEGIN;
use super::script::{Script, Step};
use super::world::World;
use crate::engine::{Action, Arriving, Engine, Input, Runbooks, Settling};
use crate::journal::{self, Error, IncidentId, Journal, Stamp};
use crate::run::moment;
use crate::value::{Duration, Time};

/// More batches than these are made after no line.
const BATCHES: usize = 200;
/// When the agent begins anew: so long after the script began.
const LATER: Duration = Duration::from_millis(3_600_000);
/// What is not due within this time after a line is not waited for.
const PATIENCE: Duration = Duration::from_millis(60_000);

/// The agent with its store and its world.
struct Anew<'a> {
    journal: &'a mut dyn Journal,
    engine: Engine,
    world: World,
    now: Time,
    told: Vec<String>,
}

impl Scripted {
    /// Begins with this store an hour after the script began, and does these lines one after the other; what the
    /// world answers stands in the script.
    pub fn anew(&self, journal: &mut dyn Journal, then: &str) -> Result<Vec<String>, String> {
        let then = Script::read(then)?;
        let mut world = World::default();
        for (_, step) in &self.script.steps {
            match step {
                Step::Answer(answer) => world.answers(answer.clone()),
                Step::Perform(of, does) => world.does(of.clone(), *does),
                _ => {}
            }
        }
        let now = moment::after(Time::from_millis(BEGIN).unwrap_or_default(), LATER);
        let runbooks = Runbooks::new(self.programs.clone());
        let grants = self.settings.grants.clone();
        let platform = self.settings.platform.clone();
        let why = |error: Error| error.why;
        let begun = Engine::start(journal, runbooks, grants, platform, None, now).map_err(why)?;
        let mut anew = Anew {
            journal,
            engine: begun,
            world,
            now,
            told: Vec::new(),
        };
        anew.comes_to_rest().map_err(why)?;
        for (_, step) in &then.steps {
            anew.step(step).map_err(why)?;
            anew.comes_to_rest().map_err(why)?;
        }
        Ok(anew.told)
    }
}

impl Anew<'_> {
    fn step(&mut self, step: &Step) -> Result<(), Error> {
        let (journal, now) = (&*self.journal, self.now);
        let done = match step {
            Step::Alert(alert, ..) => {
                let since = now;
                let arriving = Arriving::Alert(journal::Alert {
                    since,
                    ..alert.clone()
                });
                self.engine.accept(journal, arriving, now)?;
                Ok(())
            }
            Step::Resolve(id, by) => {
                self.engine
                    .resolve(journal, IncidentId(*id), by, "it is well", now)?
            }
            Step::Settle(id, said) => {
                let said: Settling = said.clone();
                self.engine.settle(journal, IncidentId(*id), said, now)?
            }
            Step::Release(scope, by) => {
                self.engine
                    .release_changes(journal, scope, by.clone(), None, now)?;
                Ok(())
            }
            _ => Ok(()),
        };
        self.told.push(match done {
            Ok(()) => "done".to_owned(),
            Err(refusal) => format!("refused: {refusal}"),
        });
        Ok(())
    }

    /// Lets everything happen that is due soon, and says then what stands.
    fn comes_to_rest(&mut self) -> Result<(), Error> {
        let until = moment::after(self.now, PATIENCE);
        for _ in 0..BATCHES {
            let batch = self.engine.take();
            if !batch.writes.is_empty() || !batch.facts.is_empty() {
                self.journal.append(&journal::Batch {
                    stamp: Stamp {
                        at: batch.at,
                        mono: Duration::ZERO,
                        boot: "anew".into(),
                    },
                    facts: batch.facts,
                    writes: batch.writes,
                })?;
            }
            let mut answers = Vec::new();
            for action in batch.actions {
                answers.extend(self.answer(action));
            }
            let due = self.engine.next_timer().filter(|due| *due <= until);
            match (answers.is_empty(), due) {
                (false, _) => {
                    for input in answers {
                        self.engine.handle(&*self.journal, input, self.now)?;
                    }
                }
                (true, Some(due)) => {
                    self.now = self.now.max(due);
                    self.engine.handle(&*self.journal, Input::Tick, self.now)?;
                }
                (true, None) => break,
            }
        }
        self.now = until;
        self.stands();
        Ok(())
    }

    /// What the world answers at once; a change that hangs is not answered.
    fn answer(&mut self, action: Action) -> Option<Input> {
        match action {
            Action::Observe { run, observe } => Some(Input::Observed {
                run,
                id: observe.id,
                outcome: self.world.observe(&observe.call, self.now),
            }),
            Action::Perform { perform, .. } => {
                self.told.push(format!("sent out: {}", perform.call.name));
                None
            }
            Action::Settle { run, id, call, .. } => Some(Input::Settled {
                run,
                id,
                outcome: self.world.settle(&call, self.now),
            }),
            Action::Send(outbox) => {
                let (to, text) = (&outbox.to, &outbox.message.text);
                self.told.push(format!("told {to}: {text}"));
                Some(Input::Delivered { message: outbox.id })
            }
            Action::Note { .. } => None,
        }
    }

    fn stands(&mut self) {
        let model = self.engine.model();
        // A script opens few; where a number is damaged there seem to be many.
        for number in 1..model.next_incident().0.min(100) {
            let id = IncidentId(number);
            let Some(incident) = model.incident(id) else {
                continue;
            };
            let said = incident.said.as_ref().and_then(|said| said.reason);
            let said = said.map_or(String::new(), |reason| format!(", {}", reason.word()));
            let unknown: Vec<String> = model
                .unknown_of(id)
                .map(|one| one.intent.to_string())
                .collect();
            let unknown = match unknown.join("; ").as_str() {
                "" => String::new(),
                unknown => format!(", unknown is {unknown}"),
            };
            let waits = model.waits_for(id);
            let waits = waits.map_or(String::new(), |on| format!(", waits for {}", on.awaited()));
            let state = incident.state.word();
            self.told
                .push(format!("{id} is {state}{said}{unknown}{waits}"));
        }
    }
}
