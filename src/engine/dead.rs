//! Dead letters: what nobody could deal with is kept, and somebody hears of it.
//!
//! Of each kind, a code and a name of an alert or event, somebody hears once an hour, with how many
//! there were, and nobody of more than a few kinds in an hour; whoever is spared the rest hears that. What a
//! runbook names is counted by itself: nothing else takes its owner's ears. What is damaged is told each time, all
//! that is found together in one note. Told are the owners of the runbooks that
//! name it; where none does, whoever the settings name for the platform, or else every owner.
//! Whoever asked for a runbook is answered, and nobody else is told. An agent that begins recalls what was told
//! from its messages.

mod recall;

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::owner::{Hearer, first_of, note};
use super::{Accepted, Engine};
use crate::diag::Code;
use crate::journal::{
    DeadLetter, DeadLetterReplayed, DeadLettered, Disposition, EventId, LetterId, Message, Source,
    Write,
};
use crate::planted::Planted;
use crate::value::{SHOWN_CHARACTERS, Time, escape_text};

/// How often somebody hears of one kind, in milliseconds.
const OFTEN: i64 = 60 * 60_000;
/// The most kinds that one address is told in an hour, of what is counted together.
const MOST: u32 = 20;
/// The most kinds that are remembered; the one that was told longest ago goes first.
const KINDS: usize = 1_000;
/// What whoever is spared the rest is told.
const NO_MORE: &str = " Further kinds are not reported within this hour.";
/// What a list leaves free for what is said behind it.
const RESERVE: usize = 100;
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

/// What was told.
#[derive(Debug, Default)]
pub(super) struct Dead {
    told: BTreeMap<Kind, Told>,
    /// Of the hour in which somebody hears, by address.
    hours: BTreeMap<(SmolStr, Class), Hour>,
}

/// A code, and the name of the alert or event, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    code: SmolStr,
    name: String,
}

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    /// A runbook names it.
    Named,
    /// It is a record that is damaged.
    Damaged,
    /// It has no name, as what a sender left out: there are as many kinds as codes.
    Nameless,
    Other,
}

#[derive(Clone, Copy, Debug)]
struct Told {
    at: Time,
    /// How many there were since.
    since: u64,
    /// An earlier agent told it: there may have been more.
    is_recalled: bool,
}

#[derive(Clone, Copy, Debug)]
struct Hour {
    begun: Time,
    /// How much was told in it.
    told: u32,
}

/// What somebody hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hears {
    It,
    /// It, and that it is the last in this hour.
    Last,
    Nothing,
}

/// A letter about a record that is damaged.
pub(super) struct Damaged {
    pub letter: DeadLetter,
    /// The runbook that it was for, if that is known.
    pub runbook: Option<SmolStr>,
}

/// Who hears, once for each address, in which role, and of what.
#[derive(Default)]
struct Heard {
    roles: Vec<SmolStr>,
    first: LetterId,
    of: Vec<String>,
}

impl Dead {
    /// What was told of this kind, of which there are one and so many more now; none if it is too early to tell it again.
    fn unheard(&mut self, kind: Kind, more: u64, now: Time) -> Option<Told> {
        let first = Told {
            at: now,
            since: 0,
            is_recalled: false,
        };
        match self.told.get_mut(&kind) {
            Some(told) if now.millis().saturating_sub(told.at.millis()) < OFTEN => {
                told.since += 1 + more;
                None
            }
            Some(told) => Some(std::mem::replace(told, first)),
            None => {
                self.remember(kind, first);
                Some(first)
            }
        }
    }

    fn remember(&mut self, kind: Kind, told: Told) {
        if self.told.len() >= KINDS
            && let Some(oldest) = self.told.iter().min_by_key(|(_, told)| told.at)
        {
            let oldest = oldest.0.clone();
            self.told.remove(&oldest);
        }
        self.told.insert(kind, told);
    }

    /// Whether somebody hears one more.
    fn hears(&mut self, to: &SmolStr, class: Class, now: Time) -> Hears {
        let first = Hour {
            begun: now,
            told: 0,
        };
        let hour = self.hours.entry((to.clone(), class)).or_insert(first);
        if now.millis().saturating_sub(hour.begun.millis()) >= OFTEN {
            *hour = first;
        }
        hour.told = hour.told.saturating_add(1);
        match hour.told {
            ..=MOST => Hears::It,
            told if told == MOST + 1 => Hears::Last,
            _ => Hears::Nothing,
        }
    }

    /// Something was told by an earlier agent, within the hour.
    fn recall(&mut self, kind: Kind, to: SmolStr, class: Class, at: Time) {
        let none = Hour { begun: at, told: 0 };
        let hour = self.hours.entry((to, class)).or_insert(none);
        hour.begun = hour.begun.min(at);
        hour.told = hour.told.saturating_add(1);
        let known = self.told.get(&kind).map(|told| told.at);
        let told = Told {
            at: known.map_or(at, |known| known.max(at)),
            since: 0,
            is_recalled: true,
        };
        self.remember(kind, told);
    }
}

impl Engine {
    /// Keeps what could not be dealt with, and tells somebody. `name` is what the sender calls it, as
    /// far as that is known; `more` of its kind came with it, and are not kept.
    pub fn bury(&mut self, letter: DeadLetter, name: &str, more: u64) {
        let heard = self.who_hears(name);
        let owner = heard.first().map(|hearer| hearer.to.clone());
        self.tell_of(&letter, name, more, heard);
        self.keep_letter(letter, owner);
    }

    /// Keeps what is said of records that are damaged, and tells it: each time, and all of it together.
    pub(super) fn bury_damaged(&mut self, damaged: Vec<Damaged>, now: Time) {
        let mut heard: BTreeMap<SmolStr, Heard> = BTreeMap::new();
        for Damaged { letter, runbook } in damaged {
            let named = runbook.and_then(|runbook| self.runbooks.named(&runbook));
            let hears = match first_of(named.map(|loaded| loaded.program.clone())) {
                owner if owner.is_empty() => self.anybody(),
                owner => owner,
            };
            let owner = hears.first().map(|hearer| hearer.to.clone());
            let id = self.model.next_letter();
            for hearer in hears {
                let first = Heard {
                    first: id,
                    ..Heard::default()
                };
                let heard = heard.entry(hearer.to).or_insert(first);
                heard.roles.extend(hearer.roles);
                heard.of.push(letter.why.clone());
            }
            self.keep_letter(letter, owner);
        }
        let code = Code::StoreCorrupt.as_str();
        for (to, heard) in heard {
            let more = match self.dead.hears(&to, Class::Damaged, now) {
                Hears::Nothing => continue,
                Hears::Last => NO_MORE,
                Hears::It => "",
            };
            let title = match heard.of.len() {
                1 => format!("a dead letter ({code})"),
                many => format!("{many} dead letters ({code})"),
            };
            let text = format!("{}{more}", listed(&heard.of));
            let thread = format!("{}{code}/{}", self.dead_threads(), heard.first);
            let roles: BTreeSet<SmolStr> = heard.roles.into_iter().collect();
            let message = Message {
                answer: "`rbk dead list` shows all of them".to_owned(),
                ..note(now, &thread, &title, &text, roles.into_iter().collect())
            };
            self.queue(&to, message, 0, now);
        }
    }

    /// How the threads begin in which dead letters are told.
    fn dead_threads(&self) -> String {
        format!("{}/dead/", self.store)
    }

    fn class(&self, code: &str, name: &str) -> Class {
        match self.runbooks.naming(name).is_empty() {
            _ if code == Code::StoreCorrupt.as_str() => Class::Damaged,
            _ if name.is_empty() => Class::Nameless,
            false => Class::Named,
            true => Class::Other,
        }
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

    fn tell_of(&mut self, letter: &DeadLetter, name: &str, further: u64, heard: Vec<Hearer>) {
        if matches!(letter.source, Source::Request(_)) {
            return;
        }
        let shown = escape_text(name, NAME);
        let kind = Kind {
            code: letter.code.clone(),
            name: shown.clone(),
        };
        let Some(told) = self.dead.unheard(kind, further, letter.at) else {
            return;
        };
        let class = self.class(&letter.code, name);
        let title = match shown.is_empty() {
            true => format!("a dead letter ({})", letter.code),
            false => format!("a dead letter ({}): {shown}", letter.code),
        };
        // Of what came with it the letter itself says how many there are.
        let all = told.since + 1 + further;
        let many = match (told.since, told.is_recalled) {
            (0, _) => String::new(),
            (_, false) => {
                format!(" There were {all} of this kind since somebody was told.")
            }
            (_, true) => {
                format!(" There were at least {all} of this kind since somebody was told.")
            }
        };
        let why = format!("{}. Nothing was done about it.", letter.why);
        let thread = format!("{}{}/{shown}", self.dead_threads(), letter.code);
        for Hearer { to, roles, .. } in heard {
            let (title, more) = match self.dead.hears(&to, class, letter.at) {
                Hears::Nothing => continue,
                Hears::Last => ("many kinds of dead letters".to_owned(), NO_MORE),
                Hears::It => (title.clone(), many.as_str()),
            };
            let text = format!("{why}{more}");
            let answer = "`rbk dead list` shows all of them, for an hour nobody is told again";
            let message = Message {
                answer: answer.to_owned(),
                ..note(letter.at, &thread, &title, &text, roles)
            };
            self.queue(&to, message, 0, letter.at);
        }
    }

    fn who_hears(&self, name: &str) -> Vec<Hearer> {
        match first_of(self.runbooks.naming(name)) {
            naming if naming.is_empty() => self.anybody(),
            naming => naming,
        }
    }
}

/// What is damaged, as much of it as a note shows.
fn listed(all: &[String]) -> String {
    let mut text = String::new();
    for (place, one) in all.iter().enumerate() {
        if place > 0 && text.chars().count() + one.chars().count() > SHOWN_CHARACTERS - RESERVE {
            let more = all.len() - place;
            return format!("{text}; and {more} more.");
        }
        if place > 0 {
            text.push_str("; ");
        }
        text.push_str(one);
    }
    text.push('.');
    text
}
