//! `textDocument/documentSymbol` and `workspace/symbol`: outlines.

use gen_lsp_types::{
    BaseSymbolInformation, DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, Location,
    SymbolInformation, SymbolKind, WorkspaceSymbol, WorkspaceSymbolLocation, WorkspaceSymbolParams,
    WorkspaceSymbolResponse,
};

use crate::ide::{self, Entry, EntryKind};

use super::lines::Lines;
use super::server::{Failure, Server};

/// The most symbols that one question is answered with.
const MOST: usize = 500;

pub fn document(
    server: &mut Server,
    params: DocumentSymbolParams,
) -> Result<Option<DocumentSymbolResponse>, Failure> {
    let uri = params.text_document.uri;
    let Some((desk, file)) = server.world.place(&uri) else {
        return Ok(None);
    };
    let Some(source) = desk.source(file) else {
        return Ok(None);
    };
    let lines = Lines::of(&source.text, server.client.encoding);
    let entries = ide::outline(desk, file);
    if server.client.nested_symbols {
        let nested = entries.iter().map(|entry| nested(entry, &lines)).collect();
        return Ok(Some(DocumentSymbolResponse::DocumentSymbolList(nested)));
    }
    let mut flat = Vec::new();
    for entry in &entries {
        let place = |entry: &Entry| Location {
            uri: uri.clone(),
            range: lines.range(entry.range.clone()),
        };
        flat.push(information(entry, None, place(entry)));
        let inside = entry.inside.iter();
        flat.extend(inside.map(|inner| information(inner, Some(&entry.name), place(inner))));
    }
    Ok(Some(DocumentSymbolResponse::SymbolInformationList(flat)))
}

/// Whatever has the letters of the question in its name, in their order.
pub fn workspace(
    server: &mut Server,
    params: WorkspaceSymbolParams,
) -> Result<Option<WorkspaceSymbolResponse>, Failure> {
    let mut found = Vec::new();
    for desk in server.world.desks() {
        for file in 0..desk.paths().count() {
            let Some(source) = desk.source(file) else {
                continue;
            };
            let Some(uri) = desk
                .path(source.id)
                .and_then(|path| server.world.uri(&path))
            else {
                continue;
            };
            let lines = Lines::of(&source.text, server.client.encoding);
            let entries = ide::outline(desk, file);
            let inner = |entry: &Entry| {
                entry
                    .inside
                    .clone()
                    .into_iter()
                    .map(|inner| (inner, Some(entry.name.clone())))
                    .collect::<Vec<_>>()
            };
            let all = entries.iter().flat_map(|entry| {
                let mut all = vec![(entry.clone(), None)];
                all.extend(inner(entry));
                all
            });
            for (entry, container) in all.filter(|(entry, _)| fits(&params.query, &entry.name)) {
                let location = Location {
                    uri: uri.clone(),
                    range: lines.range(entry.at.clone()),
                };
                found.push(WorkspaceSymbol {
                    location: WorkspaceSymbolLocation::Location(location),
                    data: None,
                    base_symbol_information: base(&entry, container.as_deref()),
                });
            }
        }
    }
    found.truncate(MOST);
    Ok(Some(WorkspaceSymbolResponse::WorkspaceSymbolList(found)))
}

fn fits(query: &str, name: &str) -> bool {
    let mut letters = name.chars().map(|letter| letter.to_ascii_lowercase());
    let mut wanted = query.chars().map(|letter| letter.to_ascii_lowercase());
    wanted.all(|wanted| letters.any(|letter| letter == wanted))
}

fn nested(entry: &Entry, lines: &Lines<'_>) -> DocumentSymbol {
    let inside = entry.inside.iter().map(|inner| nested(inner, lines));
    let inside: Vec<DocumentSymbol> = inside.collect();
    #[expect(deprecated, reason = "the field has to be given all the same")]
    DocumentSymbol {
        name: entry.name.clone(),
        detail: entry.detail.clone(),
        kind: kind(entry.kind),
        tags: None,
        deprecated: None,
        range: lines.range(entry.range.clone()),
        selection_range: lines.range(entry.at.clone()),
        children: (!inside.is_empty()).then_some(inside),
    }
}

fn information(entry: &Entry, container: Option<&str>, location: Location) -> SymbolInformation {
    #[expect(deprecated, reason = "the field has to be given all the same")]
    SymbolInformation {
        deprecated: None,
        location,
        base_symbol_information: base(entry, container),
    }
}

fn base(entry: &Entry, container: Option<&str>) -> BaseSymbolInformation {
    BaseSymbolInformation {
        name: entry.name.clone(),
        kind: kind(entry.kind),
        tags: None,
        container_name: container.map(String::from),
    }
}

fn kind(kind: EntryKind) -> SymbolKind {
    match kind {
        EntryKind::Use => SymbolKind::Module,
        EntryKind::Role => SymbolKind::Interface,
        EntryKind::Window | EntryKind::Trigger => SymbolKind::Event,
        EntryKind::Const => SymbolKind::Constant,
        EntryKind::Enum => SymbolKind::Enum,
        EntryKind::Member => SymbolKind::EnumMember,
        EntryKind::Record => SymbolKind::Struct,
        EntryKind::Field => SymbolKind::Field,
        EntryKind::Secret => SymbolKind::Key,
        EntryKind::Product => SymbolKind::Package,
        EntryKind::Function | EntryKind::Probe | EntryKind::Action | EntryKind::Watch => {
            SymbolKind::Function
        }
        EntryKind::Target | EntryKind::Runbook => SymbolKind::Class,
        EntryKind::Diagnose | EntryKind::Remedy | EntryKind::Otherwise | EntryKind::Test => {
            SymbolKind::Method
        }
    }
}
