//! Files in memory: what a test gives, or what a revision of a repository holds.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use super::{Entry, EntryKind, Files, Trouble};

/// Paths and bytes; the folder is `.`.
#[derive(Clone, Debug, Default)]
pub struct Table {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Table {
    /// Takes in a file; a later one of the same path replaces it.
    pub fn add(&mut self, path: impl Into<PathBuf>, bytes: Vec<u8>) {
        self.files.insert(path.into(), bytes);
    }

    /// The files below a folder, which follow each other in their order.
    fn below<'t>(&'t self, folder: &'t Path) -> impl Iterator<Item = &'t Path> {
        let from = (Bound::Included(folder), Bound::Unbounded);
        let files = self.files.range::<Path, _>(from);
        let files = files.map(|(path, _)| path.as_path());
        files.take_while(move |path| path.starts_with(folder))
    }

    /// Whether there is such a file.
    pub fn has(&self, path: &Path) -> bool {
        self.files.contains_key(plain(path))
    }
}

impl Files for Table {
    fn kind(&self, path: &Path) -> Result<EntryKind, Trouble> {
        let path = plain(path);
        match self.files.contains_key(path) {
            true => Ok(EntryKind::File),
            false if self.below(path).next().is_some() => Ok(EntryKind::Folder),
            false => Err(Trouble::Missing),
        }
    }

    fn list(&self, folder: &Path) -> Result<Vec<Entry>, Trouble> {
        let folder = plain(folder);
        Ok(entries_below(self.below(folder), folder, folder))
    }

    fn read(&self, path: &Path, most: usize) -> Result<Vec<u8>, Trouble> {
        let bytes = self.files.get(plain(path)).ok_or(Trouble::Missing)?;
        match bytes.len() > most {
            true => Err(Trouble::TooLarge),
            false => Ok(bytes.clone()),
        }
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        plain(path).to_path_buf()
    }
}

/// What is directly in a folder, of files in the order of their paths; each below the folder as it is shown.
pub fn entries_below<'p>(
    files: impl Iterator<Item = &'p Path>,
    folder: &Path,
    shown: &Path,
) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for file in files {
        let Ok(rest) = file.strip_prefix(folder) else {
            continue;
        };
        let mut parts = rest.components();
        let Some(first) = parts.next() else { continue };
        let path = shown.join(first);
        let kind = match parts.next() {
            Some(_) => EntryKind::Folder,
            None => EntryKind::File,
        };
        if entries.last().is_none_or(|entry| entry.path != path) {
            entries.push(Entry { path, kind });
        }
    }
    entries
}

/// The path without a leading `./`.
fn plain(path: &Path) -> &Path {
    path.strip_prefix(".").unwrap_or(path)
}
