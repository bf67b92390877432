//! Alerts that have to stand for a while before anything comes of them.
//!
//! What stands is known by its runbook's name and its own fingerprint, never by a place in a table: when
//! other code is loaded, it is matched anew with the whole alert. The same runbook may take it by
//! another trigger, and the time that it has stood counts; what it does not take any more is a dead
//! letter, and the owner of the code that took it hears of it.

use smol_str::SmolStr;

use super::Engine;
use super::arrive::body;
use super::decide::dwell;
use super::duty::link;
use super::fit::{fit, from_alert, title};
use super::model::StandingAlert;
use super::open::Occasion;
use super::runbooks::Found;
use crate::diag::Code;
use crate::journal::{
    Alert, DeadLetter, Disposition, Dwell, DwellEnd, Event, EventId, Needs, TriggerRef, Write,
};
use crate::planted::Planted;
use crate::run::moment;
use crate::value::{Duration, Time, Value};

impl Engine {
    /// Lets an alert stand before anything comes of it. The trigger that it stands for, if it is there.
    pub(super) fn has_to_stand(
        &mut self,
        alert: &Alert,
        occasion: &Occasion,
        length: Duration,
        now: Time,
    ) -> Option<TriggerRef> {
        let (loaded, _) = self.runbooks.at(occasion.found)?;
        let dwell = Dwell {
            event: occasion.event,
            runbook: loaded.program.runbook.clone(),
            code: loaded.hash,
            trigger: u16::try_from(occasion.found.trigger).unwrap_or(u16::MAX),
            fingerprint: alert.fingerprint.clone(),
            from: now,
            until: moment::after(now, length),
        };
        let (trigger, decision) = dwell::stands(&self.model, alert, &dwell, length);
        for fact in decision.facts {
            self.record(fact, now);
        }
        Some(trigger)
    }

    /// An alert is over: it stands for nobody any more.
    pub(super) fn stands_no_longer(&mut self, alert: &Alert, now: Time) {
        for fact in dwell::cleared(&self.model, alert).facts {
            self.record(fact, now);
        }
    }

    /// What an event told has stood long enough, where it is due by now.
    pub(super) fn stood_long_enough(&mut self, event: EventId, now: Time) {
        let due = self.model.dwells_of(event);
        let due = due.filter(|standing| standing.dwell.until <= now).cloned();
        for StandingAlert { dwell, alert } in due.collect::<Vec<_>>() {
            if self.is_elsewhere(&dwell.runbook) {
                continue;
            }
            let taken = self.taken_by(&dwell.runbook, &alert);
            let how = match taken.is_some() {
                true => DwellEnd::Elapsed,
                false => DwellEnd::Unmatched,
            };
            self.record(dwell::ended(&dwell, how), now);
            let Some((found, bindings)) = taken else {
                self.unmatched(&dwell, &alert, now);
                continue;
            };
            let occasion = Occasion {
                event,
                found,
                bindings,
                firing: Some((alert.fingerprint.clone(), alert.since)),
                title: title(&alert),
            };
            let incident = self.open_or_join(occasion, now);
            let disposition = Disposition::Taken(vec![incident]);
            self.desk.write(Write::Disposed { event, disposition });
        }
    }

    /// What is needed once something has stood long enough, and is not at hand.
    pub(super) fn lacks_for_dwells(&self, event: EventId) -> Needs {
        let mut needs = Needs::default();
        for standing in self.model.dwells_of(event) {
            let runbook = &standing.dwell.runbook;
            needs.add(self.lacks_code(Some(standing.dwell.code)));
            let newest = self
                .taken_by(runbook, &standing.alert)
                .and_then(|(found, bindings)| self.newest_at(found, &bindings, event));
            if let Some(id) = newest {
                needs.add(self.lacks_incident(id));
            }
        }
        needs
    }

    /// Other code is loaded: what stands is matched with it anew.
    pub(super) fn match_dwells(&mut self, now: Time) {
        let standing: Vec<StandingAlert> = self.model.dwells().cloned().collect();
        for standing in standing {
            if self.is_elsewhere(&standing.dwell.runbook) {
                continue;
            }
            let taken = self.taken_by(&standing.dwell.runbook, &standing.alert);
            let Some((to, length)) = taken.and_then(|(found, _)| {
                let (loaded, trigger) = self.runbooks.at(found)?;
                let to = TriggerRef {
                    runbook: loaded.program.runbook.clone(),
                    code: loaded.hash,
                    place: u16::try_from(found.trigger).unwrap_or(u16::MAX),
                };
                Some((to, trigger.holding))
            }) else {
                let ended = dwell::ended(&standing.dwell, DwellEnd::Unmatched);
                self.record(ended, now);
                self.unmatched(&standing.dwell, &standing.alert, now);
                continue;
            };
            let decision = dwell::moves(&standing, to, length, now);
            self.carry_out(decision, now);
        }
    }

    /// Whether a runbook may be one of those that are not loaded here alone, so that what stands for it goes on.
    fn is_elsewhere(&self, runbook: &SmolStr) -> bool {
        self.runbooks.is_part() && self.runbooks.named(runbook).is_none()
    }

    /// The first trigger of the runbook that takes the alert, with its bindings.
    fn taken_by(&self, runbook: &SmolStr, alert: &Alert) -> Option<(Found, Vec<Value>)> {
        let found = self.runbooks.on_alert(alert).into_iter();
        found.into_iter().find_map(|found| {
            let (loaded, trigger) = self.runbooks.at(found)?;
            if loaded.program.runbook != *runbook && !Planted::PlaceIsIdentity.is_in() {
                return None;
            }
            let bindings = fit(&loaded.program, trigger, |binding| {
                from_alert(binding, alert)
            });
            Some((found, bindings.ok()?))
        })
    }

    /// The runbook that it stood for does not take it any more.
    fn unmatched(&mut self, dwell: &Dwell, alert: &Alert, now: Time) {
        let (event, runbook) = (dwell.event, &dwell.runbook);
        let why = format!(
            "the alert `{}` stood for the runbook `{runbook}`, which does not take it any more",
            alert.name
        );
        let stood = Event::Alert(alert.clone());
        let program = self.desk.program(dwell.code);
        let owner = program.as_ref().ok().and_then(|program| link(program, 0));
        let letter = DeadLetter {
            event: Some(event),
            at: now,
            source: stood.source(),
            code: Code::NoRunbook.as_str().into(),
            why: why.clone(),
            body: body(&stood),
        };
        // Told below, to whom it stood for.
        self.keep_letter(letter, owner.map(|(_, address, _)| address));
        let disposition = Disposition::Dead;
        self.desk.write(Write::Disposed { event, disposition });
        if let Ok(program) = program {
            self.tell_owner(&program, event, &title(alert), &why, now);
        }
    }
}
