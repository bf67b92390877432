//! Codes and their pages: each code has a page that shows it happening and shows it mended.
//!
//! A page's first block under `Avoid` yields its code and no other, the first under `Prefer` yields
//! nothing. What no text can show, a file that is not text say, stands in a `console` block and is
//! shown by a fixture of `tests/cli`. A `toml` block is the manifest of a package, on the pages of
//! the settings and of the agent its `agent.toml`. What a running agent meets, no page can yield:
//! there the settings of both blocks are sound.

use std::collections::BTreeSet;
use std::fs;

use libtest_mimic::Trial;
use rbk::facade::{self, CodeRow, Finding};

use crate::harness::fixture::{self, root, trial};
use crate::harness::markdown::{self, Block};

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("explain/every page has its row", every_page_has_its_row),
        trial("explain/every code is used", every_code_is_used),
        trial(
            "explain/every reference leads somewhere",
            every_reference_leads_somewhere,
        ),
    ];
    trials.push(trial("explain/reasons", reasons_have_pages));
    for row in facade::codes() {
        trials.push(trial(format!("explain/{}", row.code), move || {
            page_holds(&row)
        }));
    }
    trials
}

fn every_page_has_its_row() {
    let rows = facade::codes();
    for path in fixture::files(&root().join("src/diag/explain")) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(
            rows.iter().any(|row| row.code == name),
            "{name}.md has no row in src/diag/code.rs"
        );
    }
    let codes: BTreeSet<_> = rows.iter().map(|row| row.code).collect();
    assert_eq!(
        codes.len(),
        rows.len(),
        "a code stands twice in src/diag/code.rs"
    );
}

/// Each reason has a page that says what happened and what to do, and no page is without a reason.
fn reasons_have_pages() {
    let rows = facade::reasons();
    for row in &rows {
        let head = format!("# {}: {}\n\n## What happened\n\n", row.word, row.title);
        assert!(row.page.starts_with(&head), "{}: {}", row.word, row.page);
        let (_, to_do) = row.page.split_once("\n\n## What to do\n\n").unwrap();
        assert!(!to_do.trim().is_empty(), "{}", row.word);
    }
    let words: BTreeSet<_> = rows.iter().map(|row| row.word).collect();
    for path in fixture::files(&root().join("src/effect/explain")) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(words.contains(name), "{name}.md is the page of no reason");
    }
}

/// Each code is constructed somewhere; a code that nothing yields would be a promise not kept.
fn every_code_is_used() {
    let rust = fixture::files(&root().join("src"));
    let rust = rust
        .iter()
        .filter(|path| path.extension().is_some_and(|found| found == "rs"));
    let texts: Vec<String> = rust
        .filter(|path| !path.ends_with("src/diag/code.rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let is_used = |row: &CodeRow| {
        texts
            .iter()
            .any(|text| names(text, &format!("Code::{}", row.name)))
    };
    let rows = facade::codes();
    let unused = rows.iter().filter(|row| !is_used(row));
    let unused: Vec<_> = unused
        .map(|row| format!("{} {}", row.code, row.name))
        .collect();
    assert!(unused.is_empty(), "never reported:\n{}", unused.join("\n"));
}

/// Pages speak of codes that exist.
fn every_reference_leads_somewhere() {
    let rows = facade::codes();
    for row in &rows {
        for word in row.page.split(|c: char| !c.is_ascii_alphanumeric()) {
            let looks = word.len() == 5
                && word.starts_with(['A', 'C', 'E', 'L', 'N', 'R', 'T'])
                && word[1..].bytes().all(|byte| byte.is_ascii_digit());
            let known = rows.iter().any(|row| row.code == word);
            assert!(
                !looks || known,
                "{}.md speaks of {word}, which is no code",
                row.code
            );
        }
    }
}

fn page_holds(row: &CodeRow) {
    let CodeRow {
        code, title, page, ..
    } = row;
    assert!(
        page.starts_with(&format!("# {code}: {title}\n")),
        "{code}.md: its first line is `# {code}: {title}`"
    );
    let headings = markdown::headings(page);
    let wanted = [
        "What happened",
        "Why it matters",
        "Avoid",
        "Prefer",
        "See also",
    ];
    assert_eq!(headings, wanted, "{code}.md: the headings of a page");
    let blocks = markdown::blocks(page);
    let first = |section: &str| blocks.iter().find(|block| block.section == section);
    let avoid = first("Avoid").unwrap_or_else(|| panic!("{code}.md: nothing to avoid"));
    let prefer = first("Prefer").unwrap_or_else(|| panic!("{code}.md: nothing to prefer"));
    assert_eq!(
        avoid.language(),
        prefer.language(),
        "{code}.md: both blocks are of one language"
    );
    if code.starts_with('A') {
        return sound_settings(code, [avoid, prefer]);
    }
    if avoid.language() == "console" {
        return shown_by_the_command_line(code);
    }
    let is_walked = facade::lints()
        .iter()
        .any(|lint| lint.code == *code && (lint.walked || code.starts_with("L12")));
    if is_walked {
        let beside = |section: &str| {
            let blocks = blocks.iter().filter(|block| block.section == section);
            beside(blocks.collect())
        };
        let (bad, good) = (beside("Avoid"), beside("Prefer"));
        let good = if good.is_empty() { &bad } else { &good };
        let found = lints(avoid, &bad);
        let codes: BTreeSet<_> = found.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, BTreeSet::from([*code]), "{code}.md: {found:#?}");
        let found = lints(prefer, good);
        assert!(found.is_empty(), "{code}.md: {found:#?}");
        return;
    }
    let findings = match row.kind {
        _ if code.starts_with('C') => settings,
        // What a run meets is shown by a test that fails with it.
        "fault" => faults,
        // What is found when tests are run, and counted.
        _ if *code == "L0905" => faults,
        _ if code.starts_with("L090") => covered,
        _ => findings,
    };
    let found = findings(avoid);
    let codes: BTreeSet<_> = found.iter().map(|finding| finding.code).collect();
    assert_eq!(
        codes,
        BTreeSet::from([*code]),
        "{code}.md: what `Avoid` yields: {found:#?}"
    );
    let found = findings(prefer);
    assert!(
        found.is_empty(),
        "{code}.md: what `Prefer` yields: {found:#?}"
    );
}

/// What the block yields, checked as a package.
fn findings(block: &Block) -> Vec<Finding> {
    let text = block.text.as_bytes();
    match block.language() {
        "rbk" => facade::check(&[("main.rbk", text)]).findings,
        "toml" => facade::check(&[("rbk.toml", text), ("main.rbk", b"")]).findings,
        other => panic!(
            "line {}: a block is `rbk`, `toml` or `console`, not `{other}`",
            block.line
        ),
    }
}

/// What the block yields with all lints, checked as a package.
fn lints(block: &Block, beside: &[(&str, &str)]) -> Vec<Finding> {
    facade::lint_beside(&[("main.rbk", block.text.as_bytes())], beside).findings
}

/// What is known beside a program: rules in a `yaml` block, a day in `text today`, metrics in `text metrics`.
fn beside(blocks: Vec<&Block>) -> Vec<(&str, &str)> {
    let known = blocks.into_iter().filter_map(|block| {
        let what = match &*block.tag {
            "yaml" => "rules",
            "text metrics" => "metrics",
            "text today" => "today",
            _ => return None,
        };
        Some((what, &*block.text))
    });
    known.collect()
}

/// What the tests of the block fail with and leave out.
fn covered(block: &Block) -> Vec<Finding> {
    let covering = facade::coverage::of(&[("main.rbk", block.text.as_bytes())]);
    covering.expect("the block is sound").findings
}

/// What the block yields, checked as a package, and what its tests fail with.
fn faults(block: &Block) -> Vec<Finding> {
    let tested = facade::test(&[("main.rbk", block.text.as_bytes())], false);
    let findings = tested.checked.findings.into_iter().chain(tested.findings);
    findings.collect()
}

/// What the block yields, read as the settings of an agent.
fn settings(block: &Block) -> Vec<Finding> {
    assert_eq!(block.language(), "toml", "line {}", block.line);
    facade::settings::read(&block.text).checked.findings
}

/// What an agent met while it ran: its settings were read before that.
fn sound_settings(code: &str, blocks: [&Block; 2]) {
    for block in blocks {
        let found = match block.language() {
            "console" => Vec::new(),
            _ => settings(block),
        };
        assert!(found.is_empty(), "{code}.md: {found:#?}");
    }
}

fn shown_by_the_command_line(code: &str) {
    let transcripts = fixture::fixtures("cli", "snap");
    let shown = transcripts
        .iter()
        .any(|transcript| transcript.text().contains(code));
    assert!(shown, "{code}: no transcript in tests/cli shows it");
}

/// Whether the text has the path, not as the beginning of a longer one.
fn names(text: &str, path: &str) -> bool {
    text.match_indices(path).any(|(at, _)| {
        let next = text[at + path.len()..].chars().next();
        !next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}
