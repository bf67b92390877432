//! What people stop and let go on, and storms: so much at once that nothing is mended by itself.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::journal::IncidentId;
use crate::value::{Duration, Time};

/// How much a freeze, a storm or a limit covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scope {
    All,
    Product(SmolStr),
    Runbook(SmolStr),
}

const ALL: &str = "all";
const PRODUCT: &str = "product ";
const RUNBOOK: &str = "runbook ";

impl Scope {
    /// What `all`, `product NAME` and `runbook NAME` stand for.
    pub fn from_words(words: &str) -> Option<Scope> {
        let named = |name: &str| (!name.is_empty()).then(|| SmolStr::from(name));
        if let Some(name) = words.strip_prefix(PRODUCT) {
            return named(name).map(Scope::Product);
        }
        if let Some(name) = words.strip_prefix(RUNBOOK) {
            return named(name).map(Scope::Runbook);
        }
        (words == ALL).then_some(Scope::All)
    }

    /// What it covers, inside a sentence.
    pub fn shown(&self) -> String {
        match self {
            Scope::All => "everything".to_owned(),
            Scope::Product(name) => format!("the product `{name}`"),
            Scope::Runbook(name) => format!("the runbook `{name}`"),
        }
    }

    /// Whether it covers a runbook of a product.
    pub fn covers(&self, product: &str, runbook: &str) -> bool {
        match self {
            Scope::All => true,
            Scope::Product(name) => name == product,
            Scope::Runbook(name) => name == runbook,
        }
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Scope::All => out.write_str(ALL),
            Scope::Product(name) => write!(out, "{PRODUCT}{name}"),
            Scope::Runbook(name) => write!(out, "{RUNBOOK}{name}"),
        }
    }
}

bodies! {
    /// So many incidents came at once that remedies wait and one escalation reports all of them.
    StormBegan {
        plain scope: Scope,
        plain incidents: Vec<IncidentId>,
        plain since: Time,
    }

    /// An incident is reported with all others of a storm, and not by itself.
    StormJoined {
        plain scope: Scope,
        plain incident: IncidentId,
    }

    /// Somebody has taken a storm on: nobody else is told about it, for so long.
    StormAcknowledged {
        plain scope: Scope,
        person by: SmolStr,
        plain term: Duration,
    }

    /// The storm is over; remedies wait until what is seen of the world is fresh again.
    StormEnded {
        plain scope: Scope,
        plain cool_until: Time,
    }

    /// Changes are stopped.
    ChangesFrozen {
        plain scope: Scope,
        person by: SmolStr,
        text why: String,
        plain until: Option<Time>,
        person told: Vec<SmolStr>,
    }

    /// Something that is loaded belongs to what is stopped, where nothing did before, or nothing does any more; and
    /// who is told so.
    FreezeReaches {
        plain scope: Scope,
        plain anything: bool,
        person to: Vec<SmolStr>,
    }

    /// Changes go on.
    ChangesReleased {
        plain scope: Scope,
        person by: Option<SmolStr>,
        text why: Option<String>,
    }

    /// Changes are still stopped, and somebody is told so.
    FreezeReminded {
        plain scope: Scope,
        person to: Vec<SmolStr>,
    }
}
