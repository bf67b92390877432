//! Triggers in words.

use crate::typed::{LabelCondition, LabelTest, Package, Runbook, Trigger, TriggerKind};

/// One line per trigger.
pub fn describe(package: &Package, runbook: &Runbook) -> Vec<String> {
    runbook
        .triggers
        .iter()
        .map(|trigger| describe_one(package, runbook, trigger))
        .collect()
}

fn describe_one(package: &Package, runbook: &Runbook, trigger: &Trigger) -> String {
    let mut words = match &trigger.kind {
        TriggerKind::Alert { name } => format!("alert \"{name}\""),
        TriggerKind::Event { record } => {
            format!("event {}", package.records[record.index()].name)
        }
        TriggerKind::Schedule {
            cron,
            zone,
            missed_run,
        } => {
            let zone = zone.as_deref().unwrap_or("UTC");
            let missed = if *missed_run { "run once" } else { "skipped" };
            format!("schedule \"{cron}\" in {zone}, missed ones {missed}")
        }
        TriggerKind::Request { params, by } => {
            let names: Vec<&str> = params
                .iter()
                .filter_map(|id| runbook.bindings.get(id.index()))
                .map(|binding| binding.name.as_str())
                .collect();
            let by = by.map_or("anybody", |id| package.roles[id.index()].name.as_str());
            format!("request({}) by {by}", names.join(", "))
        }
    };
    if !trigger.labels.is_empty() {
        let labels: Vec<String> = trigger.labels.iter().map(label).collect();
        words.push_str(" with ");
        words.push_str(&labels.join(", "));
    }
    match trigger.conditions.len() {
        0 => {}
        1 => words.push_str(", under 1 condition"),
        count => words.push_str(&format!(", under {count} conditions")),
    }
    if let Some(holding) = trigger.holding {
        words.push_str(&format!(", holding {holding}"));
    }
    words
}

fn label(condition: &LabelCondition) -> String {
    let label = &condition.label;
    match &condition.test {
        LabelTest::Present => label.to_string(),
        LabelTest::Equal(value) => format!("{label} == {value}"),
        LabelTest::NotEqual(value) => format!("{label} != {value}"),
        LabelTest::In(values) => {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            format!("{label} in [{}]", values.join(", "))
        }
        LabelTest::Matches(regex) => format!("{label} ~ \"{regex}\""),
    }
}
