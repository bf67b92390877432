//! What the cluster of the settings says of the rights of the agent, where it can be asked from here: often only the agent's
//! machine reaches it.
//!
//! In: settings and a package. Out: errors for what is not allowed, a note for what is not known or too wide. No command is
//! started for credentials.

use std::path::Path;
use std::time::Duration;

use crate::agent::{self, Allowed};
use crate::cli::packages::Checked;
use crate::connect::wanted;
use crate::diag::{Code, Diagnostic};
use crate::program::Program;
use crate::program::manifest::{Manifest, Part};
use crate::settings::{Account, Settings};

/// How long a check waits for a cluster.
const PATIENCE: Duration = Duration::from_secs(5);

/// What it does not allow, and what else somebody should know.
pub fn not_allowed(
    package: &Checked,
    parts: (&[Program], &[Manifest]),
    settings: &Settings,
    path: &Path,
) -> Vec<Diagnostic> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let Ok(runtime) = builder.enable_all().build() else {
        return Vec::new();
    };
    let at = package.path.as_deref().unwrap_or(".");
    let folder = agent::folder_of(path);
    if wanted(parts.0, parts.1).rights.is_empty() {
        return Vec::new();
    }
    let allowed = match starts_a_command(settings) {
        true => {
            Allowed::unasked("its credentials may come from a command, and a check starts none")
        }
        false => {
            let at = Path::new(at);
            runtime.block_on(agent::allowed(settings, &folder, parts, at, PATIENCE))
        }
    };
    let first = parts.1.first();
    let first = first.and_then(|manifest| manifest.places.get(&Part::Name).copied());
    let words = allowed.words.iter().zip(first.into_iter().cycle());
    let noted = words.map(|(words, at)| {
        Diagnostic::new(
            Code::ClusterRights,
            words.clone(),
            at,
            "works on the cluster",
        )
    });
    let noted: Vec<Diagnostic> = noted.collect();
    let found = allowed.missing.iter().filter_map(|lacking| {
        let is_of = |manifest: &&Manifest| lacking.runbooks.contains(&manifest.runbook);
        let place = parts.1.iter().find(is_of)?.places.get(&Part::Name)?;
        let text = "cannot run there";
        let found = Diagnostic::new(Code::AgentLacks, lacking.what.clone(), *place, text);
        Some(found.help(lacking.help.clone()))
    });
    found.chain(noted).collect()
}

/// Whether the settings let commands be started for the credentials of the cluster.
fn starts_a_command(settings: &Settings) -> bool {
    match &settings.kubernetes {
        Some(Account::Kubeconfig { exec, .. }) => !exec.is_empty(),
        Some(Account::OfPod) | None => false,
    }
}
