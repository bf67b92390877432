//! Puts a new text in a file's place, if it still has the text that was read.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::files::{Disk, write};
use crate::project::Files;
use crate::text::Source;

/// What editors of other systems put before a text; who reads one drops it.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Why a file was left as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// It has another text than was read.
    Changed,
    /// It is a link that leads out of the folder.
    Elsewhere,
    /// It cannot be read or written, in the system's words.
    Refused(String),
}

impl std::fmt::Display for Left {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Left::Changed => out.write_str("it was changed meanwhile"),
            Left::Elsewhere => out.write_str("it is a link that leads out of the package"),
            Left::Refused(why) => out.write_str(why),
        }
    }
}

/// Writes `after` to the file at `path`, which lies in `folder` and has the text `before`. A link is followed, and
/// stays one.
///
/// # Errors
/// Why nothing was written.
pub fn swap(folder: &Path, path: &Path, before: &str, after: &str) -> Result<(), Left> {
    let (path, mark) = swappable(folder, path, before)?;
    write(&path, &format!("{mark}{after}")).map_err(refused)
}

/// Where `swap` would write, and the mark before the text there.
///
/// # Errors
/// Why it would not.
pub fn swappable(
    folder: &Path,
    path: &Path,
    before: &str,
) -> Result<(PathBuf, &'static str), Left> {
    let path = fs::canonicalize(path).map_err(refused)?;
    let folder = fs::canonicalize(folder).map_err(refused)?;
    if !path.starts_with(&folder) {
        return Err(Left::Elsewhere);
    }
    let bytes = Disk.read(&path, Source::MAX_BYTES);
    let bytes = bytes.map_err(|trouble| Left::Refused(trouble.to_string()))?;
    let (mark, text) = match bytes.strip_prefix(BYTE_ORDER_MARK.as_bytes()) {
        Some(text) => (BYTE_ORDER_MARK, text),
        None => ("", &*bytes),
    };
    if text != before.as_bytes() {
        return Err(Left::Changed);
    }
    Ok((path, mark))
}

fn refused(error: io::Error) -> Left {
    Left::Refused(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_read_is_replaced_and_links_stay_inside() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "old").unwrap();
        assert_eq!(
            swap(folder.path(), &path("a"), "older", "new"),
            Err(Left::Changed)
        );
        assert_eq!(swap(folder.path(), &path("a"), "old", "new"), Ok(()));
        assert_eq!(fs::read_to_string(path("a")).unwrap(), "new");
        std::os::unix::fs::symlink("a", path("b")).unwrap();
        assert_eq!(swap(folder.path(), &path("b"), "new", "newer"), Ok(()));
        assert_eq!(fs::read_to_string(path("a")).unwrap(), "newer");
        assert!(fs::symlink_metadata(path("b")).unwrap().is_symlink());
        fs::write(path("a"), "\u{feff}old").unwrap();
        assert_eq!(swap(folder.path(), &path("a"), "old", "new"), Ok(()));
        assert_eq!(fs::read_to_string(path("a")).unwrap(), "\u{feff}new");
        // What lies where the new text would be written first is not touched.
        std::os::unix::fs::symlink(outside.path().join("victim"), path("a.0.new")).unwrap();
        assert_eq!(swap(folder.path(), &path("a"), "new", "newer"), Ok(()));
        assert!(!outside.path().join("victim").exists());
        assert!(!fs::symlink_metadata(path("a")).unwrap().is_symlink());
        fs::write(outside.path().join("c"), "c").unwrap();
        std::os::unix::fs::symlink(outside.path().join("c"), path("c")).unwrap();
        assert_eq!(
            swap(folder.path(), &path("c"), "c", "d"),
            Err(Left::Elsewhere)
        );
    }
}
