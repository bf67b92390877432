//! The page of a storm: whom it goes to, and what it says of the incidents.

use std::collections::BTreeSet;
use std::sync::Arc;

use smol_str::SmolStr;

use super::super::Engine;
use super::super::decide::{chain, deliver, storm};
use super::super::duty::link;
use crate::effect::{Reason, Severity};
use crate::journal::{Incident, IncidentId, Line, Message, MessageKind, Notes, Scope};
use crate::program::Program;
use crate::value::{SHOWN_CHARACTERS, Time, escape_text};

/// The most incidents that a page lists.
const LISTED: usize = 50;

impl Engine {
    /// Tells one link of a storm, unless it is still to be told.
    pub(in super::super) fn tell_of_storm(&mut self, scope: &Scope, to: &SmolStr, now: Time) {
        let thread = self.storm_thread(scope);
        let Some(thread) = thread else {
            return;
        };
        if deliver::is_due(&self.model, &thread, to) {
            return;
        }
        let open = self.open_in_storm(scope);
        let severities = open.iter().take(LISTED).map(|one| one.severity);
        let severity = severities.max().unwrap_or(Severity::None);
        let mut evidence: Vec<Line> = open
            .iter()
            .take(LISTED)
            .map(|one| self.listed(one))
            .collect();
        if let Some(more) = open.len().checked_sub(LISTED + 1) {
            let text = format!("… and {} more", more + 1);
            evidence.push(Line { at: now, text });
        }
        let words = self.storm_words(scope);
        let text = match (self.storm_before(scope), self.storm_unanswered(scope)) {
            ("", false) => words,
            ("", true) => format!("nobody has answered yet: {words}"),
            (before, false) => format!("{before}: {words}"),
            (before, true) => format!("{before}, and nobody has answered since: {words}"),
        };
        let mut message = self.storm_message(scope, thread, MessageKind::Page, &text, now);
        message.severity = severity;
        message.evidence = evidence;
        message.reason = Some(Reason::Systemic.word().into());
        message.answer = format!("rbk storm ack {scope}");
        self.queue_of(Some(scope.clone()), to, message, 0, now);
    }

    /// Its incidents that are not over: whatever is not is at hand.
    fn open_in_storm(&self, scope: &Scope) -> Vec<&Incident> {
        let members = self.of_storm(scope).into_iter();
        let known = members.filter_map(|id| self.model.incident(id));
        known.filter(|one| !one.state.is_over()).collect()
    }

    /// `12 slow: Slow instance=web-3 (handed)`
    fn listed(&self, incident: &Incident) -> Line {
        let (id, state) = (incident.id, incident.state.word());
        let unknown = self.model.unknown_of(id).next();
        let unknown = unknown.map_or("", |_| ", nobody knows what became of a change");
        let (runbook, title) = (&incident.runbook, &incident.title);
        Line {
            at: incident.opened,
            text: format!("{id} {runbook}: {title} ({state}{unknown})"),
        }
    }

    /// The incidents of a storm.
    pub(in super::super) fn of_storm(&self, scope: &Scope) -> BTreeSet<IncidentId> {
        self.storms.of(scope)
    }

    /// Whether somebody was told of it before, and has not answered.
    fn storm_unanswered(&self, scope: &Scope) -> bool {
        let storm = self.model.storm(scope);
        let duty = storm.and_then(|storm| storm.duty.as_ref());
        duty.is_some_and(|duty| duty.repeats > 0 || duty.link.is_some_and(|link| link > 0))
    }

    /// Why its chain hears of it again, if it had ended before.
    fn storm_before(&self, scope: &Scope) -> &str {
        let storm = self.model.storm(scope);
        let duty = storm.and_then(|storm| storm.duty.as_ref());
        duty.map_or("", |duty| duty.text.as_str())
    }

    pub(super) fn storm_message(
        &self,
        scope: &Scope,
        thread: SmolStr,
        kind: MessageKind,
        text: &str,
        now: Time,
    ) -> Message {
        let package = match scope {
            Scope::Product(product) => product.clone(),
            Scope::All | Scope::Runbook(_) => SmolStr::default(),
        };
        Message {
            kind,
            incident: None,
            thread,
            at: now,
            package,
            runbook: "agent".into(),
            severity: Severity::Sev3,
            title: format!("a storm of incidents of {}", scope.shown()),
            text: escape_text(text, SHOWN_CHARACTERS),
            reason: None,
            roles: Vec::new(),
            evidence: Vec::new(),
            answer: String::new(),
            notes: Notes::default(),
        }
    }

    /// What belongs to one storm, and to no earlier one.
    pub(super) fn storm_thread(&self, scope: &Scope) -> Option<SmolStr> {
        let since = self.model.storm(scope)?.since.millis();
        Some(format!("{}/storm/{scope}/{since}", self.store).into())
    }

    pub(in super::super) fn storm_words(&self, scope: &Scope) -> String {
        let standing = self.standing(scope);
        let many = standing.all();
        let became = match standing.is_news() {
            true => format!(" ({standing})"),
            false => String::new(),
        };
        let since = self.model.storm(scope).filter(|_| self.lasts(scope));
        let since = since.map(|storm| format!(" since {}", storm.since));
        let bounds = &self.bounds.storm;
        let (more, lasts) = match scope {
            Scope::All => (
                "storms of several products",
                format!("fewer than {} products are in storm", storm::PRODUCTS),
            ),
            Scope::Product(_) | Scope::Runbook(_) => (
                "too many at once for each to be a trouble of its own",
                match storm::quarter(bounds) {
                    1 => format!("none has come within {} for {}", bounds.span, storm::QUIET),
                    few => format!(
                        "fewer than {few} have come within {} for {}",
                        bounds.span,
                        storm::QUIET
                    ),
                },
            ),
        };
        format!(
            "{many} incidents{}{became}, {more}: nothing is repaired while it lasts, and none of them \
             pages by itself; it is over once {lasts}, and remedies go on {} later",
            since.unwrap_or_default(),
            bounds.cool_down
        )
    }

    /// Who hears of a storm, link by link: the role, its address, how long it is waited for.
    pub(in super::super) fn storm_links(&self, scope: &Scope) -> Vec<chain::Link> {
        if *scope == Scope::All {
            let platform = self.platform.iter();
            let links = platform.map(|to| ("platform".into(), to.clone(), None));
            return links.collect();
        }
        let Some(program) = self.program_of_storm(scope) else {
            return Vec::new();
        };
        (0..).map_while(|place| link(&program, place)).collect()
    }

    /// Code of the product: what is loaded, or what its incidents are pinned to.
    fn program_of_storm(&self, scope: &Scope) -> Option<Arc<Program>> {
        let all = self.runbooks.all().iter();
        let mut own = all.filter(|loaded| scope.covers(loaded.program.product(), ""));
        if let Some(loaded) = own.next() {
            return Some(loaded.program.clone());
        }
        let members = self.storms.of(scope).into_iter();
        let mut codes = members.filter_map(|id| Some(self.model.incident(id)?.code));
        codes.find_map(|code| self.desk.program(code).ok())
    }
}
