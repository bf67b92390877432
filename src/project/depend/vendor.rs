//! The folder `vendor` of a package: copies of what it depends on, with a lock of their own that says what
//! they were. What the lock does not name was not put there by `rbk vendor`, and is said.

use std::path::{Path, PathBuf};

use super::super::gather::{Gather, tidy};
use super::super::lock::{Lock, LockedDependency};
use super::super::{EntryKind, Files, is_runbook_file};
use crate::diag::{Code, Diagnostic};
use crate::text::Sources;

/// The folder's name.
pub const VENDOR: &str = "vendor";

/// What is in it.
pub struct Vendor {
    folder: PathBuf,
    lock: Lock,
}

impl Vendor {
    /// What its lock says of a package.
    pub fn entry(&self, name: &str) -> Option<&LockedDependency> {
        self.lock.dependency(name)
    }

    /// Where a package lies in it.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// How to get on where its lock cannot be read.
const VENDOR_HELP: &str = "no line of it has to be chosen by hand: fix `rbk.toml` and `rbk.lock`, then write \
     it with the copies again: `rbk vendor`";

/// The folder of the package, if it has one.
pub fn read(
    files: &dyn Files,
    package: &Path,
    depends: bool,
    sources: &mut Sources,
) -> (Option<Vendor>, Vec<Diagnostic>) {
    let folder = tidy(&package.join(VENDOR));
    let mut gather = Gather::new(files, sources);
    let lock = gather.lock_of(&folder, VENDOR_HELP);
    let vendor = lock.map(|lock| Vendor {
        folder: folder.clone(),
        lock,
    });
    let is_folder = files.kind(&folder) == Ok(EntryKind::Folder);
    if is_folder && (depends || vendor.is_some()) {
        say_strays(&mut gather, &folder, vendor.as_ref());
    }
    (vendor, gather.finish())
}

/// Says what lies in the folder and would be read as of the package, or as one that it depends on.
fn say_strays(gather: &mut Gather<'_>, folder: &Path, vendor: Option<&Vendor>) {
    for entry in gather.entries(folder) {
        let name = entry.path.file_name().unwrap_or_default();
        let is_named = |vendor: &Vendor| {
            name.to_str()
                .is_some_and(|name| vendor.entry(name).is_some())
        };
        let mut strays = Vec::new();
        match entry.kind {
            EntryKind::File if is_runbook_file(&entry.path) => strays.push(entry.path),
            EntryKind::File => {}
            EntryKind::Folder if vendor.is_some_and(is_named) => {}
            EntryKind::Folder if gather.has_manifest(&entry.path) => {
                // A folder of packages that nobody copied has no lock, and they are taken by their paths alone.
                strays.extend(vendor.map(|_| entry.path));
            }
            EntryKind::Folder => gather.collect(&entry.path, 0, &mut strays),
        }
        strays.sort();
        let Some(first) = strays.first().map(|path| tidy(path)) else {
            continue;
        };
        let shown = first.to_string_lossy().replace('\\', "/");
        let (message, help) = match vendor {
            Some(_) => (
                format!(
                    "`{shown}` is none of the copies in `vendor`: the lock there does not name it"
                ),
                "move what is yours out of `vendor`; `rbk vendor` writes it again and drops the rest",
            ),
            None => (
                format!(
                    "`{shown}` is of no package: `vendor` is for copies of what this one depends on"
                ),
                "move what is yours out of `vendor`",
            ),
        };
        gather.report(&first, Code::DependencyTampered, message, help);
    }
}
