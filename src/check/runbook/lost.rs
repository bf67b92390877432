//! What the grammar takes and nothing would come of: refused, so that nobody relies on it.
//!
//! In: clauses as written. Out: diagnostics. What is said here has no place in the typed tree: a limit given twice, a
//! value for what always has one, a severity that may be none.

use std::collections::BTreeMap;

use super::super::state::Checker;
use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::{
    ClauseKind, Parameter, Path, SeverityCase, TriggerClause, TriggerClauseKind,
};
use crate::text::Span;
use crate::typed::{BlastLine, RunbookId};

impl Checker<'_> {
    /// Takes a limit in. Of two for one type over the same time the wider one is kept, so that this is all that is said.
    pub fn add_limit(&mut self, id: RunbookId, line: BlastLine) {
        let target = self.package.targets[line.target.index()].name.to_string();
        let clauses = self.draft(id).item.clauses.iter();
        let blocks = clauses
            .filter(|clause| matches!(clause.kind, ClauseKind::Blast(_)))
            .count();
        let blast = &mut self.runbook_mut(id).blast;
        let known = |known: &&mut BlastLine| known.target == line.target && known.per == line.per;
        let Some(first) = blast.iter_mut().find(known) else {
            blast.push(line);
            return;
        };
        let (span, said_first) = (line.span, first.span);
        if blocks > 1 {
            // That there are two blocks is said.
            blast.push(line);
            return;
        }
        if line.count > first.count {
            *first = line;
        }
        let message = format!("a limit for `{target}` is given twice");
        let found = Diagnostic::new(Code::ClauseConflict, message, span, "said again");
        let found = found.and(said_first, "said here first");
        self.say(found.help("one of the two would be ignored: leave one line out"));
    }

    /// `on request(reason: String = "manual")`, `remedy stuck(worker = 3)`: it is always given.
    pub fn refuse_defaults(&mut self, params: &[Parameter], help: &str) {
        for param in params {
            let Some(default) = &param.default else {
                continue;
            };
            let source = &self.sources.source(param.span.source).text;
            let before = source
                .get(..default.span.start as usize)
                .unwrap_or_default();
            let sign = before.rfind('=').unwrap_or(before.len());
            let gap = before.get(..sign).unwrap_or_default().trim_end().len();
            let whole = Span::new(param.span.source, gap, default.span.end as usize);
            let message = format!("nothing stands in for `{}`", param.name.text);
            let found = Diagnostic::new(Code::ClauseConflict, message, whole, "never used");
            self.say(found.help(help).fix("remove it", whole, ""));
        }
    }

    /// `holding` twice in one trigger.
    pub fn refuse_holding_twice(&mut self, clauses: &[TriggerClause]) {
        let is_holding =
            |clause: &&TriggerClause| matches!(clause.kind, TriggerClauseKind::Holding(_));
        let mut all = clauses.iter().filter(is_holding);
        let Some(first) = all.next() else { return };
        for again in all {
            let message = "`holding` is given twice";
            let found = Diagnostic::new(Code::ClauseConflict, message, again.span, "said again");
            let found = found.and(first.span, "said here first");
            self.say(found.help("an alert has to stand for one time: leave one line out"));
        }
    }

    /// `severity sev3 when c`: which one is it otherwise?
    pub fn refuse_no_severity(&mut self, cases: &[SeverityCase]) {
        let (Some(first), true) = (cases.first(), cases.iter().all(|case| case.when.is_some()))
        else {
            return;
        };
        let message = "no severity stands without `when`";
        let place = first.level.span;
        let found = Diagnostic::new(
            Code::ClauseConflict,
            message,
            place,
            "only under a condition",
        );
        self.say(found.help("the usual one stands first: `severity sev3, sev2 when lag() > 100`"));
    }

    /// `incident per (pod, pod)`
    pub fn refuse_keys_twice(&mut self, keys: &[Path]) {
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for key in keys.iter().filter(|key| !key.name.text.is_empty()) {
            let shown = self.text(key.span).to_owned();
            if let Some(first) = seen.get(&shown) {
                let message = format!("`{shown}` is given twice");
                let found = Diagnostic::new(Code::ClauseConflict, message, key.span, "said again");
                let found = found.and(*first, "said here first");
                self.say(found.help("it tells the same incidents apart: leave it out"));
            } else {
                seen.insert(shown, key.span);
            }
        }
    }
}
