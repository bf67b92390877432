//! The clauses of a runbook: what the engine and the run read, with the little code that they need.

use super::declare::target;
use super::tables::Tables;
use crate::program::StepIndex;
use crate::program::window::{Unit, Windows};
use crate::program::{
    Binding, BlastLine, BlastPer, FunctionIndex, KeyPart, LabelTest, Link, Metadata, Missed,
    Recurs, SeverityCase, TellClause, Trigger, TriggerKind,
};
use crate::text::Span;
use crate::typed::{self, Expr, Notice};
use smol_str::SmolStr;

impl Tables<'_> {
    pub(super) fn metadata(&mut self) {
        // A test's trigger has matched: what decides that is no part of its run.
        self.counts = false;
        let runbook = self.runbook;
        let product = runbook
            .product
            .and_then(|id| self.package.products.get(id.index()));
        self.program.owns = product
            .map(|product| {
                product
                    .owns
                    .iter()
                    .map(|pattern| pattern.steps.clone())
                    .collect()
            })
            .unwrap_or_default();
        let written = runbook.triggers.iter();
        self.program.conditions = written
            .map(|trigger| trigger.written.join(" and ").into())
            .collect();
        self.program.zone = product.and_then(|product| product.zone.clone());
        self.targets.extend(
            runbook
                .bindings
                .iter()
                .filter_map(|binding| target(&binding.ty)),
        );
        self.targets
            .extend(runbook.blast.iter().map(|line| line.target));
        self.program.metadata = Metadata {
            bindings: runbook
                .bindings
                .iter()
                .map(|binding| binding.name.clone())
                .collect(),
            severity: runbook
                .severity
                .iter()
                .map(|case| self.severity(case))
                .collect(),
            again: runbook.again.unwrap_or(0),
            clears_stop: runbook.clears_stop,
            fresh: runbook.fresh,
            patience: runbook.patience,
            stated: self.stated,
            owner: self.owner().map(|role| self.role(role)),
            chain: product
                .map(|product| product.chain.iter().map(|link| self.link(*link)).collect())
                .unwrap_or_default(),
            tells: runbook
                .tells
                .iter()
                .map(|clause| self.tell(clause))
                .collect(),
            blast: runbook.blast.iter().map(|line| self.blast(line)).collect(),
            triggers: runbook
                .triggers
                .iter()
                .map(|trigger| self.trigger(trigger))
                .collect(),
            incident_per: runbook
                .incident_per
                .iter()
                .map(|part| KeyPart {
                    binding: self.number(part.binding.index()),
                    field: part.field,
                })
                .collect(),
            one_incident: runbook.one_incident,
            recurs: runbook.recurs.as_ref().map(|recurs| self.recurs(recurs)),
            shadow: Vec::new(),
        };
        self.counts = true;
    }

    /// When changes may begin, and the parts that begin only where all of them fits. Last of all: every step has its
    /// number by then.
    pub(super) fn windows(&mut self) {
        let lines = self.package.window_lines(self.runbook);
        if lines.is_empty() && self.program.lowers.is_empty() {
            return;
        }
        let own = self.package.runbooks.iter();
        let own = own.zip(&self.facts.runbooks);
        let facts = own.filter(|(runbook, _)| std::ptr::eq(*runbook, self.runbook));
        let units = facts.flat_map(|(_, facts)| &facts.units);
        let units = units.map(|unit| Unit {
            remedy: unit.remedy.clone(),
            time: unit.time,
            steps: (0..)
                .map(StepIndex)
                .zip(&self.program.steps)
                .filter(|(_, step)| unit.steps.contains(&step.place))
                .map(|(index, _)| index)
                .collect(),
        });
        let units = units.collect();
        self.program.windows = Some(Box::new(Windows { lines, units }));
    }

    fn severity(&mut self, case: &typed::SeverityCase) -> SeverityCase {
        let when = case.when.as_ref();
        SeverityCase {
            level: case.level,
            when: when.map(|when| self.all_of("severity", std::slice::from_ref(when))),
        }
    }

    fn tell(&mut self, clause: &typed::TellClause) -> TellClause {
        TellClause {
            roles: self.role_list(&clause.roles),
            unresolved_after: clause.unresolved_after,
            text: clause.text.as_ref().map(|text| {
                self.entry("tell".to_owned(), clause.span, |builder| {
                    builder.return_text(text)
                })
            }),
        }
    }

    fn blast(&mut self, line: &typed::BlastLine) -> BlastLine {
        let target = self.package.targets.get(line.target.index());
        BlastLine {
            count: line.count,
            target: target
                .map(|target| target.name.to_string().into())
                .unwrap_or_default(),
            per: match line.per {
                typed::BlastPer::Run => BlastPer::Run,
                typed::BlastPer::AtOnce => BlastPer::AtOnce,
                typed::BlastPer::Window(window) => BlastPer::Window(window),
            },
        }
    }

    fn trigger(&mut self, trigger: &typed::Trigger) -> Trigger {
        let labels = trigger.labels.iter();
        let conditions = trigger.conditions.as_slice();
        Trigger {
            kind: self.trigger_kind(&trigger.kind),
            labels: labels
                .map(|label| (label.label.clone(), label_test(&label.test)))
                .collect(),
            bindings: self.bindings(trigger),
            condition: (!conditions.is_empty()).then(|| self.all_of("where", conditions)),
            holding: trigger.holding,
        }
    }

    fn link(&mut self, (role, waits): (typed::RoleId, typed::ChainWait)) -> Link {
        Link {
            role: self.role(role),
            waits: match waits {
                typed::ChainWait::For(waits) => Some(waits),
                typed::ChainWait::UntilAcknowledged | typed::ChainWait::Unsaid => None,
            },
        }
    }

    /// Where this trigger takes each binding of the runbook from.
    fn bindings(&self, trigger: &typed::Trigger) -> Vec<Binding> {
        let bound = |binding: &typed::Binding| {
            let is_alert = matches!(trigger.kind, typed::TriggerKind::Alert { .. });
            match (&binding.kind, &trigger.kind) {
                (typed::BindingKind::Label(label), _) if is_alert => Binding::Label(label.clone()),
                (typed::BindingKind::Alert, _) if is_alert => {
                    Binding::Alert(self.data(&binding.ty))
                }
                (typed::BindingKind::Event, typed::TriggerKind::Event { .. }) => {
                    Binding::Event(self.data(&binding.ty))
                }
                (typed::BindingKind::Request, typed::TriggerKind::Request { .. }) => {
                    Binding::Parameter(self.data(&binding.ty))
                }
                (
                    typed::BindingKind::Label(_)
                    | typed::BindingKind::Alert
                    | typed::BindingKind::Event
                    | typed::BindingKind::Request,
                    _,
                ) => Binding::Unbound,
            }
        };
        self.runbook.bindings.iter().map(bound).collect()
    }

    fn trigger_kind(&mut self, kind: &typed::TriggerKind) -> TriggerKind {
        match kind {
            typed::TriggerKind::Alert { name } => TriggerKind::Alert(name.clone()),
            typed::TriggerKind::Event { record } => {
                let record = self.package.records.get(record.index());
                let name = record.map(|record| record.name.to_string());
                TriggerKind::Event(name.unwrap_or_default().into())
            }
            typed::TriggerKind::Schedule { cron, zone, missed } => {
                schedule(cron, zone.as_ref(), *missed)
            }
            typed::TriggerKind::Request { params: _, by } => TriggerKind::Request {
                by: by.map(|role| self.role(role)),
            },
        }
    }

    fn recurs(&mut self, recurs: &typed::Recurs) -> Recurs {
        let place = self.runbook.span;
        let then = self.entry("recurs".to_owned(), place, |builder| match &recurs.then {
            Notice::Page { roles, text } => {
                builder.message(crate::program::MessageKind::Page, roles, text.as_ref());
            }
            Notice::Hand(hand) => builder.hand(hand),
        });
        Recurs {
            times: recurs.times,
            within: recurs.within,
            then,
        }
    }

    /// Code that takes the trigger's bindings and says whether all conditions hold.
    fn all_of(&mut self, name: &str, conditions: &[Expr]) -> FunctionIndex {
        let place = conditions
            .first()
            .map_or_else(Span::default, |first| first.span);
        self.entry(name.to_owned(), place, |builder| {
            builder.return_whether(conditions)
        })
    }
}

fn schedule(cron: &SmolStr, zone: Option<&SmolStr>, missed: Missed) -> TriggerKind {
    let (cron, zone) = (cron.clone(), zone.cloned());
    let missed_run = match missed {
        Missed::Skip => false,
        Missed::Once => true,
        Missed::OnceWithin(within) => return TriggerKind::ScheduleWithin { cron, zone, within },
    };
    TriggerKind::Schedule {
        cron,
        zone,
        missed_run,
    }
}

fn label_test(test: &typed::LabelTest) -> LabelTest {
    match test {
        typed::LabelTest::Present => LabelTest::Present,
        typed::LabelTest::Equal(value) => LabelTest::Equal(value.clone()),
        typed::LabelTest::NotEqual(value) => LabelTest::NotEqual(value.clone()),
        typed::LabelTest::In(values) => LabelTest::In(values.clone()),
        typed::LabelTest::Matches(pattern) => LabelTest::Matches(pattern.clone()),
    }
}
