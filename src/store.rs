//! The store on disk: the journal's verbs on one SQLite file that one agent owns.
//!
//! In: batches of writes and a few questions. Out: records as they were written, or why not. A
//! batch is one transaction, synced before it is acknowledged. Never commits twice, never goes on
//! after a commit that failed, never decides what a record means.
//!
//! Three things keep a second agent out. A lock beside the file is released by the kernel when its
//! owner dies; an epoch in the file rises at each opening and is looked at in every transaction;
//! and the path must still lead to the file that was opened.

#![expect(
    clippy::disallowed_methods,
    reason = "this room owns the file of the store, its lock and nothing else"
)]

mod ask;
mod batch;
mod counted;
mod fetch;
mod lock;
mod lost;
mod migrate;
mod open;
mod record;
mod retain;
mod show;
mod trouble;
mod write;

use std::collections::BTreeSet;
use std::path::PathBuf;

use rusqlite::{Connection, TransactionBehavior};
use smol_str::SmolStr;

use crate::journal::{
    Aged, Archive, Arrival, AtWork, Batch, Bodies, ChangedTarget, DeadLetter, DealtWith, Debt,
    Dwell, Entry, Epoch, Error, ErrorKind, EventId, Freeze, Incident, IncidentId, Journal, Keep,
    KeptStorm, Keyed, LetterId, Lost, Needs, Newest, Outbox, Page, Recorded, Remains, RunId,
    Scheduled, Scope, Sleeping, Stamp, Step, StoreMigrated, StoredIntent, StoredRun, StoredWait,
    Versioned,
};
use crate::value::{Duration, Time};
use lock::Lock;
use open::Inode;
use trouble::{error, from_sqlite};

pub use show::{Overview, Row, TABLES, Table, try_records};

/// A store in a file.
#[derive(Debug)]
pub struct Sqlite {
    connection: Connection,
    /// Absolute, without symbolic links.
    path: PathBuf,
    /// None for whoever only reads.
    owner: Option<Owner>,
    /// What was done to it when it was opened.
    migrated: Option<StoreMigrated>,
    /// Why a commit failed: nothing is known since.
    broken: Option<String>,
}

/// What makes this value the one that writes. The connection is closed before the lock goes.
#[derive(Debug)]
struct Owner {
    epoch: Epoch,
    /// The store, and beside it the log of what is not copied into it yet.
    files: [(PathBuf, Inode); 2],
    _lock: Lock,
}

impl Owner {
    fn in_place(&self) -> Result<(), Error> {
        let mut files = self.files.iter();
        files.try_for_each(|(path, inode)| inode.check(path))
    }
}

impl Sqlite {
    /// How often the store was opened by an agent, this time included; 0 for whoever only reads.
    pub fn epoch(&self) -> Epoch {
        self.owner
            .as_ref()
            .map_or(Epoch::default(), |owner| owner.epoch)
    }

    /// The connection, if anything is known of what is there.
    fn known(&self) -> Result<&Connection, Error> {
        self.still_known()?;
        Ok(&self.connection)
    }

    fn still_known(&self) -> Result<(), Error> {
        match &self.broken {
            None => Ok(()),
            Some(why) => Err(error(
                ErrorKind::Failed,
                format!("the store refuses everything since a commit failed: {why}"),
            )),
        }
    }

    /// Does something in a transaction that only the owner may begin. After a failure nothing more
    /// is done: nobody knows what is there.
    fn transact<T>(
        &mut self,
        work: impl FnOnce(&Connection, Epoch) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.still_known()?;
        let done = self.owned(work);
        if let Err(error) = &done {
            self.broken = Some(error.why.clone());
        }
        done
    }

    fn owned<T>(
        &mut self,
        work: impl FnOnce(&Connection, Epoch) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Some(owner) = &self.owner else {
            return Err(error(
                ErrorKind::ReadOnly,
                "the store was opened to be read only",
            ));
        };
        owner.in_place()?;
        let begun = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = begun.map_err(from_sqlite)?;
        let epoch = open::epoch(&transaction)?;
        if epoch != owner.epoch {
            return Err(error(
                ErrorKind::Superseded,
                format!(
                    "another agent has taken over {}: it opened the store as epoch {epoch}, and \
                     this agent as epoch {}",
                    self.path.display(),
                    owner.epoch
                ),
            ));
        }
        let done = work(&transaction, epoch)?;
        transaction.commit().map_err(from_sqlite)?;
        Ok(done)
    }
}

impl Journal for Sqlite {
    fn name(&self) -> Result<String, Error> {
        ask::name(self.known()?)
    }

    fn is_in_place(&self) -> Result<(), Error> {
        self.still_known()?;
        match &self.owner {
            Some(owner) => owner.in_place(),
            None => Ok(()),
        }
    }

    fn epoch(&self) -> Epoch {
        Sqlite::epoch(self)
    }

    fn migrated(&self) -> Option<StoreMigrated> {
        self.migrated.clone()
    }

    fn append(&mut self, batch: &Batch) -> Result<(), Error> {
        self.transact(|transaction, epoch| {
            for change in &batch.writes {
                write::write(transaction, change)?;
            }
            if !batch.facts.is_empty() {
                batch::append(transaction, epoch, &batch.stamp, &batch.facts)?;
            }
            Ok(())
        })
    }

    fn retire(&mut self, keep: &Keep, kind: Aged, after: u64, most: usize) -> Result<Step, Error> {
        self.transact(|transaction, _| retain::retire(transaction, keep, kind, after, most))
    }

    fn facts(&self, after: u64, most: usize) -> Result<Vec<Recorded>, Error> {
        batch::facts(self.known()?, after, most)
    }

    fn fetch(&self, needs: &Needs) -> Result<Bodies, Error> {
        fetch::fetch(self.known()?, needs)
    }

    fn newest(&self) -> Result<Newest, Error> {
        ask::newest(self.known()?)
    }

    fn open_ids(&self) -> Result<Vec<IncidentId>, Error> {
        ask::open_ids(self.known()?)
    }

    fn keys(&self) -> Result<Vec<Keyed>, Error> {
        ask::keys(self.known()?)
    }

    fn incidents_before(&self, before: IncidentId, most: usize) -> Result<Vec<IncidentId>, Error> {
        ask::incidents_before(self.known()?, before, most)
    }

    fn quiet_incidents(&self) -> Result<u64, Error> {
        ask::quiet_incidents(self.known()?)
    }

    fn loud_incidents(&self) -> Result<Vec<Result<Incident, Lost>>, Error> {
        lost::loud_incidents(self.known()?)
    }

    fn sleeping_runs(&self) -> Result<Vec<Sleeping>, Error> {
        ask::sleeping_runs(self.known()?)
    }

    fn awake_runs(&self) -> Result<Vec<Result<StoredRun, RunId>>, Error> {
        ask::awake_runs(self.known()?)
    }

    fn damaged(&self, incidents: &BTreeSet<IncidentId>) -> Result<Vec<Lost>, Error> {
        lost::damaged(self.known()?, incidents)
    }

    fn open_intents(&self) -> Result<Vec<Result<StoredIntent, Lost>>, Error> {
        lost::open_intents(self.known()?)
    }

    fn attempts(&self, since: Time) -> Result<Vec<(Time, SmolStr, u32)>, Error> {
        counted::attempts(self.known()?, since)
    }

    fn changed(&self, since: Time) -> Result<Vec<ChangedTarget>, Error> {
        counted::changed(self.known()?, since)
    }

    fn dwells(&self) -> Result<Vec<Result<Dwell, Lost>>, Error> {
        lost::dwells(self.known()?)
    }

    fn outbox(&self) -> Result<Vec<Result<Outbox, Lost>>, Error> {
        lost::outbox(self.known()?)
    }

    fn messages_since(&self, since: Time, most: usize) -> Result<Vec<Outbox>, Error> {
        ask::messages_since(self.known()?, since, most)
    }

    fn debts(&self) -> Result<Vec<Result<Debt, Lost>>, Error> {
        lost::debts(self.known()?)
    }

    fn freezes(&self) -> Result<Vec<(Scope, Freeze)>, Error> {
        ask::freezes(self.known()?)
    }

    fn stamp(&self) -> Result<Option<Stamp>, Error> {
        batch::stamp(self.known()?)
    }

    fn clock(&self) -> Result<Duration, Error> {
        ask::clock(self.known()?)
    }

    fn waits(&self) -> Result<Vec<Result<StoredWait, Lost>>, Error> {
        lost::waits(self.known()?)
    }

    fn at_work(&self) -> Result<Vec<Result<AtWork, Versioned>>, Error> {
        ask::at_work(self.known()?)
    }

    fn schedules(&self) -> Result<Vec<Result<DealtWith, Scheduled>>, Error> {
        ask::schedules(self.known()?)
    }

    fn storms(&self) -> Result<Vec<KeptStorm>, Error> {
        lost::storms(self.known()?)
    }
}

impl Archive for Sqlite {
    fn incident(&self, id: IncidentId) -> Result<Option<Incident>, Error> {
        ask::incident(self.known()?, id)
    }

    fn incidents(&self, open: bool, most: usize) -> Result<Vec<Incident>, Error> {
        ask::incidents(self.known()?, open, most)
    }

    fn page_of_incidents(
        &self,
        open: bool,
        before: Option<IncidentId>,
        most: usize,
    ) -> Result<Page<Result<Incident, Remains>>, Error> {
        ask::page_of_incidents(self.known()?, open, before, most)
    }

    fn remains(&self, id: IncidentId) -> Result<Option<Remains>, Error> {
        lost::remains(self.known()?, id)
    }

    fn timeline(&self, incident: IncidentId, from: u64) -> Result<Vec<Entry>, Error> {
        ask::timeline(self.known()?, incident, from)
    }

    fn event(&self, id: EventId) -> Result<Option<Arrival>, Error> {
        ask::event(self.known()?, id)
    }

    fn dead_letters(
        &self,
        before: Option<LetterId>,
        most: usize,
    ) -> Result<Page<(LetterId, DeadLetter)>, Error> {
        ask::dead_letters(self.known()?, before, most)
    }

    fn dead_letter(&self, id: LetterId) -> Result<Option<DeadLetter>, Error> {
        ask::dead_letter(self.known()?, id)
    }
}
