//! Every event that was accepted has ended: an incident has it, or it lies with the dead letters and
//! whoever it concerned was told, or it still stands.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::journal::{
    Archive, Arrival, Disposition, Error, Event, EventId, Journal, Memory, Outbox, Standing,
};
use crate::value::Time;

/// What is known of events beside what the store says.
#[derive(Debug, Default)]
pub struct Events {
    /// Those that had to stand for a while.
    stood: BTreeSet<EventId>,
    /// Threads that concern no incident and in which something was said.
    threads: BTreeSet<SmolStr>,
    /// How many senders were answered.
    answered: u64,
}

/// What came of the events of one fingerprint.
#[derive(Default)]
struct Alike {
    has_settled: bool,
    last_resolved: Option<EventId>,
    /// The ends of its firings, and when those had begun.
    ends: Vec<(EventId, Time)>,
}

impl Alike {
    /// Whether the end of this firing was told before it.
    fn has_ended(&self, event: EventId, since: Time) -> bool {
        let mut ends = self.ends.iter();
        ends.any(|(end, began)| *end < event && since <= *began)
    }
}

impl Events {
    pub fn stands(&mut self, event: EventId) {
        self.stood.insert(event);
    }

    pub fn says(&mut self, outbox: &Outbox) {
        if outbox.message.incident.is_none() {
            self.threads.insert(outbox.message.thread.clone());
        }
    }

    /// So many senders are told that theirs was accepted.
    pub fn answers(&mut self, memory: &Memory, count: u64) -> Result<Option<String>, Error> {
        self.answered += count;
        let durable = memory.newest()?.event;
        Ok((self.answered > durable)
            .then(|| format!("{} were accepted, and {durable} are durable", self.answered)))
    }

    /// What is wrong when the script is over.
    pub fn at_end(&self, memory: &Memory) -> Result<Vec<String>, Error> {
        let mut arrivals = Vec::new();
        for id in 1..=memory.newest()?.event {
            match memory.event(EventId(id))? {
                Some(arrival) => arrivals.push(arrival),
                None => return Ok(vec![format!("event {id} is lost")]),
            }
        }
        let alike = alike(&arrivals);
        let letters = memory.dead_letters(None, usize::MAX)?.found;
        let letters: BTreeSet<_> = letters
            .iter()
            .filter_map(|(_, letter)| letter.event)
            .collect();
        let dwells = memory.dwells()?;
        let standing = dwells.iter().flatten();
        let standing: BTreeSet<_> = standing.map(|one| &one.fingerprint).collect();
        let name = memory.name()?;
        let mut wrong = Vec::new();
        for arrival in &arrivals {
            let id = arrival.id;
            match &arrival.disposition {
                Disposition::Taken(incidents) => {
                    for incident in incidents {
                        if memory.incident(*incident)?.is_none() {
                            wrong.push(format!(
                                "event {id} is with incident {incident}, which is nowhere"
                            ));
                        }
                    }
                }
                Disposition::Dead if !letters.contains(&id) => {
                    wrong.push(format!("event {id} is dead and is no letter"));
                }
                Disposition::Dead => {
                    let thread = SmolStr::from(format!("{name}/event/{id}"));
                    if self.stood.contains(&id) && !self.threads.contains(&thread) {
                        wrong.push(format!(
                            "event {id} is dead after it stood, and nobody was told"
                        ));
                    }
                }
                Disposition::Kept => {
                    if let Event::Alert(alert) = &arrival.event
                        && alert.standing == Standing::Firing
                        && !standing.contains(&alert.fingerprint)
                        && !alike.get(&alert.fingerprint).is_some_and(|alike| {
                            alike.has_settled
                                || alike.last_resolved > Some(id)
                                || alike.has_ended(id, alert.since)
                        })
                    {
                        wrong.push(format!("event {id} stood, and nothing came of it"));
                    }
                }
            }
        }
        Ok(wrong)
    }
}

/// What came of them, by fingerprint.
fn alike(arrivals: &[Arrival]) -> BTreeMap<SmolStr, Alike> {
    let mut all: BTreeMap<SmolStr, Alike> = BTreeMap::new();
    for arrival in arrivals {
        let Event::Alert(alert) = &arrival.event else {
            continue;
        };
        let alike = all.entry(alert.fingerprint.clone()).or_default();
        match alert.standing {
            Standing::Resolved => {
                alike.last_resolved = Some(arrival.id);
                alike.ends.push((arrival.id, alert.since));
            }
            Standing::Firing => {
                alike.has_settled |= arrival.disposition != Disposition::Kept;
            }
        }
    }
    all
}
