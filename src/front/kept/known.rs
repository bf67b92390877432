//! What is known of names and lines, now and when their item had no error for the last time; and the items.
//!
//! In: what checks said. Out: rows with places in files, and items with the text that their places are of.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::{Kept, in_file};
use crate::diag::Kind;
use crate::syntax::tree::Item;
use crate::text::{Source, SourceId, Span};
use crate::typed::{Known, What};

/// An item as it is now.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    pub item: &'a Item,
    /// What its places are of: its own text, or its file's.
    pub source: &'a Source,
    /// Where that begins in the file.
    pub base: usize,
}

impl Kept {
    /// What is known of names and lines, by place in their files.
    pub fn known(&self) -> Vec<Known> {
        let bases = self.bases();
        let all = self.known.values().flatten();
        let mut known: Vec<Known> = all
            .map(|found| Known {
                at: in_file(&bases, found.at),
                what: found.what.clone(),
            })
            .collect();
        known.sort_by_key(|found| found.at);
        known
    }

    /// What was known of the names in an item when it had no error for the last time.
    pub fn sound(&self, item: &str) -> &[(SmolStr, What)] {
        self.sound.get(item).map_or(&[], Vec::as_slice)
    }

    /// The item of a file that a byte stands in.
    pub fn item_at(&self, file: SourceId, offset: usize) -> Option<Standing<'_>> {
        let index = self.files.iter().position(|found| found.source == file)?;
        let chunks = &self.files[index].chunks;
        let at = match chunks.is_empty() {
            true => self.trees[index].items.iter().rposition(|item| {
                let range = item.span.range();
                range.start <= offset && offset <= range.end
            })?,
            false => {
                let behind = chunks.partition_point(|chunk| chunk.range.start <= offset);
                behind.checked_sub(1)?
            }
        };
        self.stands(index, at)
    }

    /// The items of a file, in the order of its text.
    pub fn standing(&self, file: usize) -> impl Iterator<Item = Standing<'_>> {
        let items = self.trees.get(file).map_or(0, |tree| tree.items.len());
        (0..items).filter_map(move |at| self.stands(file, at))
    }

    /// An item by its number in a file. Where a file is not cut into its items, places are of the file.
    fn stands(&self, file: usize, at: usize) -> Option<Standing<'_>> {
        let item = self.trees.get(file)?.items.get(at)?;
        let file = self.files.get(file)?;
        let (source, base) = match file.chunks.get(at) {
            Some(chunk) => (chunk.source, chunk.range.start),
            None => (file.source, 0),
        };
        let source = self.sources.source(source);
        Some(Standing { item, source, base })
    }

    /// Whether an item has an error.
    pub fn is_broken(&self, item: &Item) -> bool {
        let source = item.span.source;
        let all = [self.read.get(&source), self.said.get(&source)];
        let mut all = all.into_iter().flatten().flatten();
        all.any(|found| {
            let at = found.primary.span.range();
            let range = item.span.range();
            let touches = at.start <= range.end && range.start <= at.end;
            found.code.kind() == Kind::Error && touches
        })
    }

    /// Remembers what is known of the items of these sources that have no error; of all, if none are told.
    pub(super) fn remember(&mut self, of: Option<&BTreeSet<SourceId>>) {
        let mut sound = Vec::new();
        for item in self.trees.iter().flat_map(|tree| &tree.items) {
            let source = item.span.source;
            let is_asked = of.is_none_or(|of| of.contains(&source));
            let Some(name) = item.name().filter(|_| is_asked) else {
                continue;
            };
            if self.is_broken(item) {
                continue;
            }
            let known = self.known.get(&source).into_iter().flatten();
            let inside = known.filter(|found| item.span.holds(found.at));
            let named = inside.map(|found| (self.word(found.at), found.what.clone()));
            sound.push((name.text.clone(), named.collect()));
        }
        self.sound.extend(sound);
    }

    fn word(&self, at: Span) -> SmolStr {
        self.sources.slice(at).into()
    }
}
