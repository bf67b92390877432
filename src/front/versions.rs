//! Whether versions say what changed: what a package does now beside what it did before.
//!
//! In: both sides. Out: diagnostics at the `version` clause, the widened rights as second places.

use crate::diag::{Code, Diagnostic};
use crate::program::manifest::{Part, Version};
use crate::report::diff::{
    Known, Order, PackageNeeds, RunbookChange, RunbookDiff, Side, Verdict, Why, diff, sentence,
};
use crate::text::Span;

/// The most widened rights that are shown with one version.
const MOST: usize = 5;

/// Whether what a version means may still be written anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewrite {
    /// The base has it: it is fixed.
    Never,
    /// Only this branch has it.
    Lock,
    /// Nobody knows what was released.
    Amend,
}

impl Rewrite {
    fn help(self, version: Version) -> String {
        match self {
            Rewrite::Never => String::new(),
            Rewrite::Lock => format!("; or `rbk lock`, since only this branch has {version}"),
            Rewrite::Amend => {
                format!("; or, if {version} was never released, `rbk lock --amend`")
            }
        }
    }
}

/// What is wrong with the versions of `after`; `rewrite` says what may become of a version of a runbook, `package` is
/// where the version of the package stands.
pub fn versions(
    before: &Side,
    after: &Side,
    package: Option<Span>,
    rewrite: impl Fn(&str, Version) -> Rewrite,
) -> Vec<Diagnostic> {
    let diff = diff(before, after);
    let found = diff.runbooks.iter().filter_map(|runbook| {
        let known = after
            .runbooks
            .iter()
            .find(|known| known.name == runbook.name)?;
        one(runbook, known, &before.name, &rewrite)
    });
    let of_package = diff.package_needs.zip(package);
    let of_package = of_package.map(|(needs, at)| {
        let PackageNeeds { version, why } = needs;
        let (code, message) = match why {
            Why::CameOrWent => (
                Code::VersionTooSmall,
                format!("{why} since {}: the package needs {version}", before.name),
            ),
            Why::Fell { from, to } => (
                Code::VersionFell,
                format!("the package was {from} and is {to} now"),
            ),
        };
        let found = Diagnostic::new(code, message, at, format!("needs {version}"));
        found
            .help(format!(
                "raise it to {version}; `rbk diff` shows what changed"
            ))
            .fix(
                format!("write version {version}"),
                at,
                format!("\"{version}\""),
            )
    });
    found.chain(of_package).collect()
}

fn one(
    runbook: &RunbookDiff,
    known: &Known,
    before: &str,
    rewrite: &impl Fn(&str, Version) -> Rewrite,
) -> Option<Diagnostic> {
    let (from, to) = (runbook.from?, runbook.to?);
    let needs = runbook.needs?;
    let name = &runbook.name;
    let (code, message, label, help) = match runbook.verdict {
        Verdict::Enough => return None,
        Verdict::Fell => (
            Code::VersionFell,
            format!("`{name}` was {from} and is {to} now"),
            format!("lower than {from}"),
            match runbook.change {
                RunbookChange::Same => format!("it does what it did: keep {from}"),
                _ => format!("what changed needs {needs}"),
            },
        ),
        Verdict::TooSmall if from == to => (
            Code::ChangedUnsaid,
            format!("`{name}` {to} does something else than in {before}"),
            format!("needs {needs}"),
            format!(
                "raise it to {needs}{}; `rbk diff` shows what changed",
                rewrite(name, to).help(to)
            ),
        ),
        Verdict::TooSmall => (
            Code::VersionTooSmall,
            format!("what changed in `{name}` since {from} needs {needs}"),
            format!("{} is not a {} step", to, runbook.asks.word()),
            format!("raise it to {needs}; `rbk diff` shows what changed"),
        ),
    };
    let place = |part: Part| known.places.get(&part).copied();
    let version = place(Part::Version);
    let at = version.or_else(|| place(Part::Name))?;
    let mut found = Diagnostic::new(code, message, at, label).help(help);
    let told = runbook
        .changes
        .iter()
        .filter(|change| change.order != Order::Narrower);
    let told = told.filter_map(|change| {
        Some((
            change.place?,
            format!("{}: {}", change.field.word(), sentence(change)),
        ))
    });
    for (place, what) in told.take(MOST) {
        if place != at {
            found = found.and(place, what);
        }
    }
    Some(match version {
        Some(at) => found.fix(format!("write version {needs}"), at, needs.to_string()),
        None => found,
    })
}
