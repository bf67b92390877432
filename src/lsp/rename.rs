//! `textDocument/prepareRename` and `textDocument/rename`: a thing under another name, in all files of its package.

use gen_lsp_types::{
    PrepareRenameParams, PrepareRenamePlaceholder, PrepareRenameResult, RenameParams, WorkspaceEdit,
};

use crate::ide::{self, Refusal};

use super::edits;
use super::lines::Lines;
use super::server::{Failure, Server};

pub fn prepare(
    server: &mut Server,
    params: PrepareRenameParams,
) -> Result<Option<PrepareRenameResult>, Failure> {
    let Some((desk, file, at)) = server.at(&params.text_document_position_params) else {
        return Ok(None);
    };
    let Some(source) = desk.source(file) else {
        return Ok(None);
    };
    let range = ide::nameable(desk, file, at).map_err(refused)?;
    let lines = Lines::of(&source.text, server.client.encoding);
    let placeholder = String::from(source.text.get(range.clone()).unwrap_or_default());
    let range = lines.range(range);
    Ok(Some(PrepareRenameResult::PrepareRenamePlaceholder(
        PrepareRenamePlaceholder { range, placeholder },
    )))
}

pub fn rename(server: &mut Server, params: RenameParams) -> Result<Option<WorkspaceEdit>, Failure> {
    let Some((desk, file, at)) = server.at(&params.text_document_position_params) else {
        return Ok(None);
    };
    let changes = ide::renamed(desk, file, at, &params.new_name).map_err(refused)?;
    Ok(edits::edit(server, desk, &changes, None))
}

fn refused(Refusal(why): Refusal) -> Failure {
    Failure::refused(why)
}
