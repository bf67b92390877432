//! What would be said to a run that is never begun: for a dry run.
//!
//! In: an engine that was started on a store which is only read, an alert, and what the run that it would begin asks
//! for. Out: what the same rules, the same gates and the same past say to it. Nothing of it is ever written.

use std::sync::Arc;

use super::Engine;
use super::asking::Asking;
use super::fit::title;
use super::gate::{self, Question, Verdict};
use super::matched::Matched;
use super::open::{Meaning, Occasion, Of, came_back, meaning};
use crate::journal::{Alert, RunId, Standing};
use crate::program::{CodeHash, Program};
use crate::run::population::Counted;
use crate::run::{Intent, Leave, RunInput};
use crate::value::Time;

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
    /// The run that what has arrived would begin, with all that is needed for it at hand.
    pub(super) fn ahead(&mut self, alert: &Alert, matched: Matched, now: Time) -> Option<Ahead> {
        let Matched::Alert(_, matches) = matched else {
            return None;
        };
        let mut taken = matches.into_iter();
        let (found, bindings) = taken.find_map(|one| Some((one.found, one.fits.ok()?)))?;
        let occasion = Occasion {
            event: self.model.next_event(),
            found,
            bindings,
            firing: Some((alert.fingerprint.clone(), alert.since)),
            title: title(alert),
        };
        self.ahead_of(occasion, alert, now)
    }

    fn ahead_of(&mut self, occasion: Occasion, alert: &Alert, now: Time) -> Option<Ahead> {
        let (loaded, trigger) = self.runbooks.at(occasion.found)?;
        let (program, code) = (loaded.program.clone(), loaded.hash);
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
        let (id, leave) = match meaning(beside, &occasion, now) {
            Meaning::Opens => {
                let leave = self.leave(loaded, &runbook, &key, now);
                let opened = occasion.clone();
                let id = self.opens(opened, (&program, code), key, false, now);
                (id, leave)
            }
            Meaning::Joins(id) => {
                instead.push(format!("incident {id} is about this, and is not over"));
                (id, Leave::Mend)
            }
            Meaning::Echoes(id) => {
                instead.push(format!(
                    "incident {id} was about this, and was resolved since the alert began"
                ));
                (id, Leave::Mend)
            }
            Meaning::Reopens(id) => {
                let was_over = known.is_some_and(|incident| incident.state.is_over());
                (id, came_back(&program, was_over))
            }
        };
        let of = Of {
            bindings: occasion.bindings,
            ..Of::incident(self.model.incident(id)?)
        };
        let run = RunId::Incident(id, of.ordinal);
        let input = of.input(&self.store, &program, leave, now);
        Some(Ahead {
            program,
            code,
            input,
            instead,
            run,
        })
    }

    /// How long there is time for a change that may begin now, where a window ends.
    pub fn window_ends(&self, ahead: &Ahead, now: Time) -> Option<Time> {
        ahead.program.windows.as_ref()?.lines.lasts(now)
    }

    /// What the gates say to a change. Whatever they say, it counts as granted for those that follow.
    pub fn would_let(
        &mut self,
        ahead: &Ahead,
        asked: (u64, Vec<Counted>),
        intent: &Intent,
        again: bool,
        now: Time,
    ) -> Told {
        let (asked, counted) = asked;
        let asking = Asking::new(ahead.run, asked, Box::new(intent.clone()), again).with(counted);
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
