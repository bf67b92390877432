//! One name and version, one behaviour: what an agent has had at work under each version.
//!
//! In: packages as they are loaded. Out: why one is refused: it does something else than before under the
//! same version, so records and approvals that speak of that version would speak of two.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::load::{Package, Refused};
use crate::diag::Code;
use crate::program::manifest::CoreHash;

/// What each version of each runbook does, as far as this agent has had it at work.
#[derive(Debug, Default)]
pub struct Versions(BTreeMap<(SmolStr, SmolStr), CoreHash>);

impl Versions {
    /// Of a package that is at work.
    pub fn of(package: &Package) -> Versions {
        let mut versions = Versions::default();
        versions.know(package);
        versions
    }

    /// Takes in what is at work from now on.
    pub fn know(&mut self, package: &Package) {
        self.0.extend(package.cores.iter().cloned());
    }

    /// Why the package must not be taken, if it must not.
    pub fn refuse(&self, package: &Package) -> Option<Refused> {
        let other = |(named, core): &&((SmolStr, SmolStr), CoreHash)| {
            self.0.get(named).is_some_and(|known| known != core)
        };
        let ((name, version), _) = package.cores.iter().find(other)?;
        let why = format!(
            "`{name}` {version} does something else than the `{name}` {version} that this agent has had at work: give it \
             another version; `rbk diff` shows what changed"
        );
        Some(Refused::of(Some(Code::ChangedUnsaid), why))
    }
}
