//! How a run ends: the one place where it is decided, recorded and, if need be, told.

use serde::{Deserialize, Serialize};

use super::change::Fate;
use super::{Action, Context, Event, Run, State, moment};
use crate::effect::{End, Fault, Reason};
use crate::program::{MitigationIndex, Place};
use crate::value::Value;

/// What a run remembers for its end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Notes {
    /// `else again`: the run ends, another one follows.
    pub again: bool,
    /// Some verify that was reached did not hold already.
    pub fell_short: bool,
    /// Why elements failed whose loops went on.
    pub failures: Vec<Reason>,
    /// What `with do` holds and is to be released next, by its change.
    pub releasing: Vec<Option<usize>>,
    /// Where the newest fault happened.
    place: Option<Place>,
}

impl Notes {
    /// Remembers where something went wrong.
    pub fn blame(&mut self, place: Option<Place>) {
        self.place = place;
    }
}

impl Run {
    /// Handed to a human, for this reason.
    pub(super) fn handed(&self, reason: Reason) -> End {
        let changes = self.changes();
        End::Handed { reason, changes }
    }

    /// The diagnosis or the remedy failed.
    pub(super) fn failed(&mut self, context: &mut Context<'_>, fault: Fault) {
        let place = self.ends.place;
        context.record(Event::Failed { fault, place });
    }

    /// Whether the run ends with a human, however well it ends otherwise.
    pub(super) fn is_for_a_human(&self) -> bool {
        self.told.is_handed_over() || self.first_failure().is_some()
    }

    /// The remedy came to its end: what that means.
    pub(super) fn conclusion(&self) -> End {
        if self.told.is_handed_over() {
            return self.handed(Reason::Declared);
        }
        if let Some(reason) = self.first_failure() {
            return self.handed(reason);
        }
        match self.incident_has_changed() || self.ends.fell_short {
            true => End::Resolved,
            false => End::SelfResolved,
        }
    }

    pub(super) fn mitigated(
        &mut self,
        context: &mut Context<'_>,
        index: MitigationIndex,
        text: String,
        captures: Vec<Value>,
    ) -> End {
        let Some(mitigation) = context.program.mitigations.get(index.index()) else {
            return self.handed(Reason::Declared);
        };
        self.owe_what_is_held();
        let role = context.program.roles.get(mitigation.owed_by.index());
        let owed_by = role.map(|role| role.name.clone()).unwrap_or_default();
        context.record(Event::Owes {
            mitigation: index,
            captures,
            owed_by: owed_by.clone(),
            until: moment::after(context.now, mitigation.within),
            text,
        });
        End::Mitigated {
            owed_by: owed_by.into(),
        }
    }

    /// The run is over. A human who has to know and was not told yet is told now.
    pub(super) fn finish(&mut self, context: &mut Context<'_>, end: End) {
        self.settle_standing(0, Fate::Kept);
        if let End::Handed { reason, .. } = &end {
            self.page_owner(context, *reason);
            self.say_what_is_held(context);
        }
        self.frames.clear();
        self.tells.clear();
        self.enter(context, State::Ended);
        self.end = Some(end.clone());
        context.actions.push(Action::End(end));
    }
}
