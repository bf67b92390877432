//! The parser that pest makes of `grammar/rbk.pest`, and the only place that names it.
//!
//! In: a text and the rule to read it by. Out: pest's pairs, or the place and the words of what was expected.

use pest::Parser;
use pest::error::{Error, ErrorVariant, InputLocation};
use pest::iterators::{Pair, Pairs};

use super::blank::Plain;

/// The generated parser.
#[derive(pest_derive::Parser)]
#[grammar = "grammar/rbk.pest"]
struct Grammar;

/// A node of pest's tree.
pub(super) type Node<'t> = Pair<'t, Rule>;

/// Why a text could not be read.
#[derive(Debug)]
pub(super) struct Failure {
    /// The furthest offset at which something was tried.
    pub at: usize,
    /// What was tried there.
    pub tried: Vec<Rule>,
}

/// Reads all of `text` by one of the `..._entry` rules.
pub(super) fn read<'t>(entry: Rule, text: &'t Plain) -> Result<Node<'t>, Failure> {
    let mut pairs = Grammar::parse(entry, text.as_str()).map_err(|error| failure(&error))?;
    Ok(pairs
        .next()
        .expect("a successful parse yields the node of its entry rule"))
}

fn failure(error: &Error<Rule>) -> Failure {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let tried = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.clone(),
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    Failure { at, tried }
}

/// Children of a node, without delimiters and words that only had to be there.
pub(super) struct Nodes<'t> {
    pairs: Pairs<'t, Rule>,
    next: Option<Node<'t>>,
}

impl<'t> Nodes<'t> {
    /// The children of `node`.
    pub fn of(node: Node<'t>) -> Self {
        let mut nodes = Nodes {
            pairs: node.into_inner(),
            next: None,
        };
        nodes.advance();
        nodes
    }

    /// The next child.
    pub fn peek(&self) -> Option<&Node<'t>> {
        self.next.as_ref()
    }

    /// The rule of the next child.
    pub fn peek_rule(&self) -> Option<Rule> {
        self.next.as_ref().map(Node::as_rule)
    }

    /// The next child, if it is of this rule.
    pub fn accept(&mut self, rule: Rule) -> Option<Node<'t>> {
        if self.peek_rule() == Some(rule) {
            self.next()
        } else {
            None
        }
    }

    fn advance(&mut self) -> Option<Node<'t>> {
        let next = self.pairs.find(|node| !is_filler(node.as_rule()));
        std::mem::replace(&mut self.next, next)
    }
}

impl<'t> Iterator for Nodes<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        self.advance()
    }
}

/// Rules that say nothing to the tree.
fn is_filler(rule: Rule) -> bool {
    use Rule::*;
    matches!(
        rule,
        EOI | line_end
            | open_brace
            | close_brace
            | open_paren
            | close_paren
            | close_bracket
            | comma
            | colon
            | dot
            | equals
            | dots
            | arrow
            | word_abort
            | word_at
            | word_by
            | word_do
            | word_else
            | word_during
            | word_every
            | word_failure
            | word_for
            | word_if
            | word_in
            | word_least
            | word_most
            | word_of
            | word_once
            | word_owed
            | word_per
            | word_says
            | word_then
            | word_this
            | word_times
            | word_undo
            | word_unresolved
            | word_after
            | word_until
            | word_within
            | word_acknowledged
    )
}
