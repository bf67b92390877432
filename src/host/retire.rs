//! The store is cleaned while nothing else is to be done: a few hundred records at a time.

use std::time::{Duration, Instant};

use tracing::info;

use super::Status;
use crate::engine::Engine;
use crate::journal::{Aged, Error, Journal};
use crate::settings::Retention;
use crate::value::Time;

/// The most records that are looked at in one transaction.
const MOST: usize = 500;
/// How long others have the store for themselves between two steps.
const PAUSE: Duration = Duration::from_millis(50);
/// How long the store is left alone once nothing old is left in it.
const REST: Duration = Duration::from_secs(60 * 60);

/// How far the store is cleaned.
#[derive(Debug)]
pub struct Retiring {
    terms: Retention,
    /// The kind and the number that come next.
    next: (Aged, u64),
    due: Instant,
    /// What went since the walk began.
    gone: u64,
}

impl Retiring {
    pub fn new(terms: Retention) -> Retiring {
        Retiring {
            terms,
            next: (Aged::Incidents, 0),
            due: Instant::now(),
            gone: 0,
        }
    }

    /// Takes a step if one is due, while no input waits.
    pub fn step(
        &mut self,
        journal: &mut dyn Journal,
        engine: &Engine,
        status: &Status,
        now: Time,
    ) -> Result<(), Error> {
        if Instant::now() < self.due {
            return Ok(());
        }
        let (kind, after) = self.next;
        let keep = engine.keeps(&self.terms, now);
        let step = journal.retire(&keep, kind, after, MOST)?;
        status.retires(kind, step.gone);
        self.gone += step.gone;
        self.due = Instant::now() + PAUSE;
        if let Some(after) = step.next {
            self.next = (kind, after);
            return Ok(());
        }
        let rest = Aged::ALL.iter().copied().skip_while(|one| *one <= kind);
        if let Some(kind) = rest.min() {
            self.next = (kind, 0);
            return Ok(());
        }
        if self.gone > 0 {
            info!(
                records = self.gone,
                "what is older than is kept was taken out of the store"
            );
        }
        *self = Retiring {
            due: Instant::now() + REST,
            ..Retiring::new(self.terms)
        };
        Ok(())
    }
}
