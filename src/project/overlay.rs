//! Files as they would be: some texts stand in place of what the disk has.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::files::{Entry, EntryKind, Files, Trouble};

/// Files with texts laid over them.
pub struct Overlay<'a> {
    under: &'a dyn Files,
    /// By absolute path.
    texts: BTreeMap<PathBuf, &'a str>,
}

impl<'a> Overlay<'a> {
    /// Each text in place of the file at its path, which is there.
    pub fn new(under: &'a dyn Files, texts: impl IntoIterator<Item = (PathBuf, &'a str)>) -> Self {
        let texts = texts.into_iter();
        let texts = texts.map(|(path, text)| (under.absolute(&path), text));
        Overlay {
            under,
            texts: texts.collect(),
        }
    }
}

impl Files for Overlay<'_> {
    fn kind(&self, path: &Path) -> Result<EntryKind, Trouble> {
        self.under.kind(path)
    }

    fn list(&self, folder: &Path) -> Result<Vec<Entry>, Trouble> {
        self.under.list(folder)
    }

    fn read(&self, path: &Path, most: usize) -> Result<Vec<u8>, Trouble> {
        match self.texts.get(&self.under.absolute(path)) {
            Some(text) if text.len() > most => Err(Trouble::TooLarge),
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => self.under.read(path, most),
        }
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        self.under.absolute(path)
    }
}
