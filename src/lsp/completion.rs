//! `textDocument/completion`: what may stand at the cursor.

use gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTextEdit, CompletionParams,
    CompletionResponse, Documentation, MarkupContent, MarkupKind, TextEdit,
};

use crate::ide::{self, Candidate, CandidateKind};

use super::lines::Lines;
use super::server::{Failure, Server};

pub fn complete(
    server: &mut Server,
    params: CompletionParams,
) -> Result<Option<CompletionResponse>, Failure> {
    let place = params.text_document_position_params;
    let Some((desk, file)) = server.world.place(&place.text_document.uri) else {
        return Ok(None);
    };
    let Some(source) = desk.source(file) else {
        return Ok(None);
    };
    let lines = Lines::of(&source.text, server.client.encoding);
    let (range, candidates) = ide::complete(desk, file, lines.offset(place.position));
    let range = lines.range(range);
    let items = candidates
        .into_iter()
        .enumerate()
        .map(|(index, candidate)| {
            let Candidate {
                kind,
                name,
                detail,
                doc,
            } = candidate;
            let edit = TextEdit {
                range,
                new_text: name.clone(),
            };
            CompletionItem {
                label: name,
                kind: Some(of(kind)),
                detail: (!detail.is_empty()).then_some(detail),
                documentation: markdown(doc),
                // In the order of this answer, whatever the client would sort by.
                sort_text: Some(format!("{index:04}")),
                text_edit: Some(CompletionItemTextEdit::TextEdit(edit)),
                ..CompletionItem::default()
            }
        });
    Ok(Some(CompletionResponse::CompletionItemList(
        items.collect(),
    )))
}

/// Documentation, if there is any.
pub fn markdown(text: String) -> Option<Documentation> {
    let content = MarkupContent {
        kind: MarkupKind::Markdown,
        value: text,
    };
    (!content.value.is_empty()).then_some(Documentation::MarkupContent(content))
}

fn of(kind: CandidateKind) -> CompletionItemKind {
    match kind {
        CandidateKind::Wanted => CompletionItemKind::Property,
        CandidateKind::Variable => CompletionItemKind::Variable,
        CandidateKind::Field => CompletionItemKind::Field,
        CandidateKind::Member => CompletionItemKind::EnumMember,
        CandidateKind::Function => CompletionItemKind::Function,
        CandidateKind::Type => CompletionItemKind::Class,
        CandidateKind::Constant => CompletionItemKind::Constant,
        CandidateKind::Role => CompletionItemKind::Interface,
        CandidateKind::Runbook => CompletionItemKind::Reference,
        CandidateKind::Module => CompletionItemKind::Module,
        CandidateKind::Keyword => CompletionItemKind::Keyword,
    }
}
