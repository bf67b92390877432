//! Dead letters: what nobody could deal with is kept, and somebody hears of it.
//!
//! Of each kind, a code and a name of an alert or event, somebody hears once an hour, with how many
//! there were. Told are the owners of the runbooks that name it; where none does, whoever the settings
//! name for the platform, or else every owner. Whoever asked for a runbook is answered, and nobody
//! else is told.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::Engine;
use super::duty::link;
use crate::effect::Severity;
use crate::journal::{DeadLetter, DeadLettered, Message, MessageKind, Source, Write};
use crate::planted::Planted;
use crate::value::{SHOWN_CHARACTERS, Time, escape_text};

/// How often somebody hears of one kind, in milliseconds.
const OFTEN: i64 = 60 * 60_000;
/// The most kinds that are remembered; the one that was told longest ago goes first.
const KINDS: usize = 1_000;
/// How much of a name is repeated.
const NAME: usize = 80;

/// What was told, by code and name.
#[derive(Debug, Default)]
pub(super) struct Dead {
    told: BTreeMap<(SmolStr, String), Told>,
}

#[derive(Clone, Copy, Debug)]
struct Told {
    at: Time,
    /// How many there were since.
    since: u64,
}

impl Dead {
    /// How many letters of this kind nobody has heard of, with this one; none if it is too early.
    fn due(&mut self, kind: (SmolStr, String), now: Time) -> Option<u64> {
        let first = Told { at: now, since: 0 };
        match self.told.get_mut(&kind) {
            Some(told) if now.millis().saturating_sub(told.at.millis()) < OFTEN => {
                told.since += 1;
                None
            }
            Some(told) => {
                let unheard = told.since + 1;
                *told = first;
                Some(unheard)
            }
            None => {
                if self.told.len() >= KINDS
                    && let Some(oldest) = self.told.iter().min_by_key(|(_, told)| told.at)
                {
                    let oldest = oldest.0.clone();
                    self.told.remove(&oldest);
                }
                self.told.insert(kind, first);
                Some(1)
            }
        }
    }
}

impl Engine {
    /// Keeps what could not be dealt with, and tells somebody. `name` is what the sender calls it, as
    /// far as that is known.
    pub fn bury(&mut self, letter: DeadLetter, name: &str) {
        let owner = self.tell_of(&letter, name);
        self.keep_letter(letter, owner);
    }

    /// Keeps it, with whoever hears of it.
    pub(super) fn keep_letter(&mut self, letter: DeadLetter, owner: Option<SmolStr>) {
        if Planted::LettersLost.is_in() {
            return;
        }
        let dead = DeadLettered {
            letter: self.model.next_letter(),
            event: letter.event,
            source: letter.source.clone(),
            code: letter.code.clone(),
            why: letter.why.clone(),
            body: letter.body.clone(),
            owner,
        };
        self.decided(dead.into(), letter.at);
        self.desk.write(Write::Dead(letter));
    }

    /// Tells somebody; the first one who is told.
    fn tell_of(&mut self, letter: &DeadLetter, name: &str) -> Option<SmolStr> {
        if matches!(letter.source, Source::Request(_)) {
            return None;
        }
        let shown = escape_text(name, NAME);
        let kind = (letter.code.clone(), shown.clone());
        let unheard = self.dead.due(kind, letter.at)?;
        let title = match shown.is_empty() {
            true => format!("a dead letter ({})", letter.code),
            false => format!("a dead letter ({}): {shown}", letter.code),
        };
        let many = match unheard {
            1 => String::new(),
            many => format!(" There were {many} of this kind since somebody was told."),
        };
        let text = format!("{}. Nothing was done about it.{many}", letter.why);
        let thread = format!("{}/dead/{}/{shown}", self.store, letter.code);
        let told = self.who_hears(name);
        let first = told.first().map(|(to, _)| to.clone());
        for (to, roles) in told {
            let message = Message {
                kind: MessageKind::Note,
                incident: None,
                thread: thread.as_str().into(),
                at: letter.at,
                package: SmolStr::default(),
                runbook: "agent".into(),
                severity: Severity::Sev3,
                title: title.clone(),
                text: escape_text(&text, SHOWN_CHARACTERS),
                reason: None,
                roles,
                evidence: Vec::new(),
                answer: "`rbk dead list` shows all of them, for an hour nobody is told again"
                    .to_owned(),
            };
            self.queue(&to, message, 0, letter.at);
        }
        first
    }

    /// Addresses, each once, with the role that it stands for.
    fn who_hears(&self, name: &str) -> Vec<(SmolStr, Vec<SmolStr>)> {
        let naming = self.runbooks.naming(name);
        let programs = match (naming.is_empty(), &self.platform) {
            (false, _) => naming,
            (true, Some(platform)) => return vec![(platform.clone(), Vec::new())],
            (true, None) => {
                let all = self.runbooks.all().iter();
                all.map(|loaded| loaded.program.clone()).collect()
            }
        };
        let mut known = BTreeSet::new();
        let owners = programs.iter().filter_map(|program| {
            let (role, address, _) = link(program, 0)?;
            known.insert(address.clone()).then(|| (address, vec![role]))
        });
        owners.collect()
    }
}
