//! Coverage in the form of Cobertura: <https://cobertura.sourceforge.net/xml/coverage-04.dtd>.
//!
//! A file is a class, a body a method, a place with sides a branch of its line.

use std::collections::BTreeMap;

use super::Coverage;
use super::lines::{Body, Lines, files};
use crate::diag::render::{Element, document};
use crate::text::Sources;
use crate::value::Time;

/// The document of one package, made at this time; `path` names files from the top of the repository.
pub fn cobertura(
    package: &str,
    coverage: &Coverage,
    sources: &Sources,
    now: Time,
    path: impl Fn(&str) -> String,
) -> String {
    let files = files(coverage, sources);
    let mut all = Sum::default();
    let mut classes = Element::new("classes");
    for (name, lines) in &files {
        let sum = Sum::of(lines);
        all.add(&sum);
        classes = classes.child(class(&path(name), lines, &sum));
    }
    let inner = rated("package", &all).with("name", package).child(classes);
    let source = Element::new("source").text(".".to_owned());
    let whole = rated("coverage", &all)
        .with("lines-covered", all.lines.0.to_string())
        .with("lines-valid", all.lines.1.to_string())
        .with("branches-covered", all.branches.0.to_string())
        .with("branches-valid", all.branches.1.to_string())
        .with("version", "rbk")
        .with("timestamp", now.millis().to_string())
        .child(Element::new("sources").child(source))
        .child(Element::new("packages").child(inner));
    document(&whole)
}

fn class(path: &str, lines: &Lines, sum: &Sum) -> Element {
    let methods = lines.bodies.iter().map(method);
    let methods = methods.fold(Element::new("methods"), Element::child);
    let mut sides: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
    for branch in &lines.branches {
        let (taken, all) = sides.entry(branch.line).or_default();
        *taken += branch.sides.iter().filter(|hits| **hits > 0).count();
        *all += branch.sides.len();
    }
    let each = lines.hits.iter().map(|(line, hits)| {
        let element = Element::new("line")
            .with("number", line.to_string())
            .with("hits", hits.to_string());
        match sides.get(line) {
            None => element.with("branch", "false"),
            Some((taken, all)) => {
                let percent = taken * 100 / all.max(&1);
                let coverage = format!("{percent}% ({taken}/{all})");
                element
                    .with("branch", "true")
                    .with("condition-coverage", coverage)
            }
        }
    });
    let each = each.fold(Element::new("lines"), Element::child);
    rated("class", sum)
        .with("name", path)
        .with("filename", path)
        .child(methods)
        .child(each)
}

fn method(body: &Body) -> Element {
    let rate = if body.hits > 0 { "1" } else { "0" };
    let line = Element::new("line")
        .with("number", body.line.to_string())
        .with("hits", body.hits.to_string());
    Element::new("method")
        .with("name", &body.name)
        .with("signature", "")
        .with("line-rate", rate)
        .with("branch-rate", rate)
        .child(Element::new("lines").child(line))
}

fn rated(name: &'static str, sum: &Sum) -> Element {
    Element::new(name)
        .with("line-rate", rate(sum.lines))
        .with("branch-rate", rate(sum.branches))
        .with("complexity", "0")
}

/// Covered and valid.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    lines: (usize, usize),
    branches: (usize, usize),
}

impl Sum {
    fn of(lines: &Lines) -> Sum {
        let sides = lines.branches.iter().flat_map(|branch| &branch.sides);
        let sides: Vec<usize> = sides.copied().collect();
        let hits: Vec<usize> = lines.hits.values().copied().collect();
        let count = |hits: &[usize]| (hits.iter().filter(|hits| **hits > 0).count(), hits.len());
        Sum {
            lines: count(&hits),
            branches: count(&sides),
        }
    }

    fn add(&mut self, other: &Sum) {
        self.lines.0 += other.lines.0;
        self.lines.1 += other.lines.1;
        self.branches.0 += other.branches.0;
        self.branches.1 += other.branches.1;
    }
}

/// Four digits; all of nothing.
fn rate((covered, valid): (usize, usize)) -> String {
    match valid {
        0 => "1".to_owned(),
        _ => format!(
            "{}.{:04}",
            covered / valid,
            covered * 10_000 / valid % 10_000
        ),
    }
}
