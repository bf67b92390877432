//! What a chosen path has come to, so that a path which comes to the same is not gone on with.

use sha2::{Digest, Sha256};

use super::Driver;
use crate::run::{Action, Run};
use crate::testing::faults::judge;
use crate::testing::record::Record;

/// What was done and told so far, as far as it is judged later; each entry is taken in once.
#[derive(Default)]
pub struct Past {
    hash: Sha256,
    taken: usize,
}

impl Past {
    fn digest(&mut self, record: &Record) -> [u8; 32] {
        let new = record.entries.iter().skip(self.taken);
        for entry in new.filter(|(_, what)| judge::remembers(what)) {
            self.hash.update(format!("{entry:?}"));
        }
        self.taken = record.entries.len();
        self.hash.clone().finalize().into()
    }
}

impl Driver<'_, '_> {
    /// Whether the run asks for something where another path has stood: in the same state, at the same time, with
    /// the same done and told.
    pub(super) fn has_been(&mut self, run: &Run, next: &Action) -> bool {
        let chooser = self.chooser.as_mut();
        let Some(chooser) = chooser.filter(|chooser| chooser.is_free() && asks(next)) else {
            return false;
        };
        let mut hash = Sha256::new();
        hash.update(self.past.digest(&self.record));
        // Few, and changed in place: which line made them no entry says.
        hash.update(format!("{:?}", self.record.effects));
        hash.update(format!("{:?}", (self.now, self.state)));
        hash.update(run.alike(self.clock.pending()));
        chooser.comes_to(hash.finalize().into())
    }
}

/// Whether the world is asked, so that it has a choice.
fn asks(action: &Action) -> bool {
    match action {
        Action::Observe(_) | Action::Perform(_) | Action::Settle { .. } => true,
        Action::Intend { .. }
        | Action::Repeat { .. }
        | Action::Wait { .. }
        | Action::Tell(_)
        | Action::Attach(_)
        | Action::Record(_)
        | Action::End(_) => false,
    }
}
