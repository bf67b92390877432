//! Numbers of records. Each is given once per store and never again.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }
    )*};
}

ids! {
    /// Something that arrived.
    EventId
    /// An incident.
    IncidentId
    /// A granted change.
    IntentId
    /// Words for people.
    MessageId
    /// Something owed after a mitigation.
    DebtId
    /// Something that could not be dealt with.
    LetterId
    /// How often the store was opened by an agent: a write of an earlier epoch is refused.
    Epoch
}

/// A run: its incident, and which of the incident's runs it is, from 0. A debt is looked at by runs
/// of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RunId {
    Incident(IncidentId, u32),
    Debt(DebtId, u32),
}

impl RunId {
    /// The incident that it works on; none if it looks at a debt.
    pub fn incident(self) -> Option<IncidentId> {
        match self {
            RunId::Incident(incident, _) => Some(incident),
            RunId::Debt(..) => None,
        }
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunId::Incident(incident, ordinal) => write!(out, "{incident}.{ordinal}"),
            RunId::Debt(debt, ordinal) => write!(out, "debt-{debt}.{ordinal}"),
        }
    }
}
