//! What the files of a package are, in one hash: so that a lock can name them.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::super::Files;
use super::super::gather::Gather;
use crate::text::Sources;

/// The hash over the files of the package in a folder.
pub fn package_hash(files: &dyn Files, folder: &Path) -> String {
    // What is wrong in it is told to whoever depends on it.
    let mut sources = Sources::default();
    Gather::new(files, &mut sources).hashed(folder).hash
}

/// The hash over the files of a package: their paths from its folder, with `/`, and their bytes.
pub fn files_hash<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> String {
    let mut lines: Vec<String> = files
        .into_iter()
        .map(|(path, bytes)| format!("{path}\0{}\n", hex(bytes)))
        .collect();
    lines.sort();
    format!("sha256:{}", hex(lines.concat().as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
