//! Schedules of one runbook: each stands for due times of its own.
//!
//! In: the triggers of a runbook. Out: nothing, or what is wrong with two of them.

use std::collections::BTreeMap;

use super::super::names::FileId;
use super::super::state::Checker;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree;
use crate::typed::{Missed, RunbookId, TriggerKind};

impl Checker<'_> {
    /// `missed run once within 2h`
    pub fn missed(
        &mut self,
        file: FileId,
        runs: Option<bool>,
        within: Option<&tree::Expr>,
    ) -> Missed {
        let longest = within.map(|within| (within.span, self.duration(file, within, "within")));
        match (runs.unwrap_or(false), longest) {
            (true, None) => Missed::Once,
            (true, Some((_, longest))) => longest.map_or(Missed::Once, Missed::OnceWithin),
            (false, None) => Missed::Skip,
            (false, Some((span, _))) => {
                let message = "what is skipped is made up for at no time";
                let found = Diagnostic::new(Code::ClauseConflict, message, span, "says nothing");
                self.say(found.help("write `missed run once within ...`, or leave the time out"));
                Missed::Skip
            }
        }
    }

    /// One that comes at all times of another says nothing new, or that what is missed is both made up for and left.
    pub fn refuse_schedules_twice(&mut self, id: RunbookId) {
        let runbook = &self.package.runbooks[id.index()];
        let products = &self.package.products;
        let product = runbook.product.and_then(|id| products.get(id.index()));
        let default = product.and_then(|product| product.zone.as_ref());
        let mut seen = BTreeMap::new();
        let mut again = Vec::new();
        for trigger in &runbook.triggers {
            let TriggerKind::Schedule { cron, zone, .. } = &trigger.kind else {
                continue;
            };
            if cron.is_empty() {
                continue;
            }
            let zone = zone.as_ref().or(default);
            let zone = zone.map_or("UTC", |zone| zone.as_str());
            match seen.get(&(cron, zone)) {
                Some(first) => again.push((trigger.span, *first)),
                None => {
                    seen.insert((cron, zone), trigger.span);
                }
            }
        }
        for (span, first) in again {
            let message = "a schedule is given twice";
            let found =
                Diagnostic::new(Code::ClauseConflict, message, span, "due at the same times");
            let found = found.and(first, "given here first");
            self.say(found.help("keep the one whose `missed` is what you want"));
        }
    }
}
