//! `textDocument/foldingRange`: what can be folded.

use gen_lsp_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};

use crate::ide::{self, FoldKind};

use super::lines::Lines;
use super::server::{Failure, Server};

pub fn fold(
    server: &mut Server,
    params: FoldingRangeParams,
) -> Result<Option<Vec<FoldingRange>>, Failure> {
    let Some(source) = server.text(&params.text_document.uri) else {
        return Ok(None);
    };
    let lines = Lines::of(&source.text, server.client.encoding);
    let folds = ide::folds(&source.text).into_iter().map(|fold| {
        let range = lines.range(fold.range);
        // The line of a closing bracket stays to be seen.
        let end = match fold.kind {
            FoldKind::Block => range.end.line.saturating_sub(1).max(range.start.line),
            FoldKind::Comment | FoldKind::Imports => range.end.line,
        };
        FoldingRange {
            start_line: range.start.line,
            start_character: None,
            end_line: end,
            end_character: None,
            kind: match fold.kind {
                FoldKind::Block => None,
                FoldKind::Comment => Some(FoldingRangeKind::Comment),
                FoldKind::Imports => Some(FoldingRangeKind::Imports),
            },
            collapsed_text: None,
        }
    });
    Ok(Some(
        folds
            .filter(|fold| fold.start_line < fold.end_line)
            .collect(),
    ))
}
