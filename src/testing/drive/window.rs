//! The windows of a runbook, as an agent asks them, where a test says when it begins.

use super::Driver;
use crate::effect::Reason;
use crate::run::window::{self, Admission};
use crate::run::{Input, Intent, IntentKind};
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
        match self.leave(intent) {
            Admission::Go => {
                self.asked.granted.push(intent.clone());
                let happened = Happened::Intended {
                    call: intent.call.clone(),
                    kind: intent.kind,
                    attempt: intent.attempt,
                };
                self.record.add(self.now, happened);
                self.clock.at(self.now, Input::Granted { id });
            }
            Admission::Wait(opens, why) => {
                self.record.add(self.now, Happened::Closed(why));
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
            Admission::Refuse(why) => {
                self.record.add(self.now, Happened::Closed(why));
                let reason = Reason::Window;
                self.clock.at(self.now, Input::Refused { id, reason });
            }
        }
    }

    /// A test that does not say when it begins is in no window.
    fn leave(&self, intent: &Intent) -> Admission {
        let windows = self.case.program.windows.as_ref();
        let is_judged = self.case.test.says_when && intent.kind == IntentKind::Do;
        let Some(windows) = windows.filter(|_| is_judged) else {
            return Admission::Go;
        };
        let needed = window::needed(windows, intent, &self.asked.granted);
        let patience = self.case.program.metadata.patience;
        let used = (self.asked.waited, patience);
        window::leave(&windows.lines, needed, self.now, used)
    }
}
