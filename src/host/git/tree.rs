//! The packages of a commit: where they lie, and single files of them, however many there are.

use std::path::{Path, PathBuf};

use super::objects::{self, Blob, Followed};
use crate::project::MANIFEST;
use crate::text::Source;

/// The most bytes that the manifests of a commit have together.
const MANIFESTS: u64 = 64 * 1024 * 1024;

/// The files of packages in a commit.
#[derive(Debug)]
pub struct Tree {
    top: PathBuf,
    blobs: Vec<Blob>,
    /// The links that lead out of the repository: of them nothing is known.
    outside: Vec<PathBuf>,
}

impl Tree {
    pub(super) fn new(top: &Path, commit: &str) -> Result<Tree, String> {
        let Followed { files, outside } = objects::followed(top, commit)?;
        let outside = outside.into_iter().map(|(path, _)| PathBuf::from(path));
        Ok(Tree {
            top: top.to_path_buf(),
            blobs: files,
            outside: outside.collect(),
        })
    }

    /// The text of a file, its path from the top; none where there is no such file.
    pub fn text(&self, path: &Path) -> Result<Option<String>, String> {
        if let Some(link) = self.outside.iter().find(|link| path.starts_with(link)) {
            let link = link.display();
            return Err(format!(
                "`{link}` is a link that leads out of the repository"
            ));
        }
        let Some(blob) = self.blobs.iter().find(|blob| Path::new(&blob.path) == path) else {
            return Ok(None);
        };
        if blob
            .size
            .is_some_and(|size| size > Source::MAX_BYTES as u64)
        {
            return Err(format!("`{}` is too large", path.display()));
        }
        let bytes = objects::bytes(&self.top, &[blob])?;
        let text = bytes.into_iter().next().map(String::from_utf8).transpose();
        text.map_err(|_| format!("`{}` is not text", path.display()))
    }

    /// The folders of all packages, each with its manifest as it stands; those nearer to the top first.
    pub fn packages(&self) -> Result<Vec<(PathBuf, String)>, String> {
        let name = |blob: &&Blob| Path::new(&blob.path).file_name() == Some(MANIFEST.as_ref());
        let mut found: Vec<&Blob> = self.blobs.iter().filter(name).collect();
        found.sort_by_key(|blob| blob.path.matches('/').count());
        let sizes = found.iter().map(|blob| blob.size.unwrap_or_default());
        if sizes.fold(0, u64::saturating_add) > MANIFESTS {
            return Err("its manifests are too large".to_owned());
        }
        let bytes = objects::bytes(&self.top, &found)?;
        let texts = bytes.iter().map(|bytes| String::from_utf8_lossy(bytes));
        let folders = found.iter().map(|blob| Path::new(&blob.path).parent());
        let folders = folders.map(|folder| folder.unwrap_or(Path::new("")).to_path_buf());
        Ok(folders.zip(texts.map(String::from)).collect())
    }
}
