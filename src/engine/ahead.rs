//! What would be said to a run that is never begun: for a dry run.
//!
//! In: an engine that was started on a store which is only read, an alert, and what the run that it would begin asks
//! for. Out: what the same rules, the same gates and the same past say to it. Nothing of it is ever written.

use std::sync::Arc;

use super::fit::title;
use super::gate::{self, Question, Verdict};
use super::matched::Matched;
use super::open::{Meaning, Occasion, Of, came_back, meaning};
use super::waiting::Asking;
use super::{Arriving, Engine, past};
use crate::effect::{Call, Observed};
use crate::journal::{Alert, Error, Journal, Needs, RunId, Standing};
use crate::program::{CodeHash, Program};
use crate::run::{Dirt, Intent, Leave, RunInput};
use crate::value::{Failure, Time};

/// The run that an alert would begin.
#[derive(Debug)]
pub struct Ahead {
    pub program: Arc<Program>,
    pub code: CodeHash,
    pub input: RunInput,
    /// Why it would not begin, or not yet.
    pub instead: Vec<String>,
    run: RunId,
}

/// What a change would be told that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    Go,
    Refused(String),
    Waits(String),
}

impl Engine {
    /// The run that an alert would begin; none if no runbook takes it.
    pub fn would_begin(
        &mut self,
        journal: &dyn Journal,
        alert: &Alert,
        now: Time,
    ) -> Result<Option<Ahead>, Error> {
        let matched = self.matched(Arriving::Alert(alert.clone()));
        self.fetch(journal, &self.lacks_for(&matched), now)?;
        let Matched::Alert(_, matches) = matched else {
            return Ok(None);
        };
        let mut taken = matches.into_iter();
        let taken = taken.find_map(|one| Some((one.found, one.fits.ok()?)));
        Ok(taken.and_then(|(found, bindings)| {
            let occasion = Occasion {
                event: self.model.next_event(),
                found,
                bindings,
                firing: Some((alert.fingerprint.clone(), alert.since)),
                title: title(alert),
            };
            self.ahead_of(occasion, alert, now)
        }))
    }

    fn ahead_of(&self, occasion: Occasion, alert: &Alert, now: Time) -> Option<Ahead> {
        let (loaded, trigger) = self.runbooks.at(occasion.found)?;
        let program = &loaded.program;
        let (runbook, key) = self.place(&occasion)?;
        let mut instead: Vec<String> = self.lacks_key(&occasion).into_iter().collect();
        match trigger.holding {
            _ if alert.standing == Standing::Resolved => {
                instead.push("the alert is over".to_owned());
            }
            Some(holding) if !self.is_known(&occasion) => {
                instead.push(format!("the alert has to stand for {holding} first"));
            }
            Some(_) | None => {}
        }
        let known = self.newest(&runbook, &key);
        let beside = known.map(|known| (known, self.model.alerts(known.id)));
        let (known, leave) = match meaning(beside, &occasion, now) {
            Meaning::Opens => (None, self.leave(loaded, &runbook, &key, now)),
            Meaning::Joins(id) => {
                instead.push(format!("incident {id} is about this, and is not over"));
                (known, Leave::Mend)
            }
            Meaning::Echoes(id) => {
                instead.push(format!(
                    "incident {id} was about this, and was resolved since the alert began"
                ));
                (known, Leave::Mend)
            }
            Meaning::Reopens(_) => {
                let was_over = known.is_some_and(|incident| incident.state.is_over());
                (known, came_back(program, was_over))
            }
        };
        let of = match known {
            Some(incident) => Of {
                bindings: occasion.bindings,
                ..Of::incident(incident)
            },
            None => Of {
                id: self.model.next_incident(),
                ordinal: 0,
                opened: now,
                bindings: occasion.bindings,
                dirt: Dirt::default(),
            },
        };
        Some(Ahead {
            program: program.clone(),
            code: loaded.hash,
            run: RunId::Incident(of.id, of.ordinal),
            input: of.input(&self.store, program, leave, now),
            instead,
        })
    }

    /// What is answered without a look at the world: that it is not granted, and what the journal knows.
    pub fn would_answer(
        &mut self,
        journal: &dyn Journal,
        program: &Program,
        call: &Call,
        now: Time,
    ) -> Result<Option<Observed>, Error> {
        if let Err(denied) = self.may_look(program, call) {
            return Ok(Some(Observed::Failed(Failure::Failed(denied.into()))));
        }
        let Some(past) = past::asked(call, now) else {
            return Ok(None);
        };
        let mut needs = Needs::default();
        needs.events.insert(past.clone());
        self.fetch(journal, &needs, now)?;
        Ok(Some(self.past(program, call, &past)))
    }

    /// What the gates say to a change. Whatever they say, it counts as granted for those that follow.
    pub fn would_let(
        &mut self,
        ahead: &Ahead,
        asked: u64,
        intent: &Intent,
        again: bool,
        now: Time,
    ) -> Told {
        let asking = Asking::new(ahead.run, asked, Box::new(intent.clone()), again);
        let question = Question {
            asking: &asking,
            program: &ahead.program,
            now,
        };
        let told = match gate::pass(&self.known(), &question) {
            (_, Verdict::Go) => Told::Go,
            (_, Verdict::Refuse(_, why)) => Told::Refused(why),
            (_, Verdict::Wait(_, why)) => Told::Waits(why),
        };
        if !again {
            self.grant(&ahead.program, asking, now);
        }
        told
    }
}
