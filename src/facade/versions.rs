//! Versions of a package: its lock, and its difference to another one.

use super::{File, analyse};
use crate::front;
use crate::program::manifest::Manifest;
use crate::project::lock::{self, FORMAT, Lock, LockedRunbook};
use crate::report::diff::{self, Order, Side};
use crate::text::Sources;

/// The difference of two versions.
#[derive(Clone, Debug)]
pub struct Diffed {
    /// For a terminal, with all that is narrower.
    pub terminal: String,
    /// For a comment on a pull request.
    pub markdown: String,
    /// For programs.
    pub json: String,
    /// Of the first runbook: `none`, `patch`, `minor` or `major`.
    pub needs: &'static str,
    /// Of the first runbook, sorted, each once: `wider guard`.
    pub changes: Vec<String>,
}

/// The difference of two packages without errors; else what is wrong with them.
pub fn diff(before: &[File<'_>], after: &[File<'_>]) -> Result<Diffed, String> {
    let (before, _) = side(before, "before")?;
    let (after, sources) = side(after, "after")?;
    let diff = diff::diff(&before, &after);
    let first = diff.runbooks.first();
    let changes = first.into_iter().flat_map(|runbook| &runbook.changes);
    let changes = changes.map(|change| {
        let order = match change.order {
            Order::Wider => "wider",
            Order::Other => "other",
            Order::Narrower => "narrower",
        };
        format!("{order} {}", change.field.word())
    });
    let mut changes: Vec<String> = changes.collect();
    changes.sort();
    changes.dedup();
    Ok(Diffed {
        terminal: diff::terminal(&diff, &sources, true),
        markdown: diff::markdown(&diff),
        json: diff::json(&diff, &sources),
        needs: first.map_or("none", |runbook| runbook.asks.word()),
        changes,
    })
}

/// The text of a package's lock; what is wrong where it has errors.
pub fn locked(files: &[File<'_>]) -> Result<String, String> {
    let (manifests, _) = manifests(files)?;
    let runbooks = manifests.into_iter().filter_map(|manifest| {
        Some(LockedRunbook {
            name: manifest.runbook.to_string(),
            version: manifest.version?,
            core: manifest.core,
            authority: manifest.authority,
        })
    });
    Ok(lock::write(&Lock {
        format: FORMAT,
        version: None,
        runbooks: runbooks.collect(),
        dependencies: Vec::new(),
    }))
}

/// The text of a lock, read and written again; else why it cannot be read.
pub fn relocked(text: &str) -> Result<String, String> {
    let mut sources = Sources::default();
    let id = sources.add("rbk.lock", text);
    match lock::read(sources.source(id)) {
        Ok(lock) => Ok(lock::write(&lock)),
        Err(found) => Err(found.message),
    }
}

/// What each runbook does, by its hash; none where the package has errors.
pub fn cores(files: &[File<'_>]) -> Option<Vec<String>> {
    let (manifests, _) = manifests(files).ok()?;
    Some(
        manifests
            .iter()
            .map(|manifest| manifest.core.to_string())
            .collect(),
    )
}

fn manifests(files: &[File<'_>]) -> Result<(Vec<Manifest>, Sources), String> {
    let (sources, analysis, diagnostics) = analyse(files);
    match analysis.filter(|_| front::is_sound(&diagnostics)) {
        Some(analysis) => Ok((front::manifests(&analysis, &sources), sources)),
        None => Err(diagnostics
            .iter()
            .map(|found| format!("{}\n", found.message))
            .collect()),
    }
}

fn side(files: &[File<'_>], name: &str) -> Result<(Side, Sources), String> {
    let (manifests, sources) = manifests(files)?;
    Ok((
        Side::of_package(&manifests, None, Vec::new(), name),
        sources,
    ))
}
