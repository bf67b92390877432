//! JUnit's XML for findings: a suite for each package, a case for each file, a failure for each error or warning.

use super::xml::{Element, document};
use super::{Findings, Found, words};
use crate::diag::Kind;

/// All findings; notes are none.
pub fn junit(findings: &Findings<'_>) -> String {
    let mut suites = Element::new("testsuites").with("name", "rbk");
    for package in findings.packages {
        suites = suites.child(suite(findings, package));
    }
    document(&suites)
}

fn suite(findings: &Findings<'_>, package: &Found<'_>) -> Element {
    let mut names: Vec<&str> = package.files.iter().map(String::as_str).collect();
    // What is found in other files, a lock or settings, is no less a failure.
    for found in package.diagnostics {
        let name = &package.sources.source(found.primary.span.source).name;
        if !names.contains(&&**name) {
            names.push(name);
        }
    }
    let mut failures = 0;
    let mut cases = Vec::new();
    for name in &names {
        let path = findings.path(name);
        let mut case = Element::new("testcase")
            .with("classname", package.name)
            .with("name", &path)
            .with("file", &path);
        for found in package.diagnostics {
            let source = package.sources.source(found.primary.span.source);
            let counts = match found.kind() {
                Kind::Error | Kind::Fault | Kind::Warning => true,
                Kind::Note => false,
            };
            if *source.name != **name || !counts {
                continue;
            }
            failures += 1;
            let line = source.position(found.primary.span.start).line;
            let failure = Element::new("failure")
                .with("type", found.code.as_str())
                .with("message", &found.message)
                .text(format!("{path}:{line}: {}", words(found)));
            case = case.child(failure);
        }
        cases.push(case);
    }
    let suite = Element::new("testsuite")
        .with("name", package.name)
        .with("tests", cases.len().to_string())
        .with("failures", failures.to_string());
    cases.into_iter().fold(suite, Element::child)
}
