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
use crate::syntax::tree::{Comment, File, Item};
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
                    let Some(read) = read(self.sources.source(source)) else {
                        self.free.push(source);
                        firm = false;
                        continue;
                    };
                    (source, self.has_read(source, read))
                }
            };
            self.files[index].chunks.push(Chunk { source, range });
            self.trees[index].items.push(item);
        }
        self.gather_allows(index);
        if !firm {
            self.trees[index] = empty(source);
            for chunk in std::mem::take(&mut self.files[index].chunks) {
                self.forget(chunk.source);
            }
        }
    }

    /// Remembers what was read of an item.
    pub(super) fn has_read(&mut self, source: SourceId, read: Read) -> Item {
        self.read.insert(source, read.diagnostics);
        match read.allows.is_empty() {
            true => self.allows.remove(&source),
            false => self.allows.insert(source, read.allows),
        };
        read.item
    }

    /// The comments of a file that allow a finding are those of its items.
    pub(super) fn gather_allows(&mut self, index: usize) {
        let chunks = self.files[index].chunks.iter();
        let allows = chunks.filter_map(|chunk| self.allows.get(&chunk.source));
        self.trees[index].comments = allows.flatten().cloned().collect();
    }

    fn forget(&mut self, source: SourceId) {
        self.allows.remove(&source);
        self.read.remove(&source);
        self.said.remove(&source);
        self.names.remove(&source);
        self.known.remove(&source);
        self.free.push(source);
    }
}

/// The items of a text that can be told apart for good, as long as each comment that allows a finding stands inside of
/// one: one above an item stands in the text of the item before it.
pub(super) fn pieces(text: &str) -> Option<Vec<Range<usize>>> {
    let pieces = syntax::pieces(text)?;
    let comments = pieces.comments.into_iter();
    let mut allows = comments.filter(|range| text.get(range.clone()).is_some_and(lint::is_allow));
    allows
        .all(|comment| is_inside(text, &pieces.items, &comment))
        .then_some(pieces.items)
}

/// Whether something of an item stands behind a comment in it.
fn is_inside(text: &str, items: &[Range<usize>], comment: &Range<usize>) -> bool {
    let behind = items.partition_point(|item| item.start <= comment.start);
    let item = behind.checked_sub(1).and_then(|at| items.get(at));
    let rest = item.and_then(|item| text.get(comment.end..item.end));
    rest.is_some_and(|rest| !syntax::without_comments(rest).trim().is_empty())
}

/// What one item says.
pub(super) struct Read {
    pub item: Item,
    /// Its comments that allow a finding.
    pub allows: Vec<Comment>,
    pub diagnostics: Vec<Diagnostic>,
}

/// The one item of a text, and what is wrong with it; nothing if that is no affair of the item alone.
pub(super) fn read(source: &Source) -> Option<Read> {
    let Parsed { file, diagnostics } = syntax::parse(source);
    let [item] = <[Item; 1]>::try_from(file.items).ok()?;
    // Such a name is renamed with its mentions, wherever in the file.
    let reaches_out = diagnostics.iter().any(|found| found.code == Code::NameCase);
    let text = |comment: &Comment| source.text.get(comment.span.range());
    let comments = file.comments.into_iter();
    let allows = comments.filter(|comment| text(comment).is_some_and(lint::is_allow));
    (!reaches_out).then(|| Read {
        item,
        allows: allows.collect(),
        diagnostics,
    })
}

fn empty(source: SourceId) -> File {
    File {
        source,
        doc: Vec::new(),
        items: Vec::new(),
        comments: Vec::new(),
    }
}
