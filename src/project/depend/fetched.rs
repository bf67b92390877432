//! What was fetched before, as a trait: a folder of this machine, or nothing.

use std::path::PathBuf;

use super::super::manifest::Git;
use super::super::{Files, Table};

/// Where revisions of repositories lie once they were fetched.
pub trait Fetched {
    /// The package in the folder `below` of a revision; the commit where it is known.
    fn find(&self, git: &Git, commit: Option<&str>, below: &str) -> Option<Found>;

    /// To read what was found.
    fn files(&self) -> &dyn Files;
}

/// A package that was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub commit: String,
    pub folder: PathBuf,
    /// What its files were when they were fetched.
    pub hash: String,
}

/// Where nothing was fetched.
#[derive(Debug, Default)]
pub struct Nothing(Table);

impl Fetched for Nothing {
    fn find(&self, _: &Git, _: Option<&str>, _: &str) -> Option<Found> {
        None
    }

    fn files(&self) -> &dyn Files {
        &self.0
    }
}
