//! `textDocument/codeAction`: every fix, what adds what is missing, and what takes out what is selected.
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
    let Some((desk, file)) = server.world.place(&params.text_document.uri) else {
        return Ok(None);
    };
    let Some(source) = desk.source(file) else {
        return Ok(None);
    };
    let mut texts = Texts::of(server, desk);
    let range = texts.lines(source.id).bytes(params.range);
    let actions = ide::actions(desk, file, &range);
    let offered = actions.iter().filter_map(|action| {
        let kind = kind(action.why);
        if !is_wanted(&wanted, &kind) {
            return None;
        }
        let confirm = (action.why == Why::Unsafe).then_some(action.title.as_str());
        Some(CodeActionResponse::CodeAction(CodeAction {
            title: action.title.clone(),
            kind: Some(kind),
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

fn kind(why: Why) -> CodeActionKind {
    match why {
        Why::Safe | Why::Unsafe | Why::Missing => CodeActionKind::QuickFix,
        Why::Extract => CodeActionKind::RefactorExtract,
    }
}

/// Whether a client that asks for these kinds asks for this one: who asks for `refactor` asks for `refactor.extract`.
fn is_wanted(wanted: &[CodeActionKind], kind: &CodeActionKind) -> bool {
    let name = kind.to_string();
    let holds = |wanted: &CodeActionKind| {
        let rest = name.strip_prefix(&wanted.to_string());
        *wanted == CodeActionKind::Empty
            || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    wanted.is_empty() || wanted.iter().any(holds)
}
