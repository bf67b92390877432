//! What owners are told that concerns no incident: of their runbook, or of the agent itself; and who hears of what
//! nobody owns.

use std::collections::BTreeSet;
use std::sync::Arc;

use smol_str::SmolStr;

use super::Engine;
use super::duty::link;
use super::open::severity;
use super::runbooks::Loaded;
use crate::effect::Severity;
use crate::journal::{EventId, Message, MessageKind, Notes};
use crate::program::Program;
use crate::value::{SHOWN_CHARACTERS, Time, escape_text};

/// Somebody who hears of something: an address, and what it stands for.
pub(super) struct Hearer {
    pub to: SmolStr,
    pub roles: Vec<SmolStr>,
    /// The code that says so, where one does.
    pub code: Option<Arc<Program>>,
}

/// Whoever is told first of these runbooks, each address once.
pub(super) fn first_of(programs: impl IntoIterator<Item = Arc<Program>>) -> Vec<Hearer> {
    let mut known = BTreeSet::new();
    let first = programs.into_iter().filter_map(|program| {
        let (role, to, _) = link(&program, 0)?;
        known.insert(to.clone()).then(|| Hearer {
            to,
            roles: vec![role],
            code: Some(program),
        })
    });
    first.collect()
}

impl Engine {
    /// Who hears of what nobody owns: whoever the settings name for the platform, or else every owner.
    pub(super) fn anybody(&self) -> Vec<Hearer> {
        match &self.platform {
            Some(platform) => vec![Hearer {
                to: platform.clone(),
                roles: vec!["platform".into()],
                code: None,
            }],
            None => first_of(self.runbooks.programs()),
        }
    }

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
            "{why}. Until then it runs as a shadow: it observes and reports, and changes nothing. \
             Runs that are under way go on with the code that they began with."
        );
        self.tell_first(program, MessageKind::Note, thread, &title, &text, now);
    }

    /// Pages the owners of everything that is loaded, each once, with what concerns the agent.
    pub(super) fn tell_owners(&mut self, text: &str, now: Time) {
        for hearer in first_of(self.runbooks.programs()) {
            let thread = format!("{}/agent", self.store);
            if let Some(program) = hearer.code {
                let kind = MessageKind::Page;
                self.tell_first(&program, kind, thread, "the ops agent", text, now);
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
            ..of_code(program, note(now, &thread, title, text, vec![role]))
        };
        self.queue(&address, message, 0, now);
    }

    /// Tells all of these, by a note.
    pub(super) fn tell_all(
        &mut self,
        hearers: &[Hearer],
        thread: &str,
        title: &str,
        text: &str,
        now: Time,
    ) {
        for hearer in hearers {
            let note = note(now, thread, title, text, hearer.roles.clone());
            let note = match &hearer.code {
                Some(program) => of_code(program, note),
                None => note,
            };
            self.queue(&hearer.to, note, 0, now);
        }
    }
}

fn of_code(program: &Program, message: Message) -> Message {
    Message {
        package: program.package.clone(),
        runbook: program.runbook.clone(),
        severity: severity(program),
        ..message
    }
}

/// What concerns no incident and asks for no answer.
pub(super) fn note(
    at: Time,
    thread: &str,
    title: &str,
    text: &str,
    roles: Vec<SmolStr>,
) -> Message {
    Message {
        kind: MessageKind::Note,
        incident: None,
        thread: thread.into(),
        at,
        package: SmolStr::default(),
        runbook: SmolStr::new_static("agent"),
        severity: Severity::Sev3,
        title: title.to_owned(),
        text: escape_text(text, SHOWN_CHARACTERS),
        reason: None,
        roles,
        evidence: Vec::new(),
        answer: String::new(),
        notes: Notes::default(),
    }
}
