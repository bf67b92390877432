//! The windows of a runbook, as an agent asks them, where a test says when it begins.

use super::Driver;
use crate::effect::Reason;
use crate::program::window::Begins;
use crate::run::{Input, Intent, IntentKind, window};
use crate::testing::clock;
use crate::testing::record::Happened;
use crate::value::Duration;

/// What the run that is driven has used up of what it may.
#[derive(Debug, Default)]
pub struct Asked {
    granted: Vec<Intent>,
    waited: Duration,
}

impl Driver<'_, '_> {
    /// Answers a change that asks for leave: at once, once a window opens, or not.
    pub(super) fn ask_leave(&mut self, id: u64, intent: &Intent) {
        match self.closed(intent) {
            None => {
                self.asked.granted.push(intent.clone());
                let happened = Happened::Intended {
                    call: intent.call.clone(),
                    kind: intent.kind,
                    attempt: intent.attempt,
                };
                self.record.add(self.now, happened);
                self.clock.at(self.now, Input::Granted { id });
            }
            Some((begins, why)) => {
                self.record.add(self.now, Happened::Closed(why));
                self.later(id, begins);
            }
        }
    }

    /// When a change may begin that may not now, and why.
    fn closed(&self, intent: &Intent) -> Option<(Begins, String)> {
        let windows = self.case.program.windows.as_ref()?;
        if !self.case.test.says_when || intent.kind != IntentKind::Do {
            return None;
        }
        let needed = window::needed(windows, intent, &self.asked.granted);
        let begins = windows.lines.begins(self.now, needed);
        let opens = match begins {
            Begins::Now => return None,
            Begins::At(opens) => Some(opens),
            Begins::Never => None,
        };
        Some((begins, window::closed(opens, needed)))
    }

    /// What opens within the patience that is left is waited for.
    fn later(&mut self, id: u64, begins: Begins) {
        let patience = self.case.program.metadata.patience.millis();
        let left = patience - self.asked.waited.millis();
        let latest = clock::after(self.now, Duration::from_millis(left.max(0)));
        match begins {
            Begins::At(opens) if opens <= latest => {
                let waits = opens.millis() - self.now.millis();
                let waited = self.asked.waited.millis().saturating_add(waits);
                self.asked.waited = Duration::from_millis(waited);
                let input = Input::Free {
                    id,
                    anew: true,
                    left_out: Duration::ZERO,
                };
                self.clock.at(opens, input);
            }
            Begins::Now | Begins::At(_) | Begins::Never => {
                let reason = Reason::Window;
                self.clock.at(self.now, Input::Refused { id, reason });
            }
        }
    }
}
