//! A thing under another name, wherever it is named.
//!
//! In: a desk, a file, an offset and the new name. Out: the changes, or why it keeps its name. Whether the new name will
//! do is asked of the checker, with the package as it would be: all names have to stand for what they stand for now.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::text::Span;
use crate::typed::{NameKind, Reference};

use super::actions::Change;
use super::{Desk, declaration, mentions};

/// Why something keeps its name, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

/// The name at an offset, if it may have another.
///
/// # Errors
/// If it may not.
pub fn nameable(desk: &Desk, file: usize, at: usize) -> Result<Range<usize>, Refusal> {
    found(desk, file, at).map(|found| found.span.range())
}

/// The changes that give the thing at an offset another name.
///
/// # Errors
/// If it may have no other, or not this one.
pub fn renamed(desk: &Desk, file: usize, at: usize, to: &str) -> Result<Vec<Change>, Refusal> {
    let named = found(desk, file, at)?.named;
    let name = desk.sources().slice(named.at);
    let refuse = |why: &str| Err(Refusal(format!("`{name}` cannot be called `{to}`: {why}")));
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if to.is_empty() || !to.chars().all(is_word) {
        return refuse("a name has letters, digits and `_`");
    }
    let renaming = Renaming {
        places: mentions::mentions(desk, named, true),
        to,
    };
    let changes = renaming.changes();
    let (errors, names) = desk.with(&changes);
    if let Some(error) = errors.first() {
        return refuse(&error.message);
    }
    let pair = |found: &Reference| (found.span, found.named.at);
    let moved = |(span, at): (Span, Span)| (renaming.after(span), renaming.after(at));
    let before: BTreeSet<(Span, Span)> = desk.names().all().iter().map(pair).map(moved).collect();
    let after: BTreeSet<(Span, Span)> = names.all().iter().map(pair).collect();
    if before != after {
        return refuse("some name would stand for something else then");
    }
    // The lock says what runbooks do by this name.
    match desk.against_lock(&changes).first() {
        None => Ok(changes),
        Some(error) => {
            let help = error.help.as_deref().unwrap_or_default();
            refuse(&format!("{} then: first {help}", error.message))
        }
    }
}

/// The name at an offset, if it may have another.
fn found(desk: &Desk, file: usize, at: usize) -> Result<&Reference, Refusal> {
    let refuse = |why: String| Err(Refusal(why));
    if !desk.is_sound() {
        let why = "the package has errors, and a name in what cannot be read would be missed: fix them first";
        return refuse(String::from(why));
    }
    let Some(found) = mentions::name(desk, file, at) else {
        return refuse(String::from("no name that could be another stands here"));
    };
    let name = desk.sources().slice(found.named.at);
    let kind = found.named.kind;
    match kind {
        NameKind::Module | NameKind::Package => {
            refuse(format!("a {} is not named here", kind.word()))
        }
        NameKind::Label => refuse(format!(
            "`{name}` is a label of the alert: whoever sends it names it; `with {name} as NAME` gives it another name here"
        )),
        NameKind::Runbook if desk.is_locked(name) => refuse(format!(
            "`{name}` is locked under this name: another one would make it a new runbook and leave `rbk.lock` behind; if \
             that is meant, write the name by hand and then run `rbk lock`"
        )),
        NameKind::Role
        | NameKind::Window
        | NameKind::Const
        | NameKind::Secret
        | NameKind::Enum
        | NameKind::EnumMember
        | NameKind::Record
        | NameKind::Target
        | NameKind::Field
        | NameKind::Fn
        | NameKind::Probe
        | NameKind::Action
        | NameKind::Watch
        | NameKind::Product
        | NameKind::Runbook
        | NameKind::Finding
        | NameKind::Parameter
        | NameKind::Local
        | NameKind::Case
        | NameKind::Binding => match declaration::owner(desk, found.named.at.source) {
            owner if owner.is_empty() => Ok(found),
            owner => refuse(format!(
                "`{name}` is a name of `{owner}`, not of this package"
            )),
        },
    }
}

/// The places that get another name.
struct Renaming<'a> {
    /// In their order.
    places: Vec<Span>,
    to: &'a str,
}

impl Renaming<'_> {
    fn changes(&self) -> Vec<Change> {
        let changes = self.places.iter().map(|place| Change {
            source: place.source,
            range: place.range(),
            text: self.to.to_owned(),
        });
        changes.collect()
    }

    /// Where a place is after the changes.
    fn after(&self, place: Span) -> Span {
        let moved = |offset: usize, is_before: &dyn Fn(&Span) -> bool| {
            let first = Span::new(place.source, 0, 0);
            let begin = self.places.partition_point(|change| *change < first);
            let before = self.places[begin..].iter();
            let before =
                before.take_while(|change| change.source == place.source && is_before(change));
            before.fold(offset, |offset, change| {
                offset + self.to.len() - change.len()
            })
        };
        let start = moved(place.range().start, &|change| change.end <= place.start);
        let end = moved(place.range().end, &|change| change.end <= place.end);
        Span::new(place.source, start, end)
    }
}
