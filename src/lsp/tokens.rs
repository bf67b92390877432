//! `textDocument/semanticTokens`: colours, of all of a file, of what changed in it, of a part of it.

use std::collections::HashMap;

use gen_lsp_types::{
    Position, Range as LspRange, SemanticToken, SemanticTokens, SemanticTokensDelta,
    SemanticTokensDeltaParams, SemanticTokensDeltaResponse, SemanticTokensEdit,
    SemanticTokensParams, SemanticTokensRangeParams, Uri,
};

use crate::ide::{self, Colour};

use super::lines::{Encoding, Lines};
use super::server::{Failure, Server};
use super::world::path_of;

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

/// What was answered last, of each file, and what is known of its stretches.
#[derive(Debug, Default)]
pub struct Painted {
    files: HashMap<Uri, PaintedFile>,
    answers: u64,
}

#[derive(Debug, Default)]
struct PaintedFile {
    /// The number of the answer, and what it was.
    answered: Option<(u64, Vec<SemanticToken>)>,
    /// By their texts.
    stretches: HashMap<Box<str>, Stretch>,
}

/// The tokens of a stretch of text that begins a line.
#[derive(Debug)]
struct Stretch {
    tokens: Vec<Token>,
    /// How many lines it has.
    lines: u32,
}

/// A token by its place.
#[derive(Clone, Copy, Debug)]
struct Token {
    line: u32,
    start: u32,
    length: u32,
    colour: u32,
    is_doc: bool,
}

impl Painted {
    /// The file is closed.
    pub fn forget(&mut self, uri: &Uri) {
        self.files.remove(uri);
    }

    /// The answer that has this number, if it was the last one; it is no more afterwards.
    fn last(&mut self, uri: &Uri, number: &str) -> Option<Vec<SemanticToken>> {
        let answered = self.files.get_mut(uri)?.answered.take();
        answered
            .filter(|(last, _)| last.to_string() == number)
            .map(|(_, tokens)| tokens)
    }

    fn keep(&mut self, uri: Uri, tokens: &[SemanticToken]) -> String {
        self.answers += 1;
        let file = self.files.entry(uri).or_default();
        file.answered = Some((self.answers, tokens.to_vec()));
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
    let before = server.painted.last(&uri, &params.previous_result_id);
    let result_id = Some(server.painted.keep(uri, &data));
    Ok(Some(match before {
        Some(before) => {
            let edits = edit(&before, &data).into_iter().collect();
            SemanticTokensDelta { result_id, edits }.into()
        }
        None => SemanticTokens { result_id, data }.into(),
    }))
}

pub fn range(
    server: &mut Server,
    params: SemanticTokensRangeParams,
) -> Result<Option<SemanticTokens>, Failure> {
    let uri = params.text_document.uri;
    let data = tokens(server, &uri, Some(params.range));
    Ok(data.map(|data| SemanticTokens {
        result_id: None,
        data,
    }))
}

/// The tokens of a file, or of a part of it; each by how far it is from the one before.
fn tokens(server: &mut Server, uri: &Uri, part: Option<LspRange>) -> Option<Vec<SemanticToken>> {
    let encoding = server.client.encoding;
    let (desk, file) = server.world.place(uri)?;
    let text = &desk.source(file)?.text;
    let painted = server.painted.files.entry(uri.clone()).or_default();
    let mut known = std::mem::take(&mut painted.stretches);
    let mut told = Told::default();
    let mut first = 0;
    for range in desk.stretches(file) {
        let text = text.get(range).unwrap_or_default();
        let (key, stretch) = known
            .remove_entry(text)
            .unwrap_or_else(|| (text.into(), Stretch::of(text, encoding)));
        for token in &stretch.tokens {
            let token = Token {
                line: first + token.line,
                ..*token
            };
            if part.is_none_or(|part| token.meets(part)) {
                told.push(token);
            }
        }
        first += stretch.lines;
        painted.stretches.insert(key, stretch);
    }
    // Only of what is open anybody says when it is closed.
    if server.world.document(&path_of(uri)).is_none() {
        server.painted.forget(uri);
    }
    Some(told.tokens)
}

impl Stretch {
    fn of(text: &str, encoding: Encoding) -> Stretch {
        let lines = Lines::of(text, encoding);
        let mut tokens = Vec::new();
        for painted in ide::paint(text) {
            let mut colours = Colour::ALL.iter();
            let colour = colours.position(|colour| *colour == painted.colour);
            for range in lines.cut(painted.range.clone()) {
                let at = lines.position(range.start);
                tokens.push(Token {
                    line: at.line,
                    start: at.character,
                    length: lines.length(range),
                    colour: colour.unwrap_or_default() as u32,
                    is_doc: painted.is_doc,
                });
            }
        }
        let lines = lines.position(text.len()).line;
        Stretch { tokens, lines }
    }
}

impl Token {
    /// Whether a part of it lies in a range.
    fn meets(self, part: LspRange) -> bool {
        let at = |place: Position| (place.line, place.character);
        (self.line, self.start) < at(part.end)
            && at(part.start) < (self.line, self.start + self.length)
    }
}

/// Tokens as the protocol tells them.
#[derive(Default)]
struct Told {
    tokens: Vec<SemanticToken>,
    line: u32,
    start: u32,
}

impl Told {
    fn push(&mut self, token: Token) {
        self.tokens.push(SemanticToken {
            delta_line: token.line - self.line,
            delta_start: match token.line == self.line {
                true => token.start - self.start,
                false => token.start,
            },
            length: token.length,
            token_type: token.colour,
            token_modifiers_bitset: u32::from(token.is_doc),
        });
        (self.line, self.start) = (token.line, token.start);
    }
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
