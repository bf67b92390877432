//! What an incident has changed and not proven: kept with it, from run to run.
//!
//! A change is dirty from its intent on, until it is taken back, released, a verify passes after
//! it, or a human resolves the incident. A run that would end well while something is dirty runs
//! the verifies first that are owed.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::held::Holds;
use super::{Context, Event, Intent, IntentKind, Piece, Run};
use crate::effect::Call;
use crate::program::{CodeHash, VerifyIndex};
use crate::value::{Time, Value};

/// What an incident hands from run to run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dirt {
    /// When something was changed last; taking back and releasing are changes too. What was
    /// measured before is evidence of nothing.
    pub newest: Option<Time>,
    /// What nothing has proven yet, oldest first.
    pub stands: Vec<Stands>,
    /// What something holds, and nothing has given back.
    pub held: Vec<Holds>,
}

/// A change that is dirty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stands {
    pub key: SmolStr,
    pub call: Call,
    /// The verify that it waits for; none where none was known when it was made.
    pub owed: Option<Owed>,
    /// How many attempts it was made in, one in the other.
    attempts: usize,
}

/// A verify that can be run by whoever has the code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Owed {
    pub code: CodeHash,
    pub verify: VerifyIndex,
    pub captures: Vec<Value>,
    /// It was reached, rather than foreseen in the plan.
    reached: bool,
}

impl Dirt {
    /// Changes of which nobody knows any more what they wait for.
    pub fn unproven(changes: Vec<(SmolStr, Call)>, now: Time) -> Dirt {
        let stands = changes.into_iter().map(|(key, call)| Stands {
            key,
            call,
            owed: None,
            attempts: 0,
        });
        let stands: Vec<Stands> = stands.collect();
        Dirt {
            newest: (!stands.is_empty()).then_some(now),
            stands,
            held: Vec::new(),
        }
    }

    /// Whether the incident has changed anything, taken back or not.
    pub fn has_changed(&self) -> bool {
        self.newest.is_some() || !self.stands.is_empty()
    }

    /// Whether something stands that nothing has proven.
    pub fn is_dirty(&self) -> bool {
        !self.stands.is_empty()
    }

    /// A human says what became of a change of which nobody knew.
    pub fn settled(&mut self, intent: &Intent, applied: bool) {
        let gone = match (intent.kind, applied) {
            // It was never there.
            (IntentKind::Do, false) => Some(&intent.key),
            // It took another one back.
            (IntentKind::Undo | IntentKind::Release, true) => intent.undoes.as_ref(),
            (IntentKind::Do, true) | (IntentKind::Undo | IntentKind::Release, false) => None,
        };
        if let Some(gone) = gone {
            self.stands.retain(|stands| stands.key != *gone);
            self.held.retain(|held| !held.is_of(gone));
        }
    }

    /// A human answers for what is left.
    pub fn forgive(&mut self) {
        self.stands.clear();
        self.held.clear();
    }
}

impl Run {
    /// What the incident has changed and not proven, as far as this run knows.
    pub fn dirt(&self) -> &Dirt {
        &self.dirt
    }

    pub(super) fn is_dirty(&self) -> bool {
        self.dirt.is_dirty()
    }

    /// Whether the incident has changed anything, in this run or an earlier one.
    pub(super) fn incident_has_changed(&self) -> bool {
        self.dirt.has_changed()
    }

    /// A change is about to be made.
    pub(super) fn soil(&mut self, key: &SmolStr, call: &Call) {
        if self.dirt.stands.iter().any(|stands| stands.key == *key) {
            return;
        }
        let foreseen = self.plan.waits.clone();
        self.dirt.stands.push(Stands {
            key: key.clone(),
            call: call.clone(),
            owed: foreseen.map(|(verify, captures)| Owed {
                code: self.program,
                verify,
                captures,
                reached: false,
            }),
            attempts: self.attempts_open(),
        });
    }

    /// Something took effect, or may have.
    pub(super) fn touched(&mut self, now: Time) {
        self.dirt.newest = self.dirt.newest.max(Some(now));
    }

    /// A change is no more: taken back, released, or never there.
    pub(super) fn cleaned(&mut self, key: &str) {
        self.dirt.stands.retain(|stands| stands.key != key);
    }

    /// A verify is reached: it is what the changes of this run wait for that none was reached for.
    pub(super) fn now_waits_for(&mut self, verify: VerifyIndex, captures: &[Value]) {
        for stands in &mut self.dirt.stands {
            let waits = stands.owed.as_ref().is_none_or(|owed| !owed.reached);
            if waits && self.keys.contains(&stands.key) {
                stands.owed = Some(Owed {
                    code: self.program,
                    verify,
                    captures: captures.to_vec(),
                    reached: true,
                });
            }
        }
    }

    /// `waive verify`: the author answers for what its block did, and for no earlier attempt.
    pub(super) fn waived(&mut self) {
        let (first, attempts) = (self.piece_start(), self.attempts_open());
        let covered = self.changes.iter().skip(first).map(|change| &change.key);
        let covered: Vec<SmolStr> = covered.cloned().collect();
        self.dirt
            .stands
            .retain(|stands| stands.attempts != attempts || !covered.contains(&stands.key));
    }

    /// The verifies that are owed, each once, newest first; none if something waits for one that
    /// cannot be run.
    pub(super) fn owed(&self) -> Option<Vec<(VerifyIndex, Vec<Value>)>> {
        let mut owed = Vec::new();
        for stands in self.dirt.stands.iter().rev() {
            let one = stands.owed.as_ref();
            let one = one.filter(|owed| owed.code == self.program)?;
            let one = (one.verify, one.captures.clone());
            if !owed.contains(&one) {
                owed.push(one);
            }
        }
        Some(owed)
    }

    /// What stands is said before a human takes over.
    pub(super) fn say_what_stands(&mut self, context: &mut Context<'_>) {
        let calls: Vec<Call> = self
            .dirt
            .stands
            .iter()
            .map(|stands| stands.call.clone())
            .collect();
        let names: Vec<&str> = calls.iter().map(|call| &*call.name).collect();
        self.told.explain(Some(&format!(
            "nothing has proven what {} changed: {}",
            context.program.runbook,
            names.join(", ")
        )));
        context.record(Event::Unproven { calls });
    }

    fn attempts_open(&self) -> usize {
        let pieces = self.open_pieces();
        pieces
            .filter(|piece| matches!(piece, Piece::Attempt { .. }))
            .count()
    }
}
