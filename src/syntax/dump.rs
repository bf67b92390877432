//! Tree to text: a compact outline without places, for snapshots and to compare two trees.
//!
//! In: a file's tree and the source that it was made from. Out: one line for each part, nested by
//! indentation, expressions in prefix form. Two texts that mean the same have the same outline.

mod expr;
mod item;
mod runbook;
mod stmt;
mod test;

use smol_str::SmolStr;

use super::tree::File;
use crate::text::{Source, Span};

/// The outline of a file: its documentation, its items, and the texts of its comments.
pub fn dump(file: &File, source: &Source) -> String {
    let mut outline = Outline {
        source,
        text: String::new(),
        depth: 0,
    };
    outline.docs(&file.doc);
    for item in &file.items {
        outline.item(item);
    }
    for comment in &file.comments {
        outline.line(source.slice(comment.span));
    }
    outline.text
}

/// The text that is being written.
struct Outline<'s> {
    source: &'s Source,
    text: String,
    depth: usize,
}

impl Outline<'_> {
    fn line(&mut self, line: &str) {
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn nested(&mut self, write: impl FnOnce(&mut Self)) {
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }

    fn docs(&mut self, docs: &[SmolStr]) {
        for doc in docs {
            self.line(&format!("/// {doc}"));
        }
    }

    fn slice(&self, span: Span) -> &str {
        self.source.slice(span)
    }
}

/// Words side by side; empty ones left out.
fn words(words: &[&str]) -> String {
    let kept: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !word.is_empty())
        .collect();
    kept.join(" ")
}
