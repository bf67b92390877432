//! `textDocument/documentHighlight`: where the file names what is named at the cursor.

use gen_lsp_types::{DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams};

use crate::ide;

use super::lines::Lines;
use super::server::{Failure, Server};

pub fn show(
    server: &mut Server,
    params: DocumentHighlightParams,
) -> Result<Option<Vec<DocumentHighlight>>, Failure> {
    let place = params.text_document_position_params;
    let Some((desk, file, at)) = server.at(&place) else {
        return Ok(None);
    };
    let (Some(source), Some(found)) = (desk.source(file), ide::name(desk, file, at)) else {
        return Ok(None);
    };
    let lines = Lines::of(&source.text, server.client.encoding);
    let spans = ide::mentions(desk, found.named, true).into_iter();
    let here = spans.filter(|span| span.source == source.id);
    let highlights = here.map(|span| DocumentHighlight {
        range: lines.range(span.range()),
        kind: Some(match span == found.named.at {
            true => DocumentHighlightKind::Write,
            false => DocumentHighlightKind::Read,
        }),
    });
    Ok(Some(highlights.collect()))
}
