//! Incidents begin: opened, joined, or brought back; each with a run that looks into it.

use smol_str::SmolStr;

use super::Engine;
use super::runbooks::{Found, Loaded};
use crate::effect::{Reason, Severity};
use crate::journal::{
    Alerts, EventId, EventJoined, Incident, IncidentId, IncidentOpened, IncidentReopened, RunId,
    RunStarted,
};
use crate::program::{CodeHash, KeyPart, Program, TriggerKind};
use crate::run::{self, Dirt, Leave, Run, RunInput, Start, moment};
use crate::value::{Duration, Time, Value};

/// Within this time after it was resolved, an incident that comes back is the same one: it is looked
/// into again, and a human hears of it instead of another remedy.
pub(super) const REOPENS: Duration = Duration::from_millis(5 * 60_000);

/// The reason to look into something.
#[derive(Clone, Debug)]
pub struct Occasion {
    pub event: EventId,
    pub found: Found,
    pub bindings: Vec<Value>,
    /// The alert that fires, and since when by its sender's word.
    pub firing: Option<(SmolStr, Time)>,
    pub title: String,
}

/// What a run is about.
pub(super) struct Of {
    pub id: IncidentId,
    pub ordinal: u32,
    pub opened: Time,
    pub bindings: Vec<Value>,
    pub dirt: Dirt,
}

impl Of {
    /// The next run of an incident.
    pub fn incident(incident: &Incident) -> Of {
        Of {
            id: incident.id,
            ordinal: incident.runs,
            opened: incident.opened,
            bindings: incident.bindings.clone(),
            dirt: incident.dirt.clone(),
        }
    }

    /// What the run begins with; its time counts from `began`.
    pub fn input(self, store: &str, program: &Program, leave: Leave, began: Time) -> RunInput {
        RunInput {
            incident: format!("{store}/{}", self.id).into(),
            ordinal: self.ordinal,
            incident_opened: self.opened,
            began,
            bindings: self.bindings,
            start: match program.entries.diagnose {
                Some(_) => Start::Diagnose,
                None => Start::Steps,
            },
            leave,
            dirt: self.dirt,
            offer: false,
        }
    }
}

/// What an event means for the newest incident of its key.
pub(super) enum Meaning {
    Opens,
    Joins(IncidentId),
    /// The same firing, told again: whoever resolved it was quicker than its sender.
    Echoes(IncidentId),
    Reopens(IncidentId),
}

impl Engine {
    /// The newest incident with this key, if it is at hand.
    pub(super) fn newest(&self, runbook: &str, key: &str) -> Option<&Incident> {
        let id = self.model.newest_of(runbook, key)?;
        self.model.incident(id)
    }

    /// The newest incident of what a trigger took, at hand or not.
    pub(super) fn newest_at(
        &self,
        found: Found,
        bindings: &[Value],
        event: EventId,
    ) -> Option<IncidentId> {
        let (runbook, key) = self.place_of(found, bindings, event)?;
        self.model.newest_of(&runbook, &key)
    }

    /// Whether an incident of this key is open already.
    pub(super) fn is_known(&self, occasion: &Occasion) -> bool {
        let Some((runbook, key)) = self.place(occasion) else {
            return false;
        };
        let known = self.newest(&runbook, &key);
        let open = known.filter(|incident| !incident.state.is_over());
        open.is_some_and(|incident| {
            !fires_again(incident, self.model.alerts(incident.id), occasion)
        })
    }

    /// The runbook and the key of what an occasion is about.
    pub(super) fn place(&self, occasion: &Occasion) -> Option<(SmolStr, SmolStr)> {
        self.place_of(occasion.found, &occasion.bindings, occasion.event)
    }

    fn place_of(
        &self,
        found: Found,
        bindings: &[Value],
        event: EventId,
    ) -> Option<(SmolStr, SmolStr)> {
        let (loaded, trigger) = self.runbooks.at(found)?;
        let program = &loaded.program;
        let is_request = matches!(trigger.kind, TriggerKind::Request { .. });
        let values = key(program, bindings);
        let values: Vec<String> = values.map(Value::to_string).collect();
        let is_own = is_request && values.is_empty() && !program.metadata.one_incident;
        let key = match is_own {
            // Each request is a matter of its own.
            true => format!("request {}", event.0),
            false => values.join(", "),
        };
        Some((program.runbook.clone(), key.into()))
    }

    /// What is wrong with the key of an occasion, if it has none.
    pub(super) fn lacks_key(&self, occasion: &Occasion) -> Option<String> {
        let (loaded, _) = self.runbooks.at(occasion.found)?;
        let program = &loaded.program;
        let values: Vec<&Value> = key(program, &occasion.bindings).collect();
        let is_blank = |value: &Value| matches!(value, Value::Text(text) if text.trim().is_empty());
        let is_absent = !values.is_empty() && values.iter().all(|value| value.is_none());
        (is_absent || values.iter().any(|value| is_blank(value))).then(|| {
            format!(
                "its key for the runbook `{}` is empty: nothing tells it from others",
                program.runbook
            )
        })
    }

    /// Opens an incident, joins one, or brings one back.
    pub(super) fn open_or_join(&mut self, occasion: Occasion, now: Time) -> IncidentId {
        let Some((runbook, key)) = self.place(&occasion) else {
            return IncidentId::default();
        };
        let known = self.newest(&runbook, &key);
        let known = known.map(|known| (known, self.model.alerts(known.id)));
        match meaning(known, &occasion, now) {
            Meaning::Opens => self.open(occasion, runbook, key, now),
            Meaning::Joins(id) | Meaning::Echoes(id) => {
                // An earlier firing may be told late: the later one goes on.
                let (fingerprint, starts_at) = occasion.firing.clone().unzip();
                let alerts = self.model.alerts(id);
                let known = fingerprint.as_ref().and_then(|one| alerts.fires_since(one));
                let starts_at = starts_at.max(known.filter(|_| starts_at.is_some()));
                let incident = self.model.incident(id);
                let echo = incident.is_some_and(|one| {
                    one.state.is_over() || is_told_late(one, alerts, &occasion.firing)
                });
                // What is merely told again would drown the rest of the timeline.
                let is_first = occasion.firing.is_some() && alerts.firing() == 0;
                let news = occasion.firing.is_none_or(|(alert, _)| match echo {
                    true => alerts.of(&alert).is_none(),
                    false => alerts.fires_since(&alert).is_none(),
                });
                let run = incident.and_then(|one| one.run).filter(|_| !echo);
                let joined = EventJoined {
                    incident: id,
                    event: occasion.event,
                    fingerprint,
                    starts_at,
                    echo,
                    news,
                };
                self.record(joined, now);
                if let (Some(run), true) = (run, is_first) {
                    self.hears(run, run::Input::AlertFires);
                }
                id
            }
            Meaning::Reopens(id) => self.reopen(id, occasion, now),
        }
    }

    pub(super) fn open(
        &mut self,
        occasion: Occasion,
        runbook: SmolStr,
        key: SmolStr,
        now: Time,
    ) -> IncidentId {
        let Some((loaded, trigger)) = self.runbooks.at(occasion.found) else {
            return IncidentId::default();
        };
        // What was asked for, or is due, says nothing of how things are.
        let is_meant = match trigger.kind {
            TriggerKind::Request { .. }
            | TriggerKind::Schedule { .. }
            | TriggerKind::ScheduleWithin { .. } => true,
            TriggerKind::Alert(_) | TriggerKind::Event(_) => false,
        };
        let (program, code) = (loaded.program.clone(), loaded.hash);
        let leave = self.leave(loaded, &runbook, &key, now);
        let id = self.opens(occasion, (&program, code), key, is_meant, now);
        self.begin_run(id, code, &program, leave, now);
        id
    }

    /// A new incident, of which no run works yet.
    pub(super) fn opens(
        &mut self,
        occasion: Occasion,
        (program, code): (&Program, CodeHash),
        key: SmolStr,
        is_meant: bool,
        now: Time,
    ) -> IncidentId {
        let id = self.model.next_incident();
        let event = occasion.event;
        let opened = IncidentOpened {
            incident: id,
            event,
            product: program.product().clone(),
            runbook: program.runbook.clone(),
            code,
            key,
            severity: severity(program),
            title: occasion.title,
            bindings: occasion.bindings,
            firing: occasion.firing,
        };
        self.record(opened, now);
        if !is_meant {
            self.counts_for_storm(id, program.product(), now);
        }
        id
    }

    /// What the run of a new incident may do.
    pub(super) fn leave(
        &self,
        loaded: &Loaded,
        runbook: &SmolStr,
        key: &SmolStr,
        now: Time,
    ) -> Leave {
        if let Some(why) = loaded.shadow() {
            return Leave::Look {
                reason: Reason::NotYet,
                text: format!("{runbook} runs as a shadow and changes nothing: {why}"),
                then: None,
            };
        }
        let Some(recurs) = &loaded.program.metadata.recurs else {
            return Leave::Mend;
        };
        let since = now.millis().saturating_sub(recurs.within.millis());
        let since = Time::from_millis(since).unwrap_or_default();
        let earlier = self.model.opened_since(runbook, key, since);
        match earlier >= recurs.times {
            false => Leave::Mend,
            true => Leave::Look {
                reason: Reason::Declared,
                text: format!("{runbook} came {earlier} times within {}", recurs.within),
                then: Some(recurs.then),
            },
        }
    }

    /// It came back right after it was resolved. It is looked into, and a human hears of it; where a run
    /// that was called off still changes something, once that has ended.
    fn reopen(&mut self, id: IncidentId, occasion: Occasion, now: Time) -> IncidentId {
        let Some((loaded, _)) = self.runbooks.at(occasion.found) else {
            return id;
        };
        // Permission is current, and so is the code of what begins anew.
        let (program, code) = (loaded.program.clone(), loaded.hash);
        let event = occasion.event;
        let known = self.model.incident(id);
        let is_over = known.is_some_and(|incident| incident.state.is_over());
        let is_at_work = known.is_some_and(|incident| incident.run.is_some());
        let reopened = IncidentReopened {
            incident: id,
            event,
            code,
            bindings: occasion.bindings,
            firing: occasion.firing,
        };
        self.record(reopened, now);
        if !is_at_work {
            self.look_again(id, code, &program, is_over, now);
        }
        id
    }

    /// Looks into an incident that came back: after it was over, or after all its alerts had ended.
    pub(super) fn look_again(
        &mut self,
        id: IncidentId,
        code: CodeHash,
        program: &Program,
        was_over: bool,
        now: Time,
    ) {
        let leave = came_back(program, was_over);
        self.begin_run(id, code, program, leave, now);
    }

    /// Begins the next run of an incident.
    pub(super) fn begin_run(
        &mut self,
        id: IncidentId,
        code: CodeHash,
        program: &Program,
        leave: Leave,
        now: Time,
    ) {
        let before = self.desk.again_from(id);
        let Some(incident) = self.model.incident(id) else {
            return;
        };
        let of = Of::incident(incident);
        let run = RunId::Incident(id, of.ordinal);
        let input = of.input(&self.store, program, leave, before.unwrap_or(now));
        let started = RunStarted {
            run,
            code,
            start: Some(input.start.clone()),
            leave: input.leave.clone(),
        };
        self.desk.add_run(run, code, Run::open(code, input, now));
        self.record(started, now);
        self.answer(run, run::Input::Begin, now);
    }
}

/// What the run of an incident may do that came back: after it was over, or after all its alerts had ended.
pub(super) fn came_back(program: &Program, was_over: bool) -> Leave {
    let after = match was_over {
        true => "it was resolved",
        false => "all its alerts had ended",
    };
    Leave::Look {
        reason: Reason::CameBack,
        text: format!("{} came back after {after}", program.runbook),
        then: None,
    }
}

/// The values that tell incidents apart.
fn key<'a>(program: &'a Program, bindings: &'a [Value]) -> impl Iterator<Item = &'a Value> {
    let parts = program.metadata.incident_per.iter();
    parts.filter_map(|KeyPart { binding, field }| {
        let value = bindings.get(usize::from(*binding))?;
        match (field, value) {
            (None, value) => Some(value),
            (Some(field), Value::Record(record)) => {
                record.fields.get(usize::from(*field))?.as_ref()
            }
            (Some(_), _) => None,
        }
    })
}

/// A human has it, all its alerts had ended, and one fires that nobody has heard of: that is a
/// matter to be looked at again. What is merely told again is not. An alert that began to fire anew had
/// ended before, also where that has not been told yet.
fn fires_again(incident: &Incident, alerts: &Alerts, occasion: &Occasion) -> bool {
    let Some((alert, since)) = &occasion.firing else {
        return false;
    };
    let is_with_a_human = incident.state.is_with_a_human();
    let heard = alerts.of(alert);
    let is_news = heard.is_none_or(|heard| match is_timeless(*since) {
        true => !heard.fires,
        false => heard.since < *since,
    });
    let had_ended = match alerts.firing() {
        0 => incident.cleared,
        others => others == 1 && alerts.fires_since(alert).is_some(),
    };
    is_with_a_human && incident.run.is_none() && had_ended && is_news
}

/// A human has it, and a firing is told once more whose end was told: one of several senders was slower. It fires no more,
/// or what fires next would be taken for known.
fn is_told_late(incident: &Incident, alerts: &Alerts, firing: &Option<(SmolStr, Time)>) -> bool {
    let Some((alert, since)) = firing else {
        return false;
    };
    let ended = alerts.of(alert).filter(|heard| !heard.fires);
    let is_it = ended.is_some_and(|heard| *since <= heard.since && !is_timeless(*since));
    is_it && incident.state.is_with_a_human() && incident.run.is_none()
}

/// Whether the sender of an alert does not say when it began.
fn is_timeless(since: Time) -> bool {
    since <= Time::default()
}

/// What an occasion means for the newest incident of its key.
pub(super) fn meaning(
    known: Option<(&Incident, &Alerts)>,
    occasion: &Occasion,
    now: Time,
) -> Meaning {
    let Some((incident, alerts)) = known else {
        return Meaning::Opens;
    };
    if !incident.state.is_over() {
        return match fires_again(incident, alerts, occasion) {
            true => Meaning::Reopens(incident.id),
            false => Meaning::Joins(incident.id),
        };
    }
    // While a run that was called off is at work, nothing else begins beside it.
    let is_at_work = incident.run.is_some();
    let is_recent = is_at_work || moment::since(incident.since, now) < REOPENS;
    // What fired before it was resolved tells nothing new, whichever alert of the key it is. Where a sender
    // does not say since when, only what fires all the while is known to have.
    let is_echo = occasion.firing.as_ref().is_some_and(|(alert, since)| {
        let fires = alerts.fires_since(alert);
        match is_timeless(*since) {
            true => fires.is_some(),
            false => *since <= incident.since || fires == Some(*since),
        }
    });
    match (is_echo, is_recent) {
        (true, true) => Meaning::Echoes(incident.id),
        // It was resolved a while ago, and its sender still says that it fires.
        (true, false) | (false, true) => Meaning::Reopens(incident.id),
        (false, false) => Meaning::Opens,
    }
}

/// The severity that a runbook begins with.
pub(super) fn severity(program: &Program) -> Severity {
    let first = program
        .metadata
        .severity
        .iter()
        .find(|case| case.when.is_none());
    first.map_or(Severity::None, |case| case.level)
}
