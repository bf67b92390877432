//! Leave for a change, as an agent gives it: by the windows of its runbook, where a test says when it begins, and by
//! the populations and failure domains that lines look at. Nothing else is at work in a test.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::Driver;
use crate::effect::Reason;
use crate::program::Program;
use crate::program::lower::{DomainLine, DomainPer};
use crate::run::domain::{Disturbed, at_once, too_often};
use crate::run::population::{Counted, line};
use crate::run::room::{Holder, room};
use crate::run::window::{self, Admission};
use crate::run::{Action, Event, Input, Intent, IntentKind, Run};
use crate::testing::record::Happened;
use crate::value::{Duration, Identity, Time};

/// What the run that is driven has used up of what it may.
#[derive(Debug, Default)]
pub struct Asked {
    granted: Vec<Intent>,
    waited: Duration,
    /// What it has changed and not seen to be well since, with what fields of it name.
    disturbed: BTreeMap<Identity, Vec<Identity>>,
    /// What its attempts count for, and when.
    attempts: Vec<(Time, SmolStr)>,
    /// What it has listed for the change that it asks for.
    counted: Vec<Counted>,
}

impl Asked {
    /// What the run has listed for the change that is among these.
    pub fn listed(&mut self, run: &Run, program: &Program, actions: &[Action]) {
        let asked = actions.iter().find_map(|action| match action {
            Action::Intend { intent, .. } | Action::Repeat { intent, .. } => Some(intent),
            Action::Observe(_)
            | Action::Perform(_)
            | Action::Settle { .. }
            | Action::Wait { .. }
            | Action::Tell(_)
            | Action::Attach(_)
            | Action::Record(_)
            | Action::End(_) => None,
        });
        if let Some(intent) = asked {
            self.counted = run.counted(program, intent);
        }
    }

    /// A change is granted.
    fn counts(&mut self, intent: &Intent, now: Time) {
        for target in &intent.targets {
            let named = intent.named_by(target);
            self.disturbed.insert(target.clone(), named);
        }
        let counted = intent.counts_for().into_iter();
        self.attempts.extend(counted.map(|what| (now, what)));
    }

    /// What the run says of itself.
    pub fn said(&mut self, event: &Event) {
        if let Event::Verified { .. } | Event::AlreadySo = event {
            self.disturbed.clear();
        }
    }
}

impl Driver<'_, '_> {
    /// Answers a change that asks for leave: at once, once a window opens, or not.
    pub(super) fn ask_leave(&mut self, id: u64, intent: &Intent) {
        if let Some(why) = self.no_room(intent) {
            return self.refuse(id, Reason::OverBound, why);
        }
        match self.leave(intent) {
            Admission::Go => {
                self.asked.granted.push(intent.clone());
                if intent.kind == IntentKind::Do {
                    self.asked.counts(intent, self.now);
                }
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
            Admission::Refuse(why) => self.refuse(id, Reason::Window, why),
        }
    }

    /// Answers one that is to be repeated, since nobody knows whether it took effect.
    pub(super) fn ask_again(&mut self, id: u64, intent: &Intent) {
        match self.no_room(intent) {
            Some(why) => self.refuse(id, Reason::OverBound, why),
            None => self.clock.at(self.now, Input::Granted { id }),
        }
    }

    fn refuse(&mut self, id: u64, reason: Reason, why: String) {
        self.record.add(self.now, Happened::Closed(why));
        self.clock.at(self.now, Input::Refused { id, reason });
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

    /// Why no line leaves room for the change; nobody else holds anything that could be waited for.
    fn no_room(&self, intent: &Intent) -> Option<String> {
        let is_do = intent.kind == IntentKind::Do;
        let domains = self.case.program.lowers.domains.iter().filter(|_| is_do);
        let mut full = domains.filter_map(|line| self.no_domain(line, intent));
        full.next().or_else(|| self.no_population(intent))
    }

    fn no_domain(&self, line: &DomainLine, intent: &Intent) -> Option<String> {
        let since = |window: Duration| {
            let since = self.now.millis().saturating_sub(window.millis());
            Time::from_millis(since).unwrap_or_default()
        };
        match line.per {
            DomainPer::AtOnce => {
                let disturbed = self.asked.disturbed.iter();
                let disturbed = disturbed.map(|(target, named)| Disturbed {
                    target,
                    named,
                    holder: Holder::Own,
                });
                at_once(line, intent, disturbed, false).why_not()
            }
            DomainPer::Window(window) => {
                let since = since(window);
                let done = |what: &str| {
                    let attempts = self.asked.attempts.iter();
                    let own = attempts.filter(|(at, of)| *at >= since && *of == what);
                    u32::try_from(own.count()).unwrap_or(u32::MAX)
                };
                too_often(line, intent, done).err()
            }
        }
    }

    fn no_population(&self, intent: &Intent) -> Option<String> {
        let holder = |target: &Identity| {
            let is_own = self.asked.disturbed.contains_key(target);
            is_own.then_some(Holder::Own)
        };
        self.asked.counted.iter().find_map(|counted| {
            let line = line(self.case.program, counted.line)?;
            room(line, counted, &intent.targets, holder, false).why_not()
        })
    }
}
