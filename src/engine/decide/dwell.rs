//! Alerts that have to stand: begun, gone on with, over.

use super::Decision;
use crate::engine::model::{Dwell, Model};
use crate::journal::{Alert, DwellEnd, DwellEnded, DwellMoved, DwellStarted, Holding, TriggerRef};
use crate::run::moment;
use crate::value::{Duration, Time};

/// An alert fires and has to stand. Told again, it goes on standing, and so it does where an earlier firing
/// of it is told late; one that began to fire anew begins anew. The trigger that it stands for is said.
pub fn stands(
    model: &Model,
    alert: &Alert,
    holding: &Holding,
    length: Duration,
) -> (TriggerRef, Decision) {
    let mut decision = Decision::default();
    let own =
        |dwell: &&Dwell| dwell.holding.runbook == holding.runbook && is_same(&dwell.alert, alert);
    if let Some(known) = model.dwells_of_alert(&alert.fingerprint).find(own) {
        if known.alert.since >= alert.since {
            return (trigger_of(&known.holding), decision);
        }
        decision = decision.and(ended(&known.holding, DwellEnd::Anew));
    }
    let trigger = trigger_of(holding);
    let started = DwellStarted {
        event: holding.event,
        trigger: trigger.clone(),
        fingerprint: alert.fingerprint.clone(),
        starts_at: alert.since,
        length,
        until: holding.until,
        alert: Some(Box::new(alert.clone())),
    };
    (trigger, decision.and(started))
}

/// An alert is over: it stands for nobody any more, unless that was an earlier firing of it.
pub fn cleared(model: &Model, alert: &Alert) -> Decision {
    let standing = model.dwells_of_alert(&alert.fingerprint);
    let standing =
        standing.filter(|dwell| is_same(&dwell.alert, alert) && alert.ends(dwell.alert.since));
    standing.fold(Decision::default(), |decision, dwell| {
        decision.and(ended(&dwell.holding, DwellEnd::Cleared))
    })
}

/// Senders may give one fingerprint to what differs: labels say what an alert is about.
fn is_same(known: &Alert, alert: &Alert) -> bool {
    known.name == alert.name && known.labels == alert.labels
}

/// Other code takes it; the time that it has stood counts. Without a length it has stood long enough.
pub fn moves(dwell: &Dwell, to: TriggerRef, length: Option<Duration>, now: Time) -> Decision {
    let holding = &dwell.holding;
    let until = length.map_or(now, |length| moment::after(holding.from, length));
    let from = trigger_of(holding);
    match from == to && until == holding.until {
        true => Decision::default(),
        false => Decision::that(DwellMoved {
            event: holding.event,
            from,
            to,
            since: holding.from,
            until,
        }),
    }
}

/// It stands no longer.
pub fn ended(holding: &Holding, how: DwellEnd) -> DwellEnded {
    DwellEnded {
        event: holding.event,
        trigger: trigger_of(holding),
        how,
    }
}

fn trigger_of(holding: &Holding) -> TriggerRef {
    TriggerRef {
        runbook: holding.runbook.clone(),
        code: holding.code,
        place: holding.trigger,
    }
}
