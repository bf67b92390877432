//! A store in memory: what every store has to do, in the plainest way. Others are compared with it.
//!
//! In: batches. Out: the records as they were written. It loses everything when it is dropped, and
//! never fails but for a batch that speaks of what is not there.

mod archive;
mod lost;
mod retain;

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::{
    Aged, Arrival, AtWork, Batch, Bodies, ChangedTarget, DeadLetter, DealtWith, Debt, DebtId,
    Delivery, Dwell, Encoded, Entry, Epoch, Error, ErrorKind, EventId, Freeze, Header, Heard,
    Incident, IncidentId, IntentId, Journal, Keep, KeptStorm, Keyed, LetterId, Lost, MessageId,
    Needs, Newest, Outbox, Recorded, RunId, Scheduled, Scope, Shard, Sleeping, Stamp, Step,
    StoredIntent, StoredRun, StoredWait, Storm, Versioned, Write, decode, encode,
};
use crate::program::CodeHash;
use crate::run::IntentKind;
use crate::value::{Duration, Time};

/// All records, by what identifies them.
#[derive(Clone, Debug)]
pub struct Memory {
    name: String,
    events: BTreeMap<EventId, Arrival>,
    /// Events by the name they are found by.
    named: BTreeMap<String, BTreeSet<EventId>>,
    /// Numbered from 1 on, in the order in which they were written.
    dead: BTreeMap<LetterId, DeadLetter>,
    incidents: BTreeMap<IncidentId, Incident>,
    alerts: BTreeMap<(IncidentId, SmolStr), Heard>,
    timelines: BTreeMap<(IncidentId, u64), Entry>,
    runs: BTreeMap<RunId, StoredRun>,
    programs: BTreeMap<CodeHash, Vec<u8>>,
    intents: BTreeMap<IntentId, StoredIntent>,
    dwells: BTreeMap<(EventId, String, u16), Dwell>,
    messages: BTreeMap<MessageId, Outbox>,
    debts: BTreeMap<DebtId, Debt>,
    freezes: BTreeMap<Scope, Freeze>,
    storms: BTreeMap<Scope, Storm>,
    at_work: BTreeMap<Versioned, AtWork>,
    schedules: BTreeMap<Scheduled, DealtWith>,
    waits: BTreeMap<RunId, StoredWait>,
    /// How far the clock was set.
    clock: Duration,
    /// What has happened, as bytes.
    batches: Vec<(Header, Encoded)>,
}

impl Memory {
    /// An empty store of this name.
    pub fn new(name: &str) -> Memory {
        Memory {
            name: name.to_owned(),
            events: BTreeMap::new(),
            named: BTreeMap::new(),
            dead: BTreeMap::new(),
            incidents: BTreeMap::new(),
            alerts: BTreeMap::new(),
            timelines: BTreeMap::new(),
            runs: BTreeMap::new(),
            programs: BTreeMap::new(),
            intents: BTreeMap::new(),
            dwells: BTreeMap::new(),
            messages: BTreeMap::new(),
            debts: BTreeMap::new(),
            freezes: BTreeMap::new(),
            storms: BTreeMap::new(),
            at_work: BTreeMap::new(),
            schedules: BTreeMap::new(),
            waits: BTreeMap::new(),
            clock: Duration::ZERO,
            batches: Vec::new(),
        }
    }

    /// Refuses a batch that speaks of what is not there, before anything of it is taken.
    fn check(&self, batch: &[Write]) -> Result<(), Error> {
        let mut events = BTreeSet::new();
        let mut intents = BTreeSet::new();
        let mut entries = BTreeSet::new();
        for write in batch {
            match write {
                Write::Arrived(arrival) => {
                    events.insert(arrival.id);
                }
                Write::Intent(intent) => {
                    intents.insert(intent.id);
                }
                Write::Disposed { event, .. }
                    if !self.events.contains_key(event) && !events.contains(event) =>
                {
                    return Err(refused(format!("there is no event {event}")));
                }
                Write::IntentState { id, .. }
                    if !self.intents.contains_key(id) && !intents.contains(id) =>
                {
                    return Err(refused(format!("there is no intent {id}")));
                }
                Write::Entry { incident, entry } => {
                    let place = (*incident, entry.number);
                    if self.timelines.contains_key(&place) || !entries.insert(place) {
                        let number = entry.number;
                        return Err(refused(format!(
                            "entry {number} of incident {incident} is written already"
                        )));
                    }
                }
                Write::Disposed { .. }
                | Write::Dead(_)
                | Write::Incident(_)
                | Write::Alert { .. }
                | Write::Run(_)
                | Write::Program { .. }
                | Write::IntentState { .. }
                | Write::Dwell(_)
                | Write::DwellGone { .. }
                | Write::Message(_)
                | Write::Debt(_)
                | Write::Freeze(..)
                | Write::Storm(..)
                | Write::AtWork(_)
                | Write::Schedule(_, _)
                | Write::Wait(..)
                | Write::Clock(_)
                | Write::Lost(_) => {}
            }
        }
        Ok(())
    }

    /// Takes one change that was checked.
    fn apply(&mut self, write: Write) {
        match write {
            Write::Arrived(arrival) => {
                let name = arrival.event.name().to_owned();
                self.named.entry(name).or_default().insert(arrival.id);
                self.events.insert(arrival.id, arrival);
            }
            Write::Disposed { event, disposition } => {
                if let Some(arrival) = self.events.get_mut(&event) {
                    arrival.disposition = disposition;
                }
            }
            Write::Dead(letter) => {
                let newest = self.dead.keys().next_back().map_or(0, |id| id.0);
                self.dead.insert(LetterId(newest + 1), letter);
            }
            Write::Incident(incident) => {
                self.incidents.insert(incident.id, *incident);
            }
            Write::Alert {
                incident,
                fingerprint,
                heard,
            } => {
                self.alerts.insert((incident, fingerprint), heard);
            }
            Write::Entry { incident, entry } => {
                self.timelines.insert((incident, entry.number), entry);
            }
            Write::Run(run) => {
                self.runs.insert(run.id, run);
            }
            Write::Program { hash, artefact } => {
                self.programs.entry(hash).or_insert(artefact);
            }
            Write::Intent(intent) => {
                self.intents.insert(intent.id, intent);
            }
            Write::IntentState { id, state } => {
                if let Some(intent) = self.intents.get_mut(&id) {
                    intent.state = state;
                }
            }
            Write::Dwell(dwell) => {
                let runbook = dwell.runbook.to_string();
                self.dwells
                    .insert((dwell.event, runbook, dwell.trigger), dwell);
            }
            Write::DwellGone {
                event,
                runbook,
                trigger,
            } => {
                self.dwells.remove(&(event, runbook.to_string(), trigger));
            }
            Write::Message(message) => {
                self.messages.insert(message.id, message);
            }
            Write::Debt(debt) => {
                self.debts.insert(debt.id, debt);
            }
            Write::Freeze(scope, Some(freeze)) => {
                self.freezes.insert(scope, freeze);
            }
            Write::Freeze(scope, None) => {
                self.freezes.remove(&scope);
            }
            Write::Storm(scope, storm) => {
                self.storms.insert(scope, storm);
            }
            Write::AtWork(known) => self.works(known),
            Write::Schedule(of, known) => self.is_dealt_with(of, known),
            Write::Wait(run, Some(wait)) => {
                self.waits.insert(run, wait);
            }
            Write::Wait(run, None) => {
                self.waits.remove(&run);
            }
            Write::Clock(clock) => self.clock = clock,
            Write::Lost(lost) => self.lose(&lost),
        }
    }

    fn is_dealt_with(&mut self, of: Scheduled, known: Option<DealtWith>) {
        match known {
            Some(known) => self.schedules.insert(of, known),
            None => self.schedules.remove(&of),
        };
    }

    fn works(&mut self, known: AtWork) {
        let named = (known.runbook.clone(), known.version.clone());
        self.at_work.insert(named, known);
    }

    fn is_live(&self, run: RunId) -> bool {
        self.runs.get(&run).is_some_and(|run| !run.ended)
    }
}

impl Memory {
    /// What each incident has heard of, in order.
    fn alerts_of(&self, id: IncidentId) -> impl Iterator<Item = (&SmolStr, Heard)> {
        let later = self.alerts.range((id, SmolStr::default())..);
        let own = later.take_while(move |((incident, _), _)| *incident == id);
        own.map(|((_, fingerprint), heard)| (fingerprint, *heard))
    }

    /// An incident with its alerts.
    fn whole(&self, incident: &Incident) -> Incident {
        let mut incident = incident.clone();
        for (fingerprint, heard) in self.alerts_of(incident.id) {
            incident.bring_alert(fingerprint.clone(), heard);
        }
        incident
    }

    /// A run, live or not.
    pub fn run(&self, id: RunId) -> Option<&StoredRun> {
        self.runs.get(&id)
    }

    /// Events of this name that arrived at or after a time, newest first.
    fn named(&self, name: &str, since: Time) -> Vec<Arrival> {
        let newest = self.named.get(name).into_iter().flatten().rev();
        let newest = newest.filter_map(|id| self.events.get(id));
        let asked = newest.filter(|arrival| arrival.event.name() == name && arrival.at >= since);
        asked.cloned().collect()
    }
}

impl Journal for Memory {
    fn name(&self) -> Result<String, Error> {
        Ok(self.name.clone())
    }

    fn epoch(&self) -> Epoch {
        Epoch(1)
    }

    fn append(&mut self, batch: &Batch) -> Result<(), Error> {
        self.check(&batch.writes)?;
        for write in &batch.writes {
            self.apply(write.clone());
        }
        if !batch.facts.is_empty() {
            let header = Header {
                shard: Shard::default(),
                number: self.batches.last().map_or(0, |(last, _)| last.number) + 1,
                epoch: self.epoch(),
                stamp: batch.stamp.clone(),
            };
            self.batches.push((header, encode(&batch.facts)));
        }
        Ok(())
    }

    fn retire(&mut self, keep: &Keep, kind: Aged, after: u64, most: usize) -> Result<Step, Error> {
        Ok(self.retire_some(keep, kind, after, most))
    }

    fn facts(&self, after: u64, most: usize) -> Result<Vec<Recorded>, Error> {
        let later = self
            .batches
            .iter()
            .filter(|(header, _)| header.number > after);
        let read = later.map(|(header, encoded)| Recorded {
            header: header.clone(),
            facts: decode(&encoded.open, Some(&encoded.personal)),
        });
        Ok(read.take(most).collect())
    }

    fn fetch(&self, needs: &Needs) -> Result<Bodies, Error> {
        let incidents = needs.incidents.iter();
        let runs = needs.runs.iter();
        let programs = needs.programs.iter();
        let arrivals = needs.arrivals.iter();
        let events = needs.events.iter();
        Ok(Bodies {
            incidents: incidents
                .map(|id| {
                    let incident = self.incidents.get(id);
                    (*id, Ok(incident.map(|one| self.whole(one))))
                })
                .collect(),
            runs: runs
                .map(|id| (*id, Ok(self.runs.get(id).cloned())))
                .collect(),
            programs: programs
                .map(|hash| (*hash, Ok(self.programs.get(hash).cloned())))
                .collect(),
            arrivals: arrivals
                .map(|id| (*id, Ok(self.events.get(id).cloned())))
                .collect(),
            events: events
                .map(|asked| (asked.clone(), Ok(Some(self.named(&asked.0, asked.1)))))
                .collect(),
        })
    }

    fn newest(&self) -> Result<Newest, Error> {
        let incident = self.incidents.keys().next_back().copied();
        let in_timeline = self.timelines.keys().next_back().map(|(id, _)| *id);
        Ok(Newest {
            event: self.events.keys().next_back().map_or(0, |id| id.0),
            incident: incident.max(in_timeline).map_or(0, |id| id.0),
            intent: self.intents.keys().next_back().map_or(0, |id| id.0),
            message: self.messages.keys().next_back().map_or(0, |id| id.0),
            debt: self.debts.keys().next_back().map_or(0, |id| id.0),
            letter: self.dead.keys().next_back().map_or(0, |id| id.0),
        })
    }

    fn incidents_before(&self, before: IncidentId, most: usize) -> Result<Vec<IncidentId>, Error> {
        let older = self.incidents.range(..before).rev();
        Ok(older.take(most).map(|(id, _)| *id).collect())
    }

    fn quiet_incidents(&self) -> Result<u64, Error> {
        let quiet = self.incidents.values().filter(|one| one.is_quiet());
        Ok(quiet.count() as u64)
    }

    fn loud_incidents(&self) -> Result<Vec<Result<Incident, Lost>>, Error> {
        let loud = self.incidents.values().rev().filter(|one| one.is_loud());
        Ok(loud.map(|one| Ok(self.whole(one))).collect())
    }

    fn open_ids(&self) -> Result<Vec<IncidentId>, Error> {
        let open = self.incidents.values().filter(|one| !one.is_done());
        Ok(open.map(|one| one.id).collect())
    }

    fn keys(&self) -> Result<Vec<Keyed>, Error> {
        Ok(self.incidents.values().map(Incident::keyed).collect())
    }

    fn sleeping_runs(&self) -> Result<Vec<Sleeping>, Error> {
        let asleep = self.runs.values().filter_map(StoredRun::sleeping);
        let kept = asleep.map(|run| Sleeping {
            code: run.code.filter(|code| self.programs.contains_key(code)),
            ..run
        });
        Ok(kept.collect())
    }

    fn damaged(&self, _: &BTreeSet<IncidentId>) -> Result<Vec<Lost>, Error> {
        Ok(Vec::new())
    }

    fn awake_runs(&self) -> Result<Vec<Result<StoredRun, RunId>>, Error> {
        let live = self.runs.values().filter(|run| !run.ended);
        let awake = live.filter(|run| run.sleeping().is_none());
        let bare = awake.map(|run| StoredRun {
            id: run.id,
            code: run.code,
            state: Vec::new(),
            pending: run.pending.clone(),
            ended: run.ended,
            clock: run.clock,
        });
        Ok(bare.map(Ok).collect())
    }

    fn open_intents(&self) -> Result<Vec<Result<StoredIntent, Lost>>, Error> {
        let open = self
            .intents
            .values()
            .filter(|intent| intent.state.is_unsettled() || self.is_live(intent.run));
        Ok(open.cloned().map(Ok).collect())
    }

    fn attempts(&self, since: Time) -> Result<Vec<(Time, SmolStr, u32)>, Error> {
        let mut counted: BTreeMap<(SmolStr, Time), u32> = BTreeMap::new();
        for intent in self.intents.values() {
            if intent.intent.kind == IntentKind::Do && intent.at >= since {
                for place in intent.intent.counts_for() {
                    *counted.entry((place, intent.at)).or_default() += 1;
                }
            }
        }
        let counted = counted.into_iter();
        Ok(counted.map(|((of, at), amount)| (at, of, amount)).collect())
    }

    fn changed(&self, since: Time) -> Result<Vec<ChangedTarget>, Error> {
        let all = self.intents.values();
        Ok(all.flat_map(|one| one.changed_since(since)).collect())
    }

    fn dwells(&self) -> Result<Vec<Result<Dwell, Lost>>, Error> {
        Ok(self.dwells.values().cloned().map(Ok).collect())
    }

    fn outbox(&self) -> Result<Vec<Result<Outbox, Lost>>, Error> {
        let messages = self.messages.values();
        let due = messages.filter(|message| matches!(message.delivery, Delivery::Due { .. }));
        Ok(due.cloned().map(Ok).collect())
    }

    fn messages_since(&self, since: Time, most: usize) -> Result<Vec<Outbox>, Error> {
        let newest = self.messages.values().rev().take(most);
        let later = newest.filter(|one| one.message.at >= since);
        Ok(later.cloned().collect())
    }

    fn debts(&self) -> Result<Vec<Result<Debt, Lost>>, Error> {
        let owed = self.debts.values().filter(|debt| debt.paid.is_none());
        Ok(owed.cloned().map(Ok).collect())
    }

    fn freezes(&self) -> Result<Vec<(Scope, Freeze)>, Error> {
        let freezes = self.freezes.iter();
        Ok(freezes
            .map(|(scope, freeze)| (scope.clone(), freeze.clone()))
            .collect())
    }

    fn stamp(&self) -> Result<Option<Stamp>, Error> {
        let last = self.batches.last();
        Ok(last.map(|(header, _)| header.stamp.clone()))
    }

    fn clock(&self) -> Result<Duration, Error> {
        Ok(self.clock)
    }

    fn waits(&self) -> Result<Vec<Result<StoredWait, Lost>>, Error> {
        Ok(self.waits.values().cloned().map(Ok).collect())
    }

    fn at_work(&self) -> Result<Vec<Result<AtWork, Versioned>>, Error> {
        Ok(self.at_work.values().cloned().map(Ok).collect())
    }

    fn schedules(&self) -> Result<Vec<Result<DealtWith, Scheduled>>, Error> {
        Ok(self.schedules.values().cloned().map(Ok).collect())
    }

    fn storms(&self) -> Result<Vec<KeptStorm>, Error> {
        let kept = |(scope, storm): (&Scope, &Storm)| Ok((scope.clone(), storm.clone()));
        Ok(self.storms.iter().map(kept).collect())
    }
}

/// A batch that cannot be meant.
fn refused(why: String) -> Error {
    Error {
        kind: ErrorKind::Failed,
        why,
    }
}
