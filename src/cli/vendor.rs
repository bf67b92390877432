//! `rbk vendor`: copies what a package depends on into it, for places without a network.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diag::human;
use crate::front;
use crate::host::{self, Cache, Disk};
use crate::project::lock::{self, FORMAT, LOCK, Lock, LockedDependency};
use crate::project::{self, Dependency, Entry, EntryKind, Files, Package, Trouble, VENDOR};
use crate::text::Sources;

use super::packages::{One, count};
use super::terminal::Terminal;
use super::{CLEAN, FINDINGS, output};

const AFTER_HELP: &str = "\
Examples:
  rbk vendor            copy what the package around the working folder depends on
  rbk vendor ops/       what the package in `ops` depends on

What is in `vendor` takes precedence over the cache, and is checked against its lock. Nothing is
fetched: run `rbk fetch` first.";

/// Copy what a package depends on into its folder `vendor`
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    #[command(flatten)]
    package: One,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let mut sources = Sources::default();
    let cache = Cache::of_user();
    let path = &arguments.package.path;
    let (package, found) = project::load_whole(&WithoutVendor, &cache, path, &mut sources);
    let Some(package) = package.filter(|_| front::is_sound(&found)) else {
        if let Some(whole) = complete(&cache, path) {
            let copied = count(whole.dependencies.len(), "package");
            let folder = whole.path.join(VENDOR);
            terminal.say(&format!(
                "{}: {copied}, all there already\n",
                folder.display()
            ))?;
            return Ok(CLEAN);
        }
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
    if let Err(error) = result {
        output::refused(&folder, error, terminal)?;
        return Ok(FINDINGS);
    }
    let copied = count(package.dependencies.len(), "package");
    terminal.say(&format!("{}: {copied}\n", folder.display()))?;
    Ok(CLEAN)
}

/// The package, if all that it depends on was copied before and is what it was then.
fn complete(cache: &Cache, path: &Path) -> Option<Package> {
    let mut sources = Sources::default();
    let (package, found) = project::load_whole(&Disk, cache, path, &mut sources);
    let package = package.filter(|_| front::is_sound(&found))?;
    let (root, vendor) = (Disk.absolute(&package.path), package.path.join(VENDOR));
    let mut locked: Vec<LockedDependency> = package
        .dependencies
        .iter()
        .map(|found| found.locked(&root))
        .collect();
    locked.sort();
    let text = fs::read_to_string(vendor.join(LOCK)).ok()?;
    let id = sources.add(LOCK, &text);
    let copied = lock::read(sources.source(id)).ok()?.dependencies;
    let is_copied = |found: &Dependency| {
        project::package_hash(&Disk, &vendor.join(found.name.as_str())) == found.hash
    };
    (copied == locked && package.dependencies.iter().all(is_copied)).then_some(package)
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

/// Whether a folder is one that `rbk vendor` wrote.
fn is_written(folder: &Path) -> bool {
    folder.ends_with(VENDOR) && Disk.kind(&folder.join(LOCK)).is_ok()
}

impl Files for WithoutVendor {
    fn kind(&self, path: &Path) -> Result<EntryKind, Trouble> {
        match is_written(path) || path.parent().is_some_and(is_written) {
            true => Err(Trouble::Missing),
            false => Disk.kind(path),
        }
    }

    fn list(&self, folder: &Path) -> Result<Vec<Entry>, Trouble> {
        let mut entries = Disk.list(folder)?;
        entries.retain(|entry| !is_written(&entry.path));
        Ok(entries)
    }

    fn read(&self, path: &Path, most: usize) -> Result<Vec<u8>, Trouble> {
        Disk.read(path, most)
    }

    fn is_link(&self, path: &Path) -> bool {
        Disk.is_link(path)
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        Disk.absolute(path)
    }
}
