//! Diagnostics: sent with the version that they are of, or asked for by a client that can; never both.
//!
//! In: what the desks say. Out: for each file, what is in it; only when it is something else than before. Of a file with
//! very many findings the worst are said, and how many more there are: no editor shows thousands, and each costs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use gen_lsp_types as lsp;
use gen_lsp_types::{
    DiagnosticRefreshRequest, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    DocumentDiagnosticParams, DocumentDiagnosticReport, FullDocumentDiagnosticReport,
    PublishDiagnosticsNotification, PublishDiagnosticsParams, RelatedFullDocumentDiagnosticReport,
    RelatedUnchangedDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport, Uri,
};

use crate::diag::{Diagnostic, Kind};
use crate::front;
use crate::ide::Desk;
use crate::text::SourceId;

use super::server::{Failure, Server};
use super::texts::Texts;
use super::world::path_of;
use super::{notes, pages};

/// The most findings that are said of one file.
const MOST: usize = 500;

/// What was said last.
#[derive(Debug, Default)]
pub struct Told {
    /// Of each file, with the version that it was of.
    files: BTreeMap<PathBuf, (Option<i32>, Vec<lsp::Diagnostic>)>,
    /// Of the files that were asked for, with the number of that answer.
    answered: BTreeMap<Uri, (u64, Vec<lsp::Diagnostic>)>,
    answers: u64,
    /// Of the world.
    revision: Option<u64>,
}

/// Sends what is new, or has the client ask for it.
pub fn tell(server: &mut Server) {
    let revision = server.world.revision();
    if server.told.revision.replace(revision) == Some(revision) {
        return;
    }
    let now = by_file(server);
    if server.client.pulls {
        let before = &server.told.files;
        let is_same = now.len() == before.len()
            && now
                .iter()
                .all(|(path, found)| before.get(path).is_some_and(|(_, old)| old == found));
        server.told.files = now
            .into_iter()
            .map(|(path, found)| (path, (None, found)))
            .collect();
        if !is_same && server.client.refreshes {
            server.ask::<DiagnosticRefreshRequest>(());
        }
        return;
    }
    let before = std::mem::take(&mut server.told.files);
    let gone: BTreeSet<PathBuf> = before
        .keys()
        .filter(|path| !now.contains_key(*path))
        .cloned()
        .collect();
    for path in gone {
        publish(server, &path, Vec::new());
    }
    for (path, found) in now {
        let version = server
            .world
            .document(&path)
            .map(|document| document.version);
        let is_same = before
            .get(&path)
            .is_some_and(|(of, old)| *of == version && *old == found);
        if !is_same {
            publish(server, &path, found.clone());
        }
        server.told.files.insert(path, (version, found));
    }
}

fn publish(server: &mut Server, path: &Path, diagnostics: Vec<lsp::Diagnostic>) {
    let Some(uri) = server.world.uri(path) else {
        return;
    };
    let version = server.world.document(path).map(|document| document.version);
    server.notify::<PublishDiagnosticsNotification>(PublishDiagnosticsParams {
        uri,
        version,
        diagnostics,
    });
}

/// What is in each file that is open or has something; a file of two packages is told of once.
fn by_file(server: &Server) -> BTreeMap<PathBuf, Vec<lsp::Diagnostic>> {
    let mut files: BTreeMap<PathBuf, Vec<lsp::Diagnostic>> = BTreeMap::new();
    for (path, _) in server.world.documents() {
        files.entry(path.to_path_buf()).or_default();
    }
    for desk in server.world.desks() {
        for (path, found) in of_desk(server, desk) {
            let all = files.entry(path).or_default();
            let known = all.len();
            for one in found {
                // One package says nothing twice.
                if !all.iter().take(known).any(|other| *other == one) {
                    all.push(one);
                }
            }
        }
    }
    for path in server.world.lost() {
        files.insert(
            path.clone(),
            vec![at_head(DiagnosticSeverity::Error, notes::OUT_OF_STEP)],
        );
    }
    files
}

/// What one package says of each of its files.
fn of_desk(server: &Server, desk: &Desk) -> BTreeMap<PathBuf, Vec<lsp::Diagnostic>> {
    let mut by_source: BTreeMap<SourceId, Vec<Diagnostic>> = BTreeMap::new();
    for found in desk.diagnostics() {
        by_source
            .entry(found.primary.span.source)
            .or_default()
            .push(found);
    }
    let mut texts = Texts::of(server, desk);
    let mut files = BTreeMap::new();
    for (source, mut found) in by_source {
        let Some(path) = desk.path(source) else {
            continue;
        };
        let more = found.len().saturating_sub(MOST);
        if more > 0 {
            found.sort_by_key(|found| rank(found.kind()));
            found.truncate(MOST);
            front::sort(&mut found);
        }
        let told = found.iter().map(|found| convert(&mut texts, found));
        let told = told.chain((more > 0).then(|| and_more(more)));
        files.insert(path, told.collect());
    }
    files
}

/// The worst first.
fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Error | Kind::Fault => 0,
        Kind::Warning => 1,
        Kind::Note => 2,
    }
}

/// Says at the head of a file that more was found in it.
fn and_more(more: usize) -> lsp::Diagnostic {
    let message = format!(
        "{more} more findings of this file are not shown here: `rbk check --format json` lists them"
    );
    at_head(DiagnosticSeverity::Information, &message)
}

/// What is said of a file as a whole.
fn at_head(severity: DiagnosticSeverity, message: &str) -> lsp::Diagnostic {
    lsp::Diagnostic {
        severity: Some(severity),
        source: Some(String::from("rbk")),
        message: message.to_owned().into(),
        ..lsp::Diagnostic::default()
    }
}

/// Answers with what is in one file.
pub fn pull(
    server: &mut Server,
    params: DocumentDiagnosticParams,
) -> Result<DocumentDiagnosticReport, Failure> {
    let uri = params.text_document.uri;
    let items = by_file(server).remove(&path_of(&uri)).unwrap_or_default();
    let told = &mut server.told;
    let known = told.answered.get(&uri).filter(|(_, old)| *old == items);
    let number = match known {
        Some((number, _)) => *number,
        None => {
            told.answers += 1;
            told.answered.insert(uri, (told.answers, items.clone()));
            told.answers
        }
    };
    let result_id = number.to_string();
    Ok(match params.previous_result_id {
        Some(previous) if previous == result_id => RelatedUnchangedDocumentDiagnosticReport {
            related_documents: None,
            unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id },
        }
        .into(),
        Some(_) | None => RelatedFullDocumentDiagnosticReport {
            related_documents: None,
            full_document_diagnostic_report: FullDocumentDiagnosticReport {
                result_id: Some(result_id),
                items,
            },
        }
        .into(),
    })
}

/// A diagnostic as the protocol says it.
pub fn convert(texts: &mut Texts<'_>, found: &Diagnostic) -> lsp::Diagnostic {
    let server = texts.server;
    let mut message = found.message.clone();
    for more in [Some(&found.primary.text), found.help.as_ref()]
        .into_iter()
        .flatten()
    {
        if !more.is_empty() {
            message.push('\n');
            message.push_str(more);
        }
    }
    let href = pages::page(found.code).filter(|_| server.client.reads_pages);
    let is_unused = found.code.kebab().starts_with("unused");
    lsp::Diagnostic {
        range: texts
            .lines(found.primary.span.source)
            .range(found.primary.span.range()),
        severity: Some(severity(found.kind())),
        code: Some(found.code.as_str().into()),
        code_description: href.map(|href| lsp::CodeDescription { href }),
        source: Some(String::from("rbk")),
        message: message.into(),
        tags: is_unused.then(|| vec![DiagnosticTag::Unnecessary]),
        related_information: server
            .client
            .related
            .then(|| related(texts, found))
            .filter(|all| !all.is_empty()),
        data: None,
    }
}

fn severity(kind: Kind) -> DiagnosticSeverity {
    match kind {
        Kind::Error | Kind::Fault => DiagnosticSeverity::Error,
        Kind::Warning => DiagnosticSeverity::Warning,
        Kind::Note => DiagnosticSeverity::Information,
    }
}

/// The other places; those in the library are in no file that could be shown.
fn related(texts: &mut Texts<'_>, found: &Diagnostic) -> Vec<DiagnosticRelatedInformation> {
    let others = found.others.iter();
    let others = others.filter_map(|other| {
        Some(DiagnosticRelatedInformation {
            location: texts.location(other.span)?,
            message: other.text.clone(),
        })
    });
    others.collect()
}
