//! Edits of files: with the versions that they are for, where the client knows them.
//!
//! In: changes of texts. Out: one edit of the workspace.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use gen_lsp_types::{
    AnnotatedTextEdit, ChangeAnnotation, DocumentChange, Edit,
    OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextDocumentIdentifier, TextEdit,
    Uri, WorkspaceEdit,
};

use crate::ide::{Change, Desk};
use crate::text::SourceId;

use super::lines::Lines;
use super::server::Server;
use super::world::path_of;

/// The name of the request to confirm an edit.
const CONFIRM: &str = "confirm";

/// Some changes as one edit, to be confirmed under this title if there is one; none if a part of it is of no file, or of one of
/// which a change was lost.
pub fn edit(
    server: &Server,
    desk: &Desk,
    changes: &[Change],
    confirm: Option<&str>,
) -> Option<WorkspaceEdit> {
    let mut files: BTreeMap<Uri, Vec<TextEdit>> = BTreeMap::new();
    let mut read: BTreeMap<SourceId, (Uri, Lines<'_>)> = BTreeMap::new();
    for change in changes {
        let source = desk.sources().source(change.source);
        let (uri, lines) = match read.entry(change.source) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let path = desk.path(change.source)?;
                if server.world.lost().contains(&path) {
                    return None;
                }
                let uri = server.world.uri(&path)?;
                place.insert((uri, Lines::of(&source.text, server.client.encoding)))
            }
        };
        let text = match source.text.contains("\r\n") {
            true => change.text.replace('\n', "\r\n"),
            false => change.text.clone(),
        };
        files.entry(uri.clone()).or_default().push(TextEdit {
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
    let confirm = confirm.filter(|_| server.client.confirms);
    let changes = files
        .into_iter()
        .map(|(uri, edits)| versioned(server, uri, edits, confirm.is_some()));
    let annotation = |title: &str| ChangeAnnotation {
        label: String::from(title),
        needs_confirmation: Some(true),
        description: Some(String::from(
            "it fixes what is found, and may do something else than was meant",
        )),
    };
    Some(WorkspaceEdit {
        changes: None,
        document_changes: Some(changes.collect()),
        change_annotations: confirm
            .map(|title| HashMap::from([(String::from(CONFIRM), annotation(title))])),
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
