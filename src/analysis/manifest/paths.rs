//! What has to be so where a statement is reached: the branches around it, and all before it that may have ended the
//! path.

use std::ops::Range;

use crate::analysis::core::Asks;
use crate::program::manifest::{Clause, ConditionHash, Literal, Way};

/// How much of what has to be so on a way is told.
const MOST: usize = 64;

/// Something that has to be so.
#[derive(Clone)]
pub struct Asked {
    pub asks: Asks,
    /// Where it is not so, people hear of that: by a `guard`, a `page`, a `hand`.
    pub is_told: bool,
    /// By a `guard`, which is looked at again right before each change.
    pub is_guard: bool,
    /// By a `with do` around: as long as what it did lasts.
    pub is_held: bool,
}

impl Asked {
    pub fn guard(asks: Asks) -> Asked {
        Asked {
            asks,
            is_told: true,
            is_guard: true,
            is_held: false,
        }
    }

    /// The same behind the block that it stands in.
    pub fn behind(self) -> Asked {
        Asked {
            is_guard: false,
            ..self
        }
    }

    /// By a branch, or by what ends a path and tells nobody.
    pub fn branch(asks: Asks) -> Asked {
        Asked {
            asks,
            is_told: false,
            is_guard: false,
            is_held: false,
        }
    }

    /// By the `with do` that it stands in.
    pub fn held(hash: ConditionHash) -> Asked {
        Asked {
            is_held: true,
            ..Asked::branch(Asks::always(hash))
        }
    }
}

/// Whether what stands behind a part of a body is reached.
pub enum Onward {
    /// The part always ends the path, and people hear of it or not.
    Never { is_told: bool },
    /// Where all of these are so; without any, always.
    Where(Vec<Asked>),
}

impl Onward {
    pub const ALWAYS: Onward = Onward::Where(Vec::new());

    /// Where each of these is so.
    pub fn each(each: Vec<Asks>, asked: fn(Asks) -> Asked) -> Onward {
        Onward::Where(each.into_iter().map(asked).collect())
    }
}

/// What is known to be so, from outside in and from first to last.
#[derive(Default)]
pub struct Known {
    asked: Vec<Asked>,
    /// Of the branches and of what ends a path unheard, each with all before it.
    paths: Vec<Option<ConditionHash>>,
}

impl Known {
    pub fn len(&self) -> usize {
        self.asked.len()
    }

    pub fn truncate(&mut self, len: usize) {
        self.asked.truncate(len);
        self.paths.truncate(len);
    }

    /// `path` is the hash of all that people would not hear of, with this one among it.
    pub fn push(&mut self, asked: Asked, path: Option<ConditionHash>) {
        self.asked.push(asked);
        self.paths.push(path);
    }

    /// The hash of them; none where there are none.
    pub fn path(&self) -> Option<ConditionHash> {
        self.paths.last().copied().flatten()
    }

    /// Whether whatever is reached by that path is reached before here.
    pub fn is_below(&self, path: Option<ConditionHash>) -> bool {
        path.is_none() || self.paths.contains(&path)
    }

    /// All of it, sorted, each once.
    pub fn hashes(&self) -> Vec<ConditionHash> {
        sorted(self.asked.iter())
    }

    /// All that is asked on the way here; the innermost branch asks for these of it. Of a long way the nearest is enough:
    /// what is left out would only rule more out.
    pub fn way(&self, innermost: &Range<usize>) -> Way {
        let by = self.asked.get(innermost.clone()).unwrap_or_default();
        let before = self.asked.get(..innermost.start).unwrap_or_default();
        let behind = self.asked.get(innermost.end..).unwrap_or_default();
        let nearest = behind.iter().rev().chain(before.iter().rev());
        let nearest = nearest.flat_map(|one| &one.asks.clauses).take(MOST);
        let mut on: Vec<Clause> = nearest.cloned().collect();
        on.reverse();
        let by = by.iter().flat_map(|one| one.asks.clauses.clone()).collect();
        Way { by, on }
    }

    /// Of these what a `with do` around did.
    pub fn held(&self) -> Vec<ConditionHash> {
        sorted(self.asked.iter().filter(|asked| asked.is_held))
    }

    /// All that has to be so, from outside in.
    pub fn all(&self) -> &[Asked] {
        &self.asked
    }
}

fn sorted<'a>(asked: impl Iterator<Item = &'a Asked>) -> Vec<ConditionHash> {
    let mut hashes: Vec<ConditionHash> = asked.map(|asked| asked.asks.hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// What has to be so where not all of these are.
pub fn otherwise(clauses: &[Clause]) -> Vec<Clause> {
    match clauses {
        [] => Vec::new(),
        // Not of one: nothing of it.
        [Clause(one)] => one.iter().map(|part| Clause(vec![part.not()])).collect(),
        // Where each is one part: one of them is not so.
        several if several.iter().all(|clause| clause.0.len() == 1) => {
            let parts = several.iter().flat_map(|clause| &clause.0);
            vec![Clause(parts.copied().map(Literal::not).collect())]
        }
        // Too much to tell, which rules nothing out.
        _ => Vec::new(),
    }
}
