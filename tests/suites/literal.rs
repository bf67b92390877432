//! Tagged literals, one a line, with what is said about each and where.
//!
//! A fixture is a `.txt` file named after its tag; a line is what stands between the quotes, one
//! that begins with `#` is a comment. The snapshot beside it marks the places.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::process::Command;

use libtest_mimic::Trial;
use rbk::facade::literal;

use crate::harness::fixture::{self, Fixture, trial};
use crate::harness::snapshot;

/// Queries of the fixture that the installed `promtool` is too old for, with the version that takes them.
const TOO_OLD: &[(&str, &str, (u32, u32))] = &[
    ("{\"up.time\", job=\"a\"}", "names between quotes", (3, 0)),
    (
        "sum without(a, \"b.c\") (x)",
        "names between quotes",
        (3, 0),
    ),
    (
        "sort_by_label(x, \"a\")",
        "an experimental function",
        (2, 49),
    ),
];

pub fn trials() -> Vec<Trial> {
    let mut trials = fixture::trials("literal", "txt", check);
    trials.push(trial("literal/as promtool says", as_promtool_says));
    trials
}

/// What is taken here, `promtool` takes, too: of the fixture's queries without holes. Nothing is
/// compared where it is not installed.
fn as_promtool_says() {
    let Some(installed) = promtool_version() else {
        return;
    };
    let text = std::fs::read_to_string(fixture::root().join("tests/literal/promql.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty());
    let queries: Vec<&str> = lines
        .filter(|line| !line.starts_with('#') && !line.contains("${") && !line.contains('\\'))
        .collect();
    let refused = refused_by_promtool(&queries);
    for (index, query) in queries.iter().enumerate() {
        let ours = literal::check("promql", query).unwrap().holes.is_some();
        let theirs = !refused.contains(&index);
        let newer = TOO_OLD
            .iter()
            .find(|(known, ..)| known.replace('\\', "") == *query);
        match newer.filter(|(_, _, since)| installed < *since) {
            Some(_) => assert!(ours && !theirs, "no longer too old for `{query}`"),
            None => assert!(theirs || !ours, "promtool refuses `{query}`"),
        }
    }
}

fn promtool_version() -> Option<(u32, u32)> {
    let shown = Command::new("promtool").arg("--version").output().ok()?;
    let shown = String::from_utf8(shown.stdout).ok()?;
    let version = shown.split_once("version ")?.1;
    let mut numbers = version.split('.');
    let mut next = || numbers.next()?.parse().ok();
    Some((next()?, next()?))
}

/// The queries that it refuses, by their place.
fn refused_by_promtool(queries: &[&str]) -> BTreeSet<usize> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.yml");
    let mut rules = "groups:\n- name: all\n  rules:\n".to_owned();
    for (index, query) in queries.iter().enumerate() {
        let query = query.replace('\'', "''");
        writeln!(rules, "  - record: \"r:{index}\"\n    expr: '{query}'").unwrap();
    }
    std::fs::write(&file, rules).unwrap();
    let mut promtool = Command::new("promtool");
    let output = promtool.args(["check", "rules"]).arg(&file).output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let marks = said.split("\"r:").skip(1);
    marks
        .filter_map(|mark| mark.split_once('"')?.0.parse().ok())
        .collect()
}

fn check(fixture: &Fixture) {
    let tag = fixture.path.file_stem().unwrap().to_str().unwrap();
    let mut shown = String::new();
    for line in fixture.text().lines() {
        match line.starts_with('#') || line.is_empty() {
            true => writeln!(shown, "{line}").unwrap(),
            false => show(&mut shown, tag, line),
        }
    }
    snapshot::assert_matches(fixture, &shown);
}

fn show(shown: &mut String, tag: &str, raw: &str) {
    let literal::Literal { holes, marks } = literal::check(tag, raw).unwrap();
    writeln!(shown, "| {raw}").unwrap();
    match holes {
        Some(holes) if !holes.is_empty() => {
            writeln!(shown, "  holes: {}", holes.join(", ")).unwrap()
        }
        Some(_) => {}
        None => assert!(!marks.is_empty(), "refused without a word: {raw}"),
    }
    for mark in marks {
        let before = raw[..mark.range.start].chars().count();
        let width = raw[mark.range.clone()].chars().count().max(1);
        writeln!(
            shown,
            "  {}{} {}: {}",
            " ".repeat(before),
            "^".repeat(width),
            mark.code,
            mark.message
        )
        .unwrap();
        if mark.label != "here" {
            writeln!(shown, "  label: {}", mark.label).unwrap();
        }
        if let Some(help) = mark.help {
            writeln!(shown, "  help: {help}").unwrap();
        }
        if let Some(fixed) = mark.fixed {
            writeln!(shown, "  fix:  {fixed}").unwrap();
        }
    }
}
