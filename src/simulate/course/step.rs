//! What a line of a script does.

use super::Simulation;
use crate::engine::{Arriving, Runbooks};
use crate::journal::{
    Archive, Batch, Error, IncidentId, Journal, MessageId, RunId, StoredRun, Write,
};
use crate::run::moment;
use crate::simulate::script::Step;
use crate::simulate::world::Way;
use crate::value::Duration;

impl Simulation {
    /// Something happens from outside.
    #[expect(clippy::too_many_lines, reason = "one match with an arm for each form")]
    pub(super) fn step(&mut self, step: &Step) -> Result<(), Error> {
        self.trace.step(step, self.now);
        let (memory, now) = (&self.memory, self.now);
        let refused = match step {
            Step::Alert(alert, since, ended) => {
                let mut alert = alert.clone();
                if let Some(since) = since {
                    alert.since = moment::after(self.begin, *since);
                }
                alert.ended = ended.map(|ended| moment::after(self.begin, ended));
                return self.accept(Arriving::Alert(alert));
            }
            Step::Event(name, json) => {
                let (name, json) = (name.clone(), json.clone());
                return self.accept(Arriving::Named { name, json });
            }
            Step::Ack(id, taker) => {
                let id = IncidentId(*id);
                self.engine.acknowledge(memory, id, taker, now)?
            }
            Step::AckPage(id, taker) => {
                let page = MessageId(*id);
                self.engine
                    .acknowledge_page(memory, page, taker, now)?
                    .map(drop)
            }
            Step::Resolve(id, by) => self.engine.resolve(memory, IncidentId(*id), by, "", now)?,
            Step::Settle(id, said) => {
                self.engine
                    .settle(memory, IncidentId(*id), said.clone(), now)?
            }
            Step::Freeze(scope, by) => {
                let scope = scope.clone();
                self.engine.stop_changes(memory, scope, by, "", now)?
            }
            Step::Release(scope, by) => {
                self.engine
                    .release_changes(memory, scope, by.clone(), None, now)?;
                Ok(())
            }
            Step::AckStorm(scope, taker) => {
                self.engine.acknowledge_storm(memory, scope, taker, now)?
            }
            Step::Clock(by) => return self.set_clock(*by),
            Step::Load(name) => {
                self.takes(name);
                return self.load();
            }
            Step::Grants(grants) => {
                self.grants = grants.clone();
                return self.load();
            }
            Step::Drain => {
                self.engine.drain();
                Ok(())
            }
            Step::Kill(performed) => {
                // What is not durable yet is lost.
                let lost = self.engine.take();
                drop(lost);
                return self.die(*performed, Vec::new());
            }
            Step::KillInto(name) => {
                self.takes(name);
                let lost = self.engine.take();
                drop(lost);
                return self.die(false, Vec::new());
            }
            Step::Pause(length) => return self.is_held_up(*length),
            Step::Damage(id) => return self.damage(IncidentId(*id)),
            Step::Deliver(address, way) => return self.delivers(address, *way),
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

    /// Another package is there to be loaded.
    fn takes(&mut self, name: &str) {
        if let Some(programs) = self.later.get(name) {
            self.programs.clone_from(programs);
            self.judge.loads(programs);
        }
    }

    fn accept(&mut self, arriving: Arriving) -> Result<(), Error> {
        let accepted = self.engine.accept(&self.memory, arriving, self.now)?;
        self.unanswered += 1;
        self.trace.accepted(&accepted, self.now);
        Ok(())
    }

    /// Time passes, and the agent does nothing.
    fn is_held_up(&mut self, length: Duration) -> Result<(), Error> {
        // A batch has one time.
        self.commit()?;
        self.open = true;
        self.now = moment::after(self.now, length);
        self.judge.shift(length);
        Ok(())
    }

    /// What becomes of deliveries to an address from now on.
    fn delivers(&mut self, address: &str, way: Way) -> Result<(), Error> {
        match way {
            Way::Works => self.ways.remove(address),
            Way::Fails | Way::Refuses | Way::Slow(_) | Way::Hangs(_) | Way::Busy(_) => {
                self.ways.insert(address.to_owned(), way)
            }
        };
        Ok(())
    }

    fn load(&mut self) -> Result<(), Error> {
        let runbooks = Runbooks::new(self.programs.clone());
        let grants = self.grants.clone();
        self.engine.load(&self.memory, runbooks, grants, self.now)
    }

    /// The clock is set, and the agent believes it; the world goes on as it was.
    fn set_clock(&mut self, by: Duration) -> Result<(), Error> {
        // A batch has one time.
        self.commit()?;
        self.open = true;
        let moved = |time| moment::after(time, by);
        self.now = moved(self.now);
        self.begin = moved(self.begin);
        self.trace.begin = moved(self.trace.begin);
        self.coming.shift(by);
        self.judge.shift(by);
        self.engine.clock_stepped(&self.memory, by, self.now)
    }

    /// The newest run of an incident, if it is live, cannot be read any more.
    fn damage(&mut self, id: IncidentId) -> Result<(), Error> {
        let incident = self.memory.incident(id)?;
        let run: Option<RunId> = incident.and_then(|incident| incident.run);
        let Some(run) = run else {
            return Ok(());
        };
        if let Some(stored) = self.memory.run(run).cloned() {
            let state = vec![0xff];
            let damaged = Write::Run(StoredRun { state, ..stored });
            self.memory.append(&Batch {
                writes: vec![damaged],
                ..Batch::default()
            })?;
        }
        Ok(())
    }
}
