//! Findings that say one thing of several places: told once, at the first of them, with the others beside it.
//!
//! In: what checking said. Out: the same, where a name that leads nowhere, modules that a file does not take in, and
//! a finding beside the remedy that nothing finds are one finding each. An edit then mends all places.

use std::collections::{BTreeMap, BTreeSet};

use super::{Places, words};
use crate::diag::{Code, Diagnostic, Fix};
use crate::text::{SourceId, Sources, Span};

/// How many further places are shown.
const SHOWN: usize = 4;

/// Of each item: what is said of the one side, by its index, and what of the other.
type Pairs<T> = BTreeMap<(usize, usize, u32), (Vec<usize>, Vec<T>)>;

/// Folds what says the same.
pub(super) fn fold(sources: &Sources, files: &Places<'_>, said: &mut Vec<Diagnostic>) {
    said.sort_by_key(|found| files.order(found.primary.span));
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(said.len());
    let mut names: BTreeMap<(SourceId, String), usize> = BTreeMap::new();
    let mut lets: BTreeSet<Span> = BTreeSet::new();
    for found in said.drain(..) {
        let place = found.primary.span;
        // The `let` of which it is said is mended once.
        let mut labels = found.others.iter();
        let bound = labels.find(|label| label.text == crate::check::NAMED_BY_LET);
        if bound.is_some_and(|label| !lets.insert(label.span)) {
            continue;
        }
        let name = words(sources, place)
            .next()
            .filter(|_| found.code == Code::UnknownName);
        // A field that has another name by now.
        let field = (found.code == Code::UnknownField).then_some(found.message.as_str());
        let Some(name) = name.or(field) else {
            kept.push(found);
            continue;
        };
        let name = if is_import(&found) { "" } else { name };
        let first = names
            .entry((files.file(place), name.to_owned()))
            .or_insert(kept.len());
        match kept.get_mut(*first) {
            Some(first) if first.primary.span == place => {}
            Some(first) if is_import(&found) => import_too(sources, first, &found),
            Some(first) => here_too(first, found),
            None => {
                let with_it = found.others.iter();
                for label in with_it.filter(|label| label.text == crate::check::NOR_THIS) {
                    let name = words(sources, label.span).next().unwrap_or_default();
                    let key = (files.file(label.span), name.to_owned());
                    names.entry(key).or_insert(kept.len());
                }
                kept.push(found);
            }
        }
    }
    *said = kept;
    remedies(sources, files, said);
}

/// Whether it says that a module is not taken in.
fn is_import(found: &Diagnostic) -> bool {
    found.primary.text == "not imported"
}

/// The same name, which leads nowhere at another place, too.
fn here_too(first: &mut Diagnostic, found: Diagnostic) {
    if first.others.len() < SHOWN {
        let label = first.clone().and(found.primary.span, "here, too");
        first.others = label.others;
    }
    let more = found.fixes.into_iter().next();
    match (first.fixes.first_mut(), more) {
        (Some(fix), Some(more)) if fix.title == more.title => fix.edits.extend(more.edits),
        _ => {}
    }
}

/// Another module that the file does not take in.
fn import_too(sources: &Sources, first: &mut Diagnostic, found: &Diagnostic) {
    let mut modules: Vec<&str> = Vec::new();
    let named = first.others.iter().map(|label| label.span);
    let places: Vec<Span> = [first.primary.span].into_iter().chain(named).collect();
    for place in places.into_iter().chain([found.primary.span]) {
        modules.extend(words(sources, place).next());
    }
    let shown: Vec<String> = modules.iter().map(|module| format!("`{module}`")).collect();
    first.message = format!(
        "the modules {} are not imported in this file",
        shown.join(", ")
    );
    let line = format!("use std.{{{}}}", modules.join(", "));
    let told = first.clone().and(found.primary.span, "nor this one");
    let told = told.help(format!("add `{line}` to the file"));
    (first.others, first.help) = (told.others, told.help);
    if let Some(Fix { title, edits, .. }) = first.fixes.first_mut() {
        *title = format!("add `{line}`");
        if let Some(edit) = edits.first_mut() {
            edit.text = format!("{line}\n");
        }
    }
}

/// One name that leads nowhere, and one `let` that nothing reads in the same item: it has another name by now.
pub(super) fn renamed(sources: &Sources, files: &Places<'_>, said: &mut [Diagnostic]) {
    let mut pairs: Pairs<Span> = BTreeMap::new();
    for (index, found) in said.iter().enumerate() {
        let place = found.primary.span;
        let Some(item) = super::item_at(files, place) else {
            continue;
        };
        let pair = pairs.entry(files.order(item.span)).or_default();
        match found.code {
            Code::UnknownName => pair.0.push(index),
            Code::UnusedLet => pair.1.push(place),
            _ => {}
        }
    }
    for (unknown, unread) in pairs.into_values() {
        let [unread] = unread.as_slice() else {
            continue;
        };
        let mut names = unknown.iter().filter_map(|index| said.get(*index));
        let name = names
            .next()
            .map(|found| sources.slice(found.primary.span).to_owned());
        let same = names.all(|found| name.as_deref() == Some(sources.slice(found.primary.span)));
        let Some(meant) = words(sources, *unread).next().filter(|_| same) else {
            continue;
        };
        for index in unknown {
            let Some(found) = said
                .get_mut(index)
                .filter(|found| found.fixes.is_empty() && found.primary.span.start > unread.start)
            else {
                continue;
            };
            let place = found.primary.span;
            let told = found.clone().and(*unread, "nothing reads this one");
            let told = told.help(format!("did you mean `{meant}`? nothing reads it"));
            *found = told.fix(format!("write `{meant}`"), place, meant);
        }
    }
}

/// One finding without a remedy and one remedy without a finding in a runbook: one of them has the wrong name.
fn remedies(sources: &Sources, files: &Places<'_>, said: &mut Vec<Diagnostic>) {
    let mut pairs: Pairs<usize> = BTreeMap::new();
    for (index, found) in said.iter().enumerate() {
        let place = found.primary.span;
        let Some(item) = super::item_at(files, place) else {
            continue;
        };
        let pair = pairs.entry(files.order(item.span)).or_default();
        match found.code {
            Code::MissingRemedy => pair.0.push(index),
            Code::RemedyWithoutFinding => pair.1.push(index),
            _ => {}
        }
    }
    let mut dropped = Vec::new();
    for (missing, unfound) in pairs.into_values() {
        let ([missing], [unfound]) = (missing.as_slice(), unfound.as_slice()) else {
            continue;
        };
        let Some(remedy) = said.get(*unfound).map(|found| found.primary.span) else {
            continue;
        };
        let name = words(sources, remedy).next().unwrap_or_default();
        if let Some(found) = said
            .get_mut(*missing)
            .filter(|found| found.fixes.is_empty())
        {
            let told = found.clone().and(remedy, "nothing leads to this one");
            let told = told.help(format!("the remedy `{name}` is never found: is it meant?"));
            *found = told.fix(format!("find `{name}`"), found.primary.span, name);
            dropped.push(*unfound);
        }
    }
    dropped.sort_unstable();
    for index in dropped.into_iter().rev() {
        said.remove(index);
    }
}
