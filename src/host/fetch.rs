//! Fetching: a revision of a repository, over the network, into the cache.
//!
//! In: a revision that is missing. Out: its packages, each file read-only, or why it is refused. A repository is
//! written by strangers: only `rbk.toml` and `*.rbk` are taken out of it, as bytes of its objects and never
//! by a checkout; whatever names a place outside of it, or is too much, is refused as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::cache::{Cache, files_file, rev_file};
use super::files;
use super::git::ask::{Reach, ask, call};
use super::git::objects::{self, Blob};
use crate::project::{MANIFEST, Missing, Table, is_commit, package_hash};

/// How long one revision may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// The most files that are taken from a repository.
const FILES: usize = 2_000;
/// The most bytes that they have together.
const BYTES: u64 = 16 * 1024 * 1024;
/// The most folders that a file lies in, itself among them.
const DEEPEST: usize = 32;

/// Fetches a revision; gives its commit.
pub fn fetch(cache: &Cache, missing: &Missing) -> Result<String, String> {
    let repository = cache
        .repository(&missing.git)
        .ok_or("this machine names no place for a cache: set RBK_CACHE, XDG_CACHE_HOME or HOME")?;
    let work = repository.join(format!("work-{}", std::process::id()));
    let result = fs::create_dir_all(&work)
        .map_err(|error| cannot(&work, &error))
        .and_then(|()| into(&repository, &work, missing));
    // What is left of a fetch is of no use, whatever came of it.
    let _ = remove(&work);
    result
}

fn into(repository: &Path, work: &Path, missing: &Missing) -> Result<String, String> {
    let objects = work.join("objects");
    let packages = work.join("packages");
    for folder in [&objects, &packages] {
        fs::create_dir(folder).map_err(|error| cannot(folder, &error))?;
    }
    ask(&objects, &["init", "-q", "--template=", "."], b"")?;
    let commit = download(&objects, missing)?;
    let hashes = unpack(&objects, &commit, &packages)?;
    let place = repository.join(&commit);
    keep(&packages, &place).map_err(|error| cannot(&place, &error))?;
    let note = |path: PathBuf, text: String| {
        files::write(&path, &text).map_err(|error| cannot(&path, &error))
    };
    note(files_file(repository, &commit), hashes)?;
    if missing.commit.is_none() && missing.git.commit().is_none() {
        note(
            rev_file(repository, &missing.git.rev),
            format!("{commit}\n"),
        )?;
    }
    Ok(commit)
}

/// Gets the objects of the revision, and says which commit it is.
fn download(objects: &Path, missing: &Missing) -> Result<String, String> {
    let until = Instant::now() + PATIENCE;
    let Missing { git, commit } = missing;
    let get = |depth: &[&str], what: &[&str]| {
        let mut arguments = vec!["fetch", "-q", "--no-tags", "--no-recurse-submodules"];
        arguments.extend(depth);
        // What follows is no option, however it is written.
        arguments.extend(["--", git.url.as_str()]);
        arguments.extend(what);
        call(objects, &arguments, b"", Reach::Network, until)
    };
    let wanted = match commit.as_deref().or(git.commit()) {
        Some(commit) => {
            // Not every server gives a commit by its name: then it is among all that there is.
            let alone = get(&["--depth=1"], &[commit]);
            let all = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
            alone.or_else(|_| get(&[], &all))?;
            commit.to_owned()
        }
        None => {
            let tag = format!("refs/tags/{}", git.rev);
            get(&["--depth=1"], &[&format!("+{tag}:{tag}")]).map_err(|why| {
                match why.contains("couldn't find remote ref") {
                    true => format!(
                        "it has no tag `{}`; a branch moves, so a tag or a whole commit is named",
                        git.rev
                    ),
                    false => why,
                }
            })?;
            tag
        }
    };
    let commit_of = format!("{wanted}^{{commit}}");
    let asked = [
        "rev-parse",
        "--verify",
        "-q",
        "--end-of-options",
        &commit_of,
    ];
    let said = ask(objects, &asked, b"").map_err(|_| "it has no such commit")?;
    let found = String::from_utf8_lossy(&said).trim().to_owned();
    match is_commit(&wanted) && wanted != found {
        true => Err(format!(
            "`{wanted}` is a tag with a text of its own and no commit: name {found}, which it is put on"
        )),
        false => Ok(found),
    }
}

/// Writes the packages of a commit; gives a line for each: the hash of its files, and its folder.
fn unpack(objects: &Path, commit: &str, packages: &Path) -> Result<String, String> {
    let listed = objects::listed(objects, commit)?;
    let mut blobs = Vec::new();
    for blob in &listed {
        if is_wanted(blob)? {
            blobs.push(blob);
        }
    }
    let size = blobs.iter().fold(0_u64, |sum, blob| {
        sum.saturating_add(blob.size.unwrap_or_default())
    });
    if blobs.len() > FILES {
        return Err(format!("it has more than {FILES} files of packages"));
    }
    if size > BYTES {
        return Err(format!(
            "its packages have more than {} MiB",
            BYTES / 1024 / 1024
        ));
    }
    one_file_each(&blobs)?;
    let bytes = objects::bytes(objects, &blobs)?;
    let mut files = BTreeMap::new();
    for (blob, bytes) in blobs.iter().zip(bytes) {
        files.insert(blob.path.clone(), bytes);
    }
    for (path, bytes) in &files {
        let path = packages.join(path);
        let folder = path.parent().unwrap_or(packages);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, bytes));
        written.map_err(|error| cannot(&path, &error))?;
    }
    let hashes = hashes(files);
    match hashes.is_empty() {
        true => Err(format!("it has no `{MANIFEST}`")),
        false => Ok(hashes),
    }
}

/// Whether a file is taken out; a name that leads elsewhere is refused with all the rest.
fn is_wanted(blob: &Blob) -> Result<bool, String> {
    let strange = |part: &str| part.is_empty() || part == "." || part == "..";
    let outside = blob.path.split('/').any(strange) || blob.path.split('/').count() > DEEPEST;
    if outside || blob.path.contains('\\') || blob.path.chars().any(char::is_control) {
        let shown = blob.path.escape_debug();
        return Err(format!(
            "it has a file with a name that leads elsewhere: `{shown}`"
        ));
    }
    let hidden = blob.path.split('/').any(|part| part.starts_with('.'));
    let name = blob.path.rsplit('/').next().unwrap_or_default();
    Ok(!hidden && name != crate::project::lock::LOCK)
}

/// Says which files are one file where the case of letters does not count, as on many disks.
fn one_file_each(blobs: &[&Blob]) -> Result<(), String> {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for blob in blobs {
        // Folders too: two of them would become one.
        let ends = blob.path.match_indices('/').map(|(at, _)| at);
        for end in ends.chain([blob.path.len()]) {
            let path = &blob.path[..end];
            let other = known.entry(path.to_lowercase()).or_insert(path);
            if *other != path {
                return Err(format!(
                    "it has `{other}` and `{path}`, which are one file on many disks: one has to be renamed"
                ));
            }
        }
    }
    Ok(())
}

/// For each package the hash of its files.
fn hashes(files: BTreeMap<String, Vec<u8>>) -> String {
    let is_manifest = |path: &&String| path.rsplit('/').next() == Some(MANIFEST);
    let manifests = files.keys().filter(is_manifest);
    let folders: BTreeSet<PathBuf> = manifests
        .filter_map(|path| Some(Path::new(path).parent()?.to_path_buf()))
        .collect();
    let mut table = Table::default();
    for (path, bytes) in files {
        table.add(path, bytes);
    }
    let line = |folder: &PathBuf| {
        let hash = package_hash(&table, folder);
        format!("{hash} {}\n", folder.display())
    };
    folders.iter().map(line).collect()
}

/// Puts the packages where they stay, and lets nobody write them.
fn keep(from: &Path, place: &Path) -> io::Result<()> {
    remove(place)?;
    fs::rename(from, place)?;
    each(place, &mut |path, is_folder| {
        let mode = if is_folder { 0o555 } else { 0o444 };
        fs::set_permissions(path, Permissions::from_mode(mode))
    })
}

/// Removes a folder, whether it may be written or not.
fn remove(folder: &Path) -> io::Result<()> {
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    each(folder, &mut |path, is_folder| match is_folder {
        true => fs::set_permissions(path, Permissions::from_mode(0o755)),
        false => Ok(()),
    })?;
    fs::remove_dir_all(folder)
}

/// The folder, and all that is in it; a folder before what is in it where it cannot be read otherwise.
fn each(path: &Path, does: &mut dyn FnMut(&Path, bool) -> io::Result<()>) -> io::Result<()> {
    let is_folder = fs::symlink_metadata(path)?.is_dir();
    if is_folder {
        for entry in fs::read_dir(path)? {
            each(&entry?.path(), does)?;
        }
    }
    does(path, is_folder)
}

fn cannot(path: &Path, error: &io::Error) -> String {
    format!("`{}` cannot be written: {error}", path.display())
}
