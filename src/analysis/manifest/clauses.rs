//! Triggers, the key, the lines of `blast`, and the clauses about time.

use smol_str::SmolStr;

use super::{Made, takes};
use crate::analysis::core::{Cores, Meanings, Place};
use crate::program::manifest::{
    Cap, Clauses, Label, Limit, Most, On, Part, Recurs, Touch, Trigger,
};
use crate::typed::{
    self, BlastPer, CapKind, LabelTest, Least, Missed, OwnsPattern, Package, Runbook, RunbookFacts,
    TriggerKind,
};
use crate::value::Value;

pub fn triggers<'a>(cores: &Cores<'a>, runbook: &'a Runbook, made: &mut Made<'a>) -> Vec<Trigger> {
    let mut rows: Vec<Trigger> = Vec::new();
    for trigger in &runbook.triggers {
        let row = one_trigger(cores, runbook, trigger, made);
        made.places
            .entry(Part::Trigger(row.clone()))
            .or_insert(trigger.span);
        rows.push(row);
    }
    rows.sort();
    rows
}

fn one_trigger<'a>(
    cores: &Cores<'a>,
    runbook: &'a Runbook,
    trigger: &'a typed::Trigger,
    made: &mut Made<'a>,
) -> Trigger {
    let package = made.package;
    let mut row = Trigger {
        on: On::Alert,
        name: String::new(),
        zone: None,
        missed: false,
        missed_within: None,
        labels: trigger.labels.iter().map(label).collect(),
        holding: trigger.holding,
        conditions: Vec::new(),
        takes: Vec::new(),
    };
    match &trigger.kind {
        TriggerKind::Alert { name } => row.name = name.to_string(),
        TriggerKind::Event { record } => {
            row.on = On::Event;
            let record = &package.records[record.index()];
            row.name = record.name.to_string();
            row.takes = takes::of_fields(package, &record.fields);
        }
        TriggerKind::Schedule { cron, zone, missed } => {
            row.on = On::Schedule;
            row.name = cron.to_string();
            row.zone = zone.as_ref().map(ToString::to_string);
            row.missed = *missed != Missed::Skip;
            row.missed_within = match missed {
                Missed::OnceWithin(within) => Some(*within),
                Missed::Once | Missed::Skip => None,
            };
        }
        TriggerKind::Request { params, by } => {
            row.on = On::Request;
            let typed = cores.parameters(runbook, params);
            let text = "the types of its parameters".to_owned();
            row.conditions.push(made.around(typed, text, trigger.span));
            let by = by.map(|id| package.roles[id.index()].name.to_string());
            row.name = by.unwrap_or_default();
            let params = params
                .iter()
                .filter_map(|id| runbook.bindings.get(id.index()));
            for binding in params {
                row.labels.push(Label::Present(binding.name.to_string()));
                row.takes.push(takes::of_parameter(package, binding));
            }
            row.takes.sort();
        }
    }
    row.labels.sort();
    let none = Meanings::default();
    for condition in &trigger.conditions {
        let asked = made.asked((cores, runbook), &none, condition, true, Place::Live);
        row.conditions.extend(asked.iter().map(|asks| asks.hash));
    }
    row.conditions.sort();
    row
}

fn label(condition: &typed::LabelCondition) -> Label {
    let name = condition.label.to_string();
    match &condition.test {
        LabelTest::Present => Label::Present(name),
        LabelTest::Equal(value) => Label::Is {
            name,
            is: plain(value),
        },
        LabelTest::NotEqual(value) => Label::Not {
            name,
            not: plain(value),
        },
        LabelTest::In(values) => Label::Among {
            name,
            among: super::sorted(values.iter().map(plain)),
        },
        LabelTest::Matches(pattern) => Label::Matches {
            name,
            matches: pattern.to_string(),
        },
    }
}

/// A text without its quotes, anything else as it is written.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.as_str().to_owned(),
        other => other.to_string(),
    }
}

/// What tells the incidents apart, as names with their fields.
pub fn key(package: &Package, runbook: &Runbook) -> Vec<String> {
    let parts = runbook.incident_per.iter().filter_map(|part| {
        let binding = runbook.bindings.get(part.binding.index())?;
        let field = part.field.and_then(|field| match &binding.ty {
            typed::Type::Record(id) => {
                let fields = &package.records[id.index()].fields;
                fields.get(usize::from(field)).map(|field| &field.name)
            }
            typed::Type::Target(id) => {
                let fields = &package.targets[id.index()].fields;
                fields.get(usize::from(field)).map(|field| &field.name)
            }
            _ => None,
        });
        Some(match field {
            Some(field) => format!("{}.{field}", binding.name),
            None => binding.name.to_string(),
        })
    });
    super::sorted(parts)
}

pub fn touches(package: &Package, facts: &RunbookFacts) -> Vec<Touch> {
    let mut rows: Vec<Touch> = facts
        .touched
        .iter()
        .map(|touched| Touch {
            target: package.targets[touched.target.index()].name.to_string(),
            run: touched.targets,
            at_once: touched.at_once,
            calls: touched.attempts,
        })
        .collect();
    rows.sort();
    rows
}

pub fn limits(runbook: &Runbook, made: &mut Made<'_>) -> Vec<Limit> {
    let mut rows = Vec::new();
    for line in &runbook.blast {
        let row = Limit {
            target: made.package.targets[line.target.index()].name.to_string(),
            most: match line.per {
                BlastPer::Run => Most::Run { run: line.count },
                BlastPer::AtOnce => Most::AtOnce {
                    at_once: line.count,
                },
                BlastPer::Window(per) => Most::Rate {
                    most: line.count,
                    per,
                },
            },
        };
        made.places
            .entry(Part::Limit(row.clone()))
            .or_insert(line.span);
        rows.push(row);
    }
    rows.sort();
    rows
}

/// The lines that look at the world, by what they ask.
pub fn caps<'a>(cores: &Cores<'a>, runbook: &'a Runbook, made: &mut Made<'a>) -> Vec<Cap> {
    let mut rows: Vec<Cap> = Vec::new();
    for cap in &runbook.caps {
        let hash = cores.cap(runbook, cap);
        made.places.entry(Part::Condition(hash)).or_insert(cap.span);
        let (most, least) = match &cap.kind {
            CapKind::Share { share, .. } => (Some(share.to_string()), None),
            CapKind::Keep {
                least: Least::Count(count),
                ..
            } => (None, Some(count.to_string())),
            CapKind::Keep {
                least: Least::Share(share),
                ..
            } => (None, Some(share.to_string())),
            CapKind::PerDomain { count, .. } | CapKind::DomainsAtOnce { count, .. } => {
                (Some(count.to_string()), None)
            }
            CapKind::Pause(_) | CapKind::Only(_) => (None, None),
        };
        let has_number = most.is_some() || least.is_some();
        rows.push(Cap {
            hash,
            text: cap.words.to_string(),
            of: has_number.then(|| cores.cap_of(runbook, cap)),
            most,
            least,
            one_is_enough: matches!(cap.kind, CapKind::Only(_)),
        });
    }
    rows.sort();
    rows
}

pub fn owns(package: &Package, runbook: &Runbook) -> Vec<Vec<String>> {
    let product = runbook.product.map(|id| &package.products[id.index()]);
    let patterns = product.into_iter().flat_map(|product| &product.owns);
    let steps = patterns.map(|OwnsPattern { steps, span: _ }| {
        let step = |(kind, key): &(SmolStr, SmolStr)| format!("{kind}={key}");
        steps.iter().map(step).collect()
    });
    let mut owns: Vec<Vec<String>> = steps.collect();
    owns.sort();
    owns
}

pub fn times(runbook: &Runbook) -> Clauses {
    Clauses {
        recurs: runbook.recurs.as_ref().map(|recurs| Recurs {
            times: recurs.times,
            within: recurs.within,
        }),
        clears_stop: runbook.clears_stop,
        fresh: runbook.fresh,
        patience: runbook.patience,
    }
}
