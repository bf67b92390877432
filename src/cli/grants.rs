//! `rbk check --config`: what the packages need beside what an agent is granted.

#[cfg(feature = "kubernetes")]
mod cluster;

use std::path::Path;

use crate::agent::{Offered, Refused, load_settings};
use crate::diag::Diagnostic;
use crate::diag::human::Look;
use crate::front::{self, NeedBeside};
use crate::host::{program_problem, read_named};
use crate::program::manifest::Manifest;
use crate::settings::{self, SETTINGS_BYTES, Settings};

#[cfg(feature = "kubernetes")]
use self::cluster::not_allowed;
use super::packages::Checked;
use super::versions;

/// How each need of each package stands; diagnostics go to the packages. What is granted without need is told with the
/// first.
pub fn held(
    checked: &mut [Checked],
    path: &Path,
    look: Look,
) -> Result<Vec<Vec<NeedBeside>>, Refused> {
    let settings = load_settings(path, look)?;
    let mut rows = Vec::new();
    let mut needs = Vec::new();
    let mut known = Vec::new();
    let mut is_whole = true;
    for package in checked.iter_mut() {
        let Some(manifests) = versions::manifests(package) else {
            is_whole = false;
            rows.push(Vec::new());
            continue;
        };
        let (found, denied) = front::needs_beside(&manifests, &settings, &Offered(&settings));
        package.diagnostics.extend(denied);
        let lacking = lacking(package, &manifests, (&settings, path));
        package.diagnostics.extend(lacking);
        rows.push(found);
        needs.extend(front::needed(&manifests));
        known.extend(manifests);
    }
    if let Some(first) = checked.first_mut()
        && let Ok(bytes) = read_named(path, SETTINGS_BYTES)
    {
        let text = String::from_utf8_lossy(&bytes);
        let id = first.sources.add(&path.display().to_string(), &text);
        if let (Some(settings), _) = settings::read(first.sources.source(id)) {
            let missing = front::missing_programs(&known, &settings, program_problem);
            first.diagnostics.extend(missing);
            // What a package with errors needs is not known.
            if is_whole {
                let loose = front::loose_grants(&needs, &settings.grants);
                first.diagnostics.extend(loose);
            }
        }
    }
    Ok(rows)
}

/// What else the package needs and the settings lack.
fn lacking(
    package: &Checked,
    manifests: &[Manifest],
    (settings, path): (&Settings, &Path),
) -> Vec<Diagnostic> {
    let analysis = package.analysis.as_ref();
    let programs = analysis.and_then(|analysis| front::compile(analysis).ok());
    let programs = programs.unwrap_or_default();
    let lacks = front::lacks(&programs, manifests, settings, &Offered(settings));
    let found = lacks.iter().filter_map(|lack| lack.diagnostic(manifests));
    let mut found: Vec<Diagnostic> = found.collect();
    found.extend(not_allowed(package, (&programs, manifests), settings, path));
    found
}

/// Nothing asks a cluster here.
#[cfg(not(feature = "kubernetes"))]
fn not_allowed(
    _: &Checked,
    _: (&[crate::program::Program], &[Manifest]),
    _: &Settings,
    _: &Path,
) -> Vec<Diagnostic> {
    Vec::new()
}

/// For people: a line for each need.
pub fn show(rows: &[NeedBeside], settings: &Path) -> String {
    let words: Vec<String> = rows.iter().map(NeedBeside::words).collect();
    let width = words.iter().map(|words| words.chars().count()).max();
    let width = width.unwrap_or_default().min(WIDEST);
    let mut out = String::new();
    let mut runbook = "";
    for (row, words) in rows.iter().zip(&words) {
        if row.runbook != runbook {
            runbook = &row.runbook;
            out.push_str(&format!("\n{runbook} beside {}\n", settings.display()));
        }
        out.push_str(&format!("  {words:width$}  {}\n", row.standing.words()));
    }
    out
}

/// Longer needs push their word aside.
const WIDEST: usize = 60;
