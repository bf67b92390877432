//! Where the items of a text can be told apart for good: each is read alike alone and in its file.
//!
//! In: a text. Out: the range of each item, if the text is cut at the same places whatever becomes of one of them.
//! A string or comment that may reach into the next item, or an item that no word announces, forbids it.

use std::ops::Range;

use super::split;
use super::words;
use crate::diag::{Code, Diagnostic};
use crate::text::SourceId;

/// A text, cut.
#[derive(Debug)]
pub struct Pieces {
    /// From the first character of each item to the next item.
    pub items: Vec<Range<usize>>,
    pub comments: Vec<Range<usize>>,
}

/// The items of a text, if they can be told apart for good.
pub fn pieces(text: &str) -> Option<Pieces> {
    let mut items: Vec<Range<usize>> = Vec::new();
    let split = split::split(SourceId::default(), text, &mut |item| {
        items.push(item.range)
    });
    let comments = split.comments.iter().map(|comment| comment.span.range());
    let comments = comments.collect();
    let is_firm = |range: &Range<usize>| text.get(range.clone()).is_some_and(begins_firmly);
    let is_cut = split.diagnostics.iter().all(ends_on_its_line) && items.iter().all(is_firm);
    is_cut.then_some(Pieces { items, comments })
}

/// Whether a text begins with what begins an item wherever it stands at column 0.
fn begins_firmly(text: &str) -> bool {
    let first = words::first(text).and_then(|word| text.get(word));
    split::is_doc(text) || first.is_some_and(words::is_item_word)
}

/// Whether what was told is the affair of one line.
fn ends_on_its_line(found: &Diagnostic) -> bool {
    found.code == Code::UnclosedText && found.primary.span.len() == 1
}
