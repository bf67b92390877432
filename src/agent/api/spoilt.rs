//! What cannot be dealt with of a notification, however much it is.
//!
//! In: each of it, in its order. Out: what is kept of it, the first of each kind among it, with how many more there
//! were. What is held meanwhile has a bound.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::super::alertmanager::{Bad, cut};
use crate::diag::Code;

/// So many are kept one by one, or of so many bytes.
const MOST: usize = 1_000;
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Beyond that, the first one of so many further kinds, and so much of each.
const KINDS: usize = 1_000;
const BRIEF: usize = 1024;

/// The first of it as it came, and the number of the rest.
#[derive(Default)]
pub struct Spoilt {
    kept: Vec<Kept>,
    bytes: usize,
    /// Where the newest one that is kept of each kind stands.
    newest: BTreeMap<(Code, SmolStr), usize>,
    /// Those that are kept although there were too many already.
    further: usize,
    /// How many more there were of kinds of which none is kept.
    of_others: u64,
}

/// One that is kept.
pub struct Kept {
    pub bad: Bad,
    /// How many more of its kind are not.
    pub more: u64,
}

impl Spoilt {
    pub fn add(&mut self, mut bad: Bad) {
        let kind = (bad.code, bad.name.clone());
        if self.kept.len() >= MOST || self.bytes >= MOST_BYTES {
            let newest = self.newest.get(&kind);
            if let Some(newest) = newest.and_then(|place| self.kept.get_mut(*place)) {
                newest.more += 1;
                return;
            }
            if self.further >= KINDS {
                self.of_others += 1;
                return;
            }
            self.further += 1;
            bad.body = cut(&bad.body, BRIEF).to_owned();
        }
        self.bytes += bad.body.len();
        self.newest.insert(kind, self.kept.len());
        self.kept.push(Kept { bad, more: 0 });
    }

    /// What is kept; the last one of a kind says how many more of it there were.
    pub fn letters(mut self) -> Vec<Kept> {
        for Kept { bad, more } in &mut self.kept {
            if *more > 0 {
                bad.why = format!(
                    "{}; {more} more of its kind in this notification cannot be dealt with either, and are not kept",
                    bad.why
                );
            }
        }
        if let (1.., Some(last)) = (self.of_others, self.kept.last_mut()) {
            last.bad.why = format!(
                "{}; {} more of other kinds in this notification cannot be dealt with either, and are not kept",
                last.bad.why, self.of_others
            );
        }
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(name: &str) -> Bad {
        Bad {
            code: Code::AlertMalformed,
            why: "odd".to_owned(),
            name: name.into(),
            body: "x".repeat(2 * BRIEF),
        }
    }

    #[test]
    fn each_kind_is_kept_and_all_of_it_counted() {
        let mut spoilt = Spoilt::default();
        (0..MOST + 7).for_each(|_| spoilt.add(bad("A")));
        (0..3).for_each(|_| spoilt.add(bad("B")));
        let kept = spoilt.letters();
        assert_eq!(kept.len(), MOST + 1);
        let counted: Vec<u64> = kept.iter().map(|kept| kept.more).collect();
        assert_eq!(counted.iter().sum::<u64>(), 7 + 2);
        let [.., a, b] = kept.as_slice() else {
            panic!("two kinds");
        };
        assert!(
            a.bad.why.starts_with("odd; 7 more of its kind"),
            "{}",
            a.bad.why
        );
        assert!(
            b.bad.why.starts_with("odd; 2 more of its kind"),
            "{}",
            b.bad.why
        );
        assert_eq!((&*b.bad.name, b.bad.body.len()), ("B", BRIEF));
    }

    #[test]
    fn what_is_held_has_a_bound_and_what_is_told_has_none() {
        let mut spoilt = Spoilt::default();
        (0..5_000).for_each(|number| spoilt.add(bad(&number.to_string())));
        let kept = spoilt.letters();
        assert_eq!(kept.len(), MOST + KINDS);
        let last = kept.last().map(|last| last.bad.why.as_str());
        let last = last.unwrap_or_default();
        assert!(last.contains("; 3000 more of other kinds"), "{last}");
    }
}
