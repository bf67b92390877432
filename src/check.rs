//! From trees to the typed tree: names, types, constants, findings, tests.
//!
//! In: the parsed files of one package. Out: a [`Package`] with whatever could be understood, and
//! every diagnostic of every file, in order. Never fails and never stops at the first error: a
//! broken part becomes an `Error` node, and nothing is said about what follows from it.

mod constant;
mod declare;
mod expr;
mod hiding;
mod imports;
mod item;
mod library;
mod names;
mod runbook;
mod scenario;
mod state;
mod stmt;
mod types;
mod unused;

use crate::analysis;
use crate::diag::Diagnostic;
use crate::literal::Server;
use crate::syntax::tree::File;
use crate::text::Sources;
use crate::typed::{Facts, Package};

use state::Checker;

/// What came of a package.
#[derive(Clone, Debug)]
pub struct Checked {
    pub package: Package,
    /// Of use only when no diagnostic is an error.
    pub facts: Facts,
    /// By file and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks one package: all of its files together, for they share one namespace.
///
/// The modules of the library that the files use are added to `sources`, so that what is said
/// about them has a place.
pub fn check(
    sources: &mut Sources,
    files: &[File],
    (name, version): (&str, &str),
    server: &Server,
) -> Checked {
    let (modules, mut diagnostics) = library::load(sources, files);
    let mut checker = Checker::new(sources, name, version);
    checker.server = server.clone();
    let declared = checker.declare(&modules, files);
    checker.resolve_types(&declared);
    checker.resolve_contracts(&declared);
    checker.elaborate_items(&declared);
    checker.elaborate_runbooks(&declared);
    checker.elaborate_tests(&declared);
    checker.warn_unused();
    let (package, said) = checker.finish();
    let (facts, proofs) = analysis::analyse(&package);
    diagnostics.extend(said);
    diagnostics.extend(proofs);
    diagnostics.sort_by_key(|found| (found.primary.span.source, found.primary.span.start));
    Checked {
        package,
        facts,
        diagnostics,
    }
}
