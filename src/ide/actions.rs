//! What can be done at a place: every fix of what is found there, what is missing, and what can be taken out.
//!
//! In: a desk, a file and a range in it. Out: actions, those that anybody may apply first; each says which finding it is
//! about, if it is about one. A file for each kind. What is missing is written so far that it is sound, and no further:
//! what it should do is the author's affair. Whatever is taken out keeps what every runbook does.

mod binding;
mod blast;
mod constant;
mod document;
mod free;
mod given;
mod once;
mod place;
mod remedy;
mod untested;

use std::ops::Range;

use crate::diag::{Applicability, Code, Diagnostic};
use crate::text::{Source, SourceId};

use super::Desk;

/// Something that can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    pub title: String,
    pub why: Why,
    /// The finding; none where nothing was found, and something can be added or taken out.
    pub about: Option<Diagnostic>,
    pub changes: Vec<Change>,
}

/// What speaks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Anybody may apply it.
    Safe,
    /// It mends what is found, and may do something else than was meant.
    Unsafe,
    /// It adds what is missing.
    Missing,
    /// It gives a name to what is selected.
    Extract,
}

/// A text in the place of some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub source: SourceId,
    pub range: Range<usize>,
    pub text: String,
}

/// What can be done about what is found in a range of a file, and with what is selected by it.
pub fn actions(desk: &Desk, file: usize, range: &Range<usize>) -> Vec<Action> {
    let Some(source) = desk.source(file) else {
        return Vec::new();
    };
    let is_here = |found: &Diagnostic| place::touches(found.primary.span, range);
    let mut all = Vec::new();
    for found in desk
        .diagnostics()
        .into_iter()
        .filter(|found| found.primary.span.source == source.id && is_here(found))
    {
        all.extend(fixes(&found));
        all.extend(missing(desk, file, source, &found));
    }
    all.extend(untested::untested(desk, file, range));
    all.extend(given::given(desk, file, range));
    if !all.iter().any(|action| is_about(action, Code::MissingDoc)) {
        all.extend(document::document(desk, file, range));
    }
    all.extend(constant::extract(desk, file, range));
    all.extend(binding::extract(desk, file, range));
    all.sort_by_key(|action| action.why);
    all
}

fn is_about(action: &Action, code: Code) -> bool {
    action
        .about
        .as_ref()
        .is_some_and(|found| found.code == code)
}

fn fixes(found: &Diagnostic) -> Vec<Action> {
    let fixes = found.fixes.iter();
    let actions = fixes.map(|fix| Action {
        title: fix.title.clone(),
        why: match fix.applicability {
            Applicability::Safe => Why::Safe,
            Applicability::Unsafe => Why::Unsafe,
        },
        about: Some(found.clone()),
        changes: fix
            .edits
            .iter()
            .map(|edit| Change {
                source: edit.span.source,
                range: edit.span.range(),
                text: edit.text.clone(),
            })
            .collect(),
    });
    actions.collect()
}

/// Adds what a finding says is missing.
fn missing(desk: &Desk, file: usize, source: &Source, found: &Diagnostic) -> Option<Action> {
    let tree = desk.tree(file)?;
    let at = found.primary.span.range().start;
    let (title, change) = match found.code {
        Code::MissingRemedy => remedy::remedy(desk, tree, source, at)?,
        Code::NoBlast => blast::blast(tree, source, at, found)?,
        Code::BlastLineMissing => blast::blast_line(tree, source, at, found)?,
        Code::MissingDoc => document::line(tree, source, &(at..at))?,
        _ => return None,
    };
    Some(Action {
        title,
        why: Why::Missing,
        about: Some(found.clone()),
        changes: vec![change],
    })
}

/// The action, if its changes bring no error into a package that has none.
fn sound(desk: &Desk, action: Action) -> Option<Action> {
    let is_sound = desk.is_sound() && desk.with(&action.changes).0.is_empty();
    is_sound.then_some(action)
}
