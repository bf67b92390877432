//! What a package was at a revision: asked of the system's `git`, never of the network.
//!
//! In: a folder inside a repository and a revision. Out: the package's files as they were, in memory.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::project::lock::LOCK;
use crate::project::{MANIFEST, Table};

/// The most files that are taken from a revision.
const FILES: usize = 2_000;
/// The most bytes that they have together.
const BYTES: u64 = 64 * 1024 * 1024;

/// The repository that a folder lies in.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Its top folder.
    top: PathBuf,
    /// The folder that was asked for, below the top; empty for the top itself.
    below: String,
}

impl Repository {
    /// The repository around a folder; none where there is none, or no `git`.
    pub fn around(folder: &Path) -> Option<Repository> {
        let folder = match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        };
        let said = ask(
            folder,
            &["rev-parse", "--show-toplevel", "--show-prefix"],
            b"",
        )
        .ok()?;
        let said = String::from_utf8(said).ok()?;
        let mut lines = said.lines();
        Some(Repository {
            top: PathBuf::from(lines.next()?),
            below: lines.next().unwrap_or_default().to_owned(),
        })
    }

    /// Where the folder that was asked for lies in the repository: `ops/shop/`.
    pub fn below(&self) -> &str {
        &self.below
    }

    /// The commit of a revision; none where there is no such revision.
    pub fn commit(&self, revision: &str) -> Option<String> {
        let wanted = format!("{revision}^{{commit}}");
        let asked = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &wanted,
        ];
        let said = ask(&self.top, &asked, b"").ok()?;
        let commit = String::from_utf8(said).ok()?.trim().to_owned();
        commit
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit())
            .then_some(commit)
    }

    /// The package files in a folder of a commit, their paths from that folder.
    pub fn files(&self, commit: &str, folder: &str) -> Result<Table, String> {
        let folder = match folder.trim_end_matches('/') {
            "" | "." => String::new(),
            folder => format!("{folder}/"),
        };
        let listed = ask(
            &self.top,
            &["ls-tree", "-r", "-z", "-l", "--full-tree", commit],
            b"",
        )?;
        let wanted = wanted(&listed, &folder)?;
        let ids: String = wanted.iter().map(|(id, _)| format!("{id}\n")).collect();
        let blobs = ask(&self.top, &["cat-file", "--batch"], ids.as_bytes())?;
        let mut rest = blobs.as_slice();
        let mut table = Table::default();
        for (_, path) in wanted {
            let (bytes, after) =
                blob(rest).ok_or("`git cat-file` gave an answer that makes no sense")?;
            table.add(path, bytes.to_vec());
            rest = after;
        }
        Ok(table)
    }
}

/// The blobs that belong to packages, with their paths.
fn wanted(listed: &[u8], folder: &str) -> Result<Vec<(String, String)>, String> {
    let mut wanted = Vec::new();
    let mut bytes = 0;
    for line in listed.split(|byte| *byte == 0) {
        // `100644 blob 257cc56… 1204\tops/shop.rbk`; what is not UTF-8 is no file of a package.
        let Ok(line) = std::str::from_utf8(line) else {
            continue;
        };
        let Some((head, path)) = line.split_once('\t') else {
            continue;
        };
        let Some(path) = path.strip_prefix(folder) else {
            continue;
        };
        let mut words = head.split_whitespace();
        let (mode, _, id, size) = (words.next(), words.next(), words.next(), words.next());
        let is_file = matches!(mode, Some("100644" | "100755"));
        let name = path.rsplit('/').next().unwrap_or_default();
        let (true, true, Some(id)) = (is_file, is_of_a_package(name), id) else {
            continue;
        };
        bytes += size
            .and_then(|size| size.parse::<u64>().ok())
            .unwrap_or(BYTES + 1);
        wanted.push((id.to_owned(), path.to_owned()));
        if bytes > BYTES || wanted.len() > FILES {
            return Err(format!(
                "it has more than {FILES} files, or {BYTES} bytes, of packages"
            ));
        }
    }
    Ok(wanted)
}

/// Whether a package is made of files with such names.
fn is_of_a_package(name: &str) -> bool {
    name == MANIFEST || name == LOCK || name.ends_with(".rbk")
}

/// The first blob of an answer of `cat-file --batch`, and what is behind it.
fn blob(answer: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    let head = std::str::from_utf8(answer.get(..end)?).ok()?;
    let size: usize = head.rsplit(' ').next()?.parse().ok()?;
    let start = end + 1;
    Some((
        answer.get(start..start + size)?,
        answer.get(start + size + 1..)?,
    ))
}

/// Runs `git` and gives what it says; else why not, in its words.
fn ask(folder: &Path, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        // What a partial clone has not, it has not: this never asks the network.
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|error| format!("`git` cannot be run: {error}"))?;
    let stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        // Written beside the reading: both pipes may be full.
        scope.spawn(move || {
            // A `git` that ends early says why itself.
            stdin.map(|mut stdin| stdin.write_all(input))
        });
        child.wait_with_output()
    });
    let output = output.map_err(|error| format!("`git` cannot be run: {error}"))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => {
            let said = String::from_utf8_lossy(&output.stderr);
            let line = said.lines().next().unwrap_or_default();
            Err(line.trim_start_matches("fatal: ").to_owned())
        }
    }
}
