//! A commit as files: a package at a revision, with the packages beside it that it depends on.
//!
//! A folder is read when it is asked for first, all that is below it at once. Links to files are followed. What lies
//! outside of the repository is of no revision: it is as the disk has it, and whoever reads it can ask whether it is.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::objects::{self, Blob, Followed};
use crate::host::Disk;
use crate::project::{Entry, EntryKind, Files, Table, Trouble, entries_below};

/// The most files that are taken from a revision.
const FILES: usize = 2_000;
/// The most bytes that they have together.
const BYTES: u64 = 64 * 1024 * 1024;

/// The files of packages at a commit; a path goes from one folder of them.
#[derive(Debug)]
pub struct Revision {
    top: PathBuf,
    /// As the user names it.
    named: String,
    /// The folder that paths go from, from the top.
    below: PathBuf,
    blobs: Vec<Blob>,
    /// The files, sorted.
    names: Vec<PathBuf>,
    /// The links that lead out of the repository.
    outside: BTreeMap<PathBuf, PathBuf>,
    taken: RefCell<Taken>,
}

/// What was read.
#[derive(Debug, Default)]
struct Taken {
    table: Table,
    folders: BTreeSet<PathBuf>,
    files: usize,
    bytes: u64,
}

/// Where a path leads.
enum Way {
    /// To this one, from the top.
    Inside(PathBuf),
    /// To the disk.
    Outside(PathBuf),
}

impl Revision {
    /// The files of a commit that the user names by this word.
    pub fn new(top: &Path, commit: &str, named: &str, below: &str) -> Result<Revision, String> {
        let Followed {
            files: blobs,
            outside,
        } = objects::followed(top, commit)?;
        // Where such a link leads nowhere it is no file, as on the disk.
        let leads = |to: &PathBuf| matches!(Disk.kind(to), Ok(EntryKind::File));
        let outside = outside.into_iter().filter(|(_, to)| leads(to));
        let outside: BTreeMap<PathBuf, PathBuf> =
            outside.map(|(path, to)| (path.into(), to)).collect();
        let inside = blobs.iter().map(|blob| PathBuf::from(&blob.path));
        let mut names: Vec<PathBuf> = inside.chain(outside.keys().cloned()).collect();
        names.sort();
        Ok(Revision {
            top: top.to_path_buf(),
            named: named.to_owned(),
            below: PathBuf::from(below),
            blobs,
            names,
            outside,
            taken: RefCell::default(),
        })
    }

    fn way(&self, path: &Path) -> Way {
        let mut inside = PathBuf::new();
        for part in self.below.join(path).components() {
            match part {
                Component::ParentDir if !inside.pop() => {
                    return Way::Outside(self.top.join(&self.below).join(path));
                }
                Component::ParentDir | Component::CurDir => {}
                Component::RootDir | Component::Prefix(_) => {
                    return Way::Outside(path.to_path_buf());
                }
                Component::Normal(name) => inside.push(name),
            }
        }
        match self.outside.get(&inside) {
            Some(outside) => Way::Outside(outside.clone()),
            None => Way::Inside(inside),
        }
    }

    fn listed(&self) -> impl Iterator<Item = &Path> {
        self.names.iter().map(PathBuf::as_path)
    }

    /// Reads what is below a folder.
    fn take(&self, folder: &Path) -> Result<(), Trouble> {
        let mut taken = self.taken.borrow_mut();
        if folder
            .ancestors()
            .any(|above| taken.folders.contains(above))
        {
            return Ok(());
        }
        let wanted = self.blobs.iter();
        let wanted: Vec<&Blob> = wanted
            .filter(|blob| Path::new(&blob.path).starts_with(folder))
            .collect();
        taken.files += wanted.len();
        let size = wanted.iter().fold(0_u64, |sum, blob| {
            sum.saturating_add(blob.size.unwrap_or_default())
        });
        taken.bytes = taken.bytes.saturating_add(size);
        if taken.files > FILES || taken.bytes > BYTES {
            let why =
                format!("the revision has more than {FILES} files, or {BYTES} bytes, of packages");
            return Err(Trouble::Refused(why));
        }
        let bytes = objects::bytes(&self.top, &wanted).map_err(Trouble::Refused)?;
        for (blob, bytes) in wanted.iter().zip(bytes) {
            taken.table.add(&blob.path, bytes);
        }
        taken.folders.insert(folder.to_path_buf());
        Ok(())
    }
}

impl Files for Revision {
    fn kind(&self, path: &Path) -> Result<EntryKind, Trouble> {
        let path = match self.way(path) {
            Way::Inside(path) => path,
            Way::Outside(path) => return Disk.kind(&path),
        };
        match self.listed().find(|known| known.starts_with(&path)) {
            Some(known) if known == path => Ok(EntryKind::File),
            Some(_) => Ok(EntryKind::Folder),
            None => Err(Trouble::Missing),
        }
    }

    fn list(&self, folder: &Path) -> Result<Vec<Entry>, Trouble> {
        let inside = match self.way(folder) {
            Way::Inside(inside) => inside,
            Way::Outside(outside) => {
                let mut entries = Disk.list(&outside)?;
                for entry in &mut entries {
                    let name = entry.path.file_name().unwrap_or_default();
                    entry.path = folder.join(name);
                }
                return Ok(entries);
            }
        };
        Ok(entries_below(self.listed(), &inside, folder))
    }

    fn read(&self, path: &Path, most: usize) -> Result<Vec<u8>, Trouble> {
        match self.way(path) {
            Way::Outside(path) => Disk.read(&path, most),
            Way::Inside(path) => {
                self.take(path.parent().unwrap_or(Path::new("")))?;
                self.taken.borrow().table.read(&path, most)
            }
        }
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        match self.way(path) {
            Way::Inside(path) => self.top.join(path),
            Way::Outside(path) => Disk.absolute(&path),
        }
    }

    fn revision(&self) -> Option<&str> {
        Some(&self.named)
    }

    fn leaves_revision(&self, path: &Path) -> bool {
        matches!(self.way(path), Way::Outside(_))
    }
}
