//! `rbk vendor`: copies what a package depends on into it, for places without a network.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diag::human;
use crate::front;
use crate::host::{self, Cache, Disk};
use crate::project::lock::{self, FORMAT, LOCK, Lock};
use crate::project::{self, Entry, EntryKind, Files, Package, Trouble, VENDOR};
use crate::text::Sources;

use super::packages::count;
use super::terminal::Terminal;
use super::{CLEAN, FINDINGS};

const AFTER_HELP: &str = "\
Examples:
  rbk vendor            copy what the package around the working folder depends on
  rbk vendor ops/       what the package in `ops` depends on

What is in `vendor` is taken before what is in the cache, and is held to its lock. Nothing is fetched:
run `rbk fetch` first.";

/// Copy what a package depends on into its folder `vendor`
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// The folder of a package
    #[arg(default_value = ".")]
    path: PathBuf,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let mut sources = Sources::default();
    let cache = Cache::of_user();
    let (package, found) =
        project::load_whole(&WithoutVendor, &cache, &arguments.path, &mut sources);
    let Some(package) = package.filter(|_| front::is_sound(&found)) else {
        terminal.say(&human::render(&found, &sources, terminal.look()))?;
        return Ok(FINDINGS);
    };
    let folder = package.path.join(VENDOR);
    if folder.exists() && !folder.join(LOCK).exists() {
        terminal.complain(&format!(
            "error: `{}` is there, and `rbk vendor` did not write it\n",
            folder.display()
        ))?;
        return Ok(FINDINGS);
    }
    let beside = package.path.join(".vendor.new");
    let result = remove(&beside).and_then(|()| copy(&package, &beside));
    let result = result.and_then(|()| {
        remove(&folder)?;
        fs::rename(&beside, &folder)
    });
    if result.is_err() {
        // The copy failed already; what is left of it changes nothing about that.
        let _ = remove(&beside);
    }
    result?;
    let copied = count(package.dependencies.len(), "package");
    terminal.say(&format!("{}: {copied}\n", folder.display()))?;
    Ok(CLEAN)
}

/// Writes what the package depends on, and a lock that says what it is.
fn copy(package: &Package, to: &Path) -> io::Result<()> {
    let root = Disk.absolute(&package.path);
    let mut locked = Vec::new();
    for found in &package.dependencies {
        for path in found.all_files() {
            let short = path.strip_prefix(tidy(&found.folder)).unwrap_or(&path);
            let place = to.join(found.name.as_str()).join(short);
            fs::create_dir_all(place.parent().unwrap_or(to))?;
            fs::write(&place, fs::read(&path)?)?;
        }
        locked.push(found.locked(&root));
    }
    locked.sort();
    fs::create_dir_all(to)?;
    let lock = Lock {
        format: FORMAT,
        dependencies: locked,
        ..Lock::default()
    };
    host::write(&to.join(LOCK), &lock::write(&lock))
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The path without a leading `./`.
fn tidy(path: &Path) -> &Path {
    path.strip_prefix(".").unwrap_or(path)
}

/// The disk as if nothing had been copied before: the copies are made of what they are copies of.
struct WithoutVendor;

impl Files for WithoutVendor {
    fn kind(&self, path: &Path) -> Result<EntryKind, Trouble> {
        match path.ends_with(Path::new(VENDOR).join(LOCK)) {
            true => Err(Trouble::Missing),
            false => Disk.kind(path),
        }
    }

    fn list(&self, folder: &Path) -> Result<Vec<Entry>, Trouble> {
        Disk.list(folder)
    }

    fn read(&self, path: &Path, most: usize) -> Result<Vec<u8>, Trouble> {
        Disk.read(path, most)
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        Disk.absolute(path)
    }
}
