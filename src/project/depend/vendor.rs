//! The folder `vendor` of a package: copies of what it depends on, with a lock of their own that says what
//! they were.

use std::path::{Path, PathBuf};

use super::super::gather::{Gather, tidy};
use super::super::lock::{Lock, LockedDependency};
use super::Depend;

/// The folder's name.
pub const VENDOR: &str = "vendor";

/// What is in it.
pub struct Vendor {
    folder: PathBuf,
    lock: Lock,
}

impl Vendor {
    /// What its lock says of a package.
    pub fn entry(&self, name: &str) -> Option<&LockedDependency> {
        self.lock.dependency(name)
    }

    /// Where a package lies in it.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Depend<'_> {
    /// The folder of the package, if it has one.
    pub(super) fn read_vendor(&mut self, package: &Path) -> Option<Vendor> {
        let folder = tidy(&package.join(VENDOR));
        let mut gather = Gather::new(self.files, self.sources);
        let lock = gather.lock(&folder);
        self.said.extend(gather.finish());
        lock.map(|lock| Vendor { folder, lock })
    }
}
