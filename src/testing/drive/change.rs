//! Changes of a driven test: made, said to be unknown, settled.

use smol_str::SmolStr;

use super::{Driver, Silence, at_once};
use crate::effect::{Call, ChangeOutcome, Settled};
use crate::run::{Input, IntentKind, Perform};
use crate::testing::record::{Effect, Fate, Happened};
use crate::testing::world::Answer;
use crate::testing::{clock, effect};
use crate::text::Span;
use crate::value::{Duration, Value};

impl Driver<'_, '_> {
    pub(super) fn perform(&mut self, perform: Perform) {
        if self.is_removed(&perform.key) {
            let outcome = ChangeOutcome::Applied(Value::None);
            let id = perform.id;
            return self.clock.at(self.now, Input::Performed { id, outcome });
        }
        let silent = match self.silence {
            Silence::After(verifies) | Silence::Frozen(verifies) => self.verified >= verifies,
            Silence::Nothing | Silence::Line(_) => false,
        };
        if silent && matches!(self.silence, Silence::Frozen(_)) {
            self.world.freeze(self.now);
        }
        let (line, undoes) = self.planned(&perform.key);
        let repeats = perform.how.is_again();
        self.counts.changes += 1;
        let (answer, applied) = match (self.change_fault(), &mut self.chooser) {
            (Some(fault), _) => self.change_astray(fault, &perform),
            (None, Some(chooser)) => {
                let (outcome, applied) = chooser.change(&perform.call, self.now);
                (at_once(outcome), applied)
            }
            (None, None) => self.scripted(&perform, silent),
        };
        if let Some(counter) = &mut self.counter
            && perform.kind == IntentKind::Do
        {
            counter.performed(line, &answer.outcome);
        }
        let at = clock::after(self.now, answer.takes);
        self.record.effects.push(Effect {
            call: perform.call.clone(),
            how: perform.how.clone(),
            key: perform.key,
            kind: perform.kind,
            line,
            undoes,
            applied,
            fate: match answer.outcome {
                // What broke counts as applied.
                ChangeOutcome::Applied(_) | ChangeOutcome::Broke(_) => Fate::Applied,
                ChangeOutcome::NotApplied(_) | ChangeOutcome::NotBegun(_) if repeats => {
                    Fate::Unknown
                }
                ChangeOutcome::NotApplied(_) | ChangeOutcome::NotBegun(_) => Fate::NotApplied,
                ChangeOutcome::Unknown => Fate::Unknown,
            },
            after_verifies: self.verified,
            at,
        });
        let happened = Happened::Performed {
            kind: perform.kind,
            how: perform.how,
            call: perform.call,
            outcome: answer.outcome.clone(),
        };
        let (id, outcome) = (perform.id, answer.outcome);
        self.clock
            .shown_at(at, Input::Performed { id, outcome }, happened);
    }

    /// The line of a change, and what it takes back.
    pub(super) fn planned(&self, key: &str) -> (Option<Span>, Option<SmolStr>) {
        let mut lines = self.lines.iter().rev();
        let planned = lines.find(|(of, _, _)| of == key);
        planned.map_or((None, None), |(_, line, undoes)| (*line, undoes.clone()))
    }

    /// What comes of a change by what the test says, and whether it takes effect.
    fn scripted(&mut self, perform: &Perform, silent: bool) -> (Answer<ChangeOutcome>, bool) {
        let repeats = perform.how.is_again();
        let done = self.astray.get(&perform.key).map(|(applied, _)| *applied);
        // Of a change that went astray it is known whether there is anything left to do.
        let leaves = silent || done.unwrap_or(repeats);
        let mut answer = self.world.perform(perform, self.now, leaves);
        if repeats && clock::after(self.now, answer.takes) < perform.deadline {
            answer.outcome = effect::script(self.case, &perform.call).repeated();
        }
        let applied = match repeats {
            true => matches!(answer.outcome, ChangeOutcome::Applied(_)),
            false => !leaves && self.world.takes_effect(&perform.call),
        };
        (answer, applied)
    }

    pub(super) fn settle(&mut self, id: u64, key: &str, probe: &Call) {
        let changed = self
            .record
            .effects
            .iter_mut()
            .rev()
            .find(|effect| effect.key == key);
        let Some(effect) = changed else { return };
        let change = effect.call.clone();
        let known = self.astray.get(key).map(|(_, says)| *says);
        let known = known.or_else(|| {
            let chooser = self.chooser.as_mut()?;
            let says = chooser.settle(&change, self.now);
            effect.applied = says != Settled::NotApplied;
            Some(says)
        });
        let says = match known {
            Some(outcome) => Ok(at_once(outcome)),
            None => self.world.settle(&change, probe, self.now),
        };
        let answer = match says {
            Ok(answer) => answer,
            Err(_) if self.options.faults.is_some() => Answer {
                outcome: Settled::Nothing,
                takes: Duration::ZERO,
            },
            Err(silent) => return self.not_given(probe, silent),
        };
        let at = clock::after(self.now, answer.takes);
        let outcome = answer.outcome;
        let changed = self
            .record
            .effects
            .iter_mut()
            .rev()
            .find(|effect| effect.key == key);
        if let Some(effect) = changed {
            effect.fate = match outcome {
                Settled::Applied => Fate::Applied,
                Settled::NotApplied => Fate::NotApplied,
                Settled::Nothing => Fate::Unknown,
            };
        }
        let call = probe.clone();
        let happened = Happened::Settled { call, outcome };
        self.clock
            .shown_at(at, Input::Settled { id, outcome }, happened);
    }
}
