//! Habits that a file has everywhere or nowhere: `#` for comments, `;` behind lines, `\` at their ends, the marks of a
//! merge.
//!
//! In: the first sign of one. Out: one diagnostic a file for each habit, whose edit mends all of its places.

use super::{Piece, Splitter, told_before};
use crate::diag::{Applicability, Edit};
use crate::syntax::lexical;
use crate::syntax::patch::Splice;
use crate::text::Span;

impl Splitter<'_, '_> {
    /// `# words`, a comment of other languages: told once, with one edit for all of them.
    pub(super) fn hash_comment(&mut self, piece: Piece) {
        let rest = self.text.get(piece.start..).unwrap_or_default();
        let end = piece.start + rest.find('\n').unwrap_or(rest.len());
        let span = self.span(piece);
        let mark = lexical::comment_mark(rest.get(1..).unwrap_or_default());
        // `page #ops "text"`: a name may be meant, and what follows.
        let before = self.text.get(self.line_start..piece.start);
        let is_behind = before.is_some_and(|before| !before.trim().is_empty());
        let is_glued = rest.get(1..).is_some_and(|rest| {
            !rest.starts_with(|next: char| next.is_whitespace() || next == '#')
        });
        let is_named = is_behind && is_glued;
        // `{# words #}` of a template ends before its line may.
        let is_template = before.is_some_and(|before| before.ends_with('{'));
        let is_doubtful = self.is_in_other_quotes(piece.start) || is_named || is_template;
        match told_before(self.hash, &mut self.split.diagnostics) {
            Some(fix) => fix.edits.push(Edit {
                span,
                text: mark.into(),
            }),
            None => {
                self.hash = Some(self.split.diagnostics.len());
                let diagnostic = lexical::hash_comment(span, mark, is_named);
                self.split.diagnostics.push(diagnostic);
            }
        }
        self.doubt(self.hash, is_doubtful);
        self.mark(|item| {
            item.told.push(piece.start);
            item.splices.push(Splice {
                range: piece.start..end,
                text: String::new(),
            });
        });
        self.skim.go_on_at(end);
    }

    /// `{% if x %}` of a template: told once.
    pub(super) fn template_tag(&mut self, piece: Piece) -> bool {
        let Some(tag) = lexical::template_tag(self.text, piece.start) else {
            return false;
        };
        if self.tag.is_none() {
            self.tag = Some(self.split.diagnostics.len());
            let span = Span::new(self.source, tag.start, tag.end);
            let found = lexical::template_tag_told(self.text, span);
            self.split.diagnostics.push(found);
        }
        self.mark(|item| {
            item.told.push(tag.start);
            item.splices.push(Splice {
                range: tag.clone(),
                text: String::new(),
            });
        });
        self.skim.go_on_at(tag.end);
        true
    }

    /// `<<<<<<< HEAD`, what a merge left: told once; what was here is read, the other side is not.
    pub(super) fn merge_mark(&mut self, piece: Piece) -> bool {
        let Some(cut) = lexical::merge_mark(self.text, piece.start) else {
            return false;
        };
        let line_end = (cut.end + 1).min(self.text.len());
        let whole = Span::new(self.source, cut.start, line_end);
        match told_before(self.merge, &mut self.split.diagnostics) {
            Some(fix) => fix.edits.push(Edit {
                span: whole,
                text: String::new(),
            }),
            None => {
                self.merge = Some(self.split.diagnostics.len());
                let mark = Span::new(self.source, piece.start, piece.start + 7);
                let found = lexical::merge_told(mark, whole);
                self.split.diagnostics.push(found);
            }
        }
        self.mark(|item| {
            item.told.push(cut.start);
            item.splices.push(Splice {
                range: cut.clone(),
                text: String::new(),
            });
        });
        self.skim.go_on_at(cut.end);
        true
    }

    /// `\` at the end of a line: the next one goes on with it; told once, with one edit for all of them.
    pub(super) fn backslash(&mut self, piece: Piece) -> bool {
        let Some(gap) = lexical::goes_on_below(self.text, piece.start) else {
            return false;
        };
        let span = Span::new(self.source, gap.start, gap.end);
        match told_before(self.backslash, &mut self.split.diagnostics) {
            Some(fix) => fix.edits.push(Edit {
                span,
                text: " ".into(),
            }),
            None => {
                self.backslash = Some(self.split.diagnostics.len());
                let found = lexical::backslash_told(self.span(piece), span);
                self.split.diagnostics.push(found);
            }
        }
        self.mark(|item| {
            item.told.push(piece.start);
            item.splices.push(Splice {
                range: gap.clone(),
                text: " ".into(),
            });
        });
        let above = self.text.get(..gap.end).unwrap_or_default();
        self.line_start = above.rfind('\n').map_or(self.line_start, |end| end + 1);
        self.skim.go_on_at(gap.end);
        true
    }

    /// A text that goes on below and is closed there.
    pub(super) fn text_below(&mut self, piece: Piece) -> bool {
        let Some((gaps, end)) = lexical::lines_of_text(self.text, piece.start) else {
            return false;
        };
        let quote = Span::new(self.source, piece.start, piece.start + 1);
        let spans = gaps
            .iter()
            .map(|gap| Span::new(self.source, gap.start, gap.end));
        let spans: Vec<Span> = spans.collect();
        self.split
            .diagnostics
            .push(lexical::lines_told(quote, &spans));
        if let Some(last) = spans.last() {
            let above = self.text.get(..last.range().end).unwrap_or_default();
            self.line_start = above.rfind('\n').map_or(self.line_start, |end| end + 1);
        }
        self.mark(|item| {
            item.told.push(piece.start);
            item.splices.extend(gaps.into_iter().map(|range| Splice {
                range,
                text: " ".into(),
            }));
        });
        self.skim.go_on_at(end);
        self.depth.operand();
        true
    }

    /// `<<EOT` with its lines: a text of another language.
    pub(super) fn heredoc(&mut self, piece: Piece) -> bool {
        let Some(heredoc) = lexical::heredoc(self.text, piece.start) else {
            return false;
        };
        let range = heredoc.range.clone();
        let told = lexical::heredoc_told(self.text, self.source, self.line_start, &heredoc);
        self.split.diagnostics.push(told);
        self.mark(|item| {
            item.told.push(range.start);
            item.splices.push(Splice {
                range: range.clone(),
                text: "\"text\"".into(),
            });
        });
        self.skim.go_on_at(range.end);
        true
    }

    /// Whoever ends statements with `;` does so everywhere: told once, with one edit for all of them.
    pub(super) fn semicolon(&mut self, piece: Piece) {
        let span = self.span(piece);
        let found = lexical::semicolon(self.text, span, self.line_start, &self.depth);
        let is_doubtful = self.is_in_other_quotes(piece.start) || found.is_doubtful;
        match told_before(self.semicolon, &mut self.split.diagnostics) {
            Some(fix) => fix.edits.push(Edit {
                span: found.place,
                text: found.better.clone(),
            }),
            None => {
                self.semicolon = Some(self.split.diagnostics.len());
                let diagnostic = lexical::semicolon_told(span, &found);
                self.split.diagnostics.push(diagnostic);
            }
        }
        self.doubt(self.semicolon, is_doubtful);
        self.mark(|item| {
            item.told.push(piece.start);
            item.splices.push(Splice {
                range: piece.start..piece.end,
                text: found.better,
            });
        });
    }

    /// The fix of what was told is for people to judge.
    fn doubt(&mut self, told: Option<usize>, is_doubtful: bool) {
        let fix = told_before(told, &mut self.split.diagnostics);
        if let Some(fix) = fix.filter(|_| is_doubtful) {
            fix.applicability = Applicability::Unsafe;
        }
    }
}
