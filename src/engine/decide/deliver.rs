//! Messages on their way: delivered, tried again, given up.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::Decision;
use crate::engine::Action;
use crate::engine::model::Model;
use crate::engine::work::Work;
use crate::journal::{
    Delivery, IncidentId, MessageId, MessageKind, MessagesDelivered, MessagesDropped,
    MessagesFailed, Outbox,
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
/// Messages that ask for no answer are given up after so many tries.
const TRIES_MOST: u32 = 30;

/// It is time to try.
pub fn due(model: &Model, id: MessageId) -> Decision {
    match model.message(id) {
        Some(outbox) => Decision::default().doing(Action::Send(Box::new(outbox.clone()))),
        None => Decision::default(),
    }
}

/// It has arrived.
pub fn delivered(model: &Model, id: MessageId) -> Decision {
    let Some(outbox) = model.message(id) else {
        return Decision::default();
    };
    let delivered = Decision::that(MessagesDelivered {
        messages: vec![id],
        to: outbox.to.clone(),
    });
    match outbox.message.incident {
        Some(incident) if outbox.message.kind == MessageKind::Page => {
            delivered.then(Work::Reached(incident, outbox.to.clone()))
        }
        Some(_) | None => delivered,
    }
}

/// It has not arrived. A note that was refused is not tried `again`; a page is, more slowly.
pub fn undelivered(model: &Model, id: MessageId, why: &str, again: bool, now: Time) -> Decision {
    let Some(outbox) = model.message(id) else {
        return Decision::default();
    };
    let Delivery::Due { tries, .. } = outbox.delivery else {
        return Decision::default();
    };
    let tries = tries + 1;
    let is_page = outbox.message.kind == MessageKind::Page;
    let refused = !again;
    // A human who was never told is told as long as that could still be done.
    let again = is_page || again && tries < TRIES_MOST;
    let pause = match refused {
        true => backed_off(tries, REFUSED, REFUSED_MOST),
        false => backed_off(tries, RETRY, RETRY_MOST),
    };
    let next = again.then(|| moment::after(now, pause));
    let mut decision = Decision::that(MessagesFailed {
        messages: vec![id],
        to: outbox.to.clone(),
        why: why.to_owned(),
        tries,
        next,
    });
    if !again {
        decision = decision.and(dropped(&[outbox], why));
    }
    // The next link need not wait for the time of one that cannot be reached.
    let hopeless = is_page && (tries == TRIES || refused && tries == 1);
    match outbox.message.incident {
        Some(incident) if hopeless => decision.then(Work::NextLink(incident)),
        Some(_) | None => decision,
    }
}

/// Pages of an incident that somebody has answered need not arrive any more.
pub fn drop_pages(model: &Model, incident: IncidentId, why: &str) -> Decision {
    let due: Vec<&Outbox> = model
        .messages_of(incident)
        .filter(|outbox| outbox.message.kind == MessageKind::Page)
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
