//! What a package needs of a file system, as a trait: the disk, or a table in memory.

use std::path::{Path, PathBuf};

/// A place to look for files.
pub trait Files {
    /// What stands at the path.
    fn kind(&self, path: &Path) -> Result<EntryKind, Trouble>;

    /// What is directly in a folder, in any order; links to folders are left out.
    fn list(&self, folder: &Path) -> Result<Vec<Entry>, Trouble>;

    /// A regular file's bytes, without a wait for whoever writes it: at most `most` of them; a longer one is [`Trouble::TooLarge`].
    fn read(&self, path: &Path, most: usize) -> Result<Vec<u8>, Trouble>;

    /// The path from the root, without `.` and `..`.
    fn absolute(&self, path: &Path) -> PathBuf;

    /// Whether the path itself is a link, wherever it leads.
    fn is_link(&self, _path: &Path) -> bool {
        false
    }

    /// The revision that the files are of, as the user names it; none where they are those of today.
    fn revision(&self) -> Option<&str> {
        None
    }

    /// Whether a path leads out of a revision, to what is there today: what was there then cannot be known.
    fn leaves_revision(&self, _path: &Path) -> bool {
        false
    }
}

/// A folder or a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    File,
    Folder,
}

/// Something in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// With the folder's path before it.
    pub path: PathBuf,
    pub kind: EntryKind,
}

/// Why a path cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is nothing at the path.
    Missing,
    TooLarge,
    /// It is neither a file nor a folder: a pipe, a device, a socket.
    Special,
    /// Anything else, in the system's words: "permission denied".
    Refused(String),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Trouble::Missing => out.write_str("there is no such file"),
            Trouble::TooLarge => out.write_str("it is too large"),
            Trouble::Special => out.write_str("it is neither a file nor a folder"),
            Trouble::Refused(why) => out.write_str(&why.to_lowercase()),
        }
    }
}
