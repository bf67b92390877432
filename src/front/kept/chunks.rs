//! Files as items, each a source of its own.
//!
//! In: a file's text. Out: its tree, read item by item where they can be told apart for good, as a whole where not.
//! An item whose text is one of those that were there is not read again.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::{Kept, KeptFile};
use crate::diag::{Code, Diagnostic};
use crate::lint;
use crate::syntax::tree::{File, Item};
use crate::syntax::{self, Parsed};
use crate::text::{Source, SourceId};

/// One item's text.
#[derive(Debug)]
pub(super) struct Chunk {
    pub source: SourceId,
    /// Where it stands in its file.
    pub range: Range<usize>,
}

/// An item that was read.
type Known = (SourceId, Item);

impl Kept {
    /// Takes a file in.
    pub(super) fn add(&mut self, source: SourceId) {
        let index = self.files.len();
        self.files.push(KeptFile {
            source,
            chunks: Vec::new(),
        });
        self.trees.push(empty(source));
        self.read_file(index);
    }

    /// Reads a file as its text is now.
    pub(super) fn read_file(&mut self, index: usize) {
        let Some(file) = self.files.get_mut(index) else {
            return;
        };
        let source = file.source;
        let chunks = std::mem::take(&mut file.chunks);
        let items = std::mem::replace(&mut self.trees[index], empty(source)).items;
        let mut known: HashMap<Arc<str>, Vec<Known>> = HashMap::new();
        for (chunk, item) in chunks.into_iter().zip(items) {
            let text = self.sources.source(chunk.source).text.clone();
            known.entry(text).or_default().push((chunk.source, item));
        }
        self.read.remove(&source);
        self.read_items(index, &mut known);
        for (gone, _) in known.into_values().flatten() {
            self.forget(gone);
        }
        if self.files[index].chunks.is_empty() {
            let Parsed { file, diagnostics } = syntax::parse(self.sources.source(source));
            self.trees[index] = file;
            self.read.insert(source, diagnostics);
        }
    }

    /// Reads the items of a file one by one, if that is the same as reading it at once.
    fn read_items(&mut self, index: usize, known: &mut HashMap<Arc<str>, Vec<Known>>) {
        let source = self.files[index].source;
        let text = self.sources.source(source).text.clone();
        let Some(pieces) = pieces(&text) else {
            return;
        };
        let mut firm = true;
        for range in pieces {
            let text = text.get(range.clone()).unwrap_or_default();
            let (source, item) = match known.get_mut(text).and_then(Vec::pop) {
                Some(known) => known,
                None => {
                    let source = self.free.pop().unwrap_or_else(|| self.sources.add("", ""));
                    self.sources.replace(source, text);
                    let Some((item, diagnostics)) = read(self.sources.source(source)) else {
                        self.free.push(source);
                        firm = false;
                        continue;
                    };
                    self.read.insert(source, diagnostics);
                    (source, item)
                }
            };
            self.files[index].chunks.push(Chunk { source, range });
            self.trees[index].items.push(item);
        }
        if !firm {
            self.trees[index] = empty(source);
            for chunk in std::mem::take(&mut self.files[index].chunks) {
                self.forget(chunk.source);
            }
        }
    }

    fn forget(&mut self, source: SourceId) {
        self.read.remove(&source);
        self.said.remove(&source);
        self.names.remove(&source);
        self.known.remove(&source);
        self.free.push(source);
    }
}

/// The items of a text that can be told apart for good, as long as no comment allows a finding: one above an item
/// stands in the text of the item before it.
pub(super) fn pieces(text: &str) -> Option<Vec<Range<usize>>> {
    let pieces = syntax::pieces(text)?;
    let comments = pieces.comments.into_iter();
    let mut comments = comments.filter_map(|range| text.get(range));
    comments
        .all(|comment| !lint::is_allow(comment))
        .then_some(pieces.items)
}

/// The one item of a text, and what is wrong with it; nothing if that is no affair of the item alone.
pub(super) fn read(source: &Source) -> Option<(Item, Vec<Diagnostic>)> {
    let Parsed { file, diagnostics } = syntax::parse(source);
    let [item] = <[Item; 1]>::try_from(file.items).ok()?;
    // Such a name is renamed with its mentions, wherever in the file.
    let reaches_out = diagnostics.iter().any(|found| found.code == Code::NameCase);
    (!reaches_out).then_some((item, diagnostics))
}

fn empty(source: SourceId) -> File {
    File {
        source,
        doc: Vec::new(),
        items: Vec::new(),
        comments: Vec::new(),
    }
}
