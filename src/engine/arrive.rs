//! Events as they arrive: matched, made to stand for a while, opened, joined; or dead-lettered with
//! the reason. Nothing that was accepted is dropped.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::fit::{Passed, title, title_of};
use super::matched::{Match, Matched, Parsed};
use super::open::Occasion;
use super::{Engine, decode};
use crate::diag::Code;
use crate::journal::{
    Alert, AlertReceived, Arrival, DeadLetter, Disposition, Event, EventId, EventReceived, Fact,
    IncidentId, IncidentRequested, RequestReceived, Standing, TriggerRef, Write,
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
    /// Decides about something that has arrived.
    pub(super) fn receive(&mut self, matched: Matched, now: Time) -> Accepted {
        let id = self.model.next_event();
        let first = self.desk.facts_so_far();
        let mut dwelling = Vec::new();
        let mut asks = Vec::new();
        let (event, accepted) = match matched {
            Matched::Alert(alert, matches) => {
                let accepted = self.alert(id, &alert, matches, &mut dwelling, now);
                (Event::Alert(alert), accepted)
            }
            Matched::Named {
                name,
                json,
                parsed,
                matches,
            } => {
                let accepted = self.named(id, &name, parsed, matches, now);
                (Event::Named { name, json }, accepted)
            }
            Matched::Request {
                runbook,
                json,
                by,
                roles,
                parsed,
                matches,
            } => {
                let asked = Asked {
                    runbook: &runbook,
                    by: &by,
                    roles: &roles,
                };
                let accepted = self.request(id, asked, parsed, matches, now);
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
            self.bury(letter, event.name(), 0);
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
        if let Some(received) = received {
            self.decided_before(first, received, now);
        }
        self.desk.write(Write::Arrived(Arrival {
            id,
            at: now,
            event,
            disposition,
        }));
        accepted
    }

    fn alert(
        &mut self,
        id: EventId,
        alert: &Alert,
        matches: Vec<Match>,
        dwelling: &mut Vec<TriggerRef>,
        now: Time,
    ) -> Accepted {
        let mut taken = Taking::default();
        if alert.standing == Standing::Resolved {
            self.stands_no_longer(alert, now);
        }
        let is_over = alert.standing == Standing::Firing && self.early.has_ended(alert, now);
        for Match { found, fits } in matches {
            let Some((_, trigger)) = self.runbooks.at(found) else {
                continue;
            };
            let bindings = match fits {
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
                // Its end was told before it: whoever would tell it again has nothing more to say.
                Standing::Firing if is_over => {}
                Standing::Resolved => {
                    taken.add(self.alert_resolved(&occasion, alert, now));
                }
                Standing::Firing => match holding {
                    Some(_) if self.is_known(&occasion) => {
                        taken.add(Some(self.open_or_join(occasion, now)));
                    }
                    Some(holding) => {
                        dwelling.extend(self.has_to_stand(alert, &occasion, holding, now));
                    }
                    None => taken.add(Some(self.open_or_join(occasion, now))),
                },
            }
        }
        if alert.standing == Standing::Resolved && taken.is_of_nothing() {
            self.early.ends(alert, now);
        }
        taken.accepted(alert.standing == Standing::Resolved, || {
            (Code::NoRunbook, self.runbooks.not_taken(alert))
        })
    }

    fn named(
        &mut self,
        id: EventId,
        name: &SmolStr,
        parsed: Parsed,
        matches: Vec<Match>,
        now: Time,
    ) -> Accepted {
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(why) => return dead(Code::EventMalformed, why),
        };
        let mut taken = Taking::default();
        let mut fields = Vec::new();
        if let Some(record) = self.runbooks.record(name) {
            if let DataType::Record(record) = record {
                fields = record.shape.fields.to_vec();
            }
            match decode::decode(&parsed, record) {
                Ok(_) => taken.kept = true,
                Err(misfit) => return dead(Code::EventMalformed, misfit.to_string()),
            }
        }
        let mut passed_by = BTreeSet::new();
        for Match { found, fits } in matches {
            match fits {
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
                        None => taken.add(Some(self.open_or_join(occasion, now))),
                    }
                }
                Err(passed) => {
                    let loaded = self.runbooks.at(found);
                    passed_by.extend(loaded.map(|(one, _)| one.program.passes(found.trigger)));
                    taken.passed(passed);
                }
            }
        }
        taken.accepted(false, || {
            let passed_by: Vec<String> = passed_by.into_iter().collect();
            let why = match passed_by.as_slice() {
                [] => format!("no runbook knows events called `{name}`"),
                _ => format!(
                    "no runbook took the event `{name}`: {}",
                    passed_by.join(", ")
                ),
            };
            (Code::NoRunbook, why)
        })
    }

    fn request(
        &mut self,
        id: EventId,
        asked: Asked<'_>,
        parsed: Parsed,
        matches: Option<Match>,
        now: Time,
    ) -> Accepted {
        let Asked { runbook, by, roles } = asked;
        let mut role = None;
        let known = matches.and_then(|Match { found, fits }| {
            let (loaded, trigger) = self.runbooks.at(found)?;
            Some((found, fits, loaded.program.clone(), trigger))
        });
        let Some((found, fits, program, trigger)) = known else {
            let why = format!("no runbook `{runbook}` takes requests");
            return dead(Code::NoRunbook, why);
        };
        if let TriggerKind::Request { by: Some(index) } = &trigger.kind {
            let wanted = program.roles.get(index.index()).map(|role| &role.name);
            if !wanted.is_some_and(|wanted| roles.contains(wanted)) {
                let role = wanted.cloned().unwrap_or_default();
                let why = format!("only `{role}` may ask for it");
                return dead(Code::RequestRefused, why);
            }
            role = wanted.cloned();
        }
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(why) => return dead(Code::EventMalformed, why),
        };
        let bindings = match fits {
            Ok(bindings) => bindings,
            Err(Passed::NotSo) => {
                let why = format!("{} for this request", program.passes(found.trigger));
                return dead(Code::RequestRefused, why);
            }
            Err(Passed::Failed(code, why)) => return dead(code, why),
        };
        let names = &program.metadata.bindings;
        let occasion = Occasion {
            event: id,
            found,
            bindings,
            firing: None,
            title: title_of(&format!("request for {runbook}"), names, &parsed),
        };
        if let Some(why) = self.lacks_key(&occasion) {
            return dead(Code::KeyEmpty, why);
        }
        let joins = self.is_known(&occasion);
        let incident = self.open_or_join(occasion, now);
        let requested = IncidentRequested {
            incident,
            event: id,
            by: by.clone(),
            role,
            parameters: parsed.to_string(),
        };
        self.record(requested, now);
        match joins {
            true => Accepted::Joined(incident),
            false => Accepted::Taken(vec![incident]),
        }
    }
}

/// A request, and who makes it.
#[derive(Clone, Copy)]
struct Asked<'a> {
    runbook: &'a SmolStr,
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

    /// Whether somebody would have had it, and has nothing for it.
    fn is_of_nothing(&self) -> bool {
        self.incidents.is_empty() && !self.runbooks.is_empty()
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
) -> Option<Fact> {
    Some(match event.clone() {
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
        // Put on record where it comes, with what became of the others.
        Event::Due { .. } => return None,
    })
}

/// What arrived, as it stands on the list of dead letters.
pub(super) fn body(event: &Event) -> String {
    match event {
        Event::Alert(alert) => {
            serde_json::to_string(&alert.labels).unwrap_or_else(|_| alert.name.to_string())
        }
        Event::Named { json, .. } | Event::Request { json, .. } => json.clone(),
        Event::Due { due, .. } => due.to_string(),
    }
}
