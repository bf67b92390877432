//! `[retention]`: how long the store keeps what is over.

use super::key::{Table, key};
use super::reader::{Reader, Section};
use crate::value::Duration;

/// How long what is over can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Incidents, from when they were over, with their timelines.
    pub incidents: Duration,
    /// Alerts, events and requests, from when they came.
    pub arrivals: Duration,
    /// Dead letters, from when they came.
    pub letters: Duration,
}

const DAY: i64 = 24 * 60 * 60;

/// Limits and the senders of alerts look back so far.
const LEAST_INCIDENTS: Duration = Duration::from_seconds(31 * DAY);
/// Long enough for a weekend's dead letters to be seen.
const LEAST: Duration = Duration::from_seconds(7 * DAY);
/// Beyond it a store is no archive.
const MOST: Duration = Duration::from_seconds(3_650 * DAY);

impl Default for Retention {
    fn default() -> Retention {
        Retention {
            incidents: Duration::from_seconds(90 * DAY),
            arrivals: Duration::from_seconds(30 * DAY),
            letters: Duration::from_seconds(30 * DAY),
        }
    }
}

/// `[retention]`
pub const RETENTION: Table = Table {
    heading: "retention",
    keys: &[
        key(
            "incidents",
            "`\"90d\"`",
            "incidents from when they were over, with their timelines, changes and messages, and the facts of what is gone; at least `31d`",
        ),
        key(
            "arrivals",
            "`\"30d\"`",
            "alerts, events and requests from when they came; at least `7d`",
        ),
        key(
            "letters",
            "`\"30d\"`",
            "dead letters from when they came; at least `7d`",
        ),
    ],
};

pub fn read(reader: &mut Reader<'_>, file: &Section<'_>) -> Retention {
    let defaults = Retention::default();
    let table = file.value("retention");
    let Some((found, table)) =
        table.and_then(|found| Some((found, reader.table("retention", found)?)))
    else {
        return defaults;
    };
    let at = reader.span(found.span());
    let section = reader.section(table, at, &RETENTION);
    let mut length = |key, least: Duration, otherwise| {
        let meaning = |text: &str| length_between(text, least);
        let read = reader.text(&section, key, meaning);
        read.unwrap_or(otherwise)
    };
    Retention {
        incidents: length("incidents", LEAST_INCIDENTS, defaults.incidents),
        arrivals: length("arrivals", LEAST, defaults.arrivals),
        letters: length("letters", LEAST, defaults.letters),
    }
}

fn length_between(text: &str, least: Duration) -> Result<Duration, String> {
    match Duration::parse(text) {
        Some(length) if (least..=MOST).contains(&length) => Ok(length),
        Some(length) if length < least => Err(format!("at least `{least}`")),
        Some(_) => Err(format!("at most `{MOST}`")),
        None => Err("a length of time such as `90d`".into()),
    }
}
