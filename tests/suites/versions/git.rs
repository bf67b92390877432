//! Versions in a git repository, with the built binary: a branch beside its base.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;

use crate::harness::fixture::{root, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("versions/git: a branch beside its base", a_branch),
        trial(
            "versions/git: what is released is never rewritten",
            released,
        ),
        trial("versions/git: what cannot be read", unreadable),
        trial("versions/git: the base has to be here", no_base),
        trial("versions/git: what a change is advised", advice),
        trial(
            "versions/git: a folder stands in for no branch",
            no_stand_in,
        ),
        trial("versions/git: the lock of a revision", lock_of_a_revision),
        trial("versions/git: words for a revision", words),
        trial("versions/git: in what a lock differs", stale),
        trial("versions/git: files that are links", links),
        trial(
            "versions/git: a package that is new, or moved",
            new_or_moved,
        ),
    ]
}

/// A repository with a package in a folder of it, its lock, and a branch `origin/main` at that.
pub(super) struct Repository(pub(super) tempfile::TempDir);

impl Repository {
    pub(super) fn new() -> Repository {
        let repository = Repository(tempfile::tempdir().unwrap());
        let folder = repository.package();
        fs::create_dir_all(&folder).unwrap();
        let example = root().join("examples/rollback");
        for file in ["rbk.toml", "rollback.rbk", "rollback_test.rbk"] {
            fs::copy(example.join(file), folder.join(file)).unwrap();
        }
        repository.git(&["init", "-q", "."]);
        assert_eq!(repository.rbk(&["lock"]).0, 0);
        repository.commit();
        repository.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
        repository
    }

    pub(super) fn package(&self) -> std::path::PathBuf {
        self.0.path().join("ops/shop")
    }

    pub(super) fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.current_dir(self.0.path()).args(arguments);
        for (key, value) in [("NAME", "a"), ("EMAIL", "a@example.com")] {
            git.env(format!("GIT_AUTHOR_{key}"), value);
            git.env(format!("GIT_COMMITTER_{key}"), value);
        }
        assert!(git.status().unwrap().success(), "git {arguments:?}");
    }

    pub(super) fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "a version"]);
    }

    pub(super) fn rbk(&self, arguments: &[&str]) -> (i32, String) {
        self.rbk_in("ops/shop", arguments)
    }

    pub(super) fn rbk_in(&self, folder: &str, arguments: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_rbk"))
            .current_dir(self.0.path().join(folder))
            .args(arguments)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.code().unwrap(),
            String::from_utf8(said).unwrap(),
        )
    }

    pub(super) fn change(&self, old: &str, new: &str) {
        let path = self.package().join("rollback.rbk");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{old}");
        fs::write(&path, text.replace(old, new)).unwrap();
    }
}

fn a_branch() {
    let repository = Repository::new();
    assert_eq!(
        repository.rbk(&["diff"]),
        (0, "no difference between HEAD and .\n".to_owned())
    );
    assert_eq!(repository.rbk(&["check", "--locked"]).0, 0);

    repository.change(
        "at most 4 k8s.Deployment per 24h",
        "at most 9 k8s.Deployment per 24h",
    );
    let (code, said) = repository.rbk(&["check"]);
    assert!(
        code == 1 && said.contains("E0018") && said.contains("needs 2.0.0"),
        "{said}"
    );
    let (code, said) = repository.rbk(&["diff", "origin/main"]);
    assert!(code == 1 && said.contains("4 per 1d -> 9 per 1d"), "{said}");
    let (code, said) = repository.rbk(&["diff", "HEAD:ops/shop", "."]);
    assert!(code == 1 && said.contains("needs 2.0.0"), "{said}");
    let (code, said) = repository.rbk(&["check", "--against", "origin/main"]);
    assert!(code == 1 && said.contains("E0018"), "{said}");

    repository.change("version 1.0.0", "version 1.0.1");
    let (code, said) = repository.rbk(&["check", "--against", "origin/main"]);
    assert!(code == 1 && said.contains("E0019"), "{said}");
    repository.change("version 1.0.1", "version 2.0.0");
    let (code, said) = repository.rbk(&["check"]);
    assert!(code == 0 && said.contains("N0017"), "{said}");
    let (code, said) = repository.rbk(&["check", "--locked"]);
    assert!(code == 1 && said.contains("E0016"), "{said}");
    assert_eq!(repository.rbk(&["lock"]).0, 0);
    assert_eq!(repository.rbk(&["check", "--locked"]).0, 0);
    assert_eq!(repository.rbk(&["diff"]).0, 0);
}

/// A file of a package may be a link; what it leads to at the revision counts, and what lies outside of the repository is
/// as it is.
fn links() {
    let repository = Repository::new();
    let (here, there) = (
        repository.package().join("rollback.rbk"),
        repository.0.path().join("attic/shop.rbk"),
    );
    fs::create_dir_all(there.parent().unwrap()).unwrap();
    fs::rename(&here, &there).unwrap();
    symlink("../../attic/shop.rbk", &here).unwrap();
    let outside = tempfile::tempdir().unwrap();
    let other = outside.path().join("other.rbk");
    fs::write(&other, "/// One.\nconst one = 1\n").unwrap();
    symlink(&other, repository.package().join("other.rbk")).unwrap();
    symlink("nowhere.rbk", repository.package().join("gone.rbk")).unwrap();
    // A name that leads out of the repository may hold a line end.
    let odd = "../../../x\nbbbb blob 5";
    symlink(odd, repository.package().join("a.rbk")).unwrap();
    repository.commit();
    let none = "no difference between HEAD and .\n".to_owned();
    assert_eq!(repository.rbk(&["diff"]), (0, none));

    repository.change(
        "at most 4 k8s.Deployment per 24h",
        "at most 9 k8s.Deployment per 24h",
    );
    let (code, said) = repository.rbk(&["diff"]);
    assert!(code == 1 && said.contains("4 per 1d -> 9 per 1d"), "{said}");
    assert!(!said.contains("is new"), "{said}");
}

fn released() {
    let repository = Repository::new();
    // What the base has under this version is never rewritten, whatever is asked for.
    repository.change(
        "at most 4 k8s.Deployment per 24h",
        "at most 3 k8s.Deployment per 24h",
    );
    for arguments in [&["lock"][..], &["lock", "--amend"]] {
        let (code, said) = repository.rbk(arguments);
        assert!(code == 1 && said.contains("E0018"), "{said}");
    }
    // One that only this branch has is rewritten as often as it takes.
    repository.change("version 1.0.0", "version 1.0.1");
    assert_eq!(repository.rbk(&["lock"]).0, 0);
    repository.commit();
    repository.change(
        "at most 3 k8s.Deployment per 24h",
        "at most 2 k8s.Deployment per 24h",
    );
    let (code, said) = repository.rbk(&["check"]);
    assert!(code == 1 && said.contains("E0018"), "{said}");
    assert_eq!(repository.rbk(&["lock"]).0, 0);
    assert_eq!(repository.rbk(&["check", "--locked"]).0, 0);
    repository.change("version 1.0.1", "version 0.9.0");
    let (code, said) = repository.rbk(&["check"]);
    assert!(code == 1 && said.contains("E0021"), "{said}");
}

/// Whoever changes the package cannot switch off what it is held to: neither with a folder that has the
/// name of the base, nor with a lock that was written beside it.
fn no_stand_in() {
    let repository = Repository::new();
    repository.change(
        "at most 4 k8s.Deployment per 24h",
        "at most 9 k8s.Deployment per 24h",
    );
    for name in ["origin/main", "HEAD"] {
        let folder = repository.package().join(name);
        fs::create_dir_all(&folder).unwrap();
        for file in ["rbk.toml", "rollback.rbk"] {
            fs::copy(repository.package().join(file), folder.join(file)).unwrap();
        }
    }
    let (code, said) = repository.rbk(&["diff", "origin/main"]);
    assert!(
        code == 2 && said.contains("a git revision and a file or folder"),
        "{said}"
    );
    let _ = fs::remove_dir_all(repository.package().join("origin"));
    let (code, said) = repository.rbk(&["diff"]);
    assert!(code != 0, "{said}");
    let _ = fs::remove_dir_all(repository.package().join("HEAD"));

    // Where the base is not known, the same version is written over; the base does not let it through.
    let path = repository.package().join("rbk.lock");
    let beside = tempfile::tempdir().unwrap();
    for file in ["rbk.toml", "rollback.rbk", "rollback_test.rbk"] {
        fs::copy(repository.package().join(file), beside.path().join(file)).unwrap();
    }
    let lock = Command::new(env!("CARGO_BIN_EXE_rbk"))
        .arg("lock")
        .arg(beside.path())
        .output()
        .unwrap();
    assert!(lock.status.success());
    fs::copy(beside.path().join("rbk.lock"), path).unwrap();
    let (code, said) = repository.rbk(&["check", "--locked"]);
    assert!(code == 1 && said.contains("E0018"), "{said}");
}

/// The first difference is told, whichever part of the lock it is in.
fn stale() {
    let repository = Repository::new();
    let path = repository.package().join("rbk.lock");
    let lock = fs::read_to_string(&path).unwrap();
    for (old, new, why) in [
        (
            "within = \"10m\"",
            "within = \"11m\"",
            "what it says of `rollback` differs, though that does the same",
        ),
        (
            "version = \"1.0.0\"\n\n",
            "version = \"0.9.0\"\n\n",
            "its version of the package is 0.9.0",
        ),
        ("# Written by", "# Edited by", "it was edited by hand"),
    ] {
        assert!(lock.contains(old), "{old}");
        fs::write(&path, lock.replacen(old, new, 1)).unwrap();
        let (code, said) = repository.rbk(&["check", "--locked", "--format", "json"]);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(why), "{why}: {said}");
    }
}

/// As `git` takes them: what the branch follows, and paths from the working folder.
fn words() {
    let repository = Repository::new();
    repository.git(&["config", "remote.origin.url", "nowhere"]);
    repository.git(&[
        "config",
        "remote.origin.fetch",
        "+refs/heads/*:refs/remotes/origin/*",
    ]);
    let (code, said) = repository.rbk(&["diff", "@{u}"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("no upstream configured"), "{said}");
    repository.git(&["checkout", "-q", "-b", "work", "--track", "origin/main"]);
    repository.change("at most 4", "at most 9");
    for (folder, before, after) in [
        ("ops/shop", "@{u}", "."),
        ("ops/shop", "HEAD:./", "."),
        ("ops/shop", "HEAD:../shop", "."),
        ("ops", "HEAD:./shop", "shop"),
        ("ops", "@{upstream}:ops/shop", "shop"),
        (".", "HEAD:./ops/shop", "ops/shop"),
    ] {
        let (code, said) = repository.rbk_in(folder, &["diff", before, after]);
        assert_eq!(code, 1, "{before} in {folder}: {said}");
        assert!(
            said.contains("4 per 1d -> 9 per 1d"),
            "{before} in {folder}: {said}"
        );
    }
}

fn lock_of_a_revision() {
    let repository = Repository::new();
    for word in ["HEAD:ops/shop/rbk.lock", "HEAD:./rbk.lock"] {
        let (code, said) = repository.rbk(&["diff", word]);
        assert!(
            code == 0 && said.contains("no difference"),
            "{word}: {said}"
        );
    }
    repository.change(
        "at most 4 k8s.Deployment per 24h",
        "at most 9 k8s.Deployment per 24h",
    );
    let (code, said) = repository.rbk(&["diff", "HEAD:ops/shop/rbk.lock", "."]);
    assert!(code == 1 && said.contains("4 per 1d -> 9 per 1d"), "{said}");
    let (code, said) = repository.rbk(&["diff", "HEAD:no/rbk.lock", "."]);
    assert!(code == 2 && said.contains("no package"), "{said}");
}

fn unreadable() {
    let repository = Repository::new();
    for (word, why) in [
        ("no-such-branch", "nor a revision"),
        ("--output=/tmp/x", "unexpected argument"),
        ("HEAD:nowhere", "no package"),
        ("HEAD^{tree}", "nor a revision"),
    ] {
        let (code, said) = repository.rbk(&["diff", word]);
        assert!(code == 2 && said.contains(why), "{word}: {said}");
    }
    let path = repository.package().join("rbk.lock");
    let lock = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("<<<<<<< HEAD\n{lock}")).unwrap();
    let (code, said) = repository.rbk(&["check"]);
    assert!(code == 1 && said.contains("E0017"), "{said}");
    // The base says what is fixed, so what a merge left behind is written anew.
    assert_eq!(repository.rbk(&["lock"]).0, 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), lock);
    repository.change("do gitops.pause(web)", "do gitops.pause(wob)");
    let (code, said) = repository.rbk(&["diff", "HEAD", "."]);
    assert!(code == 2 && said.contains("wob"), "{said}");
    let alone = tempfile::tempdir().unwrap();
    let path: &Path = alone.path();
    let output = Command::new(env!("CARGO_BIN_EXE_rbk"))
        .current_dir(path)
        .args(["diff", "HEAD"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

fn no_base() {
    let repository = Repository::new();
    repository.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
    // Nobody else has branches of it.
    assert_eq!(repository.rbk(&["check", "--locked"]).0, 0);
    repository.git(&["remote", "add", "origin", "https://example.com/shop.git"]);
    let (code, said) = repository.rbk(&["check", "--locked"]);
    assert!(
        code == 1 && said.contains("`origin/main` is not here") && said.contains("fetch-depth: 0"),
        "{said}"
    );
    assert_eq!(repository.rbk(&["check"]).0, 0);
    fs::remove_file(repository.package().join("rbk.lock")).unwrap();
    repository.git(&["remote", "remove", "origin"]);
    let (code, said) = repository.rbk(&["check", "--locked"]);
    assert!(
        code == 1 && said.contains("the package has no lock"),
        "{said}"
    );
}

fn advice() {
    let repository = Repository::new();
    let (code, said) = repository.rbk(&["check", "--locked", "--against", "origin/main"]);
    assert_eq!(code, 0, "{said}");
    let limit = "at most 4 k8s.Deployment per 24h";
    repository.change(limit, "at most 9 k8s.Deployment per 24h");
    let (_, said) = repository.rbk(&["check"]);
    assert!(
        said.contains("raise it to 2.0.0; `rbk diff`"),
        "the base has it: {said}"
    );
    repository.change("version 1.0.0", "version 2.0.0");
    assert_eq!(repository.rbk(&["lock"]).0, 0);
    repository.change("at most 9 k8s", "at most 8 k8s");
    let (_, said) = repository.rbk(&["check"]);
    assert!(
        said.contains("or `rbk lock`, since only this branch has 2.0.0"),
        "{said}"
    );
    repository.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
    let (_, said) = repository.rbk(&["check"]);
    assert!(said.contains("`rbk lock --amend`"), "{said}");
    // A runbook that is renamed and changed came and went: the package says so.
    repository.change("runbook rollback for", "runbook rolls_back for");
    let tests = repository.package().join("rollback_test.rbk");
    let text = fs::read_to_string(&tests).unwrap();
    fs::write(&tests, text.replace("test rollback ", "test rolls_back ")).unwrap();
    let (code, said) = repository.rbk(&["check"]);
    assert!(
        code == 1 && said.contains("a runbook came or went") && said.contains("E0019"),
        "{said}"
    );
    let (_, said) = repository.rbk(&["diff", "HEAD:."]);
    assert!(said.contains("write `HEAD:ops/shop`"), "{said}");
    let (_, said) = repository.rbk(&["diff", "HEAD:./"]);
    assert!(said.contains("rolls_back"), "{said}");
}

/// A revision that has no such package holds a change to nothing; one that has it elsewhere to that.
fn new_or_moved() {
    let repository = Repository::new();
    let moved = repository.0.path().join("elsewhere");
    fs::rename(repository.package(), &moved).unwrap();
    let rbk = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
        let output = command
            .current_dir(&moved)
            .args(arguments)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    };
    let against = ["check", "--locked", "--against", "origin/main"];
    let (code, said) = rbk(&against);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = rbk(&["diff", "origin/main"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("wider"), "{said}");
    // Another behaviour under the same version is told also there.
    let path = moved.join("rollback.rbk");
    let text = fs::read_to_string(&path).unwrap();
    let wider = text.replacen("at most 1 k8s.Deployment", "at most 3 k8s.Deployment", 1);
    assert_ne!(text, wider);
    fs::write(&path, wider).unwrap();
    let (code, said) = rbk(&against);
    assert_eq!(code, Some(1), "{said}");
    fs::write(&path, text).unwrap();
    // Of another name it is new.
    let path = moved.join("rbk.toml");
    let text = fs::read_to_string(&path).unwrap();
    let first = text.lines().find(|line| line.starts_with("name = "));
    fs::write(&path, text.replace(first.unwrap(), "name = \"second\"")).unwrap();
    let (code, said) = rbk(&["check", "--against", "origin/main"]);
    assert!(code != Some(2) && !said.contains("no package"), "{said}");
    let (code, said) = rbk(&["diff", "origin/main"]);
    assert!(code != Some(2) && said.contains(": new"), "{said}");
}
