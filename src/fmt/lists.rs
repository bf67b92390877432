//! Lists and blocks, with the comments between their elements.
//!
//! In: elements and the brackets around them. Out: pieces of the layout.

use super::brackets::{BLOCK, Brackets};
use super::layout::Level;
use super::printer::{Node, Printer};

impl<'a> Printer<'a> {
    /// A list in brackets or a block: on one line if it fits and the author wrote it so.
    pub(super) fn bracketed<T: Node>(
        &mut self,
        brackets: &Brackets,
        behind_opener: u32,
        elements: &'a [T],
    ) {
        self.layout.open(brackets.hugs);
        self.contents(brackets, behind_opener, elements);
        self.layout.close();
    }

    /// A block of an item: each element has its line, even if there is only one.
    pub(super) fn body<T: Node>(&mut self, before_opener: u32, elements: &'a [T]) {
        let behind_opener = self.comments.opener_behind(before_opener, '{');
        self.layout.open(false);
        if !elements.is_empty() {
            self.layout.force();
        }
        self.contents(&BLOCK, behind_opener, elements);
        self.layout.close();
    }

    /// A block that breaks when the others of its statement do: the group is the caller's.
    pub(super) fn contents<T: Node>(
        &mut self,
        brackets: &Brackets,
        behind_opener: u32,
        elements: &'a [T],
    ) {
        let behind_last = elements
            .last()
            .map_or(behind_opener, |last| last.span().end);
        let closer = self.comments.token_behind(behind_last);
        self.word(brackets.open);
        if elements.is_empty() && !brackets.rest && !self.comments.any_before(closer) {
            return self.word(brackets.close);
        }
        if brackets.statements && elements.len() > 1 {
            self.layout.force();
        }
        let outside = self.brackets;
        self.brackets = if brackets.statements { 0 } else { outside + 1 };
        self.alone = elements.len() == 1 && !brackets.statements;
        self.layout.indent(Level::Broken);
        self.elements(brackets, closer, elements);
        self.comments_before_closer(closer, !elements.is_empty());
        self.layout.dedent(Level::Broken);
        self.layout.line(brackets.pad, false);
        self.brackets = outside;
        self.word(brackets.close);
    }

    /// Something in brackets that is no list.
    pub(super) fn enclosed(
        &mut self,
        open: &'static str,
        close: &'static str,
        first: u32,
        behind: u32,
        print: impl FnOnce(&mut Self),
    ) {
        let closer = self.comments.token_behind(behind);
        self.word(open);
        self.layout.open(true);
        self.brackets += 1;
        self.alone = false;
        self.layout.indent(Level::Broken);
        if self.comments.any_before(first) || self.comments.starts_line(first) {
            self.layout.force();
        }
        self.trailing_comment(first);
        self.comment_lines(first);
        self.layout.line("", false);
        print(self);
        if self.trailing_comment(closer) {
            self.layout.force();
        }
        self.comments_before_closer(closer, true);
        self.layout.dedent(Level::Broken);
        self.layout.line("", false);
        self.brackets -= 1;
        self.layout.close();
        self.word(close);
    }

    fn elements<T: Node>(&mut self, brackets: &Brackets, closer: u32, elements: &'a [T]) {
        let starts: Vec<u32> = elements.iter().map(|element| self.start(element)).collect();
        let first = starts.first().copied().unwrap_or(closer);
        if self.trailing_comment(first) || self.comments.starts_line(first) {
            self.layout.force();
        }
        for (index, (element, start)) in elements.iter().zip(&starts).enumerate() {
            let next = starts.get(index + 1).copied();
            self.element(brackets, index == 0, element, *start);
            let flat = if next.is_some() || brackets.rest {
                brackets.flat
            } else {
                ""
            };
            self.layout.choice(flat, brackets.broken);
            if self.trailing_comment(next.unwrap_or(closer)) {
                self.layout.force();
            }
            if next.is_some() {
                self.layout.next_element();
            }
        }
        if brackets.rest {
            let flat = if elements.is_empty() { "" } else { " " };
            self.layout.line(flat, false);
            self.word("..");
        }
    }

    fn comments_before_closer(&mut self, closer: u32, mut above: bool) {
        while let Some(comment) = self.comments.take_before(closer) {
            self.layout.force();
            let blank_line = above && self.comments.blank_line_before(comment.span.start);
            self.layout.line("", blank_line);
            self.layout.comment(self.source.slice(comment.span));
            above = true;
        }
    }

    /// The line end before an element, the comments above it, and the element.
    fn element<T: Node>(&mut self, brackets: &Brackets, first: bool, element: &'a T, start: u32) {
        let flat = if first { brackets.pad } else { " " };
        let mut above = !first;
        while let Some(comment) = self.comments.take_before(element.span().start) {
            self.layout.force();
            let blank_line = above && self.comments.blank_line_before(comment.span.start);
            self.layout.line(flat, blank_line);
            self.layout.comment(self.source.slice(comment.span));
            above = true;
        }
        self.layout
            .line(flat, above && self.comments.blank_line_before(start));
        if !element.documentation().is_empty() {
            self.layout.force();
        }
        self.documented(element);
    }

    /// A list without brackets: on one line if it fits and the author wrote it so.
    pub(super) fn commas<T: Node>(&mut self, elements: &'a [T]) {
        let Some((first, others)) = elements.split_first() else {
            return;
        };
        self.layout.open(true);
        first.print(self);
        self.layout.indent(Level::Broken);
        for element in others {
            self.word(",");
            self.layout.next_element();
            self.folded(element.span().start);
            element.print(self);
        }
        self.layout.dedent(Level::Broken);
        self.layout.close();
    }

    /// The blank or line end behind a comma or an operator; the author's line end is kept.
    pub(super) fn folded(&mut self, next: u32) {
        if self.comments.starts_line(next) || self.comments.any_before(next) {
            self.layout.force();
        }
        self.trailing_comment(next);
        self.comment_lines(next);
        self.layout.line(" ", false);
    }
}
