//! Alerts that have to stand: begun, gone on with, over.

use super::Decision;
use crate::engine::model::{Model, StandingAlert};
use crate::journal::{Alert, Dwell, DwellEnd, DwellEnded, DwellMoved, DwellStarted, TriggerRef};
use crate::run::moment;
use crate::value::{Duration, Time};

/// An alert fires and has to stand. Told again, it goes on standing, and so it does where an earlier firing
/// of it is told late; one that began to fire anew begins anew. The trigger that it stands for is said.
pub fn stands(
    model: &Model,
    alert: &Alert,
    dwell: &Dwell,
    length: Duration,
) -> (TriggerRef, Decision) {
    let mut decision = Decision::default();
    let own = |standing: &&StandingAlert| {
        standing.dwell.runbook == dwell.runbook && is_same(&standing.alert, alert)
    };
    if let Some(known) = model.dwells_of_alert(&alert.fingerprint).find(own) {
        if known.alert.since >= alert.since {
            return (trigger_of(&known.dwell), decision);
        }
        decision = decision.and(ended(&known.dwell, DwellEnd::Anew));
    }
    let trigger = trigger_of(dwell);
    let started = DwellStarted {
        event: dwell.event,
        trigger: trigger.clone(),
        fingerprint: alert.fingerprint.clone(),
        starts_at: alert.since,
        length,
        until: dwell.until,
        alert: Some(Box::new(alert.clone())),
    };
    (trigger, decision.and(started))
}

/// An alert is over: it stands for nobody any more, unless that was an earlier firing of it.
pub fn cleared(model: &Model, alert: &Alert) -> Decision {
    let standing = model.dwells_of_alert(&alert.fingerprint);
    let standing = standing
        .filter(|standing| is_same(&standing.alert, alert) && alert.ends(standing.alert.since));
    standing.fold(Decision::default(), |decision, standing| {
        decision.and(ended(&standing.dwell, DwellEnd::Cleared))
    })
}

/// Senders may give one fingerprint to what differs: labels say what an alert is about.
fn is_same(known: &Alert, alert: &Alert) -> bool {
    known.name == alert.name && known.labels == alert.labels
}

/// Other code takes it; the time that it has stood counts. Without a length it has stood long enough.
pub fn moves(
    standing: &StandingAlert,
    to: TriggerRef,
    length: Option<Duration>,
    now: Time,
) -> Decision {
    let dwell = &standing.dwell;
    let until = length.map_or(now, |length| moment::after(dwell.from, length));
    let from = trigger_of(dwell);
    match from == to && until == dwell.until {
        true => Decision::default(),
        false => Decision::that(DwellMoved {
            event: dwell.event,
            from,
            to,
            since: dwell.from,
            until,
        }),
    }
}

/// It stands no longer.
pub fn ended(dwell: &Dwell, how: DwellEnd) -> DwellEnded {
    DwellEnded {
        event: dwell.event,
        trigger: trigger_of(dwell),
        how,
    }
}

fn trigger_of(dwell: &Dwell) -> TriggerRef {
    TriggerRef {
        runbook: dwell.runbook.clone(),
        code: dwell.code,
        place: dwell.trigger,
    }
}
