//! One mistake, one error: what is said only because something else could not be read is not said.
//!
//! In: the files, what reading them said, what checking them said. Out: the latter without its echoes.
//! Never drops the last error: an echo has a source, which is told.
//! A name that stands in a line nobody could read may be declared there, so nothing is said of it being
//! unknown; and that something is of no use is not said of an item with a part that was not understood.

mod missing;
mod same;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use smol_str::SmolStr;

use self::missing::{Missing, in_trigger, is_lost};
use crate::diag::{Code, Diagnostic, Kind};
use crate::library;
use crate::syntax;
use crate::syntax::tree::{Clause, ClauseKind, File, Item, ItemKind, TriggerKind};
use crate::text::{SourceId, Sources, Span};

/// Drops the echoes of `read` and of imports that failed; `lost` are the names that a dependency should lend and
/// does not.
pub fn still<'f>(
    sources: &Sources,
    files: impl Iterator<Item = &'f File>,
    read: &[Diagnostic],
    lost: &BTreeSet<SmolStr>,
    said: &mut Vec<Diagnostic>,
) {
    let files = Places::of(files);
    let Missing {
        mut lost,
        unreadable,
        without_imports,
    } = Missing::of(sources, &files, read, lost, said);
    let nameless = read
        .iter()
        .filter(|found| found.primary.text == syntax::NO_NAME);
    let nameless: BTreeSet<SourceId> = nameless
        .map(|found| files.file(found.primary.span))
        .collect();
    // `Tier: tier` declares the field that its type is taken for.
    let turned = said
        .iter()
        .filter(|found| found.primary.text == "in another order");
    lost.extend(turned.flat_map(|found| names(sources, line_around(sources, found.primary.span))));
    let named = |found: &Diagnostic| words(sources, found.primary.span).next();
    let unbound = untriggered(sources, &files, read);
    said.retain(|found| {
        let imports = without_imports.contains(&files.file(found.primary.span));
        let lost = |name: &str| lost.contains(name) || (imports && library::module(name).is_some());
        // What a `use` asks a dependency for may stand in a part of it that could not be read.
        let imported = found.code == Code::UnknownMember
            && item_at(&files, found.primary.span)
                .is_some_and(|item| matches!(item.kind, ItemKind::Use(_)));
        let unread = imported && named(found).is_some_and(|name| unreadable.contains(name));
        if unread {
            return false;
        }
        if found.primary.text == "in another order" {
            return true;
        }
        // The name that leads nowhere may be the one that a declaration lacks.
        if asks_for_a_name(found.code) && nameless.contains(&files.file(found.primary.span)) {
            return false;
        }
        !asks_for_a_name(found.code)
            || !named(found).is_some_and(lost)
                && !item_at(&files, found.primary.span).is_some_and(|item| {
                    unbound.contains(&(found.primary.span.source, item.span.start))
                })
    });
    still_owned(sources, read, said);
    still_limits(read, said);
    still_lines(sources, read, said);
    still_wholes(sources, &files, read, said);
    let unnamed = said.iter().filter(|found| names_nothing(found.code));
    let hurt = Hurt::of(&files, read.iter().chain(unnamed));
    // What a runbook changes is not known while a part of it, or of an action, is in error.
    let wrong_at_all = read.iter().chain(said.iter()).filter(|found| {
        let line = line_around(sources, found.primary.span);
        let limit = matches!(words(sources, line).next(), Some("at" | "keep"));
        !limit && found.code != Code::BlastLineMissing
    });
    let wrong_at_all = Hurt::of(&files, wrong_at_all);
    let action = wrong_at_all.has_action(&files);
    let mistyped = said.iter().filter(|found| mistypes(found.code));
    let wrong = Hurt::of(&files, mistyped);
    let unlike = said
        .iter()
        .filter(|found| found.code == Code::FindingMismatch);
    let unlike = Hurt::of(&files, unlike);
    same::renamed(sources, &files, said);
    said.retain(|found| {
        let unread = found.code == Code::UnusedLet && unlike.holds(&files, found);
        let limit =
            found.code == Code::BlastLineUnused && (action || wrong_at_all.holds(&files, found));
        !hurt.doubts(&files, found) && !wrong.doubts_limit(&files, found) && !unread && !limit
    });
    same::fold(sources, &files, said);
}

/// Drops what is said of a line of which something was said already: that it could not be read, or has no place.
fn still_lines(sources: &Sources, read: &[Diagnostic], said: &mut Vec<Diagnostic>) {
    let line = |found: &Diagnostic| line_around(sources, found.primary.span);
    let unread = read.iter().filter(|found| is_error(found)).map(line);
    let unread: BTreeSet<Span> = unread.collect();
    let misplaced = |found: &&Diagnostic| found.code == Code::StatementNotHere;
    let misplaced: BTreeSet<Span> = said.iter().filter(misplaced).map(line).collect();
    if unread.is_empty() && misplaced.is_empty() {
        return;
    }
    said.retain(|found| {
        let here = line(found);
        !unread.contains(&here) && (found.code != Code::UnknownName || !misplaced.contains(&here))
    });
}

/// Drops that something is missing in an item with a part that could not be read, or that a test does not fit a
/// trigger that nobody understood.
fn still_wholes(
    sources: &Sources,
    files: &Places<'_>,
    read: &[Diagnostic],
    said: &mut Vec<Diagnostic>,
) {
    let hurt = Hurt::of(files, read.iter());
    let misplaced = said
        .iter()
        .filter(|found| found.code == Code::StatementNotHere);
    let misplaced = Hurt::of(files, misplaced);
    let unnamed = said.iter().filter(|found| names_nothing(found.code));
    let mut errors = read.iter().filter(|found| is_error(found)).chain(unnamed);
    let trigger = errors.any(|found| {
        let line = line_around(sources, found.primary.span);
        words(sources, line).next() == Some("on")
    });
    // Which of the two names is meant, nobody knows: the trigger's, or that of its use.
    let unbound = said.iter().any(|found| {
        found.code == Code::UnknownName && found.message.starts_with("no trigger binds")
    });
    let headless = read
        .iter()
        .filter(|found| found.code == Code::UnknownFirstWord);
    let headless = Hurt::of(files, headless);
    let unmeasured = said
        .iter()
        .filter(|found| found.code == Code::NumberInvalid);
    let unmeasured = Hurt::of(files, unmeasured);
    // A number of the whole package may stand in any condition.
    let any_unmeasured = !unmeasured.items.is_empty();
    let changing = said
        .iter()
        .filter(|found| found.code == Code::ChangeWhileObserving);
    let changing = Hurt::of(files, changing);
    said.retain(|found| match found.code {
        Code::HeldOn => !hurt.holds(files, found) && !unmeasured.holds(files, found),
        // That it stands in the wrong block is said.
        Code::StatementNotHere => !changing.holds(files, found),
        Code::NeitherVerifiedNorTold
        | Code::Unreachable
        | Code::ChangesUndeclared
        | Code::ChangeNotVerified
        | Code::NoBlast
        | Code::MissingClause => !hurt.holds(files, found),
        Code::MissingRemedy => !headless.holds(files, found),
        Code::RemedyWithoutFinding => !misplaced.holds(files, found),
        Code::TriggerMismatch => !trigger && !unbound,
        Code::VerifyProvesNothing => !any_unmeasured,
        _ => true,
    });
}

/// The items with a trigger that could not be read: nobody knows which names it binds.
fn untriggered(
    sources: &Sources,
    files: &Places<'_>,
    read: &[Diagnostic],
) -> BTreeSet<(SourceId, u32)> {
    let triggers = read.iter().filter(|found| is_error(found)).filter(|found| {
        let line = unread(sources, files, found.primary.span);
        words(sources, line).next() == Some("on") || in_trigger(files, found.primary.span)
    });
    let items = triggers.filter_map(|found| {
        let item = item_at(files, found.primary.span)?;
        let broken = |clause: &Clause| match &clause.kind {
            ClauseKind::Missing => true,
            ClauseKind::On(trigger) if trigger.clauses.iter().any(is_lost) => true,
            ClauseKind::On(trigger) => matches!(trigger.kind, TriggerKind::Missing),
            _ => false,
        };
        let ItemKind::Runbook(runbook) = &item.kind else {
            return None;
        };
        let broken = runbook.clauses.iter().any(broken);
        broken.then_some((found.primary.span.source, item.span.start))
    });
    let mut items: BTreeSet<(SourceId, u32)> = items.collect();
    // So are those without any: that one is missing is said.
    for item in files.items() {
        if let ItemKind::Runbook(runbook) = &item.kind
            && !runbook.clauses.is_empty()
            && !runbook.clauses.iter().any(is_trigger)
        {
            items.insert((item.span.source, item.span.start));
        }
    }
    items
}

fn is_trigger(clause: &Clause) -> bool {
    matches!(clause.kind, ClauseKind::On(_))
}

/// Drops that a product owns nothing, where what it owns could not be understood.
fn still_owned(sources: &Sources, read: &[Diagnostic], said: &mut Vec<Diagnostic>) {
    let errors = read.iter().chain(said.iter());
    let owned = errors.filter(|found| is_error(found)).any(|found| {
        let line = line_around(sources, found.primary.span);
        words(sources, line).next() == Some("owns")
    });
    if owned {
        said.retain(|found| found.code != Code::OwnsNothing);
    }
}

/// Drops that a limit is missing, where one of the block could not be understood: it may be that one.
fn still_limits(read: &[Diagnostic], said: &mut Vec<Diagnostic>) {
    let limits = |found: &Diagnostic| found.code == Code::BlastLineMissing;
    let errors = read.iter().chain(said.iter());
    let errors = errors.filter(|found| is_error(found) && !limits(found));
    let places: Vec<Span> = errors.map(|found| found.primary.span).collect();
    said.retain(|found| {
        let block = found
            .others
            .first()
            .map_or(found.primary.span, |label| label.span);
        let inside = |place: &Span| {
            place.source == block.source && block.start <= place.start && place.end <= block.end
        };
        !limits(found) || !places.iter().any(inside)
    });
}

fn is_error(found: &Diagnostic) -> bool {
    found.code.kind() == Kind::Error
}

/// Whether an item is to take in modules, however it is written.
fn takes_in(sources: &Sources, item: &Item) -> bool {
    let first = words(sources, item.span).next();
    let habit = ["use", "import", "from", "include", "require", "using"];
    match item.kind {
        ItemKind::Use(_) => true,
        ItemKind::Missing => first.is_some_and(|first| habit.contains(&first)),
        _ => false,
    }
}

/// What stands in which source: a file is one, or each of its items is one of its own.
struct Places<'f> {
    sources: HashMap<SourceId, Place<'f>>,
}

struct Place<'f> {
    file: SourceId,
    /// The number of the file, and of the item where it is a source of its own.
    rank: (usize, usize),
    /// In their order.
    items: &'f [Item],
}

impl<'f> Places<'f> {
    fn of(files: impl Iterator<Item = &'f File>) -> Places<'f> {
        let mut sources = HashMap::new();
        for (number, file) in files.enumerate() {
            let place = |index, items| Place {
                file: file.source,
                rank: (number, index),
                items,
            };
            sources.insert(file.source, place(0, &file.items));
            let own = file.items.iter().enumerate();
            for (index, item) in own.filter(|(_, item)| item.span.source != file.source) {
                let items = std::slice::from_ref(item);
                sources.insert(item.span.source, place(index, items));
            }
        }
        Places { sources }
    }

    /// All items of all files.
    fn items(&self) -> impl Iterator<Item = &'f Item> {
        let wholes = self
            .sources
            .iter()
            .filter(|(source, place)| **source == place.file);
        wholes.flat_map(|(_, place)| place.items)
    }

    /// What tells which of two places comes first.
    fn order(&self, place: Span) -> (usize, usize, u32) {
        let known = self.sources.get(&place.source);
        let (file, item) = known.map_or((usize::MAX, 0), |known| known.rank);
        (file, item, place.start)
    }

    /// The file that a place lies in.
    fn file(&self, place: Span) -> SourceId {
        let known = self.sources.get(&place.source);
        known.map_or(place.source, |known| known.file)
    }
}

/// The item that a place lies in.
fn item_at<'f>(files: &Places<'f>, place: Span) -> Option<&'f Item> {
    let items = files.sources.get(&place.source)?.items;
    let after = items.partition_point(|item| item.span.start <= place.start);
    let item = items.get(after.checked_sub(1)?)?;
    (place.start <= item.span.end).then_some(item)
}

/// What was not read, where this was said: a whole item, or a line with the block that it opens.
fn unread(sources: &Sources, files: &Places<'_>, place: Span) -> Span {
    let text = &sources.source(place.source).text;
    if let Some(item) = item_at(files, place)
        && matches!(item.kind, ItemKind::Missing | ItemKind::Use(_))
    {
        return item.span;
    }
    let line = line_of(text, place.start as usize);
    let declares = text[line.clone()].trim_start().starts_with("on ");
    let end = match declares {
        true => closed(text, line.clone()).unwrap_or(line.end),
        false => line.end,
    };
    Span::new(place.source, line.start, end)
}

fn line_of(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |found| found + 1);
    let end = text[at..].find('\n').map_or(text.len(), |found| at + found);
    start..end
}

fn line_around(sources: &Sources, place: Span) -> Span {
    let text = &sources.source(place.source).text;
    let line = line_of(text, place.start as usize);
    Span::new(place.source, line.start, line.end)
}

/// Where the block ends that a line leaves open.
fn closed(text: &str, line: Range<usize>) -> Option<usize> {
    let mut open = 0_usize;
    for (at, mark) in text[line.start..].char_indices() {
        let at = line.start + at;
        match mark {
            '{' | '(' => open += 1,
            '}' | ')' => open = open.checked_sub(1)?,
            _ => {}
        }
        if open == 0 && at >= line.end {
            return Some(at + mark.len_utf8());
        }
    }
    None
}

/// The words of a part of a text.
fn words(sources: &Sources, span: Span) -> impl Iterator<Item = &str> {
    let text = sources.slice(span);
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.split(move |letter| !is_word(letter))
        .filter(|word| !word.is_empty())
}

fn names(sources: &Sources, span: Span) -> impl Iterator<Item = String> {
    words(sources, span).map(str::to_owned)
}

/// Whether it says that something has no name, or lacks one, so that a lost declaration explains it.
fn asks_for_a_name(code: Code) -> bool {
    matches!(
        code,
        Code::UnknownName
            | Code::UnknownField
            | Code::UnknownEnumMember
            | Code::UnknownExpectation
            | Code::MissingRemedy
            | Code::RemedyWithoutFinding
            | Code::ExtraArgument
    )
}

/// Whether it says of a name that it leads nowhere, so that a part of the item is not understood.
fn names_nothing(code: Code) -> bool {
    matches!(
        code,
        Code::UnknownName | Code::UnknownMember | Code::UnknownModule | Code::NotCallable
    )
}

/// Whether it refuses a value for its type, so that a change with it is not understood.
fn mistypes(code: Code) -> bool {
    matches!(
        code,
        Code::TypeMismatch
            | Code::UnknownField
            | Code::OperandMismatch
            | Code::NotCallable
            | Code::ChangeWhileObserving
    )
}

/// Whether it says that something has no effect: true of what stands there, perhaps not of what was meant.
fn says_idle(code: Code) -> bool {
    matches!(
        code,
        Code::UnusedLet
            | Code::UnusedUse
            | Code::ShortChain
            | Code::AgainUnused
            | Code::RemedyNeverActs
            | Code::BlastLineUnused
    )
}

/// Where something could not be read, or a name leads nowhere.
struct Hurt {
    files: BTreeSet<SourceId>,
    items: BTreeSet<(SourceId, u32)>,
}

impl Hurt {
    fn of<'a>(files: &Places<'_>, found: impl Iterator<Item = &'a Diagnostic>) -> Hurt {
        let mut hurt = Hurt {
            files: BTreeSet::new(),
            items: BTreeSet::new(),
        };
        for found in found.filter(|found| is_error(found)) {
            let place = found.primary.span;
            hurt.files.insert(files.file(place));
            let item = item_at(files, place);
            hurt.items
                .extend(item.map(|item| (place.source, item.span.start)));
        }
        hurt
    }

    /// Whether it is said of an item with such a place.
    fn holds(&self, files: &Places<'_>, found: &Diagnostic) -> bool {
        let place = found.primary.span;
        let in_item = |item: &Item| self.items.contains(&(place.source, item.span.start));
        item_at(files, place).is_some_and(in_item)
    }

    /// Whether one of them is an action.
    fn has_action(&self, files: &Places<'_>) -> bool {
        let hurt = |item: &&Item| self.items.contains(&(item.span.source, item.span.start));
        let mut items = files.items().filter(hurt);
        items.any(|item| matches!(item.kind, ItemKind::Action(_)))
    }

    /// Whether a limit bounds nothing only because the change that it bounds was refused.
    fn doubts_limit(&self, files: &Places<'_>, found: &Diagnostic) -> bool {
        found.code == Code::BlastLineUnused && self.holds(files, found)
    }

    /// Whether what is said may be due to a part that was not understood.
    fn doubts(&self, files: &Places<'_>, found: &Diagnostic) -> bool {
        says_idle(found.code)
            && match found.code {
                Code::UnusedUse => self.files.contains(&files.file(found.primary.span)),
                // A role may be what was not read.
                Code::ShortChain => !self.files.is_empty(),
                _ => self.holds(files, found),
            }
    }
}
