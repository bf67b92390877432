//! The groups that points are counted in.

use crate::program::points::PointKind;

/// A group, in the order in which groups are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    Findings,
    Bodies,
    Branches,
    Loops,
    Guards,
    Outcomes,
    Verifies,
    Undo,
}

impl Group {
    /// All of them.
    pub const ALL: [Group; 8] = [
        Group::Findings,
        Group::Bodies,
        Group::Branches,
        Group::Loops,
        Group::Guards,
        Group::Outcomes,
        Group::Verifies,
        Group::Undo,
    ];

    /// None for what is counted in none.
    pub fn of(kind: PointKind) -> Option<Group> {
        Some(match kind {
            PointKind::Finding => Group::Findings,
            PointKind::Body(_) => Group::Bodies,
            PointKind::Branch(_) | PointKind::Handler => Group::Branches,
            PointKind::Loop(_) => Group::Loops,
            PointKind::Guard(_) => Group::Guards,
            PointKind::Outcome(_) => Group::Outcomes,
            PointKind::Verify(_) => Group::Verifies,
            PointKind::Undo => Group::Undo,
            PointKind::Line => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Group::Findings => "findings",
            Group::Bodies => "bodies",
            Group::Branches => "branches",
            Group::Loops => "loops",
            Group::Guards => "guards",
            Group::Outcomes => "outcomes",
            Group::Verifies => "verifies",
            Group::Undo => "undo",
        }
    }
}
