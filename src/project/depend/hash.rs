//! What the files of a package are, in one hash: so that a lock can name them.

use sha2::{Digest, Sha256};

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
