//! Telling people: messages with their evidence, and the chain that a page climbs until somebody
//! answers. Telling fails open: a way that does not work is tried again and the next one is told.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use smol_str::SmolStr;

use super::desk::Trouble;
use super::timer::Timer;
use super::{Action, Engine, view};
use crate::effect::Reason;
use crate::journal::{
    ChainAdvanced, ChainEnded, ChainStarted, Delivery, Duty, Error, Happened, IncidentHanded,
    IncidentId, IncidentState, Journal, Message, MessageId, MessageKind, MessageQueued,
    MessagesDelivered, MessagesDropped, MessagesFailed, NoticeGiven, Outbox, RunId, Subject, Write,
};
use crate::program::{self, Program};
use crate::run::{Notice, moment};
use crate::value::{Duration, SHOWN_CHARACTERS, Time, escape_text};

/// How long the last link of a chain is waited for before it is told again; doubled each time.
const REPEAT: Duration = Duration::from_millis(5 * 60_000);
/// The longest distance between two tellings of the last link.
const REPEAT_MOST: Duration = Duration::from_millis(60 * 60_000);
/// How long after a failed delivery the next try is made; doubled each time.
const RETRY: Duration = Duration::from_millis(5_000);
const RETRY_MOST: Duration = Duration::from_millis(5 * 60_000);
/// After so many failed deliveries of a page the next link is told at once.
const TRIES: u32 = 3;
/// Messages that ask for no answer are given up after so many tries.
const TRIES_MOST: u32 = 30;

impl Engine {
    /// A run has something to say.
    pub(super) fn tell(
        &mut self,
        journal: &dyn Journal,
        run: RunId,
        program: &Program,
        notice: Notice,
        now: Time,
    ) -> Result<(), Trouble> {
        let RunId::Incident(id, _) = run else {
            return Ok(());
        };
        // Whoever called the run off said that it is over, and knows.
        if notice.because == Some(Reason::CancelledAfterChange)
            && let Some(incident) = self.desk.incident(journal, id)?
            && incident.state.is_over()
        {
            return Ok(());
        }
        let given = NoticeGiven {
            run,
            notice: Some(notice.clone()),
        };
        self.record(journal, given, now)?;
        let (kind, due) = match notice.kind {
            program::MessageKind::Page => (MessageKind::Page, None),
            program::MessageKind::Tell => (MessageKind::Note, None),
            program::MessageKind::HandWithin(within) => {
                (MessageKind::Task, Some(moment::after(now, within)))
            }
            program::MessageKind::HandWorkdays(days) => (
                MessageKind::Task,
                Some(after_workdays(now, days, program.zone.as_deref())),
            ),
        };
        let mut roles = notice.roles.clone();
        if roles.is_empty() {
            roles.extend(link(program, 0).map(|(name, _, _)| name));
        }
        if kind != MessageKind::Note {
            let place = roles.first().and_then(|role| place_in_chain(program, role));
            let hold = place
                .and_then(|place| link(program, place))
                .and_then(|(_, _, hold)| hold);
            let next = due.unwrap_or_else(|| moment::after(now, hold.unwrap_or(REPEAT)));
            let duty = Duty {
                // Once a task is overdue, the chain is climbed from its beginning.
                link: if due.is_some() { None } else { place },
                repeats: 0,
                next,
                text: notice.text.clone(),
                reason: notice.because.map_or("declared", Reason::word).into(),
            };
            self.take_duty(journal, id, duty, now)?;
        }
        for role in roles {
            let address = program.roles.iter().find(|known| known.name == role);
            let address = address.map_or(role.clone(), |known| known.address.clone());
            self.send(
                journal,
                id,
                &address,
                kind,
                &notice.text,
                notice.because,
                now,
            )?;
        }
        Ok(())
    }

    fn take_duty(
        &mut self,
        journal: &dyn Journal,
        id: IncidentId,
        duty: Duty,
        now: Time,
    ) -> Result<(), Error> {
        let next = duty.next;
        if let Some(incident) = self.desk.incident(journal, id)? {
            incident.state = IncidentState::Handed;
            incident.since = now;
            incident.duty = Some(duty.clone());
            self.timers.insert((next, Timer::Duty(id)));
            let handed = IncidentHanded {
                incident: id,
                reason: Reason::from_word(&duty.reason),
            };
            self.record(journal, handed, now)?;
            let started = ChainStarted {
                subject: Subject::Incident(id),
                text: duty.text,
                reason: duty.reason,
                link: duty.link,
                next,
            };
            self.record(journal, started, now)?;
        }
        Ok(())
    }

    /// Pages the first link of the chain, for something that no run said.
    pub(super) fn page_chain(
        &mut self,
        journal: &dyn Journal,
        id: IncidentId,
        text: &str,
        reason: Option<Reason>,
        now: Time,
    ) -> Result<(), Error> {
        let duty = Duty {
            link: None,
            repeats: 0,
            next: now,
            text: text.to_owned(),
            reason: reason.map_or("declared", Reason::word).into(),
        };
        self.take_duty(journal, id, duty, now)?;
        self.climb(journal, id, now)
    }

    /// The time to answer is over.
    pub(super) fn nobody_answered(
        &mut self,
        journal: &dyn Journal,
        id: IncidentId,
        now: Time,
    ) -> Result<(), Error> {
        let due = self
            .desk
            .incident(journal, id)?
            .and_then(|incident| incident.duty.clone());
        match due {
            Some(duty) if duty.next <= now => self.climb(journal, id, now),
            Some(_) | None => Ok(()),
        }
    }

    /// Tells the next link of the chain; the last one again and again.
    fn climb(&mut self, journal: &dyn Journal, id: IncidentId, now: Time) -> Result<(), Error> {
        let Some(incident) = self.desk.incident(journal, id)? else {
            return Ok(());
        };
        let (code, Some(mut duty)) = (incident.code, incident.duty.clone()) else {
            return Ok(());
        };
        let program = match self.desk.program(journal, code) {
            Ok(program) => program,
            Err(Trouble::Store(error)) => return Err(error),
            // Whoever is responsible for the runbook now is better than nobody.
            Err(Trouble::Unreadable | Trouble::Ended) => {
                let runbook = self
                    .desk
                    .incident(journal, id)?
                    .map(|found| found.runbook.clone());
                let current = runbook.and_then(|name| self.runbooks.named(&name).cloned());
                match current {
                    Some(loaded) => loaded.program,
                    None => return Ok(()),
                }
            }
        };
        let next = duty.link.map_or(0, |place| place + 1);
        let (place, told) = match link(&program, next) {
            Some(told) => (next, told),
            None => match duty
                .link
                .and_then(|last| Some((last, link(&program, last)?)))
            {
                Some(last) => last,
                None => return Ok(()),
            },
        };
        let (role, address, hold) = told;
        duty.repeats = if duty.link == Some(place) {
            duty.repeats + 1
        } else {
            0
        };
        duty.link = Some(place);
        duty.next = moment::after(
            now,
            hold.unwrap_or_else(|| backed_off(REPEAT, duty.repeats, REPEAT_MOST)),
        );
        let (text, reason) = (duty.text.clone(), Reason::from_word(&duty.reason));
        self.timers.insert((duty.next, Timer::Duty(id)));
        let advanced = ChainAdvanced {
            subject: Subject::Incident(id),
            link: place,
            role,
            repeats: duty.repeats,
            next: duty.next,
        };
        if let Some(incident) = self.desk.incident(journal, id)? {
            incident.duty = Some(duty);
        }
        self.record(journal, advanced, now)?;
        self.send(journal, id, &address, MessageKind::Page, &text, reason, now)
    }

    /// Puts a message in the outbox and sends it.
    #[expect(
        clippy::too_many_arguments,
        reason = "all of it is said in the message"
    )]
    pub(super) fn send(
        &mut self,
        journal: &dyn Journal,
        id: IncidentId,
        address: &SmolStr,
        kind: MessageKind,
        text: &str,
        reason: Option<Reason>,
        now: Time,
    ) -> Result<(), Error> {
        let evidence = view::evidence(&self.desk.timeline(journal, id)?);
        let store = self.store.clone();
        let Some(incident) = self.desk.incident(journal, id)? else {
            return Ok(());
        };
        let asks = matches!(kind, MessageKind::Page | MessageKind::Task);
        if asks && !incident.told.contains(address) {
            incident.told.push(address.clone());
        }
        let upto = incident.next_entry;
        let (code, runbook) = (incident.code, incident.runbook.clone());
        let message = Message {
            kind,
            incident: Some(id),
            thread: format!("{store}/{id}").into(),
            at: now,
            package: SmolStr::default(),
            runbook,
            severity: incident.severity,
            title: incident.title.clone(),
            text: escape_text(text, SHOWN_CHARACTERS),
            reason: reason.map(|reason| reason.word().into()),
            roles: Vec::new(),
            evidence,
            answer: format!("rbk incident ack {id}"),
        };
        let program = self.desk.program(journal, code).ok();
        let message = Message {
            package: program
                .as_ref()
                .map(|program| program.package.clone())
                .unwrap_or_default(),
            roles: program
                .iter()
                .flat_map(|program| &program.roles)
                .filter(|role| role.address == *address)
                .map(|role| role.name.clone())
                .collect(),
            ..message
        };
        self.newest.message += 1;
        let outbox = Outbox {
            id: MessageId(self.newest.message),
            to: address.clone(),
            message,
            delivery: Delivery::Due { at: now, tries: 0 },
        };
        self.queue(outbox, upto, now);
        Ok(())
    }

    /// A message is to be sent.
    pub(super) fn queue(&mut self, outbox: Outbox, upto: u64, now: Time) {
        let message = &outbox.message;
        let queued = MessageQueued {
            message: outbox.id,
            to: outbox.to.clone(),
            kind: message.kind,
            incident: message.incident,
            storm: None,
            text: message.text.clone(),
            reason: message.reason.clone(),
            roles: message.roles.clone(),
            upto,
            rendered: Some(Box::new(message.clone())),
        };
        self.desk.fact(queued, now);
        self.keep_message(outbox.clone());
        self.actions.push(Action::Send(Box::new(outbox)));
    }

    /// Nobody else is told of an incident.
    pub(super) fn end_chain(
        &mut self,
        journal: &dyn Journal,
        id: IncidentId,
        why: &str,
        now: Time,
    ) -> Result<(), Error> {
        let ended = ChainEnded {
            subject: Subject::Incident(id),
            why: why.to_owned(),
        };
        self.record(journal, ended, now)
    }

    pub(super) fn keep_message(&mut self, outbox: Outbox) {
        self.desk.write(Write::Message(outbox.clone()));
        match outbox.delivery {
            Delivery::Due { .. } => self.desk.outbox.insert(outbox.id, outbox),
            Delivery::Delivered { .. } | Delivery::GivenUp { .. } => {
                self.desk.outbox.remove(&outbox.id)
            }
        };
    }

    pub(super) fn delivered(
        &mut self,
        journal: &dyn Journal,
        id: MessageId,
        now: Time,
    ) -> Result<(), Error> {
        let Some(mut outbox) = self.desk.outbox.get(&id).cloned() else {
            return Ok(());
        };
        outbox.delivery = Delivery::Delivered { at: now };
        let (to, incident) = (outbox.to.clone(), outbox.message.incident);
        let delivered = MessagesDelivered {
            messages: vec![id],
            to: to.clone(),
        };
        self.desk.fact(delivered, now);
        self.keep_message(outbox);
        match incident {
            Some(incident) => self
                .desk
                .note(journal, incident, now, Happened::Delivered { to }),
            None => Ok(()),
        }
    }

    pub(super) fn undelivered(
        &mut self,
        journal: &dyn Journal,
        id: MessageId,
        why: &str,
        again: bool,
        now: Time,
    ) -> Result<(), Error> {
        let Some(mut outbox) = self.desk.outbox.get(&id).cloned() else {
            return Ok(());
        };
        let Delivery::Due { tries, .. } = outbox.delivery else {
            return Ok(());
        };
        let tries = tries + 1;
        let is_page = outbox.message.kind == MessageKind::Page;
        let again = again && (is_page || tries < TRIES_MOST);
        outbox.delivery = match again {
            true => {
                let at = moment::after(now, backed_off(RETRY, tries - 1, RETRY_MOST));
                self.timers.insert((at, Timer::Message(id)));
                Delivery::Due { at, tries }
            }
            false => Delivery::GivenUp {
                why: why.to_owned(),
            },
        };
        let (to, incident) = (outbox.to.clone(), outbox.message.incident);
        let failed = MessagesFailed {
            messages: vec![id],
            to: to.clone(),
            why: why.to_owned(),
            tries,
            next: match &outbox.delivery {
                Delivery::Due { at, .. } => Some(*at),
                Delivery::Delivered { .. } | Delivery::GivenUp { .. } => None,
            },
        };
        self.desk.fact(failed, now);
        if !again {
            self.dropped(&[&outbox], why, now);
        }
        self.keep_message(outbox);
        let Some(incident) = incident else {
            return Ok(());
        };
        let why = escape_text(why, SHOWN_CHARACTERS);
        let happened = Happened::Undelivered { to, why, tries };
        self.desk.note(journal, incident, now, happened)?;
        // The next link need not wait for the time of one that cannot be reached.
        let hopeless = is_page && (!again || tries == TRIES);
        if hopeless && self.has_further_link(journal, incident)? {
            self.climb(journal, incident, now)?;
        }
        Ok(())
    }

    fn has_further_link(&mut self, journal: &dyn Journal, id: IncidentId) -> Result<bool, Error> {
        let Some(incident) = self.desk.incident(journal, id)? else {
            return Ok(false);
        };
        let (code, duty) = (incident.code, incident.duty.clone());
        let Some(duty) = duty else { return Ok(false) };
        let next = duty.link.map_or(0, |place| place + 1);
        match self.desk.program(journal, code) {
            Ok(program) => Ok(link(&program, next).is_some()),
            Err(Trouble::Unreadable | Trouble::Ended) => Ok(false),
            Err(Trouble::Store(error)) => Err(error),
        }
    }

    /// Pages of an incident that somebody has answered need not arrive any more.
    pub(super) fn give_up_pages(&mut self, incident: IncidentId, why: &str, now: Time) {
        let due: Vec<Outbox> = self
            .desk
            .outbox
            .values()
            .filter(|outbox| outbox.message.incident == Some(incident))
            .filter(|outbox| outbox.message.kind == MessageKind::Page)
            .cloned()
            .collect();
        if !due.is_empty() {
            self.dropped(&due.iter().collect::<Vec<_>>(), why, now);
        }
        for mut outbox in due {
            outbox.delivery = Delivery::GivenUp {
                why: why.to_owned(),
            };
            self.keep_message(outbox);
        }
    }

    fn dropped(&mut self, messages: &[&Outbox], why: &str, now: Time) {
        let to: BTreeSet<SmolStr> = messages.iter().map(|one| one.to.clone()).collect();
        let dropped = MessagesDropped {
            messages: messages.iter().map(|one| one.id).collect(),
            to: to.into_iter().collect(),
            why: why.to_owned(),
        };
        self.desk.fact(dropped, now);
    }
}

/// A link of the chain: its role's name, its address, and how long it is waited for. Without a
/// chain the owner is the only link.
pub(super) fn link(program: &Program, place: u16) -> Option<(SmolStr, SmolStr, Option<Duration>)> {
    let (role, hold) = match program.metadata.chain.get(usize::from(place)) {
        Some(link) => (link.role, link.hold),
        None if place == 0 => (program.metadata.owner?, None),
        None => return None,
    };
    let role = program.roles.get(role.index())?;
    Some((role.name.clone(), role.address.clone(), hold))
}

fn place_in_chain(program: &Program, role: &str) -> Option<u16> {
    let place = program.metadata.chain.iter().position(|link| {
        program
            .roles
            .get(link.role.index())
            .is_some_and(|known| known.name == role)
    })?;
    u16::try_from(place).ok()
}

fn backed_off(first: Duration, times: u32, most: Duration) -> Duration {
    let millis = first.millis().saturating_mul(1 << times.min(20));
    Duration::from_millis(millis.min(most.millis()))
}

/// The end of so many workdays, Monday to Friday in the zone; today does not count.
fn after_workdays(now: Time, days: u32, zone: Option<&str>) -> Time {
    let zone = zone
        .and_then(|name| TimeZone::get(name).ok())
        .unwrap_or(TimeZone::UTC);
    let Ok(moment) = jiff::Timestamp::from_millisecond(now.millis()) else {
        return now;
    };
    let mut date = moment.to_zoned(zone.clone()).date();
    let mut left = days;
    while left > 0 {
        let Ok(next) = date.tomorrow() else {
            return now;
        };
        date = next;
        let weekend = matches!(
            date.weekday(),
            jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday
        );
        left -= u32::from(!weekend);
    }
    let end = date
        .tomorrow()
        .ok()
        .and_then(|next| next.to_zoned(zone).ok());
    let end = end.and_then(|end| Time::from_millis(end.timestamp().as_millisecond()).ok());
    end.unwrap_or(now)
}
