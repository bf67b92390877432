//! The lock of a store: one agent at a time.
//!
//! In: the path of the store. Out: the lock, held until it is dropped or its process dies, or who
//! holds it. It is held twice: on a file beside the store, which says who holds it, and on the store itself,
//! which may have another name elsewhere. Never removes the file: whoever removed it could lock another one
//! than the next. On a file system of the network a lock of the store would stand against the locks of SQLite, where it
//! can be taken at all: a store lies on a local disk.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::open::cannot_open;
use super::trouble::{error, from_io};
use crate::journal::{Error, ErrorKind};

/// The most that is read of a lock file: a process id and its line end.
const MOST: u64 = 32;

/// The held lock.
#[derive(Debug)]
pub struct Lock {
    file: File,
    /// The store itself, once it is there. Never closed before it is done with: that would take the locks of
    /// SQLite away, too.
    store: Option<File>,
}

impl Lock {
    /// Takes the lock of a store, and leaves this process's id in it.
    pub fn take(store: &Path) -> Result<Lock, Error> {
        let path = beside(store);
        let failed = |cause: std::io::Error| {
            let path = path.display();
            from_io(&format!("the lock {path} cannot be taken"), &cause)
        };
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.mode(0o600).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(taken(store, &mut file)),
            Err(TryLockError::Error(cause)) => return Err(failed(cause)),
        }
        // The id is there for people only: that it cannot be written is no reason to stop.
        let id = format!("{}\n", std::process::id());
        let written = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(id.as_bytes()));
        drop(written);
        let mut lock = Lock { file, store: None };
        lock.take_itself(store)?;
        Ok(lock)
    }

    /// Takes the lock of the file itself as well, if it is there: nobody works on it under another name.
    pub fn take_itself(&mut self, store: &Path) -> Result<(), Error> {
        if self.store.is_some() || !store.is_file() {
            return Ok(());
        }
        let opened = File::open(store);
        let file = opened.map_err(|cause| from_io(&cannot_open(store), &cause))?;
        let Err(refused) = file.try_lock() else {
            self.store = Some(file);
            return Ok(());
        };
        // Left open: with this one the kernel would close the locks that a connection of this process has on the same file
        // under another name.
        std::mem::forget(file);
        let store = store.display();
        Err(match refused {
            TryLockError::WouldBlock => {
                let why = format!(
                    "another agent works on {store}, by another name of the file (a hard link) or without its lock \
                     beside it; stop that one first, or give this one a store of its own"
                );
                error(ErrorKind::Taken, why)
            }
            TryLockError::Error(cause) => {
                let what = format!(
                    "the lock of {store} cannot be taken, as on a file system of the network: a store lies on a local disk"
                );
                from_io(&what, &cause)
            }
        })
    }
}

impl Lock {
    /// Refuses to look at a file on which an agent works by another name (a hard link): what is not copied into it yet is
    /// found by that name alone. Only for a process that has no other connection to it; changes nothing.
    pub fn refuse_other_name(store: &Path) -> Result<(), Error> {
        let links = std::fs::metadata(store).map_or(1, |found| found.nlink());
        let is_held = |path: &Path| {
            let held = File::open(path).map(|file| file.try_lock_shared());
            held.is_ok_and(|held| matches!(held, Err(TryLockError::WouldBlock)))
        };
        if links == 1 || is_held(&beside(store)) || !is_held(store) {
            return Ok(());
        }
        let why = format!(
            "an agent works on {} by another name of the file (a hard link), and not all that it wrote is found by this \
             one: say that name",
            store.display()
        );
        Err(error(ErrorKind::Taken, why))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone would leave it to a child of this process that has not begun its program
        // yet. If it fails, the lock goes with the process. The store goes first: whoever gets the file beside it
        // gets the store, too.
        drop(self.store.as_ref().map(File::unlock));
        drop(self.file.unlock());
    }
}

/// The lock file of a store: `PATH.lock`.
fn beside(store: &Path) -> PathBuf {
    let mut path = store.as_os_str().to_owned();
    path.push(".lock");
    path.into()
}

fn taken(store: &Path, file: &mut File) -> Error {
    let mut holder = String::new();
    let read = file.take(MOST).read_to_string(&mut holder);
    let store = store.display();
    let why = match holder.trim().parse::<u32>() {
        Ok(id) if read.is_ok() => format!(
            "another agent works on {store}: process {id} holds its lock; stop that one first, or \
             give this one a store of its own"
        ),
        Ok(_) | Err(_) => format!("another agent works on {store} and holds its lock"),
    };
    error(ErrorKind::Taken, why)
}
