//! The base in a git repository, with the built binary: what holds a change, whatever it does to get out of that.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;

use super::git::Repository;
use crate::harness::fixture::{root, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "versions/git: no change chooses its base",
            no_base_of_its_own,
        ),
        trial(
            "versions/git: no change stands in for its base",
            no_base_in_its_place,
        ),
        trial("versions/git: a tag stands in for no branch", no_tag),
        trial(
            "versions/git: a package that is moved keeps its base",
            moved,
        ),
        trial("versions/git: a base that cannot be read holds", unreadable),
        trial(
            "versions/git: nothing that looks like the base is it",
            no_look_alike,
        ),
        trial(
            "versions/git: the name of another package lets nothing go",
            named_as_another,
        ),
        trial("versions/git: a broken lock of the base", broken_lock),
        trial("versions/git: a lock of an older version", older_lock),
        trial("versions/git: the base among many packages", among_many),
        trial("versions/git: a base by another name", by_another_name),
        trial(
            "versions/git: a part of a package is none to compare with",
            a_part,
        ),
    ]
}

/// What others have.
const MERGED: &str = "refs/remotes/origin/main";

/// The runbook may do more now, under the same version, and its lock says so: what nobody could write while the base was
/// here.
fn widened(repository: &Repository) {
    repository.change(
        "at most 4 k8s.Deployment per 24h",
        "at most 9 k8s.Deployment per 24h",
    );
    repository.git(&["update-ref", "-d", MERGED]);
    assert_eq!(repository.rbk(&["lock", "--amend"]).0, 0);
}

/// A change that names another base, and is in that one already, is held to the base that was merged.
fn no_base_of_its_own() {
    let repository = Repository::new();
    widened(&repository);
    let manifest = repository.package().join("rbk.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, format!("{text}\n[lock]\nbase = \"HEAD\"\n")).unwrap();
    repository.commit();
    repository.git(&["update-ref", MERGED, "HEAD~1"]);
    let (code, said) = repository.rbk(&["check", "--locked"]);
    assert!(code == 1 && said.contains("E0018"), "{said}");
    // Once it is merged it holds.
    repository.git(&["update-ref", MERGED, "HEAD"]);
    let (code, said) = repository.rbk(&["check", "--locked"]);
    assert!(code == 0, "{said}");
}

/// The same where the base that was merged is not here, or the branch that others clone.
fn no_base_in_its_place() {
    let repository = Repository::new();
    let manifest = repository.package().join("rbk.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let based = |base: &str| {
        let lines = format!("{text}\n[lock]\nbase = \"{base}\"\n");
        fs::write(&manifest, lines).unwrap();
    };
    based("origin/stable");
    repository.commit();
    let url = "https://example.com/shop.git";
    repository.git(&["remote", "add", "origin", url]);
    let refs = |named: &[&str]| {
        for one in ["main", "master", "stable", "trunk"] {
            let name = format!("refs/remotes/origin/{one}");
            match named.contains(&one) {
                true => repository.git(&["update-ref", &name, "HEAD~1"]),
                false => repository.git(&["update-ref", "-d", &name]),
            }
        }
    };
    repository.change(
        "at most 4 k8s.Deployment per 24h",
        "at most 9 k8s.Deployment per 24h",
    );
    repository.git(&["remote", "remove", "origin"]);
    refs(&[]);
    assert_eq!(repository.rbk(&["lock", "--amend"]).0, 0);
    based("HEAD");
    repository.commit();
    repository.git(&["remote", "add", "origin", url]);
    for (named, why) in [
        (&["main", "stable"][..], "E0018"),
        (&["main"], "`origin/stable` is not here"),
        (&["master"], "`origin/stable` is not here"),
        (&["trunk"], "no branch that others clone is here"),
    ] {
        refs(named);
        let (code, said) = repository.rbk(&["check", "--locked"]);
        assert!(code == 1 && said.contains(why), "{named:?}: {said}");
    }
    // Said which one it is, it is the one.
    repository.git(&["remote", "set-head", "origin", "trunk"]);
    let (code, said) = repository.rbk(&["check", "--locked"]);
    assert!(
        code == 1 && said.contains("`origin/stable` is not here"),
        "{said}"
    );
}

/// What only this repository has under the name of the base, or puts in the place of what was committed, is not the base.
fn no_tag() {
    let repository = Repository::new();
    widened(&repository);
    repository.commit();
    repository.git(&["update-ref", MERGED, "HEAD~1"]);
    let held = |why: &str| {
        let (code, said) = repository.rbk(&["check", "--locked"]);
        assert!(code == 1 && said.contains(why), "{said}");
    };
    held("E0018");
    repository.git(&["tag", "origin/main"]);
    repository.git(&["branch", "origin/main"]);
    held("E0018");
    let (code, said) = repository.rbk(&["diff", "origin/main"]);
    assert!(code == 1 && said.contains("4 per 1d -> 9 per 1d"), "{said}");
    repository.git(&["replace", "HEAD~1", "HEAD"]);
    held("E0018");
    // Where the branch that others have is not here, it is not here.
    repository.git(&["replace", "-d", "HEAD~1"]);
    repository.git(&["remote", "add", "origin", "https://example.com/shop.git"]);
    repository.git(&["update-ref", "-d", MERGED]);
    held("`origin/main` is not here");
}

/// In another folder it is the same package, and a package of another name in its old one is not.
fn moved() {
    let repository = Repository::new();
    widened(&repository);
    repository.git(&["mv", "ops/shop", "ops/store"]);
    repository.commit();
    repository.git(&["update-ref", MERGED, "HEAD~1"]);
    let held = || {
        let (code, said) = repository.rbk_in("ops/store", &["check", "--locked"]);
        assert!(code == 1 && said.contains("E0018"), "{said}");
    };
    held();
    // Also where what was merged names the base.
    let manifest = repository.0.path().join("ops/store/rbk.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, format!("{text}\n[lock]\nbase = \"HEAD\"\n")).unwrap();
    held();
    // Or where another package stands in its old folder, in what was merged.
    let other = text.replace("name = \"rollback\"", "name = \"other\"");
    assert_ne!(text, other);
    fs::write(&manifest, other).unwrap();
    repository.git(&["mv", "ops/store", "ops/other"]);
    repository.git(&["checkout", "-q", MERGED, "--", "ops/shop"]);
    repository.git(&["mv", "ops/shop", "ops/first"]);
    repository.git(&["mv", "ops/other", "ops/shop"]);
    fs::remove_file(repository.package().join("rbk.lock")).unwrap();
    repository.commit();
    repository.git(&["update-ref", MERGED, "HEAD"]);
    repository.git(&["mv", "ops/shop", "ops/other"]);
    repository.git(&["mv", "ops/first", "ops/shop"]);
    repository.change(
        "at most 4 k8s.Deployment per 24h",
        "at most 8 k8s.Deployment per 24h",
    );
    let (code, said) = repository.rbk(&["check"]);
    assert!(code == 1 && said.contains("E0018"), "{said}");
    let (code, said) = repository.rbk(&["lock", "--amend"]);
    assert!(code == 1 && said.contains("E0018"), "{said}");
}

/// What `git` does not say, or the lock, is not taken for a base that has nothing.
fn unreadable() {
    let repository = Repository::new();
    widened(&repository);
    repository.commit();
    repository.git(&["update-ref", MERGED, "HEAD~1"]);
    let at = |folder: &Path, variable: (&str, &str), why: &str| {
        for arguments in [&["check", "--locked"][..], &["lock", "--amend"]] {
            let output = Command::new(env!("CARGO_BIN_EXE_rbk"))
                .current_dir(folder)
                .args(arguments)
                .env(variable.0, variable.1)
                .output()
                .unwrap();
            let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            let code = output.status.code();
            assert!(
                code == Some(1) && said.contains(why),
                "{arguments:?}, {variable:?}: {said}"
            );
        }
    };
    let package = repository.package();
    let top = repository.0.path();
    // It is of somebody else.
    at(
        &package,
        ("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1"),
        "the base cannot be read (detected dubious ownership",
    );
    // There is no `git`.
    at(
        &package,
        ("PATH", "/nowhere"),
        "the base cannot be read (`git` cannot be run",
    );
    // It is said to lie elsewhere.
    at(
        &package,
        (
            "GIT_CEILING_DIRECTORIES",
            package.parent().unwrap().to_str().unwrap(),
        ),
        "E0018",
    );
    // A partial clone has not what it is asked for.
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{}", top.display());
    repository.git(&["config", "uploadpack.allowFilter", "true"]);
    repository.git(&["branch", "-q", "-f", "base", "HEAD~1"]);
    let here = clone.path().join("part");
    let to = here.to_str().unwrap();
    repository.git(&["clone", "-q", "--filter=blob:none", &url, to]);
    repository.git(&["-C", to, "update-ref", MERGED, "HEAD~1"]);
    repository.git(&["-C", to, "remote", "set-head", "origin", "main"]);
    at(
        &here.join("ops/shop"),
        ("A", "B"),
        "the clone is a partial one",
    );
}

/// What was pushed, or committed, to look like the base is none.
fn no_look_alike() {
    let repository = Repository::new();
    widened(&repository);
    repository.commit();
    repository.git(&["update-ref", MERGED, "HEAD~1"]);
    let held = |why: &str| {
        let (code, said) = repository.rbk(&["check", "--locked"]);
        assert!(code == 1 && said.contains(why), "{said}");
    };
    // A branch called `HEAD`, or what that stands for elsewhere.
    repository.git(&["update-ref", "refs/remotes/origin/HEAD", "HEAD"]);
    held("E0018");
    repository.git(&[
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/heads/mine",
    ]);
    repository.git(&["branch", "mine"]);
    held("E0018");
    // A second branch that others could clone.
    let second = "refs/remotes/origin/master";
    repository.git(&["symbolic-ref", "-d", "refs/remotes/origin/HEAD"]);
    repository.git(&["update-ref", second, "HEAD"]);
    repository.git(&["remote", "add", "origin", "https://example.com/shop.git"]);
    held("no branch that others clone is here");
    repository.git(&["update-ref", "-d", second]);
    held("E0018");
    // A repository among the files of the package.
    let inner = repository.package();
    for folder in ["objects", "refs/remotes/origin"] {
        fs::create_dir_all(inner.join(folder)).unwrap();
    }
    fs::write(inner.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    fs::write(inner.join("config"), "[core]\nbare = false\nworktree = .\n").unwrap();
    held("the base cannot be read (cannot use bare repository");
    for name in ["objects", "refs", "HEAD", "config"] {
        let path = inner.join(name);
        let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path));
    }
    held("E0018");
    // A repository that is not whole.
    let git = repository.0.path().join(".git");
    fs::rename(git.join("HEAD"), git.join("gone")).unwrap();
    held("the base cannot be read");
    fs::rename(git.join("gone"), git.join("HEAD")).unwrap();
    // A lock that lies elsewhere.
    let lock = inner.join("rbk.lock");
    let good = fs::read(&lock).unwrap();
    fs::remove_file(&lock).unwrap();
    symlink("/tmp/rbk.lock", &lock).unwrap();
    repository.commit();
    repository.git(&["update-ref", MERGED, "HEAD"]);
    fs::remove_file(&lock).unwrap();
    fs::write(&lock, good).unwrap();
    held("`ops/shop/rbk.lock` is a link that");
}

/// The name of another package, or of several, lets nothing go.
fn named_as_another() {
    let repository = Repository::new();
    let manifest =
        |name: &str| format!("name = \"{name}\"\nversion = \"1.1.0\"\nedition = \"2026\"\n");
    for (folder, name) in [("other", "other"), ("a", "rollback")] {
        let folder = repository.0.path().join(folder);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("rbk.toml"), manifest(name)).unwrap();
    }
    repository.commit();
    repository.git(&["update-ref", MERGED, "HEAD"]);
    widened(&repository);
    repository.git(&["update-ref", MERGED, "HEAD"]);
    let refused = |folder: &str| {
        let (code, said) = repository.rbk_in(folder, &["lock", "--amend"]);
        assert!(code == 1 && said.contains("E0018"), "{said}");
    };
    let own = repository.package().join("rbk.toml");
    let text = fs::read_to_string(&own).unwrap();
    fs::write(&own, manifest("other")).unwrap();
    refused("ops/shop");
    fs::write(&own, text).unwrap();
    repository.git(&["mv", "ops/shop", "ops/store"]);
    refused("ops/store");
}

/// A lock that was merged with marks in it holds by the last one that has none, so that a change can put it right.
fn broken_lock() {
    let repository = Repository::new();
    let lock = repository.package().join("rbk.lock");
    let good = fs::read_to_string(&lock).unwrap();
    let broken = format!("<<<<<<< HEAD\n{good}");
    fs::write(&lock, &broken).unwrap();
    repository.commit();
    repository.git(&["update-ref", MERGED, "HEAD"]);
    assert_eq!(repository.rbk(&["lock"]).0, 0);
    assert_eq!(fs::read_to_string(&lock).unwrap(), good);
    assert_eq!(repository.rbk(&["check", "--locked"]).0, 0);
    repository.change(
        "at most 4 k8s.Deployment per 24h",
        "at most 9 k8s.Deployment per 24h",
    );
    let (code, said) = repository.rbk(&["lock", "--amend"]);
    assert!(code == 1 && said.contains("E0018"), "{said}");
    // What a merge brought in is not what the base had.
    repository.git(&["checkout", "-q", "--", "."]);
    repository.git(&["checkout", "-q", "-b", "side", "HEAD~1"]);
    let empty = good.split("[[runbook]]").next().unwrap();
    fs::write(&lock, empty).unwrap();
    repository.commit();
    repository.git(&["checkout", "-q", "-"]);
    repository.git(&["merge", "-q", "--no-commit", "-s", "ours", "side"]);
    fs::write(&lock, format!("{broken}\n")).unwrap();
    repository.commit();
    repository.git(&["update-ref", MERGED, "HEAD"]);
    fs::write(&lock, &good).unwrap();
    repository.change(
        "at most 4 k8s.Deployment per 24h",
        "at most 9 k8s.Deployment per 24h",
    );
    let (code, said) = repository.rbk(&["lock", "--amend"]);
    assert!(code == 1 && said.contains("E0018"), "{said}");
    // Where none could ever be read, nothing is held.
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    fs::write(&lock, &broken).unwrap();
    repository.commit();
    repository.git(&["update-ref", MERGED, "HEAD"]);
    fs::write(&lock, &good).unwrap();
    let (code, said) = repository.rbk(&["check", "--locked"]);
    let why = "the base cannot be read (`origin/main`: `ops/shop/rbk.lock`";
    assert!(code == 1 && said.contains(why), "{said}");
}

/// Also one of an older `rbk`.
fn older_lock() {
    let repository = Repository::new();
    let older = root().join("tests/versions/older.lock");
    fs::copy(older, repository.package().join("rbk.lock")).unwrap();
    repository.commit();
    repository.git(&["update-ref", MERGED, "HEAD"]);
    let (code, said) = repository.rbk(&["check"]);
    assert!(code == 0, "{said}");
    assert_eq!(repository.rbk(&["lock"]).0, 0);
    assert_eq!(repository.rbk(&["check", "--locked"]).0, 0);
}

/// However much else there is.
fn among_many() {
    let repository = Repository::new();
    let other = repository.0.path().join("all");
    for number in 0..2_100 {
        let folder = other.join(format!("p{number}"));
        fs::create_dir_all(&folder).unwrap();
        let manifest = format!("name = \"p{number}\"\nversion = \"1.0.0\"\nedition = \"2026\"\n");
        fs::write(folder.join("rbk.toml"), manifest).unwrap();
        fs::write(repository.package().join(format!("more{number}.rbk")), "").unwrap();
    }
    repository.commit();
    repository.git(&["update-ref", MERGED, "HEAD"]);
    for number in 0..2_100 {
        fs::remove_file(repository.package().join(format!("more{number}.rbk"))).unwrap();
    }
    widened(&repository);
    repository.git(&["add", "-A"]);
    repository.git(&["mv", "ops/shop", "ops/store"]);
    repository.commit();
    repository.git(&["update-ref", MERGED, "HEAD~1"]);
    let (code, said) = repository.rbk_in("ops/store", &["check", "--locked"]);
    assert!(code == 1 && said.contains("E0018"), "{said}");
}

/// The remote and its branch may be called as anybody likes.
fn by_another_name() {
    let repository = Repository::new();
    widened(&repository);
    repository.commit();
    let url = "https://example.com/shop.git";
    repository.git(&["remote", "add", "upstream", url]);
    repository.git(&["update-ref", "refs/remotes/upstream/trunk", "HEAD~1"]);
    let held = |why: &str| {
        let (code, said) = repository.rbk(&["check", "--locked"]);
        assert!(code == 1 && said.contains(why), "{said}");
    };
    held("`origin/main` is not here");
    // A branch that is gone stands for nothing.
    let gone = [
        "symbolic-ref",
        "refs/remotes/upstream/HEAD",
        "refs/remotes/upstream/gone",
    ];
    repository.git(&gone);
    held("`origin/main` is not here");
    repository.git(&["remote", "set-head", "upstream", "trunk"]);
    held("E0018");
    // Of several `origin` is meant, also where it is not here: whose a further one is, nobody says.
    repository.git(&["remote", "add", "origin", url]);
    repository.git(&["update-ref", "refs/remotes/upstream/trunk", "HEAD"]);
    held("`origin/main` is not here");
    repository.git(&["update-ref", MERGED, "HEAD~1"]);
    held("E0018");
    repository.git(&["remote", "remove", "origin"]);
    repository.git(&["update-ref", "-d", MERGED]);
    let (code, said) = repository.rbk(&["check", "--locked"]);
    assert!(code == 0, "{said}");
}

/// What is no package itself lies in one, and that is the same.
fn a_part() {
    let repository = Repository::new();
    fs::create_dir(repository.package().join("base")).unwrap();
    for arguments in [&["diff", "./base", "."][..], &["diff", "./base"]] {
        let (code, said) = repository.rbk(arguments);
        assert!(
            code == 2 && said.contains("`./base` is not a package of its own"),
            "{said}"
        );
    }
    let (code, said) = repository.rbk(&["diff", ".", "../shop"]);
    assert!(code == 0 && said.contains("no difference"), "{said}");
}
