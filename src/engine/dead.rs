//! Dead letters: what nobody could deal with is kept, and somebody hears of it.
//!
//! Of each kind, a code and a name of an alert or event, somebody hears once an hour, with how many
//! there were, and of no more than a few kinds in an hour. Told are the owners of the runbooks that
//! name it; where none does, whoever the settings name for the platform, or else every owner.
//! Whoever asked for a runbook is answered, and nobody else is told.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::duty::link;
use super::{Accepted, Engine};
use crate::effect::Severity;
use crate::journal::{
    DeadLetter, DeadLetterReplayed, DeadLettered, Disposition, EventId, LetterId, Message,
    MessageKind, Notes, Source, Write,
};
use crate::planted::Planted;
use crate::value::{SHOWN_CHARACTERS, Time, escape_text};

/// How often somebody hears of one kind, in milliseconds.
const OFTEN: i64 = 60 * 60_000;
/// The most kinds that are told in an hour.
const MOST: u32 = 20;
/// The most kinds that are remembered; the one that was told longest ago goes first.
const KINDS: usize = 1_000;
/// How much of a name is repeated.
const NAME: usize = 80;

/// Somebody has a dead letter tried again.
#[derive(Clone, Debug)]
pub struct Replay {
    pub letter: LetterId,
    /// The event that the letter is about, if it was accepted as one.
    pub event: Option<EventId>,
    pub by: SmolStr,
}

/// What was told, by code and name.
#[derive(Debug, Default)]
pub(super) struct Dead {
    told: BTreeMap<(SmolStr, String), Told>,
    /// When the hour began, and how many kinds were told in it.
    hour: (Time, u32),
}

#[derive(Clone, Copy, Debug)]
struct Told {
    at: Time,
    /// How many there were since.
    since: u64,
}

/// What is to be told of a letter.
enum Due {
    Nothing,
    /// There were so many of the kind that nobody has heard of, with this one.
    Kind(u64),
    /// There are so many kinds that no more of them are told in this hour.
    Many,
}

impl Dead {
    fn due(&mut self, kind: (SmolStr, String), now: Time) -> Due {
        let Some(unheard) = self.unheard(kind, now) else {
            return Due::Nothing;
        };
        let (begun, kinds) = &mut self.hour;
        if now.millis().saturating_sub(begun.millis()) >= OFTEN {
            (*begun, *kinds) = (now, 0);
        }
        *kinds = kinds.saturating_add(1);
        match *kinds {
            ..=MOST => Due::Kind(unheard),
            kinds if kinds == MOST + 1 => Due::Many,
            _ => Due::Nothing,
        }
    }

    /// How many letters of this kind nobody has heard of, with this one; none if it is too early.
    fn unheard(&mut self, kind: (SmolStr, String), now: Time) -> Option<u64> {
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
        let heard = self.who_hears(name);
        let owner = heard.first().map(|(address, _)| address.clone());
        self.tell_of(&letter, name, heard);
        self.keep_letter(letter, owner);
    }

    /// Something that lay with the dead letters has arrived again: what became of it now, if it was
    /// taken, is what became of it.
    pub(super) fn replayed(&mut self, replay: Replay, accepted: &Accepted, now: Time) {
        let again = DeadLetterReplayed {
            letter: replay.letter,
            event: self.model.newest_event(),
            by: replay.by,
        };
        self.record(again, now);
        let Some(event) = replay.event else {
            return;
        };
        let disposition = match accepted {
            Accepted::Taken(incidents) => Disposition::Taken(incidents.clone()),
            Accepted::Joined(incident) => Disposition::Taken(vec![*incident]),
            Accepted::Kept => Disposition::Kept,
            Accepted::Dead { .. } => return,
        };
        self.desk.write(Write::Disposed { event, disposition });
    }

    /// Keeps a letter; `owner` is the address of whoever it concerns.
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
        self.record(dead, letter.at);
        self.desk.write(Write::Dead(letter));
    }

    fn tell_of(&mut self, letter: &DeadLetter, name: &str, heard: Vec<(SmolStr, Vec<SmolStr>)>) {
        if matches!(letter.source, Source::Request(_)) {
            return;
        }
        let shown = escape_text(name, NAME);
        let kind = (letter.code.clone(), shown.clone());
        let (title, more) = match self.dead.due(kind, letter.at) {
            Due::Nothing => return,
            Due::Many => {
                let title = "many kinds of dead letters".to_owned();
                (
                    title,
                    " Of no further kind is told in this hour.".to_owned(),
                )
            }
            Due::Kind(unheard) => {
                let title = match shown.is_empty() {
                    true => format!("a dead letter ({})", letter.code),
                    false => format!("a dead letter ({}): {shown}", letter.code),
                };
                let more = match unheard {
                    1 => String::new(),
                    many => {
                        format!(" There were {many} of this kind since somebody was told.")
                    }
                };
                (title, more)
            }
        };
        // What happened to the store itself is said with what became of it.
        let done = match letter.code == crate::diag::Code::StoreCorrupt.as_str() {
            true => "",
            false => " Nothing was done about it.",
        };
        let text = format!("{}.{done}{more}", letter.why);
        let thread = format!("{}/dead/{}/{shown}", self.store, letter.code);
        for (to, roles) in heard {
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
                notes: Notes::default(),
            };
            self.queue(&to, message, 0, letter.at);
        }
    }

    /// Addresses, each once, with the role that it stands for.
    fn who_hears(&self, name: &str) -> Vec<(SmolStr, Vec<SmolStr>)> {
        let naming = self.runbooks.naming(name);
        let programs = match (naming.is_empty(), &self.platform) {
            (false, _) => naming,
            (true, Some(platform)) => {
                return vec![(platform.clone(), vec!["platform".into()])];
            }
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
