//! Notifications: what the client tells of its texts and files.
//!
//! In: one notification. Out: a changed world. What is not known is left, as the protocol asks.

use gen_lsp_types as lsp;
use gen_lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidChangeWatchedFilesRegistrationOptions, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, FileSystemWatcher, GlobPattern,
    MessageType, Registration, RegistrationParams, ShowMessageNotification, ShowMessageParams,
};
use lsp_server::{Message, Notification};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::server::Server;
use super::wire::Lost;

/// What is said of a file of which a change was lost.
pub const OUT_OF_STEP: &str = "rbk no longer knows what this file contains, and reports nothing about it until it is closed and opened again";

/// What the wire itself tells of: a message about a text was too long, and passed over.
const LOST: &str = "rbk/lost";

/// What is done about a notification.
type Take = fn(&mut Server, Value);

/// Every notification that means something.
const NOTES: &[(&str, Take)] = &[
    ("initialized", |server, _| server.begin()),
    ("textDocument/didOpen", |server, params| {
        with(params, |params| open(server, params))
    }),
    ("textDocument/didChange", |server, params| {
        with(params, |params| change(server, params))
    }),
    ("textDocument/didClose", |server, params| {
        with(params, |params| close(server, params))
    }),
    (LOST, |server, params| with(params, |uri| lose(server, uri))),
    ("workspace/didChangeWatchedFiles", |server, params| {
        with(params, |params| touch(server, params))
    }),
    ("workspace/didChangeWorkspaceFolders", |server, params| {
        with(params, |params| folders(server, params))
    }),
];

/// Takes in a notification.
pub fn take(server: &mut Server, note: Notification) {
    let mut notes = NOTES.iter();
    if let Some((_, take)) = notes.find(|(name, _)| *name == note.method) {
        take(server, note.params);
    }
}

/// What cannot be read has no answer that could say so.
fn with<P: DeserializeOwned>(params: Value, then: impl FnOnce(P)) {
    if let Ok(params) = serde_json::from_value(params) {
        then(params);
    }
}

fn open(server: &mut Server, params: DidOpenTextDocumentParams) {
    let lsp::TextDocumentItem {
        uri, version, text, ..
    } = params.text_document;
    server.world.open(uri, version, text);
}

fn change(server: &mut Server, params: DidChangeTextDocumentParams) {
    let text = params.text_document;
    let encoding = server.client.encoding;
    let uri = &text.text_document_identifier.uri;
    server
        .world
        .change(uri, text.version, params.content_changes, encoding);
}

fn close(server: &mut Server, params: DidCloseTextDocumentParams) {
    server.painted.forget(&params.text_document.uri);
    server.world.close(&params.text_document.uri);
}

/// The message for the server that a text was lost.
pub fn lost(lost: Lost) -> Message {
    let uri = match lost {
        Lost::Text(uri) => Value::String(uri),
        Lost::Unknown => Value::Null,
    };
    Notification::new(String::from(LOST), uri).into()
}

/// The user is told: whatever the editor shows of the text would be of what it was before.
fn lose(server: &mut Server, uri: Option<String>) {
    let uri: Option<lsp::Uri> = uri.and_then(|uri| uri.parse().ok());
    server.world.lose(uri.as_ref());
    let what = match &uri {
        Some(uri) => format!("of `{}`", uri.as_str()),
        None => String::from("of an open file"),
    };
    server.notify::<ShowMessageNotification>(ShowMessageParams {
        kind: MessageType::Error,
        message: format!("rbk: a change {what} was too large to read: {OUT_OF_STEP}"),
    });
}

fn touch(server: &mut Server, params: DidChangeWatchedFilesParams) {
    let changes = params.changes.into_iter();
    server.world.touched(changes.map(|change| change.uri));
}

fn folders(server: &mut Server, params: DidChangeWorkspaceFoldersParams) {
    for folder in &params.event.removed {
        server.world.remove_root(&folder.uri);
    }
    for folder in &params.event.added {
        server.world.add_root(&folder.uri);
    }
}

/// What the client is asked to watch: what packages are made of.
pub fn watched() -> RegistrationParams {
    let patterns = ["**/rbk.toml", "**/rbk.lock", "**/*.rbk"];
    let watchers = patterns.map(|pattern| FileSystemWatcher {
        glob_pattern: GlobPattern::Pattern(String::from(pattern)),
        kind: None,
    });
    let options = DidChangeWatchedFilesRegistrationOptions {
        watchers: watchers.to_vec(),
    };
    RegistrationParams {
        registrations: vec![Registration {
            id: String::from("files"),
            method: String::from("workspace/didChangeWatchedFiles"),
            register_options: serde_json::to_value(options).ok(),
        }],
    }
}
