//! Packages that others depend on, with the built binary: over git, offline, changed behind our back, of
//! strangers. What a text alone can show stands in `tests/cli/dependencies`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Trial;
use tempfile::TempDir;

use crate::harness::fixture::trial;

mod hostile;
mod odd;
mod over_git;
mod revisions;

pub fn trials() -> Vec<Trial> {
    let mut trials = over_git::trials();
    trials.extend(hostile::trials());
    trials.extend(revisions::trials());
    trials.extend(odd::trials());
    trials
}

/// What a package lends: a threshold that runbooks reach, and one that none does.
const COMMON: &str = "\
role builder = rota \"pagerduty:builders\"
const enough = 2
const spare = 7
record Work { done: Int }

fn is_idle(n: Int) -> Bool = n < enough
";

/// A runbook that depends on it.
const SHOP: &str = "\
use common.{builder, is_idle}
use std.k8s

product shop {
  owner builder
  owns k8s.namespace(\"shop\")
}

runbook stuck_worker for shop {
  version 1.0.0
  severity sev3
  on alert \"WorkerStuck\" { with pod }
  incident per pod
  recurs 3 within 24h then page builder \"${pod} gets stuck again and again\"
  blast { at most 1 k8s.Pod }

  diagnose {
    let worker = k8s.pod(\"shop\", pod)
    if is_idle(worker.restarts) { found stuck(worker) }
  }

  remedy stuck(worker) {
    do k8s.restart(worker)
    verify within 5m every 15s holding 1m { k8s.pod(\"shop\", pod).ready }
  }
}
";

/// A folder with repositories, packages and a cache, all its own.
struct Place(TempDir);

impl Place {
    fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes the manifest of a package.
    fn manifest(&self, folder: &str, dependencies: &str) {
        let name = folder.rsplit('/').next().unwrap();
        let text = format!(
            "name = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2026\"\n\n[dependencies]\n{dependencies}\n"
        );
        self.write(&format!("{folder}/rbk.toml"), &text);
    }

    fn url(&self, repository: &str) -> String {
        format!("file://{}", self.path(repository).display())
    }

    /// A dependency on a repository of this place.
    fn on(&self, name: &str, rev: &str) -> String {
        format!(
            "{name} = {{ git = \"{}\", rev = \"{rev}\" }}",
            self.url(name)
        )
    }

    fn git(&self, folder: &str, arguments: &[&str]) -> String {
        let output = git(&self.path(folder)).args(arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "git {arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Commits all of a folder, and tags it.
    fn tag(&self, folder: &str, tag: &str) -> String {
        self.git(folder, &["init", "-q", "-b", "main", "."]);
        self.git(folder, &["add", "-A", "-f"]);
        self.git(folder, &["commit", "-q", "--allow-empty", "-m", tag]);
        self.git(folder, &["tag", "-f", tag]);
        self.git(folder, &["rev-parse", "HEAD"])
    }

    /// A repository with the package `common`, tagged v1.0.0, and a package `shop` that depends on it.
    fn shop() -> Place {
        let place = Place::new();
        place.manifest("common", "");
        place.write("common/common.rbk", COMMON);
        place.tag("common", "v1.0.0");
        place.manifest("shop", &place.on("common", "v1.0.0"));
        place.write("shop/shop.rbk", SHOP);
        place
    }

    /// Runs the binary in a folder; its exit code and all that it says.
    fn rbk(&self, folder: &str, arguments: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_rbk"))
            .current_dir(self.path(folder))
            .env("RBK_CACHE", self.path("cache"))
            .args(arguments)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        (output.status.code().unwrap(), said)
    }

    /// Runs it, and holds it to its exit code and to words that it says.
    fn says(&self, folder: &str, arguments: &[&str], code: i32, words: &[&str]) -> String {
        let (found, said) = self.rbk(folder, arguments);
        assert_eq!(found, code, "rbk {arguments:?}:\n{said}");
        let flat = unwrapped(&said);
        for word in words {
            assert!(
                flat.contains(word),
                "rbk {arguments:?}: no {word:?} in\n{said}"
            );
        }
        said
    }

    /// The files of the cache whose path ends so.
    fn cached(&self, end: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        collect(&self.path("cache"), &mut found);
        found.retain(|path| path.to_string_lossy().ends_with(end));
        found
    }
}

impl Drop for Place {
    /// The cache is read-only, and a temporary folder wants to be removed.
    fn drop(&mut self) {
        let _ = open_up(self.0.path());
    }
}

/// What was said, each message in one line again.
fn unwrapped(said: &str) -> String {
    said.replace("\n  │ ", " ")
}

fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(folder);
    for (key, value) in [("NAME", "a"), ("EMAIL", "a@example.com")] {
        git.env(format!("GIT_AUTHOR_{key}"), value);
        git.env(format!("GIT_COMMITTER_{key}"), value);
    }
    git
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => collect(&path, found),
            false => found.push(path),
        }
    }
}

fn open_up(path: &Path) -> std::io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
        for entry in fs::read_dir(path)? {
            open_up(&entry?.path())?;
        }
    }
    Ok(())
}
