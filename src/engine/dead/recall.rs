//! What was told of dead letters, recalled at a start.

use super::{Kind, OFTEN};
use crate::engine::Engine;
use crate::journal::{Error, Journal};
use crate::run::moment;
use crate::value::{Duration, Time};

/// The most messages that are looked at.
const RECALLED: usize = 10_000;

impl Engine {
    /// What an earlier agent has told within the hour is not told again, and whom it has just told is not told at once.
    pub(in crate::engine) fn recall_told(
        &mut self,
        journal: &dyn Journal,
        now: Time,
    ) -> Result<(), Error> {
        let since = moment::after(now, Duration::from_millis(-OFTEN));
        let start = self.dead_threads();
        for outbox in journal.messages_since(since, RECALLED)? {
            self.recall_contact(&outbox, now);
            let thread = outbox.message.thread.strip_prefix(start.as_str());
            let Some((code, name)) = thread.and_then(|rest| rest.split_once('/')) else {
                continue;
            };
            let class = self.class(code, name);
            let kind = Kind {
                code: code.into(),
                name: name.to_owned(),
            };
            let at = outbox.message.at.min(now);
            self.dead.recall(kind, outbox.to.clone(), class, at);
        }
        Ok(())
    }
}
