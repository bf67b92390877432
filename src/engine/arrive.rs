//! Events as they arrive: matched, made to stand for a while, opened, joined; or dead-lettered with
//! the reason. Nothing that was accepted is dropped.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use smol_str::SmolStr;

use super::fit::{Passed, fit, from_alert, from_event, from_request, title, title_of};
use super::open::Occasion;
use super::{Arriving, Engine, decode};
use crate::diag::Code;
use crate::journal::{
    Alert, AlertReceived, Arrival, DeadLetter, Disposition, Error, Event, EventId, EventReceived,
    Fact, Happened, IncidentId, Journal, RequestReceived, Standing, TriggerRef, Write,
};
use crate::program::{DataType, TriggerKind};
use crate::value::Time;

/// What became of something that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// These incidents have it.
    Taken(Vec<IncidentId>),
    /// A request for what is under way already: this incident has it.
    Joined(IncidentId),
    /// It has to stand for a while first, or is there to be asked for.
    Kept,
    /// It is on the list of dead letters, for this reason.
    Dead { code: &'static str, why: String },
}

impl Engine {
    /// Accepts something. Once the batch is durable, nothing loses it.
    pub fn accept(
        &mut self,
        journal: &dyn Journal,
        arriving: Arriving,
        now: Time,
    ) -> Result<Accepted, Error> {
        let id = self.model.next_event();
        let first = self.desk.facts_so_far();
        let mut dwelling = Vec::new();
        let mut asks = Vec::new();
        let (event, accepted) = match arriving {
            Arriving::Alert(alert) => {
                let accepted = self.alert(journal, id, &alert, &mut dwelling, now)?;
                (Event::Alert(alert), accepted)
            }
            Arriving::Named { name, json } => {
                let accepted = self.named(journal, id, &name, &json, now)?;
                (Event::Named { name, json }, accepted)
            }
            Arriving::Request {
                runbook,
                json,
                by,
                roles,
            } => {
                let asked = Asked {
                    runbook: &runbook,
                    json: &json,
                    by: &by,
                    roles: &roles,
                };
                let accepted = self.request(journal, id, asked, now)?;
                asks = roles;
                (Event::Request { runbook, json, by }, accepted)
            }
        };
        if let Accepted::Dead { code, why } = &accepted {
            let letter = DeadLetter {
                event: Some(id),
                at: now,
                source: event.source(),
                code: (*code).into(),
                why: why.clone(),
                body: body(&event),
            };
            self.bury(letter, event.name());
        }
        let disposition = match &accepted {
            Accepted::Taken(incidents) => Disposition::Taken(incidents.clone()),
            Accepted::Joined(incident) => Disposition::Taken(vec![*incident]),
            Accepted::Kept => Disposition::Kept,
            Accepted::Dead { .. } => Disposition::Dead,
        };
        let taken = match &accepted {
            Accepted::Taken(incidents) => incidents.clone(),
            Accepted::Joined(incident) => vec![*incident],
            Accepted::Kept | Accepted::Dead { .. } => Vec::new(),
        };
        let received = received(id, &event, taken, dwelling, asks);
        self.decided_before(first, received, now);
        self.desk.write(Write::Arrived(Arrival {
            id,
            at: now,
            event,
            disposition,
        }));
        self.work_on(journal, now)?;
        Ok(accepted)
    }

    fn alert(
        &mut self,
        journal: &dyn Journal,
        id: EventId,
        alert: &Alert,
        dwelling: &mut Vec<TriggerRef>,
        now: Time,
    ) -> Result<Accepted, Error> {
        let mut taken = Taking::default();
        if alert.standing == Standing::Resolved {
            self.stands_no_longer(alert, now);
        }
        for found in self.runbooks.on_alert(alert) {
            let Some((loaded, trigger)) = self.runbooks.at(found) else {
                continue;
            };
            // Of several triggers of a runbook the first one that fits counts.
            if taken.runbooks.contains(&found.runbook) {
                continue;
            }
            let program = loaded.program.clone();
            let bindings = match fit(&program, trigger, |binding| from_alert(binding, alert)) {
                Ok(bindings) => bindings,
                Err(passed) => {
                    taken.passed(passed);
                    continue;
                }
            };
            let holding = trigger.holding;
            taken.runbooks.push(found.runbook);
            let occasion = Occasion {
                event: id,
                found,
                bindings,
                firing: Some((alert.fingerprint.clone(), alert.since)),
                title: title(alert),
            };
            if let Some(why) = self.lacks_key(&occasion) {
                taken.keyless = Some(why);
                continue;
            }
            match alert.standing {
                Standing::Resolved => {
                    taken.add(self.alert_resolved(journal, &occasion, &alert.fingerprint, now)?);
                }
                Standing::Firing => match holding {
                    Some(_) if self.is_known(journal, &occasion)? => {
                        taken.add(Some(self.open_or_join(journal, occasion, now)?));
                    }
                    Some(holding) => {
                        dwelling.extend(self.has_to_stand(alert, &occasion, holding, now));
                    }
                    None => taken.add(Some(self.open_or_join(journal, occasion, now)?)),
                },
            }
        }
        Ok(taken.accepted(alert.standing == Standing::Resolved, || {
            (Code::NoRunbook, self.runbooks.not_taken(alert))
        }))
    }

    fn named(
        &mut self,
        journal: &dyn Journal,
        id: EventId,
        name: &SmolStr,
        json: &str,
        now: Time,
    ) -> Result<Accepted, Error> {
        let parsed: Json = match serde_json::from_str(json) {
            Ok(parsed) => parsed,
            Err(error) => {
                return Ok(dead(
                    Code::EventMalformed,
                    format!("it is not JSON: {error}"),
                ));
            }
        };
        let mut taken = Taking::default();
        let mut fields = Vec::new();
        if let Some(record) = self.runbooks.record(name) {
            if let DataType::Record(record) = record {
                fields = record.shape.fields.to_vec();
            }
            match decode::decode(&parsed, record) {
                Ok(_) => taken.kept = true,
                Err(misfit) => return Ok(dead(Code::EventMalformed, misfit.to_string())),
            }
        }
        let mut passed_by = BTreeSet::new();
        for found in self.runbooks.on_event(name).to_vec() {
            let Some((loaded, trigger)) = self.runbooks.at(found) else {
                continue;
            };
            let program = loaded.program.clone();
            match fit(&program, trigger, |binding| from_event(binding, &parsed)) {
                Ok(bindings) => {
                    let occasion = Occasion {
                        event: id,
                        found,
                        bindings,
                        firing: None,
                        title: title_of(name, &fields, &parsed),
                    };
                    match self.lacks_key(&occasion) {
                        Some(why) => taken.keyless = Some(why),
                        None => taken.add(Some(self.open_or_join(journal, occasion, now)?)),
                    }
                }
                Err(passed) => {
                    passed_by.insert(format!("`{}`", program.runbook));
                    taken.passed(passed);
                }
            }
        }
        Ok(taken.accepted(false, || {
            let passed_by: Vec<String> = passed_by.into_iter().collect();
            let why = match passed_by.as_slice() {
                [] => format!("no runbook knows events called `{name}`"),
                _ => format!(
                    "no runbook took the event `{name}`: a `where` of {} is false",
                    passed_by.join(", ")
                ),
            };
            (Code::NoRunbook, why)
        }))
    }

    fn request(
        &mut self,
        journal: &dyn Journal,
        id: EventId,
        asked: Asked<'_>,
        now: Time,
    ) -> Result<Accepted, Error> {
        let Asked {
            runbook,
            json,
            by,
            roles,
        } = asked;
        let mut role = None;
        let Some(found) = self.runbooks.on_request(runbook) else {
            return Ok(dead(
                Code::NoRunbook,
                format!("no runbook `{runbook}` takes requests"),
            ));
        };
        let Some((loaded, trigger)) = self.runbooks.at(found) else {
            return Ok(dead(
                Code::NoRunbook,
                format!("no runbook `{runbook}` takes requests"),
            ));
        };
        let program = loaded.program.clone();
        if let TriggerKind::Request { by: Some(index) } = &trigger.kind {
            let wanted = program.roles.get(index.index()).map(|role| &role.name);
            if !wanted.is_some_and(|wanted| roles.contains(wanted)) {
                let role = wanted.cloned().unwrap_or_default();
                let why = format!("only `{role}` may ask for it");
                return Ok(dead(Code::RequestRefused, why));
            }
            role = wanted.cloned();
        }
        let parsed: Json = match serde_json::from_str(json) {
            Ok(parsed) => parsed,
            Err(error) => {
                return Ok(dead(
                    Code::EventMalformed,
                    format!("it is not JSON: {error}"),
                ));
            }
        };
        let names = program.metadata.bindings.clone();
        let mut name = names.iter();
        let bindings = fit(&program, trigger, |binding| {
            from_request(&program, binding, name.next(), &parsed)
        });
        match bindings {
            Ok(bindings) => {
                let occasion = Occasion {
                    event: id,
                    found,
                    bindings,
                    firing: None,
                    title: title_of(&format!("request for {runbook}"), &names, &parsed),
                };
                if let Some(why) = self.lacks_key(&occasion) {
                    return Ok(dead(Code::KeyEmpty, why));
                }
                let joins = self.is_known(journal, &occasion)?;
                let incident = self.open_or_join(journal, occasion, now)?;
                let happened = Happened::Requested {
                    by: by.clone(),
                    role,
                    parameters: parsed.to_string(),
                };
                self.desk.note(journal, incident, now, happened)?;
                Ok(match joins {
                    true => Accepted::Joined(incident),
                    false => Accepted::Taken(vec![incident]),
                })
            }
            Err(Passed::NotSo) => Ok(dead(
                Code::RequestRefused,
                format!("the `where` of `{runbook}` is false for this request"),
            )),
            Err(Passed::Failed(code, why)) => Ok(dead(code, why)),
        }
    }
}

/// A request, and who makes it.
#[derive(Clone, Copy)]
struct Asked<'a> {
    runbook: &'a SmolStr,
    json: &'a str,
    by: &'a SmolStr,
    roles: &'a [SmolStr],
}

/// What the runbooks made of an event, put together.
#[derive(Default)]
struct Taking {
    runbooks: Vec<usize>,
    incidents: Vec<IncidentId>,
    kept: bool,
    failed: Option<(Code, String)>,
    /// Why the event has no key for somebody who would take it.
    keyless: Option<String>,
}

impl Taking {
    fn add(&mut self, incident: Option<IncidentId>) {
        self.incidents.extend(incident);
    }

    fn passed(&mut self, passed: Passed) {
        match passed {
            Passed::NotSo => {}
            Passed::Failed(code, why) => self.failed = Some((code, why)),
        }
    }

    /// A condition that failed matters only if nobody else took the event.
    fn accepted(self, is_news: bool, nobody: impl FnOnce() -> (Code, String)) -> Accepted {
        if !self.incidents.is_empty() {
            return Accepted::Taken(self.incidents);
        }
        if let Some(why) = self.keyless {
            return dead(Code::KeyEmpty, why);
        }
        if self.kept || !self.runbooks.is_empty() {
            return Accepted::Kept;
        }
        match self.failed {
            Some((code, why)) => dead(code, why),
            // That something is over which nobody took up is no loss.
            None if is_news => Accepted::Kept,
            None => {
                let (code, why) = nobody();
                dead(code, why)
            }
        }
    }
}

fn dead(code: Code, why: String) -> Accepted {
    Accepted::Dead {
        code: code.as_str(),
        why,
    }
}

/// That something was accepted, and what became of it.
fn received(
    id: EventId,
    event: &Event,
    taken: Vec<IncidentId>,
    dwelling: Vec<TriggerRef>,
    roles: Vec<SmolStr>,
) -> Fact {
    match event.clone() {
        Event::Alert(alert) => AlertReceived {
            event: id,
            by: None,
            alert: Some(Box::new(alert)),
            taken,
            dwelling,
        }
        .into(),
        Event::Named { name, json } => EventReceived {
            event: id,
            by: None,
            name,
            body: json,
            taken,
        }
        .into(),
        Event::Request { runbook, json, by } => RequestReceived {
            event: id,
            by,
            roles,
            runbook,
            parameters: json,
            taken,
        }
        .into(),
    }
}

/// What arrived, as it stands on the list of dead letters.
pub(super) fn body(event: &Event) -> String {
    match event {
        Event::Alert(alert) => {
            serde_json::to_string(&alert.labels).unwrap_or_else(|_| alert.name.to_string())
        }
        Event::Named { json, .. } | Event::Request { json, .. } => json.clone(),
    }
}
