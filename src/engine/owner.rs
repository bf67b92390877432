//! What owners are told that concerns no incident: of their runbook, or of the agent itself.

use std::collections::BTreeSet;

use super::Engine;
use super::duty::link;
use super::open::severity;
use super::runbooks::Loaded;
use crate::journal::{EventId, Message, MessageKind, Notes};
use crate::program::Program;
use crate::value::{SHOWN_CHARACTERS, Time, escape_text};

impl Engine {
    /// Tells whoever owns the code of a runbook what concerns no incident of it.
    pub(super) fn tell_owner(
        &mut self,
        program: &Program,
        event: EventId,
        title: &str,
        text: &str,
        now: Time,
    ) {
        let thread = format!("{}/event/{event}", self.store);
        self.tell_first(program, MessageKind::Note, thread, title, text, now);
    }

    /// Tells whoever owns a runbook that it changes nothing, since its version does not say what it does.
    pub(super) fn tell_of_shadow(&mut self, loaded: &Loaded, why: &str, now: Time) {
        let program = &loaded.program;
        let thread = format!(
            "{}/version/{}/{}",
            self.store, program.runbook, program.version
        );
        let title = format!("{} changes nothing", program.runbook);
        let text = format!(
            "{why}. Until then it runs as a shadow: it looks and tells, and changes nothing. \
             Runs that are under way go on with the code that they began with."
        );
        self.tell_first(program, MessageKind::Note, thread, &title, &text, now);
    }

    /// Pages the owners of everything that is loaded, each once, with what concerns the agent.
    pub(super) fn tell_owners(&mut self, text: &str, now: Time) {
        let all = self.runbooks.all();
        let programs: Vec<_> = all.iter().map(|loaded| loaded.program.clone()).collect();
        let mut told = BTreeSet::new();
        for program in programs {
            if link(&program, 0).is_some_and(|(_, address, _)| told.insert(address)) {
                let thread = format!("{}/agent", self.store);
                self.tell_first(
                    &program,
                    MessageKind::Page,
                    thread,
                    "the ops agent",
                    text,
                    now,
                );
            }
        }
    }

    pub(super) fn tell_first(
        &mut self,
        program: &Program,
        kind: MessageKind,
        thread: String,
        title: &str,
        text: &str,
        now: Time,
    ) {
        let Some((role, address, _)) = link(program, 0) else {
            return;
        };
        let message = Message {
            kind,
            incident: None,
            thread: thread.into(),
            at: now,
            package: program.package.clone(),
            runbook: program.runbook.clone(),
            severity: severity(program),
            title: title.to_owned(),
            text: escape_text(text, SHOWN_CHARACTERS),
            reason: None,
            roles: vec![role],
            evidence: Vec::new(),
            answer: String::new(),
            notes: Notes::default(),
        };
        self.queue(&address, message, 0, now);
    }
}
