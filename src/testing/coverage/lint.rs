//! What tests leave out, as findings of lints: they are found here, and have their levels where all lints have.

use super::ends::Ending;
use super::{Coverage, Covered};
use crate::diag::{Code, Diagnostic};
use crate::effect::Reason;
use crate::program::points::{Outcome, Point, PointKind, Verdict};
use crate::typed::{Package, Remedy};

impl Coverage {
    /// What a reviewer would ask for.
    pub fn findings(&self, package: &Package) -> Vec<Diagnostic> {
        let each = self.runbooks.iter().zip(&package.runbooks);
        let tested = each.filter(|(covered, _)| covered.is_tested());
        tested
            .flat_map(|(covered, runbook)| {
                let findings = covered.untested_findings();
                let remedies = runbook.remedies.iter();
                let failures = remedies.filter_map(|remedy| covered.untested_failure(remedy));
                let rest = covered.untested_undo().chain(covered.untested_doubt());
                findings.chain(failures).chain(rest).collect::<Vec<_>>()
            })
            .collect()
    }
}

impl Covered {
    /// A runbook without a test has its own finding.
    fn is_tested(&self) -> bool {
        self.points.iter().any(|(_, hits)| *hits > 0) || self.ends.values().any(|hits| *hits > 0)
    }

    fn unseen(&self) -> impl Iterator<Item = &Point> {
        let unseen = self.points.iter().filter(|(_, hits)| *hits == 0);
        unseen.map(|(point, _)| point)
    }

    fn untested_findings(&self) -> impl Iterator<Item = Diagnostic> {
        let unseen = self.unseen();
        unseen
            .filter(|point| point.kind == PointKind::Finding)
            .map(|point| {
                let name = point.what.trim_start_matches("finding ");
                let message = format!("no test finds `{name}`");
                let found =
                    Diagnostic::new(Code::UntestedFinding, message, point.place, "never found");
                found.help("add a `test` whose `given` lines lead here")
            })
    }

    fn untested_undo(&self) -> impl Iterator<Item = Diagnostic> {
        let unseen = self.unseen();
        unseen
            .filter(|point| point.kind == PointKind::Undo)
            .map(|point| {
                let message = format!("no test takes `{}` back", point.what);
                let found =
                    Diagnostic::new(Code::UntestedUndo, message, point.place, "never undone");
                found.help("add a `test` in which the `verify` behind it fails")
            })
    }

    /// A remedy whose tests all go well.
    fn untested_failure(&self, remedy: &Remedy) -> Option<Diagnostic> {
        let fails = |point: &Point| {
            let kind = matches!(
                point.kind,
                PointKind::Outcome(Outcome::NotApplied | Outcome::Unknown)
                    | PointKind::Verify(Verdict::Failed | Verdict::Aborted)
            );
            kind && remedy.span.holds(point.place)
        };
        let all = self.points.iter().filter(|(point, _)| fails(point));
        let hits: Vec<usize> = all.map(|(_, hits)| *hits).collect();
        if hits.is_empty() || hits.iter().any(|hits| *hits > 0) {
            return None;
        }
        let message = format!("no test of `{}` sees a change or a proof fail", remedy.name);
        let (code, place) = (Code::UntestedFailure, remedy.name_span);
        let found = Diagnostic::new(code, message, place, "only ever goes well");
        Some(found.help("add a `test` in which it fails, is unknown, or is not verified"))
    }

    fn untested_doubt(&self) -> Option<Diagnostic> {
        let doubt = Ending::Handed(Reason::Inconclusive);
        let hits = self.ends.get(&doubt)?;
        (*hits == 0).then(|| {
            let message = format!("no test of `{}` ends inconclusive", self.name);
            let found = Diagnostic::new(Code::UntestedDoubt, message, self.place, "never in doubt");
            found.help("add a `test` in which an observation fails")
        })
    }
}
