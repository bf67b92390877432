//! What people stop and let go on.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::value::Time;

/// How much a freeze, or a limit, covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scope {
    All,
    Product(SmolStr),
    Runbook(SmolStr),
}

bodies! {
    /// Changes are stopped.
    ChangesFrozen {
        plain scope: Scope,
        person by: SmolStr,
        text why: String,
        plain until: Option<Time>,
    }

    /// Changes go on.
    ChangesReleased {
        plain scope: Scope,
        person by: Option<SmolStr>,
        text why: Option<String>,
    }
}
