//! Contacts: one thing at a time goes to each, pages first. Whoever is idle is told at once; what comes in
//! the next moment, or while something is on its way there, goes out as one page.
//!
//! Only when something went out is known here: what is to be told, and with what else, stands in the outbox. An agent
//! that begins knows it again from what was delivered.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::decide::bundle;
use super::decide::chain::Link;
use super::decide::queue::{self, Queue};
use super::people::{Refusal, Taker};
use super::timer::Timer;
use super::{Action, Engine, TRIES};
use crate::journal::{Delivery, IncidentId, IncidentState, MessageId, MessageKind, Outbox};
use crate::run::moment;
use crate::settings::PageBounds;
use crate::value::{Duration, Time};

/// The incidents that somebody has taken on, or why there is none.
pub type Taken = Result<Vec<IncidentId>, Refusal>;

/// By address.
#[derive(Debug, Default)]
pub struct Contacts(BTreeMap<SmolStr, Contact>);

#[derive(Debug, Default)]
struct Contact {
    under_way: BTreeSet<MessageId>,
    /// It did not answer: what was tried goes first, and what comes meanwhile goes out together.
    is_away: bool,
    /// What went out last was a page.
    was_page: bool,
    /// When the last page went out, and the last one with a list.
    told: Option<Time>,
    bundled: Option<Time>,
}

impl Contact {
    /// When the next page may go out.
    fn ready(&self, bounds: &PageBounds) -> Time {
        let after = |last: Option<Time>, length| last.map(|last| moment::after(last, length));
        let told = after(self.told, bounds.gather);
        let bundled = after(self.bundled, bounds.every);
        told.max(bundled).unwrap_or_default()
    }
}

impl Contacts {
    /// Whether a message is on its way, alone or with others.
    pub fn is_under_way(&self, outbox: &Outbox) -> bool {
        let contact = self.0.get(&outbox.to);
        let id = outbox.bundle.unwrap_or(outbox.id);
        contact.is_some_and(|contact| contact.under_way.contains(&id))
    }

    /// The clock was set.
    pub fn shift(&mut self, by: Duration) {
        for contact in self.0.values_mut() {
            contact.told = contact.told.map(|at| moment::after(at, by));
            contact.bundled = contact.bundled.map(|at| moment::after(at, by));
        }
    }
}

impl Engine {
    /// What an earlier agent has told: the next page goes out no sooner for its end.
    pub(super) fn recall_contact(&mut self, outbox: &Outbox, now: Time) {
        let at = match outbox.delivery {
            Delivery::Delivered { at } => at.min(now),
            // A page with a list that was on its way goes out again now.
            Delivery::Due { .. } if outbox.bundle.is_some() => now,
            Delivery::Due { .. } | Delivery::GivenUp { .. } => return,
        };
        if !outbox.gathers() {
            return;
        }
        let contact = self.contacts.0.entry(outbox.to.clone()).or_default();
        match outbox.delivery {
            Delivery::Delivered { .. } => contact.told = contact.told.max(Some(at)),
            Delivery::Due { .. } | Delivery::GivenUp { .. } => {}
        }
        if outbox.bundle.is_some() {
            contact.bundled = contact.bundled.max(Some(at));
        }
    }

    /// When a page goes out that waits for others to go with it, and for nothing else.
    pub(super) fn goes_out_later(&self, id: MessageId, now: Time) -> Option<Time> {
        let outbox = self.model.message(id)?;
        let contact = self.contacts.0.get(&outbox.to)?;
        let is_free = contact.under_way.is_empty() && !contact.is_away;
        let ready = contact.ready(&self.bounds.pages);
        (queue::is_fresh(outbox) && is_free && ready > now).then_some(ready)
    }

    /// Until when the link of a chain is waited for whose page has not gone out, since it is told together with others:
    /// nobody can have answered it.
    pub(super) fn link_later(
        &self,
        incident: IncidentId,
        links: &[Link],
        now: Time,
    ) -> Option<Time> {
        let duty = self.model.chain(incident)?;
        let (_, address, _) = links.get(usize::from(duty.link?))?;
        let mut pages = self.model.messages_of(incident);
        let page = pages.find(|outbox| outbox.to == *address && outbox.gathers())?;
        let at = self.goes_out_later(page.id, now)?;
        let length = moment::since(page.message.at, duty.next);
        Some(moment::after(at, length))
    }

    /// A message is to be sent, or was to be.
    pub(super) fn message_due(&mut self, id: MessageId, now: Time) {
        let Some(outbox) = self.model.message(id) else {
            // What waits behind it need not wait any more.
            return self.contacts_due(now);
        };
        let to = outbox.to.clone();
        self.next_for(&to, now);
    }

    /// What is next for a contact goes out, unless something is on its way there.
    fn next_for(&mut self, to: &SmolStr, now: Time) {
        let contact = self.contacts.0.entry(to.clone()).or_default();
        if !contact.under_way.is_empty() {
            return;
        }
        let mut queue = queue::of(&self.model, to, now);
        let ready = contact.ready(&self.bounds.pages);
        if ready > now && !queue.fresh.is_empty() {
            self.timers.insert((ready, Timer::Contacts));
            queue.fresh.clear();
        }
        // Nobody is there: what is known to be urgent is tried first, and finds the way free.
        if contact.is_away && queue.is_tried {
            queue = Queue {
                alone: queue.alone,
                ..Queue::default()
            };
        }
        if contact.was_page
            && let Some(late) = queue.late
        {
            return self.goes_out(late, to, now);
        }
        let page = queue.alone.into_iter().chain(queue.fresh.first().copied());
        let Some(next) = page.min().or(queue.other) else {
            return;
        };
        if queue.fresh.first() == Some(&next) && queue.fresh.len() > 1 {
            contact.bundled = Some(now);
            let decision = bundle::forms(&self.model, queue.fresh);
            self.carry_out(decision, now);
        }
        self.goes_out(next, to, now);
    }

    fn goes_out(&mut self, id: MessageId, to: &SmolStr, now: Time) {
        let Some(outbox) = bundle::rendered(&self.model, id) else {
            return;
        };
        let contact = self.contacts.0.entry(to.clone()).or_default();
        if contact.under_way.insert(id) {
            contact.was_page = outbox.message.kind == MessageKind::Page;
            // One that fails again and again tells nobody anything, and puts no other off.
            let tells = outbox.failures() < TRIES;
            if contact.was_page && tells && (outbox.gathers() || outbox.bundle.is_some()) {
                contact.told = Some(now);
            }
            self.actions.push(Action::Send(Box::new(outbox)));
        }
    }

    /// It is known what became of a delivery: what waited behind it may go out.
    pub(super) fn came_back(&mut self, id: MessageId, is_away: bool, now: Time) {
        let mut free = Vec::new();
        for (to, contact) in &mut self.contacts.0 {
            if contact.under_way.remove(&id) {
                contact.is_away = is_away;
                free.push(to.clone());
            }
        }
        for to in free {
            self.next_for(&to, now);
        }
    }

    /// Something may go out to one of them.
    pub(super) fn contacts_due(&mut self, now: Time) {
        let all: Vec<SmolStr> = self.contacts.0.keys().cloned().collect();
        for to in all {
            self.next_for(&to, now);
        }
    }

    /// Somebody takes on everything that a page told of. Says which incidents those are.
    pub(super) fn page_acknowledged(&mut self, page: MessageId, taker: &Taker, now: Time) -> Taken {
        let mut taken = Vec::new();
        let mut refused = Refusal::NoSuchPage;
        for id in self.model.told_on(page) {
            // Whoever got the page hears of all of it at once.
            let mut pages = self.pages_of(id).into_iter();
            let but = pages.find(|(number, _)| *number == page);
            let but = but.map(|(_, to)| to);
            match self.acknowledged_but(id, taker, but, now) {
                Ok(()) => taken.push(id),
                Err(refusal) => refused = refusal,
            }
        }
        match taken.is_empty() {
            true => Err(refused),
            false => Ok(taken),
        }
    }

    /// The pages that told of an incident.
    pub(super) fn pages_of(&self, id: IncidentId) -> Vec<(MessageId, SmolStr)> {
        let incident = self.model.incident(id);
        incident.map_or_else(Vec::new, |incident| incident.pages.clone())
    }

    /// Something became of an incident: where the same became of all that a page told of, whoever
    /// got it hears that as well.
    pub(super) fn say_of_pages(
        &mut self,
        id: IncidentId,
        pages: Vec<(MessageId, SmolStr)>,
        (kind, text): (MessageKind, &str),
        now: Time,
    ) {
        for (page, to) in pages {
            let told = self.model.told_on(page).into_iter();
            let others = told.filter(|other| *other != id);
            let mut states = others.filter_map(|other| Some(&self.model.incident(other)?.state));
            let is_open = states.any(|state| match state {
                IncidentState::Acknowledged { .. } => kind == MessageKind::Resolved,
                IncidentState::Resolved { .. } => false,
                IncidentState::Open | IncidentState::Handed | IncidentState::Reopened => true,
            });
            if !is_open && let Some(message) = self.message(id, kind, text, None, now) {
                let message = bundle::answered(&message, page, kind, text);
                self.queue(&to, message, 0, now);
            }
        }
    }
}
