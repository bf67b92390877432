//! Runbooks.

use super::expr::{names, path_text, plain};
use super::{Outline, words};
use crate::syntax::tree::{
    BlastLineKind, BlastPer, Clause, ClauseKind, Ident, Notice, Otherwise, Remedy, Runbook,
    SeverityCase, TellClause, Trigger, TriggerClauseKind, TriggerKind, Watch, WithLabel, WithOp,
};

impl Outline<'_> {
    pub(super) fn runbook(&mut self, runbook: &Runbook) {
        let Runbook {
            name,
            product,
            clauses,
        } = runbook;
        let product = product
            .as_ref()
            .map_or(String::new(), |product| format!(" for {}", product.text));
        self.line(&format!("runbook {}{product}", name.text));
        self.nested(|outline| clauses.iter().for_each(|clause| outline.clause(clause)));
    }

    #[expect(clippy::too_many_lines, reason = "one match with an arm for each form")]
    fn clause(&mut self, clause: &Clause) {
        self.docs(&clause.doc);
        match &clause.kind {
            ClauseKind::Missing => self.line("<missing>"),
            ClauseKind::Version(span) => self.line(&format!("version {}", self.slice(*span))),
            ClauseKind::Severity(cases) => {
                let cases: Vec<String> = cases.iter().map(|case| self.severity(case)).collect();
                self.line(&format!("severity {}", cases.join(", ")));
            }
            ClauseKind::On(trigger) => self.trigger(trigger),
            ClauseKind::IncidentPer(keys) => {
                let keys: Vec<String> = keys.iter().map(path_text).collect();
                self.line(&format!("incident per {}", keys.join(", ")));
            }
            ClauseKind::Again(times) => self.line(&format!("again at most {}", self.expr(times))),
            ClauseKind::Recurs {
                times,
                within,
                then,
            } => {
                let then = self.notice(then);
                self.line(&format!(
                    "recurs {} within {} then {then}",
                    self.expr(times),
                    self.expr(within)
                ));
            }
            ClauseKind::Clears(word) => self.line(&format!("clears {}", word.text)),
            ClauseKind::Fresh(duration) => self.line(&format!("fresh {}", self.expr(duration))),
            ClauseKind::Patience(duration) => {
                self.line(&format!("patience {}", self.expr(duration)))
            }
            ClauseKind::EndsWithin(duration) => {
                self.line(&format!("ends within {}", self.expr(duration)))
            }
            ClauseKind::Tell(TellClause {
                roles,
                unresolved_after,
                text,
            }) => {
                let when = match unresolved_after {
                    Some(after) => format!("if unresolved after {}", self.expr(after)),
                    None => "at once".into(),
                };
                self.line(&words(&["tell", &names(roles), &when, &self.text(text)]));
            }
            ClauseKind::Blast(lines) => {
                self.line("blast");
                self.nested(|outline| lines.iter().for_each(|line| outline.blast_line(&line.kind)));
            }
            ClauseKind::Watch(Watch {
                name,
                params,
                value,
            }) => {
                self.line(&format!(
                    "watch {}{} = {}",
                    name.text,
                    self.params(params),
                    self.expr(value)
                ));
            }
            ClauseKind::Diagnose(block) => {
                self.line("diagnose");
                self.block(block);
            }
            ClauseKind::Remedy(Remedy { name, params, body }) => {
                self.line(&format!("remedy {}{}", name.text, self.params(params)));
                self.block(body);
            }
            ClauseKind::Steps(block) => {
                self.line("steps");
                self.block(block);
            }
            ClauseKind::Otherwise(Otherwise {
                of,
                body,
                braces: _,
            }) => {
                self.line(&words(&[
                    "otherwise",
                    of.as_ref().map_or("", Ident::as_str),
                ]));
                self.block(body);
            }
        }
    }

    fn severity(&self, case: &SeverityCase) -> String {
        words(&[&case.level.text, &self.after("when", &case.when)])
    }

    fn notice(&self, notice: &Notice) -> String {
        match notice {
            Notice::Page { roles, text } => words(&["page", &names(roles), &self.text(text)]),
            Notice::Hand(hand) => self.hand(hand),
        }
    }

    fn trigger(&mut self, trigger: &Trigger) {
        let Trigger {
            kind,
            clauses,
            span: _,
        } = trigger;
        let line = self.trigger_kind(kind);
        self.line(&format!("on {line}"));
        self.nested(|outline| {
            for clause in clauses {
                let line = match &clause.kind {
                    TriggerClauseKind::Missing => "<missing>".into(),
                    TriggerClauseKind::With(labels) => {
                        let labels: Vec<String> =
                            labels.iter().map(|label| outline.label(label)).collect();
                        format!("with {}", labels.join(", "))
                    }
                    TriggerClauseKind::Where(condition) => {
                        format!("where {}", outline.expr(condition))
                    }
                    TriggerClauseKind::Holding(duration) => {
                        format!("holding {}", outline.expr(duration))
                    }
                };
                outline.line(&line);
            }
        });
    }

    fn trigger_kind(&self, kind: &TriggerKind) -> String {
        match kind {
            TriggerKind::Missing => "<missing>".into(),
            TriggerKind::Alert { name, binding } => {
                words(&["alert", &plain(name), &bound(binding)])
            }
            TriggerKind::Event { record, binding } => {
                words(&["event", &path_text(record), &bound(binding)])
            }
            TriggerKind::Schedule {
                cron,
                zone,
                missed_runs,
            } => {
                let zone = zone
                    .as_ref()
                    .map_or(String::new(), |zone| format!("in {}", plain(zone)));
                let missed = match missed_runs {
                    Some(true) => "missed run once",
                    Some(false) => "missed skip",
                    None => "",
                };
                words(&["schedule", &self.expr(cron), &zone, missed])
            }
            TriggerKind::Request { params, by } => {
                let by = by
                    .as_ref()
                    .map_or(String::new(), |by| format!("by {}", by.text));
                words(&["request", &self.params(params), &by])
            }
        }
    }

    fn label(&self, label: &WithLabel) -> String {
        let WithLabel {
            label,
            quoted: _,
            binding,
            condition,
        } = label;
        let condition = condition.as_ref().map_or(String::new(), |condition| {
            let op = match condition.op {
                WithOp::Equal => "==",
                WithOp::NotEqual => "!=",
                WithOp::In => "in",
                WithOp::Matches => "~",
            };
            format!("{op} {}", self.expr(&condition.value))
        });
        words(&[&plain(label), &condition, &bound(binding)])
    }

    fn blast_line(&mut self, line: &BlastLineKind) {
        let line = match line {
            BlastLineKind::Missing => "<missing>".into(),
            BlastLineKind::AtMost { count, target, per } => {
                let per = match per {
                    BlastPer::Run => String::new(),
                    BlastPer::AtOnce => "at once".into(),
                    BlastPer::Window(window) => format!("per {}", self.expr(window)),
                };
                words(&["at most", &self.expr(count), &path_text(target), &per])
            }
            BlastLineKind::Share { share, population } => {
                format!("at most {} of {}", self.expr(share), self.expr(population))
            }
            BlastLineKind::Keep {
                least,
                field,
                population,
            } => format!(
                "keep at least {} {} of {}",
                self.expr(least),
                field.text,
                self.expr(population)
            ),
            BlastLineKind::PerDomain {
                count,
                target,
                domain,
                window,
            } => format!(
                "at most {} {} per {} per {}",
                self.expr(count),
                path_text(target),
                path_text(domain),
                self.expr(window)
            ),
            BlastLineKind::DomainsAtOnce {
                count,
                domain,
                target,
            } => format!(
                "at most {} {} of {} at once",
                self.expr(count),
                path_text(domain),
                path_text(target)
            ),
            BlastLineKind::Pause(window) => format!("pause during {}", window.text),
        };
        self.line(&line);
    }
}

fn bound(binding: &Option<Ident>) -> String {
    binding
        .as_ref()
        .map_or(String::new(), |name| format!("as {}", name.text))
}
