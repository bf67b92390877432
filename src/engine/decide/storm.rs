//! Storms: what begins one, what ends one, and who hears of it.

use std::collections::BTreeSet;

use super::Decision;
use crate::effect::Reason;
use crate::engine::model::Model;
use crate::engine::work::Work;
use crate::journal::{
    ChainEnded, ChainStarted, IncidentId, Scope, StormBegan, StormEnded, Subject,
};
use crate::run::moment;
use crate::settings::StormBounds;
use crate::value::{Duration, Time};

/// For so long fewer than a quarter of the threshold have come before a storm is over.
pub const QUIET: Duration = Duration::from_millis(5 * 60_000);
/// Storms of so many products are one of everything.
pub const PRODUCTS: usize = 3;

/// So many incidents came at once. Those that were told of by themselves are not any more: one page
/// tells of all of them.
pub fn begins(
    model: &Model,
    scope: Scope,
    incidents: &BTreeSet<IncidentId>,
    since: Time,
    is_told: bool,
    now: Time,
) -> Decision {
    let subject = Subject::Storm(scope.clone());
    let mut decision = Decision::that(StormBegan {
        scope: scope.clone(),
        incidents: incidents.iter().copied().collect(),
        since,
    });
    if is_told {
        let started = ChainStarted {
            subject,
            // What is told is counted when it is.
            text: String::new(),
            reason: Reason::Systemic.word().into(),
            link: None,
            next: now,
        };
        decision = decision.and(started).then(Work::ClimbStorm(scope));
    }
    decision = decision.then(Work::HeldByStorm(0));
    let told = incidents.iter().filter(|id| model.chain(**id).is_some());
    told.fold(decision, |decision, id| decision.then(Work::Fold(*id)))
}

/// It is over. Remedies wait on until what is seen of the world is fresh again.
pub fn ends(model: &Model, scope: &Scope, bounds: &StormBounds, now: Time) -> Decision {
    let ended = StormEnded {
        scope: scope.clone(),
        cool_until: moment::after(now, bounds.cool_down),
    };
    let decision = Decision::that(ended);
    match chain_ends(model, scope, "the storm is over") {
        Some(chain) => decision.and(chain),
        None => decision,
    }
}

/// Nobody else is told of a storm.
pub fn chain_ends(model: &Model, scope: &Scope, why: &str) -> Option<ChainEnded> {
    model.storm(scope)?.duty.as_ref()?;
    Some(ChainEnded {
        subject: Subject::Storm(scope.clone()),
        why: why.to_owned(),
    })
}

/// A quarter of the threshold: as many incidents within the span are still a storm.
pub fn quarter(bounds: &StormBounds) -> usize {
    let threshold = usize::try_from(bounds.threshold).unwrap_or(usize::MAX);
    threshold.div_ceil(4)
}
