//! The tree and its comments to text, in the one canonical layout.
//!
//! In: a source and its tree. Out: the text, or a diagnostic when nothing should be written. What
//! comes out was parsed again and says the same; every comment is still there. Writes no file.
//!
//! The layout: two blanks a level, one blank between words, one blank line at most. A list in
//! brackets is on one line or has a line for each element, with a comma behind the last; it is
//! broken if the author broke it behind the opener, if it holds a comment, or if the line would be
//! longer than 100 columns. Lines are folded inside brackets, behind commas and in blocks, and
//! nowhere else, so a line may be longer. A block of one statement stays on one line if the author
//! wrote it so. Nothing is aligned in columns, so that a change touches its own lines only.

mod brackets;
mod comments;
mod expr;
mod extern_item;
mod file;
mod item;
mod layout;
mod lists;
mod printer;
mod proof;
mod runbook;
mod stmt;
mod test;
mod writer;

use crate::diag::{Code, Diagnostic};
use crate::syntax::tree::File;
use crate::text::{Source, Span};

/// The text of a file in the canonical layout, or why it is left as it is.
pub fn format(source: &Source, file: &File) -> Result<String, Diagnostic> {
    let text = file::print(source, file).map_err(|place| unreadable(source, place))?;
    if proof::holds(source, file, &text) {
        return Ok(text);
    }
    let why = "its meaning would change";
    let start = Span::new(source.id, 0, 0);
    Err(refusal(source, why, start, "in this file")
        .help("this is a mistake of the formatter; nothing was written"))
}

/// What is said of a file with errors; `place` is where the first of them is.
pub fn unreadable(source: &Source, place: Span) -> Diagnostic {
    refusal(
        source,
        "it has errors",
        place.at_start(),
        "the first is here",
    )
    .help("fix them, then format it")
}

/// What is said of a file that is not in the one layout, which is `text`: where it begins to be another, and the lines
/// that mend it.
pub fn elsewise(source: &Source, text: &str) -> Diagnostic {
    let lines = |text| str::split_inclusive(text, '\n');
    let same = lines(&source.text).zip(lines(text));
    let before: usize = same
        .take_while(|(is, should)| is == should)
        .map(|(line, _)| line.len())
        .sum();
    let rest = |text| str::get(text, before..).unwrap_or_default();
    let (is, should) = (rest(&source.text), rest(text));
    let same = lines(is).rev().zip(lines(should).rev());
    let behind: usize = same
        .take_while(|(is, should)| is == should)
        .map(|(line, _)| line.len())
        .sum();
    let place = Span::new(source.id, before, source.text.len() - behind);
    let better = should.get(..should.len() - behind).unwrap_or_default();
    let message = format!("`{}` is not in the one layout", source.name);
    // The first line alone: a file may be other as a whole.
    let first = lines(is).next().unwrap_or_default().trim_end();
    let first = Span::new(source.id, before, before + first.len());
    Diagnostic::new(Code::NotFormatted, message, first, "from here on")
        .help("bring it there with `rbk fmt`")
        .fix("format it", place, better)
        .safe()
}

fn refusal(source: &Source, why: &str, place: Span, label: &str) -> Diagnostic {
    let message = format!("`{}` is not formatted: {why}", source.name);
    Diagnostic::new(Code::NotFormatted, message, place, label)
}
