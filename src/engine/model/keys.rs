//! What is known of every key: which incident was the newest, and when those of it were opened.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::journal::{IncidentId, Keyed};
use crate::run::moment;
use crate::value::{Duration, Time};

/// What is asked for is never longer ago.
const LONGEST: Duration = Duration::from_millis(366 * 24 * 3_600_000);

/// Every incident, by what it is about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keys(BTreeMap<Place, Seen>);

/// A runbook and a key, as a hash that no two of them share.
type Place = u128;

/// What is known of a key.
#[derive(Clone, Debug, Default, PartialEq)]
struct Seen {
    newest: IncidentId,
    /// When that was opened.
    opened: Time,
    /// When those before it were. Most keys have one incident.
    before: Vec<Time>,
}

fn place(runbook: &str, key: &str) -> Place {
    let mut hash = Sha256::new();
    hash.update(runbook.len().to_be_bytes());
    hash.update(runbook);
    hash.update(key);
    let half = hash.finalize().into_iter().take(16);
    half.fold(0, |place, byte| place << 8 | Place::from(byte))
}

impl Keys {
    /// An incident that was opened, after all others that are known.
    pub fn saw(&mut self, keyed: &Keyed) {
        let seen = self.0.entry(place(&keyed.runbook, &keyed.key));
        let seen = seen.or_default();
        if seen.newest != IncidentId::default() {
            let longest = Duration::from_millis(-LONGEST.millis());
            let oldest = moment::after(keyed.opened, longest);
            seen.before.retain(|at| *at >= oldest);
            seen.before.push(seen.opened);
        }
        seen.newest = keyed.id;
        seen.opened = keyed.opened;
    }

    pub fn newest(&self, runbook: &str, key: &str) -> Option<IncidentId> {
        let seen = self.0.get(&place(runbook, key))?;
        Some(seen.newest)
    }

    pub fn since(&self, runbook: &str, key: &str, since: Time) -> usize {
        let seen = self.0.get(&place(runbook, key)).into_iter();
        let opened = seen.flat_map(|seen| {
            let before = seen.before.iter();
            before.chain([&seen.opened])
        });
        opened.filter(|at| **at >= since).count()
    }
}
