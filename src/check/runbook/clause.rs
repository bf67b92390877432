//! The clauses of a runbook that are neither triggers nor code: version, severity, bounds, times.
//!
//! In: clauses in any order. Out: the runbook's row, and what is missing or does not go together.

use std::collections::BTreeMap;

use super::super::expr::{Elaborator, Place};
use super::super::state::Checker;
use crate::diag::{Code, Diagnostic};
use crate::effect::Severity;
use crate::literal;
use crate::syntax::tree::{self, ClauseKind as Clause, Ident, SeverityCase};
use crate::text::Span;
use crate::typed::{self, Recurs, RunbookId, TellClause, TriggerKind, Version};
use crate::value::Number;

impl Checker<'_> {
    /// Everything that is data.
    pub fn resolve_clauses(&mut self, id: RunbookId) {
        let item = self.draft(id).item;
        self.refuse_clauses_twice(&item.clauses);
        for clause in &item.clauses {
            self.resolve_clause(id, clause);
        }
    }

    fn resolve_clause(&mut self, id: RunbookId, clause: &tree::Clause) {
        let file = self.draft(id).file;
        match &clause.kind {
            Clause::Version(span) => {
                let version = self.version(*span);
                let runbook = self.runbook_mut(id);
                runbook.version = version;
                runbook.version_span = Some(*span);
            }
            Clause::Severity(cases) => {
                self.refuse_no_severity(cases);
                self.severity(id, cases);
            }
            Clause::IncidentPer(names) => {
                self.refuse_keys_twice(names);
                self.incident_per(id, names);
            }
            Clause::Again(times) => {
                self.runbook_mut(id).again = self.count(file, times, "again at most");
            }
            Clause::Recurs {
                times,
                within,
                then,
            } => {
                let times = self.count(file, times, "recurs");
                let within = self.duration(file, within, "within");
                let mut elaborator = Elaborator::of_runbook(self, id, Place::Clause);
                let then = elaborator.notice(then);
                if let (Some(times), Some(within)) = (times, within) {
                    self.runbook_mut(id).recurs = Some(Recurs {
                        times,
                        within,
                        then,
                    });
                }
            }
            Clause::Clears(word) => match word.as_str() {
                "stop" => self.runbook_mut(id).clears_stop = true,
                "continue" => self.runbook_mut(id).clears_stop = false,
                _ => self.say_unknown_word("word behind `clears`", word, &["stop", "continue"]),
            },
            Clause::Fresh(time) => {
                if let Some(time) = self.duration(file, time, "fresh") {
                    self.runbook_mut(id).fresh = time;
                }
            }
            Clause::Patience(time) => {
                if let Some(time) = self.duration(file, time, "patience") {
                    self.runbook_mut(id).patience = time;
                }
            }
            Clause::EndsWithin(time) => {
                if let Some(ends) = self.duration(file, time, "ends within") {
                    self.runbook_mut(id).ends_within = Some((ends, time.span));
                }
            }
            Clause::Tell(tell) => self.tell_clause(id, tell, clause.span),
            Clause::Blast(lines) => {
                self.runbook_mut(id).blast_span = Some(clause.span);
                for line in lines {
                    self.blast_line(id, line);
                }
            }
            Clause::Missing
            | Clause::On(_)
            | Clause::Watch(_)
            | Clause::Diagnose(_)
            | Clause::Remedy(_)
            | Clause::Steps(_)
            | Clause::Otherwise(_) => {}
        }
    }

    /// Says which clauses stand twice where one is enough.
    fn refuse_clauses_twice(&mut self, clauses: &[tree::Clause]) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for clause in clauses {
            let Some(word) = single(&clause.kind) else {
                continue;
            };
            let head = clause.span.inside(0, word.len());
            if let Some(first) = seen.get(word) {
                let message = format!("`{word}` is given twice");
                let found = Diagnostic::new(Code::ClauseConflict, message, head, "said again");
                self.say(found.and(*first, "said here first"));
            } else {
                seen.insert(word, head);
            }
        }
    }

    fn version(&mut self, span: Span) -> Option<Version> {
        match literal::number(self.text(span), span) {
            Ok(Number::Version([major, minor, patch])) => Some(Version {
                major,
                minor,
                patch,
            }),
            // The parser takes nothing else, and has said so.
            Ok(_) | Err(_) => None,
        }
    }

    fn severity(&mut self, id: RunbookId, cases: &[SeverityCase]) {
        let mut always = cases.iter().filter(|case| case.when.is_none());
        if let (Some(first), Some(second)) = (always.next(), always.next()) {
            let message = "only one severity stands without `when`";
            let (at, label) = (second.level.span, "always holds, too");
            let found = Diagnostic::new(Code::ClauseConflict, message, at, label);
            let found = found.and(first.level.span, "always holds");
            let level = &second.level.text;
            self.say(found.help(format!("say when it is `{level}`: `{level} when ...`")));
        }
        for case in cases {
            let level = Severity::from_word(case.level.as_str());
            let Some(level) = level.filter(|level| *level != Severity::None) else {
                let all = ["sev1", "sev2", "sev3", "sev4"];
                self.say_unknown_word("severity", &case.level, &all);
                continue;
            };
            let mut elaborator = Elaborator::of_runbook(self, id, Place::Clause);
            let when = case.when.as_ref().map(|tree| elaborator.condition(tree));
            let row = self.runbook_mut(id);
            row.severity.push(typed::SeverityCase { level, when });
        }
    }

    fn tell_clause(&mut self, id: RunbookId, tell: &tree::TellClause, span: Span) {
        let file = self.draft(id).file;
        let unresolved_after = match &tell.unresolved_after {
            Some(time) => self.duration(file, time, "if unresolved after"),
            None => None,
        };
        let mut elaborator = Elaborator::of_runbook(self, id, Place::Clause);
        let roles = elaborator.roles(&tell.roles);
        let text = tell.text.as_ref().map(|text| elaborator.message(text));
        self.runbook_mut(id).tells.push(TellClause {
            roles,
            unresolved_after,
            text,
            span,
        });
    }

    /// What is missing, and what does not go together.
    pub fn check_clauses(&mut self, id: RunbookId) {
        let item = self.draft(id).item;
        let has = |wanted: fn(&Clause) -> bool| item.clauses.iter().find(|c| wanted(&c.kind));
        if has(|kind| matches!(kind, Clause::Missing)).is_some() || item.name.text.is_empty() {
            return;
        }
        let version = has(|kind| matches!(kind, Clause::Version(_)));
        let on = has(|kind| matches!(kind, Clause::On(_)));
        let diagnose = has(|kind| matches!(kind, Clause::Diagnose(_)));
        let steps = has(|kind| matches!(kind, Clause::Steps(_)));
        let remedy = has(|kind| matches!(kind, Clause::Remedy(_)));
        let name = &item.name;
        if version.is_none() {
            self.say_missing_clause(name, "version", "say which version it is: `version 1.0.0`");
        }
        if on.is_none() {
            self.say_missing_clause(name, "on", "say what sets it off: `on alert \"Name\"`");
        }
        match (diagnose, steps) {
            (None, None) => {
                let help =
                    "say what to look at: `diagnose { ... }`, or for routine work `steps { ... }`";
                self.say_missing_clause(name, "diagnose", help);
            }
            (Some(diagnose), Some(steps)) => {
                let message = "a runbook either diagnoses or has steps";
                let head = steps.span.inside(0, "steps".len());
                let found = Diagnostic::new(Code::ClauseConflict, message, head, "steps as well");
                self.say(found.and(diagnose.span.inside(0, "diagnose".len()), "it diagnoses"));
            }
            (None, Some(steps)) => {
                if let Some(remedy) = remedy {
                    let message = "`steps` find nothing, so there is nothing to remedy";
                    let head = remedy.span.inside(0, "remedy".len());
                    let found = Diagnostic::new(Code::ClauseConflict, message, head, "a remedy");
                    self.say(found.and(steps.span.inside(0, "steps".len()), "it has steps"));
                }
                self.check_routine(id, steps.span);
            }
            (Some(_), None) => {}
        }
        self.refuse_schedules_twice(id);
        self.check_incident_key(id);
    }

    fn say_missing_clause(&mut self, name: &Ident, word: &str, help: &str) {
        let message = format!("the runbook `{}` has no `{word}`", name.text);
        let label = format!("`{word}` is missing");
        let found = Diagnostic::new(Code::MissingClause, message, name.span, label);
        self.say(found.help(help));
    }

    /// Steps act without a finding, so nothing from outside may set them off.
    fn check_routine(&mut self, id: RunbookId, steps: Span) {
        let triggers = &self.package.runbooks[id.index()].triggers;
        let telemetry = triggers.iter().find(|trigger| match trigger.kind {
            TriggerKind::Alert { .. } | TriggerKind::Event { .. } => true,
            TriggerKind::Schedule { .. } | TriggerKind::Request { .. } => false,
        });
        if let Some(trigger) = telemetry {
            let message = "`steps` are routine work: a schedule or a request sets them off";
            let span = trigger.span;
            let found = Diagnostic::new(Code::ClauseConflict, message, span, "comes from outside");
            let found = found.and(steps.inside(0, "steps".len()), "act without a diagnosis");
            self.say(found.help("what an alert says is looked into first: `diagnose { ... }`"));
        }
    }
}

/// The word of a clause of which there is one at most; those with code are seen to elsewhere.
fn single(clause: &Clause) -> Option<&'static str> {
    match clause {
        Clause::Version(_) => Some("version"),
        Clause::Severity(_) => Some("severity"),
        Clause::IncidentPer(_) => Some("incident"),
        Clause::Again(_) => Some("again"),
        Clause::Recurs { .. } => Some("recurs"),
        Clause::Clears(_) => Some("clears"),
        Clause::Fresh(_) => Some("fresh"),
        Clause::Patience(_) => Some("patience"),
        Clause::EndsWithin(_) => Some("ends"),
        Clause::Blast(_) => Some("blast"),
        Clause::Missing
        | Clause::On(_)
        | Clause::Tell(_)
        | Clause::Watch(_)
        | Clause::Diagnose(_)
        | Clause::Remedy(_)
        | Clause::Steps(_)
        | Clause::Otherwise(_) => None,
    }
}
