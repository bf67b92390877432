//! Files in memory, as a package.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::project::{EDITION, Entry, EntryKind, Files, MANIFEST, Trouble};

use super::File;

/// Paths and bytes; the package's folder is `.`.
pub struct Memory {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Memory {
    /// The files, with a manifest if they have none.
    pub fn new(files: &[File<'_>]) -> Self {
        let taken = files
            .iter()
            .map(|(path, bytes)| (PathBuf::from(path), bytes.to_vec()));
        let mut files = taken.collect::<BTreeMap<_, _>>();
        files.entry(PathBuf::from(MANIFEST)).or_insert_with(|| {
            format!("name = \"package\"\nversion = \"0.1.0\"\nedition = \"{EDITION}\"\n").into()
        });
        Memory { files }
    }
}

impl Files for Memory {
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
