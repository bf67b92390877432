//! Opening a store: to own it, or to look at it.
//!
//! In: a path. Out: a store whose settings were read back, or why not. Never changes a file before
//! it has seen that it is a store, and never takes one over from an agent that is alive.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use rustix::fs::{Access, AtFlags};

use super::lock::Lock;
use super::migrate::{self, Schema};
use super::trouble::{error, from_io, from_sqlite};
use super::{Owner, Sqlite};
use crate::journal::{Epoch, Error, ErrorKind};

/// How long it waits for somebody who looks with another tool.
const PATIENCE: Duration = Duration::from_secs(5);

/// More than there are different statements.
const STATEMENTS: usize = 64;

/// The most memory for pages, in KiB: what ten thousand runs at work touch in one batch. With less,
/// pages are written to the log before their batch is complete, and read back.
const CACHE: i64 = 32 << 10;

/// What the log is cut back to once it is copied, in bytes.
const LOG: i64 = 16 << 20;

/// Which file a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inode {
    device: u64,
    number: u64,
}

impl Inode {
    fn of(path: &Path) -> std::io::Result<Inode> {
        let found = fs::metadata(path)?;
        Ok(Inode {
            device: found.dev(),
            number: found.ino(),
        })
    }

    /// Refuses if the path leads elsewhere by now: what is written would be lost.
    pub fn check(self, path: &Path) -> Result<(), Error> {
        match Inode::of(path) {
            Ok(now) if now == self => Ok(()),
            Ok(_) | Err(_) => Err(error(
                ErrorKind::Failed,
                format!("{} was moved, deleted or replaced", path.display()),
            )),
        }
    }
}

impl Sqlite {
    /// Takes a store for its own. Makes it if there is none; `fresh_name` is its name then.
    pub fn open(path: &Path, fresh_name: &str) -> Result<Sqlite, Error> {
        let path = plain(path)?;
        let mut lock = Lock::take(&path)?;
        make(&path)?;
        lock.take_itself(&path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&path, flags).map_err(from_sqlite)?;
        prepare(&connection)?;
        migrate::look(&connection)?;
        make_durable(&connection)?;
        let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = begun.map_err(from_sqlite)?;
        let schema = migrate::look(&transaction)?;
        let migrated = migrate::migrate(&transaction, schema)?;
        if schema == Schema::Fresh {
            let meta = "INSERT INTO meta (id, name, epoch) VALUES (0, ?1, 0)";
            let made = transaction.execute(meta, [fresh_name]);
            made.map_err(from_sqlite)?;
        }
        let risen = transaction.execute("UPDATE meta SET epoch = epoch + 1", []);
        risen.map_err(from_sqlite)?;
        let epoch = epoch(&transaction)?;
        transaction.commit().map_err(from_sqlite)?;
        // Somebody who looks may keep the log from being copied: that is no trouble.
        let copied = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        copied.map_err(from_sqlite)?;
        let known = |path: PathBuf| {
            let inode = Inode::of(&path).map_err(|cause| from_io(&cannot_open(&path), &cause));
            Ok((path, inode?))
        };
        // The log stays from here on: it is cut back, never taken away.
        let owner = Owner {
            epoch,
            files: [known(path.clone())?, known(log_of(&path))?],
            _lock: lock,
        };
        Ok(Sqlite {
            connection,
            path,
            owner: Some(owner),
            migrated,
            broken: None,
        })
    }

    /// Whether another agent works on a store; changes nothing.
    pub fn taken(path: &Path) -> Option<Error> {
        let path = plain(path).ok()?;
        let refused = path.exists().then(|| Lock::take(&path).err())??;
        (refused.kind == ErrorKind::Taken).then_some(refused)
    }

    /// Opens a store to look at it, while an agent works on it or none does.
    pub fn read(path: &Path) -> Result<Sqlite, Error> {
        let path = plain(path)?;
        Sqlite::seen(&path)?.ok_or_else(|| empty(&path))
    }

    /// The same for a process that has it open nowhere else: refuses a name by which it is not all there. None where no
    /// agent has used it yet: it is not there, or empty.
    pub fn look(path: &Path) -> Result<Option<Sqlite>, Error> {
        let path = plain(path)?;
        match path.symlink_metadata() {
            Ok(_) => {}
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(from_io(&cannot_open(&path), &cause)),
        }
        Lock::refuse_other_name(&path)?;
        Sqlite::seen(&path)
    }

    /// What is there to be looked at; none if it is empty.
    fn seen(path: &Path) -> Result<Option<Sqlite>, Error> {
        may(path, Access::READ_OK)?;
        let connection = match read_only(path) {
            Err(refused) => unwritten(path).ok_or(refused)?,
            Ok(connection) => connection,
        };
        match migrate::look(&connection)? {
            Schema::Current => {}
            Schema::Fresh => return Ok(None),
            Schema::Older(version) => {
                let tables = migrate::tables_added(version).ok_or_else(|| earlier(path))?;
                // In a database of this connection: nothing is written to the file.
                connection.execute_batch(&tables).map_err(from_sqlite)?;
                migrate::look_at_form(&connection)?;
            }
        }
        Ok(Some(Sqlite {
            connection,
            path: path.to_owned(),
            owner: None,
            migrated: None,
            broken: None,
        }))
    }
}

/// Says of a store that its tables are others than those that are read.
fn earlier(path: &Path) -> Error {
    let path = path.display();
    let why = format!(
        "an earlier version of this tool wrote {path}: start the agent once, which brings it up to date"
    );
    error(ErrorKind::Failed, why)
}

/// Says of a store that nothing is in it.
fn empty(path: &Path) -> Error {
    let why = format!("{} is empty: no agent has used it yet", path.display());
    error(ErrorKind::Failed, why)
}

/// The epoch in the store.
pub fn epoch(connection: &Connection) -> Result<Epoch, Error> {
    let statement = connection.prepare_cached("SELECT epoch FROM meta");
    let epoch = statement.and_then(|mut statement| statement.query_row([], |row| row.get(0)));
    let epoch: i64 = epoch.map_err(from_sqlite)?;
    Ok(Epoch(u64::try_from(epoch).unwrap_or_default()))
}

/// Makes an empty file that only its owner reads, or makes sure that the one there can be written:
/// SQLite would be content with a file that it can only read, and says less.
///
/// Never opens a file that is there: on closing it again the kernel would drop the locks that
/// another connection of this process has on it.
fn make(path: &Path) -> Result<(), Error> {
    let mut options = OpenOptions::new();
    let made = options.write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(_) => Ok(()),
        Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => {
            may(path, Access::READ_OK | Access::WRITE_OK)
        }
        Err(cause) => Err(from_io(&cannot_open(path), &cause)),
    }
}

/// Whether this process may do this with the file.
fn may(path: &Path, access: Access) -> Result<(), Error> {
    let allowed = rustix::fs::accessat(rustix::fs::CWD, path, access, AtFlags::EACCESS);
    allowed.map_err(|cause| from_io(&cannot_open(path), &cause.into()))
}

/// The path without symbolic links, so that two ways to one store meet at one lock.
fn plain(path: &Path) -> Result<PathBuf, Error> {
    let failed = |cause| from_io(&cannot_open(path), &cause);
    if let Ok(plain) = path.canonicalize() {
        return Ok(plain);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    let folder = folder.canonicalize().map_err(failed)?;
    match path.file_name() {
        Some(name) => Ok(folder.join(name)),
        None => Err(error(ErrorKind::Failed, cannot_open(path))),
    }
}

/// Where SQLite keeps what is not copied into the store yet.
fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

pub fn cannot_open(path: &Path) -> String {
    format!("the store {} cannot be opened", path.display())
}

/// What every connection is set to.
fn prepare(connection: &Connection) -> Result<(), Error> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(PATIENCE).map_err(from_sqlite)?;
    // A damaged file must not be trusted to say what its own tables do.
    for (setting, value) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
    ] {
        let set = connection.set_db_config(setting, value);
        set.map_err(from_sqlite)?;
    }
    let pages = format!("PRAGMA cell_size_check = ON; PRAGMA cache_size = -{CACHE}");
    connection.execute_batch(&pages).map_err(from_sqlite)
}

/// What makes a commit durable. Each is read back: SQLite goes on without what it cannot do.
fn make_durable(connection: &Connection) -> Result<(), Error> {
    let mode = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0));
    let mode: String = mode.map_err(from_sqlite)?;
    if mode != "wal" {
        return Err(unfit("journal_mode", &mode, "wal"));
    }
    let set = "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA foreign_keys = ON";
    connection.execute_batch(set).map_err(from_sqlite)?;
    for (pragma, wanted) in [("synchronous", 2), ("foreign_keys", 1)] {
        let found = connection.pragma_query_value(None, pragma, |row| row.get(0));
        let found: i64 = found.map_err(from_sqlite)?;
        if found != wanted {
            return Err(unfit(pragma, &found.to_string(), &wanted.to_string()));
        }
    }
    let limit = connection.pragma_update_and_check(None, "journal_size_limit", LOG, |_| Ok(()));
    limit.map_err(from_sqlite)
}

fn unfit(pragma: &str, found: &str, wanted: &str) -> Error {
    error(
        ErrorKind::Failed,
        format!(
            "the store cannot be made durable here: {pragma} stays {found} instead of {wanted}; \
             is it on a network file system?"
        ),
    )
}

fn read_only(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(from_sqlite)?;
    prepare(&connection)?;
    migrate::look(&connection)?;
    Ok(connection)
}

/// A store that nobody can be writing to: where the folder is read-only SQLite cannot make the
/// files that readers and writers share, and needs none if there is no log.
fn unwritten(path: &Path) -> Option<Connection> {
    if log_of(path).exists() {
        return None;
    }
    let mut address = String::from("file:");
    for character in path.to_str()?.chars() {
        match character {
            '%' => address.push_str("%25"),
            '?' => address.push_str("%3f"),
            '#' => address.push_str("%23"),
            character => address.push(character),
        }
    }
    address.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(address, flags).ok()?;
    prepare(&connection).ok()?;
    migrate::look(&connection).ok()?;
    Some(connection)
}
