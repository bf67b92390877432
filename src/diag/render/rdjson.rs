//! Reviewdog's diagnostic format, as one JSON object.
//!
//! Form: `rdjson` of reviewdog's `proto/rdf`. Columns count bytes from 1, the end is exclusive. A fix of one edit is a
//! suggestion; one of several is named in the message, since suggestions are taken one by one.

use serde_json::{Value, json};

use super::{Findings, Point, Unit, range, words};
use crate::diag::{Diagnostic, Kind};
use crate::text::{Sources, Span};

/// All findings.
pub fn rdjson(findings: &Findings<'_>) -> String {
    let diagnostics = findings
        .all()
        .map(|(found, sources)| entry(findings, found, sources));
    let whole = json!({
        "source": { "name": "rbk" },
        "diagnostics": diagnostics.collect::<Vec<Value>>(),
    });
    format!("{whole:#}\n")
}

fn entry(findings: &Findings<'_>, found: &Diagnostic, sources: &Sources) -> Value {
    let source = sources.source(found.primary.span.source);
    let mut message = words(found);
    let fix = found.fixes.first();
    let edits = fix.map(|fix| fix.edits.as_slice());
    let mut entry = json!({
        "location": {
            "path": findings.path(&source.name),
            "range": place(sources, found.primary.span),
        },
        "severity": severity(found.kind()),
        "code": { "value": found.code.as_str() },
    });
    match (edits, fix) {
        (Some([edit]), _) if edit.span.source == found.primary.span.source => {
            entry["suggestions"] = json!([{
                "range": place(sources, edit.span),
                "text": edit.text,
            }]);
        }
        (Some(_), Some(fix)) => message.push_str(&format!("\nfix: {}", fix.title)),
        (_, None) | (None, _) => {}
    }
    entry["message"] = json!(message);
    entry
}

fn place(sources: &Sources, span: Span) -> Value {
    let (start, end) = range(sources, span, Unit::Utf8);
    let point = |point: Point| json!({ "line": point.line, "column": point.column });
    json!({ "start": point(start), "end": point(end) })
}

fn severity(kind: Kind) -> &'static str {
    match kind {
        Kind::Error | Kind::Fault => "ERROR",
        Kind::Warning => "WARNING",
        Kind::Note => "INFO",
    }
}
