//! `textDocument/semanticTokens`: colours, of all of a file, of what changed in it, of a part of it.

use std::collections::HashMap;
use std::ops::Range;

use gen_lsp_types::{
    SemanticToken, SemanticTokens, SemanticTokensDelta, SemanticTokensDeltaParams,
    SemanticTokensDeltaResponse, SemanticTokensEdit, SemanticTokensParams,
    SemanticTokensRangeParams, Uri,
};

use crate::ide::{self, Colour};

use super::lines::Lines;
use super::server::{Failure, Server};

/// The kinds of tokens, by their numbers.
pub fn types() -> Vec<String> {
    Colour::ALL
        .iter()
        .map(|colour| String::from(colour.name()))
        .collect()
}

/// What a token may be besides, by their bits.
pub fn modifiers() -> Vec<String> {
    vec![String::from("documentation")]
}

/// What was answered last, of each file.
#[derive(Debug, Default)]
pub struct Painted {
    files: HashMap<Uri, (u64, Vec<SemanticToken>)>,
    answers: u64,
}

impl Painted {
    /// The file is closed.
    pub fn forget(&mut self, uri: &Uri) {
        self.files.remove(uri);
    }

    fn keep(&mut self, uri: Uri, tokens: &[SemanticToken]) -> String {
        self.answers += 1;
        self.files.insert(uri, (self.answers, tokens.to_vec()));
        self.answers.to_string()
    }
}

pub fn full(
    server: &mut Server,
    params: SemanticTokensParams,
) -> Result<Option<SemanticTokens>, Failure> {
    let uri = params.text_document.uri;
    let Some(data) = tokens(server, &uri, None) else {
        return Ok(None);
    };
    let result_id = Some(server.painted.keep(uri, &data));
    Ok(Some(SemanticTokens { result_id, data }))
}

pub fn delta(
    server: &mut Server,
    params: SemanticTokensDeltaParams,
) -> Result<Option<SemanticTokensDeltaResponse>, Failure> {
    let uri = params.text_document.uri;
    let Some(data) = tokens(server, &uri, None) else {
        return Ok(None);
    };
    let before = server.painted.files.remove(&uri);
    let result_id = Some(server.painted.keep(uri, &data));
    Ok(Some(match before {
        Some((number, before)) if number.to_string() == params.previous_result_id => {
            let edits = edit(&before, &data).into_iter().collect();
            SemanticTokensDelta { result_id, edits }.into()
        }
        Some(_) | None => SemanticTokens { result_id, data }.into(),
    }))
}

pub fn range(
    server: &mut Server,
    params: SemanticTokensRangeParams,
) -> Result<Option<SemanticTokens>, Failure> {
    let uri = params.text_document.uri;
    let Some(source) = server.text(&uri) else {
        return Ok(None);
    };
    let part = Lines::of(&source.text, server.client.encoding).bytes(params.range);
    let data = tokens(server, &uri, Some(part)).unwrap_or_default();
    Ok(Some(SemanticTokens {
        result_id: None,
        data,
    }))
}

/// The tokens of a file, or of a part of it; each by how far it is from the one before.
fn tokens(server: &Server, uri: &Uri, part: Option<Range<usize>>) -> Option<Vec<SemanticToken>> {
    let source = server.text(uri)?;
    let lines = Lines::of(&source.text, server.client.encoding);
    let mut tokens = Vec::new();
    let (mut line, mut start) = (0, 0);
    for painted in ide::paint(&source.text) {
        let is_out = |part: &Range<usize>| {
            painted.range.end <= part.start || part.end <= painted.range.start
        };
        if part.as_ref().is_some_and(is_out) {
            continue;
        }
        let number = Colour::ALL
            .iter()
            .position(|colour| *colour == painted.colour);
        for range in lines.cut(painted.range.clone()) {
            let at = lines.position(range.start);
            tokens.push(SemanticToken {
                delta_line: at.line - line,
                delta_start: match at.line == line {
                    true => at.character - start,
                    false => at.character,
                },
                length: lines.length(range),
                token_type: number.unwrap_or_default() as u32,
                token_modifiers_bitset: u32::from(painted.is_doc),
            });
            (line, start) = (at.line, at.character);
        }
    }
    Some(tokens)
}

/// One edit that makes some tokens of others; the protocol counts five numbers a token.
fn edit(before: &[SemanticToken], after: &[SemanticToken]) -> Option<SemanticTokensEdit> {
    let head = before
        .iter()
        .zip(after)
        .take_while(|(old, new)| old == new)
        .count();
    let (old, new) = (&before[head..], &after[head..]);
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(|(old, new)| old == new)
        .count();
    let (old, new) = (&old[..old.len() - tail], &new[..new.len() - tail]);
    if old.is_empty() && new.is_empty() {
        return None;
    }
    let numbers = |token: &SemanticToken| {
        [
            token.delta_line,
            token.delta_start,
            token.length,
            token.token_type,
            token.token_modifiers_bitset,
        ]
    };
    Some(SemanticTokensEdit {
        start: (head * 5) as u32,
        delete_count: (old.len() * 5) as u32,
        data: Some(new.iter().flat_map(numbers).collect()),
    })
}
