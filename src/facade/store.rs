//! Stores, for the suite that holds them all to the same behaviour.
//!
//! In: batches that are made of plain words, and questions. Out: every answer as text, a line a
//! record, the same for the same records.

mod batch;
mod random;
mod retain;

use std::fmt::{Debug, Display};
use std::path::Path;

pub use batch::Batch;
pub use random::Dice;
pub use retain::Kept;

use super::engine::{Scripted, Written};
use crate::journal::{
    Bodies, Body, DebtId, Error, EventId, Incident, IncidentId, LetterId, Lost, Memory, Needs,
    Page, Records, Remains, RunId, Sleeping,
};
use crate::store::Sqlite;
use crate::value::Time;

/// A store of any kind.
pub struct Store(Box<dyn Records>);

/// Why a store refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `full`, `taken`.
    pub kind: &'static str,
    /// In words.
    pub why: String,
}

/// Something to be asked; numbers and times as they are in the batches.
#[expect(
    missing_docs,
    reason = "each is a method of `Journal` and says no more"
)]
#[derive(Clone, Copy, Debug)]
pub enum Ask<'a> {
    Name,
    Newest,
    Incident(u64),
    Keys,
    Clock,
    /// All of these numbers, and named events each since a time.
    Together(&'a [u64], &'a [(&'a str, i64)]),
    Incidents {
        open: bool,
        most: usize,
    },
    Timeline(u64, u64),
    Run(u64, u32),
    DebtRun(u64, u32),
    LiveRuns,
    /// Incidents that a start reads.
    Loud,
    Program(u8),
    OpenIntents,
    AttemptsSince(&'a str, i64),
    /// How often targets of a type were changed, each time that it was sent out.
    ChangedSince(&'a str, i64),
    Events(&'a str, i64),
    Event(u64),
    DeadLetters(usize),
    /// With the number of all as the last line.
    LetterPage {
        before: Option<u64>,
        most: usize,
    },
    Letter(u64),
    /// With the number of all as the last line.
    IncidentPage {
        open: bool,
        before: Option<u64>,
        most: usize,
    },
    Dwells,
    Outbox,
    Debts,
    Freeze,
    Storms,
    Waits,
    AtWork,
    Schedules,
    Facts(u64, usize),
    /// When the last batch was written, in milliseconds.
    Stamp,
}

impl Store {
    /// The specification.
    pub fn memory(name: &str) -> Store {
        Store(Box::new(Memory::new(name)))
    }

    /// A file, to own it; and its epoch.
    pub fn open(path: &Path, fresh_name: &str) -> Result<(Store, u64), Refusal> {
        let store = Sqlite::open(path, fresh_name).map_err(refusal)?;
        let epoch = store.epoch().0;
        Ok((Store(Box::new(store)), epoch))
    }

    /// A file, to look at it.
    pub fn read(path: &Path) -> Result<Store, Refusal> {
        Ok(Store(Box::new(Sqlite::read(path).map_err(refusal)?)))
    }

    /// Makes a batch durable.
    pub fn commit(&mut self, batch: &Batch) -> Result<(), Refusal> {
        self.0.append(batch.batch()).map_err(refusal)
    }

    /// Makes durable what a script did.
    pub fn keep(&mut self, written: &Written) -> Result<(), Refusal> {
        let mut batches = written.batches.iter();
        batches.try_for_each(|batch| self.0.append(batch).map_err(refusal))
    }

    /// How many runs an agent with this package goes on with.
    pub fn goes_on(&self, scripted: &Scripted) -> Result<usize, String> {
        scripted.goes_on(&*self.0)
    }

    /// What an agent with this package does that begins with this store, and what comes of these lines then.
    pub fn anew(&mut self, scripted: &Scripted, then: &str) -> Result<Vec<String>, String> {
        scripted.anew(&mut *self.0, then)
    }

    /// The records that answer a question: each a line that begins with the record's number.
    pub fn ask(&self, question: Ask<'_>) -> Result<Vec<String>, Refusal> {
        self.answer(question).map_err(refusal)
    }

    #[expect(clippy::too_many_lines, reason = "one match with an arm for each form")]
    fn answer(&self, question: Ask<'_>) -> Result<Vec<String>, Error> {
        let store = &*self.0;
        let incident_run = |incident, ordinal| RunId::Incident(IncidentId(incident), ordinal);
        Ok(match question {
            Ask::Name => vec![store.name()?],
            Ask::Newest => vec![format!("{:?}", store.newest()?)],
            Ask::Incident(id) => lines(store.incident(IncidentId(id))?, |one| one.id),
            Ask::Keys => lines(store.keys()?, |known| known.id),
            Ask::Together(numbers, named) => together(&store.fetch(&needs(numbers, named))?),
            Ask::Clock => vec![format!("{:?}", store.clock()?)],
            Ask::Incidents { open, most } => lines(store.incidents(open, most)?, |one| one.id),
            Ask::Timeline(incident, from) => {
                lines(store.timeline(IncidentId(incident), from)?, |entry| {
                    entry.number
                })
            }
            Ask::Run(incident, ordinal) => {
                let found = store.fetch(&Needs::run(incident_run(incident, ordinal)))?;
                lines(fetched(found.runs)?, |run| run.id)
            }
            Ask::DebtRun(debt, ordinal) => {
                let found = store.fetch(&Needs::run(RunId::Debt(DebtId(debt), ordinal)))?;
                lines(fetched(found.runs)?, |run| run.id)
            }
            Ask::LiveRuns => live_runs(store)?,
            Ask::Loud => left(store.loud_incidents()?, |incident| incident.id),
            Ask::Program(number) => {
                let found = store.fetch(&Needs::program(batch::hash(number)))?;
                lines(fetched(found.programs)?, |_| number)
            }
            Ask::OpenIntents => left(store.open_intents()?, |intent| intent.id),
            Ask::AttemptsSince(target, since) => {
                let attempts = store.attempts(time(since))?.into_iter();
                let own = attempts.filter(|(_, of, _)| of == target);
                vec![own.map(|(.., amount)| amount).sum::<u32>().to_string()]
            }
            Ask::ChangedSince(target, since) => {
                let changed = store.changed(time(since))?.into_iter();
                let own = changed.filter(|changed| changed.target.kind() == target);
                vec![own.count().to_string()]
            }
            Ask::Events(name, since) => {
                let needs = Needs {
                    events: [(name.into(), time(since))].into(),
                    ..Needs::default()
                };
                let found = fetched(store.fetch(&needs)?.events)?;
                lines(found.into_iter().flatten(), |event| event.id)
            }
            Ask::Event(id) => lines(store.event(EventId(id))?, |event| event.id),
            Ask::DeadLetters(most) => {
                let letters = store.dead_letters(None, most)?.found.into_iter();
                lines(letters.map(|(_, letter)| letter), |letter| {
                    letter.at.millis()
                })
            }
            Ask::LetterPage { before, most } => {
                let page = store.dead_letters(before.map(LetterId), most)?;
                let mut page_lines = lines(page.found, |(id, _)| *id);
                page_lines.push(page.total.to_string());
                page_lines
            }
            Ask::Letter(id) => lines(store.dead_letter(LetterId(id))?, |_| id),
            Ask::IncidentPage { open, before, most } => {
                page_of_incidents(store.page_of_incidents(open, before.map(IncidentId), most)?)
            }
            Ask::Dwells => left(store.dwells()?, |dwell| dwell.event),
            Ask::Outbox => left(store.outbox()?, |message| message.id),
            Ask::Debts => left(store.debts()?, |debt| debt.id),
            Ask::Freeze => lines(store.freezes()?, |(_, freeze)| freeze.by.clone()),
            Ask::Waits => left(store.waits()?, |wait| wait.run),
            Ask::AtWork => lines(store.at_work()?, |known| match known {
                Ok(known) => format!("{} {}", known.runbook, known.version),
                Err((runbook, version)) => format!("{runbook} {version}"),
            }),
            Ask::Schedules => lines(store.schedules()?, |known| match known {
                Ok(known) => format!("{:?}", known.of),
                Err(place) => format!("{place:?}"),
            }),
            Ask::Storms => left(store.storms()?, |(scope, _)| scope.clone()),
            Ask::Stamp => lines(store.stamp()?, |stamp| stamp.at.millis()),
            Ask::Facts(after, most) => {
                let recorded = store.facts(after, most)?;
                let facts = recorded.into_iter().map(|batch| {
                    // Each store counts its own agents.
                    (batch.header.number, batch.header.stamp, batch.facts)
                });
                lines(facts, |(number, ..)| *number)
            }
        })
    }
}

fn page_of_incidents(page: Page<Result<Incident, Remains>>) -> Vec<String> {
    let mut page_lines = lines(page.found, |incident| match incident {
        Ok(incident) => incident.id,
        Err(remains) => remains.left.id,
    });
    page_lines.push(page.total.to_string());
    page_lines
}

/// Everything that has one of these numbers, and named events each since a time.
fn needs(numbers: &[u64], named: &[(&str, i64)]) -> Needs {
    let both = |id: &u64| [0, 1].map(|ordinal| RunId::Incident(IncidentId(*id), ordinal));
    let small = numbers.iter().filter_map(|id| u8::try_from(*id).ok());
    let named = named
        .iter()
        .map(|(name, since)| ((*name).into(), time(*since)));
    Needs {
        incidents: numbers.iter().map(|id| IncidentId(*id)).collect(),
        runs: numbers.iter().flat_map(both).collect(),
        programs: small.map(batch::hash).collect(),
        arrivals: numbers.iter().map(|id| EventId(*id)).collect(),
        events: named.collect(),
    }
}

/// What is there of it, what is not, and what is damaged.
fn together(bodies: &Bodies) -> Vec<String> {
    let mut told = Vec::new();
    for (id, body) in &bodies.incidents {
        told.push(one(&format!("incident {id}"), body));
    }
    for (id, body) in &bodies.runs {
        told.push(one(&format!("run {id}"), body));
    }
    for (id, body) in &bodies.arrivals {
        told.push(one(&format!("event {id}"), body));
    }
    for ((name, since), body) in &bodies.events {
        let name = format!("{name} since {}", since.millis());
        // None at all and an empty list are the same.
        let body = body
            .clone()
            .map(|found| found.filter(|found| !found.is_empty()));
        told.push(one(&name, &body));
    }
    for (_, body) in &bodies.programs {
        told.push(one("program", body));
    }
    told
}

fn one<T: Debug>(name: &str, body: &Body<T>) -> String {
    let word = match body {
        Ok(Some(_)) => "there",
        Ok(None) => "none",
        Err(_) => "damaged",
    };
    format!("{name} {word}: {body:?}")
}

/// The one that was asked for.
fn fetched<K, T>(found: Vec<(K, Body<T>)>) -> Result<Option<T>, Error> {
    let one = found.into_iter().next();
    one.map_or(Ok(None), |(_, body)| body)
}

fn lines<T: Debug, Number: Display>(
    records: impl IntoIterator<Item = T>,
    number: impl Fn(&T) -> Number,
) -> Vec<String> {
    let records = records.into_iter();
    records
        .map(|record| format!("{} {record:?}", number(&record)))
        .collect()
}

/// The same where some may be lost.
fn left<T: Debug, Number: Display>(
    records: Vec<Result<T, Lost>>,
    number: impl Fn(&T) -> Number,
) -> Vec<String> {
    let records = records.into_iter().map(|record| match record {
        Ok(record) => format!("{} {record:?}", number(&record)),
        Err(lost) => format!("{lost:?}"),
    });
    records.collect()
}

fn time(millis: i64) -> Time {
    Time::from_millis(millis).unwrap_or_default()
}

fn refusal(error: Error) -> Refusal {
    Refusal {
        kind: error.kind.word(),
        why: error.why,
    }
}

fn live_runs(store: &dyn Records) -> Result<Vec<String>, Error> {
    let mut found = lines(store.awake_runs()?, |run| match run {
        Ok(run) => run.id,
        Err(id) => *id,
    });
    let asleep = store.sleeping_runs()?.into_iter();
    // Its code is known where the program was kept first.
    let bare = asleep.map(|asleep| Sleeping {
        code: None,
        ..asleep
    });
    found.extend(lines(bare, |asleep| asleep.run));
    Ok(found)
}
