//! Files of this machine.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::OFlags;

use crate::project::{Entry, EntryKind, Files, Trouble};

/// Names that are tried for a new text before it takes the old one's place.
const MOST_BESIDE: u32 = 100;

/// The disk, as [`Files`].
#[derive(Clone, Copy, Debug)]
pub struct Disk;

impl Files for Disk {
    fn kind(&self, path: &Path) -> Result<EntryKind, Trouble> {
        let found = fs::metadata(path).map_err(trouble)?;
        match (found.is_dir(), found.is_file()) {
            (true, _) => Ok(EntryKind::Folder),
            (_, true) => Ok(EntryKind::File),
            _ => Err(Trouble::Special),
        }
    }

    fn list(&self, folder: &Path) -> Result<Vec<Entry>, Trouble> {
        // An empty path is what is left of `.` when a prefix is cut off.
        let folder = match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        };
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder).map_err(trouble)? {
            let entry = entry.map_err(trouble)?;
            let path = entry.path();
            let kind = entry.file_type().map_err(trouble)?;
            // A link to a folder could lead in a circle, and one may lead nowhere; a link to a file is as good as
            // the file. What is no file is told when it is read.
            let leads_on = |path: &Path| fs::metadata(path).is_ok_and(|found| !found.is_dir());
            let kind = match kind.is_dir() {
                true => EntryKind::Folder,
                false if kind.is_symlink() && !leads_on(&path) => continue,
                false => EntryKind::File,
            };
            entries.push(Entry { path, kind });
        }
        Ok(entries)
    }

    fn read(&self, path: &Path, most: usize) -> Result<Vec<u8>, Trouble> {
        // To open a device may do something, and to open a pipe waits for whoever writes it: looked at first, and
        // opened so that nothing waits, should it be another one by then.
        regular(&fs::metadata(path).map_err(trouble)?)?;
        let mut options = OpenOptions::new();
        let flags = OFlags::NONBLOCK.bits() as i32;
        let opened = options.read(true).custom_flags(flags).open(path);
        let file = opened.map_err(trouble)?;
        regular(&file.metadata().map_err(trouble)?)?;
        read_all(file, most)
    }

    fn is_link(&self, path: &Path) -> bool {
        fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink())
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        let Ok(absolute) = std::path::absolute(path) else {
            return path.to_path_buf();
        };
        let mut plain = PathBuf::new();
        for part in absolute.components() {
            match part {
                Component::ParentDir => drop(plain.pop()),
                Component::CurDir => {}
                part => plain.push(part),
            }
        }
        plain
    }
}

/// That it is no pipe, no device and no socket; reading a folder says itself why it cannot be.
fn regular(found: &Metadata) -> Result<(), Trouble> {
    match found.is_file() || found.is_dir() {
        true => Ok(()),
        false => Err(Trouble::Special),
    }
}

/// The bytes of what the user names to be read, whatever it is: a pipe is as good as a file.
pub fn read_named(path: &Path, most: usize) -> Result<Vec<u8>, Trouble> {
    read_all(File::open(path).map_err(trouble)?, most)
}

/// All bytes of a reader, at most `most` of them.
pub fn read_all(reader: impl Read, most: usize) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    let mut reader = reader.take(most as u64 + 1);
    reader.read_to_end(&mut bytes).map_err(trouble)?;
    match bytes.len() > most {
        true => Err(Trouble::TooLarge),
        false => Ok(bytes),
    }
}

/// Writes a file that must not be there yet, and makes the folders above it.
pub fn create(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes())
}

/// Writes a file at once: either the old text is there or the new one, never half of it. A link stays, and the file that
/// it leads to is written; a device or a pipe gets the text, and no file takes its place.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let path = match fs::metadata(path) {
        Ok(found) if !found.is_file() => {
            return OpenOptions::new()
                .write(true)
                .open(path)?
                .write_all(text.as_bytes());
        }
        Ok(_) => &fs::canonicalize(path)?,
        Err(_) => path,
    };
    let (beside, file) = create_beside(path)?;
    let result = replace(file, &beside, path, text);
    if result.is_err() {
        // The write failed already; what became of the leftover changes nothing about that.
        let _ = fs::remove_file(&beside);
    }
    result
}

/// A new file in the same folder. What has such a name already, a link say, is somebody else's.
fn create_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut taken = None;
    for number in 0..MOST_BESIDE {
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{number}.new"));
        let beside = path.with_file_name(name);
        match File::create_new(&beside) {
            Ok(file) => return Ok((beside, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(taken.unwrap_or_else(|| io::ErrorKind::AlreadyExists.into()))
}

fn replace(mut file: File, beside: &Path, path: &Path, text: &str) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    if let Ok(old) = fs::metadata(path) {
        file.set_permissions(old.permissions())?;
    }
    fs::rename(beside, path)
}

fn trouble(error: io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Trouble::Missing,
        _ => Trouble::Refused(plain(&error)),
    }
}

/// The system's words without its number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.into(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{FileTypeExt, symlink};

    use super::*;

    #[test]
    fn a_link_stays_and_its_file_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        symlink("file", &link).unwrap();
        write(&link, "new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
    }

    #[test]
    fn what_is_no_file_gets_the_text_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        // Held open both ways, so that neither side waits for the other.
        let mut held = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&pipe)
            .unwrap();
        write(&pipe, "text").unwrap();
        let mut read = [0; 4];
        held.read_exact(&mut read).unwrap();
        assert_eq!(&read, b"text");
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    }
}
