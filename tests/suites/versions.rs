//! Versions: what a change asks of a version, what a lock says, what leaves the core as it is.
//!
//! Below `tests/versions` each `base.rbk` is one program, each `x.change` beside it a change of it with the
//! verdict that was given before the checker saw it:
//!
//! ```text
//! # what the change is
//! needs major                 which number of the version has to rise: none, patch, minor, major
//! wider guard                 each kind of change that is told, and no other
//!
//! -     guard a == b          a text that stands once in the program, and what stands there instead;
//! +     guard a >= b          lines that begin with `-` and `+`, a blank line before each such pair
//! ```

use std::fs;

use libtest_mimic::Trial;
use rbk::facade::{self, File, versions};

use crate::harness::fixture::{self, Fixture, root, trial};
use crate::harness::snapshot;

mod base;
mod git;

pub fn trials() -> Vec<Trial> {
    let mut trials = fixture::trials("versions", "change", pair);
    trials.extend(fixture::trials("versions", "rbk", golden));
    trials.extend([
        trial("versions/layout keeps the core", layout_keeps_the_core),
        trial(
            "versions/a further test keeps the core",
            a_test_keeps_the_core,
        ),
        trial(
            "versions/every field of a lock is held",
            every_field_is_held,
        ),
        trial(
            "versions/a comment has room for what is wider",
            a_comment_has_room,
        ),
        trial(
            "versions/words of the user stay in code",
            words_stay_in_code,
        ),
    ]);
    trials.extend(base::trials());
    trials.extend(git::trials());
    trials
}

fn pair(fixture: &Fixture) {
    let text = fixture.text();
    let (head, hunks) = text.split_once("\n\n").unwrap();
    let mut said = head.lines().filter(|line| !line.starts_with('#'));
    let needs = said.next().unwrap().strip_prefix("needs ").unwrap();
    let mut wanted: Vec<&str> = said.collect();
    wanted.sort_unstable();
    let path = fixture.path.with_file_name("base.rbk");
    let before = fs::read_to_string(path).unwrap();
    let mut after = before.clone();
    for hunk in hunks.split("\n\n") {
        let side = |mark: char| {
            let lines = hunk.lines().filter_map(|line| line.strip_prefix(mark));
            let lines = lines.map(|line| line.strip_prefix(' ').unwrap_or(line));
            lines.collect::<Vec<_>>().join("\n")
        };
        let (old, new) = (side('-'), side('+'));
        assert_eq!(after.matches(&old).count(), 1, "stands not once: {old}");
        after = after.replace(&old, &new);
    }
    let diffed = versions::diff(&one(&before), &one(&after)).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(
        (diffed.needs, diffed.changes),
        (needs, wanted.iter().map(ToString::to_string).collect()),
        "{}",
        diffed.terminal
    );
}

/// The lock of the program: each core is for ever, so a change of it here is a change of the encoding.
fn golden(fixture: &Fixture) {
    let lock = versions::locked(&one(&fixture.text())).unwrap();
    snapshot::assert_matches(fixture, &lock);
    assert_eq!(versions::relocked(&lock).unwrap(), lock);
}

fn base() -> String {
    fs::read_to_string(root().join("tests/versions/base.rbk")).unwrap()
}

fn one(text: &str) -> [File<'_>; 1] {
    [("base.rbk", text.as_bytes())]
}

/// Every sound program of the suites, laid out anew and with another place for each item.
fn layout_keeps_the_core() {
    let mut seen = 0;
    for package in ["check", "run", "tested", "trust", "fmt"]
        .into_iter()
        .flat_map(fixture::packages)
    {
        let Some(cores) = versions::cores(&package.files()) else {
            continue;
        };
        let formatted = package.texts.iter().map(|(path, bytes)| {
            let text = String::from_utf8_lossy(bytes);
            let laid_out = match path.ends_with(".rbk") {
                true => facade::format(path, &text).unwrap_or_else(|_| text.to_string()),
                false => text.to_string(),
            };
            // Everything moves down, and comments are added.
            let head = if path.ends_with(".rbk") {
                "\n\n// moved\n"
            } else {
                ""
            };
            let docs = laid_out.starts_with("//!");
            let laid_out = if docs {
                laid_out
            } else {
                format!("{head}{laid_out}")
            };
            (path.clone(), laid_out)
        });
        let formatted: Vec<(String, String)> = formatted.collect();
        let files: Vec<File<'_>> = formatted
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_bytes()))
            .collect();
        assert_eq!(
            versions::cores(&files),
            Some(cores),
            "{}",
            package.fixture.name
        );
        seen += 1;
    }
    assert!(seen > 60, "only {seen} programs are sound");
}

fn a_test_keeps_the_core() {
    let before = base();
    let after = format!(
        "{before}\ntest rollback \"a fault of its own\" {{\n  given alert ErrorRateHigh(service: \"web\", team: \"basket\")\n  given errors(any) fails\n  expect inconclusive\n}}\n"
    );
    assert_eq!(
        versions::cores(&one(&before)),
        versions::cores(&one(&after))
    );
}

/// A lock from which one field is taken, or to which one is added, cannot be read.
fn every_field_is_held() {
    let lock = versions::locked(&one(&base())).unwrap();
    let fields = [
        "core", "effect", "key", "needs", "owns", "steps", "claims", "people", "time",
    ];
    for field in fields {
        let start = lock.find(&format!("\n{field} = ")).unwrap() + 1;
        let end = lock[start..]
            .find("\n]\n")
            .map_or(usize::MAX, |end| start + end + 3);
        let line = lock[start..].find('\n').unwrap() + start + 1;
        let end = if lock[start..line].ends_with("[\n") {
            end
        } else {
            line
        };
        let without = format!("{}{}", &lock[..start], &lock[end..]);
        assert!(
            versions::relocked(&without).is_err(),
            "{field} is not missed"
        );
    }
    let more = lock.replace("\neffect = ", "\nother = 1\neffect = ");
    assert!(
        versions::relocked(&more).is_err(),
        "an unknown field is taken"
    );
    let later = lock.replace("format = 1", "format = 2");
    let why = versions::relocked(&later).unwrap_err();
    assert!(why.contains("form 2"), "{why}");
}

/// What a user writes can neither end a code span nor a cell.
fn words_stay_in_code() {
    let before = base();
    let nasty = "web.revision == deploy.revision or service == \"`|<img src=x> **b** ]( @all\"";
    let after = before.replace("web.revision == deploy.revision", nasty);
    let diffed = versions::diff(&one(&before), &one(&after)).unwrap();
    let row = diffed
        .markdown
        .lines()
        .find(|line| line.contains("img"))
        .unwrap();
    let mut outside = String::new();
    let mut rest = row;
    while let Some(at) = rest.find('`') {
        outside.push_str(&rest[..at]);
        let fence = rest[at..].bytes().take_while(|byte| *byte == b'`').count();
        let inside = &rest[at + fence..];
        let mark = "`".repeat(fence);
        let ends = inside.match_indices(&mark);
        let end = ends.map(|(end, _)| end).find(|end| {
            let before = inside[..*end].ends_with('`');
            !before && !inside[end + fence..].starts_with('`')
        });
        rest = &inside[end.unwrap() + fence..];
    }
    outside.push_str(rest);
    for mark in ["<", "@", "**b", "]("] {
        assert!(
            !outside.contains(mark),
            "{mark} stands outside of code: {row}"
        );
    }
    assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
}

/// 300 runbooks change what they look at, and the last of them one right: it is in the comment, whatever else is not.
fn a_comment_has_room() {
    let base = base();
    let at = base.find("/// Rolls a service back").unwrap();
    let (head, runbook) = base.split_at(at);
    let end = runbook.find("\n}\n").unwrap() + 3;
    let (runbook, rest) = runbook.split_at(end);
    let many = |last: &str| {
        let names = (0..300).map(|number| match number {
            299 => last.replacen("runbook rollback", "runbook back_299", 1),
            _ => runbook.replacen("runbook rollback", &format!("runbook back_{number}"), 1),
        });
        let items: String = names.map(|item| format!("{item}\n")).collect();
        format!("{head}{runbook}\n{items}{rest}")
    };
    let before = many(runbook);
    let after = many(&runbook.replace("at most 1 k8s.Deployment\n", "at most 2 k8s.Deployment\n"));
    let after = after
        .replace("holding 1m", "holding 50s")
        .replace("sev2", "sev3");
    let diffed = versions::diff(&one(&before), &one(&after)).unwrap();
    let comment = &diffed.markdown;
    assert!(comment.len() < 65_536, "{}", comment.len());
    let wider = comment.lines().filter(|line| line.contains("**wider**"));
    assert_eq!(wider.count(), 1, "{comment}");
    assert!(comment.contains("**Left out, since a comment has no room for it: "));
    let few = versions::diff(&one(&base), &one(&base.replace("sev2", "sev3"))).unwrap();
    assert!(!few.markdown.contains("Left out"), "{}", few.markdown);
}
