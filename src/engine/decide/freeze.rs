//! Changes are stopped, and go on.

use smol_str::SmolStr;

use super::Decision;
use crate::engine::model::Model;
use crate::engine::people::Refusal;
use crate::engine::work::Work;
use crate::journal::{ChangesFrozen, ChangesReleased, Obstacle, Scope};

/// Somebody stops all changes.
pub fn stop(model: &Model, by: &str, why: &str) -> Result<Decision, Refusal> {
    if let Some((_, hold)) = model.frozen() {
        return Err(Refusal::Already {
            by: hold.by.clone(),
        });
    }
    Ok(Decision::that(ChangesFrozen {
        scope: Scope::All,
        by: by.into(),
        why: why.into(),
        until: None,
    }))
}

/// Changes go on; nothing if nothing stopped them.
pub fn release(model: &Model, by: Option<SmolStr>) -> Option<Decision> {
    let (scope, _) = model.frozen()?;
    let released = ChangesReleased {
        scope: scope.clone(),
        by,
        why: None,
    };
    let obstacle = Obstacle::Freeze(scope.clone());
    Some(Decision::that(released).then(Work::Pass(obstacle)))
}
