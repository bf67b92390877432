//! The raw text of a literal with its escapes undone and its holes replaced by a stand-in.
//!
//! In: what stands between the quotes. Out: the text that the literal's own grammar reads, and the
//! way back from a place in it to the source. Understands `\"`, `$\{` and `${…}`, nothing else.

use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::value::Tag;

/// Stands for a hole: a private character that no grammar gives a meaning.
pub(super) const STAND_IN: char = '\u{f8ff}';

/// A literal, ready to be read by its grammar.
pub(super) struct Literal {
    pub tag: Tag,
    /// The text with a stand-in for each hole.
    pub text: String,
    pub holes: Vec<Hole>,
    /// Of the raw text.
    span: Span,
    /// For each byte of `text`, and for its end, the place in the raw text.
    places: Vec<usize>,
}

/// A hole of a literal.
pub(super) struct Hole {
    /// Where its stand-in begins in the text.
    pub at: usize,
    pub span: Span,
}

impl Literal {
    /// Undoes the escapes and finds the holes. A hole that is not closed reaches to the end.
    pub fn scan(tag: Tag, raw: &str, span: Span) -> Literal {
        let mut literal = Literal {
            tag,
            text: String::with_capacity(raw.len()),
            holes: Vec::new(),
            span,
            places: Vec::with_capacity(raw.len() + 1),
        };
        let mut at = 0;
        while let Some(character) = raw[at..].chars().next() {
            let rest = &raw[at..];
            let length = if rest.starts_with("\\\"") {
                literal.push('"', at);
                2
            } else if let Some(escaped) = escaped(rest) {
                // Any other escape belongs to the literal: `\${` is no hole, `\\${x}` has one.
                literal.push('\\', at);
                literal.push(escaped, at + 1);
                1 + escaped.len_utf8()
            } else if rest.starts_with("$\\{") {
                literal.push('$', at);
                literal.push('{', at + 1);
                3
            } else if rest.starts_with("${") {
                let length = rest.find('}').map_or(rest.len(), |end| end + 1);
                literal.holes.push(Hole {
                    at: literal.text.len(),
                    span: span.inside(at, at + length),
                });
                literal.push(STAND_IN, at);
                length
            } else {
                literal.push(character, at);
                character.len_utf8()
            };
            at += length;
        }
        literal.places.push(at);
        literal
    }

    fn push(&mut self, character: char, place: usize) {
        self.text.push(character);
        let bytes = std::iter::repeat_n(place, character.len_utf8());
        self.places.extend(bytes);
    }

    /// The place in the source of a range of the text.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let place = |at: usize| self.places.get(at).copied().unwrap_or(self.span.len());
        self.span.inside(place(start), place(end).max(place(start)))
    }

    /// The place in the source of the whole text.
    pub fn whole(&self) -> Span {
        self.span
    }

    /// The hole whose stand-in begins here.
    pub fn hole_at(&self, at: usize) -> Option<&Hole> {
        self.holes.iter().find(|hole| hole.at == at)
    }

    /// Says that a hole may not stand where it does, and where one may.
    pub fn misplaced(&self, hole: &Hole, label: &str) -> Diagnostic {
        let (name, help) = match self.tag {
            Tag::Text => ("a string", "a hole may stand anywhere in a string"),
            Tag::Re => (
                "a regular expression",
                "a hole stands where a character could, outside `[…]`: its text is matched literally",
            ),
            Tag::Url => (
                "a URL",
                "a hole stands in a segment of the path or in a value of the query",
            ),
            Tag::Promql => (
                "a PromQL query",
                "a hole stands for the value of a label, or for a duration in `[…]` or after `offset`",
            ),
            Tag::Cron => (
                "a schedule",
                "a schedule is a constant: write one runbook per schedule",
            ),
        };
        let message = format!("a hole may not stand here in {name}");
        Diagnostic::new(Code::HoleMisplaced, message, hole.span, label).help(help)
    }
}

/// The character behind a backslash, if the text begins with one.
fn escaped(text: &str) -> Option<char> {
    text.strip_prefix('\\')?.chars().next()
}
