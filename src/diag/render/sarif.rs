//! SARIF 2.1.0, for code scanning.
//!
//! Form: OASIS SARIF 2.1.0. One run; its rules are the codes that occur. Paths are from the top of the repository.
//! The fingerprint of a result is made of its code, the item and the clause around it, the text of its line and how many
//! the same came before, so it stays when lines, items and files move.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Findings, Unit, range, rank, words};
use crate::diag::{Allowed, Code, Diagnostic, Fix, Kind, Label};
use crate::text::{Source, Sources, Span};

/// The most results that a reader takes; errors come first.
const MOST: usize = 5_000;
/// The longest description of a rule, in characters.
const LONGEST: usize = 1_024;

/// All findings, as one log with one run.
pub fn sarif(findings: &Findings<'_>) -> String {
    let told = findings
        .all()
        .map(|(found, sources)| (found, sources, None));
    let mut all: Vec<(&Diagnostic, &Sources, Option<&str>)> = told.collect();
    all.sort_by_key(|(found, ..)| rank(found.kind()));
    // What somebody allowed comes last: it is the first to be cut.
    for package in findings.packages {
        let allowed = package.allowed.iter();
        all.extend(
            allowed
                .map(|Allowed { found, reason }| (found, package.sources, Some(reason.as_str()))),
        );
    }
    let cut = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    let codes: BTreeSet<Code> = all.iter().map(|(found, ..)| found.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let mut seen = Seen::default();
    let results = all.iter().map(|(found, sources, reason)| {
        let index = codes.binary_search(&found.code).unwrap_or_default();
        let mut result = result(findings, found, sources, index, &mut seen);
        if let Some(reason) = reason {
            result["suppressions"] = json!([{ "kind": "inSource", "justification": reason }]);
        }
        result
    });
    let results: Vec<Value> = results.collect();
    let mut run = json!({
        "tool": { "driver": {
            "name": "rbk",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": codes.iter().map(|code| rule(*code)).collect::<Vec<Value>>(),
        }},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": { "SRCROOT": { "description": { "text": "the top of the repository" } } },
        "results": results,
    });
    if cut > 0 {
        run["properties"] = json!({ "resultsCut": cut });
    }
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    format!("{log:#}\n")
}

fn rule(code: Code) -> Value {
    let page = code.page();
    json!({
        "id": code.as_str(),
        "name": code.kebab(),
        "shortDescription": { "text": code.title() },
        "fullDescription": { "text": first_sentence(page) },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": { "level": level(code.kind()) },
    })
}

/// Of the first paragraph below the first heading of a page.
fn first_sentence(page: &str) -> String {
    let mut lines = page.lines().skip_while(|line| !line.starts_with("## "));
    lines.next();
    let text = lines
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty());
    let text = text.collect::<Vec<_>>().join(" ");
    let sentence = text.split_inclusive(". ").next().unwrap_or_default();
    sentence.trim_end().chars().take(LONGEST).collect()
}

fn level(kind: Kind) -> &'static str {
    match kind {
        Kind::Error | Kind::Fault => "error",
        Kind::Warning => "warning",
        Kind::Note => "note",
    }
}

fn result(
    findings: &Findings<'_>,
    found: &Diagnostic,
    sources: &Sources,
    index: usize,
    seen: &mut Seen,
) -> Value {
    let mut result = json!({
        "ruleId": found.code.as_str(),
        "ruleIndex": index,
        "level": level(found.kind()),
        "message": { "text": words(found) },
        "locations": [{ "physicalLocation": physical(findings, sources, found.primary.span) }],
        "partialFingerprints": { "primaryLocationLineHash": fingerprint(found, sources, seen) },
    });
    if !found.others.is_empty() {
        let others = found.others.iter().enumerate();
        let others = others.map(|(id, label)| related(findings, sources, id, label));
        result["relatedLocations"] = others.collect();
    }
    if !found.fixes.is_empty() {
        let fixes = found.fixes.iter().map(|fix| mend(findings, sources, fix));
        result["fixes"] = fixes.collect();
    }
    result
}

fn related(findings: &Findings<'_>, sources: &Sources, id: usize, label: &Label) -> Value {
    json!({
        "id": id,
        "message": { "text": label.text },
        "physicalLocation": physical(findings, sources, label.span),
    })
}

fn physical(findings: &Findings<'_>, sources: &Sources, span: Span) -> Value {
    json!({
        "artifactLocation": artifact(findings, sources, span),
        "region": region(sources, span),
    })
}

fn artifact(findings: &Findings<'_>, sources: &Sources, span: Span) -> Value {
    let path = findings.path(&sources.source(span.source).name);
    match path.starts_with('/') {
        true => json!({ "uri": format!("file://{}", uri(&path)) }),
        false => json!({ "uri": uri(&path), "uriBaseId": "SRCROOT" }),
    }
}

/// A path as a relative reference of a URI.
fn uri(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte);
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match is_plain(byte) {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn region(sources: &Sources, span: Span) -> Value {
    let (start, end) = range(sources, span, Unit::Utf16);
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

fn mend(findings: &Findings<'_>, sources: &Sources, fix: &Fix) -> Value {
    let mut files: BTreeMap<u32, (Value, Vec<Value>)> = BTreeMap::new();
    for edit in &fix.edits {
        let place = files
            .entry(edit.span.source.0)
            .or_insert_with(|| (artifact(findings, sources, edit.span), Vec::new()));
        place.1.push(json!({
            "deletedRegion": region(sources, edit.span),
            "insertedContent": { "text": edit.text },
        }));
    }
    let changes = files.into_values().map(|(artifact, replacements)| {
        json!({ "artifactLocation": artifact, "replacements": replacements })
    });
    json!({
        "description": { "text": fix.title },
        "artifactChanges": changes.collect::<Vec<Value>>(),
    })
}

/// By what a result is known again: its code, the heads of the item and the clause around it, its line.
type Around = (Code, String, String, String);

/// What came before, and the outlines of the files so far.
#[derive(Default)]
struct Seen {
    results: BTreeMap<Around, usize>,
    outlines: BTreeMap<String, Vec<Heads>>,
}

/// The lines on which the item and the clause around a line begin; 0 where there is none.
#[derive(Clone, Copy, Default)]
struct Heads {
    item: u32,
    clause: u32,
}

fn fingerprint(found: &Diagnostic, sources: &Sources, seen: &mut Seen) -> String {
    let source = sources.source(found.primary.span.source);
    let line = source.position(found.primary.span.start).line;
    let outlines = seen.outlines.entry(source.name.to_string());
    let outline = outlines.or_insert_with(|| outline(source));
    let heads = outline.get(line as usize - 1).copied().unwrap_or_default();
    let head = |at: u32| {
        let head = text(source, at).split(['{', '=']).next();
        head.unwrap_or_default().trim().to_owned()
    };
    let (item, clause) = (head(heads.item), head(heads.clause));
    let line = text(source, line).trim().to_owned();
    let mut digest = Sha256::new();
    for part in [found.code.as_str(), &item, &clause, &line] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let known = seen.results.entry((found.code, item, clause, line));
    let ordinal = known.or_default();
    *ordinal += 1;
    digest.update(ordinal.to_string().as_bytes());
    let digest: [u8; 32] = digest.finalize().into();
    let hex: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{hex}:1")
}

/// Of each line: an item begins at the left edge, a clause where the first line of its item does. Broken files have
/// them, too.
fn outline(source: &Source) -> Vec<Heads> {
    let mut heads = Heads::default();
    let mut first = None;
    let lines = (1_u32..).zip(source.text.lines());
    let outline = lines.map(|(at, line)| {
        let inner = line.trim_start();
        let indent = line.len() - inner.len();
        match inner.starts_with(char::is_alphabetic) {
            true if indent == 0 => {
                heads = Heads {
                    item: at,
                    clause: 0,
                };
                first = None;
            }
            true if indent == *first.get_or_insert(indent) => heads.clause = at,
            true | false => {}
        }
        heads
    });
    outline.collect()
}

fn text(source: &Source, line: u32) -> &str {
    match line {
        0 => "",
        line => source.text.get(source.line_range(line)).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fingerprints of what stands at each `@`, which is taken out.
    fn prints(marked: &str) -> Vec<String> {
        let text = marked.replace('@', "");
        let mut sources = Sources::default();
        let source = sources.add("main.rbk", &text);
        let mut seen = Seen::default();
        let marks = marked.match_indices('@').enumerate();
        let prints = marks.map(|(before, (at, _))| {
            let span = Span::new(source, at - before, at - before);
            let found = Diagnostic::new(Code::UnusedLet, "", span, "");
            fingerprint(&found, &sources, &mut seen)
        });
        prints.collect()
    }

    const RUNBOOKS: &str = "runbook a for shop {\n  diagnose {\n    @let x = 1\n    @let x = 1\n  }\n  remedy b {\n    @let x = 1\n  }\n}\n\nrunbook c for shop {\n  diagnose {\n    @let x = 1\n  }\n}\n";

    #[test]
    fn each_place_has_its_own() {
        let prints = prints(RUNBOOKS);
        let different: BTreeSet<&String> = prints.iter().collect();
        assert_eq!(different.len(), 4);
    }

    #[test]
    fn they_stay_when_lines_move() {
        let all = prints(RUNBOOKS);
        let before = "//! What it is.\n\nconst y = 5\n\n/// What it is for.\n";
        assert_eq!(prints(&format!("{before}{RUNBOOKS}")), all);
        let below = RUNBOOKS.replace("  diagnose {\n", "  diagnose {\n    let y = 2\n\n");
        assert_eq!(prints(&below), all, "in the clause");
        let (first, second) = RUNBOOKS.split_at(RUNBOOKS.find("runbook c").unwrap());
        let turned = prints(&format!("{second}\n{first}"));
        assert_eq!(turned[0], all[3], "of items that change places");
        assert_eq!(turned[1..], all[..3]);
        let more = RUNBOOKS.replace(
            "runbook c",
            "runbook d for shop {\n  diagnose {\n    let x = 1\n  }\n}\n\nrunbook c",
        );
        assert_eq!(prints(&more), all, "of the same lines elsewhere");
    }
}
