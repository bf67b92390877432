//! Alerts that have to stand for a while before anything comes of them.
//!
//! What stands is known by its runbook's name and its own fingerprint, never by a place in a table: when
//! other code is loaded, it is matched anew with the whole alert. The same runbook may take it by
//! another trigger, and the time that it has stood counts; what it does not take any more is a dead
//! letter, and the owner of the code that took it hears of it.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::Engine;
use super::arrive::body;
use super::desk::Trouble;
use super::duty::link;
use super::fit::{fit, from_alert, title};
use super::open::Occasion;
use super::runbooks::Found;
use super::timer::Timer;
use crate::diag::Code;
use crate::journal::{
    Alert, DeadLetter, Disposition, DwellEnd, DwellEnded, DwellMoved, DwellStarted, Error, Event,
    Holding, Journal, TriggerRef, Write,
};
use crate::run::moment;
use crate::value::{Duration, Time, Value};

/// Everything that stands.
#[derive(Debug, Default)]
pub struct Dwells {
    newest: u64,
    /// By fingerprint and runbook.
    standing: BTreeMap<(SmolStr, SmolStr), Dwell>,
    /// What a timer's number is about.
    numbers: BTreeMap<u64, (SmolStr, SmolStr)>,
}

/// One alert that stands for one runbook.
#[derive(Clone, Debug)]
struct Dwell {
    number: u64,
    holding: Holding,
    alert: Alert,
}

impl Dwells {
    fn add(&mut self, holding: Holding, alert: Alert) -> (Time, Timer) {
        self.newest += 1;
        let number = self.newest;
        let place = (holding.fingerprint.clone(), holding.runbook.clone());
        let until = holding.until;
        self.numbers.insert(number, place.clone());
        self.standing.insert(
            place,
            Dwell {
                number,
                holding,
                alert,
            },
        );
        (until, Timer::Holding(number))
    }

    fn take(&mut self, place: &(SmolStr, SmolStr)) -> Option<Dwell> {
        let dwell = self.standing.remove(place)?;
        self.numbers.remove(&dwell.number);
        Some(dwell)
    }
}

impl Engine {
    /// Lets an alert stand before anything comes of it. Told again, it goes on standing; one that began
    /// to fire anew begins anew. The trigger that it stands for, if it is there.
    pub(super) fn has_to_stand(
        &mut self,
        alert: &Alert,
        occasion: &Occasion,
        length: Duration,
        now: Time,
    ) -> Option<TriggerRef> {
        let (loaded, _) = self.runbooks.at(occasion.found)?;
        let holding = Holding {
            event: occasion.event,
            runbook: loaded.program.runbook.clone(),
            code: loaded.hash,
            trigger: u16::try_from(occasion.found.trigger).unwrap_or(u16::MAX),
            fingerprint: alert.fingerprint.clone(),
            from: now,
            until: moment::after(now, length),
        };
        let place = (holding.fingerprint.clone(), holding.runbook.clone());
        if let Some(known) = self.dwells.standing.get(&place) {
            if known.alert.since == alert.since {
                return Some(trigger_of(&known.holding));
            }
            self.ended_dwell(&place, DwellEnd::Anew, now);
        }
        let trigger = trigger_of(&holding);
        let started = DwellStarted {
            event: holding.event,
            trigger: trigger.clone(),
            fingerprint: holding.fingerprint.clone(),
            starts_at: alert.since,
            length,
            until: holding.until,
        };
        self.desk.fact(started, now);
        self.begin_dwell(holding, alert.clone());
        Some(trigger)
    }

    /// An alert is over: it stands for nobody any more.
    pub(super) fn stands_no_longer(&mut self, fingerprint: &SmolStr, now: Time) {
        let from = (fingerprint.clone(), SmolStr::default());
        let places = self.dwells.standing.range(from..);
        let places = places.take_while(|((of, _), _)| of == fingerprint);
        let places: Vec<_> = places.map(|(place, _)| place.clone()).collect();
        for place in places {
            self.ended_dwell(&place, DwellEnd::Cleared, now);
        }
    }

    /// The clock was set: what stands has stood for as long as before.
    pub(super) fn move_dwells(&mut self, by: Duration) {
        let places: Vec<_> = self.dwells.standing.keys().cloned().collect();
        for place in places {
            if let Some(Dwell { holding, alert, .. }) = self.end_dwell(&place) {
                let moved = Holding {
                    from: moment::after(holding.from, by),
                    until: moment::after(holding.until, by),
                    ..holding
                };
                self.begin_dwell(moved, alert);
            }
        }
    }

    /// An alert has stood long enough.
    pub(super) fn stood_long_enough(
        &mut self,
        journal: &dyn Journal,
        number: u64,
        now: Time,
    ) -> Result<(), Error> {
        let Some(place) = self.dwells.numbers.get(&number).cloned() else {
            return Ok(());
        };
        let Some(Dwell { holding, alert, .. }) = self.end_dwell(&place) else {
            return Ok(());
        };
        let taken = self.taken_by(&holding.runbook, &alert);
        let ended = DwellEnded {
            event: holding.event,
            trigger: trigger_of(&holding),
            how: match taken.is_some() {
                true => DwellEnd::Elapsed,
                false => DwellEnd::Unmatched,
            },
        };
        self.desk.fact(ended, now);
        let Some((found, bindings)) = taken else {
            return self.unmatched(journal, &holding, &alert, now);
        };
        let event = holding.event;
        let occasion = Occasion {
            event,
            found,
            bindings,
            firing: Some((alert.fingerprint.clone(), alert.since)),
            title: title(&alert),
        };
        let incident = self.open_or_join(journal, occasion, now)?;
        let disposition = Disposition::Taken(vec![incident]);
        self.desk.write(Write::Disposed { event, disposition });
        Ok(())
    }

    /// Takes up what stood when the agent stopped.
    pub(super) fn take_up_dwells(&mut self, journal: &dyn Journal, now: Time) -> Result<(), Error> {
        for holding in journal.holdings()? {
            let arrival = journal.event(holding.event)?;
            if let Some(Event::Alert(alert)) = arrival.map(|arrival| arrival.event) {
                let timer = self.dwells.add(holding, alert);
                self.timers.insert(timer);
            }
        }
        self.match_dwells(journal, now)
    }

    /// Other code is loaded: what stands is matched with it anew.
    pub(super) fn match_dwells(&mut self, journal: &dyn Journal, now: Time) -> Result<(), Error> {
        let places: Vec<_> = self.dwells.standing.keys().cloned().collect();
        for place in places {
            let Some(dwell) = self.dwells.standing.get(&place).cloned() else {
                continue;
            };
            let taken = self.taken_by(&dwell.holding.runbook, &dwell.alert);
            let Some((loaded, trigger)) = taken.and_then(|(found, _)| {
                let (loaded, trigger) = self.runbooks.at(found)?;
                Some((loaded.hash, (found.trigger, trigger.holding)))
            }) else {
                self.ended_dwell(&place, DwellEnd::Unmatched, now);
                self.unmatched(journal, &dwell.holding, &dwell.alert, now)?;
                continue;
            };
            let (trigger, length) = trigger;
            let holding = Holding {
                code: loaded,
                trigger: u16::try_from(trigger).unwrap_or(u16::MAX),
                // The time that it has stood counts.
                until: length.map_or(now, |length| moment::after(dwell.holding.from, length)),
                ..dwell.holding.clone()
            };
            if holding != dwell.holding {
                let moved = DwellMoved {
                    event: holding.event,
                    from: trigger_of(&dwell.holding),
                    to: trigger_of(&holding),
                    since: holding.from,
                    until: holding.until,
                };
                self.desk.fact(moved, now);
                self.end_dwell(&place);
                self.begin_dwell(holding, dwell.alert);
            }
        }
        Ok(())
    }

    fn begin_dwell(&mut self, holding: Holding, alert: Alert) {
        self.desk.write(Write::Holding(holding.clone()));
        let timer = self.dwells.add(holding, alert);
        self.timers.insert(timer);
    }

    /// What stood does so no longer, and that goes on the record.
    fn ended_dwell(&mut self, place: &(SmolStr, SmolStr), how: DwellEnd, now: Time) {
        if let Some(dwell) = self.end_dwell(place) {
            let ended = DwellEnded {
                event: dwell.holding.event,
                trigger: trigger_of(&dwell.holding),
                how,
            };
            self.desk.fact(ended, now);
        }
    }

    fn end_dwell(&mut self, place: &(SmolStr, SmolStr)) -> Option<Dwell> {
        let dwell = self.dwells.take(place)?;
        let Holding {
            event,
            ref runbook,
            trigger,
            until,
            ..
        } = dwell.holding;
        self.timers.remove(&(until, Timer::Holding(dwell.number)));
        self.desk.write(Write::HoldingGone {
            event,
            runbook: runbook.clone(),
            trigger,
        });
        Some(dwell)
    }

    /// The first trigger of the runbook that takes the alert, with its bindings.
    fn taken_by(&self, runbook: &SmolStr, alert: &Alert) -> Option<(Found, Vec<Value>)> {
        let found = self.runbooks.on_alert(alert).into_iter();
        found.into_iter().find_map(|found| {
            let (loaded, trigger) = self.runbooks.at(found)?;
            if loaded.program.runbook != *runbook {
                return None;
            }
            let bindings = fit(&loaded.program, trigger, |binding| {
                from_alert(binding, alert)
            });
            Some((found, bindings.ok()?))
        })
    }

    /// The runbook that it stood for does not take it any more.
    fn unmatched(
        &mut self,
        journal: &dyn Journal,
        holding: &Holding,
        alert: &Alert,
        now: Time,
    ) -> Result<(), Error> {
        let (event, runbook) = (holding.event, &holding.runbook);
        let why = format!(
            "the alert `{}` stood for the runbook `{runbook}`, which does not take it any more",
            alert.name
        );
        let stood = Event::Alert(alert.clone());
        let program = self.desk.program(journal, holding.code);
        let owner = program.as_ref().ok().and_then(|program| link(program, 0));
        let letter = DeadLetter {
            event: Some(event),
            at: now,
            source: stood.source(),
            code: Code::NoRunbook.as_str().into(),
            why: why.clone(),
            body: body(&stood),
        };
        self.bury_for(letter, owner.map(|(_, address, _)| address));
        let disposition = Disposition::Dead;
        self.desk.write(Write::Disposed { event, disposition });
        match program {
            Ok(program) => {
                self.tell_owner(&program, event, &title(alert), &why, now);
                Ok(())
            }
            Err(Trouble::Store(error)) => Err(error),
            Err(Trouble::Unreadable | Trouble::Ended) => Ok(()),
        }
    }
}

/// The trigger that an alert stands for.
pub(super) fn trigger_of(holding: &Holding) -> TriggerRef {
    TriggerRef {
        runbook: holding.runbook.clone(),
        code: holding.code,
        place: holding.trigger,
    }
}
