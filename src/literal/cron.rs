//! `cron"…"`: schedules of five fields.
//!
//! In: a scanned literal. Out: nothing but a check, for a schedule has no holes. The fields are
//! read here, because that gives the columns and lets a schedule that never comes be refused;
//! seconds, `L`, `W` and `#` are not part of the language. A range may go over the end of its
//! field, and names such as `@daily` stand for fields.

mod brought;

use std::ops::Range;

use super::scan::Literal;
use crate::diag::near::nearest;
use crate::diag::{Code, Diagnostic};
use crate::value::{HolePosition, Tag};

/// One of the five fields: its name, its range, and the words for its numbers.
struct Field {
    name: &'static str,
    /// With its article.
    one: &'static str,
    low: u32,
    high: u32,
    words: &'static [&'static str],
}

const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const DAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const FIELDS: [Field; 5] = [
    Field {
        name: "minute",
        one: "a minute",
        low: 0,
        high: 59,
        words: &[],
    },
    Field {
        name: "hour",
        one: "an hour",
        low: 0,
        high: 23,
        words: &[],
    },
    Field {
        name: "day of the month",
        one: "a day of the month",
        low: 1,
        high: 31,
        words: &[],
    },
    Field {
        name: "month",
        one: "a month",
        low: 1,
        high: 12,
        words: MONTHS,
    },
    // Both 0 and 7 are Sunday.
    Field {
        name: "day of the week",
        one: "a day of the week",
        low: 0,
        high: 7,
        words: DAYS,
    },
];

/// Names for schedules.
const NAMES: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// The longest each month can be; a leap day counts.
const MONTH_DAYS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Checks the literal.
pub(super) fn check(literal: &Literal, found: &mut Vec<Diagnostic>) -> Option<Vec<HolePosition>> {
    if !literal.holes.is_empty() {
        let misplaced = literal.holes.iter();
        found.extend(misplaced.map(|hole| literal.misplaced(hole, "a schedule has no holes")));
        return None;
    }
    let before = found.len();
    if named(literal).is_some() {
        return Some(Vec::new());
    }
    let mut schedule = Schedule { literal, found };
    let fields = schedule.fields()?;
    let numbers: Vec<u64> = FIELDS
        .iter()
        .zip(&fields)
        .map(|(field, range)| schedule.field(field, range))
        .collect();
    if schedule.found.len() > before {
        return None;
    }
    if let [_, _, days, months, _] = numbers.as_slice()
        && let [_, _, day, month, week] = fields.as_slice()
    {
        schedule.days(*days, *months, &(day.start..month.end), day, week);
    }
    let refused = found
        .iter()
        .skip(before)
        .any(|found| found.code != Code::CronEitherDay);
    (!refused).then(Vec::new)
}

/// The fields that a name stands for.
fn named(literal: &Literal) -> Option<&'static str> {
    let name = literal.text.trim();
    let known = NAMES.iter().find(|(known, _)| *known == name);
    known.map(|(_, fields)| *fields)
}

/// The numbers of the fields as sets of bits, and whether those of the hour, of the day and of the day of the week
/// take any; none where the schedule is not valid.
pub(super) fn numbers(literal: &Literal) -> Option<([u64; 5], [bool; 3])> {
    let mut found = Vec::new();
    let meant = named(literal).map(|fields| Literal::scan(Tag::Cron, fields, literal.whole()));
    let literal = meant.as_ref().unwrap_or(literal);
    let mut schedule = Schedule {
        literal,
        found: &mut found,
    };
    let fields = schedule.fields()?;
    let any = |at: usize| {
        let field = fields
            .get(at)
            .and_then(|range| literal.text.get(range.clone()));
        field.is_some_and(|field| field.starts_with('*'))
    };
    let any = [any(1), any(2), any(4)];
    let mut numbers = [0; 5];
    for ((number, field), range) in numbers.iter_mut().zip(&FIELDS).zip(&fields) {
        *number = schedule.field(field, range);
    }
    found.is_empty().then_some((numbers, any))
}

/// A literal under examination.
struct Schedule<'a> {
    literal: &'a Literal,
    found: &'a mut Vec<Diagnostic>,
}

impl Schedule<'_> {
    /// The five fields as ranges of the text.
    fn fields(&mut self) -> Option<Vec<Range<usize>>> {
        let text = self.literal.text.as_str();
        let offset = |part: &str| part.as_ptr() as usize - text.as_ptr() as usize;
        let parts = text.split([' ', '\t']).filter(|part| !part.is_empty());
        let fields: Vec<_> = parts
            .map(|part| offset(part)..offset(part) + part.len())
            .collect();
        let help = "write five fields: minute, hour, day of the month, month, day of the week: `17 9 * * mon-fri`";
        if text.trim_start().starts_with('@') {
            self.unknown_name(text, help);
            return None;
        }
        if fields.len() == FIELDS.len() {
            return Some(fields);
        }
        let why = match fields.len() {
            6 | 7 => "it has more than five fields; there are no seconds and no years".to_owned(),
            count => format!("it has {count} of five fields"),
        };
        let surplus = fields
            .get(FIELDS.len())
            .map(|field| field.start..text.len());
        self.wrong(surplus.unwrap_or(text.len()..text.len()), &why, help);
        None
    }

    /// A word that begins like `@daily`.
    fn unknown_name(&mut self, text: &str, help: &str) {
        let name = text.trim();
        let start = text.len() - text.trim_start().len();
        let range = start..start + name.len();
        let why = format!("there is no schedule `{name}`");
        match nearest(&name.to_ascii_lowercase(), NAMES.map(|(known, _)| known)) {
            Some(near) => {
                self.wrong(range.clone(), &why, &format!("did you mean `{near}`?"));
                self.mend(&range, near.to_owned());
            }
            None => match brought::every(name) {
                Some(meant) => self.write(&range, &why, meant),
                None => self.wrong(range, &why, help),
            },
        }
    }

    /// The numbers of a field as a set of bits.
    fn field(&mut self, field: &Field, range: &Range<usize>) -> u64 {
        let mut numbers = 0;
        let mut start = range.start;
        for element in self.literal.text[range.clone()].split(',') {
            let place = start..start + element.len();
            start = place.end + 1;
            if element == "*" && place != *range {
                let why = "`*` in a list covers the rest of it";
                self.wrong(place, why, "leave the list or the `*` out");
                continue;
            }
            numbers |= self.element(field, &place).unwrap_or(0);
        }
        numbers
    }

    /// `*`, `5`, `mon`, `1-5`, `*/15`, `8-18/2`, and `22-2`, which goes on at the lowest number.
    fn element(&mut self, field: &Field, range: &Range<usize>) -> Option<u64> {
        let text = &self.literal.text[range.clone()];
        let (span, step) = match text.split_once('/') {
            Some((span, step)) => (span, Some(step)),
            None => (text, None),
        };
        if let Some((why, meant)) = brought::element(span, step) {
            match meant {
                Some(meant) => self.write(range, why, meant),
                None => self.wrong(range.clone(), why, "choose one: a number, or `*` for any"),
            }
            return None;
        }
        let span_range = range.start..range.start + span.len();
        let (low, high) = if span == "*" {
            (field.low, field.high)
        } else if let Some((low, high)) = span.split_once('-') {
            let middle = range.start + low.len();
            let low = self.number(field, low, range.start..middle)?;
            let high = self.number(field, high, middle + 1..span_range.end)?;
            (low, high)
        } else {
            let number = self.number(field, span, span_range)?;
            if let Some(step) = step {
                let meant = format!("{number}-{}/{step}", field.high);
                self.write(range, "a step follows `*` or a range", meant);
                return None;
            }
            (number, number)
        };
        let step = match step {
            Some(step) => self.step(field, step, range.end - step.len()..range.end)?,
            None => 1,
        };
        // Of the two numbers of Sunday a range over the end of the week passes one.
        let is_week = field.words == DAYS;
        let (low, last) = match low > high && is_week {
            true => (low % 7, 6),
            false => (low, field.high),
        };
        let numbers: Vec<u32> = match low > high {
            true => (low..=last).chain(field.low..=high).collect(),
            false => (low..=high).collect(),
        };
        let numbers = numbers.into_iter().step_by(step);
        Some(numbers.fold(0, |bits, number| bits | 1 << number))
    }

    fn step(&mut self, field: &Field, text: &str, range: Range<usize>) -> Option<usize> {
        match text.parse::<u32>() {
            Ok(step) if step > 0 && step <= field.high - field.low => Some(step as usize),
            Ok(_) | Err(_) => {
                let (why, most) = (
                    format!("`{text}` is not a step here"),
                    field.high - field.low,
                );
                self.wrong(range, &why, &format!("write a number from 1 to {most}"));
                None
            }
        }
    }

    /// A number or a word of the field.
    fn number(&mut self, field: &Field, text: &str, range: Range<usize>) -> Option<u32> {
        let lower = text.to_ascii_lowercase();
        if let Some(index) = field.words.iter().position(|word| *word == lower) {
            return Some(field.low + index as u32);
        }
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse::<u32>().ok().filter(|_| digits);
        if let Some(number) = number.filter(|number| (field.low..=field.high).contains(number)) {
            return Some(number);
        }
        let why = match text {
            "" => format!("{} is missing", field.one),
            _ => format!("`{text}` is not a valid {}", field.name),
        };
        if let Some(word) = brought::word(&lower, field.words) {
            self.write(&range, &why, word.to_owned());
            return None;
        }
        let numbers = format!(
            "{} is a number from {} to {}",
            field.one, field.low, field.high
        );
        let help = match field.words {
            [first, .., last] => format!("{numbers}, or a word from `{first}` to `{last}`"),
            [_] | [] => numbers,
        };
        self.wrong(range, &why, &help);
        None
    }

    /// Whether there is such a day at all, and whether it is clear which.
    fn days(
        &mut self,
        days: u64,
        months: u64,
        both: &Range<usize>,
        day: &Range<usize>,
        week: &Range<usize>,
    ) {
        let text = |range: &Range<usize>| &self.literal.text[range.clone()];
        let (any_day, any_week) = (text(day).starts_with('*'), text(week).starts_with('*'));
        if !any_day && !any_week {
            let message = "the schedule comes when either field for the day matches, not both";
            let span = self.literal.span(day.start, week.end);
            let warning =
                Diagnostic::new(Code::CronEitherDay, message, span, "two fields for the day");
            let help = "leave one of them `*`, and test the other in the runbook";
            self.found.push(warning.help(help));
            return;
        }
        let exists = MONTH_DAYS.iter().zip(1u32..).any(|(length, month)| {
            let first_days = (1u64 << (length + 1)) - 1;
            months & (1 << month) != 0 && days & first_days != 0
        });
        if !exists {
            let message = "the schedule never comes: there is no such day in that month";
            let span = self.literal.span(both.start, both.end);
            let error = Diagnostic::new(Code::CronNever, message, span, "no such day");
            self.found
                .push(error.help("fix the day of the month or the month"));
        }
    }

    /// Says that something is wrong, and what is written in its place.
    fn write(&mut self, range: &Range<usize>, why: &str, meant: String) {
        self.wrong(range.clone(), why, &format!("write `{meant}`"));
        self.mend(range, meant);
    }

    /// Adds a fix to what was said last.
    fn mend(&mut self, range: &Range<usize>, text: String) {
        let span = self.literal.span(range.start, range.end);
        if let Some(found) = self.found.pop() {
            self.found
                .push(found.fix(format!("write `{text}`"), span, text));
        }
    }

    fn wrong(&mut self, range: Range<usize>, why: &str, help: &str) {
        let span = self.literal.span(range.start, range.end);
        let message = format!("the schedule is not valid: {why}");
        self.found
            .push(Diagnostic::new(Code::CronInvalid, message, span, "here").help(help));
    }
}
