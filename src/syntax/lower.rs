//! pest's nodes to the tree, one file per kind of construct.
//!
//! In: the nodes of one item and where its text stands in the source. Out: the item and diagnostics about
//! what the grammar takes in on purpose to say it better here. Never fails: what is absent is `Missing`.

mod expr;
mod externs;
mod item;
mod names;
mod runbook;
mod stmt;
mod test;
mod text;
mod wrong;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ops::Range;

use super::patch::Place;
use super::rules::{Node, Nodes, Rule};
use super::tree::{Expr, ExprKind, Item, ItemKind};
use crate::diag::Diagnostic;
use crate::text::{SourceId, Span};

/// Builds the tree of one source, item by item.
pub(super) struct Lowering {
    source: SourceId,
    /// What the source says that it finds, by its words alone.
    findings: BTreeSet<String>,
    /// Where the text of the present item stands in the source.
    place: Place,
    pub diagnostics: Vec<Diagnostic>,
    /// What the present block is for.
    block: BlockFor,
    /// How many changes of bad lines may still be tried.
    trials: Cell<u32>,
}

/// What a block is for: what is probably meant by a bare value in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BlockFor {
    Diagnosis,
    Probe,
    Other,
}

/// So many changes are tried in one source: many bad lines cost no more than linear time.
const TRIALS: u32 = 10_000;

impl Lowering {
    /// For the items of one source.
    pub fn new(source: SourceId, text: &str) -> Self {
        let name = |rest: &str| {
            let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            let end = rest.find(|other| !letter(other)).unwrap_or(rest.len());
            rest.get(..end).map(str::to_owned)
        };
        let behind = |word: &'static str| {
            let found = text.match_indices(word);
            found.filter_map(move |(at, _)| text.get(at + word.len()..))
        };
        Lowering {
            source,
            findings: behind("found ")
                .chain(behind("remedy "))
                .filter_map(name)
                .collect(),
            place: Place::default(),
            diagnostics: Vec::new(),
            block: BlockFor::Other,
            trials: Cell::new(TRIALS),
        }
    }

    /// Whether this may be the name of a finding.
    pub fn finds(&self, name: &str) -> bool {
        self.findings.contains(name)
    }

    /// Whether one more change may be tried.
    pub fn may_try(&self) -> bool {
        let left = self.trials.get();
        self.trials.set(left.saturating_sub(1));
        left > 0
    }

    /// The item under an `item_entry` node whose text stands at `place`.
    pub fn entry(&mut self, node: Node<'_>, place: Place) -> Item {
        self.place = place;
        self.item(node)
    }

    /// An item that could not be read; a diagnostic was given.
    pub fn broken_item(&self, range: Range<usize>) -> Item {
        Item {
            doc: Vec::new(),
            kind: ItemKind::Missing,
            span: Span::new(self.source, range.start, range.end),
        }
    }

    pub(super) fn span(&self, node: &Node<'_>) -> Span {
        let bytes = node.bytes();
        self.range(bytes.start, bytes.end)
    }

    /// Offsets in the item's text as a span of the source.
    pub(super) fn range(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, self.place.start(start), self.place.end(end))
    }

    pub(super) fn say(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// A node that was to be there, or the place where it is missing.
    pub(super) fn missing(&self, parent: Span) -> Expr {
        debug_assert!(
            !self.diagnostics.is_empty() || self.place.is_mended(),
            "a missing node comes with a diagnostic"
        );
        Expr {
            kind: ExprKind::Missing,
            span: parent.at_end(),
        }
    }

    /// The next child as an expression.
    pub(super) fn next_expr(&mut self, nodes: &mut Nodes<'_>, parent: Span) -> Expr {
        match nodes.accept(Rule::expr) {
            Some(node) => self.expr(node),
            None => self.missing(parent),
        }
    }

    /// The next child as an expression, if it is one.
    pub(super) fn optional_expr(&mut self, nodes: &mut Nodes<'_>) -> Option<Expr> {
        nodes.accept(Rule::expr).map(|node| self.expr(node))
    }

    /// Spans are of a text that stands here, from now on.
    pub fn place_at(&mut self, place: &Place) {
        self.place = place.clone();
    }

    /// A range of the source as a span.
    pub fn range_in_source(&self, range: Range<usize>) -> Span {
        Span::new(self.source, range.start, range.end)
    }

    /// A number token as an expression.
    pub(super) fn number(&self, node: &Node<'_>) -> Expr {
        Expr {
            kind: ExprKind::Number,
            span: self.span(node),
        }
    }

    /// The only expression inside a node such as `within`.
    pub(super) fn inner_expr(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        self.next_expr(&mut Nodes::of(node), span)
    }
}
