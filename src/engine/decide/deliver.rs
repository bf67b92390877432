//! Messages on their way: delivered, tried again, given up.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::Decision;
use crate::engine::model::Model;
use crate::engine::work::Work;
use crate::journal::{
    Delivery, IncidentId, MessageId, MessageKind, MessagesDelivered, MessagesDropped,
    MessagesFailed, Outbox, Retry,
};
use crate::run::moment;
use crate::value::{Duration, Time};

/// How long after a failed delivery the next try is made; doubled each time.
const RETRY: Duration = Duration::from_millis(5_000);
const RETRY_MOST: Duration = Duration::from_millis(5 * 60_000);
/// Where it was refused, as by a token that is no longer right.
const REFUSED: Duration = Duration::from_millis(5 * 60_000);
const REFUSED_MOST: Duration = Duration::from_millis(60 * 60_000);
/// After so many failed deliveries of a page the next link is told at once.
const TRIES: u32 = 3;
/// And so it is after this time, however slowly they failed.
pub const REACHED_WITHIN: Duration = Duration::from_millis(60_000);
/// Messages that ask for no answer are given up after so many tries.
const TRIES_MOST: u32 = 30;

/// It has arrived.
pub fn delivered(model: &Model, id: MessageId) -> Decision {
    let parts = model.parts(id);
    let Some(first) = parts.first() else {
        return Decision::default();
    };
    let to = &first.to;
    let delivered = Decision::that(MessagesDelivered {
        messages: parts.iter().map(|outbox| outbox.id).collect(),
        to: to.clone(),
    });
    let subjects = parts.iter().filter_map(|outbox| model.paged(outbox));
    subjects.fold(delivered, |decision, subject| {
        decision.then(Work::Reached(subject, to.clone()))
    })
}

/// A page is still on its way after all the time that whoever is next need not wait any longer.
pub fn unreached(model: &Model, id: MessageId) -> Decision {
    let outbox = model.message(id);
    let late = outbox.and_then(|outbox| Some((model.paged(outbox)?, outbox.to.clone())));
    match late {
        Some((subject, to)) => Decision::default().then(Work::NextLink(subject, to)),
        None => Decision::default(),
    }
}

/// It has not arrived. A note that was refused is not tried again; what somebody has to answer is,
/// more slowly.
pub fn undelivered(model: &Model, id: MessageId, why: &str, retry: Retry, now: Time) -> Decision {
    let parts = model.parts(id);
    // All of them were tried together each time.
    let Some(outbox) = parts.first() else {
        return Decision::default();
    };
    let Delivery::Due { tries, .. } = outbox.delivery else {
        return Decision::default();
    };
    let tries = tries.saturating_add(1);
    let refused = retry.refused;
    // A human who was never told is told as long as that could still be done.
    let again = outbox.message.kind.asks() || !refused && tries < TRIES_MOST;
    let pause = pause(tries, retry);
    let next = again.then(|| moment::after(now, pause));
    let mut decision = Decision::that(MessagesFailed {
        messages: parts.iter().map(|outbox| outbox.id).collect(),
        to: outbox.to.clone(),
        why: why.to_owned(),
        tries,
        next,
    });
    if !again {
        decision = decision.and(dropped(&parts, why));
    }
    // The next link need not wait for the time of one that cannot be reached.
    if tries < TRIES && !refused {
        return decision;
    }
    let subjects = parts.iter().filter_map(|outbox| model.paged(outbox));
    subjects.fold(decision, |decision, subject| {
        decision.then(Work::NextLink(subject, outbox.to.clone()))
    })
}

/// How long after a failed try the next one is made: never sooner than it would be, and as much later as the
/// other side asks for, within reason.
pub fn pause(tries: u32, retry: Retry) -> Duration {
    let own = match retry.refused {
        true => backed_off(tries, REFUSED, REFUSED_MOST),
        false => backed_off(tries, RETRY, RETRY_MOST),
    };
    own.max(retry.after.unwrap_or_default()).min(REFUSED_MOST)
}

/// What somebody had to answer of an incident, and has answered, need not arrive any more.
pub fn drop_pages(model: &Model, incident: IncidentId, why: &str) -> Decision {
    let due: Vec<&Outbox> = model
        .messages_of(incident)
        .filter(|outbox| outbox.message.kind.asks())
        .collect();
    match due.is_empty() {
        true => Decision::default(),
        false => Decision::that(dropped(&due, why)),
    }
}

/// Whether something of a thread still has to reach an address.
pub fn is_due(model: &Model, thread: &str, to: &str) -> bool {
    let mut messages = model.messages();
    messages.any(|outbox| outbox.to == to && outbox.message.thread == thread)
}

/// Pages of a thread that need not arrive any more.
pub fn drop_thread(model: &Model, thread: &str, why: &str) -> Decision {
    let due: Vec<&Outbox> = model
        .messages()
        .filter(|outbox| outbox.message.thread == thread)
        .filter(|outbox| outbox.message.kind == MessageKind::Page)
        .collect();
    match due.is_empty() {
        true => Decision::default(),
        false => Decision::that(dropped(&due, why)),
    }
}

fn dropped(messages: &[&Outbox], why: &str) -> MessagesDropped {
    let to: BTreeSet<SmolStr> = messages.iter().map(|one| one.to.clone()).collect();
    MessagesDropped {
        messages: messages.iter().map(|one| one.id).collect(),
        to: to.into_iter().collect(),
        why: why.to_owned(),
    }
}

/// Twice as long after each try, from `first` up to `most`.
fn backed_off(tries: u32, first: Duration, most: Duration) -> Duration {
    let millis = first.millis().saturating_mul(1 << (tries - 1).min(20));
    Duration::from_millis(millis.min(most.millis()))
}
