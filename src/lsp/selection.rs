//! `textDocument/selectionRange`: what a selection grows to.

use gen_lsp_types::{Position, SelectionRange, SelectionRangeParams};

use crate::ide;

use super::lines::Lines;
use super::server::{Failure, Server};

pub fn grow(
    server: &mut Server,
    params: SelectionRangeParams,
) -> Result<Option<Vec<SelectionRange>>, Failure> {
    let Some(source) = server.text(&params.text_document.uri) else {
        return Ok(None);
    };
    let lines = Lines::of(&source.text, server.client.encoding);
    let grown = |position: &Position| {
        let mut around = ide::selections(&source.text, lines.offset(*position))
            .into_iter()
            .rev();
        let outermost = SelectionRange {
            range: lines.range(around.next().unwrap_or_default()),
            parent: None,
        };
        around.fold(outermost, |parent, range| SelectionRange {
            range: lines.range(range),
            parent: Some(Box::new(parent)),
        })
    };
    Ok(Some(params.positions.iter().map(grown).collect()))
}
