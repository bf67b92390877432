//! The results of tests, for people and for programs.

use std::fmt::Write;

use serde_json::json;

use super::{Moment, TestResult};
use crate::diag::{Diagnostic, in_a_line};
use crate::text::Sources;
use crate::value::Duration;

/// One line per test, and for each that failed its timeline. What is wrong stands in its
/// diagnostics, which the caller shows.
pub fn human(results: &[TestResult], describe: impl Fn(&[Diagnostic]) -> String) -> String {
    let mut text = String::new();
    for result in results {
        let mark = if result.passed() { "pass" } else { "FAIL" };
        line(
            &mut text,
            format_args!("{mark}  {}: {}", result.runbook, in_a_line(&result.title)),
        );
        for remark in &result.remarks {
            line(&mut text, format_args!("      {remark}"));
        }
        if result.passed() && result.timeline.is_empty() {
            continue;
        }
        if !result.problems.is_empty() {
            text.push_str(&describe(&result.problems));
            text.push('\n');
        }
        for moment in &result.timeline {
            line(
                &mut text,
                format_args!("      {:>8}  {}", when(moment), moment.text),
            );
        }
        text.push('\n');
    }
    let failed = results.iter().filter(|result| !result.passed()).count();
    let passed = results.len() - failed;
    line(&mut text, format_args!("{passed} passed, {failed} failed"));
    text
}

/// One object per test.
pub fn json(results: &[TestResult], sources: &Sources) -> serde_json::Value {
    let results = results.iter().map(|result| {
        let source = sources.source(result.span.source);
        let timeline = result.timeline.iter();
        let timeline = timeline.map(|moment| json!({ "at_ms": moment.at, "text": moment.text }));
        json!({
            "id": result.id,
            "runbook": result.runbook,
            "title": result.title,
            "file": source.name.as_ref(),
            "line": source.position(result.span.start).line,
            "passed": result.passed(),
            "end": result.end,
            "remarks": result.remarks,
            "problems": crate::diag::json::entries(&result.problems, sources),
            "timeline": timeline.collect::<Vec<_>>(),
        })
    });
    serde_json::Value::Array(results.collect())
}

/// `+2m15s`
pub(super) fn when(moment: &Moment) -> String {
    format!("+{}", Duration::from_millis(moment.at))
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing into a text cannot fail.
    let _ = writeln!(text, "{line}");
}
