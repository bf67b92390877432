//! What a commit holds of packages: their files with their sizes, and their bytes.

use std::path::Path;

use super::ask::ask;
use crate::project::lock::LOCK;
use crate::project::{MANIFEST, is_runbook_file};

/// A file of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// From the top, with `/`.
    pub path: String,
    pub id: String,
    pub size: u64,
}

/// The files of packages in a commit, links and submodules left out.
pub fn listed(top: &Path, commit: &str) -> Result<Vec<Blob>, String> {
    let asked = ["ls-tree", "-r", "-z", "-l", "--full-tree", commit];
    let said = ask(top, &asked, b"")?;
    Ok(said.split(|byte| *byte == 0).filter_map(blob).collect())
}

/// `100644 blob 257cc56… 1204\tops/shop.rbk`; what is not UTF-8 is no file of a package.
fn blob(line: &[u8]) -> Option<Blob> {
    let (head, path) = std::str::from_utf8(line).ok()?.split_once('\t')?;
    let mut words = head.split_whitespace();
    let is_file = matches!(words.next(), Some("100644" | "100755"));
    let (_, id, size) = (words.next()?, words.next()?, words.next()?);
    let name = path.rsplit('/').next().unwrap_or_default();
    let of_package = name == MANIFEST || name == LOCK || is_runbook_file(Path::new(name));
    (is_file && of_package).then(|| Blob {
        path: path.to_owned(),
        id: id.to_owned(),
        // What says no size is too large.
        size: size.parse().unwrap_or(u64::MAX),
    })
}

/// The bytes of each, in their order.
pub fn bytes(top: &Path, blobs: &[&Blob]) -> Result<Vec<Vec<u8>>, String> {
    let ids: String = blobs.iter().map(|blob| format!("{}\n", blob.id)).collect();
    let answer = ask(top, &["cat-file", "--batch"], ids.as_bytes())?;
    let mut rest = answer.as_slice();
    let mut all = Vec::with_capacity(blobs.len());
    for _ in blobs {
        let (bytes, after) =
            first(rest).ok_or("`git cat-file` gave an answer that makes no sense")?;
        all.push(bytes.to_vec());
        rest = after;
    }
    Ok(all)
}

/// The first blob of an answer of `cat-file --batch`, and what is behind it.
fn first(answer: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    let head = std::str::from_utf8(answer.get(..end)?).ok()?;
    let size: usize = head.rsplit(' ').next()?.parse().ok()?;
    let start = end + 1;
    let stop = start.checked_add(size)?;
    Some((answer.get(start..stop)?, answer.get(stop + 1..)?))
}
