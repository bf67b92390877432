//! What to say about a line that cannot be read: common mistakes by name, all others by what was expected.
//!
//! In: the tokens of a line and where the grammar got stuck. Out: one diagnostic, with a fix where one is sure.
//! Never decides what is allowed: a line comes here only after the grammar refused it.

mod alerts;
mod answers;
mod blocks;
mod branches;
mod brought;
mod carried;
mod cut;
mod denied;
mod first;
mod foreign;
mod habits;
mod hours;
mod items;
mod later;
mod lessons;
mod marks;
mod meant;
mod modules;
mod nameless;
mod notices;
mod parts;
mod pieces;
mod places;
mod proofs;
mod shape;
mod slips;
mod strange;
mod taken;
mod tested;
mod turned;

use std::ops::Range;

pub(super) use self::alerts::rule_lines;
pub(super) use self::carried::{dash_below, waiver_below};
pub(super) use self::cut::colon_at_end;
pub(super) use self::first::{habit_of_statement, joined_word};
pub(super) use self::items::dashed_list;
pub use self::nameless::NO_NAME;
pub(super) use self::shape::indent_of;
use super::code::Coded;
use super::expected;
use super::kinds::Kind;
use super::lines::Tokens;
use super::lower::Lowering;
use super::rules::{self, Failure};
use super::skim::PieceKind;
use super::words;
use crate::diag::{Code, Diagnostic, near};
use crate::text::Span;

/// The tokens of an item and the way from them to spans.
pub(super) struct Scene<'a> {
    pub tokens: &'a Tokens<'a>,
    pub lowering: &'a Lowering,
}

/// A line that was refused.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Its tokens.
    pub range: Range<usize>,
    /// Those of its tokens that are not in a block or a list with lines of its own.
    pub own: Vec<usize>,
    pub kind: Kind,
    /// The offset where the grammar got stuck.
    pub at: usize,
}

/// What is said of a form that this language does not have.
fn told(message: &str, span: Span, label: &str, help: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::Syntax, message, span, label).help(help)
}

impl<'a> Scene<'a> {
    /// The span of a range of bytes of the item's text.
    pub fn span(&self, bytes: Range<usize>) -> Span {
        self.lowering.range(bytes.start, bytes.end)
    }

    /// Whether a token is of that kind.
    pub fn is(&self, index: usize, kind: PieceKind) -> bool {
        let token = self.tokens.at(index);
        token.is_some_and(|token| token.kind == kind)
    }

    /// The text of some tokens.
    pub fn text(&self, tokens: Range<usize>) -> Option<&'a str> {
        let bytes = self.tokens.bytes(&tokens);
        Some(self.tokens.text.get(bytes)?.trim())
    }

    /// Whether a part of the text can be read as a line.
    pub fn reads(&self, kind: Kind, bytes: Range<usize>) -> bool {
        let text = self.tokens.text.get(bytes).unwrap_or_default();
        self.lowering.may_try() && rules::read(kind.entry(), &Coded::of(text)).is_ok()
    }

    /// The span of a token; behind the last one, the end of the text.
    pub fn token_span(&self, index: usize) -> Span {
        self.span(self.tokens.bytes(&(index..index + 1)))
    }

    /// The place in the source of an offset of the item's text.
    pub fn place_of(&self, offset: usize) -> usize {
        self.lowering.range(offset, offset).range().start
    }

    /// What is wrong with a line whose parts are not worth a look.
    pub fn hopeless(&self, line: &Range<usize>, kind: Kind) -> Option<Diagnostic> {
        let block =
            kind == Kind::Item && words::BLOCK_ITEMS.contains(&self.tokens.word(line.start));
        let later = later::line(self, line, kind);
        let later =
            later.or_else(|| hours::watch_block(self, line).filter(|_| kind == Kind::Clause));
        let later = later.or_else(|| pieces::enum_members(self, line, kind));
        let later = later.or_else(|| carried::enum_values(self, line, kind));
        later.or_else(|| marks::braces_in_expression(self, line).filter(|_| !block))
    }

    /// What is wrong with a line, if it is a common mistake: all lessons that know it, the likelier first.
    pub fn lessons(&self, line: &Line) -> impl Iterator<Item = Diagnostic> {
        lessons::LESSONS
            .iter()
            .filter_map(|lesson| lesson(self, line))
    }

    /// What would have fitted, with a word that is near.
    pub fn expected(&self, line: &Line, failure: &Failure) -> Diagnostic {
        let (span, found) = self.stuck_at(line);
        let diagnostic = generic(span, found, failure);
        // A word of another language, where a statement or a part of one is meant.
        match first::habit_of_statement(found) {
            Some(habit) if diagnostic.help.is_none() && line.kind != Kind::Product => {
                diagnostic.help(habit)
            }
            _ => diagnostic,
        }
    }

    /// What would have fitted, and no more.
    pub fn refused(&self, line: &Line, failure: &Failure) -> Diagnostic {
        let (span, found) = self.stuck_at(line);
        plain(span, found, failure)
    }

    /// The token that does not fit, and its text; the end of the line has none.
    fn stuck_at(&self, line: &Line) -> (Span, &str) {
        let end = self.tokens.bytes(&line.range).end;
        let behind = |index: &usize| {
            self.tokens
                .at(*index)
                .is_some_and(|token| token.end > line.at)
        };
        match line.own.iter().copied().find(behind) {
            Some(index) => (self.token_span(index), self.tokens.word(index)),
            None => (self.span(end..end), ""),
        }
    }

    /// A token that begins a line in the middle of a statement; `gap` is what stands between it and the line above.
    pub fn line_start(&self, index: usize, gap: Range<usize>, comment: bool) -> Diagnostic {
        let word = self.tokens.word(index);
        let span = self.token_span(index);
        if word == "{" {
            // `{% if x %}`, `{{ x }}`, `{# x #}` of a template is no block.
            let behind = self.tokens.at(index).map(|token| token.end);
            let behind = behind.and_then(|end| self.tokens.text.get(end..));
            let template = behind.is_some_and(|rest| rest.starts_with(['%', '{', '#']));
            let gap = (!comment && !template).then(|| self.span(gap));
            return brace_below(span, gap);
        }
        let is_word = self
            .tokens
            .at(index)
            .is_some_and(|token| token.kind == PieceKind::Word);
        let help = if is_word {
            format!("`{word}` stands on the line of what it belongs to")
        } else {
            "an operator ends the line above, it does not begin the next one".into()
        };
        let diagnostic = Diagnostic::new(
            Code::LineStart,
            format!("no line begins with `{word}`"),
            span,
            "the statement above has ended with its line",
        )
        .help(help);
        match (comment, is_word) {
            (true, _) => diagnostic,
            (false, true) => diagnostic.fix("move it up", self.span(gap), " ").safe(),
            (false, false) => self.operator_up(diagnostic, index, gap),
        }
    }

    /// Moves an operator to the end of the line above.
    fn operator_up(&self, diagnostic: Diagnostic, index: usize, gap: Range<usize>) -> Diagnostic {
        let mut last = index;
        while self.tokens.glued(last)
            && self
                .tokens
                .at(last + 1)
                .is_some_and(|token| token.kind == PieceKind::Mark)
        {
            last += 1;
        }
        let operator = self.tokens.bytes(&(index..last + 1));
        let text = self.tokens.text.get(operator.clone()).unwrap_or_default();
        if matches!(text, "." | "?" | ":") {
            return diagnostic.fix("move it up", self.span(gap), "").safe();
        }
        let Some(next) = self.tokens.at(last + 1) else {
            return diagnostic;
        };
        let found = diagnostic
            .fix(
                "move it up",
                self.span(gap.start..gap.start),
                format!(" {text}"),
            )
            .fix("move it up", self.span(operator.start..next.start), "");
        // `< 3 k8s.Pod` below another limit is a line of its own, `- x` an item of a list elsewhere.
        match text.starts_with(['<', '>', '=']) || text == "-" {
            true => found,
            false => found.safe(),
        }
    }
}

/// Only that something did not fit, and what would have.
fn plain(span: Span, found: &str, failure: &Failure) -> Diagnostic {
    let wanted = expected::phrase(&expected::expected(&failure.tried));
    let label = match found {
        "" => "the line ends here".to_string(),
        found => format!("`{}` does not fit here", first_line(found)),
    };
    Diagnostic::new(Code::Syntax, format!("expected {wanted}"), span, label)
}

/// The same, with a word that is near to what did not fit.
pub(super) fn generic(span: Span, found: &str, failure: &Failure) -> Diagnostic {
    let diagnostic = plain(span, found, failure);
    match near::nearest(found, expected::possible(&failure.tried)) {
        // A word of one or two letters is near to everything.
        Some(near) if near != found && found.len() > 2 => diagnostic
            .help(format!("did you mean `{near}`?"))
            .fix(format!("write `{near}`"), span, near),
        _ => diagnostic,
    }
}

fn first_line(text: &str) -> &str {
    text.split('\n').next().unwrap_or_default()
}

/// `///` above something that has no documentation.
pub(super) fn stray_doc(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::StrayDoc,
        "this documents nothing",
        span,
        "documentation belongs above an item, a clause, a field or a member",
    )
    .help("an ordinary comment begins with `//`")
    .fix(
        "write `//`",
        Span {
            end: span.start + 3,
            ..span
        },
        "//",
    )
}

/// An item that begins with a word which begins no item of this version.
pub(super) fn unknown_item(word: &str, span: Span, text: &str) -> Diagnostic {
    if let Some(diagnostic) = later::item(word, span) {
        return diagnostic;
    }
    let diagnostic = Diagnostic::new(
        Code::UnknownItem,
        format!("no item begins with `{word}`"),
        span,
        "an unknown word at the start of a line",
    );
    let valued = text.lines().next().is_some_and(|line| line.contains('='));
    if word == "let" && valued {
        return diagnostic
            .help("a value for the whole package is a `const`")
            .fix("write `const`", span, "const");
    }
    if words::is_inner_word(word) {
        return diagnostic.help(inner(word));
    }
    if let Some(diagnostic) = items::foreign(&diagnostic, word, span, text) {
        return diagnostic;
    }
    match words::nearest(word, words::READ_ITEMS) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            span,
            near,
        ),
        None => diagnostic.help(format!(
            "the items are {}",
            words::listed(words::READ_ITEMS)
        )),
    }
}

/// Where a line belongs that stands in column 0 and begins no item.
fn inner(word: &str) -> String {
    match word {
        "watch" => "a `watch` belongs to a runbook: move it into `runbook NAME for PRODUCT { ... }`; what several runbooks ask is a `probe`".into(),
        _ if words::PRODUCT_WORDS.contains(&word) => {
            format!("`{word}` belongs to a product: move it into `product NAME {{ ... }}`")
        }
        _ if words::TEST_WORDS.contains(&word) => {
            format!("`{word}` belongs to a test: move it into `test RUNBOOK \"...\" {{ ... }}`")
        }
        _ if words::CLAUSE_WORDS.contains(&word) => {
            format!("`{word}` belongs to a runbook: move it into `runbook NAME for PRODUCT {{ ... }}`")
        }
        _ => format!("`{word}` stands in a block such as `diagnose` or `remedy` of a runbook: move it there"),
    }
}

/// A `{` that begins a line; `gap` is what stands between it and the line that it belongs to.
pub(super) fn brace_below(span: Span, gap: Option<Span>) -> Diagnostic {
    let found = Diagnostic::new(
        Code::LineStart,
        "no line begins with `{`",
        span,
        "stands at the end of the line above",
    )
    .help("a block is opened on the line that it belongs to: `diagnose {`");
    match gap {
        Some(gap) => found.fix("move it up", gap, " ").safe(),
        None => found,
    }
}
