//! What came of all paths: for people, as JSON, and as a picture for Graphviz.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Value, json};

use super::{Broken, Explored, Reached};
use crate::testing::report::when;
use crate::text::{Sources, Span};

/// How many calls are named that were not answered in all ways.
const NAMED: usize = 5;

/// For people.
pub fn human(explored: &Explored, sources: &Sources) -> String {
    let mut text = String::new();
    // Writing into a text cannot fail.
    let _ = write_human(&mut text, explored, sources);
    text
}

fn write_human(text: &mut String, explored: &Explored, sources: &Sources) -> std::fmt::Result {
    let Explored {
        runbook, version, ..
    } = explored;
    writeln!(text, "{runbook} {version}: {}", extent(explored))?;
    for (found, ends) in by_finding(explored) {
        let paths: usize = ends.iter().map(|(_, reached)| reached.paths).sum();
        writeln!(text, "\n{found}  {}", count(paths, "path"))?;
        for (end, reached) in ends {
            writeln!(text, "  {:>6}  {end}", reached.paths)?;
            for choice in &reached.shortest {
                writeln!(text, "            {choice}")?;
            }
        }
    }
    if !explored.dead.is_empty() || !explored.never.is_empty() {
        writeln!(text, "\nnone of these paths reaches")?;
    }
    for finding in &explored.dead {
        writeln!(text, "  finding `{finding}`")?;
    }
    for (place, what, words) in &explored.never {
        let place = place_of(*place, sources);
        writeln!(text, "  {place}  {what}: {}", words.join(", "))?;
    }
    for one in &explored.broken {
        one.human(text)?;
    }
    cuts(text, explored, sources)
}

/// What was left out.
fn cuts(text: &mut String, explored: &Explored, sources: &Sources) -> std::fmt::Result {
    if explored.too_long > 0 {
        let paths = count(explored.too_long, "path");
        writeln!(
            text,
            "\ngiven up, since too much is asked for on it: {paths}"
        )?;
    }
    if explored.cut.is_empty() {
        return Ok(());
    }
    writeln!(text, "\nnot answered in all ways:")?;
    for (place, call) in explored.cut.iter().take(NAMED) {
        writeln!(text, "  {}  {call}", place_of(*place, sources))?;
    }
    match explored.cut.len().saturating_sub(NAMED) {
        0 => Ok(()),
        more => writeln!(text, "  and {more} more"),
    }
}

fn extent(explored: &Explored) -> String {
    let joined = match explored.joined {
        0 => String::new(),
        more => format!(" and {more} that join one of them"),
    };
    let paths = count(explored.paths, "path") + &joined;
    match (explored.is_cut, explored.is_whole()) {
        (false, true) => format!("{paths}, all that the constants of the code tell apart"),
        (false, false) => format!("{paths}; some answers, said below, were left out"),
        (true, _) => format!("{paths}; there are more, further from the first answers"),
    }
}

fn by_finding(explored: &Explored) -> BTreeMap<&str, Vec<(&str, &Reached)>> {
    let mut findings: BTreeMap<&str, Vec<(&str, &Reached)>> = BTreeMap::new();
    for ((found, end), reached) in &explored.ends {
        findings.entry(found).or_default().push((end, reached));
    }
    for ends in findings.values_mut() {
        ends.sort_by_key(|(end, reached)| (std::cmp::Reverse(reached.paths), *end));
    }
    findings
}

impl Explored {
    /// Whether every way was gone.
    fn is_whole(&self) -> bool {
        !self.is_cut && self.too_long == 0 && self.cut.is_empty()
    }
}

impl Broken {
    fn human(&self, text: &mut String) -> std::fmt::Result {
        let paths = count(self.paths, "path");
        writeln!(text, "\nBROKEN on {paths}: {}", self.promise)?;
        for moment in &self.timeline {
            writeln!(text, "      {:>8}  {}", when(moment), moment.text)?;
        }
        Ok(())
    }
}

/// The same as one object.
pub fn json(explored: &Explored, sources: &Sources) -> Value {
    let ends = explored.ends.iter().map(|((found, end), reached)| {
        json!({
            "found": found,
            "end": end,
            "paths": reached.paths,
            "shortest": reached.shortest,
            "took_ms": reached.took.millis(),
        })
    });
    let cut: BTreeSet<&String> = explored.cut.iter().map(|(_, call)| call).collect();
    let cut_at = explored.cut.iter().map(|(place, call)| {
        let source = sources.source(place.source);
        json!({
            "file": source.name.as_ref(),
            "line": source.position(place.start).line,
            "call": call,
        })
    });
    let cut_at: Vec<Value> = cut_at.collect();
    let never = explored.never.iter().map(|(place, what, words)| {
        let source = sources.source(place.source);
        json!({
            "file": source.name.as_ref(),
            "line": source.position(place.start).line,
            "what": what,
            "never": words,
        })
    });
    let broken = explored.broken.iter().map(|one| {
        let timeline = one.timeline.iter();
        let timeline = timeline.map(|moment| json!({ "at_ms": moment.at, "text": moment.text }));
        json!({
            "promise": one.promise,
            "paths": one.paths,
            "timeline": timeline.collect::<Vec<_>>(),
        })
    });
    json!({
        "runbook": explored.runbook,
        "version": explored.version,
        "paths": explored.paths,
        "all": explored.is_whole(),
        "joined": explored.joined,
        "given_up": explored.too_long,
        "not_answered_in_all_ways": cut,
        "not_answered_at": cut_at,
        "ends": ends.collect::<Vec<_>>(),
        "dead_findings": explored.dead,
        "never": never.collect::<Vec<_>>(),
        "broken": broken.collect::<Vec<_>>(),
    })
}

/// From the runbook to its findings to its ends, in the language of Graphviz.
pub fn dot(explored: &Explored) -> String {
    let mut text = String::from("digraph explored {\n  rankdir=LR;\n  node [shape=box];\n");
    // Writing into a text cannot fail.
    let _ = write_dot(&mut text, explored);
    text.push_str("}\n");
    text
}

fn write_dot(text: &mut String, explored: &Explored) -> std::fmt::Result {
    writeln!(text, "  runbook [label={}];", quoted(&explored.runbook))?;
    let ends: BTreeSet<&str> = explored.ends.keys().map(|(_, end)| end.as_str()).collect();
    for (number, end) in ends.iter().enumerate() {
        writeln!(text, "  end{number} [label={}];", quoted(end))?;
    }
    for (number, (found, reached)) in by_finding(explored).into_iter().enumerate() {
        let paths: usize = reached.iter().map(|(_, reached)| reached.paths).sum();
        writeln!(text, "  found{number} [label={}];", quoted(found))?;
        writeln!(text, "  runbook -> found{number} [label=\"{paths}\"];")?;
        for (end, reached) in reached {
            let place = ends.iter().position(|one| *one == end).unwrap_or_default();
            let paths = reached.paths;
            writeln!(text, "  found{number} -> end{place} [label=\"{paths}\"];")?;
        }
    }
    for (number, finding) in explored.dead.iter().enumerate() {
        let label = quoted(finding);
        writeln!(text, "  dead{number} [label={label}, style=dashed];")?;
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

fn place_of(place: Span, sources: &Sources) -> String {
    let source = sources.source(place.source);
    format!("{}:{}", source.name, source.position(place.start).line)
}

/// `1 path`, `2 paths`
fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}
