//! The parser that pest makes of `grammar/`, and the only place that names it.
//!
//! In: the tokens of a text, or a string, and the rule to read it by. Out: nodes that know where in the text they
//! stand, or the place and the words of what was expected.

use std::ops::Range;

use pest::error::{Error, ErrorVariant, InputLocation};
use pest::iterators::Pairs;
use pest::{Parser, Token};

use super::code::Coded;

/// The generated parser.
#[derive(pest_derive::Parser)]
#[grammar = "grammar/tokens.pest"]
#[grammar = "grammar/rbk.pest"]
struct Grammar;

/// What was read, without delimiters and words that only had to be there.
pub(super) struct Tree<'t> {
    text: &'t str,
    /// Each node before its children.
    parts: Vec<Part>,
}

/// A node as it is kept.
struct Part {
    rule: Rule,
    start: u32,
    end: u32,
    /// The first part behind it and all that is in it.
    next: u32,
}

impl<'t> Tree<'t> {
    /// Keeps pest's pairs, with the places in `text` that `place` gives to theirs.
    fn of(
        pairs: Pairs<'_, Rule>,
        text: &'t str,
        place: impl Fn(usize, usize) -> (usize, usize),
    ) -> Self {
        let tokens = pairs.tokens();
        let mut parts: Vec<Part> = Vec::with_capacity(tokens.len() / 3 + 1);
        let mut open = Vec::new();
        for token in tokens {
            match token {
                Token::Start { rule, .. } if is_filler(rule) => {}
                Token::End { rule, .. } if is_filler(rule) => {}
                Token::Start { rule, pos } => {
                    open.push(parts.len());
                    let start = pos.pos() as u32;
                    parts.push(Part {
                        rule,
                        start,
                        end: start,
                        next: 0,
                    });
                }
                Token::End { pos, .. } => {
                    let next = parts.len() as u32;
                    if let Some(part) = open.pop().and_then(|index| parts.get_mut(index)) {
                        let (start, end) = place(part.start as usize, pos.pos());
                        (part.start, part.end, part.next) = (start as u32, end as u32, next);
                    }
                }
            }
        }
        Tree { text, parts }
    }

    /// Where the names begin that stand in it.
    pub fn names(&self) -> impl Iterator<Item = usize> {
        let names = self.parts.iter().filter(|part| is_name(part.rule));
        names.map(|part| part.start as usize)
    }

    /// The node of the entry rule.
    pub fn root(&self) -> Node<'_> {
        Node {
            text: self.text,
            parts: &self.parts,
            index: 0,
        }
    }
}

/// A node of what was read.
#[derive(Clone, Copy)]
pub(super) struct Node<'t> {
    text: &'t str,
    parts: &'t [Part],
    index: u32,
}

impl<'t> Node<'t> {
    fn part(&self) -> &'t Part {
        &self.parts[self.index as usize]
    }

    /// The rule that it was read by.
    pub fn as_rule(&self) -> Rule {
        self.part().rule
    }

    /// Where it stands in the text.
    pub fn bytes(&self) -> Range<usize> {
        let part = self.part();
        part.start as usize..part.end as usize
    }

    /// Its part of the text.
    pub fn as_str(&self) -> &'t str {
        self.text.get(self.bytes()).unwrap_or_default()
    }

    /// The whole text.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// What stands inside of a string.
    pub fn inside(&self, entry: Rule) -> Option<Tree<'t>> {
        let pairs = Grammar::parse(entry, self.as_str()).ok()?;
        let begin = self.bytes().start;
        Some(Tree::of(pairs, self.text, |start, end| {
            (begin + start, begin + end)
        }))
    }
}

/// Why a text could not be read.
#[derive(Debug)]
pub(super) struct Failure {
    /// The furthest offset at which something was tried.
    pub at: usize,
    /// What was tried there.
    pub tried: Vec<Rule>,
}

/// Reads all tokens by one of the `..._entry` rules.
pub(super) fn read<'t>(entry: Rule, coded: &Coded<'t>) -> Result<Tree<'t>, Failure> {
    let pairs = Grammar::parse(entry, &coded.codes).map_err(|error| failure(&error, coded))?;
    Ok(Tree::of(pairs, coded.text, |start, end| {
        coded.bytes(start, end)
    }))
}

/// How far tokens can be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reach {
    /// The furthest byte of the tokens at which something was tried; past their end if all of them were read.
    pub at: usize,
    /// What was tried there.
    pub tried: Vec<Rule>,
}

/// How far tokens can be read by one of the `..._entry` rules.
pub(super) fn reach(entry: Rule, codes: &str) -> Reach {
    let Err(error) = Grammar::parse(entry, codes) else {
        return Reach {
            at: codes.len() + 1,
            tried: Vec::new(),
        };
    };
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let tried = match error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives,
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    Reach { at, tried }
}

/// What must be glued to the token before it was tried before the blank, all else behind it.
fn failure(error: &Error<Rule>, coded: &Coded<'_>) -> Failure {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let mut tried = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.clone(),
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    let place = coded.start(at);
    let Some(before) = coded.apart_from(at) else {
        return Failure { at: place, tried };
    };
    if tried.iter().all(|rule| is_glued(*rule)) {
        return Failure { at: before, tried };
    }
    tried.retain(|rule| !is_glued(*rule));
    Failure { at: place, tried }
}

/// Rules of a word that is a name, whatever word it is.
fn is_name(rule: Rule) -> bool {
    use Rule::*;
    matches!(
        rule,
        ident | operand_name | operand_word | field | argument_name | kept_field
    )
}

/// Rules that stand without a blank behind what is before them.
fn is_glued(rule: Rule) -> bool {
    use Rule::*;
    matches!(
        rule,
        open_paren | params | call | index | type_args | optional_mark | field | dot
    )
}

/// Children of a node.
pub(super) struct Nodes<'t> {
    text: &'t str,
    parts: &'t [Part],
    next: u32,
    end: u32,
}

impl<'t> Nodes<'t> {
    /// The children of `node`.
    pub fn of(node: Node<'t>) -> Self {
        Nodes {
            text: node.text,
            parts: node.parts,
            next: node.index + 1,
            end: node.part().next,
        }
    }

    /// The next child.
    pub fn peek(&self) -> Option<Node<'t>> {
        (self.next < self.end).then_some(Node {
            text: self.text,
            parts: self.parts,
            index: self.next,
        })
    }

    /// The rule of the next child.
    pub fn peek_rule(&self) -> Option<Rule> {
        self.peek().map(|node| node.as_rule())
    }

    /// The next child, if it is of this rule.
    pub fn accept(&mut self, rule: Rule) -> Option<Node<'t>> {
        if self.peek_rule() == Some(rule) {
            self.next()
        } else {
            None
        }
    }
}

impl<'t> Iterator for Nodes<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        let node = self.peek()?;
        self.next = node.part().next;
        Some(node)
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
