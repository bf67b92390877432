//! Whether the cluster allows what the runbooks call for: asked of it at the start, before the first alert.
//!
//! In: settings and a package. Out: what it does not allow, as reasons not to start; and what is wrong beside that, as
//! words. A cluster that does not answer keeps no agent from starting: its alerts may be about something else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use smol_str::SmolStr;
use tracing::warn;

use super::load::{Package, Refused};
use crate::connect::{Missing, Reach, Reviewed, review, wanted};
use crate::diag::Code;
use crate::host;
use crate::program::Program;
use crate::program::manifest::Manifest;
use crate::settings::Settings;
use crate::value::escape_text;

/// How long the cluster may take to say all of it at a start: five answers come in a second.
const AT_START: Duration = Duration::from_secs(20);
/// And where it is at work, and has other things to do.
const AT_RELOAD: Duration = Duration::from_secs(5);
/// How much of a text is shown, in characters.
const SHOWN: usize = 400;

/// What the cluster says of the rights of an agent.
#[derive(Clone, Debug, Default)]
pub struct Allowed {
    /// What it does not allow.
    pub missing: Vec<Lacking>,
    /// What somebody should look at.
    pub words: Vec<String>,
}

/// What the cluster does not allow in one place.
#[derive(Clone, Debug)]
pub struct Lacking {
    /// Those that need it.
    pub runbooks: BTreeSet<SmolStr>,
    pub what: String,
    pub help: String,
}

/// Asks the cluster of the settings; nothing where no runbook calls for it.
pub async fn allowed(
    settings: &Settings,
    folder: &Path,
    (programs, manifests): (&[Program], &[Manifest]),
    package: &Path,
    patience: Duration,
) -> Allowed {
    let wanted = wanted(programs, manifests);
    let account = host::account(settings, folder);
    let Some(account) = account.filter(|_| !wanted.rights.is_empty()) else {
        return Allowed::default();
    };
    let reviewed = review(&account, &wanted, patience).await;
    let words = words(&reviewed);
    Allowed {
        missing: lacking(reviewed.missing, package),
        words,
    }
}

/// Nothing where the cluster allows all that the package needs, or does not answer.
pub async fn before_start(
    settings: &Settings,
    folder: &Path,
    loaded: &Package,
    package: &Path,
) -> Result<(), Vec<Refused>> {
    let allowed = allowed(settings, folder, loaded.parts(), package, AT_START).await;
    for words in &allowed.words {
        warn!("{words}");
    }
    allowed.or_refused()
}

/// The same for a package that takes the place of another one; what is said beside it was said at the start.
pub async fn before_reload(
    started: &Settings,
    folder: &Path,
    loaded: &Package,
    package: &Path,
) -> Result<(), Vec<Refused>> {
    let allowed = allowed(started, folder, loaded.parts(), package, AT_RELOAD).await;
    allowed.or_refused()
}

impl Allowed {
    /// The cluster was not asked, for this reason.
    pub fn unasked(why: &str) -> Allowed {
        Allowed {
            missing: Vec::new(),
            words: vec![format!("what the cluster allows was not asked: {why}")],
        }
    }

    /// Nothing where nothing is missing.
    fn or_refused(&self) -> Result<(), Vec<Refused>> {
        let refused = self.refused();
        match refused.is_empty() {
            true => Ok(()),
            false => Err(refused),
        }
    }

    /// As reasons not to start.
    pub fn refused(&self) -> Vec<Refused> {
        let missing = self.missing.iter();
        let refused = missing.map(|one| Refused::with_help(Code::AgentLacks, &one.what, &one.help));
        refused.collect()
    }
}

fn words(reviewed: &Reviewed) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(why) = &reviewed.unknown {
        let why = escape_text(why, SHOWN);
        words.push(format!(
            "what the cluster allows could not be asked in full: {why}"
        ));
    }
    if !reviewed.wide.is_empty() {
        let wide: Vec<&str> = reviewed.wide.iter().map(String::as_str).collect();
        let wide = escape_text(&wide.join("; "), SHOWN);
        words.push(format!(
            "the cluster allows the agent what no runbook needs: {wide}; `rbk export rbac` prints what is needed"
        ));
    }
    words
}

/// One for each place and those who need it there.
fn lacking(missing: Vec<Missing>, package: &Path) -> Vec<Lacking> {
    let mut together: BTreeMap<(Reach, BTreeSet<SmolStr>), Vec<String>> = BTreeMap::new();
    for Missing {
        runbooks,
        reach,
        right,
    } in missing
    {
        let rights = together.entry((reach, runbooks)).or_default();
        rights.push(right.to_string());
    }
    let shown = quoted(&escape_text(&package.display().to_string(), SHOWN));
    let lacking = together.into_iter().map(|((reach, runbooks), rights)| {
        let names: Vec<String> = runbooks.iter().map(|name| format!("`{name}`")).collect();
        Lacking {
            what: format!(
                "the cluster does not allow `{}` {reach}, needed by {}",
                rights.join("`, `"),
                names.join(", ")
            ),
            help: format!(
                "grant it with `rbk export rbac {shown} | kubectl apply -f -`; `--account` and `--namespace` name the \
                 account of the agent"
            ),
            runbooks,
        }
    });
    lacking.collect()
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    match word.chars().all(is_plain) && !word.starts_with('-') {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}
