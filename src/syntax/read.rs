//! One item: mended, read by the grammar, lowered; or taken apart into lines where it cannot be read.
//!
//! In: the range of an item and what the pre-scan found. Out: the item of the tree, always.

use super::balance::{self, Lone, LoneKind};
use super::code::Coded;
use super::lower::Lowering;
use super::patch::{Place, Splice};
use super::recover;
use super::rules::{self, Rule};
use super::split::ItemText;
use super::teach;
use super::tree::Item;
use super::words;
use crate::diag::{Code, Diagnostic, Fix};
use crate::text::Span;

/// Reads an item of `source`; what is wrong with it goes to the diagnostics of `lowering`.
pub(super) fn item(lowering: &mut Lowering, source: &str, item: &ItemText<'_>) -> Item {
    let text = source.get(item.range.clone()).unwrap_or_default();
    if item.too_deep || refused(lowering, text, item) {
        return lowering.broken_item(item.range.start..item.range.start + text.trim_end().len());
    }
    let place = Place::at(item.range.start);
    if item.splices.is_empty() && !item.unbalanced {
        return match rules::read(Rule::item_entry, &item.coded) {
            Ok(tree) => lowering.entry(tree.root(), Place::at(0)),
            Err(_) => recover::item(lowering, text, place, item.told.clone()),
        };
    }
    let (text, place, told) = mended(lowering, text, place, item);
    recover::item(lowering, &text, place, told)
}

/// Whether the item begins with a word that begins no item of this version.
fn refused(lowering: &mut Lowering, text: &str, item: &ItemText<'_>) -> bool {
    let Some(word) = words::first(text) else {
        return false;
    };
    let name = &text[word.clone()];
    if words::READ_ITEMS.contains(&name) {
        return false;
    }
    let start = item.range.start;
    if item.told.iter().all(|told| *told != start + word.start) {
        let span = lowering.range_in_source(start + word.start..start + word.end);
        let mut found = teach::unknown_item(name, span, &text[word.start..]);
        found.fixes.retain(|fix| reads_on(text, start, fix));
        lowering.say(found);
    }
    true
}

/// Whether the head of an item can be read after an edit of its first word: what else is wrong stands below.
fn reads_on(text: &str, start: usize, fix: &Fix) -> bool {
    let [edit] = fix.edits.as_slice() else {
        return true;
    };
    let range = edit.span.range();
    let inside = start <= range.start && range.end <= start + text.len();
    if !inside || edit.text.is_empty() {
        return true;
    }
    let mut mended = text.to_owned();
    mended.replace_range(range.start - start..range.end - start, &edit.text);
    let head = mended.find('\n').unwrap_or(mended.len());
    match rules::read(Rule::item_entry, &Coded::of(&mended)) {
        Ok(_) => true,
        Err(failure) => failure.at > head,
    }
}

/// The text with its strings closed and its brackets balanced.
fn mended(
    lowering: &mut Lowering,
    text: &str,
    place: Place,
    item: &ItemText<'_>,
) -> (String, Place, Vec<usize>) {
    let base = item.range.start;
    let splices: Vec<Splice> = item
        .splices
        .iter()
        .map(|splice| Splice {
            range: splice.range.start - base..splice.range.end - base,
            text: splice.text.clone(),
        })
        .collect();
    let (text, place) = place.mend(text, &splices);
    let mut told = item.told.clone();
    let lone = balance::repair(&text);
    for bracket in &lone {
        lowering.place_at(&place);
        let diagnostic = lone_bracket(lowering, &text, bracket);
        told.push(diagnostic.primary.span.range().start);
        told.push(place.start(bracket.at));
        told.push(place.start(bracket.mend.range.start));
        lowering.say(diagnostic);
    }
    let splices: Vec<Splice> = lone.into_iter().map(|bracket| bracket.mend).collect();
    let (text, place) = place.mend(&text, &splices);
    (text, place, told)
}

/// Says where a bracket is closed, unless more than that is missing.
fn closed(found: Diagnostic, text: &str, lone: &Lone, place: Span, closer: &str) -> Diagnostic {
    let (inside, behind) = text.split_at(lone.mend.range.start.min(text.len()));
    let line = behind.lines().next().unwrap_or_default();
    let comment = line.trim_start().strip_prefix("//");
    if comment.is_some_and(|comment| comment.contains(closer)) {
        return found.help(format!(
            "the rest of the line is a comment, with its `{closer}`: a whole quotient is `div(a, b)`"
        ));
    }
    let ends = |last: char| last.is_alphanumeric() || matches!(last, ')' | ']' | '"' | '%' | '_');
    let found = found.help(format!("`{closer}` stands behind the last part of it"));
    // `f(g(a, within: 5s)`: it may stand behind `a` as well.
    let opened = inside.get(lone.at + 1..).unwrap_or_default();
    let last = opened.rsplit('(').next().unwrap_or_default();
    let nested =
        closer == ")" && opened.contains('(') && last.contains(", ") && last.contains(": ");
    match inside.trim_end().ends_with(ends) && !nested {
        true => found.fix(format!("add `{closer}`"), place, closer),
        false => found,
    }
}

/// Where a `{` is put: in the place of the `:` with which other languages open a block.
fn opened(text: &str, lone: &Lone, mend: Span) -> Span {
    let before = text.get(..lone.mend.range.start).unwrap_or_default();
    let place = mend.at_start();
    match before.ends_with(':') && place.start > 0 {
        true => Span {
            start: place.start - 1,
            ..place
        },
        false => place,
    }
}

fn lone_bracket(lowering: &Lowering, text: &str, lone: &Lone) -> Diagnostic {
    let bracket = text
        .get(lone.at..)
        .and_then(|rest| rest.chars().next())
        .unwrap_or(' ');
    let span = lowering.range(lone.at, lone.at + bracket.len_utf8());
    let mend = lowering.range(lone.mend.range.start, lone.mend.range.end);
    match lone.kind {
        LoneKind::Unclosed(closer) => {
            let found = Diagnostic::new(
                Code::UnbalancedBracket,
                format!("this `{bracket}` is never closed"),
                span,
                format!("needs a `{closer}`"),
            )
            .and(
                mend.at_start(),
                format!("the `{closer}` seems to be missing here"),
            );
            match bracket {
                // A list of modules stands on its line.
                '{' if text.trim_start().starts_with("use ") => {
                    closed(found, text, lone, mend.at_start(), closer)
                }
                '{' => found.help("where a block ends is taken from the indentation"),
                _ => closed(found, text, lone, mend.at_start(), closer),
            }
        }
        LoneKind::Unopened => {
            let found = Diagnostic::new(
                Code::UnbalancedBracket,
                format!("this `{bracket}` closes nothing"),
                span,
                "no bracket is open here",
            );
            let behind = text.get(lone.at + 1..).unwrap_or_default();
            match behind.trim_start().starts_with("else") {
                // Without it the `else` would belong to nothing.
                true => found.help("the line that opens this block is missing, or a comment"),
                false => found.fix("remove it", span, ""),
            }
        }
        LoneKind::Crossed(opener, right) => {
            let opened = text
                .get(opener..)
                .and_then(|rest| rest.chars().next())
                .unwrap_or(' ');
            Diagnostic::new(
                Code::UnbalancedBracket,
                format!("`{bracket}` does not close `{opened}`"),
                span,
                format!("needs a `{right}`"),
            )
            .and(lowering.range(opener, opener + 1), "opened here")
            .fix(format!("write `{right}`"), span, right)
        }
        LoneKind::Brace => Diagnostic::new(
            Code::BracesInExpression,
            "braces are for blocks only",
            span,
            "a value has no braces",
        )
        .help("a record is written like a call: `Pod(name: \"w\")`")
        .fix("write `(`", span, "("),
        LoneKind::NoBlock => no_block(lowering, text, lone, mend),
    }
}

/// A line that should open a block and does not.
fn no_block(lowering: &Lowering, text: &str, lone: &Lone, mend: Span) -> Diagnostic {
    let word = words::first(text.get(lone.at..).unwrap_or_default()).map_or(1, |word| word.end);
    let head: Span = lowering.range(lone.at, lone.at + word);
    let found = Diagnostic::new(
        Code::MissingBlock,
        "the block has no `{`",
        mend.at_start(),
        "`{` is missing here",
    )
    .and(head, "opens no block");
    let line = text.get(lone.at..lone.mend.range.start).unwrap_or_default();
    // `on:` says nothing of what starts it.
    match line.trim() == "on:" {
        true => {
            found.help("what starts a runbook stands on the line of `on`: `on alert \"Name\" {`")
        }
        false => found.fix("write `{`", opened(text, lone, mend), " {"),
    }
}
