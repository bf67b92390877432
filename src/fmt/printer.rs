//! What every kind of node is printed with: words, slices of the source, lists, blocks, and the
//! comments in between.
//!
//! In: nodes of the tree. Out: pieces of a [`Layout`]. Comments may stand only where a line may
//! end: behind an opener, a comma, an operator, `=` or `->`, at the end of a statement and before
//! a closer; at each of these places the comments written so far are printed.

use smol_str::SmolStr;

use super::comments::Comments;
use super::layout::{Layout, Level};
use crate::syntax::tree::{Ident, Path, PlainText};
use crate::text::{Source, Span};

/// Prints one item after the other, all out of one list of comments.
pub(super) struct Printer<'a> {
    pub(super) source: &'a Source,
    pub(super) comments: Comments<'a>,
    pub(super) layout: Layout<'a>,
    /// How many brackets are open: inside them a line may end behind `and` and `or`.
    pub(super) brackets: usize,
    /// The next chain is the only element of its brackets: its lines need no indentation.
    pub(super) alone: bool,
    /// The first thing that could not be read.
    pub(super) missing: Option<Span>,
}

/// An element of a list or a block.
pub(super) trait Node {
    /// Where it stands, without its documentation.
    fn span(&self) -> Span;

    /// The documentation above it.
    fn documentation(&self) -> &[SmolStr] {
        &[]
    }

    fn print<'a>(&'a self, printer: &mut Printer<'a>);
}

impl<'a> Printer<'a> {
    /// A word or a mark, with the blanks that belong to it.
    pub(super) fn word(&mut self, word: &'static str) {
        self.layout.text(word);
    }

    /// The author's own text.
    pub(super) fn slice(&mut self, span: Span) {
        self.layout.text(self.source.slice(span));
    }

    pub(super) fn name(&mut self, name: &'a Ident) {
        if name.text.is_empty() {
            self.missing(name.span);
        }
        self.layout.text(&name.text);
    }

    pub(super) fn path(&mut self, path: &'a Path) {
        if let Some(module) = &path.module {
            self.name(module);
            self.word(".");
        }
        self.name(&path.name);
    }

    pub(super) fn plain_text(&mut self, text: &PlainText) {
        self.slice(text.span);
    }

    /// Notes that the tree has a hole here; nothing will be written.
    pub(super) fn missing(&mut self, span: Span) {
        self.missing.get_or_insert(span);
    }

    /// A clause of a header, if it is there: its words and what it prints.
    pub(super) fn clause<T>(
        &mut self,
        words: &'static str,
        value: Option<&'a T>,
        print: impl FnOnce(&mut Self, &'a T),
    ) {
        if let Some(value) = value {
            self.word(words);
            print(self, value);
        }
    }

    /// What follows an operator, `=` or `->`: behind a blank, or below the comments in between.
    pub(super) fn continued(&mut self, next: u32, print: impl FnOnce(&mut Self)) {
        if !self.comments.any_before(next) {
            self.layout.blank();
            return print(self);
        }
        self.layout.indent(Level::Always);
        self.trailing_comment(next);
        self.comment_lines(next);
        self.layout.new_line(false);
        print(self);
        self.layout.dedent(Level::Always);
    }

    /// The element below its documentation.
    pub(super) fn documented<T: Node>(&mut self, element: &'a T) {
        for line in element.documentation() {
            self.word(if line.is_empty() { "///" } else { "/// " });
            self.layout.text(line);
            self.layout.new_line(false);
        }
        element.print(self);
    }

    /// The comment on the line that was just printed, if the next one is.
    pub(super) fn trailing_comment(&mut self, before: u32) -> bool {
        let comment = self.comments.take_trailing(before);
        if let Some(comment) = comment {
            self.layout.comment(self.source.slice(comment.span));
        }
        comment.is_some()
    }

    /// A new line within an element, with the comments above it.
    pub(super) fn new_line(&mut self, next: u32) {
        self.trailing_comment(next);
        self.comment_lines(next);
        self.layout.new_line(false);
    }

    /// The comments before the offset, a line each.
    pub(super) fn comment_lines(&mut self, before: u32) {
        while let Some(comment) = self.comments.take_before(before) {
            self.layout.new_line(false);
            self.layout.comment(self.source.slice(comment.span));
        }
    }

    /// Where an element begins, with its documentation.
    pub(super) fn start<T: Node>(&self, element: &T) -> u32 {
        let lines = element.documentation().len();
        let start = element.span().start;
        self.comments.documentation_start(start, lines)
    }
}
