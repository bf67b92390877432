//! How much the agent does before it leaves it to people.

use super::key::{Table, key};
use super::reader::{Reader, Section};
use super::value;
use crate::value::Duration;

/// See the head of this file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub storm: StormBounds,
    pub limits: Limits,
    pub pages: PageBounds,
}

/// How people are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageBounds {
    /// How long whoever acknowledges an incident has it before the chain hears of it again.
    pub acknowledged: Duration,
    /// So long after a page everything else that comes for the same contact is gathered,
    pub gather: Duration,
    /// and goes out as one page, at most one in this time.
    pub every: Duration,
}

/// When so much happens at once that nothing is mended by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StormBounds {
    /// So many incidents of one product,
    pub threshold: u32,
    /// opened within this time.
    pub span: Duration,
    /// How long remedies wait after it.
    pub cool_down: Duration,
    /// How long a change waits for it before a human has it.
    pub patience: Duration,
}

/// What holds for all runbooks together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How often one target is changed at most,
    pub per_target: u32,
    /// within this time.
    pub window: Duration,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            storm: StormBounds {
                threshold: 20,
                span: Duration::from_millis(60_000),
                cool_down: Duration::from_millis(10 * 60_000),
                patience: Duration::from_millis(60 * 60_000),
            },
            limits: Limits {
                per_target: 6,
                window: Duration::from_millis(60 * 60_000),
            },
            pages: PageBounds {
                acknowledged: Duration::from_millis(4 * 60 * 60_000),
                gather: Duration::from_millis(10_000),
                every: Duration::from_millis(30_000),
            },
        }
    }
}

/// The longest window that attempts are kept for.
const LONGEST: Duration = Duration::from_millis(31 * 24 * 3_600_000);

/// `[storm]`, `[limits]` and `[pages]`.
pub fn read(reader: &mut Reader<'_>, file: &Section<'_>) -> Bounds {
    let Bounds {
        storm,
        limits,
        pages,
    } = Bounds::default();
    Bounds {
        storm: part(reader, file, "storm", &STORM, |reader, section| {
            StormBounds {
                threshold: whole(reader, section, "threshold", storm.threshold),
                span: length(reader, section, "span", storm.span),
                cool_down: length(reader, section, "cool_down", storm.cool_down),
                patience: length(reader, section, "patience", storm.patience),
            }
        })
        .unwrap_or(storm),
        limits: part(reader, file, "limits", &LIMITS, |reader, section| Limits {
            per_target: whole(reader, section, "per_target", limits.per_target),
            window: length(reader, section, "window", limits.window),
        })
        .unwrap_or(limits),
        pages: part(reader, file, "pages", &PAGES, |reader, section| {
            PageBounds {
                acknowledged: length(reader, section, "acknowledged", pages.acknowledged),
                gather: length(reader, section, "gather", pages.gather),
                every: length(reader, section, "every", pages.every),
            }
        })
        .unwrap_or(pages),
    }
}

/// `[storm]`
pub const STORM: Table = Table {
    heading: "storm",
    keys: &[
        key(
            "threshold",
            "`20`",
            "so many incidents of one product that alerts or events opened",
        ),
        key("span", "`\"60s\"`", "within this time"),
        key(
            "cool_down",
            "`\"10m\"`",
            "how long remedies still wait after it",
        ),
        key(
            "patience",
            "`\"1h\"`",
            "how long a change waits for it before a human has it",
        ),
    ],
};

/// `[limits]`
pub const LIMITS: Table = Table {
    heading: "limits",
    keys: &[
        key(
            "per_target",
            "`6`",
            "how often one target is changed at most, repetitions included; beyond, a human has the incident (`over_bound`)",
        ),
        key("window", "`\"1h\"`", "within this time; at most `31d`"),
    ],
};

/// `[pages]`
pub const PAGES: Table = Table {
    heading: "pages",
    keys: &[
        key(
            "acknowledged",
            "`\"4h\"`",
            "how long whoever acknowledges an incident has it; if it is not resolved by then, the chain hears of it again; at most `31d`",
        ),
        key(
            "gather",
            "`\"10s\"`",
            "a contact that was paged so short a time ago gets all further pages as one",
        ),
        key(
            "every",
            "`\"30s\"`",
            "after such a one no other goes there for this time",
        ),
    ],
};

fn part<T>(
    reader: &mut Reader<'_>,
    file: &Section<'_>,
    name: &str,
    keys: &'static Table,
    read: impl FnOnce(&mut Reader<'_>, &Section<'_>) -> T,
) -> Option<T> {
    let found = file.value(name)?;
    let table = reader.table(name, found)?;
    let at = reader.span(found.span());
    let section = reader.section(table, at, keys);
    Some(read(reader, &section))
}

fn length(reader: &mut Reader<'_>, section: &Section<'_>, key: &str, usual: Duration) -> Duration {
    let meant = reader.text(section, key, value::length);
    let Some(length) = meant else { return usual };
    if length > LONGEST {
        let at = section.value(key).map(|found| reader.span(found.span()));
        if let Some(at) = at {
            reader.wrong_at(key, at, "at most `31d`");
        }
        return usual;
    }
    length
}

/// A number from 1 on.
fn whole(reader: &mut Reader<'_>, section: &Section<'_>, key: &str, usual: u32) -> u32 {
    let Some(found) = section.value(key) else {
        return usual;
    };
    let number = found.get_ref().as_integer();
    let number =
        number.and_then(|number| u32::from_str_radix(number.as_str(), number.radix()).ok());
    match number {
        Some(number) if number > 0 => number,
        Some(_) | None => {
            let at = reader.span(found.span());
            reader.wrong_at(key, at, "a whole number from 1 on belongs here");
            usual
        }
    }
}
