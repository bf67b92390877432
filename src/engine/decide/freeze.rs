//! Changes are stopped, and go on: of everything, of a product, of a runbook.

use smol_str::SmolStr;

use super::Decision;
use crate::engine::model::Model;
use crate::engine::people::Refusal;
use crate::engine::work::Work;
use crate::journal::{
    ChangesFrozen, ChangesReleased, Freeze, FreezeReaches, FreezeReminded, Obstacle, Scope,
};

/// Somebody stops the changes of a scope.
pub fn stop(
    model: &Model,
    scope: Scope,
    by: &str,
    why: &str,
    told: Vec<SmolStr>,
) -> Result<Decision, Refusal> {
    if let Some(freeze) = model.freeze(&scope) {
        return Err(Refusal::Frozen(scope, freeze.clone()));
    }
    let text = format!(
        "changes of {} are stopped by {by}{}",
        scope.shown(),
        because(why)
    );
    let frozen = ChangesFrozen {
        scope: scope.clone(),
        by: by.into(),
        why: why.into(),
        until: None,
        told,
    };
    Ok(Decision::that(frozen).then(Work::TellOwners(scope, text)))
}

/// Changes of a scope go on; nothing if nothing stopped them there.
pub fn release(
    model: &Model,
    scope: &Scope,
    by: Option<SmolStr>,
    why: Option<String>,
) -> Option<Decision> {
    let freeze = model.freeze(scope)?;
    let whom = by.as_deref().unwrap_or("somebody");
    let text = format!(
        "changes of {} go on, says {whom}{}; they were stopped by {}{}",
        scope.shown(),
        because(why.as_deref().unwrap_or_default()),
        freeze.by,
        because(&freeze.why)
    );
    let released = ChangesReleased {
        scope: scope.clone(),
        by,
        why,
    };
    let told = Decision::that(released).then(Work::TellOwners(scope.clone(), text));
    Some(told.then(Work::Pass(Obstacle::Freeze(scope.clone()))))
}

/// Changes have been stopped for another hour.
pub fn reminds(model: &Model, scope: &Scope, hours: i64, to: Vec<SmolStr>) -> Decision {
    let Some(freeze) = model.freeze(scope) else {
        return Decision::default();
    };
    let text = format!(
        "changes of {} are stopped for {hours}h now, by {}{}",
        scope.shown(),
        freeze.by,
        because(&freeze.why)
    );
    let reminded = FreezeReminded {
        scope: scope.clone(),
        to,
    };
    Decision::that(reminded).then(Work::TellOwners(scope.clone(), text))
}

/// Something that is loaded belongs to what is stopped again, or nothing does any more.
pub fn reaches(scope: Scope, anything: bool, to: Vec<SmolStr>) -> Decision {
    Decision::that(FreezeReaches {
        scope,
        anything,
        to,
    })
}

/// The same in words, by what was so before.
pub fn reaches_words(scope: &Scope, before: &Freeze) -> String {
    let (shown, by) = (scope.shown(), &before.by);
    let (gone, back) = match scope {
        Scope::Runbook(_) => (
            "has that name any more: a runbook that was renamed is not stopped",
            "has that name again, and is stopped, too",
        ),
        Scope::All | Scope::Product(_) => (
            "belongs to it any more: what was renamed is not stopped",
            "belongs to it again, and is stopped, too",
        ),
    };
    match before.is_empty {
        false => format!(
            "changes of {shown} are stopped by {by}, but nothing that is loaded {gone}; runs that began before wait \
             until changes are released"
        ),
        true => {
            format!("changes of {shown} are stopped by {by}, and something that is loaded {back}")
        }
    }
}

fn because(why: &str) -> String {
    match why.trim() {
        "" => String::new(),
        why => format!(": {why}"),
    }
}
