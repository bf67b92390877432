//! Text to tree: splits at items, balances brackets, parses each item by pest, lowers to the tree.
//!
//! In: one source. Out: its [`tree::File`] and diagnostics; never fails, never reads a file.

pub mod dump;
pub mod same;
pub mod tree;
pub mod walk;

mod climb;
mod lower;
mod patch;
mod rules;
mod skim;
mod split;
mod words;

use pest::error::InputLocation;

use patch::Place;

use crate::diag::{Code, Diagnostic};
use crate::text::{Source, Span};

/// What came of a source: always a tree, and what was wrong with the text.
#[derive(Clone, Debug)]
pub struct Parsed {
    pub file: tree::File,
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads one source. Never fails; what cannot be read becomes a `Missing` node with a diagnostic.
pub fn parse(source: &Source) -> Parsed {
    let split = split::split(&source.text);
    let mut lowering = lower::Lowering::new(source.id);
    let mut items = Vec::with_capacity(split.items.len());
    for range in &split.items {
        let text = source.text.get(range.clone()).unwrap_or_default();
        match rules::read(rules::Rule::item_entry, text) {
            Ok(node) => items.push(lowering.entry(node, Place::at(range.start))),
            Err(error) => {
                let at = match error.location {
                    InputLocation::Pos(at) | InputLocation::Span((at, _)) => range.start + at,
                };
                let place = Span::new(source.id, at, at);
                lowering.diagnostics.push(Diagnostic::new(
                    Code::Syntax,
                    "this is not how it is written",
                    place,
                    format!("{:?}", error.variant),
                ));
                items.push(lowering.broken_item(range.clone()));
            }
        }
    }
    let file = tree::File {
        source: source.id,
        doc: split.doc,
        items,
        comments: split
            .comments
            .iter()
            .map(|comment| comment.in_source(source.id))
            .collect(),
    };
    Parsed {
        file,
        diagnostics: lowering.diagnostics,
    }
}
