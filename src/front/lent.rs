//! The packages that one depends on: their trees, and what is said of them to whoever uses them.
//!
//! In: a package as it was loaded. Out: [`Lent`]. Of a dependency only errors are told, each once, as of the
//! dependency: its warnings, and mending it, are the affair of those who write it.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::read;
use crate::check::Dependency;
use crate::diag::{Diagnostic, Kind};
use crate::project::Package;
use crate::text::{SourceId, Sources};

/// What the packages lend.
#[derive(Debug, Default)]
pub struct Lent {
    pub packages: Vec<Dependency>,
    /// What is wrong with their texts.
    pub diagnostics: Vec<Diagnostic>,
    /// The names of those that the package itself may use.
    pub uses: Vec<SmolStr>,
    /// Whether one that is wanted is not there, or not as it is pinned.
    is_short: bool,
    /// Of which package a file is.
    owners: BTreeMap<SourceId, SmolStr>,
}

impl Lent {
    /// Parses the dependencies of a package.
    pub fn of(sources: &Sources, package: &Package) -> Lent {
        let manifest = package.manifest.as_ref();
        let mut lent = Lent {
            uses: manifest.map_or_else(Vec::new, crate::project::Manifest::uses),
            is_short: is_short(package),
            ..Lent::default()
        };
        for found in &package.dependencies {
            let name = found.name.clone();
            let files: Vec<SourceId> = found.files.iter().map(|file| file.source).collect();
            let owned = files.iter().map(|file| (*file, name.clone()));
            lent.owners.extend(owned);
            let (files, diagnostics) = read(sources, &files);
            lent.diagnostics.extend(diagnostics);
            let uses = found.manifest.uses();
            lent.packages.push(Dependency { name, files, uses });
        }
        lent
    }

    /// Where a dependency is not there, or its text cannot be read, what it lends is not known, so nothing is idle or
    /// unused for certain: only errors stay.
    pub fn hush(&self, said: &mut Vec<Diagnostic>) {
        let is_error = |found: &Diagnostic| found.code.kind() == Kind::Error;
        if self.is_short || self.diagnostics.iter().any(is_error) {
            said.retain(is_error);
        }
    }

    /// Says of what is wrong in a dependency that it is there, and drops what is not for its users.
    pub fn tell(&self, diagnostics: &mut Vec<Diagnostic>) {
        let owner = |found: &Diagnostic| self.owners.get(&found.primary.span.source);
        diagnostics.retain(|found| owner(found).is_none() || found.code.kind() == Kind::Error);
        for found in diagnostics {
            let Some(of) = self.owners.get(&found.primary.span.source) else {
                continue;
            };
            found.message = format!("in the dependency `{of}`: {}", found.message);
            found.fixes.clear();
        }
    }
}

/// Whether something that is wanted, by the package or by what it depends on, was not found.
fn is_short(package: &Package) -> bool {
    let found = &package.dependencies;
    let manifests = found.iter().map(|found| &found.manifest);
    let mut wanted = manifests
        .chain(&package.manifest)
        .flat_map(|manifest| &manifest.dependencies);
    wanted.any(|wanted| found.iter().all(|found| found.name != wanted.name))
}
