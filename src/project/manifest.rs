//! The manifest `rbk.toml`: name, version, edition, the Prometheus that the queries are for, the
//! revision that the lock is held to, the packages that this one depends on, what it makes of lints, and how much
//! its tests have to reach.
//!
//! In: its text. Out: a [`Manifest`] and diagnostics with places. All mistakes are told at once.

mod dependencies;
mod lint;
mod lock;
mod prometheus;
mod test;

use std::collections::BTreeSet;

use smol_str::SmolStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diag::near::nearest;
use crate::diag::toml::{Mistake, mistake};
use crate::diag::{Code, Diagnostic};
use crate::literal::Server;
use crate::text::{Source, Span};

pub use dependencies::{Git, Wanted, WantedFrom, is_commit};
pub use lint::{Level, Levels};
pub use lock::lock_base;

/// The manifest's file name.
pub const MANIFEST: &str = "rbk.toml";
/// The edition of the language that this program speaks.
pub const EDITION: &str = "2026";

/// The keys that a manifest has to have.
const REQUIRED: [&str; 3] = ["name", "version", "edition"];
const KEYS: [&str; 9] = [
    "name",
    "version",
    "edition",
    "prometheus",
    "prometheus_features",
    "lock",
    "dependencies",
    "lint",
    "test",
];

/// What a package says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    pub name: String,
    pub version: String,
    /// Where the version stands, with its quotes.
    pub version_at: Span,
    pub edition: String,
    pub prometheus: Server,
    /// The revision whose lock is never rewritten, if it names one.
    pub lock_base: Option<String>,
    /// In the order of their names.
    pub dependencies: Vec<Wanted>,
    pub lints: Levels,
    /// How many percents of the package its tests have to reach, if it says so.
    pub coverage: Option<u8>,
}

impl Manifest {
    /// The names under which it uses other packages.
    pub fn uses(&self) -> Vec<SmolStr> {
        let names = self.dependencies.iter().map(|wanted| &wanted.name);
        names.cloned().collect()
    }
}

/// Reads a manifest; none if anything in it is wrong.
pub fn read(source: &Source) -> (Option<Manifest>, Vec<Diagnostic>) {
    let mut reader = Reader {
        source,
        diagnostics: Vec::new(),
    };
    let manifest = reader.manifest();
    let mut found = reader.diagnostics;
    once_a_line(source, &mut found);
    (manifest, found)
}

/// What stands on a broken line was not understood: nothing more is said about it.
fn once_a_line(source: &Source, found: &mut Vec<Diagnostic>) {
    let line = |one: &Diagnostic| source.position(one.primary.span.start).line;
    let is_syntax = |one: &Diagnostic| one.code == Code::ManifestSyntax;
    let broken = found.iter().filter(|one| is_syntax(one));
    let broken: BTreeSet<_> = broken.map(line).collect();
    if broken.is_empty() {
        return;
    }
    let mut told = BTreeSet::new();
    found.retain(|one| match is_syntax(one) {
        true => told.insert(line(one)),
        false => !broken.contains(&line(one)),
    });
}

/// Why a text cannot name a package, if it cannot.
pub fn name_problem(name: &str) -> Option<&'static str> {
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
    match name.len() {
        0 => Some("the name is empty"),
        65.. => Some("the name is longer than 64 letters"),
        _ if !starts => Some("a name starts with a small letter"),
        _ if !name.chars().all(letter) => Some("a name has small letters, digits, `-` and `_`"),
        _ => None,
    }
}

struct Reader<'a> {
    source: &'a Source,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn manifest(&mut self) -> Option<Manifest> {
        let (table, errors) = DeTable::parse_recoverable(&self.source.text);
        for error in &errors {
            let at = error.span().unwrap_or_default();
            let Mistake { label, help } = mistake(error.message());
            let span = self.span(at);
            let what = "the manifest is not TOML";
            let mut found = Diagnostic::new(Code::ManifestSyntax, what, span, label);
            found.help = help.map(str::to_owned);
            self.diagnostics.push(found);
        }
        let table = table.get_ref();
        self.unknown_keys(table, &KEYS, "the manifest");
        if errors.is_empty() {
            self.missing_keys(table);
        }
        let name = self.text(table, "name", |name| name_problem(name).map(String::from));
        let version = self.text(table, "version", version_problem);
        let edition = self.text(table, "edition", edition_problem);
        let prometheus = self.prometheus(table);
        let lock_base = self.lock_base(table);
        let dependencies = self.dependencies(table);
        let lints = self.lints(table);
        let coverage = self.coverage(table);
        match self.diagnostics.is_empty() {
            true => Some(Manifest {
                name: name?,
                version: version?,
                version_at: self.span(table.get("version")?.span()),
                edition: edition?,
                prometheus,
                lock_base,
                dependencies,
                lints,
                coverage,
            }),
            false => None,
        }
    }

    fn unknown_keys(&mut self, table: &DeTable<'_>, keys: &[&'static str], of: &str) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if keys.contains(&name) {
                continue;
            }
            let message = format!("{of} has no key `{name}`");
            let span = self.span(key.span());
            let diagnostic = Diagnostic::new(Code::ManifestKey, message, span, "not known here");
            let below = value.get_ref().as_table();
            let is_below = |key: &&&str| below.is_some_and(|below| below.contains_key(**key));
            let misplaced = keys.iter().filter(is_below).map(|key| format!("`{key}`"));
            let misplaced = misplaced.collect::<Vec<_>>().join(", ");
            self.diagnostics
                .push(match nearest(name, keys.iter().copied()) {
                    None if !misplaced.is_empty() => diagnostic.help(format!(
                        "take its header out, so that {misplaced} are of {of} itself"
                    )),
                    Some(near) => {
                        let help = format!("did you mean `{near}`?");
                        diagnostic
                            .help(help)
                            .fix(format!("write `{near}`"), span, near)
                    }
                    None => {
                        let keys = keys.iter().map(|key| format!("`{key}`"));
                        let keys = keys.collect::<Vec<_>>().join(", ");
                        diagnostic.help(format!("the keys are {keys}"))
                    }
                });
        }
    }

    fn missing_keys(&mut self, table: &DeTable<'_>) {
        // What is there under a name that is not known is said as that.
        let mut meant = BTreeSet::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if !KEYS.contains(&name) {
                meant.extend(nearest(name, KEYS));
                let below = value.get_ref().as_table();
                let below = below.into_iter().flat_map(|below| below.keys());
                meant.extend(below.filter_map(|key| {
                    let name = key.get_ref().as_ref();
                    KEYS.into_iter().find(|known| *known == name)
                }));
            }
        }
        let is_there = |key: &&str| table.contains_key(*key) || meant.contains(key);
        for key in REQUIRED.iter().filter(|key| !is_there(key)) {
            let example = match *key {
                "edition" => EDITION,
                "version" => "0.1.0",
                _ => "checkout",
            };
            let message = format!("the manifest does not say `{key}`");
            let end = self.source.text.len();
            let diagnostic =
                Diagnostic::new(Code::ManifestIncomplete, message, self.span(end..end), "")
                    .help(format!("add a line such as `{key} = \"{example}\"`"));
            self.diagnostics.push(diagnostic);
        }
    }

    /// The text under a key, if it is one and nothing speaks against it.
    fn text(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        problem: impl Fn(&str) -> Option<String>,
    ) -> Option<String> {
        let value: &Spanned<DeValue<'_>> = table.get(key)?;
        let label = match value.get_ref().as_str() {
            None => Some("a text in quotes belongs here".into()),
            Some(text) => problem(text),
        };
        match label {
            None => value.get_ref().as_str().map(String::from),
            Some(label) => {
                let message = format!("`{key}` has a value that cannot be");
                self.report(Code::ManifestValue, message, value.span(), &label);
                None
            }
        }
    }

    fn report(
        &mut self,
        code: Code,
        message: impl Into<String>,
        at: std::ops::Range<usize>,
        label: &str,
    ) {
        let span = self.span(at);
        self.diagnostics
            .push(Diagnostic::new(code, message, span, label));
    }

    fn span(&self, at: std::ops::Range<usize>) -> Span {
        Span::new(self.source.id, at.start, at.end)
    }
}

/// A version is three numbers: `1.4.0`.
fn version_problem(version: &str) -> Option<String> {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = version.split('.').collect::<Vec<_>>();
    let fits = parts.len() == 3 && parts.into_iter().all(number);
    (!fits).then(|| "a version is three numbers: `1.4.0`".into())
}

fn edition_problem(edition: &str) -> Option<String> {
    (edition != EDITION).then(|| format!("this program speaks edition `{EDITION}`"))
}
