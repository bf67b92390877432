//! Tagged literals, one a line, with what is said about each and where.
//!
//! A fixture is a `.txt` file named after its tag; a line is what stands between the quotes, one
//! that begins with `#` is a comment. The snapshot beside it marks the places. What other readers of
//! the same languages say is asked in CI, by `.ci/literals`.

use std::fmt::Write;

use libtest_mimic::Trial;
use rbk::facade::literal;

use crate::harness::fixture::{self, Fixture};
use crate::harness::snapshot;

pub fn trials() -> Vec<Trial> {
    fixture::trials("literal", "txt", check)
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
