//! `textDocument/inlayHint`: types, what a blast needs, the longest times.

use gen_lsp_types::{InlayHint, InlayHintKind, InlayHintParams, Label};

use crate::ide::{self, HintKind};

use super::lines::Lines;
use super::server::{Failure, Server};

pub fn show(
    server: &mut Server,
    params: InlayHintParams,
) -> Result<Option<Vec<InlayHint>>, Failure> {
    let Some((desk, file)) = server.world.place(&params.text_document.uri) else {
        return Ok(None);
    };
    let Some(source) = desk.source(file) else {
        return Ok(None);
    };
    let lines = Lines::of(&source.text, server.client.encoding);
    let hints = ide::hints(desk, file, &lines.bytes(params.range)).into_iter();
    let hints = hints.map(|hint| InlayHint {
        position: lines.position(hint.at),
        label: Label::String(hint.text),
        kind: match hint.kind {
            HintKind::Type => Some(InlayHintKind::Type),
            HintKind::Needs | HintKind::Time => None,
        },
        padding_left: Some(hint.kind != HintKind::Type),
        text_edits: None,
        tooltip: None,
        padding_right: None,
        data: None,
    });
    Ok(Some(hints.collect()))
}
