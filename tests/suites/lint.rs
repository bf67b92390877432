//! Lints: each one sees what its fixtures show, and nothing where all is well; what comments allow; levels.
//!
//! A fixture is a program `bad*.rbk` or `good*.rbk` below `tests/lint/NAME`; what only a manifest shows stands here.
//! Each fix is applied alone, and the finding that offered it must be gone and nothing be broken.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use rbk::facade::{self, Checked, LintRow};
use serde_json::Value;

use crate::harness::fixture::{self, root, trial};

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("lint/every row is whole", every_row_is_whole),
        trial(
            "lint/the reference names them all",
            the_reference_names_them_all,
        ),
        trial("lint/levels", levels),
        trial("lint/what cannot be allowed", what_cannot_be_allowed),
        trial("lint/what a comment covers", what_a_comment_covers),
        trial("lint/dependencies", dependencies),
        trial("lint/huge packages", huge),
        trial("lint/hostile rules and metrics", hostile_data),
        trial("lint/broken packages are left alone", broken_packages),
    ];
    for row in facade::lints() {
        let folder = folder(&row);
        if !folder.exists() {
            continue;
        }
        let files = fixture::files(&folder).into_iter();
        for path in files.filter(|path| path.extension().is_some_and(|end| end == "rbk")) {
            let name = fixture::relative(root(), &path);
            let row = row.clone();
            trials.push(trial(
                name.trim_start_matches("tests/").to_owned(),
                move || shows(&row, &path),
            ));
        }
    }
    trials
}

fn folder(row: &LintRow) -> std::path::PathBuf {
    root().join("tests/lint").join(row.name)
}

/// Each rule has the name of its code, one row, and fixtures of both kinds; no folder is of no rule.
fn every_row_is_whole() {
    let rows = facade::lints();
    let codes: Vec<&str> = rows.iter().map(|row| row.code).collect();
    assert!(
        codes.is_sorted_by(|a, b| a < b),
        "the table's order: {codes:?}"
    );
    let registered = facade::codes();
    for code in registered.iter().filter(|row| row.code.starts_with('L')) {
        assert!(codes.contains(&code.code), "{} has no rule", code.code);
    }
    for row in &rows {
        assert_eq!(row.name, row.kebab, "the name of {}", row.code);
        let files = match folder(row).exists() {
            true => fixture::files(&folder(row)),
            false => Vec::new(),
        };
        let has = |kind: &str| {
            files.iter().any(|path| {
                let name = path.file_name().unwrap().to_str().unwrap();
                name.starts_with(kind)
            })
        };
        if row.walked && !MANIFESTS.contains(&row.name) {
            assert!(has("bad") && has("good"), "{} has no fixtures", row.name);
        }
    }
    for path in fs::read_dir(root().join("tests/lint")).unwrap() {
        let name = path.unwrap().file_name().into_string().unwrap();
        assert!(rows.iter().any(|row| row.name == name), "{name} is no lint");
    }
}

/// Shown by manifests alone.
const MANIFESTS: [&str; 2] = ["floating-dependency", "unused-dependency"];

fn shows(row: &LintRow, path: &Path) {
    let text = fs::read_to_string(path).unwrap();
    let beside = beside(path);
    let beside: Vec<(&str, &str)> = beside.iter().map(|(what, text)| (*what, &**text)).collect();
    let lint = |text: &str| facade::lint_beside(&[("main.rbk", text.as_bytes())], &beside);
    let checked = lint(&text);
    let found = codes(&checked);
    let name = path.file_name().unwrap().to_str().unwrap();
    match name.starts_with("bad") {
        true => assert_eq!(found, BTreeSet::from([row.code]), "\n{}", checked.human),
        false => assert!(found.is_empty(), "\n{}", checked.human),
    }
    let found: Vec<Value> = serde_json::from_str(&checked.json).unwrap();
    for finding in found.iter().filter(|finding| !finding["fix"].is_null()) {
        assert_ne!(row.fixes, "-", "{} offers a fix", row.name);
        let mended = apply(&text, finding);
        let again = lint(&mended);
        let errors = again.findings.iter().filter(|found| found.kind == "error");
        assert_eq!(errors.count(), 0, "\n{mended}\n{}", again.human);
        let same = |of: &Checked| {
            let same = of.findings.iter();
            same.filter(|found| found.code == row.code).count()
        };
        assert!(same(&again) < same(&checked), "\n{mended}\n{}", again.human);
    }
}

fn apply(text: &str, finding: &Value) -> String {
    let mut text = text.to_owned();
    let mut edits: Vec<&Value> = finding["fix"]["edits"].as_array().unwrap().iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit["start"]["offset"].as_u64()));
    for edit in edits {
        let at = |end: &str| edit[end]["offset"].as_u64().unwrap() as usize;
        text.replace_range(at("start")..at("end"), edit["text"].as_str().unwrap());
    }
    text
}

/// What is known beside a fixture: `bad.rules.yml`, or else `rules.yml`; `metrics.txt`, `metrics.json`, `today.txt`.
pub fn beside(path: &Path) -> Vec<(&'static str, String)> {
    let kinds = [
        ("rules", "rules.yml"),
        ("metrics", "metrics.txt"),
        ("metrics", "metrics.json"),
        ("today", "today.txt"),
    ];
    let found = kinds.into_iter().filter_map(|(what, name)| {
        let own = path.with_extension(name);
        let shared = path.with_file_name(name);
        let text = fs::read_to_string(own).or_else(|_| fs::read_to_string(shared));
        Some((what, text.ok()?))
    });
    found.collect()
}

fn lint(text: &str) -> Checked {
    facade::lint(&[("main.rbk", text.as_bytes())])
}

/// The text of a fixture.
fn fixture(name: &str) -> String {
    fs::read_to_string(root().join("tests/lint").join(name)).unwrap()
}

fn codes(checked: &Checked) -> BTreeSet<&'static str> {
    checked.findings.iter().map(|found| found.code).collect()
}

fn with_manifest(lines: &str, text: &str) -> Checked {
    let manifest = format!("name = \"p\"\nversion = \"1.0.0\"\nedition = \"2026\"\n{lines}");
    facade::lint(&[
        ("rbk.toml", manifest.as_bytes()),
        ("main.rbk", text.as_bytes()),
    ])
}

/// What a package says of a lint holds; a lint is not turned off without a word.
fn levels() {
    let bad = fixture("slack-blast/bad.rbk");
    let kinds = |lines: &str| -> Vec<(&str, &str)> {
        let found = with_manifest(lines, &bad).findings;
        found.iter().map(|found| (found.code, found.kind)).collect()
    };
    assert_eq!(kinds(""), [("L0602", "warning")]);
    assert_eq!(
        kinds("[lint]\nslack-blast = \"error\"\n"),
        [("L0602", "error")]
    );
    assert_eq!(
        kinds("[lint]\nslack-blast = \"note\"\n"),
        [("L0602", "note")]
    );
    let off = "[lint]\nslack-blast = { level = \"off\", why = \"we have few pods\" }\n";
    assert_eq!(kinds(off), []);
    assert_eq!(
        kinds("[lint]\nslack-blast = \"off\"\n"),
        [("E0011", "error")]
    );
    assert_eq!(
        kinds("[lint]\nslack-blast = { level = \"off\", why = \"few\" }\n"),
        [("E0011", "error")]
    );
    assert_eq!(
        kinds("[lint]\nslak-blast = \"warn\"\n"),
        [("E0009", "error")]
    );
    assert_eq!(
        kinds("[lint]\nslack-blast = \"loud\"\n"),
        [("E0011", "error")]
    );
    assert_eq!(
        kinds("[lint.settings]\nshort-rate.scrap = \"1s\"\n"),
        [("E0009", "error")]
    );
    assert_eq!(
        kinds("[lint.settings]\nshort-rate.scrape = 3\n"),
        [("E0011", "error")]
    );
    let short = fixture("short-rate/bad.rbk");
    let scraped = with_manifest("[lint.settings]\nshort-rate.scrape = \"5s\"\n", &short);
    assert!(scraped.findings.is_empty(), "{}", scraped.human);
    let unused = "use std.tcp\nconst a = 1\n";
    let warned = with_manifest("[lint]\nunused-use = \"error\"\n", unused);
    let kinds: Vec<_> = warned.findings.iter().map(|found| found.kind).collect();
    assert_eq!(kinds, ["error"], "of a check: {}", warned.human);
}

/// An error stays an error, whatever a comment says.
fn what_cannot_be_allowed() {
    let bad = "// allow type-mismatch: it is meant so\nconst a: Int = \"text\"\n";
    assert_eq!(codes(&lint(bad)), BTreeSet::from(["E0301"]));
    let text = fixture("unneeded-allow/good.rbk");
    let about = text.replace("slack-blast:", "unneeded-allow:");
    assert_eq!(codes(&lint(&about)), BTreeSet::from(["L0602", "L1203"]));
    let prose = text.replace("// allow slack-blast: the", "// allow for the");
    assert_eq!(codes(&lint(&prose)), BTreeSet::from(["L0602"]));
}

/// A comment covers the node that begins on its line or the next, whole, and nothing else.
fn what_a_comment_covers() {
    let bad = fixture("slack-blast/bad.rbk");
    let on_runbook = bad.replace(
        "runbook stuck",
        "// allow slack-blast: it is shown here\nrunbook stuck",
    );
    assert!(codes(&lint(&on_runbook)).is_empty(), "the whole runbook");
    let behind = bad.replace(
        "  blast {\n",
        "  blast {  // allow slack-blast: it is shown here\n",
    );
    assert!(codes(&lint(&behind)).is_empty(), "the whole block");
    let beside = bad.replace(
        "  incident per",
        "  // allow slack-blast: it is shown here\n  incident per",
    );
    let both = BTreeSet::from(["L0602", "L1201"]);
    assert_eq!(codes(&lint(&beside)), both, "another clause");
    let of_check = "// allow unused-use: it is shown here\nuse std.tcp\n\nconst a = 1\n";
    assert!(codes(&lint(of_check)).is_empty(), "what a check finds");
    let checked = facade::check(&[("main.rbk", of_check.as_bytes())]);
    assert!(checked.findings.is_empty(), "{}", checked.human);
}

/// What a manifest depends on in vain, or on sand.
fn dependencies() {
    let common = "name = \"common\"\nversion = \"1.0.0\"\nedition = \"2026\"\n";
    let uses = "name = \"p\"\nversion = \"1.0.0\"\nedition = \"2026\"\n\n[dependencies]\ncommon = { path = \"common\" }\n";
    let lint = |text: &str| {
        facade::lint(&[
            ("rbk.toml", uses.as_bytes()),
            ("common/rbk.toml", common.as_bytes()),
            ("common/common.rbk", b"const five = 5\n"),
            ("main.rbk", text.as_bytes()),
        ])
    };
    let unused = lint("const six = 6\n");
    assert_eq!(
        codes(&unused),
        BTreeSet::from(["L1004"]),
        "{}",
        unused.human
    );
    let used = lint("use common.{five}\n\nconst six = five + 1\n");
    assert!(codes(&used).is_empty(), "{}", used.human);
}

/// A package with an error is told that, and nothing else.
fn broken_packages() {
    let bad = fixture("slack-blast/bad.rbk") + "\nconst wrong: Int = \"text\"\n";
    assert_eq!(codes(&lint(&bad)), BTreeSet::from(["E0301"]));
}

/// The page of the reference that names them all; blessed like a snapshot.
fn the_reference_names_them_all() {
    let path = root().join("grammar/reference/lints.md");
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let registered = facade::codes();
    let mut rows = String::new();
    for row in facade::lints() {
        let code = registered
            .iter()
            .find(|code| code.code == row.code)
            .unwrap();
        let level = match code.kind {
            "warning" => "warn",
            other => other,
        };
        let cells = [row.code, row.name, level, row.data, row.fixes, code.title];
        rows.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    let head = "| code | name | level | data | fixes | |\n|---|---|---|---|---|---|\n";
    let before = kept.split(head).next().unwrap_or_default();
    let page = format!("{before}{head}{rows}");
    if kept != page && std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(&path, &page).unwrap();
        return;
    }
    assert_eq!(
        kept, page,
        "grammar/reference/lints.md: bless it with INSTA_UPDATE=always"
    );
}

/// So many of everything that nobody waits for a look at each pair of them.
fn huge() {
    let head = fixture("slack-blast/bad.rbk");
    let (head, runbook) = head.split_at(head.find("/// What it is for.\nrunbook").unwrap());
    let mut text = head.to_owned();
    for at in 0..300 {
        let one = runbook.replace("runbook stuck", &format!("runbook stuck_{at}"));
        text.push_str(&one.replace("\"Stuck\"", &format!("\"Stuck{at}\"")));
        text.push('\n');
    }
    for at in 0..2_000 {
        text.push_str(&format!(
            "/// Is it?\nprobe unread_{at}(a: Int, b: Int) -> Float {{ return prom.value(promql\"sum(up)\") }}\n"
        ));
    }
    let mut rules = String::from("groups:\n- rules:\n");
    for at in 0..3_000 {
        rules.push_str(&format!("  - {{alert: Stock{at}, expr: up}}\n"));
    }
    let checked = facade::lint_beside(&[("main.rbk", text.as_bytes())], &[("rules", &rules)]);
    let found = codes(&checked);
    for code in ["L0208", "L0406", "L0602"] {
        assert!(found.contains(code), "{code}: {found:?}");
    }
}

/// Data that would like to keep its reader busy.
fn hostile_data() {
    let text = fixture("label-never-set/bad.rbk");
    let lint = |what: &str, data: &str| {
        facade::lint_beside(&[("main.rbk", text.as_bytes())], &[(what, data)])
    };
    let nested =
        |open: &str, close: &str| format!("{}up{}", open.repeat(5_000), close.repeat(5_000));
    let expressions = [
        nested("(", ")"),
        nested("-", ""),
        nested("sum(", ")"),
        nested("up + (", ")"),
        "up + ".repeat(50_000) + "up",
        "up{".to_owned() + &"a=\"b\",".repeat(50_000) + "}",
        "up[5m:1m] offset".repeat(1_000),
        "\"".repeat(99),
        "\u{1f40c}\u{0}\u{202e}".repeat(100),
    ];
    for expression in expressions {
        let quoted = serde_json::to_string(&expression).unwrap();
        let rules = format!("groups: [{{rules: [{{alert: WorkerStuck, expr: {quoted}}}]}}]");
        lint("rules", &rules);
    }
    let deep = "[".repeat(100_000);
    let keys: String = (0..50_000).map(|at| format!("k{at}: v\n")).collect();
    let anchors: String = (0..5_000)
        .map(|at| format!("a{at}: &a{at} [*a{}]\n", at))
        .collect();
    for data in [
        deep.as_str(),
        &keys,
        &anchors,
        "",
        "\u{feff}groups: []",
        "--- |\n",
        "%YAML 9\n---\n",
    ] {
        lint("rules", data);
        lint("metrics", data);
    }
    let json = format!(
        "{{\"data\": {}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    lint("metrics", &json);
    let names: String = (0..50_000)
        .map(|at| format!("jobs_taken_total{at}\n"))
        .collect();
    lint("metrics", &names);
}
