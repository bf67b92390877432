//! What people look at: read over connections of its own, so that whoever looks holds up nobody who decides.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tracing::error;

use super::{Gone, Unanswered};
use crate::journal::{Archive, Error, ErrorKind};
use crate::store::Sqlite;

/// How many look at once.
const AT_ONCE: usize = 2;

/// A cheap way to look at a store that an agent works on.
///
/// A connection lasts as long as one look: one that nobody uses would keep the agent, when it closes its own,
/// from copying into the store what is in the log only.
#[derive(Clone, Debug)]
pub struct Reading {
    path: PathBuf,
    turns: Arc<Semaphore>,
}

impl Reading {
    /// Nothing is opened before somebody looks.
    pub fn of(path: PathBuf) -> Reading {
        Reading {
            path,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Asks something of the store: all that was committed before is seen.
    pub async fn look<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Archive) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Unanswered> {
        let turn = self.turns.clone().acquire_owned().await;
        let path = self.path.clone();
        let asked = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            question(&Sqlite::read(&path)?)
        });
        asked.await.map_err(|_| Gone)?.map_err(|failure| {
            error!("a look has no answer: {failure}");
            match failure.kind {
                ErrorKind::Corrupt => Unanswered::Damaged(failure.to_string()),
                ErrorKind::Full
                | ErrorKind::ReadOnly
                | ErrorKind::Taken
                | ErrorKind::Superseded
                | ErrorKind::Newer
                | ErrorKind::Failed => Unanswered::Unread(failure.to_string()),
            }
        })
    }
}
