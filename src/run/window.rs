//! How much time a change needs inside a window: the first of its unit as much as all of that, each later one none.
//!
//! In: the windows of a program, a change that is asked for, and those of the run that were granted before. Out: a length,
//! and with it and the time whether the change goes, waits or is refused: the same for an agent and for a test.

use super::moment::after;
use super::{Intent, IntentKind};
use crate::program::window::{Begins, Lines, Windows};
use crate::value::{Duration, Time};

/// How much time has to be left of a window for this change.
pub fn needed<'i>(
    windows: &Windows,
    intent: &Intent,
    granted: impl IntoIterator<Item = &'i Intent>,
) -> Duration {
    let (remedy, step) = (&intent.remedy, intent.path.step);
    let mut granted = granted.into_iter();
    let has_begun = granted.any(|before| {
        before.kind == IntentKind::Do
            && before.remedy == *remedy
            && before.path.unit() == intent.path.unit()
            && windows.have_one_unit(remedy, before.path.step, step)
    });
    match windows.unit_of(remedy, step) {
        Some(unit) if !has_begun => unit.time,
        Some(_) | None => Duration::ZERO,
    }
}

/// What becomes of a change by the windows of its runbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    Go,
    /// A window opens then, before the run has lost its patience.
    Wait(Time, String),
    Refuse(String),
}

/// Whether a change may begin now that needs so much time, in a run that has waited so long of its patience.
pub fn leave(
    lines: &Lines,
    needed: Duration,
    now: Time,
    (waited, patience): (Duration, Duration),
) -> Admission {
    let opens = match lines.begins(now, needed) {
        Begins::Now => return Admission::Go,
        Begins::At(opens) => Some(opens),
        Begins::Never => None,
    };
    let why = closed(lines, opens, (now, needed));
    let left = patience.millis().saturating_sub(waited.millis());
    let latest = after(now, Duration::from_millis(left.max(0)));
    match opens.filter(|opens| *opens <= latest) {
        Some(opens) => Admission::Wait(opens, why),
        None => Admission::Refuse(why),
    }
}

/// Why a change may not begin now.
fn closed(lines: &Lines, opens: Option<Time>, (now, needed): (Time, Duration)) -> String {
    let what = match needed {
        Duration::ZERO => "no change may begin now".to_owned(),
        needed => format!("no change may begin now that may take {needed}"),
    };
    let held = lines.in_the_way(now, needed).join(", ");
    match opens {
        Some(opens) => {
            let local = lines.local(opens, (now, needed));
            let local = local.map(|local| format!(" ({local})")).unwrap_or_default();
            format!("{what}, by {held}: the next window for it opens at {opens}{local}")
        }
        None => format!("{what}, by {held}, and no window for it opens within a year"),
    }
}
