//! Times, days and hours that are written another way: `2026/10/06 3:10`, `06.10.2026`, `Mon-Fri`, `2am`.
//!
//! In: the place where a line got stuck. Out: changes, none of them tried yet.

use super::changes::{Change, Place, change, put, splice};
use crate::syntax::days::{day_of, days};
use crate::syntax::rules::{Failure, Rule};

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
        if self.word(self.here) == "Z"
            && let Some(gap) = self.gap()
        {
            let above = self.tokens.text.get(..gap.start).unwrap_or_default();
            let date = above
                .get(above.len().saturating_sub(10)..)
                .unwrap_or_default();
            if date.len() == 10 && date_of(date).is_some() {
                changes.push(put(gap.start..here.end, "T00:00Z"));
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

/// A time that is written another way: with its day first where that is sure, in quotes, with slashes.
fn time_of(written: &str) -> Option<String> {
    let plain = written.trim_matches('"');
    if plain.len() > 40 {
        return None;
    }
    let (date, clock) = match plain.strip_suffix('Z').filter(|date| date.len() == 10) {
        // A day alone begins at midnight.
        Some(date) => (date, "00:00Z"),
        None => plain.split_once(['T', ' '])?,
    };
    let (year, month, day) = date_of(date)?;
    let clock = clock.trim();
    let (clock, zone) = match clock.strip_suffix('Z') {
        Some(clock) => (clock, "Z"),
        None => (clock, ""),
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let (hour, minute, second) = match parts.as_slice() {
        [hour, minute] => (hour, minute, None),
        [hour, minute, second] => (hour, minute, Some(number(second, 59)?)),
        _ => return None,
    };
    let (hour, minute) = (number(hour, 23)?, number(minute, 59)?);
    let second = second.map_or_else(String::new, |second| format!(":{second:02}"));
    Some(format!(
        "{year}-{month:02}-{day:02}T{hour:02}:{minute:02}{second}{zone}"
    ))
}

/// Year, month and day, the year first or last; not where the day may as well be the month.
fn date_of(written: &str) -> Option<(&str, u32, u32)> {
    let sign = written.find(['-', '/', '.'])?;
    let sign = written.get(sign..)?.chars().next()?;
    let parts: Vec<&str> = written.split(sign).collect();
    let &[first, second, third] = parts.as_slice() else {
        return None;
    };
    if first.len() == 4 {
        let month = number(second, 12).filter(|month| *month > 0)?;
        let day = number(third, 31).filter(|day| *day > 0)?;
        return Some((first, month, day)).filter(|_| number(first, 9999).is_some());
    }
    number(third, 9999).filter(|_| third.len() == 4)?;
    let (first, second) = (number(first, 31)?, number(second, 31)?);
    let (month, day) = match (first > 12, second > 12) {
        (true, false) => (second, first),
        (false, true) if sign == '/' => (first, second),
        // With points the day comes first everywhere.
        (false, false) if sign == '.' || first == second => (second, first),
        _ => return None,
    };
    (month > 0 && day > 0).then_some((third, month, day))
}

/// A number of digits alone.
fn number(text: &str, most: u32) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number <= most)
}
