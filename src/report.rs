//! What a runbook may do to production, in words and as data.
//!
//! In: the [`Manifest`]s of a package. Out: a [`Report`] that is shown to people or serialised.
//! Computes nothing: it only says what was proven.

pub mod diff;
mod due;
pub mod manual;
mod show;
mod trigger;

use std::collections::BTreeSet;

use serde::Serialize;

pub use due::DueReport;

use crate::program::manifest::{Authority, Handed, Manifest, Most, Need, Pattern, People, Touch};

use crate::value::{Duration, Time, escape_text};

pub use show::show;

/// One package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    pub package: String,
    pub version: String,
    pub runbooks: Vec<RunbookReport>,
    /// What comments allow: `slack-blast at pods.rbk:12: the second cluster joins next week`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allows: Vec<String>,
}

/// One runbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunbookReport {
    pub name: String,
    pub version: Option<String>,
    pub product: Option<String>,
    /// In words: `alert "QueueStuck" with namespace, pod`.
    pub triggers: Vec<String>,
    /// When each of its schedules comes next, where a moment is given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub due: Vec<DueReport>,
    /// What the diagnosis may find, with what the remedy of each does.
    pub findings: Vec<FindingReport>,
    /// The highest effect level.
    pub level: String,
    /// The widest scope of what is changed.
    pub scope: Option<String>,
    pub touches: Vec<TouchReport>,
    /// The longest that the machine works on one incident.
    pub machine_time: String,
    pub machine_time_ms: i64,
    /// What the runbook says of it: `ends within D`.
    pub ends_within: Option<String>,
    /// The longest that people are waited for.
    pub human_time: String,
    pub human_time_ms: i64,
    /// Who may be paged, told or handed a task, the whole chain among them.
    pub people: Vec<String>,
    /// Whom a page reaches one after the other while nobody answers.
    pub chain: Vec<String>,
    pub capabilities: Vec<String>,
    /// Each secret with the capability that hands it over, and to whom.
    pub secrets: Vec<String>,
    /// What it does, whatever compiler reads it.
    pub core: String,
    /// The rights that people sign.
    pub authority: String,
    /// The commands and URLs that the text names, of every raw call.
    pub raw: Vec<String>,
    /// What it asks the metrics server, each query once.
    pub queries: Vec<String>,
    pub waivers: Vec<WaiverReport>,
    /// Raw actions of which it is claimed, not proven, that they take something back.
    pub claims: Vec<String>,
    /// Where words from outside pick a target, and by what right.
    pub endorsements: Vec<String>,
    /// What stands for data that is not there: each `else no_data V`.
    pub no_data: Vec<String>,
    /// Each part that begins only where all of it fits into a window.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<UnitReport>,
    /// The longest stretch of time in which changes may begin, where windows leave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_window: Option<String>,
}

/// A part of a runbook that begins only where all of it fits into a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnitReport {
    /// `each element of remedy stuck`
    pub of: String,
    pub time: String,
    pub time_ms: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingReport {
    pub name: String,
    /// The `do` lines of its remedy, in order: `k8s.restart`.
    pub does: Vec<String>,
}

/// The proven bound for one target type, next to the declared lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TouchReport {
    pub target: String,
    /// Distinct targets in a run.
    pub targets: u32,
    /// Distinct targets between verifications.
    pub at_once: u32,
    /// Changing calls of one incident, retries and further runs included.
    pub attempts: u32,
    /// The lines of `blast` for it.
    pub allowed: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaiverReport {
    pub of: String,
    pub why: String,
}

/// Says what the package's runbooks may do, and when their schedules come next after a moment.
pub fn report(
    package: &str,
    version: &str,
    manifests: &[Manifest],
    allows: Vec<String>,
    now: Option<Time>,
) -> Report {
    Report {
        package: package.to_owned(),
        version: version.to_owned(),
        runbooks: manifests
            .iter()
            .map(|manifest| of_runbook(manifest, now))
            .collect(),
        allows,
    }
}

fn of_runbook(manifest: &Manifest, now: Option<Time>) -> RunbookReport {
    let Authority {
        effect,
        triggers,
        touches,
        needs,
        secrets,
        claims,
        people,
        time,
        ..
    } = &manifest.authority;
    RunbookReport {
        name: manifest.runbook.to_string(),
        version: manifest.version.map(|version| version.to_string()),
        product: manifest.product.as_ref().map(ToString::to_string),
        triggers: triggers.iter().map(trigger::describe).collect(),
        due: now.map_or_else(Vec::new, |now| {
            let due = triggers.iter().filter_map(|trigger| due::due(trigger, now));
            due.collect()
        }),
        findings: findings(manifest),
        level: effect.level.word().to_owned(),
        scope: effect.scope.map(|scope| scope.word().to_owned()),
        touches: touches
            .iter()
            .map(|touched| touch(&manifest.authority, touched))
            .collect(),
        machine_time: time.machine.to_string(),
        machine_time_ms: time.machine.millis(),
        ends_within: manifest.ends_within.map(|ends| ends.to_string()),
        human_time: time.human.to_string(),
        human_time_ms: time.human.millis(),
        people: everybody(people),
        chain: people.chain.clone(),
        capabilities: needs.iter().map(need).collect(),
        secrets: secrets.iter().map(handed).collect(),
        core: manifest.core.to_string(),
        authority: manifest.authority.hash().to_string(),
        raw: manifest.raw.clone(),
        queries: manifest.queries.clone(),
        waivers: manifest
            .waivers
            .iter()
            .map(|waiver| WaiverReport {
                of: waiver.of.clone(),
                why: waiver.what.clone(),
            })
            .collect(),
        claims: claims.takes_back.clone(),
        endorsements: manifest
            .endorsements
            .iter()
            .map(|endorsed| format!("{}: {}", endorsed.of, endorsed.what))
            .collect(),
        no_data: manifest
            .no_data
            .iter()
            .map(|made_up| format!("{} without data is {}", made_up.of, made_up.what))
            .collect(),
        units: manifest.units.iter().map(unit).collect(),
        longest_window: manifest.longest_window.map(|longest| longest.to_string()),
    }
}

fn unit((of, time): &(String, Duration)) -> UnitReport {
    UnitReport {
        of: of.clone(),
        time: time.to_string(),
        time_ms: time.millis(),
    }
}

/// The longest pattern that is shown whole, in characters.
const SHOWN: usize = 200;

/// `k8s.get owned`
fn need(need: &Need) -> String {
    match &need.of {
        Some(of) => format!("{} {}", need.can, narrowed(of)),
        None => need.can.clone(),
    }
}

/// `status_token (vault kv/status): http.get =https://status.example.com`
fn handed(handed: &Handed) -> String {
    let Handed {
        secret,
        can,
        to,
        kept,
    } = handed;
    let kept = escape_text(kept, SHOWN);
    match to {
        Some(to) => format!("{secret} ({kept}): {can} {}", narrowed(to)),
        None => format!("{secret} ({kept}): {can}"),
    }
}

/// What narrows a capability, in few words.
pub fn narrowed(of: &Pattern) -> String {
    escape_text(&of.to_string(), SHOWN)
}

fn findings(manifest: &Manifest) -> Vec<FindingReport> {
    let findings = manifest.findings.iter().map(|finding| FindingReport {
        name: finding.name.to_string(),
        does: finding.does.clone(),
    });
    findings.collect()
}

fn touch(authority: &Authority, touched: &Touch) -> TouchReport {
    let lines = authority.limits.iter();
    let lines = lines.filter(|line| line.target == touched.target);
    let allowed = lines.map(|line| match &line.most {
        Most::Run { run } => format!("{run} a run"),
        Most::AtOnce { at_once } => format!("{at_once} at once"),
        Most::Rate { most, per } => format!("{most} per {per}"),
    });
    TouchReport {
        target: touched.target.clone(),
        targets: touched.run,
        at_once: touched.at_once,
        attempts: touched.calls,
        allowed: allowed.collect(),
    }
}

/// Each role once, in the order of their names.
fn everybody(people: &People) -> Vec<String> {
    let People {
        page,
        tell,
        hand,
        owe,
        chain,
    } = people;
    let all = page.iter().chain(tell).chain(hand).chain(owe).chain(chain);
    let all: BTreeSet<&String> = all.collect();
    all.into_iter().cloned().collect()
}

/// `1 right is`, `2 rights are`
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
