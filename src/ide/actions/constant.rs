//! A literal becomes a `const` of the package, above the item that it stands in.
//!
//! In: a selection that is a literal. Out: the action that gives it a name. It is offered only where the checker says
//! that the name then stands for the new constant: a text that is a name of its own, such as that of a label, stays.

use std::ops::Range;

use crate::syntax::{Lexeme, LexemeKind, lexemes};
use crate::text::{Source, Span};
use crate::typed::NameKind;

use super::super::Desk;
use super::place::{above, insert, selected};
use super::{Action, Change, Why, free};

/// How a constant begins, before its name.
const WORD: &str = "const ";

/// The constant that a selection becomes.
pub(super) fn extract(desk: &Desk, file: usize, range: &Range<usize>) -> Option<Action> {
    let (source, tree) = (desk.source(file)?, desk.tree(file)?);
    let selection = desk.is_sound().then(|| selected(source, range))??;
    let place = Span::new(source.id, selection.start, selection.end);
    let item = tree.items.iter().find(|item| item.span.holds(place))?;
    let lexemes = lexemes(&source.text);
    let literal = literal(&source.text, &lexemes, &selection)?;
    let mut taken = free::taken(desk);
    for (file, _) in desk.trees() {
        if let Some(source) = desk.source(file) {
            free::words(&source.text, &mut taken);
        }
    }
    let (wanted, more) = wanted(&source.text, &lexemes, literal, &selection);
    let name = free::name(&wanted, more, &taken);
    let value = source.text.get(selection.clone())?;
    let at = above(source, item.span.range().start);
    // The language wants no type: a constant number is what it meets, as the literal was.
    let changes = vec![
        insert(source, at, format!("{WORD}{name} = {value}\n\n")),
        Change {
            source: source.id,
            range: selection.clone(),
            text: name.clone(),
        },
    ];
    stands_for_it(desk, source, &changes).then(|| Action {
        title: format!("extract the constant `{name}`"),
        why: Why::Extract,
        about: None,
        changes,
    })
}

/// Whether the package is sound then, and the name in the literal's place is that of the constant.
fn stands_for_it(desk: &Desk, source: &Source, changes: &[Change]) -> bool {
    let [constant, mention] = changes else {
        return false;
    };
    let (errors, names) = desk.with(changes);
    let declared = constant.range.start + WORD.len();
    let mentioned = mention.range.start + constant.text.len();
    let found = names.at(source.id, mentioned);
    errors.is_empty()
        && found.is_some_and(|found| {
            found.named.kind == NameKind::Const
                && found.named.at.source == source.id
                && found.named.at.range().start == declared
                && found.span.range().start == mentioned
        })
}

/// The first lexeme of a selection, if it is a number, a text or a tagged text without holes, all of it.
fn literal(text: &str, all: &[Lexeme], selection: &Range<usize>) -> Option<usize> {
    let first = all.partition_point(|lexeme| lexeme.range.start < selection.start);
    let behind = all.partition_point(|lexeme| lexeme.range.end <= selection.end);
    let inside = all.get(first..behind)?;
    let words = text.get(selection.clone())?;
    let is_whole = inside.first()?.range.start == selection.start
        && inside.last()?.range.end == selection.end
        && !words.contains(['\n', '\r'])
        && !words.contains("${");
    let is_tagged = first
        .checked_sub(1)
        .and_then(|before| all.get(before))
        .is_some_and(|before| {
            before.kind == LexemeKind::Tag && before.range.end == selection.start
        });
    let kinds: Vec<LexemeKind> = inside.iter().map(|lexeme| lexeme.kind).collect();
    let is_literal = match kinds.as_slice() {
        [LexemeKind::Number] | [LexemeKind::Tag, LexemeKind::Text] => true,
        [LexemeKind::Text] => !is_tagged,
        [LexemeKind::Mark, LexemeKind::Number] => words.starts_with('-'),
        _ => false,
    };
    (is_whole && is_literal).then_some(first)
}

/// What the constant should be called, by what stands around it or by what it is; and a word for another one.
fn wanted(
    text: &str,
    all: &[Lexeme],
    first: usize,
    selection: &Range<usize>,
) -> (String, &'static str) {
    let value = text.get(selection.clone()).unwrap_or_default();
    if let Some(name) = compared(text, all, first) {
        return (format!("{name}_limit"), "of");
    }
    if let Some(name) = handed(text, all, first) {
        return (name, "value");
    }
    let kind = all.get(first).map(|lexeme| lexeme.kind);
    if kind == Some(LexemeKind::Text) {
        let name = plain(value);
        if !name.is_empty() {
            return (name, "text");
        }
    }
    let word = match kind {
        Some(LexemeKind::Tag) if value.starts_with("promql") => "query",
        Some(LexemeKind::Tag) if value.starts_with("re") => "pattern",
        Some(LexemeKind::Tag | LexemeKind::Text) => "text",
        _ if value.ends_with('%') => "share",
        _ if value.ends_with('B') => "size",
        _ if value.ends_with(|last: char| last.is_ascii_alphabetic()) => "time",
        _ => "number",
    };
    (String::from(word), "value")
}

/// A text as a name: its first words, in small letters.
fn plain(value: &str) -> String {
    let lower = value.to_ascii_lowercase();
    let words = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty()).take(3);
    let name = words.collect::<Vec<_>>().join("_");
    match name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        true => name,
        false => String::new(),
    }
}

/// The name of what a literal is compared with: `moved` of `moved() < 5`.
fn compared<'t>(text: &'t str, all: &[Lexeme], first: usize) -> Option<&'t str> {
    let word = |index: usize| text.get(all.get(index)?.range.clone());
    let mark = first.checked_sub(1)?;
    if !["<", "<=", ">", ">=", "=="].contains(&word(mark)?) {
        return None;
    }
    let mut at = mark.checked_sub(1)?;
    let mut depth = 0_usize;
    loop {
        match all.get(at)?.kind {
            LexemeKind::Close => depth += 1,
            LexemeKind::Open => depth = depth.saturating_sub(1),
            LexemeKind::Name | LexemeKind::Property | LexemeKind::Function if depth == 0 => {
                return word(at);
            }
            _ if depth == 0 => return None,
            _ => {}
        }
        at = at.checked_sub(1)?;
    }
}

/// What a literal is handed over as: `scale_to` of `k8s.scale(web, to: 4)`.
fn handed(text: &str, all: &[Lexeme], first: usize) -> Option<String> {
    let word = |index: usize| text.get(all.get(index)?.range.clone());
    let colon = first
        .checked_sub(1)
        .filter(|colon| word(*colon) == Some(":"))?;
    let name = colon.checked_sub(1)?;
    if all.get(name)?.kind != LexemeKind::Parameter {
        return None;
    }
    let mut at = name;
    let mut depth = 0_usize;
    while let Some(before) = at.checked_sub(1) {
        at = before;
        match all.get(at)?.kind {
            LexemeKind::Close => depth += 1,
            LexemeKind::Open if depth == 0 => break,
            LexemeKind::Open => depth -= 1,
            _ => {}
        }
    }
    let of = at.checked_sub(1).and_then(word)?;
    Some(format!("{}_{}", of.to_ascii_lowercase(), word(name)?))
}
