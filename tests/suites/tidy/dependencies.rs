//! Dependencies: where they come from, what they may be used for, and which of them nobody wants.
//!
//! `Cargo.lock` says what is built on any machine; `cargo metadata` adds what each crate says of its licence, without
//! the network.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value as Json;

use crate::harness::fixture::root;

use super::RustFile;

/// Where every crate comes from.
const SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// What is built from this repository.
const OWN: [&str; 2] = ["rbk", "rbk-fuzz"];

/// Licences that ask for no more than that they are named.
const LICENCES: [&str; 10] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "NCSA",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that may not come in, and why.
const BANNED: &[(&str, &str)] = &[
    ("openssl", "TLS is rustls"),
    ("openssl-sys", "TLS is rustls"),
    ("native-tls", "TLS is rustls"),
    ("hyper-tls", "TLS is rustls"),
    (
        "aws-lc-sys",
        "its build needs cmake; `ring` needs a C compiler alone",
    ),
    ("chrono", "time is jiff"),
    ("time", "time is jiff"),
    ("async-std", "the runtime is tokio"),
    (
        "serde_yaml",
        "it is no longer maintained; rule files are read by events, with what aliases make counted",
    ),
    ("ansi_term", "it is no longer maintained"),
    ("atty", "it is no longer maintained"),
];

/// Crates that are built twice, and who still needs the older one; a row that is no longer needed fails.
const TWICE: &[(&str, &str)] = &[
    ("base64", "kube needs 0.22"),
    (
        "embedded-io",
        "postcard names 0.4 for one of its features and 0.6 for another",
    ),
    ("getrandom", "ring needs 0.2"),
    ("tower-http", "reqwest needs 0.6"),
    ("syn", "some derives are still written with 2"),
    ("unicode-width", "miette needs 0.1"),
    (
        "windows-sys",
        "ring needs 0.52; nothing of it is built here",
    ),
];

/// Nothing comes from a repository, a folder or another registry, and everything is what it was when it was locked.
pub fn crates_come_from_the_registry(_: &[RustFile]) -> Vec<String> {
    let mut found = Vec::new();
    for package in locked() {
        let (name, version) = (text(&package, "name"), text(&package, "version"));
        let (source, checksum) = (text(&package, "source"), text(&package, "checksum"));
        if !OWN.contains(&name.as_str()) && (source != SOURCE || checksum.is_empty()) {
            found.push(format!(
                "{name} {version} comes from `{source}`, checksum `{checksum}`"
            ));
        }
    }
    found
}

/// What nobody wants does not come in by way of another crate.
pub fn banned_crates_stay_out(_: &[RustFile]) -> Vec<String> {
    let locked = locked();
    let names = locked.iter().map(|package| text(package, "name"));
    let banned = names.filter_map(|name| BANNED.iter().find(|(banned, _)| *banned == name));
    banned
        .map(|(name, why)| format!("{name} is in Cargo.lock: {why}; `cargo tree -i {name}`"))
        .collect()
}

/// A crate is built once, unless there is a reason.
pub fn crates_are_built_once(_: &[RustFile]) -> Vec<String> {
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in locked() {
        let of = versions.entry(text(&package, "name")).or_default();
        of.push(text(&package, "version"));
    }
    versions.retain(|_, of| of.len() > 1);
    let known = |name: &str| TWICE.iter().any(|(known, _)| *known == name);
    let new = versions.iter().filter(|(name, _)| !known(name));
    let new = new.map(|(name, of)| format!("{name} is built as {}", of.join(" and ")));
    let gone = TWICE
        .iter()
        .filter(|(name, _)| !versions.contains_key(*name));
    let gone = gone.map(|(name, _)| format!("{name} is built once; drop its row"));
    new.chain(gone).collect()
}

/// Each crate may be used as this one is.
pub fn licences_are_allowed(_: &[RustFile]) -> Vec<String> {
    let host = said("rustc", &["-vV"]);
    let host = host.lines().find_map(|line| line.strip_prefix("host: "));
    // What other machines need may not be here; what they need is locked, and mostly bindings.
    let only = ["--filter-platform", host.unwrap()];
    let arguments = ["metadata", "--locked", "--offline", "--format-version", "1"];
    let metadata = said("cargo", &[&arguments[..], &only[..]].concat());
    let metadata: Json = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "{} packages", packages.len());
    let wrong = packages.iter().filter(|package| {
        let licence = package["license"].as_str().unwrap_or_default();
        !is_allowed(licence)
    });
    wrong
        .map(|package| format!("{}: licence {}", package["name"], package["license"]))
        .collect()
}

/// Whether an expression of SPDX can be met: `A OR B`, `A AND B`, brackets; `/` is how it was once written.
fn is_allowed(licence: &str) -> bool {
    let licence = licence.replace('/', " OR ");
    let spaced = licence.replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    any(&mut rest) && rest.is_empty()
}

fn any(rest: &mut &[&str]) -> bool {
    let mut allowed = all(rest);
    while let [first, more @ ..] = *rest
        && *first == "OR"
    {
        *rest = more;
        allowed |= all(rest);
    }
    allowed
}

fn all(rest: &mut &[&str]) -> bool {
    let mut allowed = one(rest);
    while let [first, more @ ..] = *rest
        && *first == "AND"
    {
        *rest = more;
        allowed &= one(rest);
    }
    allowed
}

fn one(rest: &mut &[&str]) -> bool {
    match *rest {
        ["(", more @ ..] => {
            *rest = more;
            let allowed = any(rest);
            *rest = rest.strip_prefix(&[")"]).unwrap_or_default();
            allowed
        }
        [licence, "WITH", exception, more @ ..] => {
            *rest = more;
            LICENCES.contains(&format!("{licence} WITH {exception}").as_str())
        }
        [licence, more @ ..] => {
            *rest = more;
            LICENCES.contains(licence)
        }
        [] => false,
    }
}

fn locked() -> Vec<toml::Value> {
    let text = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let lock: toml::Table = text.parse().unwrap();
    lock["package"].as_array().unwrap().clone()
}

fn text(package: &toml::Value, field: &str) -> String {
    let value = package.get(field).and_then(toml::Value::as_str);
    value.unwrap_or_default().to_owned()
}

fn said(program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    let output = command
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
