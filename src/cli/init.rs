//! `rbk init`: a package to start from, which checks, is formatted and passes its tests.

use std::io;
use std::path::PathBuf;

use super::CLEAN;
use super::terminal::Terminal;

/// Start a package
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder; it is made if it is not there
    #[arg(default_value = ".")]
    path: PathBuf,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let _ = (terminal, &arguments.path);
    Ok(CLEAN)
}
