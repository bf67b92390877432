//! What retention must not take: what the programs at work will ask for.

use super::Engine;
use crate::journal::Keep;
use crate::run::moment;
use crate::settings::Retention;
use crate::value::{Duration, Time};

impl Engine {
    /// What stays in the store at this time.
    pub fn keeps(&self, terms: &Retention, now: Time) -> Keep {
        let before = |length: Duration| moment::after(now, Duration::from_millis(-length.millis()));
        let recurs = self.runbooks.all().iter().filter_map(|loaded| {
            let recurs = loaded.program.metadata.recurs.as_ref()?;
            Some((loaded.program.runbook.clone(), before(recurs.within)))
        });
        Keep {
            incidents: before(terms.incidents),
            arrivals: before(terms.arrivals),
            letters: before(terms.letters),
            recurs: recurs.collect(),
            // Whatever is known here is not written again.
            programs: self.desk.known_programs().collect(),
        }
    }
}
