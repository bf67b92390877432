//! Gates: what a change has to pass before it is begun, in the order in which they are asked.
//!
//! In: an intent and what is known now. Out: the first verdict that is not *go*. Incurable refusals
//! come first, then what people decide, then the world, then the counts, so that nothing is reserved
//! by what waits. A gate is a file and a row of [`GATES`].

mod at_once;
mod capability;
mod domain;
mod freeze;
mod lock;
mod population;
mod rate;
mod still;
mod storm;
pub mod window;

use super::Engine;
use super::asking::Asking;
use super::model::Model;
use super::runbooks::Runbooks;
use super::waiting::Waiters;
use crate::effect::Reason;
use crate::journal::Obstacle;
use crate::program::Program;
use crate::run::{Intent, IntentKind};
use crate::settings::{Bounds, Grants};
use crate::value::{Duration, Identity, Time};
use capability::Capability;
use freeze::Freezes;
use storm::Storms;
use window::Window;

/// What a gate says.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Go,
    Refuse(Reason, String),
    Wait(Obstacle, String),
}

/// What is asked leave for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A change, for the first time or because it certainly had no effect.
    Do,
    /// One that was made, and nobody knows whether it took effect.
    Repeat,
    Undo,
    Release,
}

/// An intent and what it is asked with.
pub struct Question<'a> {
    pub asking: &'a Asking,
    pub program: &'a Program,
    pub now: Time,
}

impl<'a> Question<'a> {
    pub fn intent(&self) -> &'a Intent {
        &self.asking.intent
    }

    fn asked(&self) -> Asked {
        match (self.intent().kind, self.asking.again) {
            (IntentKind::Undo, _) => Asked::Undo,
            (IntentKind::Release, _) => Asked::Release,
            (IntentKind::Do, true) => Asked::Repeat,
            (IntentKind::Do, false) => Asked::Do,
        }
    }
}

/// What is known now. Nothing is read from the journal.
pub struct Known<'a> {
    pub model: &'a Model,
    pub waiters: &'a Waiters,
    pub runbooks: &'a Runbooks,
    pub grants: &'a Grants,
    pub bounds: &'a Bounds,
    /// The agent stops.
    pub draining: bool,
}

impl Engine {
    pub(super) fn known(&self) -> Known<'_> {
        Known {
            model: &self.model,
            waiters: &self.waiters,
            runbooks: &self.runbooks,
            grants: &self.grants,
            bounds: &self.bounds,
            draining: self.draining,
        }
    }
}

/// One condition that a change has to pass.
pub trait Gate: Sync {
    /// The word for it.
    fn name(&self) -> &'static str;

    /// Whether it is asked of this at all.
    fn covers(&self, asked: Asked) -> bool;

    /// Whether it counts what is granted, for each target of a change that is done.
    fn counts(&self) -> bool;

    fn ask(&self, known: &Known<'_>, question: &Question<'_>) -> Verdict;
}

/// All gates, in order. What takes back and what releases pass the first two only: else a run could
/// be stopped half-done by its own limits. A storm comes before a lock and whatever else is waited
/// for, since it uses up no patience: that of the rest does not run on while it lasts.
pub const GATES: [&dyn Gate; 9] = [
    &Capability,
    &Freezes,
    &Storms,
    &Window,
    &lock::Lock,
    &domain::Domain,
    &at_once::AtOnce,
    &population::Population,
    &rate::Rate,
];

/// The first verdict that is not *go*, and the gate that gave it.
pub fn pass(known: &Known<'_>, question: &Question<'_>) -> (&'static str, Verdict) {
    let asked = question.asked();
    for gate in GATES.iter().filter(|gate| gate.covers(asked)) {
        match gate.ask(known, question) {
            Verdict::Go => {}
            other => return (gate.name(), other),
        }
    }
    ("", Verdict::Go)
}

/// The table, a line a gate: what each is asked of.
pub fn table() -> String {
    let kinds = [Asked::Do, Asked::Repeat, Asked::Undo, Asked::Release];
    let mut table =
        String::from("| gate | do | repeat | undo | release |\n|---|---|---|---|---|\n");
    for gate in GATES {
        let marks = kinds.map(|asked| if gate.covers(asked) { "x" } else { "" });
        let line = format!("| {} | {} |\n", gate.name(), marks.join(" | "));
        table.push_str(&line);
    }
    table
}

/// `host.Host cache-1`
fn printed(identity: &Identity) -> String {
    let keys: Vec<&str> = identity.0.iter().map(|step| step.key.as_str()).collect();
    format!("{} {}", identity.kind(), keys.join("/"))
}

/// The moment that lies so long before another.
fn before(now: Time, duration: Duration) -> Time {
    let millis = now.millis().saturating_sub(duration.millis());
    Time::from_millis(millis).unwrap_or_default()
}
