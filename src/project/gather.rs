//! Finding a package's folder and reading its files.

use std::path::{Path, PathBuf};

use crate::diag::{Code, Diagnostic};
use crate::text::{Source, SourceId, Sources, Span};

use super::depend::{VENDOR, files_hash};
use super::lock::{self, LOCK, Lock};
use super::manifest::{self, MANIFEST, Manifest};
use super::{Entry, EntryKind, Files, Package, PackageFile, Trouble, take_in};

/// Folders deeper than this are not looked into.
const DEEPEST: usize = 64;

/// One look through the files, with what there is to say about it.
pub struct Gather<'a> {
    files: &'a dyn Files,
    sources: &'a mut Sources,
    diagnostics: Vec<Diagnostic>,
}

/// What a package is made of.
pub struct Hashed {
    /// None where it cannot be read.
    pub manifest: Option<Manifest>,
    /// The `.rbk` files, and their bytes.
    pub files: Vec<(PathBuf, Vec<u8>)>,
    /// Over all of them, the manifest's bytes among them.
    pub hash: String,
}

/// Whether the path ends in `.rbk`.
pub fn is_runbook_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rbk")
}

impl<'a> Gather<'a> {
    pub fn new(files: &'a dyn Files, sources: &'a mut Sources) -> Self {
        Gather {
            files,
            sources,
            diagnostics: Vec::new(),
        }
    }

    pub fn finish(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// The nearest folder with a manifest, from the path upwards.
    pub fn find_folder(&self, path: &Path, kind: EntryKind) -> Option<PathBuf> {
        let start = match kind {
            EntryKind::Folder => path,
            EntryKind::File => path.parent()?,
        };
        let as_given = start.ancestors().find(|folder| self.has_manifest(folder));
        let found = match as_given {
            Some(folder) => Some(folder.to_path_buf()),
            None => {
                let absolute = self.files.absolute(start);
                let mut ancestors = absolute.ancestors();
                ancestors
                    .find(|folder| self.has_manifest(folder))
                    .map(Path::to_path_buf)
            }
        };
        found.map(|folder| match folder.as_os_str().is_empty() {
            true => PathBuf::from("."),
            false => folder,
        })
    }

    /// The package in a folder that has a manifest.
    pub fn package(&mut self, folder: &Path) -> Option<Package> {
        let path = tidy(&folder.join(MANIFEST));
        let source = self.read(&path)?;
        let (manifest, diagnostics) = manifest::read(self.sources.source(source));
        self.diagnostics.extend(diagnostics);
        let manifest = manifest?;

        let mut paths = self.of_package(folder, Some(&manifest));
        paths.sort();
        if paths.is_empty() {
            let help = "write one, or start with `rbk init`";
            let message = format!(
                "there is no `.rbk` file in the package `{}`",
                display(folder)
            );
            self.report(folder, Code::EmptyPackage, message, help);
        }
        Some(Package {
            manifest: Some(manifest),
            manifest_source: Some(source),
            path: folder.to_path_buf(),
            files: paths
                .into_iter()
                .filter_map(|path| self.file(path))
                .collect(),
            lock: self.lock(folder),
            dependencies: Vec::new(),
            missing: Vec::new(),
        })
    }

    /// What another package depends on: its manifest, its files and the hash over all of them. None where a
    /// part cannot be read.
    pub fn dependency(&mut self, folder: &Path) -> Option<(Manifest, Vec<PackageFile>, String)> {
        let before = self.diagnostics.len();
        let Hashed {
            manifest,
            files: read,
            hash,
        } = self.hashed(folder);
        let mut files = Vec::new();
        for (path, bytes) in read {
            if let Some(source) = self.take_in(&path, &bytes) {
                files.push(PackageFile { path, source });
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let manifest = manifest.filter(|_| self.diagnostics.len() == before)?;
        Some((manifest, files, hash))
    }

    /// What a package is made of.
    pub fn hashed(&mut self, folder: &Path) -> Hashed {
        let path = tidy(&folder.join(MANIFEST));
        let bytes = self.bytes(&path);
        let source = bytes.as_ref().and_then(|bytes| self.take_in(&path, bytes));
        let manifest = source.and_then(|source| {
            let (manifest, said) = manifest::read(self.sources.source(source));
            self.diagnostics.extend(said);
            manifest
        });
        let mut read = Vec::new();
        for path in self.of_package(folder, manifest.as_ref()) {
            if let Some(bytes) = self.bytes(&path) {
                read.push((path, bytes));
            }
        }
        let folder = tidy(folder);
        let short = |path: &Path| display(path.strip_prefix(&folder).unwrap_or(path));
        let files = read.iter().map(|(path, bytes)| (short(path), bytes));
        let all: Vec<(String, &Vec<u8>)> = bytes
            .iter()
            .map(|bytes| (short(&path), bytes))
            .chain(files)
            .collect();
        let hash = files_hash(
            all.iter()
                .map(|(path, bytes)| (path.as_str(), bytes.as_slice())),
        );
        Hashed {
            manifest,
            files: read,
            hash,
        }
    }

    /// A file that belongs to no package.
    pub fn single(&mut self, path: &Path) -> Option<Package> {
        let file = self.file(path.to_path_buf())?;
        Some(Package {
            manifest: None,
            manifest_source: None,
            path: path.to_path_buf(),
            files: vec![file],
            lock: None,
            dependencies: Vec::new(),
            missing: Vec::new(),
        })
    }

    /// What is locked, if there is a lock and it can be read.
    pub fn lock(&mut self, folder: &Path) -> Option<Lock> {
        self.lock_or(folder, None)
    }

    /// The same for a lock that another command writes; `help` says which.
    pub fn lock_of(&mut self, folder: &Path, help: &str) -> Option<Lock> {
        self.lock_or(folder, Some(help))
    }

    fn lock_or(&mut self, folder: &Path, help: Option<&str>) -> Option<Lock> {
        let path = tidy(&folder.join(LOCK));
        if self.files.kind(&path) == Err(Trouble::Missing) {
            return None;
        }
        let source = self.read(&path)?;
        match lock::read(self.sources.source(source)) {
            Ok(lock) => Some(lock),
            Err(found) => {
                self.diagnostics.push(match help {
                    Some(help) => found.help(help),
                    None => found,
                });
                None
            }
        }
    }

    /// Says that a folder is no package, and where below it there are some.
    pub fn no_package(&mut self, folder: &Path) {
        let mut below = Vec::new();
        self.packages_below(folder, 0, &mut below);
        below.sort();
        let shown = |path: &PathBuf| format!("`{}`", display(path));
        let names = below.iter().take(5).map(shown).collect::<Vec<_>>();
        let help = match names.is_empty() {
            true => "make it one with `rbk init`, or give a `.rbk` file".into(),
            false => format!("there are packages below it: {}", names.join(", ")),
        };
        let message = format!(
            "no `{MANIFEST}` in `{}` or in a folder above it",
            display(folder)
        );
        self.report(folder, Code::NoPackage, message, help);
    }

    /// Says why a path cannot be read.
    pub fn trouble(&mut self, path: &Path, trouble: Trouble) {
        let diagnostic = describe(path, trouble, self.sources);
        self.diagnostics.push(diagnostic);
    }

    /// Says that a file has the wrong ending.
    pub fn not_a_runbook_file(&mut self, path: &Path) {
        let message = format!("`{}` is not a `.rbk` file", display(path));
        let help = "give a folder with `rbk.toml` in it, or a `.rbk` file";
        self.report(path, Code::NotARunbookFile, message, help);
    }

    /// Reports something about a path as a whole.
    pub fn report(
        &mut self,
        path: &Path,
        code: Code,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let diagnostic = about(path, code, message, self.sources).help(help);
        self.diagnostics.push(diagnostic);
    }

    /// Whether a folder is a package. What is called as the manifest and is no file is told when it is read.
    pub fn has_manifest(&self, folder: &Path) -> bool {
        self.is_file(&folder.join(MANIFEST))
    }

    /// Whether something is there that is read as a file, be it one or not.
    fn is_file(&self, path: &Path) -> bool {
        match self.files.kind(path) {
            Ok(EntryKind::File) | Err(Trouble::Special) => true,
            Ok(EntryKind::Folder)
            | Err(Trouble::Missing | Trouble::TooLarge | Trouble::Refused(_)) => false,
        }
    }

    /// A link that would be followed to read the package in a folder.
    pub fn link(&mut self, folder: &Path) -> Option<PathBuf> {
        // A `/` at its end would be past the link.
        let bare = folder.components().collect();
        let head = [bare, folder.join(MANIFEST)];
        if let Some(link) = head.iter().find(|path| self.files.is_link(path)) {
            return Some(link.clone());
        }
        let mut paths = self.of_package(folder, None);
        paths.retain(|path| self.files.is_link(path));
        paths.into_iter().min()
    }

    /// The `.rbk` files of the package in a folder. Its folder `vendor` is for copies where it depends on others, or
    /// where a lock there says so: then nothing below it is of the package.
    fn of_package(&mut self, folder: &Path, manifest: Option<&Manifest>) -> Vec<PathBuf> {
        let vendor = folder.join(VENDOR);
        let depends = manifest.is_some_and(|manifest| !manifest.dependencies.is_empty());
        let is_for_copies = depends || self.is_file(&vendor.join(LOCK));
        let mut found = Vec::new();
        for entry in self.entries(folder) {
            if !(is_for_copies && tidy(&entry.path) == tidy(&vendor)) {
                self.collect_one(entry, 0, &mut found);
            }
        }
        found
    }

    /// The `.rbk` files below a folder, without hidden folders and without packages of their own.
    pub fn collect(&mut self, folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
        for entry in self.entries(folder) {
            self.collect_one(entry, depth, found);
        }
    }

    fn collect_one(&mut self, entry: Entry, depth: usize, found: &mut Vec<PathBuf>) {
        let Entry { path, kind } = entry;
        match kind {
            EntryKind::File if is_runbook_file(&path) => found.push(tidy(&path)),
            EntryKind::File => {}
            EntryKind::Folder if depth >= DEEPEST || self.has_manifest(&path) => {}
            EntryKind::Folder => self.collect(&path, depth + 1, found),
        }
    }

    fn packages_below(&mut self, folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
        for Entry { path, kind } in self.entries(folder) {
            match kind {
                EntryKind::File => {}
                EntryKind::Folder if self.has_manifest(&path) => found.push(tidy(&path)),
                EntryKind::Folder if depth >= 3 => {}
                EntryKind::Folder => self.packages_below(&path, depth + 1, found),
            }
        }
    }

    /// What is in a folder and not hidden.
    pub fn entries(&mut self, folder: &Path) -> Vec<Entry> {
        let mut entries = match self.files.list(folder) {
            Ok(entries) => entries,
            Err(trouble) => {
                self.trouble(folder, trouble);
                Vec::new()
            }
        };
        entries.retain(|entry| {
            let name = entry.path.file_name().unwrap_or_default();
            !name.as_encoded_bytes().starts_with(b".")
        });
        entries
    }

    fn file(&mut self, path: PathBuf) -> Option<PackageFile> {
        let source = self.read(&path)?;
        Some(PackageFile { path, source })
    }

    /// Takes in a file's text; a byte order mark at its head is dropped.
    fn read(&mut self, path: &Path) -> Option<SourceId> {
        let bytes = self.bytes(path)?;
        self.take_in(path, &bytes)
    }

    fn bytes(&mut self, path: &Path) -> Option<Vec<u8>> {
        match self.files.read(path, Source::MAX_BYTES) {
            Ok(bytes) => Some(bytes),
            Err(trouble) => {
                self.trouble(path, trouble);
                None
            }
        }
    }

    fn take_in(&mut self, path: &Path, bytes: &[u8]) -> Option<SourceId> {
        match take_in(&display(path), bytes, self.sources) {
            Ok(source) => Some(source),
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                None
            }
        }
    }
}

/// Why a path cannot be read.
pub fn describe(path: &Path, trouble: Trouble, sources: &mut Sources) -> Diagnostic {
    let name = display(path);
    match trouble {
        Trouble::Missing => {
            let message = format!("there is no file or folder `{name}`");
            let diagnostic = about(path, Code::NoSuchPath, message, sources);
            diagnostic.help("look for a slip in the path")
        }
        Trouble::TooLarge => {
            let message = format!("`{name}` is too large");
            let most = Source::MAX_BYTES / (1024 * 1024);
            let diagnostic = about(path, Code::TooLarge, message, sources);
            diagnostic.help(format!("a file has at most {most} MiB; split it"))
        }
        Trouble::Special => {
            let message = format!("`{name}` cannot be read: it is neither a file nor a folder");
            let diagnostic = about(path, Code::Unreadable, message, sources);
            diagnostic.help("only a regular file is part of a package: take it out of the folder")
        }
        Trouble::Refused(why) => {
            let message = format!("`{name}` cannot be read: {}", why.to_lowercase());
            let diagnostic = about(path, Code::Unreadable, message, sources);
            diagnostic.help("look at its permissions")
        }
    }
}

/// Points at the first byte that is not text; the file is shown with stand-ins.
pub fn not_utf8(name: &str, bytes: &[u8], at: usize, sources: &mut Sources) -> Diagnostic {
    let source = sources.add(name, &String::from_utf8_lossy(bytes));
    let stand_in = char::REPLACEMENT_CHARACTER.len_utf8();
    let span = Span::new(source, at, at + stand_in);
    let byte = bytes.get(at).copied().unwrap_or_default();
    let label = format!("byte {at} is 0x{byte:02x}");
    let message = format!("`{name}` is not UTF-8 text");
    Diagnostic::new(Code::NotUtf8, message, span, label).help("save the file as UTF-8")
}

/// Something about a path that has no text to point into.
fn about(path: &Path, code: Code, message: impl Into<String>, sources: &mut Sources) -> Diagnostic {
    let source = sources.add(&display(path), "");
    Diagnostic::new(code, message, Span::new(source, 0, 0), "")
}

/// The path as it is shown, with `/`.
fn display(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The path without a leading `./`.
pub fn tidy(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_path_buf()
}
