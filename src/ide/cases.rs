//! The lines of a test that begin with `case`: which names they give, and which of them one lacks.
//!
//! In: a text, and what stands in it before a place. Out: names. Works on lexemes, so on broken files as well.

use crate::syntax::LexemeKind;
use crate::text::Source;

use super::bind::Before;

/// The word that such a line begins with.
pub(super) const WORD: &str = "case";

/// The words that lines of a test begin with. They are names elsewhere.
const LINES: [&str; 4] = ["at", "given", "expect", WORD];

/// The line of a case up to a place in it.
pub(super) struct Line<'s> {
    /// The names that it gives.
    given: Vec<&'s str>,
    /// Whether a name begins at the place.
    begins_name: bool,
}

/// The line of a case that a place stands in, if it does.
pub(super) fn line<'s>(source: &'s Source, before: &Before) -> Option<Line<'s>> {
    let lexemes = &before.lexemes;
    let text = |index: usize| {
        let range = lexemes.get(index)?.range.clone();
        source.text.get(range)
    };
    let begins_line = |index: &usize| {
        let is_word = text(*index).is_some_and(|text| LINES.contains(&text));
        let last = index.checked_sub(1).and_then(|index| lexemes.get(index));
        let end = last.map_or(0, |last| last.range.end);
        let here = lexemes.get(*index).map(|lexeme| lexeme.range.start);
        let between = here.and_then(|here| source.text.get(end..here));
        is_word && between.is_some_and(|between| between.contains('\n'))
    };
    let begin = (0..lexemes.len()).rev().find(begins_line)?;
    if text(begin) != Some(WORD) || text(begin + 2) != Some(":") {
        return None;
    }
    let mut given = Vec::new();
    let mut depth = 0_usize;
    for (index, lexeme) in lexemes.iter().enumerate().skip(begin + 2) {
        match lexeme.kind {
            LexemeKind::Open => depth += 1,
            LexemeKind::Close => depth = depth.saturating_sub(1),
            _ if depth == 0 && text(index + 1) == Some("=") => given.extend(text(index)),
            _ => {}
        }
    }
    let last = text(lexemes.len().checked_sub(1)?);
    Some(Line {
        given,
        begins_name: depth == 0 && matches!(last, Some(":" | ",")),
    })
}

/// Where a name begins in the line of a case: those of the cases before it that the line does not give yet.
pub(super) fn missing<'b>(
    source: &Source,
    before: &'b Before,
) -> Option<impl Iterator<Item = &'b str>> {
    let line = line(source, before).filter(|line| line.begins_name)?;
    let given: Vec<String> = line.given.into_iter().map(str::to_owned).collect();
    let names = before.bound.iter().filter(|bound| bound.by == WORD);
    let names = names.map(|bound| bound.name.as_str());
    Some(names.filter(move |name| !given.iter().any(|given| given == name)))
}
