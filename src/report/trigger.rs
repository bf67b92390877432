//! Triggers in words.

use crate::program::manifest::{Label, On, Trigger};

/// `alert "QueueStuck" with namespace, pod, holding 1m`
pub fn describe(trigger: &Trigger) -> String {
    let Trigger {
        on,
        name,
        zone,
        missed,
        missed_within,
        labels,
        holding,
        conditions,
        takes: _,
    } = trigger;
    let labels: Vec<String> = labels.iter().map(label).collect();
    let labels = labels.join(", ");
    let mut words = match on {
        On::Alert => format!("alert \"{name}\""),
        On::Event => format!("event {name}"),
        On::Schedule => {
            let zone = zone.as_deref().unwrap_or("UTC");
            let within = missed_within.map(|within| format!("run once within {within}"));
            let missed = if *missed { "run once" } else { "skipped" };
            let missed = within.unwrap_or_else(|| missed.to_owned());
            format!("schedule \"{name}\" in {zone}, missed ones {missed}")
        }
        On::Request => {
            let by = if name.is_empty() { "anybody" } else { name };
            format!("request({labels}) by {by}")
        }
    };
    if *on != On::Request && !labels.is_empty() {
        words.push_str(" with ");
        words.push_str(&labels);
    }
    match conditions.len() {
        0 => {}
        1 => words.push_str(", under 1 condition"),
        count => words.push_str(&format!(", under {count} conditions")),
    }
    if let Some(holding) = holding {
        words.push_str(&format!(", holding {holding}"));
    }
    words
}

/// A label with what it must be, as it is written.
pub fn label(label: &Label) -> String {
    match label {
        Label::Present(name) => name.clone(),
        Label::Is { name, is } => format!("{name} == {is:?}"),
        Label::Not { name, not } => format!("{name} != {not:?}"),
        Label::Among { name, among } => format!("{name} in {among:?}"),
        Label::Matches { name, matches } => format!("{name} ~ {matches:?}"),
    }
}
