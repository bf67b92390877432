//! Which files make a package and its settings, and whether one has changed since they were read.
//!
//! Files that the last good package did not have are looked at, too: a new one that is broken is
//! mended in its place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::serve::Options;

/// Folders deeper than this are not looked into.
const DEEPEST: usize = 64;

/// Files and when each was written, as far as that is known.
#[derive(Debug, Default)]
pub struct Watched {
    /// Files that belong to it wherever they lie.
    known: Vec<PathBuf>,
    files: BTreeMap<PathBuf, Option<SystemTime>>,
}

impl Watched {
    pub fn new(options: &Options, known: &[PathBuf]) -> Watched {
        let mut watched = Watched {
            known: known.to_vec(),
            files: BTreeMap::new(),
        };
        watched.look(options);
        watched
    }

    pub fn changed(&self, options: &Options) -> bool {
        self.files != self.now(options)
    }

    /// Waits for the next change from here on.
    pub fn look(&mut self, options: &Options) {
        self.files = self.now(options);
    }

    /// Knows other files from here on; those that were looked at before stay as they were then.
    pub fn know(&mut self, options: &Options, known: &[PathBuf]) {
        self.known = known.to_vec();
        let mut files = self.now(options);
        for (path, now) in &mut files {
            if let Some(before) = self.files.get(path) {
                *now = *before;
            }
        }
        self.files = files;
    }

    fn now(&self, options: &Options) -> BTreeMap<PathBuf, Option<SystemTime>> {
        let mut paths = self.known.clone();
        paths.push(options.settings.clone());
        collect(&options.package, 0, &mut paths);
        let times = paths.into_iter().map(|path| {
            let time = written(&path);
            (path, time)
        });
        times.collect()
    }
}

/// What may belong to a package below this folder.
fn collect(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) {
    // What cannot be read is told when it is loaded.
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let is_part = path
            .extension()
            .is_some_and(|found| found == "rbk" || found == "toml");
        match is_folder {
            true if !is_hidden && depth < DEEPEST => collect(&path, depth + 1, paths),
            false if is_part => paths.push(path),
            true | false => {}
        }
    }
}

fn written(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}
