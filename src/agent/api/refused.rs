//! Calls that were refused before anything was done about them: counted, and said in the log, however
//! many there are.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tracing::warn;

use crate::effect::words;

/// How often the log says it of one kind.
const OFTEN: Duration = Duration::from_secs(10);

/// Why a call got no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refused {
    /// It was meant for a host that this agent is not.
    Host,
    /// A page of another origin made it.
    Origin,
    /// Nobody has the token, or there was none.
    Token,
    /// Its caller may do other things.
    Kind,
    /// Its body is not said to be JSON.
    ContentType,
    /// Its body did not come in time.
    Slow,
}

words!(Refused {
    Host "host", Origin "origin", Token "token", Kind "kind", ContentType "content_type",
    Slow "slow",
});

/// How many were refused since the start, and when the log said so last.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<BTreeMap<Refused, Counted>>);

#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    all: u64,
    unsaid: u64,
    said: Option<Instant>,
}

impl Refusals {
    pub fn count(&self, refused: Refused) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = counted.entry(refused).or_default();
        counted.all += 1;
        counted.unsaid += 1;
        if counted.said.is_none_or(|said| said.elapsed() >= OFTEN) {
            let reason = refused.word();
            warn!(reason, calls = counted.unsaid, "calls were refused");
            counted.said = Some(Instant::now());
            counted.unsaid = 0;
        }
    }

    /// How many of this kind were refused.
    pub fn of(&self, refused: Refused) -> u64 {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.get(&refused).map_or(0, |counted| counted.all)
    }
}
