//! The days of the week: how they are written here, and what else may be meant as one.
//!
//! In: words. Out: which day it is, from 0 for Monday, and days in a row.

/// The days, as they are written.
pub const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The days from one up to another, round the end of the week.
pub(super) fn days(from: usize, to: usize) -> String {
    let count = (to + DAYS.len() - from) % DAYS.len() + 1;
    let days: Vec<&str> = DAYS
        .iter()
        .cycle()
        .skip(from)
        .take(count)
        .copied()
        .collect();
    days.join(", ")
}

/// Which day of the week a word names: `mon`, `Monday`.
pub fn day_of(word: &str) -> Option<usize> {
    let small = word.to_ascii_lowercase();
    let short = small.get(..3)?;
    let day = DAYS
        .iter()
        .position(|day| day.to_ascii_lowercase() == short)?;
    let long = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    long.get(day)?.starts_with(&small).then_some(day)
}
