//! How much time a change needs inside a window: the first of its unit as much as all of that, each later one none.
//!
//! In: the windows of a program, a change that is asked for, and those of the run that were granted before. Out: a length.

use super::{Intent, IntentKind};
use crate::program::window::Windows;
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

/// Why a change may not begin now.
pub fn closed(opens: Option<Time>, needed: Duration) -> String {
    let what = match needed {
        Duration::ZERO => "no change may begin now".to_owned(),
        needed => format!("no change may begin now that may take {needed}"),
    };
    match opens {
        Some(opens) => format!("{what}: the next window for it opens at {opens}"),
        None => format!("{what}, and no window for it opens within a year"),
    }
}
