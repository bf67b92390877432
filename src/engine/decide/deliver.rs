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
    Decision::that(MessagesDelivered {
        messages: vec![id],
        to: outbox.to.clone(),
    })
}

/// It has not arrived, and will not be tried again, unless that is said.
pub fn undelivered(model: &Model, id: MessageId, why: &str, again: bool, now: Time) -> Decision {
    let Some(outbox) = model.message(id) else {
        return Decision::default();
    };
    let Delivery::Due { tries, .. } = outbox.delivery else {
        return Decision::default();
    };
    let tries = tries + 1;
    let is_page = outbox.message.kind == MessageKind::Page;
    let again = again && (is_page || tries < TRIES_MOST);
    let next = again.then(|| moment::after(now, backed_off(tries)));
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
    let hopeless = is_page && (!again || tries == TRIES);
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

fn dropped(messages: &[&Outbox], why: &str) -> MessagesDropped {
    let to: BTreeSet<SmolStr> = messages.iter().map(|one| one.to.clone()).collect();
    MessagesDropped {
        messages: messages.iter().map(|one| one.id).collect(),
        to: to.into_iter().collect(),
        why: why.to_owned(),
    }
}

fn backed_off(tries: u32) -> Duration {
    let millis = RETRY.millis().saturating_mul(1 << (tries - 1).min(20));
    Duration::from_millis(millis.min(RETRY_MOST.millis()))
}
