//! Files in memory: what a test gives, or what a revision of a repository holds.

use std::collections::BTreeMap;
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
            false if self.files.keys().any(|file| file.starts_with(path)) => Ok(EntryKind::Folder),
            false => Err(Trouble::Missing),
        }
    }

    fn list(&self, folder: &Path) -> Result<Vec<Entry>, Trouble> {
        let folder = plain(folder);
        let mut entries: Vec<Entry> = Vec::new();
        for file in self.files.keys() {
            let Ok(rest) = file.strip_prefix(folder) else {
                continue;
            };
            let mut parts = rest.components();
            let Some(first) = parts.next() else { continue };
            let path = folder.join(first);
            let kind = match parts.next() {
                Some(_) => EntryKind::Folder,
                None => EntryKind::File,
            };
            if entries.last().is_none_or(|entry| entry.path != path) {
                entries.push(Entry { path, kind });
            }
        }
        Ok(entries)
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

/// The path without a leading `./`.
fn plain(path: &Path) -> &Path {
    path.strip_prefix(".").unwrap_or(path)
}
