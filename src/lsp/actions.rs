//! `textDocument/codeAction`: every fix, and what adds what is missing.
//!
//! A fix that anybody may apply is preferred; the others ask to be confirmed, where the client can.

use gen_lsp_types::{CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse};

use crate::ide::{self, Why};

use super::diagnostics::convert;
use super::edits;
use super::server::{Failure, Server};
use super::texts::Texts;

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
    let mut texts = Texts::of(server, desk);
    let range = texts.lines(source.id).bytes(params.range);
    let actions = ide::actions(desk, file, &range);
    let offered = actions.iter().filter_map(|action| {
        let confirm = (action.why == Why::Unsafe).then_some(action.title.as_str());
        Some(CodeActionResponse::CodeAction(CodeAction {
            title: action.title.clone(),
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: action
                .about
                .as_ref()
                .map(|about| vec![convert(&mut texts, about)]),
            is_preferred: Some(action.why == Why::Safe),
            edit: Some(edits::edit(server, desk, &action.changes, confirm)?),
            ..CodeAction::default()
        }))
    });
    Ok(Some(offered.collect()))
}
