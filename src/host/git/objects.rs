//! What a commit holds of packages: their files with their sizes, and their bytes.

use std::path::{Path, PathBuf};

use super::ask::ask;
use crate::project::lock::LOCK;
use crate::project::{MANIFEST, is_runbook_file};

/// What is said of an answer that is none.
const NO_SENSE: &str = "`git cat-file` gave an answer that makes no sense";

/// What is said of a file that a partial clone left out.
pub const NOT_HERE: &str =
    "the clone is a partial one, and what is asked for was left out: fetch it without `--filter`";

/// A file of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// From the top, with `/`.
    pub path: String,
    pub id: String,
    /// None where a partial clone left it out.
    pub size: Option<u64>,
}

/// The files of packages in a commit, links followed.
#[derive(Debug, Default)]
pub struct Followed {
    pub files: Vec<Blob>,
    /// The links that lead out of the repository, and where to.
    pub outside: Vec<(String, PathBuf)>,
}

/// What a tree has under a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    File,
    Link,
}

/// The files of packages in a commit, links and submodules left out.
pub fn listed(top: &Path, commit: &str) -> Result<Vec<Blob>, String> {
    let said = tree(top, commit)?;
    Ok(entries(&said, Form::File).collect())
}

/// The files of packages in a commit, also by links; a link that leads out of it stands beside them, with where it
/// leads. One that leads nowhere is no file.
pub fn followed(top: &Path, commit: &str) -> Result<Followed, String> {
    let said = tree(top, commit)?;
    let mut found = Followed {
        files: entries(&said, Form::File).collect(),
        outside: Vec::new(),
    };
    let links: Vec<Blob> = entries(&said, Form::Link).collect();
    if links.is_empty() {
        return Ok(found);
    }
    let asked = links.iter().map(|link| format!("{commit}:{}\n", link.path));
    let asked: String = asked.collect();
    let how = ["cat-file", "--batch-check", "--follow-symlinks"];
    let answer = ask(top, &how, asked.as_bytes())?;
    let mut rest = answer.as_slice();
    for link in links {
        let head = line(&mut rest).map(String::from_utf8_lossy);
        let head = head.as_deref().unwrap_or_default();
        let words: Vec<&str> = head.split(' ').collect();
        // Behind `symlink 5` there are five bytes, whatever they are, and a line end.
        let mut target = |size: &str| {
            let size = size.parse().ok()?;
            let (target, behind) = rest.split_at_checked(size)?;
            rest = behind.get(1..).unwrap_or_default();
            Some(String::from_utf8_lossy(target).into_owned())
        };
        match words.as_slice() {
            [id, "blob", size] => found.files.push(Blob {
                path: link.path,
                id: (*id).to_owned(),
                size: size.parse().ok(),
            }),
            ["symlink", size] => {
                let target = target(size).ok_or(NO_SENSE)?;
                found.outside.push((link.path, top.join(target)));
            }
            ["dangling" | "loop" | "notdir", size] => drop(target(size).ok_or(NO_SENSE)?),
            _ => {}
        }
    }
    found.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// The next line of an answer.
fn line<'r>(rest: &mut &'r [u8]) -> Option<&'r [u8]> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let line = rest.get(..end)?;
    *rest = rest.get(end + 1..)?;
    Some(line)
}

fn tree(top: &Path, commit: &str) -> Result<Vec<u8>, String> {
    let asked = ["ls-tree", "-r", "-z", "-l", "--full-tree", commit];
    ask(top, &asked, b"")
}

fn entries(said: &[u8], form: Form) -> impl Iterator<Item = Blob> {
    let each = said.split(|byte| *byte == 0);
    each.filter_map(move |line| blob(line, form))
}

/// `100644 blob 257cc56… 1204\tops/shop.rbk`; what is not UTF-8, or more than one line, is no file of a package.
fn blob(line: &[u8], form: Form) -> Option<Blob> {
    let (head, path) = std::str::from_utf8(line).ok()?.split_once('\t')?;
    let mut words = head.split_whitespace();
    let is_wanted = match words.next()? {
        "100644" | "100755" => form == Form::File,
        "120000" => form == Form::Link && !path.contains('\n'),
        _ => false,
    };
    let (_, id, size) = (words.next()?, words.next()?, words.next()?);
    let name = path.rsplit('/').next().unwrap_or_default();
    let of_package = name == MANIFEST || name == LOCK || is_runbook_file(Path::new(name));
    (is_wanted && of_package).then(|| Blob {
        path: path.to_owned(),
        id: id.to_owned(),
        size: size.parse().ok(),
    })
}

/// The bytes of each, in their order.
pub fn bytes(top: &Path, blobs: &[&Blob]) -> Result<Vec<Vec<u8>>, String> {
    if blobs.iter().any(|blob| blob.size.is_none()) {
        return Err(NOT_HERE.to_owned());
    }
    let ids: String = blobs.iter().map(|blob| format!("{}\n", blob.id)).collect();
    let answer = ask(top, &["cat-file", "--batch"], ids.as_bytes())?;
    let mut rest = answer.as_slice();
    let mut all = Vec::with_capacity(blobs.len());
    for _ in blobs {
        let (bytes, after) = first(rest).ok_or(NO_SENSE)?;
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
