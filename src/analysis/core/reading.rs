//! Readings of the world: of what, when, in which order, and how each comes to where it is met.

use sha2::{Digest as _, Sha256};

use super::canon::Digest;

/// The most readings that are told apart in one value.
const READINGS: usize = 64;

/// How often something was done or waited for before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u32);

impl Moment {
    pub(super) fn next(self) -> Moment {
        Moment(self.0.saturating_add(1))
    }

    /// How many moments lie between.
    pub fn since(self, before: Moment) -> u64 {
        u64::from(self.0.saturating_sub(before.0))
    }
}

/// One reading of the world: when, in which order, and of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reading {
    pub at: Moment,
    /// The readings of one body are numbered.
    pub number: u32,
    pub of: Digest,
}

/// How what was read comes to where it is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Through {
    /// As a value, which stays what it was.
    Value,
    /// By which target was chosen.
    Choice,
    /// By looking a target up: which one it is stays, and its fields are what they were then.
    Lookup,
}

/// Where something stands, which decides what of it grows old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// What a `guard` or a `verify` asks: it is looked at again, with the fields of targets.
    Live,
    /// What is looked at once.
    Once,
    /// Which target something is done to.
    Target,
}

impl Place {
    pub(super) fn counts(self, through: Through) -> bool {
        match (self, through) {
            (_, Through::Value) | (Place::Once, _) | (Place::Target, Through::Choice) => true,
            (Place::Live, Through::Choice | Through::Lookup) | (Place::Target, Through::Lookup) => {
                false
            }
        }
    }
}

/// The readings that are met in one part, each once, in the order in which they are met.
#[derive(Default)]
pub(super) struct Readings {
    each: Vec<(Reading, Through)>,
    /// Of those beyond the ones that are told apart, with where they stand in the body.
    more: Option<Sha256>,
}

impl Readings {
    pub fn iter(&self) -> impl Iterator<Item = &(Reading, Through)> {
        self.each.iter()
    }

    /// Of those beyond the ones that are told apart: another one where any of them is made elsewhere.
    pub fn more(&self) -> Option<Digest> {
        let more = self.more.clone();
        more.map(|more| more.finalize().into())
    }

    pub fn meet(&mut self, readings: &[Reading], through: Through) {
        for reading in readings {
            self.add(*reading, through);
        }
    }

    fn add(&mut self, reading: Reading, through: Through) {
        let room = self.each.len() < READINGS;
        match self
            .each
            .iter_mut()
            .find(|(known, by)| *known == reading && *by == through)
        {
            Some(_) => {}
            None if room => self.each.push((reading, through)),
            // Of too many the last one is as old as the oldest.
            None => {
                if let Some((last, _)) = self.each.last_mut() {
                    last.at = last.at.min(reading.at);
                }
                let Reading { at, number, of } = reading;
                let more = self.more.get_or_insert_default();
                more.update(at.0.to_le_bytes());
                more.update(number.to_le_bytes());
                more.update(of);
            }
        }
    }

    /// Which of those of one thing each is, from the first that was made on; none where there is one of each.
    pub fn ranks(&self) -> Option<Vec<u64>> {
        let rank = |(one, _): &(Reading, Through)| {
            let of = self.each.iter().map(|(other, _)| other);
            let of = of.filter(|other| other.of == one.of && other.number < one.number);
            of.count() as u64
        };
        let ranks: Vec<u64> = self.each.iter().map(rank).collect();
        ranks.iter().any(|rank| *rank > 0).then_some(ranks)
    }
}
