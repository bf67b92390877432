//! The parts of a refused line in another order.
//!
//! In: the tokens of a line and where the grammar got stuck. Out: changes that move one part, the shortest ways first.

use std::ops::Range;

use super::changes::Change;
use crate::syntax::lines::Tokens;
use crate::syntax::patch::Splice;
use crate::syntax::skim::PieceKind;
use crate::syntax::teach::Line;

/// Lines of more parts are not put in order.
const MOST: usize = 12;

/// So far from where the grammar got stuck a part is taken, or put.
const NEAR: usize = 3;

/// Words that say what the next part is.
const LEADS: [&str; 7] = ["within", "every", "holding", "in", "by", "because", "per"];

/// A part of a line: what stands together without a blank, a bracket with all that is in it.
struct Part {
    tokens: Range<usize>,
    /// A block stays where it is.
    fixed: bool,
}

/// All moves of one to three parts.
pub(super) fn moves(tokens: &Tokens<'_>, line: &Line) -> Vec<Change> {
    let parts = parts(tokens, line);
    let count = parts.len();
    if !(3..=MOST).contains(&count) {
        return Vec::new();
    }
    let behind = |part: &Part| tokens.bytes(&part.tokens).end > line.at;
    let stuck = parts.iter().position(behind).unwrap_or(count);
    let mut found: Vec<(usize, Change)> = Vec::new();
    for length in 1..=3 {
        // The first word says what line it is.
        for from in 1..=count.saturating_sub(length) {
            let run = from..from + length;
            if parts
                .get(run.clone())
                .is_none_or(|run| run.iter().any(|part| part.fixed))
            {
                continue;
            }
            for to in (1..=count).filter(|to| *to < run.start || *to > run.end) {
                if from.abs_diff(stuck) <= NEAR || to.abs_diff(stuck) <= NEAR {
                    let way = from.abs_diff(to) + length;
                    found.extend(moved(tokens, &parts, &run, to).map(|change| (way, change)));
                }
            }
        }
    }
    found.sort_by_key(|(way, _)| *way);
    found.into_iter().map(|(_, change)| change).collect()
}

fn parts(tokens: &Tokens<'_>, line: &Line) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for index in tokens.flat(line.range.clone()) {
        let end = tokens.skip(index);
        let fixed = tokens.word(index) == "{";
        let glued = index
            .checked_sub(1)
            .is_some_and(|before| tokens.glued(before));
        // What a word leads in goes with it.
        let led = index
            .checked_sub(1)
            .is_some_and(|before| LEADS.contains(&tokens.word(before)));
        // What counts something stands beside it: `within workdays 2`.
        let led = led && !matches!(tokens.word(index), "workdays" | "workday");
        let together = (glued || led && !LEADS.contains(&tokens.word(index))) && !fixed;
        match parts.last_mut().filter(|last| together && !last.fixed) {
            Some(last) => last.tokens.end = end,
            None => parts.push(Part {
                tokens: index..end,
                fixed,
            }),
        }
    }
    parts
}

/// The parts of `run` before the part `to`.
fn moved(tokens: &Tokens<'_>, parts: &[Part], run: &Range<usize>, to: usize) -> Option<Change> {
    let first = parts.get(run.start)?.tokens.start;
    let last = parts.get(run.end.checked_sub(1)?)?.tokens.end;
    let bytes = tokens.bytes(&(first..last));
    let text = tokens.text.get(bytes.clone())?;
    let ends = |part: usize| {
        let part = parts.get(part.checked_sub(1)?)?;
        Some(tokens.bytes(&part.tokens).end)
    };
    let (gone, put) = (ends(run.start)?..bytes.end, ends(to)?);
    // Behind a comment or on another line it would be no part of this one.
    let marks = tokens
        .at(first)
        .is_some_and(|token| token.kind == PieceKind::Mark);
    // Nothing comes between `of` and what it leads in, or what it is said of.
    let parted = tokens.word(parts.get(to.checked_sub(1)?)?.tokens.end.checked_sub(1)?) == "of"
        || parts
            .get(to)
            .is_some_and(|next| tokens.word(next.tokens.start) == "of");
    // What `of` leads in does not stay behind, and a bracket without a name is a part of what stands beside it.
    let torn = tokens.word(last.checked_sub(1)?) == "of"
        || first
            .checked_sub(1)
            .is_some_and(|before| tokens.word(before) == "of")
        || run.clone().chain([run.end, to]).any(|part| {
            let part = parts.get(part);
            part.is_some_and(|part| tokens.word(part.tokens.start) == "(")
        });
    if marks || torn || parted || text.contains('\n') {
        return None;
    }
    let place = match parts.get(to) {
        Some(next) => format!("before `{}`", tokens.word(next.tokens.start)),
        None => "at the end".to_owned(),
    };
    let edits = vec![
        Splice {
            range: gone,
            text: String::new(),
        },
        Splice {
            range: put..put,
            text: format!(" {text}"),
        },
    ];
    Some(Change {
        title: format!("put `{text}` {place}"),
        help: Some(format!(
            "the parts of this line have an order: `{text}` stands {place}"
        )),
        edits: edits.clone(),
        read: edits,
    })
}
