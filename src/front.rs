//! The front end in one call: every file of a package parsed, the package checked.
//!
//! In: sources and which of them make the package. Out: an [`Analysis`] with all diagnostics of all
//! files, in the order of their places. Never stops at the first mistake, never fails.

use crate::check;
use crate::diag::{Diagnostic, Kind};
use crate::syntax;
use crate::syntax::tree::File;
use crate::text::{SourceId, Sources};
use crate::typed::{Facts, Package};

/// What is known about a package.
#[derive(Clone, Debug)]
pub struct Analysis {
    pub trees: Vec<File>,
    pub package: Package,
    /// Of use only when the package is sound.
    pub facts: Facts,
    pub diagnostics: Vec<Diagnostic>,
}

impl Analysis {
    /// Whether nothing speaks against compiling the package.
    pub fn is_sound(&self) -> bool {
        is_sound(&self.diagnostics)
    }
}

/// Whether no error is among them.
pub fn is_sound(diagnostics: &[Diagnostic]) -> bool {
    let mut kinds = diagnostics.iter().map(|found| found.code.kind());
    !kinds.any(|kind| kind == Kind::Error)
}

/// Parses and checks the files of the package with this name and version.
pub fn analyse(sources: &mut Sources, files: &[SourceId], name: &str, version: &str) -> Analysis {
    let mut diagnostics = Vec::new();
    let mut trees = Vec::with_capacity(files.len());
    for file in files {
        let parsed = syntax::parse(sources.source(*file));
        diagnostics.extend(parsed.diagnostics);
        trees.push(parsed.file);
    }
    let checked = check::check(sources, &trees, name, version);
    diagnostics.extend(checked.diagnostics);
    sort(&mut diagnostics);
    Analysis {
        trees,
        package: checked.package,
        facts: checked.facts,
        diagnostics,
    }
}

/// By place; of the same place, by code. What is said twice is said once.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        let key = |found: &Diagnostic| (found.primary.span, found.code);
        key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
    });
    diagnostics.dedup();
}
