//! From trees to the typed tree: names, types, constants, findings, tests.
//!
//! In: the parsed files of one package, and of those that it depends on. Out: a [`Package`] with whatever
//! could be understood, and every diagnostic of every file, in order. Never fails and never stops at the
//! first error: a broken part becomes an `Error` node, and nothing is said about what follows from it.

mod constant;
mod declare;
mod expr;
mod hiding;
mod imports;
mod item;
mod known;
mod lent;
mod library;
mod names;
mod refer;
mod runbook;
mod scenario;
mod state;
mod stmt;
mod types;
mod unused;

use std::collections::BTreeSet;

use smol_str::SmolStr;

use crate::analysis;
use crate::diag::Diagnostic;
use crate::literal::Server;
use crate::syntax::tree::File;
use crate::text::{SourceId, Sources, Span};
use crate::typed::{Facts, Known, Package, Reference, Runbook, Symbol};

use state::Checker;

pub use expr::is_filled_elsewhere;

/// What is said of further names that no trigger binds, either.
pub const NOR_THIS: &str = "nor this one";

/// The label of a `let` that gives a text or a number a name where what it names is meant: told once, whoever uses it.
pub const NAMED_BY_LET: &str = "a text or a number, by this name";

/// What came of a package.
#[derive(Clone, Debug)]
pub struct Checked {
    pub package: Package,
    /// Of use only when no diagnostic is an error.
    pub facts: Facts,
    /// By file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// Names that should come from another package and do not, as was told.
    pub lost: BTreeSet<SmolStr>,
    /// Items of the package that nothing names.
    pub unnamed: Vec<Symbol>,
    /// Where the modules that the files import are used.
    pub uses: Vec<Use>,
    /// Whether a module is mentioned that its file does not import: told at the first mention alone.
    pub unimported: bool,
    /// What the names of the items that were looked at stand for, as noted; nothing if it was not asked for.
    pub references: Vec<Reference>,
    /// What else is known of them; nothing if names were not asked for.
    pub known: Vec<Known>,
}

/// One source in which an imported module is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// The module's name in the `use` line.
    pub import: Span,
    pub by: SourceId,
}

/// How much of a package is looked at.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    All,
    /// The items of these sources, and the library: all others are declared, and no more is said of them.
    Of {
        sources: &'a BTreeSet<SourceId>,
        /// Imports that the other items use.
        used_elsewhere: &'a BTreeSet<Span>,
    },
}

impl Part<'_> {
    /// Whether what stands at a place is looked at.
    fn has(self, place: Span) -> bool {
        match self {
            Part::All => true,
            Part::Of { sources, .. } => place.source.is_fixed() || sources.contains(&place.source),
        }
    }
}

/// One package that is checked.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    pub name: &'a str,
    pub version: &'a str,
    pub files: &'a [File],
    /// The names of the packages that it may use.
    pub uses: &'a [SmolStr],
    /// Every package that it depends on, directly or not.
    pub dependencies: &'a [Dependency],
    /// Whom the queries are for.
    pub server: &'a Server,
    pub part: Part<'a>,
    /// Whether to note what every name stands for.
    pub references: bool,
    /// Asked between items: whether what comes of it is still wanted. Once it is not, it is of no use.
    pub is_wanted: &'a dyn Fn() -> bool,
}

/// A package that another one depends on: what it lends is checked among its own items, and its runbooks,
/// products and tests are left alone.
#[derive(Clone, Debug)]
pub struct Dependency {
    pub name: SmolStr,
    pub files: Vec<File>,
    /// The names of the packages that it may use.
    pub uses: Vec<SmolStr>,
}

/// Checks one package: all of its files together, for they share one namespace.
///
/// The modules of the library that the files use are added to `sources`, so that what is said
/// about them has a place.
pub fn check(sources: &mut Sources, input: &Input<'_>) -> Checked {
    let lent = input.dependencies.iter().flat_map(|found| &found.files);
    let (modules, mut diagnostics) = library::load(sources, input.files.iter().chain(lent));
    let mut checker = Checker::new(sources, input.name, input.version);
    checker.server = input.server.clone();
    checker.references = input.references.then(Vec::new);
    let mut declared = checker.declare(&modules, input);
    if let Part::Of { used_elsewhere, .. } = input.part {
        declared.retain(|found| input.part.has(found.item.span));
        checker.used_elsewhere = used_elsewhere.clone();
    }
    checker.resolve_types(&declared);
    checker.resolve_contracts(&declared);
    checker.elaborate_items(&declared);
    for found in declared.chunks(1).filter(|_| (input.is_wanted)()) {
        checker.elaborate_runbooks(found);
    }
    for found in declared.chunks(1).filter(|_| (input.is_wanted)()) {
        checker.elaborate_tests(found);
    }
    checker.warn_unused();
    let unnamed = checker.names.unnamed();
    let uses = checker.uses();
    let unimported = checker.files.iter().any(|file| !file.missing.is_empty());
    let references = checker.references.take().unwrap_or_default();
    let mut known = match input.references {
        true => checker.values(),
        false => Vec::new(),
    };
    let (package, said, lost) = checker.finish();
    let looked_at = |runbook: &Runbook| input.part.has(runbook.span) && (input.is_wanted)();
    let (facts, trusts, proofs) = analysis::analyse(&package, &looked_at);
    if input.references {
        known::add_proofs(&mut known, &package, &facts, &trusts);
    }
    diagnostics.extend(said);
    diagnostics.extend(proofs);
    diagnostics.sort_by_key(|found| (found.primary.span.source, found.primary.span.start));
    Checked {
        package,
        facts,
        diagnostics,
        lost,
        unnamed,
        uses,
        unimported,
        references,
        known,
    }
}
