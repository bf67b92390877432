//! The tests of a package with what can go wrong, from outside.

use super::{File, analyse};
use crate::front;
use crate::testing::Options;
use crate::testing::fault::Fault;
use crate::testing::faults::{self, Depth, Wanted};

/// What came of it.
#[derive(Clone, Debug)]
pub struct Faulty {
    /// Whether every promise held.
    pub held: bool,
    /// For people, with the timelines of runs that were asked for by name.
    pub human: String,
    /// For programs.
    pub json: String,
}

/// Checks the files as one package and runs its tests with everything that can go wrong; nothing of a package that
/// is unsound.
pub fn of(files: &[File<'_>]) -> Option<Faulty> {
    run(files, None, &Wanted::All(Depth::One))
}

/// The same of one test, `runbook::title`, with each two of them.
pub fn pairs(files: &[File<'_>], id: &str) -> Option<Faulty> {
    run(files, Some(id), &Wanted::All(Depth::Two))
}

/// Runs one test, `runbook::title`, with these faults as they are written.
pub fn these(files: &[File<'_>], id: &str, faults: &[&str]) -> Option<Faulty> {
    let faults: Result<Vec<Fault>, String> = faults.iter().map(|fault| fault.parse()).collect();
    run(files, Some(id), &Wanted::These(faults.ok()?))
}

fn run(files: &[File<'_>], id: Option<&str>, wanted: &Wanted) -> Option<Faulty> {
    let (_, analysis, diagnostics) = analyse(files);
    let analysis = analysis.filter(|_| front::is_sound(&diagnostics))?;
    let programs = front::compile(&analysis).ok()?;
    let options = Options {
        exact: id.map(|id| format!("{}::{id}", analysis.package.name)),
        ..Options::default()
    };
    let (package, facts) = (&analysis.package, &analysis.facts);
    let faulted = faults::run(package, facts, &programs, &options, wanted);
    Some(Faulty {
        held: faulted.held(),
        human: faults::human(&faulted, id.is_some()),
        json: format!("{:#}", faults::json(&faulted)),
    })
}
