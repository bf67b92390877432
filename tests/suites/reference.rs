//! The language reference: every example in it holds.
//!
//! A block `rbk` is a file of a package beside `grammar/reference/shop.rbk` and yields nothing; a
//! block `rbk error[E0304]` yields exactly the codes it names. Tests in a block are run, and what
//! they yield counts too. `rbk shop` shows the other file itself. What uses `shop_common` uses the package that
//! `rbk common` shows; a `toml wanted` names packages that are nowhere. Lints have nothing to say of what is right, but for
//! those that [`LINTS`] turns off.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;
use rbk::facade;

use crate::harness::annotation;
use crate::harness::fixture::{self, root, trial};
use crate::harness::markdown::{self, Block};

/// The file that the examples take as said.
const SHOP: &str = "grammar/reference/shop.rbk";

/// The package that examples of dependencies use, and the manifest of theirs.
const COMMON: &str = "grammar/reference/common.rbk";
const MANIFEST: &str = "name = \"common\"\nversion = \"1.0.0\"\nedition = \"2026\"\n";
const USES: &str = "name = \"shop\"\nversion = \"1.0.0\"\nedition = \"2026\"\n\n[dependencies]\nshop_common = { path = \"common\" }\n";

/// The manifest of the reference's package: an example shows one thing, and the items of `shop.rbk` are for all of them.
pub const LINTS: &str = r#"name = "shop"
version = "1.0.0"
edition = "2026"

[lint]
endless-repair = { level = "off", why = "an example shows one thing" }
unrated-runbook = { level = "off", why = "an example shows one thing" }
one-look-verify = { level = "off", why = "an example shows one thing" }
missing-doc = { level = "off", why = "the page around it says what it is for" }
unused-item = { level = "off", why = "the items are there for all examples" }
unread-event-field = { level = "off", why = "the events are there for all examples" }
"#;

pub fn trials() -> Vec<Trial> {
    let pages = fixture::files(&root().join("grammar/reference"));
    let pages = pages
        .iter()
        .filter(|path| path.extension().is_some_and(|found| found == "md"));
    let mut trials: Vec<Trial> = pages.flat_map(|path| page(path, &read(path))).collect();
    trials.push(trial(
        "reference/every link leads somewhere",
        every_link_leads_somewhere,
    ));
    trials.push(trial(
        "reference/every call is in the help of the agent",
        every_call_is_in_the_help,
    ));
    trials
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// A trial for each block of a page.
fn page(path: &Path, text: &str) -> Vec<Trial> {
    let name = fixture::relative(root(), path);
    let name = name.strip_prefix("grammar/").unwrap_or(&name).to_string();
    let blocks = markdown::blocks(text).into_iter();
    let blocks = blocks.filter(|block| ["rbk", "toml"].contains(&block.language()));
    blocks
        .map(|block| {
            trial(format!("reference/{name}:{}", block.line), move || {
                check(&block)
            })
        })
        .collect()
}

/// An example of `agent.toml` is right.
fn settings(text: &str) {
    let checked = facade::settings::read(text).checked;
    assert!(checked.findings.is_empty(), "{}", checked.human);
}

fn check(block: &Block) {
    let shop = read(&root().join(SHOP));
    let text = block.text.as_bytes();
    let tested = match block.tag.as_str() {
        "toml agent" => return settings(&block.text),
        "rbk shop" => return assert_eq!(block.text, shop, "is not what {SHOP} says"),
        "rbk common" => {
            let common = read(&root().join(COMMON));
            return assert_eq!(block.text, common, "is not what {COMMON} says");
        }
        "toml wanted" => return wanted(text),
        _ if block.text.contains("use shop_common.") => facade::test(
            &[
                ("rbk.toml", USES.as_bytes()),
                ("common/rbk.toml", MANIFEST.as_bytes()),
                ("common/common.rbk", read(&root().join(COMMON)).as_bytes()),
                ("shop.rbk", shop.as_bytes()),
                ("example.rbk", text),
            ],
            false,
        ),
        "toml" => facade::test(&[("rbk.toml", text), ("shop.rbk", shop.as_bytes())], false),
        _ => facade::test(
            &[("shop.rbk", shop.as_bytes()), ("example.rbk", text)],
            false,
        ),
    };
    if block.tag == "rbk" && !block.text.contains("use shop_common.") {
        let linted = facade::lint(&[
            ("rbk.toml", LINTS.as_bytes()),
            ("shop.rbk", shop.as_bytes()),
            ("example.rbk", text),
        ]);
        let mut found = linted.findings.iter();
        assert!(
            found.all(|found| found.kind == "note"),
            "\n{}",
            linted.human
        );
    }
    let tag = block.tag.split_once(' ').map_or("", |(_, codes)| codes);
    let expected = annotation::expected(&format!("// {tag}"));
    let expected: BTreeSet<_> = expected.iter().map(|remark| remark.code.as_str()).collect();
    assert_eq!(
        tag.is_empty(),
        expected.is_empty(),
        "what does `{tag}` mean?"
    );
    let findings = tested.checked.findings.iter().chain(&tested.findings);
    let found: BTreeSet<_> = findings.map(|finding| finding.code).collect();
    assert_eq!(
        found, expected,
        "\n{}{}",
        tested.checked.human, tested.human
    );
}

/// The manifest is right, and what it names is not here.
fn wanted(manifest: &[u8]) {
    let found = facade::check(&[("rbk.toml", manifest), ("shop.rbk", b"const a = 1\n")]);
    let missing = found.findings.iter().all(|finding| finding.code == "E0012");
    assert!(missing && !found.findings.is_empty(), "{}", found.human);
}

/// The help of `rbk agent` lists what the API offers: each first part of a path, and what stands behind a name.
fn every_call_is_in_the_help() {
    let page = read(&root().join("grammar/reference/api.md"));
    let mut help = Command::new(env!("CARGO_BIN_EXE_rbk"));
    let help = help.args(["agent", "--help"]).output().unwrap().stdout;
    let help = String::from_utf8(help).unwrap();
    let calls = page.lines().filter_map(|line| line.split('|').nth(1));
    // Other names of a call are listed where it is described.
    let calls = calls.filter_map(|call| call.split(", also").next());
    let paths = calls.flat_map(|call| call.split(['`', ' ', ',']));
    let paths: Vec<&str> = paths.filter(|part| part.starts_with("/v1/")).collect();
    assert!(paths.len() > 15, "{paths:?}");
    for path in paths {
        let parts = path.trim_start_matches("/v1/").split('/');
        let parts: Vec<&str> = parts
            .filter(|part| !part.contains(char::is_uppercase))
            .collect();
        let first = format!("/v1/{}", parts[0]);
        assert!(help.contains(&first), "no {path} in {help}");
        for part in &parts[1..] {
            assert!(help.contains(&format!("/{part}")), "no {path} in {help}");
        }
    }
}

/// Links between pages lead to pages and headings that are there.
fn every_link_leads_somewhere() {
    let folder = root().join("grammar/reference");
    let mut broken = Vec::new();
    for path in fixture::files(&folder) {
        let text = read(&path);
        for (_, rest) in text
            .match_indices("](")
            .map(|(at, open)| text.split_at(at + open.len()))
        {
            let link = rest.split(')').next().unwrap_or_default();
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file.is_empty() {
                true => path.clone(),
                false => folder.join(file),
            };
            let leads = target.exists() && (heading.is_empty() || has_heading(&target, heading));
            if !leads && !link.starts_with("http") {
                broken.push(format!("{}: {link}", fixture::relative(root(), &path)));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

/// Whether a heading of the page has this name in links: small letters, `-` for blanks.
fn has_heading(page: &Path, wanted: &str) -> bool {
    read(page)
        .lines()
        .filter(|line| line.starts_with('#'))
        .any(|line| {
            let name = line.trim_start_matches('#').trim().to_lowercase();
            let name = name.replace(' ', "-");
            let kept = |c: &char| c.is_alphanumeric() || *c == '-' || *c == '_';
            name.chars().filter(kept).collect::<String>() == wanted
        })
}
