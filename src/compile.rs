//! From the checked tree to the program of one runbook.
//!
//! In: a package without errors, what the analyses found out, and which runbook. Out: a program that
//! holds all that a run needs and nothing of the tree, and beside it what tests can reach. Reports nothing: what can be wrong was said
//! before, but for a runbook larger than the tables of a program can hold.

// From the outside in: the artefact, a function, a statement, an expression.
mod act;
mod attempt;
mod bind;
mod block;
mod builder;
mod call;
mod closure;
mod collect;
mod condition;
mod data;
mod declare;
mod entry;
mod expression;
mod free;
mod loops;
mod lower;
mod metadata;
mod observe;
mod phase;
mod points;
mod say;
mod tables;

use std::fmt;

use crate::program::Program;
use crate::program::points::Points;
use crate::typed::{Facts, Package, RunbookFacts, RunbookId};
use tables::Tables;

/// A runbook with more code, constants or lines of a kind than a program can number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the runbook is too large for one program")
    }
}

impl std::error::Error for TooLarge {}

/// Compiles one runbook of a package that has no errors, and notes what tests can reach in it.
pub fn compile(
    package: &Package,
    facts: &Facts,
    runbook: RunbookId,
) -> Result<(Program, Points), TooLarge> {
    let Some(source) = package.runbooks.get(runbook.index()) else {
        return Ok((Program::default(), Points::default()));
    };
    let found = facts.runbooks.get(runbook.index());
    let stated = found.map(RunbookFacts::stated_time).unwrap_or_default();
    let mut tables = Tables::new(package, facts, source, stated);
    tables.entries();
    tables.metadata();
    tables.lowers();
    tables.callables();
    tables.target_types();
    tables.windows();
    tables.finish()
}
