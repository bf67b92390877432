//! What a builder has at hand: scripts for shells, manual pages, the manual as a folder, tests that run again by themselves.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use libtest_mimic::Trial;

use crate::harness::fixture::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("cli/desk: shells take the completions", completions),
        trial("cli/desk: each command has a manual page", pages),
        trial(
            "cli/desk: the manual has each page of the reference",
            reference,
        ),
        trial("cli/desk: links of the manual lead to a place", links),
        trial(
            "cli/desk: what an author writes does nothing in the manual",
            hostile,
        ),
        trial("cli/desk: tests run again as files change", watch),
        trial(
            "cli/desk: a patch leaves out what a fix would not touch",
            links_out,
        ),
    ]
}

fn rbk(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn said(arguments: &[&str]) -> String {
    let output = rbk(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn links_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let text = "/// What it is.\nconst calm = 90 && true\n";
    fs::create_dir(path("ops")).unwrap();
    fs::write(
        path("ops/rbk.toml"),
        "name = \"ops\"\nversion = \"1.0.0\"\nedition = \"2026\"\n",
    )
    .unwrap();
    fs::write(path("ops/own.rbk"), text).unwrap();
    fs::write(path("lent.rbk"), text.replace("calm", "busy")).unwrap();
    std::os::unix::fs::symlink("../lent.rbk", path("ops/lent.rbk")).unwrap();
    let ops = path("ops");
    let ops = ops.to_str().unwrap();
    let output = rbk(&["check", ops, "--fix", "--diff"]).output().unwrap();
    let patch = String::from_utf8(output.stdout).unwrap();
    let beside = String::from_utf8(output.stderr).unwrap();
    assert!(patch.contains("+const calm = 90 and true"), "{patch}");
    assert!(!patch.contains("busy"), "{patch}");
    assert!(
        beside.contains("lent.rbk` would be left as it is: it is a link"),
        "{beside}"
    );
}

fn completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = said(&["completions", shell]);
        assert!(script.contains("completions"), "{shell}: {script}");
        let takes_it = ["bash", "zsh", "fish"].contains(&shell);
        let is_here = || Command::new(shell).arg("--version").output().is_ok();
        if takes_it && is_here() {
            let mut reader = Command::new(shell)
                .args(["-n", "/dev/stdin"])
                .stdin(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut input = reader.stdin.take().unwrap();
            input.write_all(script.as_bytes()).unwrap();
            drop(input);
            let output = reader.wait_with_output().unwrap();
            assert!(output.status.success(), "{shell}: {output:?}");
            assert!(output.stderr.is_empty(), "{shell}: {output:?}");
        }
    }
}

fn pages() {
    let folder = tempfile::tempdir().unwrap();
    let man = folder.path().join("man1");
    said(&["man", "--output", man.to_str().unwrap()]);
    let whole = said(&["man"]);
    assert_eq!(whole, fs::read_to_string(man.join("rbk.1")).unwrap());
    for command in [
        "check",
        "test",
        "explain",
        "incident",
        "incident-list",
        "man",
    ] {
        let page = fs::read_to_string(man.join(format!("rbk-{command}.1"))).unwrap();
        assert!(page.contains(".TH"), "{page}");
        assert!(page.contains("SYNOPSIS"), "{page}");
    }
}

/// The names of the pages in the repository.
fn in_the_folder() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("grammar/reference");
    let files = fs::read_dir(folder).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = files
        .filter_map(|file| file.strip_suffix(".md").map(str::to_owned))
        .collect();
    names.sort();
    names
}

fn reference() {
    let topics = said(&["doc"]);
    let language = topics.split("\n\n").next().unwrap();
    let listed = language.lines().skip(1);
    let listed: Vec<&str> = listed
        .map(|line| line.split_whitespace().next().unwrap())
        .collect();
    assert_eq!(listed, in_the_folder());
    for name in listed {
        let file = format!("{}/grammar/reference/{name}.md", env!("CARGO_MANIFEST_DIR"));
        let page = said(&["doc", name, "--format", "markdown"]);
        assert_eq!(
            page.trim_end(),
            fs::read_to_string(file).unwrap().trim_end()
        );
    }
}

/// The manual with a package: names of files and their texts.
fn manual(package: &Path) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let (package, output) = (package.to_str().unwrap(), folder.path().join("manual"));
    let told = said(&[
        "doc",
        "--package",
        package,
        "--output",
        output.to_str().unwrap(),
    ]);
    let files = fs::read_dir(output).unwrap().map(|file| file.unwrap());
    let files: Vec<(String, String)> = files
        .map(|file| {
            let name = file.file_name().into_string().unwrap();
            (name, fs::read_to_string(file.path()).unwrap())
        })
        .collect();
    // None was written over another one.
    let count = format!("{} files in ", files.len());
    assert!(told.starts_with(&count), "{}: {told}", files.len());
    files
}

fn links() {
    let files = manual(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/redis"));
    let mut lower: Vec<String> = files.iter().map(|(name, _)| name.to_lowercase()).collect();
    lower.sort();
    lower.dedup();
    assert_eq!(
        lower.len(),
        files.len(),
        "a disk may not tell two of them apart"
    );
    let mut count = 0;
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".html")) {
        let links = text.split("href=\"").skip(1);
        let links = links.map(|rest| rest.split('"').next().unwrap());
        for link in links.filter(|link| !link.starts_with("http")) {
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let file = if file.is_empty() { name } else { file };
            let there = files.iter().find(|(name, _)| name == file);
            let (_, there) = there.unwrap_or_else(|| panic!("{name}: {link}"));
            let place = format!("id=\"{place}\"");
            assert!(
                place == "id=\"\"" || there.contains(&place),
                "{name}: {link}"
            );
            count += 1;
        }
    }
    assert!(count > 500, "{count}");
    assert!(
        files.iter().any(|(name, _)| name == "package-redis.html"),
        "{lower:?}"
    );
}

fn hostile() {
    let folder = tempfile::tempdir().unwrap();
    let text = "//! <script>alert(1)</script> [a](javascript:alert(1)) ![b](https://example.com/c.png)\n\n\
                /// ```rbk\n/// <img src=x onerror=alert(1)>\n\
                const limit = 3\n\n/// <!-- <b onclick=x>\nconst other = 4\n";
    fs::write(folder.path().join("rbk.toml"), PACKAGE).unwrap();
    fs::write(folder.path().join("a.rbk"), text).unwrap();
    let files = manual(folder.path());
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".html")) {
        assert_eq!(text.matches("<script").count(), 1, "{name}: {text}");
        for bad in ["<img", "<b ", "<!--", "href=\"javascript"] {
            assert!(!text.contains(bad), "{name}: {bad} in {text}");
        }
    }
    let (_, page) = files
        .iter()
        .find(|(name, _)| name == "package-watched.html")
        .unwrap();
    for shown in [
        "&lt;script&gt;",
        "&lt;img src=x",
        "<h2 id=\"other\">other</h2>",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}

const PACKAGE: &str = "name = \"watched\"\nversion = \"0.1.0\"\nedition = \"2026\"\n";

/// A runbook that clears below a limit, with a test for each of two samples.
fn runbook(limit: &str, sample: &str) -> String {
    format!(
        r#"use std.prom

role builder = rota "pagerduty:shop"
role platform = rota "pagerduty:platform"

product shop {{
  owner builder
  chain builder for 5m, platform until acknowledged
}}

runbook look for shop {{
  version 1.0.0
  severity sev3
  on alert "Slow" {{ with pod }}
  incident per pod
  watch lag() = prom.value(promql"sum(lag)")
  diagnose {{
    cleared if lag() < {limit}
    found slow
  }}
  remedy slow {{ page builder "it is slow" }}
}}

test look "nothing to do" {{
  given alert Slow(pod: "w-1")
  given lag() -> 3
  expect cleared
}}

test look "somebody is told" {{
  given alert Slow(pod: "w-1")
  given lag() -> {sample}
  expect found slow
}}
"#
    )
}

/// A command that never ends by itself.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn watch() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("look.rbk");
    let save = |path: &Path, text: &str| {
        let beside = path.with_extension("new");
        fs::write(&beside, text).unwrap();
        fs::rename(beside, path).unwrap();
    };
    save(&folder.path().join("rbk.toml"), PACKAGE);
    save(&file, &runbook("10", "50"));
    let mut command = rbk(&["test", "--watch", folder.path().to_str().unwrap()]);
    let child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut running = Running(child);
    let mut lines = BufReader::new(running.0.stdout.take().unwrap()).lines();
    let mut round = || {
        let mut said = String::new();
        loop {
            let line = lines.next().expect("it goes on").unwrap();
            if line.starts_with("watching ") {
                return said;
            }
            said.push_str(&line);
            said.push('\n');
        }
    };
    let first = round();
    assert!(first.contains("2 passed, 0 failed"), "{first}");

    // One test alone is another one.
    save(&file, &runbook("10", "5"));
    let second = round();
    assert!(second.contains("FAIL  look: somebody is told"), "{second}");
    assert!(second.contains("0 passed, 1 failed"), "{second}");

    // What is wrong is said, and it goes on.
    save(&file, "runbook {");
    let broken = round();
    assert!(broken.contains("error"), "{broken}");

    // The runbook is another one: both tests hang on it.
    save(&file, &runbook("4", "5"));
    let third = round();
    assert!(third.contains("2 passed, 0 failed"), "{third}");
}
