//! An agent that cannot start: nothing is healed until somebody mends it, so somebody is told.
//!
//! Told are those whose contacts can still be read: the owners of the package as far as it says who they are, whatever
//! else is wrong with it, else whoever the settings name for the platform, else everybody. Nobody is told of the same twice
//! within an hour, however often a supervisor tries; nor where a human sees it at a terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tracing::warn;

use super::load::{self, Refused};
use super::serve::{Options, folder_of};
use crate::connect::Messenger;
use crate::diag::Code;
use crate::effect::Severity;
use crate::host::{self, Clock, Disk};
use crate::journal::{Message, MessageKind, Notes};
use crate::project;
use crate::settings::Settings;
use crate::store::Sqlite;
use crate::text::Sources;
use crate::value::escape_text;

/// The reason of its page: no run has it.
pub const CANNOT: &str = "cannot_start";
/// What that reason means, in a line, and the page that explains it.
pub const EXPLAINED: (&str, &str) = ("the agent does not start", include_str!("cannot_start.md"));
/// How long nobody is told of the same again.
const OFTEN: Duration = Duration::from_secs(60 * 60);
/// How long a message is carried.
const DELIVERY: Duration = Duration::from_secs(10);
/// How much of the name of a folder is told, in characters.
const NAME: usize = 80;
/// How much of the reasons is told, in characters.
const WHY: usize = 1_500;

/// Tells somebody why the agent does not start.
pub async fn tell(options: &Options, refused: &[Refused]) {
    // Another agent is at work on the store: nothing is left alone.
    let is_taken = |one: &Refused| one.code == Some(Code::StoreTaken);
    if std::io::stderr().is_terminal() || refused.iter().any(is_taken) {
        return;
    }
    let Some(settings) = load::load_what_can_be(&options.settings) else {
        warn!(
            "nobody can be told: {} cannot be read",
            options.settings.display()
        );
        return;
    };
    let folder = folder_of(&options.settings);
    // Whoever tries other settings beside an agent that is at work sees what is wrong with them.
    if let Some(taken) = Sqlite::taken(&folder.join(&settings.store)) {
        warn!("nobody is told, since nothing is left alone: {taken}");
        return;
    }
    let contacts = host::contacts(&settings, &folder);
    let why = words(refused);
    let told = stamp(&folder, &settings);
    if contacts.is_empty() || was_told(&told, &why) {
        return;
    }
    let message = Arc::new(message(&options.package, &why));
    let mut telling = tokio::task::JoinSet::new();
    for (to, contact) in who(options, &settings, contacts) {
        let message = message.clone();
        telling.spawn(async move {
            let delivered = tokio::time::timeout(DELIVERY, contact.deliver(&message)).await;
            let delivered = matches!(delivered, Ok(Ok(())));
            if !delivered {
                let code = Code::NotDelivered.as_str();
                warn!(code, %to, "could not be told that the agent does not start");
            }
            delivered
        });
    }
    if telling.join_all().await.contains(&true) {
        // Without it somebody is told again, which is no harm.
        let _ = std::fs::write(&told, digest(&why));
    }
}

/// Those who are to be told, out of those who can be.
fn who(
    options: &Options,
    settings: &Settings,
    contacts: BTreeMap<String, Arc<dyn Messenger>>,
) -> BTreeMap<String, Arc<dyn Messenger>> {
    let owners = load::owners(&options.package);
    let platform: BTreeSet<String> = settings.platform.iter().map(ToString::to_string).collect();
    for named in [owners, platform] {
        let found: BTreeMap<_, _> = contacts
            .iter()
            .filter(|(address, _)| named.contains(*address))
            .map(|(address, contact)| (address.clone(), contact.clone()))
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    contacts
}

fn words(refused: &[Refused]) -> String {
    let words = refused.iter().map(|one| match (&one.brief, one.code) {
        (Some(brief), _) => brief.clone(),
        (None, Some(code)) => format!("{} ({})", one.why, code.as_str()),
        (None, None) => one.why.clone(),
    });
    words.collect::<Vec<_>>().join("; ")
}

/// What is wrong, and with which package: what it is called by itself may not be known.
fn message(package: &Path, why: &str) -> Message {
    let named = name_of(package);
    Message {
        kind: MessageKind::Page,
        incident: None,
        thread: "agent/start".into(),
        at: Clock::default().now(),
        package: named.clone().into(),
        runbook: "agent".into(),
        severity: Severity::Sev1,
        title: "the ops agent does not start".to_owned(),
        text: format!(
            "Nothing of `{named}` is healed until it runs again: {}",
            escape_text(why, WHY)
        ),
        reason: Some(CANNOT.into()),
        roles: Vec::new(),
        evidence: Vec::new(),
        answer: "rbk agent (at a terminal it says all that is wrong, and what to add)".to_owned(),
        notes: Notes::default(),
    }
}

/// What the package is called: by its manifest, or else by its folder.
fn name_of(package: &Path) -> String {
    let (loaded, _) = project::load(&Disk, package, &mut Sources::default());
    loaded.map_or_else(
        || {
            let folder = package
                .canonicalize()
                .unwrap_or_else(|_| package.to_owned());
            let name = folder.file_name().unwrap_or_default();
            escape_text(&name.to_string_lossy(), NAME)
        },
        |package| package.name(),
    )
}

/// A file beside the store that says what was told last.
fn stamp(folder: &Path, settings: &Settings) -> PathBuf {
    let mut name = folder.join(&settings.store).into_os_string();
    name.push(".told");
    name.into()
}

fn was_told(stamp: &Path, why: &str) -> bool {
    let written = std::fs::metadata(stamp).and_then(|known| known.modified());
    let is_fresh = written.is_ok_and(|at| at.elapsed().is_ok_and(|age| age < OFTEN));
    is_fresh && std::fs::read_to_string(stamp).is_ok_and(|known| known == digest(why))
}

fn digest(why: &str) -> String {
    let digest = Sha256::digest(why.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
