//! Text to items: an item begins at column 0 with a letter or a documentation comment.
//!
//! In: a text. Out: its items, one after the other, each with what is lexically wrong in it and how to mend that; its
//! comments and its own documentation. One pass; what an item says is the grammar's affair.

mod habits;

use std::ops::Range;

use smol_str::SmolStr;

use super::code::{Coded, Coder};
use super::depth::{Depth, Nesting};
use super::lexical;
use super::patch::Splice;
use super::skim::{Piece, PieceKind, Skim};
use super::tree::Comment;
use super::words;
use crate::diag::{Applicability, Code, Diagnostic, Fix};
use crate::text::{SourceId, Span};

/// What a source has beside its items.
#[derive(Debug, Default)]
pub(super) struct Split {
    /// The `//!` lines, without the mark and one blank.
    pub doc: Vec<SmolStr>,
    pub comments: Vec<Comment>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Where an item stands and what the pre-scan knows about it.
#[derive(Debug, Default)]
pub(super) struct ItemText<'t> {
    /// From its first character to the start of the next item.
    pub range: Range<usize>,
    /// Its tokens, if nothing needs to be mended; their places are those in the source.
    pub coded: Coded<'t>,
    /// Replacements that mend its strings and characters.
    pub splices: Vec<Splice>,
    /// Where something was wrong already: no second error is given on the same line.
    pub told: Vec<usize>,
    /// A bracket has no partner.
    pub unbalanced: bool,
    /// Nested too deeply to be read at all.
    pub too_deep: bool,
}

/// Cuts a text into items in one pass. Each is handed over as soon as it ends: the tokens of one at a time are held.
pub(super) fn split<'t>(
    source: SourceId,
    text: &'t str,
    each: &mut dyn FnMut(ItemText<'t>),
) -> Split {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut splitter = Splitter {
        source,
        text,
        skim: Skim::new(text, start),
        coder: Coder::of(text),
        split: Split::default(),
        each,
        begun: false,
        item: None,
        depth: Depth::default(),
        line_start: start,
        blank_so_far: true,
        in_doc: false,
        stray: false,
        foreign_line: None,
        quotes: None,
        semicolon: None,
        tag: None,
        hash: None,
        merge: None,
        backslash: None,
    };
    while let Some(piece) = splitter.skim.next() {
        splitter.piece(piece);
    }
    splitter.close_item(text.len());
    splitter.split
}

/// The quotes of other languages on a line, up to a place in it.
#[derive(Clone, Copy)]
struct Quotes {
    line: usize,
    at: usize,
    are_other: bool,
    single: usize,
}

struct Splitter<'t, 'f> {
    source: SourceId,
    text: &'t str,
    skim: Skim<'t>,
    coder: Coder<'t>,
    split: Split,
    each: &'f mut dyn FnMut(ItemText<'t>),
    /// An item was handed over.
    begun: bool,
    /// The item that is being read.
    item: Option<ItemText<'t>>,
    depth: Depth,
    line_start: usize,
    /// Only blanks stand before this piece on its line.
    blank_so_far: bool,
    /// Documentation at column 0 was read, its item not yet.
    in_doc: bool,
    /// Text outside of items, or at column 0, was told already.
    stray: bool,
    /// The start of the last line on which a foreign character was told, and its diagnostic.
    foreign_line: Option<(usize, usize)>,
    /// What of the line was looked at for quotes.
    quotes: Option<Quotes>,
    /// The diagnostic of the first `;`.
    semicolon: Option<usize>,
    /// The diagnostic of the first `{% ... %}`.
    tag: Option<usize>,
    /// The diagnostic of the first `#`.
    hash: Option<usize>,
    /// The diagnostic of the first mark of a merge.
    merge: Option<usize>,
    /// The diagnostic of the first `\` at the end of a line.
    backslash: Option<usize>,
}

impl<'t> Splitter<'t, '_> {
    fn piece(&mut self, piece: Piece) {
        let at_column_zero = piece.start == self.line_start;
        let mark = piece.kind == PieceKind::Mark;
        if mark && at_column_zero && self.merge_mark(piece) {
            return;
        }
        if mark && !at_column_zero && (self.backslash(piece) || self.heredoc(piece)) {
            return;
        }
        match piece.kind {
            PieceKind::Blank => return,
            PieceKind::Newline => {
                self.line_start = piece.end;
                self.blank_so_far = true;
                self.depth.newline();
                self.coder.piece(piece);
                return;
            }
            PieceKind::Comment => self.comment(piece, at_column_zero),
            PieceKind::Mark if piece.text(self.text) == "#" => self.hash_comment(piece),
            PieceKind::Open if self.template_tag(piece) => return,
            PieceKind::Word if at_column_zero && self.begins_item(piece) => {
                self.open_item(piece.start)
            }
            PieceKind::Close if at_column_zero && self.item.is_some() => self.token(piece),
            PieceKind::Open if at_column_zero && self.is_block_below(piece) => {
                self.block_below(piece);
            }
            PieceKind::BlockComment => self.block_comment(piece),
            _ if at_column_zero || self.item.is_none() => self.stray(piece),
            _ => self.token(piece),
        }
        if self.item.is_some() {
            self.coder.piece(piece);
        }
        self.blank_so_far = false;
    }

    /// Words that stand inside items do not begin one while a bracket is open: their line lost its indentation.
    fn begins_item(&self, piece: Piece) -> bool {
        let word = piece.text(self.text);
        if word.starts_with(|first: char| first.is_ascii_digit()) {
            return false;
        }
        self.depth.is_flat() || words::is_item_word(word) || !words::is_inner_word(word)
    }

    fn open_item(&mut self, start: usize) {
        if self.in_doc {
            // The item began with its documentation.
            self.in_doc = false;
            return;
        }
        self.close_item(start);
        self.item = Some(ItemText {
            range: start..start,
            ..ItemText::default()
        });
        self.stray = false;
    }

    fn close_item(&mut self, end: usize) {
        let flat = self.depth.is_flat();
        self.depth = Depth::default();
        let coded = self.coder.take();
        if let Some(mut item) = self.item.take() {
            item.coded = coded;
            item.range.end = end;
            item.unbalanced |= !flat;
            self.begun = true;
            (self.each)(item);
        }
    }

    fn comment(&mut self, piece: Piece, at_column_zero: bool) {
        let comment = piece.text(self.text).trim_end();
        let span = Span::new(self.source, piece.start, piece.start + comment.len());
        if !lexical::is_plain(comment) {
            self.hidden_characters(piece);
        }
        if is_doc(comment) {
            if at_column_zero && !self.in_doc {
                self.open_item(piece.start);
                self.in_doc = true;
            }
        } else if self.item.is_none() && !self.begun && comment.starts_with("//!") {
            self.split.doc.push(doc_line(comment));
        } else {
            let own_line = self.blank_so_far;
            self.split.comments.push(Comment { span, own_line });
        }
    }

    fn block_comment(&mut self, piece: Piece) {
        let behind = self.text.get(piece.end..).unwrap_or_default();
        let behind = behind.lines().next().unwrap_or_default();
        let comment = piece.text(self.text);
        let diagnostic = lexical::block_comment(self.span(piece), comment, behind);
        self.tell(diagnostic, Some((piece.start..piece.end, "")));
        if let Some(newline) = piece.text(self.text).rfind('\n') {
            self.line_start = piece.start + newline + 1;
        }
    }

    /// A piece of an item that says something.
    fn token(&mut self, piece: Piece) {
        match piece.kind {
            PieceKind::Open | PieceKind::Close | PieceKind::Mark | PieceKind::Word => {
                self.nest(piece)
            }
            PieceKind::Text | PieceKind::Block => {
                self.depth.operand();
                if !lexical::is_plain(piece.text(self.text)) {
                    self.hidden_characters(piece);
                }
            }
            PieceKind::OpenText if self.text_below(piece) => {}
            PieceKind::OpenText => {
                let end = self.depth.text_end(self.text, piece, self.line_start);
                self.unclosed(piece, end, "\"");
            }
            PieceKind::OpenBlock => {
                let end = lexical::block_end(self.text, piece, self.line_start);
                self.unclosed(piece, end, "\"\"\"");
            }
            PieceKind::Foreign => {
                let (diagnostic, better) =
                    lexical::foreign(self.span(piece), piece.text(self.text));
                self.foreign(diagnostic, piece, better);
            }
            PieceKind::Blank
            | PieceKind::Newline
            | PieceKind::Comment
            | PieceKind::BlockComment => {}
        }
    }

    fn nest(&mut self, piece: Piece) {
        let text = piece.text(self.text);
        match self.depth.token(piece, text) {
            Nesting::Fine => {}
            Nesting::Unbalanced => self.mark(|item| item.unbalanced = true),
            Nesting::TooDeep => {
                let diagnostic = self.depth.too_deep(self.span(piece));
                self.tell(diagnostic, None);
                self.mark(|item| item.too_deep = true);
            }
        }
        if text == ";" {
            self.semicolon(piece);
        }
    }

    /// Whether quotes that the language does not use are open at a place: what stands there may be meant as text.
    fn is_in_other_quotes(&mut self, at: usize) -> bool {
        let begun = Quotes {
            line: self.line_start,
            at: self.line_start,
            are_other: false,
            single: 0,
        };
        // A line may be long and full of such characters: each part of it is looked at once.
        let known = self.quotes.filter(|known| known.line == self.line_start);
        let mut quotes = known.filter(|known| known.at <= at).unwrap_or(begun);
        let more = self.text.get(quotes.at..at).unwrap_or_default();
        quotes.are_other |= more.contains(lexical::OTHER_QUOTES);
        quotes.single += more.matches('\'').count();
        quotes.at = at;
        self.quotes = Some(quotes);
        quotes.are_other || quotes.single % 2 == 1
    }

    fn mark(&mut self, change: impl FnOnce(&mut ItemText<'t>)) {
        if let Some(item) = &mut self.item {
            change(item);
        }
    }

    /// A string without its closing quote: it is taken to end at `end`.
    fn unclosed(&mut self, piece: Piece, end: usize, quote: &'static str) {
        let kept = self.text.get(piece.start..end).unwrap_or_default();
        let closing = if lexical::ends_in_hole(kept) {
            format!("}}{quote}")
        } else {
            quote.into()
        };
        let quote_span = Span::new(self.source, piece.start, piece.start + quote.len());
        let mend = Span::new(self.source, end, end);
        let diagnostic = Diagnostic::new(
            Code::UnclosedText,
            "this string is not closed",
            quote_span,
            "opened here",
        )
        .help("a string ends on its line; text of several lines stands between `\"\"\"`");
        let inside = piece.start + quote.len()..end;
        let behind = self.text.get(inside).unwrap_or_default();
        let diagnostic = match behind.trim().is_empty() && quote.len() == 1 {
            // The quote that ends the line opens nothing.
            true => diagnostic
                .help("nothing stands behind this quote: the one that opens the text is missing"),
            false => diagnostic.fix("close it", mend, closing.clone()),
        };
        self.tell(diagnostic, Some((end..end, &closing)));
        self.skim.go_on_at(end);
        self.depth.operand();
    }

    /// One such character on a line is enough to say.
    fn foreign(&mut self, mut diagnostic: Diagnostic, piece: Piece, better: &str) {
        if self.is_in_other_quotes(piece.start) {
            for fix in &mut diagnostic.fixes {
                fix.applicability = Applicability::Unsafe;
            }
        }
        match self.foreign_line {
            // The edit mends all of them on the line: a quote has its partner.
            Some((line, told)) if line == self.line_start => {
                if let (Some(fix), Some(more)) = (
                    told_before(Some(told), &mut self.split.diagnostics),
                    diagnostic.fixes.first(),
                ) {
                    fix.edits.extend(more.edits.iter().cloned());
                }
            }
            _ => {
                self.foreign_line = Some((self.line_start, self.split.diagnostics.len()));
                self.split.diagnostics.push(diagnostic);
            }
        }
        self.mark(|item| {
            item.told.push(piece.start);
            item.splices.push(Splice {
                range: piece.start..piece.end,
                text: better.into(),
            });
        });
    }

    /// Whether a `{` opens the block of the item above it.
    fn is_block_below(&self, piece: Piece) -> bool {
        let begun = self.item.as_ref().map(|item| item.range.start);
        let head = begun.and_then(|begun| self.text.get(begun..piece.start));
        let takes_block = |head: &str| {
            let word = words::first(head).and_then(|word| head.get(word));
            let word = word.unwrap_or_default();
            words::BLOCK_ITEMS.contains(&word) && !head.contains('{')
        };
        piece.text(self.text) == "{"
            && self.depth.is_flat()
            && !self.in_doc
            && !self.stray
            && head.is_some_and(takes_block)
    }

    fn block_below(&mut self, piece: Piece) {
        let above = self.text.get(..piece.start).unwrap_or_default();
        let line = above.trim_end().rsplit('\n').next().unwrap_or_default();
        // Behind a comment it would be a part of that.
        let gap = (!line.contains("//")).then(|| above.trim_end().len()..piece.start);
        let span = gap
            .clone()
            .map(|gap| Span::new(self.source, gap.start, gap.end));
        let found = super::teach::brace_below(self.span(piece), span);
        self.tell(found, gap.map(|gap| (gap, " ")));
        self.token(piece);
    }

    /// Something that stands where only items begin.
    fn stray(&mut self, piece: Piece) {
        // A block comment is told of as such.
        if !self.stray && piece.kind != PieceKind::BlockComment {
            self.stray = true;
            let span = self.span(piece);
            let word = piece.text(self.text);
            let diagnostic = if piece.start != self.line_start {
                Diagnostic::new(Code::StrayAtColumnZero, "this belongs to no item", span, "no item has begun")
                    .help("an item such as `runbook` or `const` begins at the start of a line, without blanks before it")
            } else {
                Diagnostic::new(
                    Code::StrayAtColumnZero,
                    "only items begin at column 0",
                    span,
                    "begins a line that is not indented",
                )
                .help(match word {
                    "@" => "nothing is said of an item by a mark before it; documentation stands above it: `/// ...`".to_owned(),
                    _ => format!(
                        "what belongs to the item above is indented; `{word}` cannot begin an item"
                    ),
                })
            };
            let line = self.text.get(piece.start..).unwrap_or_default();
            let line = line.lines().next().unwrap_or_default().trim_end();
            let diagnostic = match line {
                "---" | "..." => {
                    let whole = Span::new(self.source, piece.start, piece.start + line.len());
                    diagnostic.fix("remove the line", whole, "")
                }
                _ => diagnostic,
            };
            self.tell(diagnostic, None);
        }
        // A bracket would reach into the item above; all else is left to its grammar.
        if !matches!(piece.kind, PieceKind::Open | PieceKind::Close) {
            self.mark(|item| item.told.push(piece.start));
            self.token(piece);
            return;
        }
        self.mark(|item| {
            item.told.push(piece.start);
            item.splices.push(Splice {
                range: piece.start..piece.end,
                text: String::new(),
            });
        });
    }

    /// Says something, and mends the text of the item.
    fn tell(&mut self, diagnostic: Diagnostic, mend: Option<(Range<usize>, &str)>) {
        let at = diagnostic.primary.span.range().start;
        self.split.diagnostics.push(diagnostic);
        self.mark(|item| {
            item.told.push(at);
            if let Some((range, text)) = mend {
                item.splices.push(Splice {
                    range,
                    text: text.into(),
                });
            }
        });
    }

    fn hidden_characters(&mut self, piece: Piece) {
        for diagnostic in lexical::hidden_characters(self.source, piece, self.text) {
            self.split.diagnostics.push(diagnostic);
        }
    }

    fn span(&self, piece: Piece) -> Span {
        Span::new(self.source, piece.start, piece.end)
    }
}

/// The edit of what was told before of the same habit.
fn told_before(first: Option<usize>, told: &mut [Diagnostic]) -> Option<&mut Fix> {
    told.get_mut(first?)?.fixes.first_mut()
}

/// Whether a comment documents what follows: three slashes and no fourth.
pub(super) fn is_doc(comment: &str) -> bool {
    comment.starts_with("///") && !comment.starts_with("////")
}

/// A documentation line without its mark and one blank.
pub(super) fn doc_line(comment: &str) -> SmolStr {
    let text = comment.get(3..).unwrap_or_default();
    text.strip_prefix(' ').unwrap_or(text).trim_end().into()
}
