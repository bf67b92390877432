//! The page of a storm: whom it goes to, and what it says of the incidents.

use std::sync::Arc;

use smol_str::SmolStr;

use super::super::Engine;
use super::super::decide::{chain, deliver};
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
        let members = self.storms.of(scope);
        let listed_ids = self.told_in_storm(scope);
        let mut severity = Severity::None;
        let mut evidence = Vec::new();
        for id in listed_ids {
            let Some(incident) = self.model.incident(id) else {
                continue;
            };
            severity = severity.max(incident.severity);
            evidence.push(listed(incident));
        }
        if members.len() > LISTED {
            let text = format!("… and {} more", members.len() - LISTED);
            evidence.push(Line { at: now, text });
        }
        let text = self.storm_words(scope);
        let mut message = self.storm_message(scope, thread, MessageKind::Page, &text, now);
        message.severity = severity;
        message.evidence = evidence;
        message.reason = Some(Reason::Systemic.word().into());
        message.answer = format!("rbk storm ack {scope}");
        self.queue_of(Some(scope.clone()), to, message, 0, now);
    }

    /// The incidents that its page lists.
    pub(in super::super) fn told_in_storm(&self, scope: &Scope) -> Vec<IncidentId> {
        self.storms.of(scope).into_iter().take(LISTED).collect()
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
        let many = self.storms.of(scope).len();
        let more = match scope {
            Scope::All => "storms of several products",
            Scope::Product(_) | Scope::Runbook(_) => {
                "too many at once for each to be a trouble of its own"
            }
        };
        format!(
            "{many} incidents so far, {more}: nothing is mended while it lasts, and none of them \
             pages by itself"
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

/// `12 slow: Slow instance=web-3 (handed)`
fn listed(incident: &Incident) -> Line {
    let (id, state) = (incident.id, incident.state.word());
    Line {
        at: incident.opened,
        text: format!("{id} {}: {} ({state})", incident.runbook, incident.title),
    }
}
