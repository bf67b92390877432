//! What is open in the editor, and the packages that it belongs to.
//!
//! In: what the client opens, changes and closes, and what changes on the disk. Out: a desk for each package, whose
//! files are those of the editor where it has them open, else those of the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use gen_lsp_types::{TextDocumentContentChangeEvent, Uri};

use crate::host::{Cache, Disk};
use crate::ide::Desk;
use crate::project::{self, Files, Overlay};
use crate::text::{Source, Sources, difference};

use super::lines::{Encoding, Lines};

/// A file that is open.
#[derive(Clone, Debug)]
pub struct Document {
    /// As the client calls it.
    pub uri: Uri,
    pub version: i32,
    pub text: String,
}

/// All that is open.
#[derive(Debug, Default)]
pub struct World {
    documents: BTreeMap<PathBuf, Document>,
    desks: Vec<Desk>,
    roots: BTreeSet<PathBuf>,
    /// What was changed since the packages looked at it last.
    behind: BTreeSet<PathBuf>,
    /// Files of which a change was lost: nobody but the editor knows what stands in them.
    lost: BTreeSet<PathBuf>,
    /// How often something changed.
    revision: u64,
}

impl World {
    /// A folder is worked on.
    pub fn add_root(&mut self, uri: &Uri) {
        self.revision += 1;
        let path = path_of(uri);
        self.load(&path);
        self.roots.insert(path);
    }

    /// A folder is not worked on any more.
    pub fn remove_root(&mut self, uri: &Uri) {
        self.roots.remove(&path_of(uri));
        self.reload();
    }

    /// Another number whenever something else may be told of the files.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The file at a path, if it is open.
    pub fn document(&self, path: &Path) -> Option<&Document> {
        self.documents.get(path)
    }

    /// All that is open.
    pub fn documents(&self) -> impl Iterator<Item = (&Path, &Document)> {
        let all = self.documents.iter();
        all.map(|(path, document)| (path.as_path(), document))
    }

    /// All packages.
    pub fn desks(&self) -> &[Desk] {
        &self.desks
    }

    /// The desk of a file, and its number there.
    pub fn place(&self, uri: &Uri) -> Option<(&Desk, usize)> {
        let path = path_of(uri);
        let mut desks = self.desks.iter();
        desks.find_map(|desk| Some((desk, desk.file(&path)?)))
    }

    /// What the client calls a file; what it has not named is called by its path.
    pub fn uri(&self, path: &Path) -> Option<Uri> {
        match self.documents.get(path) {
            Some(document) => Some(document.uri.clone()),
            None => Uri::from_file_path(path).ok(),
        }
    }

    /// A file was opened.
    pub fn open(&mut self, uri: Uri, version: i32, text: String) {
        self.revision += 1;
        let path = path_of(&uri);
        self.lost.remove(&path);
        let document = Document { uri, version, text };
        let text = document.text.clone();
        self.documents.insert(path.clone(), document);
        if !self.put(&path, &text) {
            self.load(&path);
        }
    }

    /// A change of a file was lost; of all that are open where nobody knows which one. What stands in it is not known
    /// until it is opened again, or replaced as a whole.
    pub fn lose(&mut self, uri: Option<&Uri>) {
        self.revision += 1;
        match uri {
            Some(uri) => self.lost.extend([path_of(uri)]),
            None => self.lost.extend(self.documents.keys().cloned()),
        }
    }

    /// The files of which a change was lost.
    pub fn lost(&self) -> &BTreeSet<PathBuf> {
        &self.lost
    }

    /// A file was changed, by one edit after the other. Nothing is checked before [`World::catch_up`], so that many
    /// changes in a row cost no more than one.
    pub fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) {
        let path = path_of(uri);
        let Some(document) = self.documents.get_mut(&path) else {
            return;
        };
        document.version = version;
        self.revision += 1;
        for change in changes {
            let (range, with) = match change {
                // Its place is one of a text that is not known.
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(_)
                    if self.lost.contains(&path) =>
                {
                    continue;
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    let lines = Lines::of(&document.text, encoding);
                    (lines.bytes(part.range), part.text)
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => {
                    self.lost.remove(&path);
                    (0..document.text.len(), whole.text)
                }
            };
            document.text.replace_range(range, &with);
        }
        self.behind.insert(path);
    }

    /// Has the packages take in what was changed.
    pub fn catch_up(&mut self) {
        while let Some(path) = self.behind.pop_first() {
            let Some(document) = self.documents.get(&path) else {
                continue;
            };
            let text = document.text.clone();
            if !self.put(&path, &text) {
                self.reload();
            }
        }
    }

    /// A file was closed: what the disk has counts again.
    pub fn close(&mut self, uri: &Uri) {
        self.revision += 1;
        let path = path_of(uri);
        self.lost.remove(&path);
        self.documents.remove(&path);
        let bytes = Disk.read(&path, Source::MAX_BYTES).ok();
        match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
            Some(text) if self.put(&path, &text) => {}
            Some(_) | None => self.reload(),
        }
        let is_wanted = |desk: &Desk| {
            desk.paths().any(|path| self.documents.contains_key(path))
                || self.roots.iter().any(|root| desk.root().starts_with(root))
        };
        self.desks.retain(is_wanted);
    }

    /// Files changed on the disk. What the editor has open counts as it is there, unless it is a part of what makes
    /// the package.
    pub fn touched(&mut self, uris: impl Iterator<Item = Uri>) {
        let paths: Vec<PathBuf> = uris.map(|uri| path_of(&uri)).collect();
        if paths.iter().any(|path| !self.documents.contains_key(path)) {
            self.reload();
        }
    }

    /// Reads everything anew.
    pub fn reload(&mut self) {
        self.revision += 1;
        self.behind.clear();
        self.desks.clear();
        let roots = self.roots.iter().cloned();
        let paths: Vec<PathBuf> = roots.chain(self.documents.keys().cloned()).collect();
        for path in paths {
            if !self.desks.iter().any(|desk| desk.file(&path).is_some()) {
                self.load(&path);
            }
        }
    }

    /// Asks the lints of each package that did not say yet what they find, as long as that is wanted; whether there was
    /// one.
    pub fn settle(&mut self, is_wanted: &dyn Fn() -> bool) -> bool {
        let mut found = false;
        for desk in self.desks.iter_mut().filter(|desk| !desk.is_settled()) {
            desk.settle(is_wanted);
            found = true;
            if !desk.is_settled() {
                break;
            }
            self.revision += 1;
        }
        found
    }

    /// Whether every package said what its lints find.
    pub fn is_settled(&self) -> bool {
        self.desks.iter().all(Desk::is_settled)
    }

    /// Puts a text into the desk of a file, if it has one.
    fn put(&mut self, path: &Path, text: &str) -> bool {
        for desk in &mut self.desks {
            let Some(file) = desk.file(path) else {
                continue;
            };
            let Some(source) = desk.source(file) else {
                continue;
            };
            let (range, with) = difference(&source.text, text);
            if range.is_empty() && with.is_empty() {
                return true;
            }
            let with = with.to_owned();
            return desk.edit(file, range, &with).is_ok();
        }
        false
    }

    /// Loads the package that a path is of, if there is one.
    fn load(&mut self, path: &Path) {
        let texts = self.documents.iter();
        let texts = texts.map(|(path, document)| (path.clone(), document.text.as_str()));
        let files = Overlay::new(&Disk, texts);
        let mut sources = Sources::default();
        let (package, said) = project::load_whole(&files, &Cache::of_user(), path, &mut sources);
        let holds = |package: &project::Package| package.files.iter().any(|file| file.path == path);
        let is_held = package.as_ref().is_some_and(holds);
        let mut left = Vec::new();
        match package {
            Some(package) => {
                let mut desks = self.desks.iter_mut();
                match desks.find(|desk| desk.root() == package.path) {
                    // It was loaded before this file was in it.
                    Some(known) if is_held => *known = Desk::new(sources.clone(), package, said),
                    Some(_) => {}
                    None => self.desks.push(Desk::new(sources.clone(), package, said)),
                }
            }
            None => left = said,
        }
        // A file below a package that is none of its files, as one in a hidden folder, is looked at alone; so is one
        // whose package cannot be read.
        if !is_held && project::is_runbook_file(path) {
            let (package, said) = project::load_file(&files, path, &mut sources);
            left.extend(said);
            if let Some(package) = package {
                self.desks.push(Desk::new(sources, package, left));
            }
        }
    }
}

/// The path of an address. What lies in no file has one that no file has.
pub fn path_of(uri: &Uri) -> PathBuf {
    match uri.to_file_path() {
        Ok(path) => Disk.absolute(&path),
        Err(()) => {
            let name: String = uri
                .as_str()
                .chars()
                .map(|letter| {
                    if letter.is_ascii_alphanumeric() {
                        letter
                    } else {
                        '_'
                    }
                })
                .collect();
            PathBuf::from(format!("/.rbk-unsaved/{name}.rbk"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is typed faster than it can be checked is checked once.
    #[test]
    fn changes_wait_until_they_are_looked_at() {
        let uri: Uri = "untitled:one".parse().unwrap();
        let mut world = World::default();
        world.open(uri.clone(), 1, String::from("const a = 1\n"));
        for (version, text) in [(2, "const a = \n"), (3, "const ab = 2\n")] {
            let whole = TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(
                gen_lsp_types::TextDocumentContentChangeWholeDocument {
                    text: String::from(text),
                },
            );
            world.change(&uri, version, vec![whole], Encoding::Utf8);
        }
        let text = |world: &World| {
            let (desk, file) = world.place(&uri).unwrap();
            desk.source(file).unwrap().text.to_string()
        };
        assert_eq!(text(&world), "const a = 1\n");
        world.catch_up();
        assert_eq!(text(&world), "const ab = 2\n");
    }
}
