//! What people are told, as words and holes; and where a line of a runbook goes.

use super::cx::Cx;
use crate::syntax::tree::ClauseKind;
use crate::text::Span;
use crate::typed::{Expr, ExprKind, Runbook};
use crate::value::{Segment, Value};

/// A piece of a text.
pub enum Piece<'e> {
    Words(&'e str),
    Hole(&'e Expr),
}

/// The pieces of a text in their order; none of what is no literal.
pub fn pieces(text: &Expr) -> Option<Vec<Piece<'_>>> {
    match &text.kind {
        ExprKind::Value(Value::Text(words)) => Some(vec![Piece::Words(words)]),
        ExprKind::Template { template, holes } => {
            let mut holes = holes.iter();
            let pieces = template
                .segments
                .iter()
                .filter_map(|segment| match segment {
                    Segment::Text(words) => Some(Piece::Words(words.as_str())),
                    Segment::Hole(_) => holes.next().map(Piece::Hole),
                });
            Some(pieces.collect())
        }
        ExprKind::Wrap(inside) => pieces(inside),
        _ => None,
    }
}

/// The words of a text that its author wrote.
pub fn own<'p, 'e>(pieces: &'p [Piece<'e>]) -> impl Iterator<Item = &'e str> + 'p {
    let words = pieces.iter().filter_map(|piece| match piece {
        Piece::Words(words) => Some(*words),
        Piece::Hole(_) => None,
    });
    words
        .flat_map(|words| words.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}

/// How many words of a text its author wrote. Where a script has no blanks between words, each letter counts as one.
pub fn count(pieces: &[Piece<'_>]) -> usize {
    let in_word = |word: &str| {
        let letters = word.chars().filter(|c| is_unspaced(*c)).count();
        let rest = word.split(is_unspaced).filter(|rest| !rest.is_empty());
        letters + rest.count()
    };
    own(pieces).map(in_word).sum()
}

/// Whether a letter is of a script that is written without blanks between words.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        // Thai, Lao; Tibetan; Burmese; Khmer; scripts of Tai.
        '\u{0e00}'..='\u{0eff}' | '\u{0f00}'..='\u{0fff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
            | '\u{1950}'..='\u{19df}' | '\u{1a20}'..='\u{1aaf}' | '\u{aa60}'..='\u{aadf}'
        // Signs of Chinese and Japanese, kana, bopomofo, and the same in half width.
            | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{312f}' | '\u{31a0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

/// Where the first clause of a kind begins: an empty span, to put a line in before it.
pub fn clause_at(cx: &Cx<'_>, runbook: &Runbook, is: impl Fn(&ClauseKind) -> bool) -> Option<Span> {
    let clauses = &cx.written(runbook)?.clauses;
    let clause = clauses.iter().find(|clause| is(&clause.kind))?;
    Some(clause.span.at_start())
}

/// One of several that stand side by side, with the comma that goes with it.
pub fn element(spans: &[Span], at: usize) -> Option<Span> {
    let span = *spans.get(at)?;
    let (start, end) = match (spans.get(at + 1), at.checked_sub(1)) {
        (Some(next), _) => (span.start, next.start),
        (None, Some(before)) => (spans.get(before)?.end, span.end),
        (None, None) => (span.start, span.end),
    };
    Some(Span::new(span.source, start as usize, end as usize))
}

/// Whether words from outside mean nothing but themselves between the quotes of a text, and on a screen.
pub fn is_plain(words: &str) -> bool {
    let means = |c: char| c.is_control() || "\"\\$".contains(c);
    !words.is_empty() && !words.chars().any(means)
}

/// Whether words from outside are a name in a query.
pub fn is_name(words: &str) -> bool {
    let starts = words.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == ':');
    starts
        && words
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':')
}

/// Where a text stands in quotes, without them, if it stands there once.
pub fn quoted(cx: &Cx<'_>, span: Span, words: &str) -> Option<Span> {
    let quoted = format!("\"{words}\"");
    let mut found = cx.text(span).match_indices(&quoted);
    match (found.next(), found.next()) {
        (Some((at, _)), None) => Some(span.inside(at + 1, at + 1 + words.len())),
        _ => None,
    }
}
