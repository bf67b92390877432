//! A name that nothing else has: for what is taken out of a line.
//!
//! In: texts, and what the name should be. Out: that, or that with something behind it.

use std::collections::BTreeSet;

use crate::library;
use crate::syntax::{LexemeKind, is_keyword, lexemes};

use super::super::Desk;

/// The words that stand in a text where names may: fields and named arguments hide nothing.
pub(super) fn words(text: &str, into: &mut BTreeSet<String>) {
    let lexemes = lexemes(text).into_iter();
    let words = lexemes.filter(|lexeme| match lexeme.kind {
        LexemeKind::Keyword
        | LexemeKind::Type
        | LexemeKind::Function
        | LexemeKind::Parameter
        | LexemeKind::Name
        | LexemeKind::Tag => true,
        LexemeKind::Comment
        | LexemeKind::Doc
        | LexemeKind::Property
        | LexemeKind::Number
        | LexemeKind::Text
        | LexemeKind::Open
        | LexemeKind::Close
        | LexemeKind::Mark => false,
    });
    into.extend(words.filter_map(|lexeme| text.get(lexeme.range).map(str::to_owned)));
}

/// What a name in a package must not be, but for what its files say inside of their items.
pub(super) fn taken(desk: &Desk) -> BTreeSet<String> {
    let items = desk.trees().flat_map(|(_, tree)| &tree.items);
    let names = items.filter_map(|item| Some(item.name()?.text.to_string()));
    let modules = library::MODULES.iter();
    names
        .chain(modules.map(|module| module.name.to_owned()))
        .collect()
}

/// The first that is free of a name, the same with a word behind it, and that with numbers.
pub(super) fn name(wanted: &str, more: &str, taken: &BTreeSet<String>) -> String {
    let longer = format!("{wanted}_{more}");
    let numbered = (2..).map(|number| format!("{longer}_{number}"));
    let mut all = [wanted.to_owned(), longer.clone()]
        .into_iter()
        .chain(numbered);
    let free = all.find(|name| !taken.contains(name) && !is_keyword(name));
    // There are more numbers than names.
    free.unwrap_or(longer)
}
