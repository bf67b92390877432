//! Chains: climbed from one link to the next until somebody answers.

use smol_str::SmolStr;

use super::Decision;
use crate::effect::Reason;
use crate::engine::duty::link;
use crate::engine::model::Model;
use crate::engine::work::Work;
use crate::journal::{
    ChainAdvanced, ChainEnded, ChainStarted, Duty, IncidentHanded, IncidentId, Subject,
};
use crate::planted::Planted;
use crate::program::Program;
use crate::run::moment;
use crate::value::{Duration, Time};

/// How long the last link of a chain is waited for before it is told again; doubled each time.
pub const REPEAT: Duration = Duration::from_millis(5 * 60_000);
/// The longest distance between two tellings of the last link.
const REPEAT_MOST: Duration = Duration::from_millis(60 * 60_000);

/// A human gets the duty; whoever was told, if somebody was, is waited for until then.
pub fn begins(
    incident: IncidentId,
    link: Option<u16>,
    next: Time,
    text: &str,
    reason: Option<Reason>,
) -> Decision {
    let handed = IncidentHanded { incident, reason };
    let started = ChainStarted {
        subject: Subject::Incident(incident),
        text: text.to_owned(),
        reason: reason.map_or("declared", Reason::word).into(),
        link,
        next,
    };
    Decision::that(handed).and(started)
}

/// The time to answer is over, if nothing has moved it.
pub fn due(model: &Model, incident: IncidentId, now: Time) -> Decision {
    match model.chain(incident) {
        Some(duty) if duty.next <= now => Decision::default().then(Work::Climb(incident)),
        Some(_) | None => Decision::default(),
    }
}

/// The next link is told; the last one again and again.
pub fn advances(model: &Model, program: &Program, incident: IncidentId, now: Time) -> Decision {
    let Some(duty) = model.chain(incident) else {
        return Decision::default();
    };
    let last = || {
        let place = duty.link?;
        Some((place, link(program, place)?))
    };
    if Planted::ChainEnds.is_in() {
        return Decision::default();
    }
    match further(program, duty).or_else(last) {
        Some((place, told)) => tells(incident, duty, place, told, now),
        None => Decision::default(),
    }
}

/// This link cannot be reached: the next one, if there is one, need not wait for its time.
pub fn hastens(model: &Model, program: &Program, incident: IncidentId, now: Time) -> Decision {
    let Some(duty) = model.chain(incident) else {
        return Decision::default();
    };
    match further(program, duty) {
        Some((place, told)) => tells(incident, duty, place, told, now),
        None => Decision::default(),
    }
}

/// Nobody else is told.
pub fn ends(model: &Model, incident: IncidentId, why: &str) -> Decision {
    match model.chain(incident) {
        Some(_) => Decision::that(ChainEnded {
            subject: Subject::Incident(incident),
            why: why.to_owned(),
        }),
        None => Decision::default(),
    }
}

/// A link: its role, its address, and how long it is waited for.
type Link = (SmolStr, SmolStr, Option<Duration>);

fn further(program: &Program, duty: &Duty) -> Option<(u16, Link)> {
    let next = duty.link.map_or(0, |place| place.saturating_add(1));
    Some((next, link(program, next)?))
}

fn tells(incident: IncidentId, duty: &Duty, place: u16, told: Link, now: Time) -> Decision {
    let (role, address, hold) = told;
    let repeats = match duty.link == Some(place) {
        true => duty.repeats.saturating_add(1),
        false => 0,
    };
    let advanced = ChainAdvanced {
        subject: Subject::Incident(incident),
        link: place,
        role,
        repeats,
        next: moment::after(now, hold.unwrap_or_else(|| backed_off(repeats))),
    };
    let (text, reason) = (duty.text.clone(), Reason::from_word(&duty.reason));
    Decision::that(advanced).then(Work::Tell(incident, address, text, reason))
}

fn backed_off(times: u32) -> Duration {
    let millis = REPEAT.millis().saturating_mul(1 << times.min(20));
    Duration::from_millis(millis.min(REPEAT_MOST.millis()))
}
