//! What grows old goes.

use super::{Refusal, Store, batch, refusal, time};
use crate::journal::{Aged, Keep};

/// What stays: times as they are in the batches.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// Incidents that were not over before this.
    pub incidents: i64,
    /// Arrivals since then.
    pub arrivals: i64,
    /// Letters since then.
    pub letters: i64,
    /// Incidents of a runbook that were opened since then.
    pub recurs: &'a [(&'a str, i64)],
    /// The numbers of programs.
    pub programs: &'a [u8],
}

impl Store {
    /// Walks over everything, looking at so many records at a time; a line for each kind of which
    /// something went.
    pub fn retire(&mut self, kept: Kept<'_>, most: usize) -> Result<Vec<String>, Refusal> {
        let recurs = kept.recurs.iter();
        let programs = kept.programs.iter();
        let keep = Keep {
            incidents: time(kept.incidents),
            arrivals: time(kept.arrivals),
            letters: time(kept.letters),
            recurs: recurs
                .map(|(name, at)| ((*name).into(), time(*at)))
                .collect(),
            programs: programs.map(|number| batch::hash(*number)).collect(),
        };
        let mut lines = Vec::new();
        for kind in Aged::ALL {
            let (mut gone, mut after) = (0, Some(0));
            while let Some(number) = after {
                let step = self.0.retire(&keep, *kind, number, most);
                let step = step.map_err(refusal)?;
                gone += step.gone;
                after = step.next;
            }
            if gone > 0 {
                lines.push(format!("{gone} {}", kind.word()));
            }
        }
        Ok(lines)
    }
}
