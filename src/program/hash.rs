//! What makes two programs the same: the hash over what they do.
//!
//! In: a program. Out: a hash that runs are pinned to. Names of functions, places in the source and
//! the version are left out, so that moving, renaming and commenting change nothing.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use smol_str::SmolStr;

use super::{Place, Program};

/// The content hash of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CodeHash(pub [u8; 32]);

impl fmt::Display for CodeHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

/// How many bytes the fields take that were added at the end, for people, when they are empty and nothing is behind them.
const LATER: usize = 2;

impl Program {
    /// The hash of what the program does.
    pub fn code_hash(&self) -> CodeHash {
        let mut encoded = postcard::to_stdvec(&self.bare())
            .expect("a program holds nothing that postcard cannot encode, and memory grows");
        // What is empty at the end earlier versions did not have.
        if self.windows.is_none() {
            encoded.truncate(encoded.len().saturating_sub(LATER));
        }
        CodeHash(Sha256::digest(encoded).into())
    }

    /// The program without what is there for people only.
    fn bare(&self) -> Program {
        let mut bare = self.clone();
        bare.package = SmolStr::default();
        bare.product = SmolStr::default();
        bare.conditions = Vec::new();
        bare.version = SmolStr::default();
        for function in &mut bare.functions {
            function.name = SmolStr::default();
            function.places = Vec::new();
        }
        for window in bare
            .windows
            .iter_mut()
            .flat_map(|windows| windows.lines.named())
        {
            window.name = SmolStr::default();
        }
        let lowers = &mut bare.lowers;
        let populations = lowers.populations.iter_mut().map(|line| &mut line.words);
        let domains = lowers.domains.iter_mut().map(|line| &mut line.words);
        for words in populations.chain(domains) {
            *words = SmolStr::default();
        }
        let steps = bare.steps.iter_mut().map(|step| &mut step.place);
        let verifies = bare.verifies.iter_mut().map(|verify| &mut verify.place);
        let guards = bare.guards.iter_mut().map(|guard| &mut guard.place);
        let mitigations = bare.mitigations.iter_mut().map(|debt| &mut debt.place);
        for place in steps.chain(verifies).chain(guards).chain(mitigations) {
            *place = Place::default();
        }
        bare
    }
}
