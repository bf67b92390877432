//! Chains: climbed from one link to the next until somebody answers.

use smol_str::SmolStr;

use super::Decision;
use crate::effect::Reason;
use crate::engine::model::Model;
use crate::engine::work::Work;
use crate::journal::{
    AcknowledgementLapsed, ChainAdvanced, ChainEnded, ChainStarted, Climb, Duty, IncidentHanded,
    IncidentId, IncidentState, LinkReached, MessageKind, Outbox, Scope, Subject,
};
use crate::planted::Planted;
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

/// The next link is told; the last one again and again. `first` says that nobody was asked before.
pub fn advances(
    model: &Model,
    links: &[Link],
    incident: IncidentId,
    first: bool,
    now: Time,
) -> Decision {
    // Two timers of one chain may be due in one turn, and the first of them has moved it.
    let duty = model.chain(incident);
    let Some(duty) = duty.filter(|duty| first || duty.next <= now) else {
        return Decision::default();
    };
    let of = |place: u16| links.get(usize::from(place)).cloned();
    let current = duty.link.and_then(of);
    let is_lost = |outbox: &Outbox| match &current {
        Some((_, address, _)) => outbox.to == *address,
        None => true,
    };
    let mut asking = model
        .messages_of(incident)
        .filter(|one| one.message.kind.asks());
    let why = match asking.any(is_lost) {
        _ if first => Climb::First,
        true => Climb::Unreached,
        false => Climb::Unanswered,
    };
    let last = || {
        let place = duty.link?;
        Some((place, of(place)?))
    };
    if Planted::ChainEnds.is_in() {
        return Decision::default();
    }
    let next = duty.link.map_or(0, |place| place.saturating_add(1));
    match of(next).map(|told| (next, told)).or_else(last) {
        Some((place, told)) => {
            let subject = Subject::Incident(incident);
            let tried = model.messages_of(incident).any(has_failed);
            tells(&subject, duty, (place, told), (why, tried), of, now)
        }
        None => Decision::default(),
    }
}

/// The next link of a storm is told; the last one again and again.
pub fn storm_advances(model: &Model, scope: &Scope, links: &[Link], now: Time) -> Decision {
    let duty = model.storm(scope).and_then(|storm| storm.duty.as_ref());
    let Some(duty) = duty.filter(|duty| duty.next <= now) else {
        return Decision::default();
    };
    let of = |place: u16| links.get(usize::from(place)).cloned();
    let next = duty.link.map_or(0, |place| place.saturating_add(1));
    let last = duty.link.unwrap_or_default();
    let told = of(next).map(|link| (next, link));
    let current = duty.link.and_then(of);
    let subject = Subject::Storm(scope.clone());
    let is_lost = |(_, address, _): &Link| is_under_way(model, &subject, address);
    let why = match &current {
        None => Climb::First,
        Some(link) if is_lost(link) => Climb::Unreached,
        Some(_) => Climb::Unanswered,
    };
    match told.or_else(|| Some((last, of(last)?))) {
        Some((place, told)) => tells(&subject, duty, (place, told), (why, false), of, now),
        None => Decision::default(),
    }
}

/// A link of a storm cannot be reached: the next one, if there is one, need not wait for its time.
pub fn storm_hastens(
    model: &Model,
    scope: &Scope,
    links: &[Link],
    to: &str,
    now: Time,
) -> Decision {
    let Some(duty) = storm_duty(model, scope) else {
        return Decision::default();
    };
    let of = |place: u16| links.get(usize::from(place)).cloned();
    // Its pages say how it stands, and not why somebody hears of it.
    hasten(&Subject::Storm(scope.clone()), duty, of, (to, false), now)
}

/// The page of a storm has arrived: from now on its link is waited for.
pub fn storm_reached(
    model: &Model,
    scope: &Scope,
    links: &[Link],
    to: &str,
    now: Time,
) -> Decision {
    let Some(duty) = storm_duty(model, scope) else {
        return Decision::default();
    };
    let of = |place: u16| links.get(usize::from(place)).cloned();
    reaches(&Subject::Storm(scope.clone()), duty, of, to, now)
}

/// Who is told of a storm, as long as nobody has taken it on.
fn storm_duty<'m>(model: &'m Model, scope: &Scope) -> Option<&'m Duty> {
    model.storm(scope)?.duty.as_ref()
}

/// A page has arrived: from now on its link is waited for, as long as it says.
pub fn reached(
    model: &Model,
    links: &[Link],
    incident: IncidentId,
    to: &str,
    now: Time,
) -> Decision {
    let Some(duty) = model.chain(incident) else {
        return Decision::default();
    };
    let of = |place: u16| links.get(usize::from(place)).cloned();
    reaches(&Subject::Incident(incident), duty, of, to, now)
}

fn reaches(
    subject: &Subject,
    duty: &Duty,
    of: impl Fn(u16) -> Option<Link>,
    to: &str,
    now: Time,
) -> Decision {
    let Some(place) = duty.link else {
        return Decision::default();
    };
    match of(place) {
        Some((_, address, waits)) if address == to => Decision::that(LinkReached {
            subject: subject.clone(),
            link: place,
            next: moment::after(now, waits.unwrap_or_else(|| backed_off(duty.repeats))),
        }),
        Some(_) | None => Decision::default(),
    }
}

/// Whether a page about an incident still has to reach somebody.
fn is_on_its_way(model: &Model, incident: IncidentId, to: &str) -> bool {
    let is_it = |outbox: &Outbox| outbox.to == to && outbox.message.kind == MessageKind::Page;
    model.messages_of(incident).any(is_it)
}

/// A page of an incident, unless one is still on its way to the same address.
pub fn pages(
    model: &Model,
    incident: IncidentId,
    to: SmolStr,
    text: String,
    reason: Option<Reason>,
) -> Decision {
    match is_on_its_way(model, incident, &to) {
        true => Decision::default(),
        false => Decision::default().then(Work::Send(incident, to, text, reason)),
    }
}

/// This address cannot be reached: the link after it, if there is one, need not wait for its time.
pub fn hastens(
    model: &Model,
    links: &[Link],
    incident: IncidentId,
    to: &str,
    now: Time,
) -> Decision {
    let Some(duty) = model.chain(incident) else {
        return Decision::default();
    };
    let of = |place: u16| links.get(usize::from(place)).cloned();
    let mut pages = model.messages_of(incident).filter(|one| one.to == to);
    let tried = pages.any(has_failed);
    hasten(&Subject::Incident(incident), duty, of, (to, tried), now)
}

/// Once a chain has gone on from an address, that it still cannot be reached changes nothing.
fn hasten(
    subject: &Subject,
    duty: &Duty,
    of: impl Fn(u16) -> Option<Link>,
    (to, tried): (&str, bool),
    now: Time,
) -> Decision {
    let current = duty.link.and_then(&of);
    if current.is_some_and(|(_, address, _)| address != to) {
        return Decision::default();
    }
    let next = duty.link.map_or(0, |place| place.saturating_add(1));
    match of(next) {
        Some(told) => {
            let why = (Climb::Unreached, tried);
            tells(subject, duty, (next, told), why, of, now)
        }
        None => Decision::default(),
    }
}

/// Somebody has had an incident for as long as an acknowledgement lasts, if nothing has moved that.
pub fn lapses(model: &Model, incident: IncidentId, now: Time) -> Decision {
    let known = model.incident(incident);
    let Some(known) = known.filter(|one| one.until.is_some_and(|until| until <= now)) else {
        return Decision::default();
    };
    let IncidentState::Acknowledged { by } = &known.state else {
        return Decision::default();
    };
    let said = known.said.as_ref();
    let what = said.map_or("somebody is needed", |said| said.text.as_str());
    let text = format!("{by} acknowledged it, and it is still not resolved: {what}");
    let reason = said.and_then(|said| said.reason);
    Decision::that(AcknowledgementLapsed { incident }).then(Work::HearAgain(incident, text, reason))
}

/// Whether a page of a chain still has to reach somebody.
fn is_under_way(model: &Model, subject: &Subject, to: &str) -> bool {
    let mut pages = model.messages().filter(|outbox| outbox.to == to);
    pages.any(|outbox| model.paged(outbox).as_ref() == Some(subject))
}

/// A storm that somebody had taken on is told of again, from the beginning of its chain.
pub fn storm_again(model: &Model, scope: &Scope, text: String, now: Time) -> Decision {
    let is_told = model.storm(scope).is_none_or(|storm| storm.duty.is_some());
    if is_told {
        return Decision::default();
    }
    let started = ChainStarted {
        subject: Subject::Storm(scope.clone()),
        text,
        reason: Reason::Systemic.word().into(),
        link: None,
        next: now,
    };
    Decision::that(started).then(Work::ClimbStorm(scope.clone()))
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
pub type Link = (SmolStr, SmolStr, Option<Duration>);

/// Whether what somebody has to answer was tried, and has failed.
fn has_failed(outbox: &Outbox) -> bool {
    outbox.message.kind.asks() && outbox.failures() > 0
}

/// A link is told. Each time that the last one is told again, so is the first. Beside why it is stands whether
/// the one before was tried at all.
fn tells(
    subject: &Subject,
    duty: &Duty,
    (place, told): (u16, Link),
    (why, tried): (Climb, bool),
    of: impl Fn(u16) -> Option<Link>,
    now: Time,
) -> Decision {
    let (role, address, waits) = told;
    let repeats = match duty.link == Some(place) {
        true => duty.repeats.saturating_add(1),
        false => 0,
    };
    let advanced = ChainAdvanced {
        subject: subject.clone(),
        link: place,
        role,
        repeats,
        next: moment::after(now, waits.unwrap_or_else(|| backed_off(repeats))),
        why,
    };
    let text = match duty.link.and_then(&of) {
        _ if repeats > 0 => format!("nobody has answered yet: {}", duty.text),
        Some((before, ..)) => match why {
            Climb::Unreached if tried => {
                format!("{before} could not be reached: {}", duty.text)
            }
            Climb::Unreached => format!("{before} has not been reached yet: {}", duty.text),
            Climb::First | Climb::Unanswered => {
                format!("{before} has not answered: {}", duty.text)
            }
        },
        None if why == Climb::Unanswered => format!("nobody has answered yet: {}", duty.text),
        None => duty.text.clone(),
    };
    let first = of(0).map(|(_, address, _)| address);
    let again = first.filter(|first| repeats > 0 && place > 0 && *first != address);
    let all = [address].into_iter().chain(again);
    all.fold(Decision::that(advanced), |decision, to| {
        decision.then(match subject {
            Subject::Incident(incident) => {
                let reason = Reason::from_word(&duty.reason);
                Work::Tell(*incident, to, text.clone(), reason)
            }
            Subject::Storm(scope) => Work::TellOfStorm(scope.clone(), to),
        })
    })
}

fn backed_off(times: u32) -> Duration {
    let millis = REPEAT.millis().saturating_mul(1 << times.min(20));
    Duration::from_millis(millis.min(REPEAT_MOST.millis()))
}
