//! A scheduled time that a change of the clock leaves out: on that day it never comes.
//!
//! The years are those of the edition and the next; the rules of zones are the same from year to year.

use crate::diag::{Code, Diagnostic};
use crate::lint::cx::Cx;
use crate::lint::rule::{Data, Fixes, Kind, Node, Rule, Sees};
use crate::literal::Schedule;
use crate::text::Span;
use crate::typed::TriggerKind;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

/// The beginning of the years that are looked at, and their end.
const YEARS: [i64; 2] = [1_767_225_600, 1_830_297_600];
const DAY: i64 = 86_400;

pub static RULE: Rule = Rule {
    code: Code::ScheduleInGap,
    name: "schedule-in-gap",
    needs: Data::Nothing,
    fixes: Fixes::None,
    sees: Sees::Nodes(&[Kind::Trigger], run),
};

fn run(cx: &Cx<'_>, node: Node<'_>, out: &mut Vec<Diagnostic>) {
    let (Node::Trigger(trigger), Some(runbook)) = (node, cx.runbook()) else {
        return;
    };
    let TriggerKind::Schedule {
        cron,
        zone,
        missed_run: false,
    } = &trigger.kind
    else {
        return;
    };
    let product = runbook
        .product
        .and_then(|id| cx.package().products.get(id.index()));
    let zone = zone
        .as_ref()
        .or(product.and_then(|product| product.zone.as_ref()));
    let (Some(zone), Some(schedule)) = (zone, Schedule::of(cron)) else {
        return;
    };
    if let Some(gap) = lost(&schedule, zone) {
        out.push(told(&gap, zone, trigger.span));
    }
}

/// The day on which a time of the schedule is left out.
fn lost(schedule: &Schedule, zone: &str) -> Option<String> {
    let zone = TimeZone::get(zone).ok()?;
    let [start, end] = YEARS.map(Timestamp::from_second);
    let (start, end) = (start.ok()?, end.ok()?);
    let mut before = zone.to_offset(start);
    for change in zone.following(start) {
        if change.timestamp() >= end {
            break;
        }
        let after = change.offset();
        let local = |offset: Offset| change.timestamp().as_second() + i64::from(offset.seconds());
        let mut minute = local(before);
        while minute < local(after) {
            let days = minute.div_euclid(DAY);
            let date = Timestamp::from_second(days * DAY).ok()?;
            let date = Offset::UTC.to_datetime(date).date();
            let of_day = minute.rem_euclid(DAY) / 60;
            let (day, month) = (date.day().unsigned_abs(), date.month().unsigned_abs());
            let week = date.weekday().to_sunday_zero_offset().unsigned_abs();
            if schedule.comes(of_day, day.into(), month.into(), week.into()) {
                return Some(date.to_string());
            }
            minute += 60;
        }
        before = after;
    }
    None
}

fn told(day: &str, zone: &str, span: Span) -> Diagnostic {
    let message = "a change of the clock leaves this time out";
    let label = format!("never comes on {day} in `{zone}`");
    let found = Diagnostic::new(Code::ScheduleInGap, message, span, label);
    found.help("take another hour, or say `missed run once`")
}
