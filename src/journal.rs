//! What a store must do, as plain data: the facts and the records it keeps, the few questions it
//! answers.
//!
//! In: a [`Batch`] of what has happened, [`Fact`]s, and of the records that differ for it,
//! [`Write`]s, which becomes durable as a whole or not at all. Out: both as they were written. A store never decides anything, never reads a clock, and never retries: after an
//! [`Error`] nothing is known of the batch, and whoever asked has to stop.

mod archive;
mod encode;
mod event;
mod fact;
mod header;
mod id;
mod incident;
mod lift;
mod lost;
mod memory;
mod message;
mod needs;
mod record;
mod retain;
mod write;

pub use archive::{Archive, Records};
pub use encode::{Encoded, Read, decode, encode};
pub use event::{Alert, Arrival, Disposition, Event, Sender, Source, Standing};
pub use fact::{
    AcknowledgementLapsed, AgentStarted, AgentStopped, AlertCleared, AlertReceived, ChainAdvanced,
    ChainEnded, ChainStarted, ChangePerformed, ChangeQueued, ChangeSettled, ChangeStarted,
    ChangesFrozen, ChangesReleased, Class, Climb, ClockStepped, DeadLetterReplayed, DeadLettered,
    DebtChecked, DebtIncurred, DebtOverdue, DebtPaid, DueHow, DwellEnd, DwellEnded, DwellMoved,
    DwellStarted, EventJoined, EventReceived, EvidenceAttached, Fact, FreezeReaches,
    FreezeReminded, IncidentAcknowledged, IncidentHanded, IncidentOpened, IncidentQuarantined,
    IncidentRated, IncidentReopened, IncidentRequested, IncidentResolved, IntentGranted,
    IntentRefused, IntentWaiting, Kind, LinkReached, MessageQueued, MessagesBundled,
    MessagesDelivered, MessagesDropped, MessagesFailed, NoticeGiven, Observed, Obstacle,
    PackageLoaded, PopulationFrozen, ProgramKept, ReleasedFor, RequestReceived, RunEnded, RunMoved,
    RunQuarantined, RunReported, RunResumed, RunStarted, RunbookLoaded, ScheduleDue, ScheduleEnded,
    Scope, SettledBy, StoppedHow, StoreMigrated, StormAcknowledged, StormBegan, StormEnded,
    StormJoined, Subject, Take, TargetsReleased, TriggerRef, UnprovenChanged, facts, samples,
};
pub use header::{Batch, Header, Recorded, Shard, Stamp};
pub use id::{DebtId, Epoch, EventId, IncidentId, IntentId, LetterId, MessageId, RunId};
pub use incident::{Alerts, Duty, Heard, How, Incident, IncidentState, Said, SettledAs};
pub use lost::{Lost, LostIncident, LostPart, Remains};
pub use memory::Memory;
pub use message::{Delivery, Line, Message, MessageKind, Note, Notes, Outbox, Retry};
pub use needs::{Bodies, Body, Needs};
pub use record::{
    AtWork, ChangedTarget, DeadLetter, DealtWith, Debt, Dwell, Entry, Freeze, Happened,
    IntentState, Scheduled, Sleeping, StoredIntent, StoredRun, StoredWait, Storm, TakenOn,
    Versioned, Waits, settling, steps,
};
pub use retain::{Aged, Keep, Step};
pub use write::Write;

use std::collections::BTreeSet;

use smol_str::SmolStr;

use crate::effect::words;
use crate::value::{Duration, Time};

/// Why a store failed. Nothing is known about what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub kind: ErrorKind,
    /// In the system's words.
    pub why: String,
}

/// What kind of failure of a store it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// There is no room for it.
    Full,
    /// It may not be written to.
    ReadOnly,
    /// Another agent works on it.
    Taken,
    /// Another agent took it over: this one is no longer the owner.
    Superseded,
    /// What it holds cannot be read.
    Corrupt,
    /// A later version of the tool wrote it.
    Newer,
    /// Anything else.
    Failed,
}

words!(ErrorKind {
    Full "full", ReadOnly "read_only", Taken "taken", Superseded "superseded",
    Corrupt "corrupt", Newer "newer", Failed "failed",
});

/// A storm by its scope, or what is left of it.
pub type KeptStorm = Result<(Scope, Storm), Lost>;

/// What a store does. Every method sees all batches that were committed before. Newer means a
/// higher number: the order of the store, which no clock can turn round. In the lists that a start
/// reads, what cannot be read stands as what is left of it beside the others.
pub trait Journal {
    /// Whether what was written is still where the next agent looks for it.
    fn is_in_place(&self) -> Result<(), Error> {
        Ok(())
    }

    /// A name that no other store has: part of every idempotency key.
    fn name(&self) -> Result<String, Error>;

    /// How often the store was opened by an agent.
    fn epoch(&self) -> Epoch;

    /// What was done to the store when it was opened, where it came from an earlier version.
    fn migrated(&self) -> Option<StoreMigrated> {
        None
    }

    /// Makes all of it durable, in this order, or none of it. On return nothing can lose it. A
    /// batch that speaks of what was never written is refused.
    fn append(&mut self, batch: &Batch) -> Result<(), Error>;

    /// Takes away what is old and not needed, of one kind: looks at the records behind a number, at
    /// most so many, in one transaction.
    fn retire(&mut self, keep: &Keep, kind: Aged, after: u64, most: usize) -> Result<Step, Error>;

    /// What has happened after a batch, in order: at most so many batches that are still there.
    fn facts(&self, after: u64, most: usize) -> Result<Vec<Recorded>, Error>;

    /// What decisions need and is not in memory: all of a kind at once. A damaged record costs itself
    /// alone.
    fn fetch(&self, needs: &Needs) -> Result<Bodies, Error>;

    /// The highest number used for each kind of id, so that none is used twice.
    fn newest(&self) -> Result<Newest, Error>;

    /// Which incidents are open, by id.
    fn open_ids(&self) -> Result<Vec<IncidentId>, Error>;
    /// Every incident's runbook and key, and when it was opened, by number.
    fn keys(&self) -> Result<Vec<Keyed>, Error>;
    /// The numbers of the newest incidents before one, newest first: so many at most.
    fn incidents_before(&self, before: IncidentId, most: usize) -> Result<Vec<IncidentId>, Error>;
    /// How many incidents are quiet.
    fn quiet_incidents(&self) -> Result<u64, Error>;
    /// Incidents that have to be in memory, newest first; one that is over and cannot be read is left out.
    fn loud_incidents(&self) -> Result<Vec<Result<Incident, Lost>>, Error>;
    /// Every run that waits for nothing but a time, by id.
    fn sleeping_runs(&self) -> Result<Vec<Sleeping>, Error>;
    /// Every other run that has not ended, without its state, by id. An entry that cannot be read is
    /// given as the error, so that it alone is put aside.
    fn awake_runs(&self) -> Result<Vec<Result<StoredRun, RunId>>, Error>;
    /// What is left of those of these incidents that are not over and cannot be read.
    fn damaged(&self, incidents: &BTreeSet<IncidentId>) -> Result<Vec<Lost>, Error>;

    /// Intents of runs that are stored and have not ended, whatever became of them, and those that have no
    /// outcome, whoever's they are; by id.
    fn open_intents(&self) -> Result<Vec<Result<StoredIntent, Lost>>, Error>;
    /// What intents count for that were granted at or after a time, and how often, whatever became of them: the types of
    /// their targets, and their failure domains; by what it is, then time. Undoing and releasing do not count.
    fn attempts(&self, since: Time) -> Result<Vec<(Time, SmolStr, u32)>, Error>;

    /// The same, each target by itself, with the runbook that meant to change it; by time.
    fn changed(&self, since: Time) -> Result<Vec<ChangedTarget>, Error>;

    /// Alerts that have to stand for a while first, by event, runbook, trigger.
    fn dwells(&self) -> Result<Vec<Result<Dwell, Lost>>, Error>;
    /// Messages that are due, by id: neither delivered nor given up.
    fn outbox(&self) -> Result<Vec<Result<Outbox, Lost>>, Error>;
    /// Of the newest messages, so many at most, those that were written at or after a time, whatever became of
    /// them; newest first. One that cannot be read is left out.
    fn messages_since(&self, since: Time, most: usize) -> Result<Vec<Outbox>, Error>;
    /// Debts that are not paid, by id.
    fn debts(&self) -> Result<Vec<Result<Debt, Lost>>, Error>;
    /// Where changes are stopped, and by whom.
    fn freezes(&self) -> Result<Vec<(Scope, Freeze)>, Error>;
    /// When the last batch was written, if there is one.
    fn stamp(&self) -> Result<Option<Stamp>, Error>;
    /// How far the clock has been set since the store began, all steps together.
    fn clock(&self) -> Result<Duration, Error>;
    /// Who waits for leave to change something, or has waited, by run.
    fn waits(&self) -> Result<Vec<Result<StoredWait, Lost>>, Error>;
    /// What each version does that was at work, by runbook and version; of one that cannot be read no more is
    /// known than which runbook and version it is. One of another encoding is left out: the next that is at work
    /// under it counts.
    fn at_work(&self) -> Result<Vec<Result<AtWork, Versioned>>, Error>;
    /// How far the due times of each schedule have been dealt with; of one that cannot be read no more is known than which
    /// it is.
    fn schedules(&self) -> Result<Vec<Result<DealtWith, Scheduled>>, Error>;
    /// Storms, as long as something waits for them.
    fn storms(&self) -> Result<Vec<KeptStorm>, Error>;
}

/// What an incident is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyed {
    pub id: IncidentId,
    pub runbook: SmolStr,
    pub key: SmolStr,
    pub opened: Time,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub found: Vec<T>,
    /// How many the whole list has.
    pub total: u64,
}

/// The highest numbers in use; 0 where nothing was ever written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Newest {
    pub event: u64,
    /// Also where nothing is left of it but its timeline.
    pub incident: u64,
    pub intent: u64,
    pub message: u64,
    pub debt: u64,
    pub letter: u64,
}

impl std::fmt::Display for Error {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.why)
    }
}

impl std::error::Error for Error {}
