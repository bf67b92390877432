//! When changes may begin: the windows that the lines of `blast` name, and how long each unit of work takes at most.
//!
//! In: windows by the clocks of their zones, and a moment. Out: whether what begins then may, or when it may next. A
//! reading that a zone's clock skips is the later instant. One that it repeats is read against the runbook: a pause goes
//! from the first to the last, `only` from the last to the first, and what is cut out of either the other way round. So is a
//! begin that the clock skips, of a window that would end before it: then the first is the change of the clock.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::index::StepIndex;
use crate::value::{Duration, Time};

/// The lines of one runbook, and its units.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Windows {
    pub lines: Lines,
    pub units: Vec<Unit>,
}

/// What the lines say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// Nothing begins during any of these.
    pub pause: Vec<Window>,
    /// What begins does so in one of these, if there are any.
    pub only: Vec<Window>,
}

/// A part of a runbook that begins only where all of it fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// The finding whose remedy it is in; `steps` for routine work.
    pub remedy: SmolStr,
    pub time: Duration,
    /// The changes in it, of an element of a loop inside it left aside.
    pub steps: Vec<StepIndex>,
}

/// A window, and what is cut out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    pub name: SmolStr,
    /// Its times, then those of the window that is cut out of it, then of what is cut out of that.
    pub layers: Vec<Times>,
}

/// The times of a window by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Times {
    Once {
        from: Edge,
        to: Edge,
    },
    /// On these days, Monday is 1, from one time of day to another, both since midnight.
    Weekly {
        days: Vec<u8>,
        from: Duration,
        to: Duration,
        /// An IANA name.
        zone: SmolStr,
    },
}

/// A reading of a clock as moments: two where the clock shows it twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    pub first: Time,
    pub last: Time,
}

/// When something may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    Now,
    At(Time),
    /// Never, as far as is looked.
    Never,
}

/// How a reading that comes twice is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Wide,
    Narrow,
}

/// Stretches of time, each from its first moment up to its end, in order and apart from each other.
type Stretches = Vec<(Time, Time)>;

/// How far ahead is looked: every weekly window has come by then, and those of a year.
const AHEAD: Duration = Duration::from_seconds(400 * 24 * 60 * 60);
/// From when on the longest stretch is looked for, and how far: over every change of a clock in two years.
const REFERENCE: (i64, i64) = (1_767_225_600_000, 1_830_297_600_000);
const TWO_YEARS: Duration = Duration::from_seconds(731 * 24 * 60 * 60);
/// What lies beside a window of one time may lengthen it.
const BESIDE: Duration = Duration::from_seconds(8 * 24 * 60 * 60);

impl Windows {
    /// The unit that a step of a remedy may begin; the longest of them where the step is in several.
    pub fn unit_of(&self, remedy: &str, step: StepIndex) -> Option<&Unit> {
        let own = self.units.iter().filter(|unit| unit.remedy == remedy);
        own.filter(|unit| unit.steps.contains(&step))
            .max_by_key(|unit| unit.time)
    }

    /// Whether some unit has both steps in it.
    pub fn have_one_unit(&self, remedy: &str, one: StepIndex, other: StepIndex) -> bool {
        let mut own = self.units.iter().filter(|unit| unit.remedy == remedy);
        own.any(|unit| unit.steps.contains(&one) && unit.steps.contains(&other))
    }
}

impl Lines {
    /// Every window that a line names.
    pub fn named(&mut self) -> impl Iterator<Item = &mut Window> {
        self.pause.iter_mut().chain(&mut self.only)
    }

    pub fn is_empty(&self) -> bool {
        self.pause.is_empty() && self.only.is_empty()
    }

    /// When something may begin that takes so long: now, or the first moment from which on it fits.
    pub fn begins(&self, now: Time, takes: Duration) -> Begins {
        let soon = self.allowed(now, after(now, takes, 1));
        if fits(&soon, now, takes) == Some(now) {
            return Begins::Now;
        }
        let far = after(after(now, AHEAD, 0), takes, 0);
        match fits(&self.allowed(now, far), now, takes) {
            Some(at) if at > now => Begins::At(at),
            Some(_) => Begins::Now,
            None => Begins::Never,
        }
    }

    /// The lines that keep something from beginning now that takes so long: the pauses that it would meet, else those of
    /// which one would be enough.
    pub fn in_the_way(&self, now: Time, takes: Duration) -> Vec<String> {
        match self.pauses_met(now, takes).as_slice() {
            [] => named("only during", self.only.iter()),
            met => named("pause during", met.iter().copied()),
        }
    }

    fn pauses_met(&self, now: Time, takes: Duration) -> Vec<&Window> {
        let until = after(now, takes, 1);
        let meets = |window: &&Window| !window.stretches(Reading::Wide, now, until).is_empty();
        self.pause.iter().filter(meets).collect()
    }

    /// The moment at which those lines let it begin, as a clock shows it by which they are meant, if that is another than
    /// UTC: `Tue 6 Oct 2026 22:00 in Europe/Helsinki`
    pub fn local(&self, moment: Time, (now, takes): (Time, Duration)) -> Option<String> {
        let met = self.pauses_met(now, takes);
        let held: Vec<&Window> = match met.is_empty() {
            true => self.only.iter().collect(),
            false => met,
        };
        let layers = held.iter().flat_map(|window| &window.layers);
        let name = layers
            .filter_map(Times::zone)
            .next()
            .filter(|name| *name != "UTC")?;
        let zone = TimeZone::get(name).ok()?;
        let moment = Timestamp::from_millisecond(moment.millis()).ok()?;
        let shown = moment
            .to_zoned(zone)
            .strftime("%a %-d %b %Y %H:%M")
            .to_string();
        Some(format!("{shown} in {name}"))
    }

    /// Until when something that begins now may take, if it may begin; nothing where no end is in sight.
    pub fn lasts(&self, now: Time) -> Option<Time> {
        let far = after(now, AHEAD, 0);
        let allowed = self.allowed(now, far);
        let here = allowed.iter().find(|(from, to)| *from <= now && now < *to);
        here.map(|(_, to)| *to).filter(|to| *to < far)
    }

    /// The longest stretch in which changes may begin; none where there is no end to it.
    pub fn longest(&self) -> Option<Duration> {
        let comes_again = |times: &Times| matches!(times, Times::Weekly { .. });
        let mut pauses = self.pause.iter().flat_map(|window| window.layers.first());
        if self.only.is_empty() && !pauses.any(comes_again) {
            return None;
        }
        let (from, to) = REFERENCE;
        let moment = |millis| Time::from_millis(millis).unwrap_or_default();
        let mut longest = 0_i64;
        for (from, to) in self.pieces(moment(from), moment(to)) {
            for (begin, end) in self.allowed(from, to) {
                if begin == from && end == to {
                    return None;
                }
                longest = longest.max(end.millis() - begin.millis());
            }
        }
        Some(Duration::from_millis(longest))
    }

    /// The stretches of time that are looked at for the longest one: two years, and around each time of its own.
    fn pieces(&self, from: Time, to: Time) -> Vec<(Time, Time)> {
        let mut pieces = vec![(from, to)];
        for window in &self.only {
            if let Some(Times::Once { from, to }) = window.layers.first() {
                let end = after(to.last, BESIDE, 0).min(after(from.last, TWO_YEARS, 0));
                pieces.push((before(from.first, BESIDE), end));
            }
        }
        pieces
    }

    /// When changes may begin, between two moments.
    fn allowed(&self, from: Time, to: Time) -> Stretches {
        let only = match self.only.is_empty() {
            true => vec![(from, to)],
            false => joined(
                self.only
                    .iter()
                    .flat_map(|one| one.stretches(Reading::Narrow, from, to)),
            ),
        };
        let pauses = self.pause.iter();
        let pauses = joined(pauses.flat_map(|one| one.stretches(Reading::Wide, from, to)));
        without(&only, &pauses)
    }
}

impl Window {
    /// When it is, between two moments.
    fn stretches(&self, reading: Reading, from: Time, to: Time) -> Stretches {
        let mut cut = Stretches::new();
        for (depth, times) in self.layers.iter().enumerate().rev() {
            let reading = match depth % 2 {
                0 => reading,
                _ => reading.other(),
            };
            cut = without(&times.stretches(reading, from, to), &cut);
        }
        cut
    }
}

impl Reading {
    fn other(self) -> Reading {
        match self {
            Reading::Wide => Reading::Narrow,
            Reading::Narrow => Reading::Wide,
        }
    }

    fn between(self, from: Edge, to: Edge) -> (Time, Time) {
        match self {
            Reading::Wide => (from.first, to.last),
            Reading::Narrow => (from.last, to.first),
        }
    }
}

impl Times {
    fn zone(&self) -> Option<&str> {
        match self {
            Times::Once { .. } => None,
            Times::Weekly { zone, .. } => Some(zone),
        }
    }

    fn stretches(&self, reading: Reading, from: Time, to: Time) -> Stretches {
        let all: Stretches = match self {
            Times::Once { from, to } => vec![reading.between(*from, *to)],
            Times::Weekly {
                days,
                from: begin,
                to: end,
                zone,
            } => {
                let weekly = weekly(days, (*begin, *end), zone, (from, to));
                weekly.map(|(from, to)| reading.between(from, to)).collect()
            }
        };
        let inside = all
            .into_iter()
            .map(|(begin, end)| (begin.max(from), end.min(to)));
        joined(inside.filter(|(begin, end)| begin < end))
    }
}

/// The edges of a weekly window that may lie between two moments.
fn weekly<'w>(
    days: &'w [u8],
    (begin, end): (Duration, Duration),
    zone: &str,
    (from, to): (Time, Time),
) -> impl Iterator<Item = (Edge, Edge)> + 'w {
    // The checker has seen the zone; where this machine does not know it, the window never comes.
    let zone = TimeZone::get(zone).ok();
    let dates = zone.as_ref().and_then(|zone| {
        let date = |moment: Time| {
            let moment = Timestamp::from_millisecond(moment.millis()).ok()?;
            Some(zone.to_datetime(moment).date())
        };
        // A clock that crosses the date line moves a reading by a day.
        let first = date(from)?.checked_sub(2.days()).ok()?;
        let last = date(to)?.checked_add(2.days()).ok()?;
        Some((first, last))
    });
    let dates = dates
        .into_iter()
        .flat_map(|(first, last)| first.series(1.day()).take_while(move |date| *date <= last));
    let own = dates.filter(|date| {
        let day = date.weekday().to_monday_one_offset();
        days.contains(&day.unsigned_abs())
    });
    own.filter_map(move |date| {
        let zone = zone.as_ref()?;
        let mut begins = edge(zone, at(date, begin)?)?;
        let ends = edge(zone, at(date, end)?)?;
        if ends.last <= begins.first {
            begins.first = skipped(zone, at(date, begin)?)?;
        }
        Some((begins, ends))
    })
}

/// The reading of a clock so long after midnight.
fn at(date: Date, since: Duration) -> Option<DateTime> {
    let midnight = date.at(0, 0, 0, 0);
    midnight.checked_add(since.millis().milliseconds()).ok()
}

fn edge(zone: &TimeZone, reading: DateTime) -> Option<Edge> {
    let placed = zone.to_ambiguous_timestamp(reading);
    let (first, last) = match placed.offset() {
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => {
            let moment = placed.compatible().ok()?;
            (moment, moment)
        }
        AmbiguousOffset::Fold { .. } => (placed.earlier().ok()?, placed.later().ok()?),
    };
    let time = |moment: Timestamp| Time::from_millis(moment.as_millisecond()).ok();
    Some(Edge {
        first: time(first)?,
        last: time(last)?,
    })
}

/// When the clock was put forward over a reading.
fn skipped(zone: &TimeZone, reading: DateTime) -> Option<Time> {
    let before = zone.to_ambiguous_timestamp(reading).earlier().ok()?;
    let change = zone.following(before).next()?;
    Time::from_millis(change.timestamp().as_millisecond()).ok()
}

/// The first moment from `now` on at which something begins that ends in the same stretch.
fn fits(allowed: &[(Time, Time)], now: Time, takes: Duration) -> Option<Time> {
    let mut begins = allowed.iter().filter_map(|(from, to)| {
        let begin = now.max(*from);
        (begin < *to && after(begin, takes, 0) <= *to).then_some(begin)
    });
    begins.next()
}

/// Stretches in order, those that touch each other made one.
fn joined(stretches: impl Iterator<Item = (Time, Time)>) -> Stretches {
    let mut all: Stretches = stretches.collect();
    all.sort();
    let mut joined = Stretches::new();
    for (from, to) in all {
        match joined.last_mut() {
            Some((_, end)) if from <= *end => *end = to.max(*end),
            Some(_) | None => joined.push((from, to)),
        }
    }
    joined
}

/// What is left of stretches without others; both are in order.
fn without(stretches: &[(Time, Time)], others: &[(Time, Time)]) -> Stretches {
    let mut left = Stretches::new();
    let mut others = others.iter().peekable();
    for (from, to) in stretches {
        let mut from = *from;
        while let Some((begin, end)) = others.peek().copied() {
            if *begin >= *to {
                break;
            }
            if from < *begin {
                left.push((from, *begin));
            }
            from = from.max(*end);
            if *end > *to {
                break;
            }
            others.next();
        }
        if from < *to {
            left.push((from, *to));
        }
    }
    left
}

/// `only during night`, in quotes.
fn named<'w>(words: &str, windows: impl Iterator<Item = &'w Window>) -> Vec<String> {
    windows
        .map(|window| format!("`{words} {}`", window.name))
        .collect()
}

fn after(moment: Time, by: Duration, more: i64) -> Time {
    let millis = moment.millis().saturating_add(by.millis());
    Time::from_millis(millis.saturating_add(more)).unwrap_or(moment)
}

fn before(moment: Time, by: Duration) -> Time {
    let millis = moment.millis().saturating_sub(by.millis());
    Time::from_millis(millis).unwrap_or(moment)
}

#[cfg(test)]
mod tests;
