//! What runbooks need beside what an agent is granted.
//!
//! In: manifests and grants. Out: a row for each need, and diagnostics: what nothing grants, at the runbook; what
//! is granted in vain, or too widely, at its line of the settings.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::diag::{Code, Diagnostic};
use crate::program::manifest::{Manifest, Need, Part};
use crate::report;
use crate::settings::{Grants, Loose, Standing};

/// One need of a runbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NeedBeside {
    pub runbook: String,
    pub capability: String,
    /// What narrows it, as reports say it; none where nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    pub standing: Standing,
}

impl NeedBeside {
    /// For people: `k8s.patch owned`.
    pub fn words(&self) -> String {
        match &self.of {
            Some(of) => format!("{} {of}", self.capability),
            None => self.capability.clone(),
        }
    }
}

/// How each need of these runbooks stands, and an error for each capability of one of which something is denied.
pub fn needs(manifests: &[Manifest], grants: &Grants) -> (Vec<NeedBeside>, Vec<Diagnostic>) {
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    for manifest in manifests {
        let mut denied: BTreeMap<&str, Vec<&Need>> = BTreeMap::new();
        for need in &manifest.authority.needs {
            let standing = grants.beside(need);
            if standing == Standing::Denied {
                denied.entry(&need.can).or_default().push(need);
            }
            rows.push(NeedBeside {
                runbook: manifest.runbook.to_string(),
                capability: need.can.clone(),
                of: need.of.as_ref().map(report::narrowed),
                standing,
            });
        }
        for (capability, needs) in denied {
            found.extend(refusal(manifest, capability, &needs, grants));
        }
    }
    (rows, found)
}

fn refusal(
    manifest: &Manifest,
    capability: &str,
    needs: &[&Need],
    grants: &Grants,
) -> Option<Diagnostic> {
    let at = *manifest.places.get(&Part::Name)?;
    let of: Vec<String> = needs
        .iter()
        .filter_map(|need| Some(format!("`{}`", report::narrowed(need.of.as_ref()?))))
        .collect();
    let of = match of.is_empty() {
        true => String::new(),
        false => format!(" of {}", of.join(", ")),
    };
    let runbook = &manifest.runbook;
    let message = format!("`{runbook}` needs `{capability}`{of}, and the agent is not granted it");
    let help = match (
        grants.line_with(capability, needs),
        grants.names(capability),
    ) {
        (Some(line), true) => format!("change its line in [grants] to: {line}"),
        (Some(line), false) => format!("add to [grants]: {line}"),
        (None, true) => format!("widen the line of `{capability}` in [grants]"),
        (None, false) => {
            let line = Grants::line_such_as(capability).unwrap_or_default();
            format!("add a line of it to [grants], such as {line}")
        }
    };
    let found = Diagnostic::new(Code::NeedDenied, message, at, "its runs hand over there");
    Some(found.help(help))
}

/// A warning for each grant that none of these needs is of, or that is wider than all of them.
pub fn loose(needs: &[Need], grants: &Grants) -> Vec<Diagnostic> {
    let loose = grants.loose(needs).into_iter();
    loose.filter_map(|loose| finding(&loose)).collect()
}

fn finding(loose: &Loose) -> Option<Diagnostic> {
    let at = loose.at?;
    if loose.needed.is_empty() {
        let message = format!("no runbook needs {loose}");
        let found = Diagnostic::new(Code::UnusedGrant, message, at, "granted without need");
        return Some(found.help("take it out: what is not granted cannot be misused"));
    }
    let needed = loose.needed.join("`, `");
    let message = format!("{loose} is more than any runbook needs");
    let label = format!("all that is needed of it is `{needed}`");
    let found = Diagnostic::new(Code::WideGrant, message, at, label);
    Some(found.help("grant that alone"))
}
