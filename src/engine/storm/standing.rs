//! What has become of the incidents of a storm, in words.

use std::fmt;

use super::super::Engine;
use crate::journal::{How, IncidentId, IncidentState, Scope};

/// So many incidents are named.
const NAMED: usize = 10;

/// How many of a storm's incidents there are of each kind.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    healed: usize,
    cleared: usize,
    by_hand: usize,
    under_way: usize,
    handed: usize,
    taken_on: usize,
    /// Nobody knows what became of a change of these, whoever has them.
    unknown: Vec<IncidentId>,
}

impl Standing {
    pub fn all(&self) -> usize {
        let known = self.healed + self.cleared + self.by_hand + self.under_way;
        known + self.handed + self.taken_on + self.unknown.len()
    }

    /// Whether there is more to say than that all of them are looked into, or wait.
    pub fn is_news(&self) -> bool {
        self.under_way < self.all()
    }
}

impl fmt::Display for Standing {
    /// `2 healed, 3 under way, 1 handed, of 2 nobody knows what became of a change (7, 9)`
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = [
            (self.healed, "healed"),
            (self.cleared, "cleared"),
            (self.by_hand, "resolved by hand"),
            (self.under_way, "under way"),
            (self.handed, "handed"),
            (self.taken_on, "taken on"),
        ];
        let counted = counted.iter().filter(|(many, _)| *many > 0);
        let mut parts: Vec<String> = counted
            .map(|(many, word)| format!("{many} {word}"))
            .collect();
        if !self.unknown.is_empty() {
            let many = self.unknown.len();
            let named = self.unknown.iter().take(NAMED).map(ToString::to_string);
            let named = named.collect::<Vec<_>>().join(", ");
            let more = match many.checked_sub(NAMED + 1) {
                Some(more) => format!(" and {} more", more + 1),
                None => String::new(),
            };
            parts.push(format!(
                "of {many} nobody knows what became of a change ({named}{more})"
            ));
        }
        out.write_str(&parts.join(", "))
    }
}

impl Engine {
    /// What has become of the incidents of a storm. Whatever is not over is at hand.
    pub(super) fn standing(&self, scope: &Scope) -> Standing {
        let mut standing = Standing::default();
        for id in self.storms.of(scope) {
            if self.model.unknown_of(id).next().is_some() {
                standing.unknown.push(id);
                continue;
            }
            let over = self.storms.members.get(&id).and_then(|member| member.over);
            let counted = match over {
                Some(How::Verified | How::Mitigated) => &mut standing.healed,
                Some(How::Cleared | How::SelfResolved) => &mut standing.cleared,
                Some(How::Human) => &mut standing.by_hand,
                None => match self.model.incident(id).map(|one| &one.state) {
                    Some(IncidentState::Handed) => &mut standing.handed,
                    Some(IncidentState::Acknowledged { .. }) => &mut standing.taken_on,
                    Some(
                        IncidentState::Open
                        | IncidentState::Reopened
                        | IncidentState::Resolved { .. },
                    )
                    | None => &mut standing.under_way,
                },
            };
            *counted += 1;
        }
        standing
    }
}
