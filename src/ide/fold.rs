//! What can be folded in a file: blocks and lists of several lines, runs of comments and of `use` lines.
//!
//! In: a text. Out: folds by their bytes. Works on brackets and comments alone, so on broken files as well.

use std::ops::Range;

use crate::syntax::{self, Lexeme, LexemeKind};

/// What is folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoldKind {
    Block,
    Comment,
    Imports,
}

/// One fold: what is hidden begins at the end of its first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    pub kind: FoldKind,
    pub range: Range<usize>,
}

/// The folds of a text, in the order of their beginnings.
pub fn folds(text: &str) -> Vec<Fold> {
    let all = syntax::roughly(text);
    let mut folds = Vec::new();
    blocks(text, &all, &mut folds);
    runs(text, &all, &mut folds);
    folds.sort_by_key(|fold| (fold.range.start, fold.range.end));
    folds
}

fn spans_lines(text: &str, range: &Range<usize>) -> bool {
    text.get(range.clone())
        .is_some_and(|inside| inside.contains('\n'))
}

/// From each opening bracket to its closing one.
fn blocks(text: &str, all: &[Lexeme], folds: &mut Vec<Fold>) {
    let mut open = Vec::new();
    for lexeme in all {
        match lexeme.kind {
            LexemeKind::Open => open.push(lexeme.range.start),
            LexemeKind::Close => {
                let Some(start) = open.pop() else { continue };
                let range = start..lexeme.range.end;
                if spans_lines(text, &range) {
                    let kind = FoldKind::Block;
                    folds.push(Fold { kind, range });
                }
            }
            LexemeKind::Text if spans_lines(text, &lexeme.range) => folds.push(Fold {
                kind: FoldKind::Block,
                range: lexeme.range.clone(),
            }),
            LexemeKind::Comment
            | LexemeKind::Doc
            | LexemeKind::Keyword
            | LexemeKind::Type
            | LexemeKind::Function
            | LexemeKind::Property
            | LexemeKind::Parameter
            | LexemeKind::Name
            | LexemeKind::Number
            | LexemeKind::Text
            | LexemeKind::Tag
            | LexemeKind::Mark => {}
        }
    }
}

/// Lines of one kind below each other.
fn runs(text: &str, all: &[Lexeme], folds: &mut Vec<Fold>) {
    let mut run: Option<Fold> = None;
    let mut lines = 0;
    let mut done = |run: &mut Option<Fold>, lines: &mut usize| {
        if let Some(fold) = run.take().filter(|_| *lines > 1) {
            folds.push(fold);
        }
        *lines = 0;
    };
    for lexeme in first_of_lines(text, all) {
        let word = text.get(lexeme.range.clone()).unwrap_or_default();
        let kind = match lexeme.kind {
            LexemeKind::Comment | LexemeKind::Doc => Some(FoldKind::Comment),
            LexemeKind::Keyword if word == "use" => Some(FoldKind::Imports),
            _ => None,
        };
        let end = text
            .get(lexeme.range.start..)
            .and_then(|rest| rest.find('\n'));
        let end = end.map_or(text.len(), |end| lexeme.range.start + end);
        match (&mut run, kind) {
            (Some(fold), Some(kind))
                if fold.kind == kind && is_next(text, fold.range.end, lexeme) =>
            {
                fold.range.end = end;
                lines += 1;
            }
            (_, kind) => {
                done(&mut run, &mut lines);
                if let Some(kind) = kind {
                    let range = lexeme.range.start..end;
                    run = Some(Fold { kind, range });
                    lines = 1;
                }
            }
        }
    }
    done(&mut run, &mut lines);
}

/// Whether a lexeme stands on the line below.
fn is_next(text: &str, end: usize, lexeme: &Lexeme) -> bool {
    let between = text.get(end..lexeme.range.start).unwrap_or_default();
    between.matches('\n').count() == 1
}

fn first_of_lines<'a>(text: &str, all: &'a [Lexeme]) -> Vec<&'a Lexeme> {
    let mut last = 0;
    let mut firsts = Vec::new();
    for (index, lexeme) in all.iter().enumerate() {
        let between = text.get(last..lexeme.range.start).unwrap_or_default();
        if index == 0 || between.contains('\n') {
            firsts.push(lexeme);
        }
        last = lexeme.range.end;
    }
    firsts
}
