//! What is next for a contact: pages before tasks, tasks before notes, and nothing waits for ever.

use crate::engine::model::Model;
use crate::journal::{Delivery, MessageId, MessageKind, Outbox};
use crate::run::moment;
use crate::value::{Duration, Time};

/// What has waited for so long goes between two pages.
const LATE: Duration = Duration::from_millis(5 * 60_000);

/// What is to go to one contact now, the oldest of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// A page that goes by itself, or that was tried before.
    pub alone: Option<MessageId>,
    /// Pages that go out together.
    pub fresh: Vec<MessageId>,
    /// Whether a page was tried that is not there yet, whenever it is tried again.
    pub is_tried: bool,
    /// A task, or a note where there is none.
    pub other: Option<MessageId>,
    /// One of those that has waited for long.
    pub late: Option<MessageId>,
}

/// Where a message stands, from the first to go to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Page,
    Task,
    Note,
}

pub fn of(model: &Model, to: &str, now: Time) -> Queue {
    let mut queue = Queue::default();
    let mut other: Option<(Rank, MessageId)> = None;
    for outbox in model.messages().filter(|outbox| outbox.to == to) {
        let rank = rank(outbox.message.kind);
        queue.is_tried |= rank == Rank::Page && outbox.was_tried();
        if !is_due(outbox, now) {
            continue;
        }
        // A page with a list has the number of its first.
        let id = outbox.bundle.unwrap_or(outbox.id);
        match rank {
            Rank::Page if is_fresh(outbox) => queue.fresh.push(id),
            Rank::Page => queue.alone = queue.alone.or(Some(id)),
            Rank::Task | Rank::Note => {
                let this = (rank, id);
                other = Some(other.map_or(this, |other| other.min(this)));
                if moment::after(outbox.message.at, LATE) <= now {
                    queue.late = queue.late.or(Some(id));
                }
            }
        }
    }
    queue.other = other.map(|(_, id)| id);
    queue
}

fn rank(kind: MessageKind) -> Rank {
    match kind {
        MessageKind::Page => Rank::Page,
        MessageKind::Task => Rank::Task,
        MessageKind::Note | MessageKind::Acknowledged | MessageKind::Resolved => Rank::Note,
    }
}

/// Whether it has not gone out, and may do so together with others.
pub fn is_fresh(outbox: &Outbox) -> bool {
    outbox.gathers() && outbox.bundle.is_none() && !outbox.was_tried()
}

fn is_due(outbox: &Outbox, now: Time) -> bool {
    match outbox.delivery {
        Delivery::Due { at, .. } => at <= now,
        Delivery::Delivered { .. } | Delivery::GivenUp { .. } => false,
    }
}
