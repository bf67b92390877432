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
    /// Each text in place of the file at its path, whether one is there or not.
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
        match self.texts.contains_key(&self.under.absolute(path)) {
            true => Ok(EntryKind::File),
            false => self.under.kind(path),
        }
    }

    fn list(&self, folder: &Path) -> Result<Vec<Entry>, Trouble> {
        let mut entries = self.under.list(folder)?;
        let absolute = self.under.absolute(folder);
        for path in self
            .texts
            .keys()
            .filter(|path| path.parent() == Some(&absolute))
        {
            let Some(name) = path.file_name() else {
                continue;
            };
            let path = folder.join(name);
            if entries.iter().all(|entry| entry.path != path) {
                let kind = EntryKind::File;
                entries.push(Entry { path, kind });
            }
        }
        Ok(entries)
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
