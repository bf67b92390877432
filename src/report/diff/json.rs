//! The difference for programs.

use serde::Serialize;

use super::terminal::{place, plain};
use super::{Change, Diff, Order, RunbookChange, RunbookDiff};
use crate::program::manifest::Version;
use crate::text::Sources;

#[derive(Serialize)]
struct Answer<'a> {
    /// Of this form; a later form that old readers cannot read has a higher number.
    version: u32,
    from: &'a str,
    to: &'a str,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    package_needs: Option<String>,
    runbooks: Vec<RunbookAnswer<'a>>,
    dependencies: Vec<DependencyAnswer<'a>>,
    /// What comments newly allow, or no longer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allows: Vec<AllowAnswer<'a>>,
}

#[derive(Serialize)]
struct AllowAnswer<'a> {
    what: &'a str,
    order: &'static str,
}

#[derive(Serialize)]
struct RunbookAnswer<'a> {
    name: &'a str,
    change: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    renamed_from: Option<&'a str>,
    from: Option<String>,
    to: Option<String>,
    core: [Option<String>; 2],
    /// Which number of the version has to rise.
    needs: &'static str,
    /// The least version that says so.
    least: Option<String>,
    verdict: &'static str,
    changes: Vec<ChangeAnswer<'a>>,
}

#[derive(Serialize)]
struct ChangeAnswer<'a> {
    field: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<&'a str>,
    order: &'static str,
    asks: &'static str,
    what: String,
    before: String,
    after: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

#[derive(Serialize)]
struct DependencyAnswer<'a> {
    name: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

/// One object, ending in a newline.
pub fn json(diff: &Diff, sources: &Sources) -> String {
    let answer = Answer {
        version: 1,
        from: &diff.from,
        to: &diff.to,
        verdict: diff.verdict.word(),
        package_needs: shown(diff.package_needs.map(|needs| needs.version)),
        runbooks: diff
            .runbooks
            .iter()
            .map(|one| runbook(one, sources))
            .collect(),
        allows: diff
            .allows
            .iter()
            .map(|of| AllowAnswer {
                what: &of.what,
                order: if of.is_new { "new" } else { "gone" },
            })
            .collect(),
        dependencies: diff
            .dependencies
            .iter()
            .map(|of| DependencyAnswer {
                name: &of.name,
                before: of.before.as_deref(),
                after: of.after.as_deref(),
            })
            .collect(),
    };
    let mut text = serde_json::to_string_pretty(&answer)
        .expect("its keys are texts and its numbers are whole, which JSON can write");
    text.push('\n');
    text
}

fn shown(version: Option<Version>) -> Option<String> {
    version.map(|version| version.to_string())
}

fn runbook<'a>(diff: &'a RunbookDiff, sources: &Sources) -> RunbookAnswer<'a> {
    let (change, renamed_from) = match &diff.change {
        RunbookChange::Added => ("added", None),
        RunbookChange::Removed => ("removed", None),
        RunbookChange::Renamed(old) => ("renamed", Some(old.as_str())),
        RunbookChange::Changed => ("changed", None),
        RunbookChange::Same => ("same", None),
    };
    RunbookAnswer {
        name: &diff.name,
        change,
        renamed_from,
        from: shown(diff.from),
        to: shown(diff.to),
        core: diff.core.map(|core| core.map(|core| core.to_string())),
        needs: diff.asks.word(),
        least: shown(diff.needs),
        verdict: diff.verdict.word(),
        changes: diff
            .changes
            .iter()
            .map(|one| change_of(one, sources))
            .collect(),
    }
}

fn change_of<'a>(change: &'a Change, sources: &Sources) -> ChangeAnswer<'a> {
    ChangeAnswer {
        field: change.field.word(),
        step: change.at.as_deref(),
        order: match change.order {
            Order::Wider => "wider",
            Order::Other => "other",
            Order::Narrower => "narrower",
        },
        asks: change.asks.word(),
        what: plain(&change.what),
        before: plain(&change.before),
        after: plain(&change.after),
        place: change.place.map(|span| place(span, sources)),
    }
}
