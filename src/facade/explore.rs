//! Every way that a runbook can go, from outside.

use super::{File, analyse};
use crate::front;
use crate::testing::explore;
use crate::text::SourceId;
use crate::typed::RunbookId;

pub use crate::testing::explore::Extent;

/// What came of all paths of one runbook.
#[derive(Clone, Debug)]
pub struct Explored {
    /// The runbook.
    pub name: String,
    /// Whether every promise held on every path.
    pub held: bool,
    /// For people.
    pub human: String,
    /// For programs.
    pub json: String,
    /// For Graphviz.
    pub dot: String,
}

/// Goes all ways of each runbook, as far as it is said; none of a package that is unsound.
pub fn of(files: &[File<'_>], extent: Extent) -> Option<Vec<Explored>> {
    let (sources, analysis, diagnostics) = analyse(files);
    let analysis = analysis.filter(|_| front::is_sound(&diagnostics))?;
    let (programs, points) = front::compile_with_points(&analysis).ok()?;
    let (package, facts) = (&analysis.package, &analysis.facts);
    let is_own = |source: SourceId| !source.is_fixed();
    let compiled = programs.iter().zip(&points).enumerate();
    let explored = compiled.filter_map(|(index, compiled)| {
        let runbook = RunbookId(index as u32);
        let explored = explore::run(package, facts, compiled, runbook, &is_own, extent)?;
        Some(Explored {
            name: package.runbooks.get(index)?.name.to_string(),
            held: explored.held(),
            human: explore::human(&explored, &sources),
            json: format!("{:#}", explore::json(&explored, &sources)),
            dot: explore::dot(&explored),
        })
    });
    Some(explored.collect())
}
