//! An edit inside of a runbook or a test: that item is read, and checked with what it names.
//!
//! In: the edit. Out: whether it could be taken in like that; then all that is known is up to date. Else nothing has
//! changed but the text of the file. What an item means to others must stay: its kind and its names.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use smol_str::SmolStr;

use super::{Kept, by_source, chunks};
use crate::check::{Checked, Part, Use};
use crate::diag::Diagnostic;
use crate::syntax::tree::{Item, ItemKind};
use crate::text::{Source, SourceId, Span};

/// What other items may know of an item whose inside is edited.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Identity {
    Runbook(SmolStr),
    /// Of this runbook.
    Test(SmolStr),
}

impl Identity {
    fn of(item: &Item) -> Option<Identity> {
        let identity = match &item.kind {
            ItemKind::Runbook(found) => Identity::Runbook(found.name.text.clone()),
            ItemKind::Test(found) => Identity::Test(found.runbook.text.clone()),
            ItemKind::Missing
            | ItemKind::Use(_)
            | ItemKind::Role(_)
            | ItemKind::Window(_)
            | ItemKind::Const(_)
            | ItemKind::Enum(_)
            | ItemKind::Record(_)
            | ItemKind::Secret(_)
            | ItemKind::Product(_)
            | ItemKind::Fn(_)
            | ItemKind::Probe(_)
            | ItemKind::Action(_)
            | ItemKind::Extern(_) => return None,
        };
        (!identity.runbook().is_empty()).then_some(identity)
    }

    fn runbook(&self) -> &SmolStr {
        match self {
            Identity::Runbook(name) | Identity::Test(name) => name,
        }
    }
}

/// The sources that are looked at, and those of them of which nothing is known any more.
struct Looked {
    all: BTreeSet<SourceId>,
    anew: BTreeSet<SourceId>,
}

impl Kept {
    /// Takes in an edit that stays inside of one item. `range` is of the file as it was.
    pub(super) fn edit_item(&mut self, file: usize, range: Range<usize>, with: &str) -> bool {
        if self.unimported || !self.lent.packages.is_empty() {
            return false;
        }
        let Some((at, source)) = self.reread(file, &range, with) else {
            return false;
        };
        let Some(read) = chunks::read(&source) else {
            return false;
        };
        let identity = Identity::of(&read.item);
        let Some(identity) =
            identity.filter(|new| Identity::of(&self.trees[file].items[at]).as_ref() == Some(new))
        else {
            return false;
        };
        self.sources.replace(source.id, &source.text);
        self.trees[file].items[at] = self.has_read(source.id, read);
        self.gather_allows(file);
        let (added, gone) = (with.len(), range.len());
        let mut behind = self.files[file].chunks.iter_mut().skip(at);
        if let Some(edited) = behind.next() {
            edited.range.end = edited.range.end + added - gone;
        }
        for chunk in behind {
            chunk.range = chunk.range.start + added - gone..chunk.range.end + added - gone;
        }
        self.check_part(source.id, &identity)
    }

    /// The item that an edit stays in, with its text after it.
    fn reread(&self, file: usize, range: &Range<usize>, with: &str) -> Option<(usize, Source)> {
        let chunks = &self.files.get(file)?.chunks;
        let behind = chunks.partition_point(|chunk| chunk.range.start < range.start);
        let at = behind.checked_sub(1)?;
        let chunk = chunks.get(at)?;
        if range.end > chunk.range.end {
            return None;
        }
        let old = &self.sources.source(chunk.source).text;
        let (start, end) = (
            range.start - chunk.range.start,
            range.end - chunk.range.start,
        );
        let text = [old.get(..start)?, with, old.get(end..)?].concat();
        let is_last = at + 1 == chunks.len();
        let pieces = chunks::pieces(&text)?;
        let is_one = matches!(pieces.as_slice(), [one] if *one == (0..text.len()));
        (is_one && (is_last || text.ends_with('\n')))
            .then(|| (at, Source::new(chunk.source, "", &text)))
    }

    /// Checks an item that was edited, and what that may mean to others.
    fn check_part(&mut self, edited: SourceId, identity: &Identity) -> bool {
        let looked = self.looked(edited, identity);
        let elsewhere = self
            .uses
            .iter()
            .filter(|found| !looked.all.contains(&found.by));
        let elsewhere: BTreeSet<Span> = elsewhere.map(|found| found.import).collect();
        let checked = self.check(Part::Of {
            sources: &looked.all,
            used_elsewhere: &elsewhere,
        });
        if checked.unimported {
            return false;
        }
        self.take_in(&looked, checked)
    }

    /// Takes in what a part of the package gave, unless it says something else of items that were not edited.
    fn take_in(&mut self, looked: &Looked, checked: Checked) -> bool {
        let mut said: HashMap<SourceId, Vec<Diagnostic>> = HashMap::new();
        for found in checked.diagnostics {
            said.entry(found.primary.span.source)
                .or_default()
                .push(found);
        }
        let mut same = looked.all.difference(&looked.anew);
        if !same.all(|source| self.said.get(source) == said.get(source)) {
            return false;
        }
        let imports: Vec<SourceId> = self.imports().collect();
        for source in looked.anew.iter().chain(&imports) {
            let found = said.remove(source).unwrap_or_default();
            self.said.insert(*source, found);
        }
        let mut names = by_source(checked.references, |found| found.span.source);
        let mut known = by_source(checked.known, |found| found.at.source);
        for source in &looked.anew {
            let found = names.remove(source).unwrap_or_default();
            self.names.insert(*source, found);
            let found = known.remove(source).unwrap_or_default();
            self.known.insert(*source, found);
        }
        self.remember(Some(&looked.anew));
        self.uses.retain(|found| !looked.all.contains(&found.by));
        let uses = checked.uses.into_iter();
        self.uses
            .extend(uses.filter(|found: &Use| looked.all.contains(&found.by)));
        self.lost = checked.lost;
        true
    }

    /// The sources of the `use` lines.
    fn imports(&self) -> impl Iterator<Item = SourceId> {
        let items = self.trees.iter().flat_map(|tree| &tree.items);
        let imports = items.filter(|item| matches!(item.kind, ItemKind::Use(_)));
        imports.map(|item| item.span.source)
    }

    /// What has to be looked at for an item: whatever its text names, and what that names. The tests of a
    /// runbook are known anew with it, and all of them with one, for no two have one title.
    fn looked(&self, edited: SourceId, identity: &Identity) -> Looked {
        let mut names: HashMap<&str, Vec<SourceId>> = HashMap::new();
        let mut anew = BTreeSet::from([edited]);
        for item in self.trees.iter().flat_map(|tree| &tree.items) {
            let source = item.span.source;
            if let ItemKind::Test(test) = &item.kind
                && test.runbook.text == *identity.runbook()
            {
                anew.insert(source);
            }
            if let Some(name) = item.name() {
                names.entry(name.as_str()).or_default().push(source);
            }
        }
        let mut all = anew.clone();
        let mut left: Vec<SourceId> = anew.iter().copied().collect();
        while let Some(source) = left.pop() {
            let text = &self.sources.source(source).text;
            let said = self.read.get(&source).map(Vec::as_slice);
            let meant = said
                .filter(|said| !said.is_empty())
                .map(|said| meant(text, said));
            let meant = meant.unwrap_or_default();
            for word in words(text).chain(meant.iter().map(String::as_str)) {
                let named = names.remove(word).unwrap_or_default();
                left.extend(named.into_iter().filter(|named| all.insert(*named)));
            }
        }
        Looked { all, anew }
    }
}

/// What else may be a name in a text that could not be read as it stands: it is read as if some sign were not there, or
/// as one of the edits says that are offered.
fn meant(text: &str, said: &[Diagnostic]) -> Vec<String> {
    let pairs = text.split(is_no_word).collect::<Vec<_>>();
    let joined = pairs.windows(2).filter_map(|pair| match pair {
        [one, other] if !one.is_empty() && !other.is_empty() => Some([*one, *other].concat()),
        _ => None,
    });
    let fixes = said.iter().flat_map(|found| &found.fixes);
    let edits = fixes.flat_map(|fix| &fix.edits);
    let offered = edits.flat_map(|edit| words(&edit.text));
    joined.chain(offered.map(str::to_owned)).collect()
}

fn is_no_word(letter: char) -> bool {
    !letter.is_ascii_alphanumeric() && letter != '_'
}

/// All that may be a name in a text, whatever it stands in.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_no_word).filter(|word| !word.is_empty())
}
