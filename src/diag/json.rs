//! Diagnostics as JSON, for editors and pipelines.
//!
//! In: diagnostics and their sources. Out: serialisable values with places people can use: lines
//! and columns from 1, and byte offsets for whoever applies a fix. Never loses anything that the
//! human text says.

use serde::Serialize;

use crate::diag::{Diagnostic, Edit, Fix, Label};
use crate::text::{Position, Sources, Span};

/// One diagnostic.
#[derive(Debug, Serialize)]
pub struct Entry<'a> {
    code: &'static str,
    kind: &'static str,
    /// The name by which a package sets its level and allows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    lint: Option<String>,
    title: &'static str,
    message: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
    others: Vec<Place<'a>>,
    help: Option<&'a str>,
    /// The first of the next; for readers of the older form.
    fix: Option<FixEntry<'a>>,
    fixes: Vec<FixEntry<'a>>,
}

/// A marked place with what is seen there.
#[derive(Debug, Serialize)]
struct Place<'a> {
    label: &'a str,
    #[serde(flatten)]
    range: Range<'a>,
}

/// A range of one file.
#[derive(Debug, Serialize)]
struct Range<'a> {
    file: &'a str,
    start: Point,
    end: Point,
}

/// A point of a file.
#[derive(Debug, Serialize)]
struct Point {
    line: u32,
    column: u32,
    /// In bytes from the file's start.
    offset: u32,
}

/// Edits that mend the problem when applied together.
#[derive(Debug, Serialize)]
struct FixEntry<'a> {
    title: &'a str,
    applicability: &'static str,
    edits: Vec<EditEntry<'a>>,
}

/// Replaces a range by a text.
#[derive(Debug, Serialize)]
struct EditEntry<'a> {
    #[serde(flatten)]
    range: Range<'a>,
    text: &'a str,
}

/// The diagnostics as entries, in their order.
pub fn entries<'a>(diagnostics: &'a [Diagnostic], sources: &'a Sources) -> Vec<Entry<'a>> {
    diagnostics
        .iter()
        .map(|diagnostic| entry(diagnostic, sources))
        .collect()
}

fn entry<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Entry<'a> {
    let Diagnostic {
        code,
        level: _,
        message,
        primary,
        others,
        help,
        fixes,
    } = diagnostic;
    Entry {
        code: code.as_str(),
        kind: diagnostic.kind().as_str(),
        lint: code.is_lint().then(|| code.kebab()),
        title: code.title(),
        message,
        place: place(primary, sources),
        others: others.iter().map(|label| place(label, sources)).collect(),
        help: help.as_deref(),
        fix: fixes.first().map(|fix| mend(fix, sources)),
        fixes: fixes.iter().map(|fix| mend(fix, sources)).collect(),
    }
}

fn mend<'a>(fix: &'a Fix, sources: &'a Sources) -> FixEntry<'a> {
    FixEntry {
        title: &fix.title,
        applicability: fix.applicability.as_str(),
        edits: fix.edits.iter().map(|edit| change(edit, sources)).collect(),
    }
}

fn place<'a>(label: &'a Label, sources: &'a Sources) -> Place<'a> {
    Place {
        label: &label.text,
        range: range(label.span, sources),
    }
}

fn change<'a>(edit: &'a Edit, sources: &'a Sources) -> EditEntry<'a> {
    EditEntry {
        range: range(edit.span, sources),
        text: &edit.text,
    }
}

fn range(span: Span, sources: &Sources) -> Range<'_> {
    let source = sources.source(span.source);
    let point = |offset| {
        let Position { line, column } = source.position(offset);
        Point {
            line,
            column,
            offset,
        }
    };
    Range {
        file: &source.name,
        start: point(span.start),
        end: point(span.end),
    }
}
