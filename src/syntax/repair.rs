//! What to put in the place of a bad line, so that as much as possible of it is still understood.
//!
//! In: a line and where it got stuck. Out: replacements of a part of it, the smallest first; each is tried by
//! reading the line again. A name that was given stays, so that its uses are no errors.

use std::ops::Range;

use super::kinds::Kind;
use super::lines::Tokens;
use super::patch::Splice;
use super::recover::MISSING;
use super::skim::PieceKind;

/// Replacements to try, in this order.
pub(super) fn candidates(
    tokens: &Tokens<'_>,
    line: &Range<usize>,
    kind: Kind,
    at: usize,
) -> Vec<Splice> {
    let mut splices = Vec::new();
    splices.extend(value(tokens, line, kind));
    splices.extend(name_only(tokens, line, kind));
    splices.extend(head(tokens, line, at));
    splices.extend(item_head(tokens, line, kind));
    splices
}

/// `let x = <bad>`: the value alone is missing.
fn value(tokens: &Tokens<'_>, line: &Range<usize>, kind: Kind) -> Option<Splice> {
    let named = match kind {
        Kind::Stmt => tokens.word(line.start) == "let",
        Kind::Clause => tokens.word(line.start) == "watch",
        Kind::Item => matches!(tokens.word(line.start), "const" | "fn" | "window"),
        Kind::Field | Kind::Param => true,
        _ => false,
    };
    if kind == Kind::Element {
        let colon = tokens.word(line.start + 1) == ":";
        return colon.then(|| from(tokens, line, line.start + 2, " \u{1A}"));
    }
    let equals = tokens
        .flat(line.clone())
        .find(|index| tokens.word(*index) == "=" && !matches!(tokens.word(index + 1), "=" | ">"));
    equals
        .filter(|_| named)
        .map(|equals| from(tokens, line, equals + 1, " \u{1A}"))
}

/// `let x <bad>`, `const x <bad>`, `window x <bad>`: only the name is left.
fn name_only(tokens: &Tokens<'_>, line: &Range<usize>, kind: Kind) -> Option<Splice> {
    let named = matches!(
        (kind, tokens.word(line.start)),
        (Kind::Stmt, "let") | (Kind::Item, "const" | "window")
    );
    let is_name = tokens
        .at(line.start + 1)
        .is_some_and(|token| token.kind == PieceKind::Word);
    (named && is_name).then(|| from(tokens, line, line.start + 2, " = \u{1A}"))
}

/// The head of a block: its lines were read by themselves and stay.
fn head(tokens: &Tokens<'_>, line: &Range<usize>, at: usize) -> Option<Splice> {
    let mut start = line.start;
    for open in tokens
        .flat(line.clone())
        .filter(|index| tokens.word(*index) == "{")
    {
        let brace = tokens.at(open)?;
        if at > brace.start {
            start = tokens.skip(open);
            continue;
        }
        let keyword = (start..open).rev().find(|index| {
            matches!(
                tokens.word(*index),
                "if" | "match" | "verify" | "until" | "attempt" | "in"
            )
        })?;
        let text = match tokens.word(keyword) {
            "verify" => format!(" within {MISSING} "),
            "until" => " ".into(),
            "attempt" => " \"\" ".into(),
            _ => format!(" {MISSING} "),
        };
        return Some(Splice {
            range: tokens.at(keyword)?.end..brace.start,
            text,
        });
    }
    None
}

/// `runbook name <bad> {`
fn item_head(tokens: &Tokens<'_>, line: &Range<usize>, kind: Kind) -> Option<Splice> {
    let text = match (kind, tokens.word(line.start)) {
        (Kind::Item, "runbook" | "product" | "record" | "enum") => " ",
        (Kind::Item, "test") => " \"\" ",
        _ => return None,
    };
    let open = tokens
        .flat(line.clone())
        .find(|index| tokens.word(*index) == "{")?;
    let name = tokens
        .at(line.start + 1)
        .filter(|token| token.kind == PieceKind::Word)?;
    Some(Splice {
        range: name.end..tokens.at(open)?.start,
        text: text.into(),
    })
}

/// Everything from a token on.
fn from(tokens: &Tokens<'_>, line: &Range<usize>, index: usize, text: &str) -> Splice {
    let bytes = tokens.bytes(line);
    let start = index.checked_sub(1).and_then(|before| tokens.at(before));
    Splice {
        range: start.map_or(bytes.start, |token| token.end).min(bytes.end)..bytes.end,
        text: text.into(),
    }
}
