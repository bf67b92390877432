//! The report as text for people.

use std::fmt::{self, Write};

use super::{DueReport, Report, RunbookReport, TouchReport};

/// The whole report, ending in a newline.
pub fn show(report: &Report) -> String {
    let mut out = String::new();
    // Writing into a string never fails.
    let _ = write(report, &mut out);
    out
}

fn write(report: &Report, out: &mut String) -> fmt::Result {
    if report.runbooks.is_empty() {
        return writeln!(out, "{} {}: no runbooks", report.package, report.version);
    }
    for (index, runbook) in report.runbooks.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        write_runbook(runbook, out)?;
    }
    if !report.allows.is_empty() {
        writeln!(out)?;
        list("allowed", &report.allows, "", out)?;
    }
    Ok(())
}

/// `"0 22 * * 2" next 2026-10-06T22:00:00+03:00, ...; the clock changes Sun 25 Oct 2026 04:00 -> 03:00`
fn due(due: &DueReport) -> String {
    let next = match due.next.as_slice() {
        [] => "never".to_owned(),
        next => format!("next {}", next.join(", ")),
    };
    let changes = match due.clock_changes.as_slice() {
        [] => String::new(),
        changes => format!("; the clock changes {}", changes.join(", ")),
    };
    format!("\"{}\" {next}{changes}", due.cron)
}

fn write_runbook(runbook: &RunbookReport, out: &mut String) -> fmt::Result {
    write!(out, "runbook {}", runbook.name)?;
    if let Some(version) = &runbook.version {
        write!(out, " {version}")?;
    }
    if let Some(product) = &runbook.product {
        write!(out, " for {product}")?;
    }
    writeln!(out)?;
    list("triggers", &runbook.triggers, "none", out)?;
    if !runbook.due.is_empty() {
        let due: Vec<String> = runbook.due.iter().map(due).collect();
        list("due", &due, "", out)?;
    }
    let findings: Vec<String> = runbook
        .findings
        .iter()
        .map(|finding| match finding.does.as_slice() {
            [] => format!("{}: changes nothing", finding.name),
            does => format!("{}: {}", finding.name, does.join(", ")),
        })
        .collect();
    list("findings", &findings, "none", out)?;
    line("level", &runbook.level, out)?;
    line("scope", runbook.scope.as_deref().unwrap_or("none"), out)?;
    let touches: Vec<String> = runbook.touches.iter().map(touch).collect();
    list("touches", &touches, "nothing", out)?;
    let machine = match &runbook.ends_within {
        Some(ends) => format!(
            "at most {}, said to end within {ends}",
            runbook.machine_time
        ),
        None => format!("at most {}", runbook.machine_time),
    };
    line("machine time", &machine, out)?;
    if !runbook.units.is_empty() {
        list("units", &units(runbook), "", out)?;
    }
    let human = match runbook.human_time_ms {
        0 => "never waits for people".to_owned(),
        _ => format!("at most {}", runbook.human_time),
    };
    line("human time", &human, out)?;
    list("people", &[runbook.people.join(", ")], "nobody", out)?;
    list("chain", &[runbook.chain.join(", ")], "nobody", out)?;
    list("capabilities", &runbook.capabilities, "none", out)?;
    if !runbook.secrets.is_empty() {
        list("secrets", &runbook.secrets, "", out)?;
    }
    if !runbook.raw.is_empty() {
        list("raw calls", &runbook.raw, "", out)?;
    }
    if !runbook.queries.is_empty() {
        list("queries", &runbook.queries, "", out)?;
    }
    let waivers: Vec<String> = runbook
        .waivers
        .iter()
        .map(|waiver| format!("{}: {}", waiver.of, waiver.why))
        .collect();
    list("waivers", &waivers, "none", out)?;
    if !runbook.claims.is_empty() {
        list("claimed", &runbook.claims, "", out)?;
    }
    list("endorsed", &runbook.endorsements, "nothing", out)?;
    if !runbook.no_data.is_empty() {
        list("made up", &runbook.no_data, "", out)?;
    }
    line("core", &runbook.core, out)?;
    line("authority", &runbook.authority, out)
}

/// Each with its time, and the longest window for them where there is one.
fn units(runbook: &RunbookReport) -> Vec<String> {
    let units = runbook.units.iter();
    let units = units.map(|unit| format!("{}: at most {}", unit.of, unit.time));
    let longest = runbook.longest_window.as_ref();
    let longest = longest.map(|longest| format!("the longest window is {longest}"));
    units.chain(longest).collect()
}

fn touch(touch: &TouchReport) -> String {
    format!(
        "{}: at most {} a run, {} at once, {} changing calls (allowed: {})",
        touch.target,
        touch.targets,
        touch.at_once,
        touch.attempts,
        touch.allowed.join(", ")
    )
}

fn line(name: &str, text: &str, out: &mut String) -> fmt::Result {
    writeln!(out, "  {name:<13} {text}")
}

/// The name once, then an item a line.
fn list(name: &str, items: &[String], empty: &str, out: &mut String) -> fmt::Result {
    if items.iter().all(String::is_empty) {
        return line(name, empty, out);
    }
    for (index, item) in items.iter().enumerate() {
        line(if index == 0 { name } else { "" }, item, out)?;
    }
    Ok(())
}
