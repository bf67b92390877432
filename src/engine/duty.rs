//! Telling people: messages with their evidence, and the chain that a page climbs until somebody
//! answers. Telling fails open: a way that does not work is tried again and the next one is told.

use std::sync::Arc;

use jiff::tz::TimeZone;
use smol_str::SmolStr;

use super::Engine;
use super::decide::chain;
use super::timer::Timer;
use crate::effect::{Changes, Reason};
use crate::journal::{
    IncidentHanded, IncidentId, Message, MessageKind, MessageQueued, Notes, NoticeGiven, RunId,
    Scope, StoredIntent, StormJoined, Subject,
};
use crate::program::{self, Program};
use crate::run::{Notice, moment};
use crate::value::{Duration, SHOWN_CHARACTERS, Time, escape_text};

impl Engine {
    /// A run has something to say.
    pub(super) fn tell(&mut self, run: RunId, program: &Program, notice: Notice, now: Time) {
        let RunId::Incident(id, _) = run else {
            return;
        };
        // Whoever called the run off said that it is over, and knows; if it has come back since, that is told.
        if notice.because == Some(Reason::CancelledAfterChange)
            && let Some(incident) = self.model.incident(id)
            && (incident.state.is_over() || incident.again)
        {
            return;
        }
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
        let called_off = self.called_off_words(id);
        // Whoever has it goes on having it, in a storm as well.
        let is_folded = kind == MessageKind::Page
            && self.has(id).is_none()
            && self.is_told_by_storm(id, notice.because, now);
        let given = NoticeGiven {
            run,
            notice: Some(notice.clone()),
        };
        self.record(given, now);
        if is_folded {
            return;
        }
        let text = self.with_changes(run, &notice);
        let text = match called_off {
            Some(words) => format!("{text} ({words})"),
            None => text,
        };
        // Whoever has taken it on while a run was at work goes on having it; nobody else is woken.
        let (kind, text) = match (kind, self.has(id)) {
            (MessageKind::Page, Some(by)) => {
                (MessageKind::Note, format!("{text} ({by} has the incident)"))
            }
            (kind, _) => (kind, text),
        };
        let mut roles = notice.roles.clone();
        if roles.is_empty() {
            roles.extend(link(program, 0).map(|(name, _, _)| name));
        }
        if kind != MessageKind::Note {
            let place = roles.first().and_then(|role| place_in_chain(program, role));
            let waits = place
                .and_then(|place| link(program, place))
                .and_then(|(_, _, waits)| waits);
            let next = due.unwrap_or_else(|| moment::after(now, waits.unwrap_or(chain::REPEAT)));
            // Once a task is overdue, the chain is climbed from its beginning.
            let place = place.filter(|_| due.is_none());
            self.hand(id, (place, next), &text, notice.because, now);
        }
        for role in roles {
            let address = program.roles.iter().find(|known| known.name == role);
            let address = address.map_or(role.clone(), |known| known.address.clone());
            self.send(id, &address, kind, &text, notice.because, now);
        }
    }

    /// What a run says, why it was refused leave if that is why, and what became of the changes of its
    /// incident where it hands over.
    fn with_changes(&mut self, run: RunId, notice: &Notice) -> String {
        let text = &notice.text;
        let Some(reason) = notice.because else {
            return text.clone();
        };
        let Ok(working) = self.desk.run(run) else {
            return text.clone();
        };
        let refused = working.refused.as_ref();
        let text = match refused.filter(|(because, _)| *because == reason) {
            Some((_, why)) => format!("{text} ({why})"),
            None => text.clone(),
        };
        // Also where another run of the incident made it.
        let unknown = run.incident().map(|id| self.model.unknown_of(id));
        let unknown = unknown.into_iter().flatten();
        let unknown = StoredIntent::called(unknown);
        let became = match (reason, working.run.changes()) {
            (Reason::Unknown, _) if text.ends_with(Reason::Unknown.explained()) => return text,
            (Reason::Unknown, _) => "nobody knows what became of its last change",
            (_, _) if !unknown.is_empty() => {
                let unknown = unknown.join("; ");
                return format!("{text}; nobody knows yet what became of {unknown}");
            }
            (_, Changes::None) if working.run.dirt().has_changed() => {
                "nothing was changed this time, but something was before, in the same incident"
            }
            (_, changes) => changes.explained(),
        };
        format!("{text}; {became}")
    }

    /// A human gets the duty: whoever was told is waited for until then.
    fn hand(
        &mut self,
        id: IncidentId,
        (place, next): (Option<u16>, Time),
        text: &str,
        reason: Option<Reason>,
        now: Time,
    ) {
        if self.model.incident(id).is_some() {
            let incident = id;
            self.record(IncidentHanded { incident, reason }, now);
            let decision = chain::begins(id, place, next, text, reason);
            self.carry_out(decision, now);
        }
    }

    /// A human is needed, and hears of it with all other incidents of a storm: no chain of its own
    /// begins while that lasts.
    fn is_told_by_storm(&mut self, id: IncidentId, reason: Option<Reason>, now: Time) -> bool {
        let Some(scope) = self.storm_telling_of(id) else {
            return false;
        };
        // Once somebody has it, its page is not told again: whoever is needed then hears by itself.
        if self.is_taken_on(&scope) {
            return false;
        }
        let incident = id;
        self.record(IncidentHanded { incident, reason }, now);
        self.record(StormJoined { scope, incident }, now);
        true
    }

    /// A page has arrived: its link is waited for from now on.
    pub(super) fn reached(&mut self, subject: &Subject, to: &SmolStr, now: Time) {
        let decision = match subject {
            Subject::Incident(id) => {
                let links = self.links_of(*id);
                chain::reached(&self.model, &links, *id, to, now)
            }
            Subject::Storm(scope) => {
                let links = self.storm_links(scope);
                chain::storm_reached(&self.model, scope, &links, to, now)
            }
        };
        self.carry_out(decision, now);
    }

    /// Pages the first link of the chain, for something that no run said.
    pub(super) fn page_chain(
        &mut self,
        id: IncidentId,
        text: &str,
        reason: Option<Reason>,
        now: Time,
    ) {
        if self.is_told_by_storm(id, reason, now) {
            return;
        }
        self.hand(id, (None, now), text, reason, now);
        self.climb(id, true, now);
    }

    /// Tells the next link of the chain, or the first one; the last one again and again.
    pub(super) fn climb(&mut self, id: IncidentId, first: bool, now: Time) {
        let links = self.links_of(id);
        if !first && let Some(later) = self.link_later(id, &links, now) {
            self.timers.insert((later, Timer::Duty(id)));
            return;
        }
        let decision = chain::advances(&self.model, &links, id, first, now);
        self.carry_out(decision, now);
    }

    /// A page cannot be delivered: whoever is next need not wait for the time of this link.
    pub(super) fn next_link(&mut self, subject: &Subject, to: &SmolStr, now: Time) {
        let decision = match subject {
            Subject::Incident(id) => {
                let links = self.links_of(*id);
                chain::hastens(&self.model, &links, *id, to, now)
            }
            Subject::Storm(scope) => {
                let links = self.storm_links(scope);
                chain::storm_hastens(&self.model, scope, &links, to, now)
            }
        };
        self.carry_out(decision, now);
    }

    /// Who hears of an incident, link by link. Where no code tells it, that is whoever the settings name for the
    /// platform, or else every owner, one after another: somebody has it.
    fn links_of(&self, id: IncidentId) -> Vec<chain::Link> {
        if let Some(program) = self.responsible(id) {
            return (0..).map_while(|place| link(&program, place)).collect();
        }
        let anybody = self.anybody().into_iter();
        let links = anybody.filter_map(|one| Some((one.roles.first()?.clone(), one.to, None)));
        links.collect()
    }

    /// The code that says who is told of an incident. Whoever is responsible for the runbook now is
    /// better than nobody.
    fn responsible(&self, id: IncidentId) -> Option<Arc<Program>> {
        let incident = self.model.incident(id)?;
        let current = || Some(self.runbooks.named(&incident.runbook)?.program.clone());
        self.desk.program(incident.code).ok().or_else(current)
    }

    /// Puts a message in the outbox and sends it.
    pub(super) fn send(
        &mut self,
        id: IncidentId,
        address: &SmolStr,
        kind: MessageKind,
        text: &str,
        reason: Option<Reason>,
        now: Time,
    ) {
        let Some(code) = self.model.incident(id).map(|incident| incident.code) else {
            return;
        };
        // Who is told, as the code says it.
        let program = self.desk.program(code).ok();
        let Some(mut message) = self.message(id, kind, text, reason, now) else {
            return;
        };
        if let Some(program) = program {
            let own = program.roles.iter().filter(|role| role.address == *address);
            message.roles = own.map(|role| role.name.clone()).collect();
            message.package = program.package.clone();
        }
        let upto = self.model.incident(id).map_or(0, |one| one.next_entry);
        self.queue(address, message, upto, now);
    }

    /// What is said of an incident, but for the evidence.
    pub(super) fn message(
        &self,
        id: IncidentId,
        kind: MessageKind,
        text: &str,
        reason: Option<Reason>,
        now: Time,
    ) -> Option<Message> {
        let incident = self.model.incident(id)?;
        let is_unknown = self.model.unknown_of(id).next().is_some();
        let settled = incident.settled.as_ref();
        let settled = settled.filter(|_| reason == Some(Reason::Unknown) && !is_unknown);
        let text = match settled {
            // It is read later, when somebody has said what became of it.
            Some(said) => format!("{text} ({} says by now: {})", said.by, said.word()),
            None => text.to_owned(),
        };
        Some(Message {
            kind,
            incident: Some(id),
            thread: format!("{}/{id}", self.store).into(),
            at: now,
            package: SmolStr::default(),
            runbook: incident.runbook.clone(),
            severity: incident.severity,
            title: incident.title.clone(),
            text: escape_text(&text, SHOWN_CHARACTERS),
            reason: reason.map(|reason| reason.word().into()),
            roles: Vec::new(),
            // It is made of the timeline when it is sent.
            evidence: Vec::new(),
            answer: match kind {
                MessageKind::Page | MessageKind::Task | MessageKind::Note => {
                    let was_unknown = reason == Some(Reason::Unknown) && settled.is_none();
                    answer(id, is_unknown || was_unknown)
                }
                MessageKind::Acknowledged | MessageKind::Resolved => String::new(),
            },
            notes: Notes::default(),
        })
    }

    /// A message is to be sent, which says what stands in the timeline up to a line.
    pub(super) fn queue(&mut self, to: &SmolStr, message: Message, upto: u64, now: Time) {
        self.queue_of(None, to, message, upto, now);
    }

    /// The same of a message that is about a storm.
    pub(super) fn queue_of(
        &mut self,
        storm: Option<Scope>,
        to: &SmolStr,
        message: Message,
        upto: u64,
        now: Time,
    ) {
        let id = self.model.next_message();
        let queued = MessageQueued {
            message: id,
            to: to.clone(),
            kind: message.kind,
            incident: message.incident,
            storm,
            text: message.text.clone(),
            reason: message.reason.clone(),
            roles: message.roles.clone(),
            upto,
            rendered: Some(Box::new(message)),
        };
        self.record(queued, now);
        self.message_due(id, now);
    }
}

/// How whoever is told answers.
fn answer(id: IncidentId, is_unknown: bool) -> String {
    let ack = format!("rbk incident ack {id}");
    match is_unknown {
        true => format!(
            "{ack}; and once you know what became of it: rbk incident settle {id} \
             applied|not-applied --why \"…\""
        ),
        false => ack,
    }
}

/// A link of the chain: its role's name, its address, and how long it is waited for. Without a
/// chain the owner is the only link.
pub(super) fn link(program: &Program, place: u16) -> Option<(SmolStr, SmolStr, Option<Duration>)> {
    let (role, waits) = match program.metadata.chain.get(usize::from(place)) {
        Some(link) => (link.role, link.waits),
        None if place == 0 => (program.metadata.owner?, None),
        None => return None,
    };
    let role = program.roles.get(role.index())?;
    Some((role.name.clone(), role.address.clone(), waits))
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
