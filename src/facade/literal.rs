//! Tagged literals alone, for the cases that would drown in whole programs.

use crate::diag::Diagnostic;
use crate::literal;
use crate::text::{SourceId, Span};
use crate::value::Tag;

/// What checking one literal says.
#[derive(Clone, Debug)]
pub struct Literal {
    /// Where its holes stand, in order; nothing if it is refused.
    pub holes: Option<Vec<String>>,
    /// What is said about it, in the order it was found.
    pub marks: Vec<Mark>,
}

/// Something said about a literal.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The bytes of the raw text that are marked.
    pub range: std::ops::Range<usize>,
    /// `E0801`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Under the marked place.
    pub label: String,
    /// How to mend it.
    pub help: Option<String>,
    /// The raw text after the fix.
    pub fixed: Option<String>,
}

/// Checks the text between the quotes of a literal; nothing if there is no such tag.
pub fn check(tag: &str, raw: &str) -> Option<Literal> {
    let span = Span::new(SourceId(0), 0, raw.len());
    let (template, found) = literal::parse(Tag::from_name(tag)?, raw, span, None);
    let holes = template.map(|template| template.holes().map(|hole| format!("{hole:?}")).collect());
    let marks = found.into_iter().map(|found| mark(raw, found)).collect();
    Some(Literal { holes, marks })
}

fn mark(raw: &str, found: Diagnostic) -> Mark {
    let fixed = found.fixes.first().map(|fix| {
        let mut fixed = raw.to_owned();
        for edit in fix.edits.iter().rev() {
            fixed.replace_range(edit.span.range(), &edit.text);
        }
        fixed
    });
    Mark {
        range: found.primary.span.range(),
        code: found.code.as_str(),
        message: found.message,
        label: found.primary.text,
        help: found.help,
        fixed,
    }
}
