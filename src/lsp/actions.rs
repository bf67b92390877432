//! `textDocument/codeAction`: every fix, and what adds what is missing.
//!
//! A fix that anybody may apply is preferred; the others ask to be confirmed, where the client can.

use std::collections::{BTreeMap, HashMap};

use gen_lsp_types::{
    AnnotatedTextEdit, ChangeAnnotation, CodeAction, CodeActionKind, CodeActionParams,
    CodeActionResponse, DocumentChange, Edit, OptionalVersionedTextDocumentIdentifier,
    TextDocumentEdit, TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};

use crate::ide::{self, Action, Desk, Why};

use super::diagnostics::convert;
use super::lines::Lines;
use super::server::{Failure, Server};
use super::world::path_of;

/// The name of the request to confirm an edit.
const CONFIRM: &str = "confirm";

pub fn offer(
    server: &mut Server,
    params: CodeActionParams,
) -> Result<Option<Vec<CodeActionResponse>>, Failure> {
    let wanted = params.context.only.unwrap_or_default();
    let is_wanted = wanted.is_empty()
        || wanted.contains(&CodeActionKind::QuickFix)
        || wanted.contains(&CodeActionKind::Empty);
    let Some((desk, file)) = server
        .world
        .place(&params.text_document.uri)
        .filter(|_| is_wanted)
    else {
        return Ok(None);
    };
    let Some(source) = desk.source(file) else {
        return Ok(None);
    };
    let lines = Lines::of(&source.text, server.client.encoding);
    let range = lines.bytes(params.range);
    let actions = ide::actions(desk, file, &range);
    let offered = actions.iter().filter_map(|action| {
        Some(CodeActionResponse::CodeAction(CodeAction {
            title: action.title.clone(),
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: Some(vec![convert(server, desk, &lines, &action.about)]),
            is_preferred: Some(action.why == Why::Safe),
            edit: Some(edit(server, desk, action)?),
            ..CodeAction::default()
        }))
    });
    Ok(Some(offered.collect()))
}

/// The edit of an action; none if a part of it is of no file.
fn edit(server: &Server, desk: &Desk, action: &Action) -> Option<WorkspaceEdit> {
    let mut files: BTreeMap<Uri, Vec<TextEdit>> = BTreeMap::new();
    for change in &action.changes {
        let source = desk.sources().source(change.source);
        let uri = server.world.uri(&desk.path(change.source)?)?;
        let lines = Lines::of(&source.text, server.client.encoding);
        let text = match source.text.contains("\r\n") {
            true => change.text.replace('\n', "\r\n"),
            false => change.text.clone(),
        };
        files.entry(uri).or_default().push(TextEdit {
            range: lines.range(change.range.clone()),
            new_text: text,
        });
    }
    if !server.client.versioned_edits {
        return Some(WorkspaceEdit {
            changes: Some(files.into_iter().collect()),
            ..WorkspaceEdit::default()
        });
    }
    let confirms = server.client.confirms && action.why == Why::Unsafe;
    let changes = files
        .into_iter()
        .map(|(uri, edits)| versioned(server, uri, edits, confirms));
    let annotation = ChangeAnnotation {
        label: action.title.clone(),
        needs_confirmation: Some(true),
        description: Some(String::from(
            "it mends what is found, and may do something else than was meant",
        )),
    };
    Some(WorkspaceEdit {
        changes: None,
        document_changes: Some(changes.collect()),
        change_annotations: confirms.then(|| HashMap::from([(String::from(CONFIRM), annotation)])),
    })
}

fn versioned(server: &Server, uri: Uri, edits: Vec<TextEdit>, confirms: bool) -> DocumentChange {
    let version = server
        .world
        .document(&path_of(&uri))
        .map(|document| document.version);
    let edits = edits.into_iter().map(|edit| match confirms {
        true => Edit::AnnotatedTextEdit(AnnotatedTextEdit {
            annotation_id: String::from(CONFIRM),
            text_edit: edit,
        }),
        false => Edit::TextEdit(edit),
    });
    DocumentChange::TextDocumentEdit(TextDocumentEdit {
        text_document: OptionalVersionedTextDocumentIdentifier {
            version,
            text_document_identifier: TextDocumentIdentifier { uri },
        },
        edits: edits.collect(),
    })
}
