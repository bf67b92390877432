//! What went wrong, in the journal's kinds and in plain words.
//!
//! In: errors of SQLite and of the system. Out: errors of the journal. Never hides one.

use std::io;

use rusqlite::{ErrorCode, ffi};

use crate::journal::{Error, ErrorKind};

/// An error of this kind.
pub fn error(kind: ErrorKind, why: impl Into<String>) -> Error {
    Error {
        kind,
        why: why.into(),
    }
}

/// What is in the store cannot be read.
pub fn corrupt(what: &str) -> Error {
    error(
        ErrorKind::Corrupt,
        format!("the store is damaged: {what} cannot be read"),
    )
}

/// An error of SQLite.
pub fn from_sqlite(cause: rusqlite::Error) -> Error {
    use rusqlite::Error as Cause;
    match &cause {
        Cause::SqliteFailure(failure, _) => {
            let (kind, words) = kind(*failure);
            error(kind, format!("{words} ({cause})"))
        }
        Cause::FromSqlConversionFailure(..)
        | Cause::IntegralValueOutOfRange(..)
        | Cause::InvalidColumnType(..)
        | Cause::Utf8Error(..) => error(
            ErrorKind::Corrupt,
            format!("the store is damaged: a column holds what it cannot hold ({cause})"),
        ),
        // Every statement fits the tables that were made.
        Cause::SqlInputError { .. } => error(
            ErrorKind::Corrupt,
            format!("the store is damaged: its tables are not those that were made ({cause})"),
        ),
        _ => error(
            ErrorKind::Failed,
            format!("the store cannot be used ({cause})"),
        ),
    }
}

fn kind(failure: ffi::Error) -> (ErrorKind, &'static str) {
    // The shared index of the log could not grow: only a full disk does that.
    if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE {
        return (ErrorKind::Full, "there is no room left for the store");
    }
    match failure.code {
        ErrorCode::DiskFull => (ErrorKind::Full, "there is no room left for the store"),
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
            (ErrorKind::ReadOnly, "the store may not be written to")
        }
        ErrorCode::DatabaseCorrupt => (ErrorKind::Corrupt, "the store is damaged"),
        ErrorCode::NotADatabase => (ErrorKind::Corrupt, "the file is not a store"),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => (
            ErrorKind::Failed,
            "another program keeps the store locked for too long",
        ),
        ErrorCode::CannotOpen => (ErrorKind::Failed, "the store cannot be opened"),
        ErrorCode::SystemIoFailure => (
            ErrorKind::Failed,
            "the system failed to read or write the store",
        ),
        // Every statement fits the tables that were made.
        _ if failure.extended_code == ffi::SQLITE_ERROR => (
            ErrorKind::Corrupt,
            "the store is damaged: its tables are not those that were made",
        ),
        _ => (ErrorKind::Failed, "the store cannot be used"),
    }
}

/// An error of the system, about something that was tried: `the store cannot be opened`.
pub fn from_io(tried: &str, cause: &io::Error) -> Error {
    let kind = match cause.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::Full,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorKind::ReadOnly,
        _ => ErrorKind::Failed,
    };
    error(kind, format!("{tried} ({cause})"))
}
