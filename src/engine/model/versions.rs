//! What each version of each runbook does that was at work here.
//!
//! In: packages as they are loaded. Out: the behaviour that a version stands for. The first one counts: records and
//! approvals that speak of a version would else speak of two. Where the record of it cannot be read, nobody knows what
//! the version stands for, and nothing is at work under it any more.

use std::collections::btree_map::Entry;

use smol_str::SmolStr;

use super::Model;
use super::apply::Differing;
use crate::journal::{AtWork, PackageLoaded, Versioned, Write};
use crate::program::manifest::CoreHash;

/// What is known of a version that was at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    Does(CoreHash),
    /// The record of it is damaged.
    Unreadable,
}

impl Model {
    /// What a runbook does that was at work under this version first, if one was.
    pub fn at_work(&self, runbook: &SmolStr, version: &SmolStr) -> Option<Known> {
        let named = (runbook.clone(), version.clone());
        self.at_work.get(&named).copied()
    }

    /// The first that is at work under a version says what that version does.
    pub(super) fn loaded(&mut self, fact: &PackageLoaded, changed: &mut Differing) {
        for loaded in &fact.runbooks {
            let Some(core) = loaded.core.map(|core| CoreHash(core.0)) else {
                continue;
            };
            let (runbook, version) = (loaded.name.clone(), loaded.version.clone());
            if self.works((runbook.clone(), version.clone()), Known::Does(core)) {
                let known = AtWork {
                    runbook,
                    version,
                    core,
                };
                changed.rows.push(Write::AtWork(known));
            }
        }
    }

    /// Whether this is new.
    pub(super) fn works(&mut self, named: Versioned, known: Known) -> bool {
        match self.at_work.entry(named) {
            Entry::Vacant(free) => {
                free.insert(known);
                true
            }
            Entry::Occupied(_) => false,
        }
    }
}
