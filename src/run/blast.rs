//! What a run has disturbed, counted against its `blast` before anything more is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::program::{BlastPer, Program};
use crate::value::Identity;

/// The targets that a run has touched.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Touched {
    run: BTreeSet<Identity>,
    /// Since the last verify that passed.
    at_once: BTreeSet<Identity>,
}

impl Touched {
    /// Counts these targets in, or says which line refuses them. How many attempts there were in a
    /// window of time is counted over all runs, by whoever grants intents.
    pub fn reserve(&mut self, program: &Program, targets: &[Identity]) -> Result<(), String> {
        let mut run = self.run.clone();
        let mut at_once = self.at_once.clone();
        run.extend(targets.iter().cloned());
        at_once.extend(targets.iter().cloned());
        for line in &program.metadata.blast {
            let (set, words) = match line.per {
                BlastPer::Run => (&run, ""),
                BlastPer::AtOnce => (&at_once, " at once"),
                BlastPer::Window(_) => continue,
            };
            let count = set
                .iter()
                .filter(|target| target.kind() == line.target)
                .count();
            if count > line.count as usize {
                let (most, kind) = (line.count, &line.target);
                return Err(format!(
                    "at most {most} {kind}{words}, this would be {count}"
                ));
            }
        }
        self.run = run;
        self.at_once = at_once;
        Ok(())
    }

    /// A verify passed: what was disturbed has recovered.
    pub fn recovered(&mut self) {
        self.at_once.clear();
    }

    /// Nothing was touched after all.
    pub fn clear(&mut self) {
        self.run.clear();
        self.at_once.clear();
    }
}
