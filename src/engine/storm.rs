//! Storms: so many incidents at once that they are one trouble. Nothing is mended by itself, one
//! page tells of all of them, and when it is over remedies wait until what is seen is fresh again.
//!
//! What has come lately is counted here, and read from the records at a start; what was decided about
//! it stands in the model.

mod recall;
mod standing;
mod tell;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use smol_str::SmolStr;

use super::Engine;
use super::decide::{chain, deliver, storm};
use super::people::{Refusal, Taker};
use super::timer::Timer;
use super::work::Work;
use crate::journal::{
    Fact, How, IncidentId, IncidentState, MessageKind, Obstacle, Scope, Storm, StormAcknowledged,
    StormJoined, TakenOn,
};
use crate::run::moment;
use crate::settings::StormBounds;
use crate::value::{Duration, Time};

/// What has come lately.
#[derive(Debug, Default)]
pub struct Storms {
    /// By product: when its newest incidents were opened, oldest first.
    opened: BTreeMap<SmolStr, VecDeque<(Time, IncidentId)>>,
    /// The incidents of storms that last.
    members: BTreeMap<IncidentId, Member>,
}

/// An incident of a storm.
#[derive(Clone, Debug)]
struct Member {
    product: SmolStr,
    /// How it ended, if it has.
    over: Option<How>,
}

impl Member {
    fn new(product: &SmolStr) -> Member {
        Member {
            product: product.clone(),
            over: None,
        }
    }
}

impl Storms {
    /// Something has happened: an incident of a storm may be over, or have come back.
    pub fn hear(&mut self, fact: &Fact) {
        let (id, over) = match fact {
            Fact::IncidentResolved(fact) => (fact.incident, Some(fact.how)),
            Fact::IncidentReopened(fact) => (fact.incident, None),
            _ => return,
        };
        if let Some(member) = self.members.get_mut(&id) {
            member.over = over;
        }
    }

    fn add(&mut self, product: &SmolStr, id: IncidentId, at: Time, bounds: &StormBounds) {
        let opened = self.opened.entry(product.clone()).or_default();
        // At the end, unless the clock was set back while no agent ran.
        let place = opened.partition_point(|(before, _)| *before <= at);
        opened.insert(place, (at, id));
        let most = usize::try_from(bounds.threshold).unwrap_or(usize::MAX);
        let oldest = before(before(at, bounds.span), storm::QUIET);
        while opened.len() > most || opened.front().is_some_and(|(at, _)| *at < oldest) {
            opened.pop_front();
        }
    }

    /// How many were opened within the span, which are the last ones.
    fn many_within(&self, product: &str, bounds: &StormBounds, now: Time) -> usize {
        let since = before(now, bounds.span);
        let opened = self.opened.get(product);
        opened.map_or(0, |opened| {
            let before = opened.partition_point(|(at, _)| *at <= since);
            opened.len().saturating_sub(before)
        })
    }

    /// What was opened within the span.
    fn within(&self, product: &str, bounds: &StormBounds, now: Time) -> BTreeSet<IncidentId> {
        let since = before(now, bounds.span);
        let opened = self.opened.get(product).into_iter().flatten();
        let opened = opened.filter(|(at, _)| *at > since);
        opened.map(|(_, id)| *id).collect()
    }

    fn first(&self, incidents: &BTreeSet<IncidentId>, product: &str) -> Option<Time> {
        let opened = self.opened.get(product)?.iter();
        let mut of = opened.filter(|(_, id)| incidents.contains(id));
        of.next().map(|(at, _)| *at)
    }

    /// When a storm is over, if nothing more comes.
    fn over(&self, product: &str, since: Time, bounds: &StormBounds) -> Time {
        let opened = self.opened.get(product).into_iter().flatten().rev();
        let last = opened
            .map(|(at, _)| *at)
            .nth(storm::quarter(bounds).saturating_sub(1));
        moment::after(
            moment::after(last.unwrap_or(since), bounds.span),
            storm::QUIET,
        )
    }

    /// The clock was set.
    pub fn shift(&mut self, by: Duration) {
        for (at, _) in self.opened.values_mut().flatten() {
            *at = moment::after(*at, by);
        }
    }

    fn of(&self, scope: &Scope) -> BTreeSet<IncidentId> {
        let members = self.members.iter();
        let own = members.filter(|(_, member)| scope.covers(&member.product, ""));
        own.map(|(id, _)| *id).collect()
    }
}

impl Engine {
    /// An incident was opened, and not because somebody asked for it.
    pub(super) fn counts_for_storm(&mut self, id: IncidentId, product: &SmolStr, now: Time) {
        self.storms.add(product, id, now, &self.bounds.storm);
        if self.model.storm_over(product).is_some() {
            self.storms.members.insert(id, Member::new(product));
        }
        let scope = Scope::Product(product.clone());
        if self.lasts(&scope) {
            return;
        }
        // Each that is opened is counted, so that costs the same however many there are.
        let many = self.storms.many_within(product, &self.bounds.storm, now);
        if (many as u64) < u64::from(self.bounds.storm.threshold) {
            return;
        }
        let incidents = self.storms.within(product, &self.bounds.storm, now);
        let since = self.storms.first(&incidents, product).unwrap_or(now);
        for id in &incidents {
            self.storms.members.insert(*id, Member::new(product));
        }
        let is_told = !self.platform_hears();
        let decision = storm::begins(&self.model, scope, &incidents, since, is_told, now);
        self.carry_out(decision, now);
        self.timers.insert((now, Timer::Storms));
        self.storm_of_everything(now)
    }

    /// Storms of several products are one of everything.
    fn storm_of_everything(&mut self, now: Time) {
        let since = match self.model.storm(&Scope::All) {
            Some(storm) if storm.cool_until.is_none() => return,
            Some(_) | None => match self.stormy().as_slice() {
                few if few.len() < storm::PRODUCTS => return,
                all => all.iter().map(|(_, since)| *since).min(),
            },
        };
        let incidents = self.storms.of(&Scope::All);
        let is_told = self.platform.is_some();
        let since = since.unwrap_or(now);
        let decision = storm::begins(&self.model, Scope::All, &incidents, since, is_told, now);
        self.carry_out(decision, now);
        if is_told {
            for (scope, _) in self.stormy() {
                self.end_storm_chain(&scope, "it is part of a larger storm", now);
            }
        }
    }

    /// How many incidents a storm has.
    pub fn in_storm(&self, scope: &Scope) -> usize {
        self.storms.of(scope).len()
    }

    /// The products in storm, and since when.
    fn stormy(&self) -> Vec<(Scope, Time)> {
        let storms = self.model.storms();
        let last =
            storms.filter(|(scope, storm)| **scope != Scope::All && storm.cool_until.is_none());
        last.map(|(scope, storm)| (scope.clone(), storm.since))
            .collect()
    }

    fn lasts(&self, scope: &Scope) -> bool {
        let storm = self.model.storm(scope);
        storm.is_some_and(|storm| storm.cool_until.is_none())
    }

    /// Whether somebody has taken a storm on.
    pub(super) fn is_taken_on(&self, scope: &Scope) -> bool {
        self.has_storm(scope).is_some()
    }

    fn has_storm(&self, scope: &Scope) -> Option<&SmolStr> {
        let taken = self.model.storm(scope)?.taken.as_ref();
        taken.map(|taken| &taken.by)
    }

    /// Whether one contact hears of a storm of everything, for all products.
    fn platform_hears(&self) -> bool {
        self.platform.is_some() && self.lasts(&Scope::All)
    }

    /// The storm that tells of an incident, so that it needs no page of its own.
    pub(super) fn storm_telling_of(&self, id: IncidentId) -> Option<Scope> {
        let product = &self.storms.members.get(&id)?.product;
        if self.platform_hears() {
            return Some(Scope::All);
        }
        let scope = Scope::Product(product.clone());
        self.lasts(&scope).then_some(scope)
    }

    /// An incident is told of with all others of its storm, and not by itself any more.
    pub(super) fn fold(&mut self, id: IncidentId, now: Time) {
        let Some(scope) = self.storm_telling_of(id) else {
            return;
        };
        if self.model.chain(id).is_none() {
            // Two storms that begin together fold it once.
            return;
        }
        let why = "it is reported with all others of a storm";
        let decision = chain::ends(&self.model, id, why);
        self.carry_out(decision, now);
        let decision = deliver::drop_pages(&self.model, id, why);
        self.carry_out(decision, now);
        let incident = id;
        self.record(StormJoined { scope, incident }, now);
    }

    /// Nobody has answered: the next link is told, or the last one again.
    pub(super) fn climb_storm(&mut self, scope: &Scope, now: Time) {
        let links = self.storm_links(scope);
        let decision = chain::storm_advances(&self.model, scope, &links, now);
        self.carry_out(decision, now);
    }

    /// Looks at all storms: what is over, who is told next, what may go on.
    pub(super) fn storms_due(&mut self, now: Time) {
        let storms: Vec<(Scope, Storm)> = self
            .model
            .storms()
            .map(|(scope, storm)| (scope.clone(), storm.clone()))
            .collect();
        for (scope, storm) in storms {
            if let Some(until) = storm.cool_until {
                match until <= now {
                    true => self.is_gone(Obstacle::Storm(scope)),
                    false => {
                        self.timers.insert((until, Timer::Storms));
                    }
                }
                continue;
            }
            let over = match &scope {
                Scope::Product(product) => {
                    Some(self.storms.over(product, storm.since, &self.bounds.storm))
                }
                Scope::All | Scope::Runbook(_) => match self.stormy().len() < storm::PRODUCTS {
                    true => Some(now),
                    // Looked at again when one of them is over.
                    false => None,
                },
            };
            if over.is_some_and(|over| over <= now) {
                self.end_storm(&scope, now);
                self.timers.insert((now, Timer::Storms));
                continue;
            }
            self.timers.extend(over.map(|over| (over, Timer::Storms)));
            if let Some(taken) = &storm.taken {
                self.storm_taken(&scope, taken, now);
            }
            match storm.duty.map(|duty| duty.next) {
                Some(next) if next <= now => self.work.push_back(Work::ClimbStorm(scope)),
                Some(next) => {
                    self.timers.insert((next, Timer::Storms));
                }
                None => {}
            }
        }
    }

    /// Somebody has a storm for a while; then its chain hears of it again.
    fn storm_taken(&mut self, scope: &Scope, taken: &TakenOn, now: Time) {
        match taken.until {
            Some(until) if until <= now => {
                let text = format!(
                    "{} had acknowledged it until {until}, and it is not over",
                    taken.by
                );
                let decision = chain::storm_again(&self.model, scope, text, now);
                self.carry_out(decision, now);
            }
            Some(until) => {
                self.timers.insert((until, Timer::Storms));
            }
            None => {}
        }
    }

    /// A storm is over: whoever is still needed by one of its incidents hears of it by itself.
    fn end_storm(&mut self, scope: &Scope, now: Time) {
        let members = self.storms.of(scope);
        let told = self.told_of_storm(scope);
        let thread = self.storm_thread(scope);
        let decision = storm::ends(&self.model, scope, &self.bounds.storm, now);
        self.carry_out(decision, now);
        self.drop_storm_pages(thread.as_ref(), "the storm is over", now);
        let cool = self.bounds.storm.cool_down;
        let text = format!(
            "the storm is over, after {} incidents: {}; remedies go on in {cool}",
            members.len(),
            self.standing(scope)
        );
        self.say_to_all(scope, thread, told, MessageKind::Resolved, &text, now);
        if *scope == Scope::All {
            self.storms_by_themselves(now);
        }
        for id in members {
            if self.storm_telling_of(id).is_some() {
                continue;
            }
            if !self.is_in_storm(id) {
                self.storms.members.remove(&id);
            }
            self.tell_after_storm(id);
        }
    }

    /// What was told of with everything else has its own chain again, unless somebody has it.
    fn storms_by_themselves(&mut self, now: Time) {
        for (scope, _) in self.stormy() {
            if !self.is_taken_on(&scope) {
                let decision = chain::storm_again(&self.model, &scope, String::new(), now);
                self.carry_out(decision, now);
            }
        }
    }

    /// Whether some storm still lasts over the product of an incident.
    fn is_in_storm(&self, id: IncidentId) -> bool {
        let member = self.storms.members.get(&id);
        member.is_some_and(|member| self.model.storm_over(&member.product).is_some())
    }

    /// Of an incident whose page was not sent for a storm somebody hears now.
    fn tell_after_storm(&mut self, id: IncidentId) {
        let is_waiting = self.model.chain(id).is_none();
        let incident = self.model.incident(id);
        if is_waiting && incident.is_some_and(|one| one.state == IncidentState::Handed) {
            let said = incident.and_then(|one| one.said.clone());
            let text = said.as_ref().map(|said| said.text.clone());
            let text = text.unwrap_or_else(|| "somebody is needed".to_owned());
            let reason = said.and_then(|said| said.reason);
            self.work.push_back(Work::Page(id, text, reason));
        }
    }

    /// The addresses that were told of a storm, or are being told.
    fn told_of_storm(&self, scope: &Scope) -> Vec<SmolStr> {
        let (Some(storm), Some(thread)) = (self.model.storm(scope), self.storm_thread(scope))
        else {
            return Vec::new();
        };
        let is_to_leave = |to: &SmolStr| {
            let mut messages = self.model.messages();
            messages.any(|one| {
                one.to == *to
                    && one.message.thread == thread
                    && one.message.kind == MessageKind::Page
                    && !one.was_tried()
                    && !self.contacts.is_under_way(one)
            })
        };
        // One that was told again has been told before.
        let is_again = storm.duty.as_ref().is_some_and(|duty| duty.repeats > 0);
        let told = storm.told.iter();
        told.filter(|to| is_again || !is_to_leave(to))
            .cloned()
            .collect()
    }

    fn say_to_all(
        &mut self,
        scope: &Scope,
        thread: Option<SmolStr>,
        told: Vec<SmolStr>,
        kind: MessageKind,
        text: &str,
        now: Time,
    ) {
        let Some(thread) = thread else { return };
        for to in told {
            let message = self.storm_message(scope, thread.clone(), kind, text, now);
            self.queue_of(Some(scope.clone()), &to, message, 0, now);
        }
    }

    fn drop_storm_pages(&mut self, thread: Option<&SmolStr>, why: &str, now: Time) {
        let Some(thread) = thread else { return };
        let decision = deliver::drop_thread(&self.model, thread, why);
        self.carry_out(decision, now);
    }

    fn end_storm_chain(&mut self, scope: &Scope, why: &str, now: Time) {
        let Some(ended) = storm::chain_ends(&self.model, scope, why) else {
            return;
        };
        self.record(ended, now);
        let thread = self.storm_thread(scope);
        self.drop_storm_pages(thread.as_ref(), why, now)
    }

    /// Somebody takes a storm on; one of everything with those of its products.
    pub(super) fn storm_acknowledged(
        &mut self,
        scope: &Scope,
        taker: &Taker,
        now: Time,
    ) -> Result<(), Refusal> {
        if !self.lasts(scope) {
            let others = self.model.storms().map(|(other, _)| other);
            let others = others.filter(|other| self.lasts(other)).cloned();
            return Err(Refusal::NoStorm(others.collect()));
        }
        let had = self.has_storm(scope).cloned();
        taker.leaves(had.as_ref())?;
        self.takes_storm(scope, &taker.by, now);
        let parts = match scope {
            Scope::All => self.stormy(),
            Scope::Product(_) | Scope::Runbook(_) => Vec::new(),
        };
        for (part, _) in parts {
            if taker.leaves(self.has_storm(&part)).is_ok() {
                self.takes_storm(&part, &taker.by, now);
            }
        }
        for id in self.storms.of(scope) {
            let is_to_take = match self.model.incident(id).map(|one| &one.state) {
                Some(IncidentState::Handed) => true,
                // With the storm goes what whoever had it has of it.
                Some(IncidentState::Acknowledged { by }) => {
                    taker.takes_over && had.as_ref() == Some(by)
                }
                Some(
                    IncidentState::Open | IncidentState::Reopened | IncidentState::Resolved { .. },
                )
                | None => false,
            };
            if is_to_take {
                // It is not over, and nobody is in the way, so this cannot be refused.
                let _ = self.acknowledged(id, taker, now);
            }
        }
        self.timers.insert((now, Timer::Storms));
        Ok(())
    }

    fn takes_storm(&mut self, scope: &Scope, by: &str, now: Time) {
        let had = self.has_storm(scope).cloned();
        let told = self.told_of_storm(scope);
        let taken = StormAcknowledged {
            scope: scope.clone(),
            by: by.into(),
            term: self.bounds.pages.acknowledged,
        };
        self.record(taken, now);
        let why = match &had {
            Some(had) if had != by => format!("{by} takes it over from {had}"),
            Some(_) | None => format!("acknowledged by {by}"),
        };
        self.end_storm_chain(scope, &why, now);
        if had.is_none_or(|had| had != by) {
            let thread = self.storm_thread(scope);
            self.say_to_all(scope, thread, told, MessageKind::Acknowledged, &why, now);
        }
    }
}

fn before(at: Time, by: Duration) -> Time {
    moment::after(at, Duration::from_millis(-by.millis()))
}
