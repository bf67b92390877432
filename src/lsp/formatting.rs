//! `textDocument/formatting`: the one layout, by an edit of what changes.

use gen_lsp_types::{DocumentFormattingParams, TextEdit};

use crate::text::difference;

use super::lines::Lines;
use super::server::{Failure, Server};

pub fn format(
    server: &mut Server,
    params: DocumentFormattingParams,
) -> Result<Option<Vec<TextEdit>>, Failure> {
    let Some((desk, file)) = server.world.place(&params.text_document.uri) else {
        return Ok(None);
    };
    let Some(source) = desk.source(file) else {
        return Ok(None);
    };
    let Some(text) = desk.formatted(file) else {
        return Err(Failure::refused(
            "the file has errors; what cannot be read is not formatted",
        ));
    };
    let (range, with) = difference(&source.text, &text);
    if range.is_empty() && with.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let lines = Lines::of(&source.text, server.client.encoding);
    Ok(Some(vec![TextEdit {
        range: lines.range(whole_lines(&source.text, range.clone())),
        new_text: text_of(&source.text, &text, range),
    }]))
}

/// The range grown to whole lines, so that it begins and ends nowhere inside of `\r\n`.
fn whole_lines(text: &str, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let start = text[..range.start]
        .rfind('\n')
        .map_or(0, |newline| newline + 1);
    let end = text[range.end..]
        .find('\n')
        .map_or(text.len(), |newline| range.end + newline + 1);
    start..end
}

/// What stands there in the new text.
fn text_of(old: &str, new: &str, range: std::ops::Range<usize>) -> String {
    let whole = whole_lines(old, range);
    let behind = old.len() - whole.end;
    new.get(whole.start..new.len() - behind)
        .unwrap_or_default()
        .to_owned()
}
