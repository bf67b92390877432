//! Schedules: which due times have come, and what becomes of them.
//!
//! In: what is loaded, up to when the due times of each schedule have been dealt with, the time. Out: an incident for a
//! due time, or that it was missed, and when one is due next. While a run of the runbook is at work a due time waits, for
//! as long as the patience of the runbook lasts. What came while no agent ran, what a clock was set over, and what has
//! waited for too long is missed: the newest is made up for or left, as the schedule says, and one fact tells how many
//! there were. No list of them is ever walked from its beginning.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use smol_str::SmolStr;

use super::Engine;
use super::fit::fit;
use super::open::{Occasion, severity};
use super::runbooks::{Found, Runbooks};
use super::timer::Timer;
use super::work::Work;
use crate::journal::{
    Arrival, Disposition, DueHow, Event, Fact, RunId, ScheduleDue, ScheduleEnded, Scheduled,
    TriggerRef, Write,
};
use crate::literal::{Gone, Schedule};
use crate::planted::Planted;
use crate::program::Missed;
use crate::run::moment;
use crate::value::{Duration, Time, Value};

/// So many due times are counted at most.
const COUNTED: u32 = 1_000;

/// What is looked at so much later than it was due was missed, though nothing kept it from its turn.
const STOOD_STILL: Duration = Duration::from_millis(60_000);

/// The schedules that are loaded.
#[derive(Debug, Default)]
pub struct Schedules {
    watched: BTreeMap<Scheduled, Watched>,
    /// What was due before this was not watched.
    since: Time,
    /// What is asked for already.
    timer: Option<Time>,
}

impl Schedules {
    /// They are watched from now on.
    pub fn since(now: Time) -> Schedules {
        Schedules {
            since: now,
            ..Schedules::default()
        }
    }
}

/// One of them.
#[derive(Clone, Debug)]
struct Watched {
    found: Found,
    trigger: TriggerRef,
    schedule: Schedule,
    zone: TimeZone,
    /// It was due then, and waits until then for a run to end.
    waits: Option<(Time, Time)>,
    /// When it is looked at next.
    look: Option<Time>,
}

impl Watched {
    fn fact(&self, (_, schedule, zone): &Scheduled, how: DueHow, gone: Gone) -> ScheduleDue {
        ScheduleDue {
            trigger: self.trigger.clone(),
            schedule: schedule.clone(),
            zone: zone.clone(),
            due: gone.newest,
            how,
            first: gone.first,
            count: gone.count,
            event: None,
            incident: None,
        }
    }
}

/// What becomes of a due time.
enum Becomes {
    /// It waits for the run that is at work.
    Waits,
    Is(DueHow),
}

impl Engine {
    /// Watches the schedules of what is loaded; one that is new begins now, also where it was there once.
    pub(super) fn watch_schedules(&mut self, now: Time) {
        let mut former = std::mem::take(&mut self.schedules.watched);
        let loaded = schedules_of(&self.runbooks);
        if !self.runbooks.is_part() {
            let known = self.model.known_schedules();
            let gone: Vec<_> = known
                .filter(|of| !loaded.contains_key(*of))
                .cloned()
                .collect();
            for of in gone {
                let (runbook, schedule, zone) = of;
                let ended = ScheduleEnded {
                    runbook,
                    schedule,
                    zone,
                };
                self.record(ended, now);
            }
        }
        for (of, watched) in loaded {
            if self.model.dealt_with(&of).is_none() {
                let begins = watched.fact(&of, DueHow::Begins, once(now));
                self.record(begins, now);
            }
            let patience = self.patience_of(watched.found);
            let waits = self.model.waits_for_a_run(&of);
            let waits = waits.map(|due| (due, moment::after(due, patience)));
            let known = former.remove(&of).and_then(|known| known.waits);
            let look = self.model.dealt_with(&of);
            let look = look.and_then(|dealt| watched.schedule.next(&watched.zone, dealt));
            let watched = Watched {
                waits: known.or(waits),
                look,
                ..watched
            };
            self.schedules.watched.insert(of, watched);
        }
        self.set_schedule_timer();
    }

    /// The clock was set: what it was set over was missed, and the next due times are elsewhere.
    pub(super) fn schedules_stepped(&mut self, by: Duration, now: Time) {
        self.schedules.since = now;
        for (of, watched) in &mut self.schedules.watched {
            watched.waits = watched
                .waits
                .map(|(due, until)| (due, moment::after(until, by)));
            let dealt = self.model.dealt_with(of);
            watched.look =
                dealt.and_then(|dealt| watched.schedule.next(&watched.zone, dealt.min(now)));
        }
        self.schedules.timer = None;
        self.set_schedule_timer();
    }

    /// Up to when due times have been dealt with by a clock that was ahead: none of them comes again.
    pub(super) fn schedules_ahead(&self, now: Time) -> Option<Time> {
        let watched = self.schedules.watched.keys();
        let dealt = watched.filter_map(|of| self.model.dealt_with(of));
        dealt.filter(|dealt| *dealt > now).max()
    }

    /// Some are due by now: the gravest first, then by name.
    pub(super) fn schedules_due(&mut self, now: Time) {
        self.schedules.timer = None;
        let watched = self.schedules.watched.iter_mut();
        let due = watched.filter(|(_, one)| one.look.is_some_and(|look| look <= now));
        let mut due: Vec<_> = due
            .map(|(of, one)| {
                one.look = None;
                let loaded = self.runbooks.at(one.found);
                let severity = loaded.map(|(loaded, _)| severity(&loaded.program));
                (Reverse(severity), of.clone())
            })
            .collect();
        due.sort();
        let due = due.into_iter().map(|(_, of)| Work::Due(of));
        self.work.extend(due);
        self.set_schedule_timer();
    }

    /// A run has ended: what waited for that is looked at.
    pub(super) fn schedules_wait_no_more(&mut self, runbook: Option<SmolStr>) {
        let Some(runbook) = runbook else {
            return;
        };
        let first = (runbook.clone(), SmolStr::default(), SmolStr::default());
        let own = self.schedules.watched.range(first..);
        let own = own.take_while(|((of, ..), _)| *of == runbook);
        let due: Vec<_> = own.map(|(of, _)| Work::Due(of.clone())).collect();
        self.work.extend(due);
    }

    /// The runbook of the run that a fact ends.
    pub(super) fn runbook_that_ends(&self, fact: &Fact) -> Option<SmolStr> {
        let run: RunId = match fact {
            Fact::RunEnded(fact) => fact.run,
            Fact::RunQuarantined(fact) => fact.run,
            _ => return None,
        };
        self.model.runbook_of(run).cloned()
    }

    /// What has come of a schedule since it was dealt with last.
    pub(super) fn schedule_came(&mut self, of: &Scheduled, now: Time) {
        let dealt = self.model.dealt_with(of);
        let Some((watched, dealt)) = self.schedules.watched.get(of).cloned().zip(dealt) else {
            return;
        };
        let dealt = match Planted::DueAgain.is_in() {
            true => dealt.min(self.schedules.since),
            false => dealt,
        };
        let (schedule, zone) = (&watched.schedule, &watched.zone);
        let (waits, look) = match schedule.gone(zone, dealt, now, COUNTED) {
            None => (None, schedule.next(zone, dealt)),
            // It has an incident, of another schedule or of before a clock was put back.
            Some(gone) if self.has_incident(of, gone) => {
                self.comes_to(of, &watched, DueHow::OnTime, gone, now);
                (None, schedule.next(zone, gone.newest))
            }
            Some(gone) => {
                let until = self.waits_until(&watched, gone);
                match self.becomes(&watched, &of.0, gone, until, now) {
                    Becomes::Waits => {
                        let look = self.waits(of, &watched, gone, until, now);
                        (Some((gone.newest, until)), look)
                    }
                    Becomes::Is(how) => {
                        self.comes_to(of, &watched, how, gone, now);
                        (None, schedule.next(zone, gone.newest))
                    }
                }
            }
        };
        if let Some(known) = self.schedules.watched.get_mut(of) {
            known.waits = waits;
            known.look = look;
        }
        self.set_schedule_timer();
    }

    fn has_incident(&self, (runbook, ..): &Scheduled, gone: Gone) -> bool {
        let key = gone.newest.to_string();
        self.model.newest_of(runbook, &key).is_some()
    }

    fn patience_of(&self, found: Found) -> Duration {
        let loaded = self.runbooks.at(found);
        let patience = loaded.map(|(loaded, _)| loaded.program.metadata.patience);
        patience.unwrap_or_default()
    }

    /// How long a due time waits for a run that is at work.
    fn waits_until(&self, watched: &Watched, gone: Gone) -> Time {
        let known = watched.waits.filter(|(due, _)| *due == gone.newest);
        let patience = self.patience_of(watched.found);
        known.map_or_else(|| moment::after(gone.newest, patience), |(_, until)| until)
    }

    fn becomes(
        &self,
        watched: &Watched,
        runbook: &str,
        gone: Gone,
        until: Time,
        now: Time,
    ) -> Becomes {
        let is_busy = self.model.is_busy(runbook) && !Planted::DueBesideRun.is_in();
        let has_waited = watched.waits.is_some_and(|(due, _)| due == gone.newest);
        let was_watched = has_waited || gone.newest > self.schedules.since;
        // An agent that stood still looks late: what nothing kept from its turn has a little longer.
        let is_late = match is_busy || has_waited {
            true => now >= until,
            false => now >= until.max(moment::after(gone.newest, STOOD_STILL)),
        };
        match (was_watched && !is_late, is_busy) {
            (true, false) => Becomes::Is(DueHow::OnTime),
            (true, true) => Becomes::Waits,
            (false, false) if self.makes_up(watched, gone, now) => Becomes::Is(DueHow::MadeUp),
            (false, true) if self.makes_up(watched, gone, now) => Becomes::Waits,
            (false, _) => Becomes::Is(DueHow::Skipped),
        }
    }

    /// Whether it makes up for what was missed.
    fn makes_up(&self, watched: &Watched, gone: Gone, now: Time) -> bool {
        let known = self.runbooks.at(watched.found);
        let known = known.and_then(|(_, trigger)| trigger.kind.schedule());
        known.is_some_and(|(_, _, missed)| match missed {
            Missed::Skip => false,
            Missed::Once => true,
            Missed::OnceWithin(within) => moment::since(gone.newest, now) <= within,
        })
    }

    /// The newest one waits; those before it that have waited for too long are missed, where nothing makes up for them. When
    /// it is looked at again.
    fn waits(
        &mut self,
        of: &Scheduled,
        watched: &Watched,
        gone: Gone,
        until: Time,
        now: Time,
    ) -> Option<Time> {
        let (schedule, zone) = (&watched.schedule, &watched.zone);
        let dealt = self.model.dealt_with(of)?;
        let mut looks = vec![schedule.next(zone, now)];
        if !self.makes_up(watched, gone, now) {
            let patience = moment::since(gone.newest, until);
            let late = schedule.gone(zone, dealt, moment::before(now, patience), COUNTED);
            if let Some(late) = late {
                self.comes_to(of, watched, DueHow::Skipped, late, now);
            }
            let first = schedule.next(zone, late.map_or(dealt, |late| late.newest));
            looks.push(first.map(|first| moment::after(first, patience)));
        }
        if self.model.waits_for_a_run(of) != Some(gone.newest) {
            self.record(watched.fact(of, DueHow::Waits, gone), now);
        }
        let looks = looks.into_iter().flatten();
        looks.filter(|look| *look > now).min()
    }

    /// It is put on record, and opens its incident.
    fn comes_to(&mut self, of: &Scheduled, watched: &Watched, how: DueHow, gone: Gone, now: Time) {
        let (runbook, schedule, zone) = of.clone();
        let key = SmolStr::from(gone.newest.to_string());
        let bindings = match how {
            DueHow::OnTime | DueHow::MadeUp => self.bound_by(watched.found),
            DueHow::Begins | DueHow::Skipped | DueHow::Same | DueHow::Waits => None,
        };
        let Some(bindings) = bindings else {
            let skipped = watched.fact(of, DueHow::Skipped, gone);
            return self.record(skipped, now);
        };
        if let Some(incident) = self.model.newest_of(&runbook, &key) {
            let same = ScheduleDue {
                incident: Some(incident),
                ..watched.fact(of, DueHow::Same, gone)
            };
            return self.record(same, now);
        }
        let (event, incident) = (self.model.next_event(), self.model.next_incident());
        let due = ScheduleDue {
            event: Some(event),
            incident: Some(incident),
            ..watched.fact(of, how, gone)
        };
        self.record(due, now);
        let title = format!("{schedule} in {zone}, due {key}");
        self.desk.write(Write::Arrived(Arrival {
            id: event,
            at: now,
            event: Event::Due {
                runbook: runbook.clone(),
                schedule,
                zone,
                due: gone.newest,
            },
            disposition: Disposition::Taken(vec![incident]),
        }));
        let occasion = Occasion {
            event,
            found: watched.found,
            bindings,
            firing: None,
            title,
        };
        self.open(occasion, runbook, key, now);
    }

    /// What a due time binds, which is nothing that holds a value; none where a condition of the trigger does not hold.
    fn bound_by(&self, found: Found) -> Option<Vec<Value>> {
        let (loaded, trigger) = self.runbooks.at(found)?;
        fit(&loaded.program, trigger, |_| Ok(Value::None)).ok()
    }

    /// Asks to be woken when the next one is to be looked at.
    fn set_schedule_timer(&mut self) {
        let looks = self.schedules.watched.values();
        let Some(next) = looks.filter_map(|one| one.look).min() else {
            return;
        };
        if self.schedules.timer.is_none_or(|known| next < known) {
            self.schedules.timer = Some(next);
            self.timers.insert((next, Timer::Schedules));
        }
    }
}

/// One moment, counted as none that was due.
fn once(now: Time) -> Gone {
    Gone {
        newest: now,
        first: now,
        count: 0,
    }
}

/// The schedules of what is loaded, each once; none where that is a part of what agents load here.
fn schedules_of(runbooks: &Runbooks) -> BTreeMap<Scheduled, Watched> {
    let mut all = BTreeMap::new();
    if runbooks.is_part() {
        return all;
    }
    for (place, loaded) in runbooks.all().iter().enumerate() {
        let program = &loaded.program;
        for (trigger, declared) in program.metadata.triggers.iter().enumerate() {
            let Some((cron, zone, _)) = declared.kind.schedule() else {
                continue;
            };
            let zone = zone.or(program.zone.as_ref());
            let zone = zone.map_or(UTC, SmolStr::as_str);
            let (Some(schedule), Ok(known)) = (Schedule::of(cron), TimeZone::get(zone)) else {
                continue;
            };
            let found = Found {
                runbook: place,
                trigger,
            };
            let of = (program.runbook.clone(), cron.clone(), zone.into());
            let watched = Watched {
                found,
                trigger: TriggerRef {
                    runbook: program.runbook.clone(),
                    code: loaded.hash,
                    place: u16::try_from(trigger).unwrap_or(u16::MAX),
                },
                schedule,
                zone: known,
                waits: None,
                look: None,
            };
            all.entry(of).or_insert(watched);
        }
    }
    all
}

/// The zone of whoever says none.
const UTC: &str = "UTC";
