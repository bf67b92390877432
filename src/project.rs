//! Packages: a folder with a manifest, and every `.rbk` file below it.
//!
//! In: a path and a [`Files`] to look through. Out: a [`Package`] whose sources are loaded, with those of
//! the packages that it depends on, and diagnostics for what cannot be read. Never touches a disk itself:
//! whoever calls brings the files.

mod depend;
mod files;
mod gather;
pub mod lock;
mod manifest;
mod overlay;
mod table;

pub use depend::{Dependency, Fetched, Found, Missing, Nothing, VENDOR, package_hash};
pub use files::{Entry, EntryKind, Files, Trouble};
pub use gather::{describe, is_runbook_file};
pub use lock::Lock;
pub use manifest::{
    EDITION, Git, Level, Levels, MANIFEST, Manifest, Wanted, WantedFrom, is_commit, lock_base,
    name_problem,
};
pub use overlay::Overlay;
pub use table::{Table, entries_below};

use std::path::{Path, PathBuf};

use crate::diag::Diagnostic;
use crate::literal::Server;
use crate::text::{SourceId, Sources};

/// What is checked, formatted and tested as one: all its files see each other's items.
#[derive(Clone, Debug)]
pub struct Package {
    /// None for a single file that belongs to no package.
    pub manifest: Option<Manifest>,
    /// Its text.
    pub manifest_source: Option<SourceId>,
    /// The package's folder, or the single file.
    pub path: PathBuf,
    /// The `.rbk` files, in the order of their paths.
    pub files: Vec<PackageFile>,
    /// What is locked; none where there is no lock.
    pub lock: Option<Lock>,
    /// What it depends on, directly or not, each behind those that it uses itself.
    pub dependencies: Vec<Dependency>,
    /// What it depends on and was not fetched, or is not as it was fetched.
    pub missing: Vec<Missing>,
}

impl Package {
    /// The name in the manifest; for a single file, the file's own.
    pub fn name(&self) -> String {
        match &self.manifest {
            Some(manifest) => manifest.name.clone(),
            None => {
                let name = self.path.file_stem().unwrap_or_default();
                name.to_string_lossy().into_owned()
            }
        }
    }

    /// The Prometheus that the queries are for.
    pub fn server(&self) -> Server {
        let manifest = self.manifest.as_ref();
        manifest.map_or_else(Server::default, |manifest| manifest.prometheus.clone())
    }

    /// What it makes of lints.
    pub fn lints(&self) -> Levels {
        let manifest = self.manifest.as_ref();
        manifest.map_or_else(Levels::default, |manifest| manifest.lints.clone())
    }

    /// The version in the manifest; a single file has none of its own.
    pub fn version(&self) -> &str {
        match &self.manifest {
            Some(manifest) => &manifest.version,
            None => "0.0.0",
        }
    }
}

/// One file of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageFile {
    pub path: PathBuf,
    pub source: SourceId,
}

/// Loads the package that `path` names: a folder with `rbk.toml` in it or above it, a file of such
/// a folder, or a single `.rbk` file that belongs to no package.
///
/// A package that can be read in part is given in part, with a diagnostic for the rest.
pub fn load(
    files: &dyn Files,
    path: &Path,
    sources: &mut Sources,
) -> (Option<Package>, Vec<Diagnostic>) {
    let mut gather = gather::Gather::new(files, sources);
    let package = match files.kind(path) {
        Err(trouble) => {
            gather.trouble(path, trouble);
            None
        }
        Ok(EntryKind::File) if !gather::is_runbook_file(path) && !is_manifest(path) => {
            gather.not_a_runbook_file(path);
            None
        }
        Ok(kind) => match gather.find_folder(path, kind) {
            Some(folder) => gather.package(&folder),
            None if kind == EntryKind::File => gather.single(path),
            None => {
                gather.no_package(path);
                None
            }
        },
    };
    (package, gather.finish())
}

/// The same with all that the package depends on, which lies beside it, in its folder `vendor` or among what
/// was fetched.
pub fn load_whole(
    files: &dyn Files,
    fetched: &dyn Fetched,
    path: &Path,
    sources: &mut Sources,
) -> (Option<Package>, Vec<Diagnostic>) {
    let (mut package, mut diagnostics) = load(files, path, sources);
    if let Some(package) = &mut package {
        diagnostics.extend(depend::load(files, fetched, package, sources));
    }
    (package, diagnostics)
}

/// Loads one file, whatever package it belongs to.
pub fn load_file(
    files: &dyn Files,
    path: &Path,
    sources: &mut Sources,
) -> (Option<Package>, Vec<Diagnostic>) {
    let mut gather = gather::Gather::new(files, sources);
    let package = match gather::is_runbook_file(path) {
        true => gather.single(path),
        false => {
            gather.not_a_runbook_file(path);
            None
        }
    };
    (package, gather.finish())
}

/// Takes in a text under a name, unless it is not UTF-8.
pub fn take_in(name: &str, bytes: &[u8], sources: &mut Sources) -> Result<SourceId, Diagnostic> {
    match std::str::from_utf8(bytes) {
        // A byte order mark says nothing that is not known.
        Ok(text) => Ok(sources.add(name, text.strip_prefix('\u{feff}').unwrap_or(text))),
        Err(error) => Err(gather::not_utf8(name, bytes, error.valid_up_to(), sources)),
    }
}

fn is_manifest(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == MANIFEST)
}
