//! What has to be so on the way to a finding, so that the ways of two diagnoses can be held against each other.
//!
//! In: built by `analysis`. Out: clauses, of each of which at least one part is so; in a lock the conditions have numbers.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::ConditionHash;
use super::core_hash::NoHash;

/// All that has to be so where something is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// What the innermost branch around asks.
    pub by: Vec<Clause>,
    /// What the other branches ask, and that nothing before has ended the path.
    pub on: Vec<Clause>,
}

/// At least one of these is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause(pub Vec<Literal>);

/// One condition that is so, or is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Literal {
    pub is_so: bool,
    pub asked: Asked,
}

/// A condition that ways are made of; as text `1f2e3d4c5b6a7988`, or behind what it is a value of and `=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Asked {
    /// What has one value at a time, where the condition asks whether it is a certain one.
    pub of: Option<ConditionHash>,
    pub what: ConditionHash,
}

/// A way with numbers for its conditions: `0 1 / !2|3 !4`, before the bar what the innermost branch asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Numbered {
    by: Vec<Vec<Part>>,
    on: Vec<Vec<Part>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    is_so: bool,
    number: usize,
}

/// The conditions that have a number, each once.
#[derive(Default)]
pub struct Numbers {
    all: Vec<Asked>,
    at: BTreeMap<Asked, usize>,
}

impl Numbers {
    /// In the order of their numbers.
    pub fn into_all(self) -> Vec<Asked> {
        self.all
    }

    fn of(&mut self, asked: Asked) -> usize {
        *self.at.entry(asked).or_insert_with(|| {
            self.all.push(asked);
            self.all.len() - 1
        })
    }
}

impl Numbered {
    /// Gives the conditions of a way numbers.
    pub fn new(way: &Way, numbers: &mut Numbers) -> Numbered {
        let mut part = |literal: &Literal| Part {
            is_so: literal.is_so,
            number: numbers.of(literal.asked),
        };
        let mut parts = |clauses: &[Clause]| -> Vec<Vec<Part>> {
            let each = clauses.iter();
            each.map(|clause| clause.0.iter().map(&mut part).collect())
                .collect()
        };
        Numbered {
            by: parts(&way.by),
            on: parts(&way.on),
        }
    }

    /// The way; none where it has a number that is not among these.
    pub fn way(&self, all: &[Asked]) -> Option<Way> {
        let literal = |part: &Part| {
            let is_so = part.is_so;
            let asked = *all.get(part.number)?;
            Some(Literal { is_so, asked })
        };
        let clauses = |parts: &[Vec<Part>]| -> Option<Vec<Clause>> {
            let clause = |parts: &Vec<Part>| parts.iter().map(literal).collect::<Option<_>>();
            parts
                .iter()
                .map(|parts| clause(parts).map(Clause))
                .collect()
        };
        Some(Way {
            by: clauses(&self.by)?,
            on: clauses(&self.on)?,
        })
    }
}

impl Literal {
    /// A condition, given the hash of it and that of its opposite: whichever of the two is written, it is one.
    pub fn new(so: ConditionHash, not: ConditionHash) -> Literal {
        let what = so.min(not);
        Literal {
            is_so: so <= not,
            asked: Asked { of: None, what },
        }
    }

    pub fn not(self) -> Literal {
        Literal {
            is_so: !self.is_so,
            ..self
        }
    }
}

impl Way {
    /// All of its clauses.
    pub fn clauses(&self) -> impl Iterator<Item = &Clause> {
        self.by.iter().chain(&self.on)
    }

    /// Whether both may be so at once, as far as single conclusions tell: true where in doubt. Quadratic in the clauses.
    pub fn meets(&self, other: &Way) -> bool {
        let mut open: Vec<&Clause> = self.clauses().chain(other.clauses()).collect();
        let mut known = Known::default();
        loop {
            let (mut rest, mut learned) = (Vec::new(), false);
            for clause in open {
                match known.concludes(clause) {
                    Concluded::Holds => {}
                    Concluded::Never => return false,
                    Concluded::Open => rest.push(clause),
                    Concluded::Only(literal) => {
                        known.learn(literal);
                        learned = true;
                    }
                }
            }
            if !learned {
                return true;
            }
            open = rest;
        }
    }
}

/// What is known to be so, or not.
#[derive(Default)]
struct Known {
    conditions: BTreeMap<ConditionHash, bool>,
    /// Which value it has.
    values: BTreeMap<ConditionHash, ConditionHash>,
}

enum Concluded {
    Holds,
    Never,
    /// It holds by this alone.
    Only(Literal),
    Open,
}

impl Known {
    fn says(&self, literal: Literal) -> Option<bool> {
        let Asked { of, what } = literal.asked;
        let is = self.conditions.get(&what).copied();
        let value = of.and_then(|of| self.values.get(&of));
        let is = is.or(value.map(|value| *value == what));
        is.map(|is| is == literal.is_so)
    }

    fn concludes(&self, clause: &Clause) -> Concluded {
        let mut open = None;
        for literal in &clause.0 {
            match (self.says(*literal), open) {
                (Some(true), _) => return Concluded::Holds,
                (Some(false), _) => {}
                (None, None) => open = Some(*literal),
                (None, Some(_)) => return Concluded::Open,
            }
        }
        open.map_or(Concluded::Never, Concluded::Only)
    }

    fn learn(&mut self, literal: Literal) {
        let Asked { of, what } = literal.asked;
        self.conditions.insert(what, literal.is_so);
        if let Some(of) = of.filter(|_| literal.is_so) {
            self.values.insert(of, what);
        }
    }
}

impl From<Asked> for String {
    fn from(asked: Asked) -> String {
        match asked.of {
            Some(of) => format!("{of}={}", asked.what),
            None => asked.what.to_string(),
        }
    }
}

impl TryFrom<String> for Asked {
    type Error = NoHash;

    fn try_from(text: String) -> Result<Asked, NoHash> {
        let (of, what) = match text.split_once('=') {
            Some((of, what)) => (Some(of.parse()?), what),
            None => (None, text.as_str()),
        };
        let what = what.parse()?;
        Ok(Asked { of, what })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = if self.is_so { "" } else { "!" };
        write!(out, "{not}{}", self.number)
    }
}

impl From<Numbered> for String {
    fn from(way: Numbered) -> String {
        let clause = |parts: &Vec<Part>| {
            let each: Vec<String> = parts.iter().map(Part::to_string).collect();
            each.join("|")
        };
        let before = way.by.iter().map(clause);
        let behind = way.on.iter().map(clause);
        let all: Vec<String> = before.chain(["/".to_owned()]).chain(behind).collect();
        all.join(" ")
    }
}

impl TryFrom<String> for Numbered {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Numbered, &'static str> {
        let part = |word: &str| {
            let (is_so, digits) = match word.strip_prefix('!') {
                Some(digits) => (false, digits),
                None => (true, word),
            };
            let number = digits.parse().ok()?;
            Some(Part { is_so, number })
        };
        let clause = |word: &str| word.split('|').map(part).collect::<Option<Vec<Part>>>();
        let clauses = |text: &str| -> Option<Vec<Vec<Part>>> {
            text.split_whitespace().map(clause).collect()
        };
        let both = || {
            let (by, on) = text.split_once('/')?;
            let (by, on) = (clauses(by)?, clauses(on)?);
            Some(Numbered { by, on })
        };
        both().ok_or("expected numbers of conditions before and behind a `/`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(name: u8) -> ConditionHash {
        ConditionHash([name; 8])
    }

    fn way(clauses: &[&[&str]]) -> Way {
        let literal = |word: &&str| {
            let (is_so, word) = match word.strip_prefix('!') {
                Some(word) => (false, word),
                None => (true, *word),
            };
            let (of, what) = match word.split_once('=') {
                Some((of, what)) => (Some(hash(of.as_bytes()[0])), what),
                None => (None, word),
            };
            let what = hash(what.as_bytes()[0]);
            let asked = Asked { of, what };
            Literal { is_so, asked }
        };
        let clause = |words: &&[&str]| Clause(words.iter().map(literal).collect());
        Way {
            by: Vec::new(),
            on: clauses.iter().map(clause).collect(),
        }
    }

    #[test]
    fn ways_that_cannot_both_be_so_do_not_meet() {
        let meet = |a: &[&[&str]], b: &[&[&str]]| (way(a).meets(&way(b)), way(b).meets(&way(a)));
        assert_eq!(meet(&[&["a"]], &[&["b"]]), (true, true));
        assert_eq!(meet(&[&["a"]], &[&["!a"], &["b"]]), (false, false));
        assert_eq!(meet(&[&["a"], &["b"]], &[&["!a", "!b"]]), (false, false));
        assert_eq!(meet(&[&["a"]], &[&["!a", "!b"]]), (true, true));
        // One value at a time.
        assert_eq!(meet(&[&["m=x"]], &[&["m=y"]]), (false, false));
        assert_eq!(meet(&[&["!m=x"], &["!m=y"]], &[&["m=y"]]), (false, false));
        assert_eq!(meet(&[&["!m=x"]], &[&["m=y"]]), (true, true));
        // Step by step.
        assert_eq!(
            meet(&[&["a"], &["!a", "b"]], &[&["!b", "!a"]]),
            (false, false)
        );
    }

    #[test]
    fn a_way_reads_what_it_writes() {
        let way = Way {
            by: way(&[&["m=x"]]).on,
            on: way(&[&["a", "!m=x"], &["!b"]]).on,
        };
        let mut numbers = Numbers::default();
        let numbered = Numbered::new(&way, &mut numbers);
        let all = numbers.into_all();
        let text = serde_json::to_string(&(&numbered, &all)).expect("plain data has a text");
        assert_eq!(
            text,
            r#"["0 / 1|!0 !2",["6d6d6d6d6d6d6d6d=7878787878787878","6161616161616161","6262626262626262"]]"#
        );
        let read: (Numbered, Vec<Asked>) = serde_json::from_str(&text).expect("it was written so");
        assert_eq!(read, (numbered.clone(), all.clone()));
        assert_eq!(numbered.way(&all), Some(way));
        assert_eq!(numbered.way(&all[..1]), None);
        for broken in ["", "0 1", "x /", "0 / 1|", "/ -1"] {
            let text = serde_json::to_string(broken).expect("plain data has a text");
            assert!(serde_json::from_str::<Numbered>(&text).is_err(), "{broken}");
        }
    }
}
