//! Times, days and hours that are written another way: `2026/10/06 3:10`, `06.10.2026`, `Mon-Fri`, `2am`.
//!
//! In: the place where a line got stuck. Out: changes, none of them tried yet.

use super::changes::{Change, Place, change, put, splice};
use crate::syntax::rules::{Failure, Rule};

/// The days, as they are written.
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl Place<'_, '_> {
    /// What is written another way here.
    pub(super) fn times(&self, failure: &Failure, changes: &mut Vec<Change>) {
        let Some(here) = self.bytes(self.here) else {
            return;
        };
        if failure.tried.contains(&Rule::time) {
            let rest = self.tokens.text.get(here.start..self.end);
            let rest = rest.unwrap_or_default();
            let ends = [" in ", " .. ", "\n"]
                .iter()
                .filter_map(|end| rest.find(end));
            let written = rest
                .get(..ends.min().unwrap_or(rest.len()))
                .unwrap_or_default();
            if let Some(time) = time_of(written.trim_end()) {
                let end = here.start + written.trim_end().len();
                changes.push(put(here.start..end, &time));
            }
        }
        if failure.tried.contains(&Rule::clock) || failure.tried.contains(&Rule::day) {
            self.hours(changes);
            self.days(changes);
        }
    }

    /// All hours of the line, `2am .. 4:00`.
    fn hours(&self, changes: &mut Vec<Change>) {
        let edits = self.line.own.iter().filter_map(|index| {
            let right = hour_of(self.tokens.word(*index))?;
            Some(splice(self.bytes(Some(*index))?, &right))
        });
        let edits: Vec<_> = edits.collect();
        if let Some(first) = edits.first() {
            changes.push(Change {
                title: format!("write `{}`", first.text),
                help: Some("an hour is written `02:00`, up to `24:00`".to_owned()),
                read: edits.clone(),
                edits,
            });
        }
    }

    /// `Mon-Fri`, `Mon .. Fri`, `Monday`
    fn days(&self, changes: &mut Vec<Change>) {
        let Some(first) = self.here.or(self.before) else {
            return;
        };
        let starts = [Some(first), first.checked_sub(1)];
        for start in starts.into_iter().flatten() {
            let Some(from) = day_of(self.tokens.word(start)) else {
                continue;
            };
            let mut last = start + 1;
            while matches!(self.tokens.word(last), "-" | "." | "to" | "until") {
                last += 1;
            }
            if let (Some(to), Some(begin), Some(end)) = (
                day_of(self.tokens.word(last)).filter(|_| last > start + 1),
                self.bytes(Some(start)),
                self.bytes(Some(last)),
            ) {
                let shown = days(from, to);
                changes.push(change(
                    format!("write `{shown}`"),
                    begin.start..end.end,
                    &shown,
                ));
            }
        }
    }
}

/// The days from one up to another, round the end of the week.
pub(in crate::syntax) fn days(from: usize, to: usize) -> String {
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
pub(in crate::syntax) fn day_of(word: &str) -> Option<usize> {
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

/// `2am`, `11pm` as a time of the day.
fn hour_of(word: &str) -> Option<String> {
    let small = word.to_ascii_lowercase();
    let (digits, shift) = match (small.strip_suffix("am"), small.strip_suffix("pm")) {
        (Some(digits), _) => (digits, 0),
        (_, Some(digits)) => (digits, 12),
        _ => return None,
    };
    let hour: u32 = digits.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    Some(format!("{:02}:00", hour % 12 + shift))
}

/// A time that is written another way: with its day first, in quotes, with slashes, with seconds.
fn time_of(written: &str) -> Option<String> {
    let plain = written.trim_matches('"');
    let known = |letter: char| letter.is_ascii_digit() || "/-. T:Z".contains(letter);
    if plain.len() > 40 || !plain.chars().all(known) {
        return None;
    }
    let groups = plain.split(|letter: char| !letter.is_ascii_digit());
    let groups: Vec<&str> = groups.filter(|group| !group.is_empty()).collect();
    let [first, month, third, hour, minute, ..] = groups.as_slice() else {
        return None;
    };
    let (year, day) = match (first.len(), third.len()) {
        (4, 1 | 2) => (first, third),
        (1 | 2, 4) => (third, first),
        _ => return None,
    };
    let number = |text: &str, most: u32| text.parse::<u32>().ok().filter(|number| *number <= most);
    let (month, day) = (number(month, 12)?, number(day, 31)?);
    let (hour, minute) = (number(hour, 23)?, number(minute, 59)?);
    let zone = if plain.ends_with('Z') { "Z" } else { "" };
    (month > 0 && day > 0 && groups.len() <= 6)
        .then(|| format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}{zone}"))
}
