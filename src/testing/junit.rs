//! The results of tests as JUnit's XML: a suite for each runbook, a case for each test.
//!
//! Of a test that failed: what is wrong, as people are told it, and its timeline. Time in tests is virtual, so no case
//! says how long it took; how it ended is a property.

use super::TestResult;
use super::report::when;
use crate::diag::Diagnostic;
use crate::diag::render::{Element, document};
use crate::text::Sources;

/// All results of one package; `shown` renders diagnostics as plain text, `path` names files from the top of the
/// repository.
pub fn junit(
    package: &str,
    results: &[TestResult],
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
        let own = results.iter().filter(|result| result.runbook == runbook);
        let own: Vec<&TestResult> = own.collect();
        let failures = own.iter().filter(|result| !result.passed()).count();
        let suite = Element::new("testsuite")
            .with("name", runbook)
            .with("tests", own.len().to_string())
            .with("failures", failures.to_string());
        let cases = own
            .into_iter()
            .map(|result| case(package, result, sources, &path, &shown));
        suites = suites.child(cases.fold(suite, Element::child));
    }
    document(&suites)
}

fn case(
    package: &str,
    result: &TestResult,
    sources: &Sources,
    path: &impl Fn(&str) -> String,
    shown: &impl Fn(&[Diagnostic]) -> String,
) -> Element {
    let source = sources.source(result.span.source);
    let end = Element::new("property")
        .with("name", "end")
        .with("value", &result.end);
    let mut case = Element::new("testcase")
        .with("classname", format!("{package}.{}", result.runbook))
        .with("name", result.title.as_str())
        .with("file", path(&source.name))
        .with("line", source.position(result.span.start).line.to_string())
        .child(Element::new("properties").child(end));
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
