//! What goes wrong in a driven test: changes, observations, the agent itself, people meanwhile.

use super::{Driver, FREEZE};
use crate::effect::{Call, ChangeOutcome, Observed, Settled};
use crate::run::{Action, Input, Observe, Perform, Run};
use crate::testing::clock;
use crate::testing::fault::{ChangeFault, Fault, ObservationFault, RecordFault};
use crate::testing::record::{Effect, Fate, Happened};
use crate::testing::source;
use crate::testing::world::Answer;
use crate::value::{Duration, Failure};

/// How long after its deadline a change that is late takes effect.
const LATE: Duration = Duration::from_millis(1_000);
/// What fails says so.
const WHY: &str = "it was made to fail";

impl Driver<'_, '_> {
    fn faults(&self) -> impl Iterator<Item = Fault> {
        self.options.faults.iter().flatten().copied()
    }

    /// What goes wrong with the change that comes now.
    pub(super) fn change_fault(&self) -> Option<ChangeFault> {
        let now = self.counts.changes;
        self.faults().find_map(|fault| match fault {
            Fault::Change(at, what) => (at == now).then_some(what),
            Fault::Observation(..) | Fault::Record(..) => None,
        })
    }

    /// What goes wrong after the input that is taken now.
    pub(super) fn record_fault(&self) -> Option<RecordFault> {
        let now = self.counts.records;
        self.faults().find_map(|fault| match fault {
            Fault::Record(at, what) => (at == now).then_some(what),
            Fault::Observation(..) | Fault::Change(..) => None,
        })
    }

    /// What is seen in place of the truth, if something goes wrong with what is looked at now.
    pub(super) fn look_fault(&self, observe: &Observe) -> Option<Answer<Observed>> {
        let now = self.counts.looks;
        let fault = self.faults().find_map(|fault| match fault {
            Fault::Observation(at, what) => (at == now).then_some(what),
            Fault::Change(..) | Fault::Record(..) => None,
        })?;
        let failure = match fault {
            ObservationFault::Fails => Failure::Failed(WHY.into()),
            ObservationFault::NoData => Failure::no_data(WHY),
            ObservationFault::Slow => Failure::Failed("no answer in time".into()),
            // Where nothing was changed nothing is too old.
            ObservationFault::Stale => {
                observe.newer_than?;
                Failure::no_data("measured before the newest change")
            }
        };
        let takes = match fault {
            ObservationFault::Slow => observe.deadline.millis() - self.now.millis(),
            ObservationFault::Fails | ObservationFault::NoData | ObservationFault::Stale => 0,
        };
        Some(Answer {
            outcome: Observed::Failed(failure),
            takes: Duration::from_millis(takes),
        })
    }

    /// What the test says nothing of fails like all that cannot be asked.
    pub(super) fn unscripted(&mut self, call: &Call) -> Answer<Observed> {
        let asked = source::call(self.case, call, self.now);
        self.unscripted.insert(asked);
        Answer {
            outcome: Observed::Failed(Failure::Failed("the test says nothing of it".into())),
            takes: Duration::ZERO,
        }
    }

    /// What comes of a change that goes wrong, and whether it takes effect.
    pub(super) fn change_astray(
        &mut self,
        fault: ChangeFault,
        perform: &Perform,
    ) -> (Answer<ChangeOutcome>, bool) {
        let wait = perform.deadline.millis() - self.now.millis();
        let deadline = Duration::from_millis(wait.max(0));
        let (outcome, applied, says, takes) = match fault {
            ChangeFault::NotApplied => {
                let outcome = ChangeOutcome::NotApplied(WHY.to_owned());
                (outcome, false, Settled::NotApplied, Duration::ZERO)
            }
            ChangeFault::Broke => {
                let outcome = ChangeOutcome::Broke(WHY.to_owned());
                (outcome, true, Settled::Applied, Duration::ZERO)
            }
            ChangeFault::UnknownApplied => (
                ChangeOutcome::Unknown,
                true,
                Settled::Applied,
                Duration::ZERO,
            ),
            ChangeFault::UnknownNotApplied => (
                ChangeOutcome::Unknown,
                false,
                Settled::NotApplied,
                Duration::ZERO,
            ),
            ChangeFault::UnknownNothing => (
                ChangeOutcome::Unknown,
                true,
                Settled::Nothing,
                Duration::ZERO,
            ),
            ChangeFault::Late => (ChangeOutcome::Unknown, true, Settled::Nothing, deadline),
        };
        let known = self.astray.get(&perform.key).is_some_and(|(done, _)| *done);
        if applied && !known {
            let late = match fault {
                ChangeFault::Late => LATE,
                ChangeFault::NotApplied
                | ChangeFault::Broke
                | ChangeFault::UnknownApplied
                | ChangeFault::UnknownNotApplied
                | ChangeFault::UnknownNothing => Duration::ZERO,
            };
            let at = clock::after(clock::after(self.now, takes), late);
            self.world.apply(&perform.call, at);
        }
        self.astray
            .insert(perform.key.clone(), (applied || known, says));
        (Answer { outcome, takes }, applied)
    }

    /// Something happens between two records: the run before and its input, the run after and what it wants.
    pub(super) fn go_astray(
        &mut self,
        fault: RecordFault,
        (before, input): (Run, Input),
        after: Run,
        actions: Vec<Action>,
    ) -> Run {
        match fault {
            RecordFault::DiesBefore => {
                self.clock.at(self.now, input);
                self.die(&before)
            }
            RecordFault::DiesDone => {
                actions.into_iter().for_each(|action| self.act(action));
                self.die(&after)
            }
            RecordFault::DiesUndone => {
                for action in actions {
                    match action {
                        Action::Perform(perform) => self.never_sent(perform),
                        other => self.act(other),
                    }
                }
                self.die(&after)
            }
            RecordFault::Resolves | RecordFault::Cancel | RecordFault::Freeze => {
                actions.into_iter().for_each(|action| self.act(action));
                match fault {
                    RecordFault::Resolves => self.clock.at(self.now, Input::AlertResolved),
                    RecordFault::Cancel => self.clock.at(self.now, Input::Cancel),
                    RecordFault::Freeze => {
                        self.clock.at(self.now, Input::Hold);
                        let until = clock::after(self.now, FREEZE);
                        self.clock.at(until, Input::Release);
                    }
                    RecordFault::DiesBefore | RecordFault::DiesDone | RecordFault::DiesUndone => {}
                }
                after
            }
        }
    }

    /// The agent died with the change in its hands.
    fn never_sent(&mut self, perform: Perform) {
        self.counts.changes += 1;
        let known = self.astray.get(&perform.key).is_some_and(|(done, _)| *done);
        let says = if known {
            Settled::Applied
        } else {
            Settled::NotApplied
        };
        self.astray.insert(perform.key.clone(), (known, says));
        let id = perform.id;
        let (line, undoes) = self.planned(&perform.key);
        self.record.effects.push(Effect {
            call: perform.call,
            how: perform.how,
            key: perform.key,
            fate: Fate::Unknown,
            kind: perform.kind,
            line,
            undoes,
            applied: false,
            after_verifies: self.verified,
            at: self.now,
        });
        let outcome = ChangeOutcome::Unknown;
        self.clock.at(self.now, Input::Performed { id, outcome });
    }

    /// Another agent takes the run up from what was written: what was under way is unknown, all else is asked for
    /// again. No time passes, so that what a test says of `10m ago` is still what is asked for.
    fn die(&mut self, written: &Run) -> Run {
        let mut due = Vec::new();
        while let Some(next) = self.clock.next() {
            due.push(next);
        }
        let waits = due.iter().filter_map(|(time, (input, _))| match input {
            Input::Timer { id } => Some((*id, *time)),
            Input::Observed { id, .. }
            | Input::Granted { id }
            | Input::Performed { id, .. }
            | Input::Settled { id, .. } => Some((*id, self.now)),
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
        for (time, (input, happened)) in due {
            let (input, happened) = match input {
                Input::Performed { id, .. } => {
                    self.forgotten();
                    let outcome = ChangeOutcome::Unknown;
                    (Input::Performed { id, outcome }, happened.map(unheard))
                }
                other => (other, happened),
            };
            let time = time.max(self.now);
            match happened {
                Some(happened) => self.clock.shown_at(time, input, happened),
                None => self.clock.at(time, input),
            }
        }
        let mut run = super::restored(written);
        run.taken_up(&pending, self.now);
        run
    }

    /// Nobody heard what came of the newest change: its probe says what is so.
    fn forgotten(&mut self) {
        let Some(newest) = self.record.effects.last() else {
            return;
        };
        let (key, applied) = (newest.key.clone(), newest.applied);
        let says = if applied {
            Settled::Applied
        } else {
            Settled::NotApplied
        };
        self.astray.entry(key).or_insert((applied, says));
    }
}

/// What happened, as far as anybody heard of it.
fn unheard(happened: Happened) -> Happened {
    match happened {
        Happened::Performed {
            kind, how, call, ..
        } => Happened::Performed {
            kind,
            how,
            call,
            outcome: ChangeOutcome::Unknown,
        },
        other @ (Happened::Opened { .. }
        | Happened::Observed { .. }
        | Happened::Intended { .. }
        | Happened::Closed(_)
        | Happened::Settled { .. }
        | Happened::Told(_)
        | Happened::Attached(_)
        | Happened::Run(_)
        | Happened::Ended(_)) => other,
    }
}
