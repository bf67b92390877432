//! What the tests of a package reach, from outside.

use super::{File, Finding, analyse, finding};
use crate::diag::Diagnostic;
use crate::front;
use crate::testing::{self, Options, coverage};
use crate::text::SourceId;
use crate::value::Time;

/// What the tests of a package reach, in all forms.
#[derive(Clone, Debug)]
pub struct Covering {
    /// What fails, and what is left out.
    pub findings: Vec<Finding>,
    /// For people, with 90 percents asked for.
    pub human: String,
    /// For programs, and in the forms of other tools.
    pub json: String,
    /// See [`Self::json`].
    pub lcov: String,
    /// See [`Self::json`].
    pub cobertura: String,
}

/// Checks the files as one package, runs its tests and says what they reach; nothing of a package that is unsound.
pub fn of(files: &[File<'_>]) -> Option<Covering> {
    let (sources, analysis, diagnostics) = analyse(files);
    let analysis = analysis.filter(|_| front::is_sound(&diagnostics))?;
    let (programs, points) = front::compile_with_points(&analysis).ok()?;
    let (package, options) = (&analysis.package, Options::default());
    let is_own = |source: SourceId| !source.is_fixed();
    let (results, coverage) = testing::cover(package, &programs, &points, &options, &is_own);
    let problems = results.tests.into_iter().flat_map(|test| test.problems);
    let found: Vec<Diagnostic> = problems
        .chain(results.warnings)
        .chain(coverage.findings(package))
        .collect();
    let path = |file: &str| file.to_owned();
    Some(Covering {
        findings: found.iter().map(|one| finding(one, &sources)).collect(),
        human: coverage::human(&coverage, &sources, Some(90)),
        json: format!("{:#}", coverage::json(&coverage, &sources)),
        lcov: coverage::lcov(&coverage, &sources, path),
        cobertura: coverage::cobertura("example", &coverage, &sources, Time::default(), path),
    })
}
