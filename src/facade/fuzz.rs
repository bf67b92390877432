//! Fuzz targets: each takes bytes that came from outside, and panics only if something is wrong here.
//!
//! In: any bytes. Out: nothing; what has to hold of every answer is asserted. A target is a row of
//! [`TARGETS`] and a file of `tests/fuzz/targets/`, which hands it to libFuzzer; the suite `fuzz` runs
//! it on its seeds and on what comes of changing them.

use super::File;
use crate::diag::{Diagnostic, Kind};
use crate::front;
use crate::literal;
use crate::syntax;
use crate::text::{SourceId, Sources, Span};
use crate::value::{Tag, Template};

/// A fuzz target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name of its file.
    pub name: &'static str,
    /// What it does with bytes.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target {
        name: "front",
        run: check,
    },
    Target {
        name: "format",
        run: format,
    },
    Target {
        name: "literals",
        run: literals,
    },
    Target {
        name: "settings",
        run: settings,
    },
    #[cfg(feature = "host")]
    Target {
        name: "alerts",
        run: alerts,
    },
    #[cfg(feature = "host")]
    Target {
        name: "records",
        run: records,
    },
];

/// A file of a package: reading, recovering and checking answer.
pub fn check(bytes: &[u8]) {
    let file: File<'_> = ("main.rbk", bytes);
    let checked = super::check(&[file]);
    let lines = bytes.split(|byte| *byte == b'\n').count();
    assert!(checked.findings.len() <= 2 * lines + 10);
}

/// A text that can be read: its layout is stable, and has every comment.
pub fn format(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Some(comments) = comments(text) else {
        return;
    };
    let once = super::format("main.rbk", text).unwrap_or_else(|why| panic!("refused: {why:?}"));
    assert_eq!(self::comments(&once), Some(comments));
    assert_eq!(super::format("main.rbk", &once).as_ref(), Ok(&once));
}

/// The comments of a text, sorted; none if the text has errors.
fn comments(text: &str) -> Option<Vec<String>> {
    let mut sources = Sources::default();
    let id = sources.add("main.rbk", text);
    let parsed = syntax::parse(sources.source(id));
    if !parsed.diagnostics.is_empty() {
        return None;
    }
    let comments = parsed.file.comments.iter();
    let comments = comments.map(|comment| sources.slice(comment.span).trim_end().to_owned());
    let mut comments: Vec<String> = comments.collect();
    comments.sort();
    Some(comments)
}

/// What stands between the quotes of a literal: the first byte says of which kind.
pub fn literals(bytes: &[u8]) {
    const TAGS: [Tag; 5] = [Tag::Text, Tag::Re, Tag::Url, Tag::Promql, Tag::Cron];
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let raw = String::from_utf8_lossy(rest);
    let tag = TAGS[usize::from(*first) % TAGS.len()];
    let span = Span::new(SourceId(0), 0, raw.len());
    let (template, found) = literal::parse(tag, &raw, span, None);
    let refused = found.iter().any(|one| one.kind() == Kind::Error);
    assert_eq!(template.is_none(), refused, "{found:?}");
    let holes = template
        .as_ref()
        .map_or(0, |template: &Template| template.holes().count());
    assert!(holes <= raw.matches("${").count());
    assert!(found.iter().all(|one| is_within(one, &raw)), "{found:?}");
}

/// Whether a finding stands in the text, and its fixes cut it between letters.
fn is_within(found: &Diagnostic, raw: &str) -> bool {
    let edits = found.fixes.iter().flat_map(|fix| &fix.edits);
    let mut places = edits.map(|edit| edit.span).chain([found.primary.span]);
    places.all(|span| raw.get(span.range()).is_some())
}

/// A settings file: it is read, or what is wrong is said.
pub fn settings(bytes: &[u8]) {
    let read = super::settings::read(&String::from_utf8_lossy(bytes));
    let has_error = read.checked.findings.iter().any(|one| one.kind == "error");
    assert_eq!(read.outline.is_none(), has_error, "{}", read.checked.json);
}

/// The body of a notification of Alertmanager or Grafana: each alert is taken, or kept with the reason.
#[cfg(feature = "host")]
pub fn alerts(bytes: &[u8]) {
    let mut sizes = 0;
    // What is wrong with the whole is said in words; the alerts before it were taken.
    let _ = crate::agent::read_notification(bytes, |_, size| {
        sizes += size;
        true
    });
    assert!(sizes <= bytes.len());
    let _ = crate::agent::decode_one(bytes);
}

/// What stands in a row of a store: it is read, or known to be damaged, and read again as it was.
#[cfg(feature = "host")]
pub fn records(bytes: &[u8]) {
    crate::store::try_records(bytes);
}

/// Bytes that a target can do something with.
#[must_use]
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    match target {
        "records" => stored(),
        _ => Vec::new(),
    }
}

/// A compiled program and the facts of a batch, as they are stored.
fn stored() -> Vec<Vec<u8>> {
    const PROGRAM: &str = include_str!("../../examples/quickstart/checkout.rbk");
    let (_, analysis, _) = super::analyse(&[("main.rbk", PROGRAM.as_bytes())]);
    let programs = analysis.and_then(|analysis| front::compile(&analysis).ok());
    let programs = programs.into_iter().flatten();
    let programs = programs.filter_map(|program| postcard::to_stdvec(&program).ok());
    let samples = crate::journal::samples().into_iter();
    let facts: Vec<_> = samples.map(|(_, fact)| fact).collect();
    programs
        .chain([crate::journal::encode(&facts).open])
        .collect()
}
