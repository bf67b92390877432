//! Files that commands write: where one cannot be written, people are told which and why.

use std::fmt::Display;
use std::io;
use std::path::Path;

use crate::host;

use super::terminal::{Terminal, in_a_line};

/// Writes a file; gives false where it cannot be written, which is said.
pub fn write(path: &Path, text: &str, terminal: &mut Terminal) -> io::Result<bool> {
    match host::write(path, text) {
        Ok(()) => Ok(true),
        Err(error) => refused(path, error, terminal),
    }
}

/// Writes files into a folder, which is made if it is not there; the same.
pub fn write_all(
    folder: &Path,
    files: &[(String, String)],
    terminal: &mut Terminal,
) -> io::Result<bool> {
    if let Err(error) = std::fs::create_dir_all(folder) {
        return refused(folder, error, terminal);
    }
    for (name, text) in files {
        if !write(&folder.join(name), text, terminal)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Says that something cannot be written.
pub fn refused(path: &Path, why: impl Display, terminal: &mut Terminal) -> io::Result<bool> {
    let shown = in_a_line(&path.to_string_lossy());
    terminal.complain(&format!("error: `{shown}` cannot be written: {why}\n"))?;
    Ok(false)
}
