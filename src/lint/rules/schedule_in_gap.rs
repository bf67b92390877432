//! A scheduled time that a change of the clock leaves out: on that day it comes later, or never.
//!
//! Looked at are the two years from the day that is said. Where none is, a time counts that is left out every year: in
//! the year of the edition, whose rules go on, and in the next. A schedule that comes within an hour before the change
//! and again within an hour after it loses nothing.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::Schedule;
use crate::typed::TriggerKind;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use std::ops::Range;

/// The beginning of the year of the edition, and of the next, in seconds.
const EDITION: [i64; 2] = [1_767_225_600, 1_798_761_600];
const YEAR: i64 = 365 * DAY;
const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

pub static RULE: Rule = Rule {
    code: Code::ScheduleInGap,
    name: "schedule-in-gap",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Trigger], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let Node::Trigger(trigger) = node else {
        return;
    };
    let TriggerKind::Schedule { cron, zone, .. } = &trigger.kind else {
        return;
    };
    let product = cx.runbook().and_then(|runbook| runbook.product);
    let product = product.and_then(|id| cx.package().products.get(id.index()));
    // Without a zone, also of its product, it is UTC, whose clock is never put forward.
    let Some(name) = zone
        .as_ref()
        .or(product.and_then(|product| product.zone.as_ref()))
    else {
        return;
    };
    let (Ok(zone), Some(schedule)) = (TimeZone::get(name), Schedule::of(cron)) else {
        return;
    };
    // A fixed time is moved by what the clock skips; one that comes every few hours is left out.
    let comes = match schedule.is_hourly() {
        true => "never comes",
        false => "comes later",
    };
    let label = match cx.input.known.today {
        Some(today) => {
            let from = today.millis().div_euclid(1_000);
            lost(&schedule, &zone, from, from + 2 * YEAR)
                .map(|day| format!("{comes} on {day} in `{name}`"))
        }
        None => {
            let [first, next] = EDITION.map(|from| lost(&schedule, &zone, from, from + YEAR));
            first
                .filter(|_| next.is_some())
                .map(|day| format!("{comes} on one day of each year in `{name}`, as on {day}"))
        }
    };
    if let Some(label) = label {
        let message = "a change of the clock leaves this time out";
        let found = Diagnostic::new(Code::ScheduleInGap, message, trigger.span, label);
        out.push(found.help("choose an hour that the clock never skips"));
    }
}

/// The first day between two moments on which a time of the schedule is left out.
fn lost(schedule: &Schedule, zone: &TimeZone, from: i64, to: i64) -> Option<String> {
    let [start, end] = [from, to].map(Timestamp::from_second);
    let (start, end) = (start.ok()?, end.ok()?);
    let mut before = zone.to_offset(start);
    for change in zone.following(start) {
        if change.timestamp() >= end {
            break;
        }
        let after = change.offset();
        let local = |offset: Offset| change.timestamp().as_second() + i64::from(offset.seconds());
        let gap = local(before)..local(after);
        before = after;
        let Some(minute) = first(schedule, gap.clone()) else {
            continue;
        };
        let goes_on = first(schedule, gap.start - HOUR..gap.start).is_some()
            && first(schedule, gap.end..gap.end + HOUR).is_some();
        if !goes_on {
            return Some(date(minute)?.to_string());
        }
    }
    None
}

/// The first time of the schedule within these seconds of a clock.
fn first(schedule: &Schedule, clock: Range<i64>) -> Option<i64> {
    clock.step_by(60).find(|minute| {
        date(*minute).is_some_and(|date| {
            let (day, month) = (date.day().unsigned_abs(), date.month().unsigned_abs());
            let week = date.weekday().to_sunday_zero_offset().unsigned_abs();
            let of_day = minute.rem_euclid(DAY) / 60;
            schedule.comes(of_day, day.into(), month.into(), week.into())
        })
    })
}

/// The day that a clock shows.
fn date(clock: i64) -> Option<Date> {
    let moment = Timestamp::from_second(clock).ok()?;
    Some(Offset::UTC.to_datetime(moment).date())
}
