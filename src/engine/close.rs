//! Incidents end: what the end of a run, a resolved alert or a human means for them.

use smol_str::SmolStr;

use super::Engine;
use super::decide::{chain, deliver, outcome, targets};
use super::desk::Trouble;
use super::drive::incident_of;
use super::open::Occasion;
use crate::diag::Code;
use crate::effect::{Changes, End, Reason};
use crate::journal::{
    Alert, AlertCleared, How, IncidentHanded, IncidentId, IncidentResolved, IncidentState,
    IntentId, MessageKind, ReleasedFor, RunEnded, RunId, RunQuarantined, StoredIntent, settling,
};
use crate::program::Program;
use crate::run::{self, Leave};
use crate::value::Time;

impl Engine {
    /// A run is over.
    pub(super) fn ended(
        &mut self,
        run: RunId,
        program: &Program,
        end: End,
        now: Time,
    ) -> Result<(), Trouble> {
        let ended = RunEnded {
            run,
            end: end.clone(),
        };
        self.record(ended, now);
        self.stop_waiting(run);
        self.desk.run(run)?.pending.clear();
        let id = match run {
            RunId::Incident(id, _) => id,
            RunId::Debt(debt, _) => {
                self.debt_looked_at(debt, &end, now);
                return Ok(());
            }
        };
        let incident = self.model.incident(id);
        let is_over = incident.is_some_and(|one| one.state.is_over());
        let is_dirty = incident.is_some_and(|one| one.dirt.is_dirty());
        let came_back = incident.is_some_and(|one| one.again);
        // A human who calls it over answers for what is left.
        let keeps = if is_over { NOTHING } else { keeps(&end) };
        if !keeps.locks {
            self.unlock(run, now);
        }
        if !keeps.disturbed && (is_over || !is_dirty) {
            self.recovered(run, ReleasedFor::Ended, now);
        }
        if came_back && !is_left_to_humans(&end) {
            // It was called off: what becomes of the incident is looked at now, if it is still there.
            match program.metadata.clears_stop && self.is_quiet_again(id) {
                true => self.resolved(id, How::SelfResolved, None, now),
                false => self.looks_again(id, now),
            }
            return Ok(());
        }
        match end {
            End::Resolved => self.resolved(id, How::Verified, None, now),
            End::Cleared { .. } => self.resolved(id, How::Cleared, None, now),
            End::SelfResolved => self.resolved(id, How::SelfResolved, None, now),
            End::Mitigated { .. } => self.resolved(id, How::Mitigated, None, now),
            End::Handed { reason, .. } => self.handed(id, reason, now),
            // Only a human calls a run off, and says what becomes of the incident.
            End::Cancelled => {}
            End::Again => {
                let code = self.desk.run(run)?.code;
                self.begin_run(id, code, program, Leave::Mend, now);
            }
        }
        Ok(())
    }

    /// Whether all alerts that an incident came back with have ended.
    fn is_quiet_again(&self, id: IncidentId) -> bool {
        let cleared = self.model.incident(id).is_some_and(|one| one.cleared);
        cleared && self.model.alerts(id).firing() == 0
    }

    /// The run that was called off has ended, and the incident had come back before.
    fn looks_again(&mut self, id: IncidentId, now: Time) {
        let Some(code) = self.model.incident(id).map(|incident| incident.code) else {
            return;
        };
        match self.desk.program(code) {
            Ok(program) => self.look_again(id, code, &program, true, now),
            Err(_) => {
                let text = "it came back after it was resolved, and its code cannot be read";
                self.page_chain(id, text, Some(Reason::CameBack), now);
            }
        }
    }

    /// An incident is over; whoever was told is told that, too.
    pub(super) fn resolved(
        &mut self,
        id: IncidentId,
        how: How,
        said: Option<(SmolStr, String)>,
        now: Time,
    ) {
        let (by, why) = said.unzip();
        let Some(incident) = self.model.incident(id) else {
            return;
        };
        // A run that is called off may still be changing something: its end releases that.
        let is_free = incident.run.is_none();
        let told = self.heard(id);
        let pages = incident.pages.clone();
        let last = RunId::Incident(id, incident.runs.saturating_sub(1));
        let resolved = IncidentResolved {
            incident: id,
            how,
            by: by.clone(),
            why,
        };
        self.record(resolved, now);
        if is_free {
            let why = match how {
                How::Human => ReleasedFor::Human,
                How::Verified | How::Mitigated => ReleasedFor::Verified,
                How::Cleared | How::SelfResolved => ReleasedFor::Ended,
            };
            let decision = targets::all(&self.model, last, why);
            self.carry_out(decision, now);
        }
        let decision = chain::ends(&self.model, id, "the incident is resolved");
        self.carry_out(decision, now);
        let decision = deliver::drop_pages(&self.model, id, "the incident is resolved");
        self.carry_out(decision, now);
        let text = match &by {
            Some(by) => format!("resolved by {by}"),
            None => format!("resolved: {}", how.word()),
        };
        for address in told {
            self.send(id, &address, MessageKind::Resolved, &text, None, now);
        }
        self.say_of_pages(id, pages, (MessageKind::Resolved, &text), now);
    }

    fn handed(&mut self, id: IncidentId, reason: Reason, now: Time) {
        if let Some(incident) = self.model.incident(id)
            && !matches!(incident.state, IncidentState::Acknowledged { .. })
            && !incident.state.is_over()
            && incident.state != IncidentState::Handed
        {
            let handed = IncidentHanded {
                incident: id,
                reason: Some(reason),
            };
            self.record(handed, now);
        }
    }

    /// One alert of an incident is resolved, if it is not an earlier firing of it that was; the run hears of
    /// it when no other fires.
    pub(super) fn alert_resolved(
        &mut self,
        occasion: &Occasion,
        alert: &Alert,
        now: Time,
    ) -> Option<IncidentId> {
        let (runbook, key) = self.place(occasion)?;
        let known = self.newest(&runbook, &key);
        let alerts = known.map(|incident| self.model.alerts(incident.id))?;
        let began = alerts.fires_since(&alert.fingerprint);
        let incident = known.filter(|_| began.is_some_and(|began| alert.ends(began)))?;
        let last = alerts.firing() == 1 && !incident.state.is_over();
        let (id, run) = (incident.id, incident.run);
        let cleared = AlertCleared {
            incident: id,
            event: occasion.event,
            fingerprint: alert.fingerprint.clone(),
            last,
        };
        self.record(cleared, now);
        if !last {
            return Some(id);
        }
        if let Some(run) = run {
            self.hears(run, run::Input::AlertResolved);
        }
        Some(id)
    }

    /// A run that cannot be read, or whose code cannot.
    pub(super) fn quarantine(&mut self, run: RunId, now: Time) {
        // It is at hand, so that its code is what is missing.
        let what = match self.desk.code_of(run) {
            Some(_) => Unreadable::Code,
            None => Unreadable::Record,
        };
        self.quarantine_for(run, what, now);
    }

    /// A run that cannot be gone on with: it alone is put aside, and a human is told. What it had begun and not ended
    /// is unknown from now on.
    pub(super) fn quarantine_for(&mut self, run: RunId, what: Unreadable, now: Time) {
        let begun = self.model.intents_of(run).cloned();
        let begun = begun.filter(|one| one.state.is_unsettled());
        let begun: Vec<StoredIntent> = begun.collect();
        let text = format!("{}{}", what.words(run), in_flight(&begun));
        let called_off = incident_of(run).and_then(|id| self.called_off_words(id));
        self.puts_aside(run, &text, now);
        let Some(id) = incident_of(run) else {
            return;
        };
        let text = match called_off {
            Some(words) => format!("{text} ({words})"),
            None => text,
        };
        let reason = self.model.reason_of_damage(id);
        self.page_chain(id, &text, Some(reason), now);
    }

    /// The same, and nobody is told.
    pub(super) fn puts_aside(&mut self, run: RunId, why: &str, now: Time) {
        self.stop_waiting(run);
        self.desk.put_aside(run);
        let decision = outcome::lost(&self.model, run);
        self.carry_out(decision, now);
        if incident_of(run).is_some() {
            let why = why.to_owned();
            self.record(RunQuarantined { run, why }, now);
        }
    }
}

/// What could not be read of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// Its own record.
    Record,
    /// The code that it goes on with.
    Code,
    /// It is not found where its incident says, or is listed with those that are over.
    Row,
    /// The record of a change that it had begun.
    Change(IntentId),
    /// What it looks at for somebody who owes it.
    Debt,
}

impl Unreadable {
    /// Which record it is, and what that means for whoever reads it.
    fn words(self, run: RunId) -> String {
        let (named, unread, lost) = (
            named_run(run),
            Code::RunUnreadable.as_str(),
            Code::StoreCorrupt.as_str(),
        );
        match self {
            Unreadable::Record => format!(
                "the record of {named} cannot be read ({unread}): nobody knows how far it got, and it does not go on"
            ),
            Unreadable::Code => format!(
                "the code of {named} cannot be read ({unread}): it does not go on from where it was"
            ),
            Unreadable::Row => format!(
                "{named} is not found where it should be, its row is damaged ({unread}): nobody knows how far it got, \
                 and it does not go on"
            ),
            Unreadable::Change(id) => format!(
                "the record of change {id} is damaged ({lost}): {named} had begun it, and does not go on"
            ),
            Unreadable::Debt => format!(
                "the record of what {named} looks after is damaged ({lost}): it does not go on"
            ),
        }
    }
}

/// `run 2 of incident 7`
pub(super) fn named_run(run: RunId) -> String {
    match run {
        RunId::Incident(incident, ordinal) => {
            format!("run {} of incident {incident}", u64::from(ordinal) + 1)
        }
        RunId::Debt(debt, ordinal) => format!("look {} at debt {debt}", u64::from(ordinal) + 1),
    }
}

/// What of these changes is said to whoever has to find out what became of them, and how they say it.
pub(super) fn in_flight(changes: &[StoredIntent]) -> String {
    let named = StoredIntent::called(changes.iter()).join("; ");
    let incident = changes.first().and_then(|change| change.run.incident());
    match (named.as_str(), incident) {
        ("", _) => String::new(),
        (named, None) => format!(". It had begun {named}: nobody knows what became of it"),
        (named, Some(incident)) => format!(
            ". It had begun {named}: nobody knows what became of it. Look whether it took effect, and say so with `{}`, \
             where OUTCOME is `applied` or `not-applied`",
            settling("", incident, changes.len())
        ),
    }
}

/// Whether nothing else is done before a human has said what became of its last change.
fn is_left_to_humans(end: &End) -> bool {
    match end {
        End::Handed { reason, .. } => matches!(reason, Reason::Unknown | Reason::UndoFailed),
        End::Resolved
        | End::Cleared { .. }
        | End::SelfResolved
        | End::Mitigated { .. }
        | End::Again
        | End::Cancelled => false,
    }
}

/// What stays in the way of others after a run has ended.
struct Keeps {
    locks: bool,
    disturbed: bool,
}

const NOTHING: Keeps = Keeps {
    locks: false,
    disturbed: false,
};

fn keeps(end: &End) -> Keeps {
    match end {
        // Nobody knows whether something is still being changed.
        End::Handed {
            reason: Reason::Unknown | Reason::UndoFailed,
            ..
        } => Keeps {
            locks: true,
            disturbed: true,
        },
        End::Handed {
            changes: Changes::Kept | Changes::Partly | Changes::Unknown,
            ..
        }
        | End::Again => Keeps {
            locks: false,
            disturbed: true,
        },
        End::Handed {
            changes: Changes::None | Changes::Undone,
            ..
        }
        | End::Resolved
        | End::Cleared { .. }
        | End::SelfResolved
        | End::Mitigated { .. }
        | End::Cancelled => Keeps {
            locks: false,
            disturbed: false,
        },
    }
}
