//! Whether the samples behind an answer were measured after the last change.
//!
//! Prometheus looks back five minutes for a sample and gives it the time of the question, so only
//! `timestamp()` tells how old it is. A range is held to more: what it says of the time after the
//! change must be at least half of it.

use crate::literal::{Moment, Selector};
use crate::value::Time;

use super::api::Series;

/// The label that says which selector an answer is about.
pub const LABEL: &str = "rbk_selector";

/// What is said of samples that are too old.
pub const OLD: &str = "the newest sample is older than the last change";

/// The selectors of a query whose samples have to be new.
pub struct Check {
    selectors: Vec<Selector>,
    change: i64,
}

impl Check {
    /// What has to hold after a change.
    pub fn new(mut selectors: Vec<Selector>, change: Time) -> Check {
        // `x / x offset 1d`: what is moved to the past is what the present is compared with, and
        // is old on purpose. Without the same series in the present, nothing speaks of it.
        let is_moved = |selector: &Selector| selector.shift != 0 || selector.at.is_some();
        let present: Vec<String> = selectors
            .iter()
            .filter(|selector| !is_moved(selector))
            .map(|selector| selector.text.clone())
            .collect();
        selectors.retain(|selector| !is_moved(selector) || !present.contains(&selector.text));
        Check {
            selectors,
            change: change.millis(),
        }
    }

    /// Asks for the oldest of the newest samples of each selector; nothing if there is none.
    pub fn query(&self) -> Option<String> {
        let parts = self.selectors.iter().enumerate().map(|(number, selector)| {
            let newest = newest(selector);
            format!("label_replace({newest}, \"{LABEL}\", \"{number}\", \"\", \"\")")
        });
        let parts: Vec<String> = parts.collect();
        (!parts.is_empty()).then(|| parts.join(" or "))
    }

    /// Why an answer for this moment does not count. `newest` are seconds by selector.
    pub fn objection(&self, at: i64, newest: &[(String, f64)]) -> Option<String> {
        let mut selectors = self.selectors.iter().enumerate();
        selectors.find_map(|(number, selector)| {
            let number = number.to_string();
            let newest = newest.iter().find(|(label, _)| *label == number);
            // No sample at all is nothing old: what the query makes of that is its own affair.
            let is_old = newest.is_some_and(|(_, seconds)| seconds * 1000.0 < self.change as f64);
            if is_old {
                return Some(OLD.to_owned());
            }
            let end = match selector.at {
                Some(Moment::Millis(millis)) => millis,
                Some(Moment::Start | Moment::End) | None => at,
            };
            let since = end
                .saturating_sub(selector.shift)
                .saturating_sub(self.change);
            (selector.reach > 0 && since < selector.reach / 2).then(|| {
                let text = &selector.text;
                format!("more than half of the range of `{text}` is older than the last change")
            })
        })
    }
}

/// So far an answer may be from the time asked: some count whole seconds only.
const NEAR: u64 = 1_000;

/// Why an answer of one time says nothing of another one; none where they are the same.
pub fn elsewhen(answered: i64, asked: i64) -> Option<String> {
    let shown = |millis| {
        Time::from_millis(millis).map_or_else(|_| "no time".to_owned(), |at| at.to_string())
    };
    (answered.abs_diff(asked) > NEAR).then(|| {
        let (answered, asked) = (shown(answered), shown(asked));
        format!("the answer is of {answered}, and {asked} was asked for")
    })
}

/// The last numbers with their selectors, whatever their moment.
pub fn newest_of(answer: &[Series]) -> Vec<(String, f64)> {
    let points = answer.iter().filter_map(|series| {
        let (_, number) = series.points.last()?;
        Some((series.selector.clone(), *number))
    });
    points.collect()
}

/// The numbers for this moment with their selectors.
pub fn newest_at(answer: &[Series], at: i64) -> Vec<(String, f64)> {
    let points = answer.iter().filter_map(|series| {
        let point = series.points.iter().find(|(moment, _)| *moment == at)?;
        Some((series.selector.clone(), point.1))
    });
    points.collect()
}

/// Seconds since 1970 of the newest sample of the series that is furthest behind.
fn newest(selector: &Selector) -> String {
    let Selector { text, reach, .. } = selector;
    let mut moved = String::new();
    match selector.at {
        Some(Moment::Millis(millis)) => moved = format!(" @ {}", millis as f64 / 1000.0),
        Some(Moment::Start) => moved.push_str(" @ start()"),
        Some(Moment::End) => moved.push_str(" @ end()"),
        None => {}
    }
    match selector.shift {
        0 => {}
        shift if shift > 0 => moved.push_str(&format!(" offset {shift}ms")),
        shift => moved.push_str(&format!(" offset -{}ms", shift.unsigned_abs())),
    }
    let newest = format!("min(timestamp({text}{moved}))");
    match *reach {
        0 => newest,
        // A range may still hold samples where the newest is out of sight: those are old.
        _ => format!("({newest} or 0 * count(count_over_time({text}[{reach}ms]{moved})))"),
    }
}
