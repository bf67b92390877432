//! The results of tests as JUnit's XML: a suite for each runbook, a case for each test.
//!
//! Of a test that failed: what is wrong, as people are told it, and its timeline. `time` is what it took by the wall
//! clock; how it ended, and when in its own time, which is virtual, are properties.

use std::time::Duration;

use super::TestResult;
use super::report::when;
use crate::diag::Diagnostic;
use crate::diag::render::{Element, document};
use crate::text::Sources;

/// All results of one package, with what each took; `shown` renders diagnostics as plain text, `path` names files from
/// the top of the repository.
pub fn junit(
    package: &str,
    results: &[TestResult],
    took: &[Duration],
    sources: &Sources,
    path: impl Fn(&str) -> String,
    shown: impl Fn(&[Diagnostic]) -> String,
) -> String {
    let mut runbooks: Vec<&str> = Vec::new();
    for result in results {
        if !runbooks.contains(&result.runbook.as_str()) {
            runbooks.push(&result.runbook);
        }
    }
    let mut suites = Element::new("testsuites").with("name", package);
    for runbook in runbooks {
        let took = took
            .iter()
            .copied()
            .chain(std::iter::repeat(Duration::ZERO));
        let own = results.iter().zip(took);
        let own: Vec<(&TestResult, Duration)> = own
            .filter(|(result, _)| result.runbook == runbook)
            .collect();
        let failures = own.iter().filter(|(result, _)| !result.passed()).count();
        let took = own.iter().map(|(_, took)| took).sum();
        let suite = Element::new("testsuite")
            .with("name", runbook)
            .with("tests", own.len().to_string())
            .with("failures", failures.to_string())
            .with("time", seconds(took));
        let cases = own
            .into_iter()
            .map(|(result, took)| case(package, result, took, sources, &path, &shown));
        suites = suites.child(cases.fold(suite, Element::child));
    }
    document(&suites)
}

/// As JUnit has them.
fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

fn case(
    package: &str,
    result: &TestResult,
    took: Duration,
    sources: &Sources,
    path: &impl Fn(&str) -> String,
    shown: &impl Fn(&[Diagnostic]) -> String,
) -> Element {
    let source = sources.source(result.span.source);
    let property = |name, value: &str| {
        Element::new("property")
            .with("name", name)
            .with("value", value)
    };
    let mut properties = Element::new("properties").child(property("end", &result.end));
    if let Some(lasted) = result.lasted {
        properties = properties.child(property("lasted", &lasted.to_string()));
    }
    let mut case = Element::new("testcase")
        .with("classname", format!("{package}.{}", result.runbook))
        .with("name", result.title.as_str())
        .with("file", path(&source.name))
        .with("line", source.position(result.span.start).line.to_string())
        .with("time", seconds(took))
        .child(properties);
    for (place, problem) in result.problems.iter().enumerate() {
        let mut text = shown(std::slice::from_ref(problem));
        if place == 0 {
            for moment in &result.timeline {
                text.push_str(&format!("\n{:>9}  {}", when(moment), moment.text));
            }
        }
        let failure = Element::new("failure")
            .with("type", problem.code.as_str())
            .with("message", &problem.message)
            .text(text);
        case = case.child(failure);
    }
    case
}
