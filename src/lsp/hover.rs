//! `textDocument/hover`: what is known of the name at the cursor.

use gen_lsp_types::{Contents, Hover, HoverParams, MarkupContent, MarkupKind};

use crate::ide;

use super::lines::Lines;
use super::server::{Failure, Server};

pub fn show(server: &mut Server, params: HoverParams) -> Result<Option<Hover>, Failure> {
    let Some((desk, file, at)) = server.at(&params.text_document_position_params) else {
        return Ok(None);
    };
    let (Some(source), Some(found)) = (desk.source(file), ide::hover(desk, file, at)) else {
        return Ok(None);
    };
    let lines = Lines::of(&source.text, server.client.encoding);
    Ok(Some(Hover {
        contents: Contents::MarkupContent(MarkupContent {
            kind: MarkupKind::Markdown,
            value: found.text,
        }),
        range: Some(lines.range(found.range)),
    }))
}
