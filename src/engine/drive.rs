//! Drives runs: hands them their inputs, and sorts what they want by who does it.

use std::collections::VecDeque;

use sha2::{Digest, Sha256};

use super::asking::Asking;
use super::decide::outcome;
use super::desk::Trouble;
use super::timer::Timer;
use super::work::Work;
use super::{Action, Engine, past};
use crate::diag::Code;
use crate::effect::{Call, Observed, Severity};
use crate::journal::{
    self, EvidenceAttached, IncidentId, IncidentRated, PopulationFrozen, ReleasedFor, RunId,
    RunReported, UnprovenChanged,
};
use crate::program::{Capability, Program};
use crate::run::{self, Dirt, Event};
use crate::settings::{Grants, Need};
use crate::value::{Failure, Identity, TEXT_BYTES, Time, Value};

/// The longest text that a timeline keeps of one observation, in bytes.
const KEPT: usize = 4 * 1024;

impl Engine {
    /// Gives a run the answer to something it waits for, or tells it what happened.
    pub(super) fn answer(&mut self, id: RunId, input: run::Input, now: Time) {
        match self.drive(id, input, now) {
            // An answer that came too late: nobody waits for it any more.
            Ok(()) | Err(Trouble::Ended) => {}
            Err(Trouble::Unreadable) if self.is_stray(id, now) => {}
            Err(Trouble::Unreadable) => self.quarantine(id, now),
        }
    }

    fn drive(&mut self, id: RunId, input: run::Input, now: Time) -> Result<(), Trouble> {
        let working = self.desk.run(id)?;
        let code = working.code;
        let answered = take_pending(&mut working.pending, &input);
        if working.run.end().is_some() || (answered.is_none() && is_answer(&input)) {
            return Ok(());
        }
        if let Some(answered) = &answered {
            self.record_answer(id, answered, &input, now);
        }
        let program = self.desk.program(code)?;
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let working = self.desk.run(id)?;
            let before = working.run.dirt().clone();
            working.run.told_late(&input, now);
            let actions = working.run.handle(&program, input, now);
            if *working.run.dirt() != before {
                let dirt = working.run.dirt().clone();
                self.keep_dirt(id, dirt, now);
            }
            for action in actions {
                if let Some(input) = self.act(id, &program, action, now)? {
                    inputs.push_back(input);
                }
            }
        }
        Ok(())
    }

    /// Does or passes on what a run wants; some of it is answered on the spot.
    fn act(
        &mut self,
        id: RunId,
        program: &Program,
        action: run::Action,
        now: Time,
    ) -> Result<Option<run::Input>, Trouble> {
        match action {
            run::Action::Observe(observe) => self.observe(id, program, observe, now),
            run::Action::Intend { id: asked, intent } => {
                let counted = self.desk.run(id)?.run.counted(program, &intent);
                let asking = Asking::new(id, asked, intent, false).with(counted);
                self.ask_leave(program, asking, now)
            }
            run::Action::Repeat { id: asked, intent } => {
                let counted = self.desk.run(id)?.run.counted(program, &intent);
                let asking = Asking::new(id, asked, intent, true).with(counted);
                self.ask_leave(program, asking, now)
            }
            run::Action::Perform(perform) => {
                let pending = run::Action::Perform(perform.clone());
                self.desk.run(id)?.pending.push(pending);
                let decision = outcome::started(&self.model, id, &perform);
                self.carry_out(decision, now);
                self.actions.push(Action::Perform { run: id, perform });
                Ok(None)
            }
            run::Action::Settle {
                id: asked,
                key,
                call,
                deadline,
            } => {
                let action = Action::Settle {
                    run: id,
                    id: asked,
                    call: call.clone(),
                    deadline,
                };
                let pending = run::Action::Settle {
                    id: asked,
                    key,
                    call,
                    deadline,
                };
                self.desk.run(id)?.pending.push(pending);
                self.actions.push(action);
                Ok(None)
            }
            run::Action::Wait { id: asked, until } => {
                let pending = run::Action::Wait { id: asked, until };
                self.desk.run(id)?.pending.push(pending);
                self.timers.insert((until, Timer::Run(id, asked)));
                Ok(None)
            }
            run::Action::Tell(notice) => {
                self.tell(id, program, notice, now);
                Ok(None)
            }
            run::Action::Attach(values) => {
                let values = values.iter().map(shortened).collect();
                self.record(EvidenceAttached { run: id, values }, now);
                Ok(None)
            }
            run::Action::Record(event) => {
                self.reported(id, event, now);
                Ok(None)
            }
            run::Action::End(end) => {
                self.ended(id, program, end, now)?;
                Ok(None)
            }
        }
    }

    fn observe(
        &mut self,
        id: RunId,
        program: &Program,
        observe: run::Observe,
        now: Time,
    ) -> Result<Option<run::Input>, Trouble> {
        if let Err(denied) = self.may_look(program, &observe.call) {
            let outcome = Observed::Failed(Failure::Failed(denied.into()));
            let observed = journal::Observed {
                run: id,
                ask: observe.id,
                call: observe.call,
                outcome: Some(outcome.clone()),
            };
            self.record(observed, now);
            return Ok(Some(run::Input::Observed {
                id: observe.id,
                outcome,
            }));
        }
        let pending = run::Action::Observe(observe.clone());
        self.desk.run(id)?.pending.push(pending);
        self.ask_for(id, observe, now);
        Ok(None)
    }

    /// Whether the agent is granted what an observation needs; the words say what to add.
    pub(super) fn may_look(&self, program: &Program, call: &Call) -> Result<(), String> {
        let mut declared = program.observables.iter();
        let declared = declared.find(|one| *one.name == *call.name);
        let needs = declared.map(|one| one.needs.as_slice()).unwrap_or_default();
        granted(&self.grants, needs, call)
    }

    /// A question of a run goes to the world; what has happened the store knows.
    pub(super) fn ask_for(&mut self, run: RunId, observe: run::Observe, now: Time) {
        match past::asked(&observe.call, now) {
            Some(past) => {
                let recall = Work::Recall(run, Box::new(observe), past);
                self.work.push_front(recall);
            }
            None => self.actions.push(Action::Observe { run, observe }),
        }
    }

    /// Puts an answer on the record before the run goes on.
    fn record_answer(&mut self, id: RunId, asked: &run::Action, input: &run::Input, now: Time) {
        match (asked, input) {
            (run::Action::Observe(observe), run::Input::Observed { outcome, .. }) => {
                let outcome = match outcome {
                    Observed::Value(value) => Observed::Value(shortened(value)),
                    Observed::Failed(_) | Observed::Evaluate => outcome.clone(),
                };
                let observed = journal::Observed {
                    run: id,
                    ask: observe.id,
                    call: observe.call.clone(),
                    outcome: Some(outcome),
                };
                self.record(observed, now);
            }
            (run::Action::Perform(perform), run::Input::Performed { outcome, .. }) => {
                let decision = outcome::performed(&self.model, id, &perform.how, outcome);
                self.carry_out(decision, now);
                self.released_done(id);
            }
            (run::Action::Settle { .. }, run::Input::Settled { outcome, .. }) => {
                let decision = outcome::settled(&self.model, id, *outcome);
                self.carry_out(decision, now);
            }
            _ => {}
        }
    }

    /// What a run has changed and not proven is its incident's.
    fn keep_dirt(&mut self, id: RunId, dirt: Dirt, now: Time) {
        if let Some(incident) = incident_of(id) {
            self.record(UnprovenChanged { incident, dirt }, now);
        }
    }

    /// What a run says of itself: some of it concerns others.
    fn reported(&mut self, id: RunId, event: Event, now: Time) {
        if let Event::Verified { .. } | Event::AlreadySo = event {
            self.recovered(id, ReleasedFor::Verified, now);
        }
        if let Event::Owes {
            mitigation,
            captures,
            owed_by,
            until,
            text,
        } = &event
        {
            let owed = super::decide::debt::Owed {
                mitigation: *mitigation,
                captures: captures.clone(),
                by: owed_by.clone(),
                due: *until,
                text: text.clone(),
            };
            self.owe(id, owed, now);
        }
        match event {
            Event::PopulationFrozen { line, members } => {
                let digest = digest(&members);
                let (run, count) = (id, members.len() as u64);
                let frozen = PopulationFrozen {
                    run,
                    line,
                    count,
                    digest,
                    members,
                };
                self.record(frozen, now);
            }
            Event::Rated { severity } => self.rated(id, severity, now),
            event => {
                let event = Some(event);
                self.record(RunReported { run: id, event }, now);
            }
        }
    }
}

impl Engine {
    /// An incident is more severe than was known; it never is less.
    fn rated(&mut self, run: RunId, severity: Severity, now: Time) {
        let incident = incident_of(run);
        let known = incident.and_then(|id| self.model.incident(id));
        if let Some(incident) = known
            .filter(|known| known.severity < severity)
            .map(|known| known.id)
        {
            let why = format!("what makes it {} holds", severity.word());
            let rated = IncidentRated {
                incident,
                severity,
                why,
            };
            self.record(rated, now);
        }
    }
}

/// What tells one list of members from another.
fn digest(members: &[Identity]) -> [u8; 32] {
    let bytes = postcard::to_stdvec(members).expect("plain data in memory always serialises");
    Sha256::digest(bytes).into()
}

/// Whether the agent is granted what a call needs; the words say what to add.
pub fn granted(grants: &Grants, needs: &[Capability], call: &Call) -> Result<(), String> {
    for need in needs {
        let of = need.of.and_then(|place| call.args.get(usize::from(place)));
        let need = Need {
            capability: need.name.clone(),
            of: of.map(|argument| argument.value.clone()),
        };
        grants
            .check(&need)
            .map_err(|denied| format!("{denied} ({})", Code::NotGranted.as_str()))?;
    }
    Ok(())
}

/// The incident that a run works on.
pub(super) fn incident_of(id: RunId) -> Option<IncidentId> {
    match id {
        RunId::Incident(incident, _) => Some(incident),
        RunId::Debt(..) => None,
    }
}

/// Whether it answers something, rather than telling what happened.
fn is_answer(input: &run::Input) -> bool {
    match input {
        run::Input::Observed { .. }
        | run::Input::Performed { .. }
        | run::Input::Settled { .. }
        | run::Input::Timer { .. } => true,
        run::Input::Begin
        | run::Input::Granted { .. }
        | run::Input::Free { .. }
        | run::Input::Refused { .. }
        | run::Input::AlertResolved
        | run::Input::AlertFires
        | run::Input::Cancel
        | run::Input::Hold
        | run::Input::Release => false,
    }
}

/// Takes what the input answers out of what a run waits for.
fn take_pending(pending: &mut Vec<run::Action>, input: &run::Input) -> Option<run::Action> {
    let answers = |action: &run::Action| match (action, input) {
        (run::Action::Observe(observe), run::Input::Observed { id, .. }) => observe.id == *id,
        (run::Action::Perform(perform), run::Input::Performed { id, .. }) => perform.id == *id,
        (run::Action::Settle { id: asked, .. }, run::Input::Settled { id, .. })
        | (run::Action::Wait { id: asked, .. }, run::Input::Timer { id })
        | (
            run::Action::Intend { id: asked, .. } | run::Action::Repeat { id: asked, .. },
            run::Input::Granted { id }
            | run::Input::Free { id, .. }
            | run::Input::Refused { id, .. },
        ) => asked == id,
        _ => false,
    };
    let place = pending.iter().position(answers)?;
    Some(pending.swap_remove(place))
}

/// A value whose texts are short enough to be kept in a timeline.
fn shortened(value: &Value) -> Value {
    const _: () = assert!(
        KEPT < TEXT_BYTES,
        "a text that is cut has to be shorter than one can be"
    );
    match value {
        Value::Text(text) if text.len() > KEPT => {
            let end = (0..=KEPT).rev().find(|at| text.is_char_boundary(*at));
            let kept = text.get(..end.unwrap_or_default()).unwrap_or_default();
            Value::text(format!("{kept}… ({} bytes)", text.len()))
        }
        Value::List(items) => Value::list(items.iter().map(shortened).collect()),
        Value::Record(record) => {
            let mut record = record.as_ref().clone();
            for field in record.fields.iter_mut().flatten() {
                *field = shortened(field);
            }
            Value::Record(std::sync::Arc::new(record))
        }
        other => other.clone(),
    }
}
