//! Where the machine has passed: for who counts what tests reach.
//!
//! In: stretches of straight code when they are left, jumps, loops. Out: whether a mark was passed. Costs the
//! machine one branch a jump when nobody counts, and nothing an instruction.

use crate::program::points::{Mark, Passed};
use crate::program::{Address, FunctionIndex, Program};

/// What was passed in the code of one program.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// By function and instruction, the bits of [`Passed`].
    functions: Vec<Vec<u8>>,
}

impl Trace {
    /// Nothing of this program was passed yet.
    pub fn new(program: &Program) -> Trace {
        let functions = program.functions.iter();
        Trace {
            functions: functions.map(|one| vec![0; one.code.len()]).collect(),
        }
    }

    /// Whether the mark was passed.
    pub fn has(&self, mark: Mark) -> bool {
        let function = self.functions.get(mark.function.index());
        let seen = function.and_then(|function| function.get(mark.at.index()));
        seen.is_some_and(|seen| seen & mark.passed.bit() != 0)
    }

    /// What is passed in one function.
    pub(super) fn of(&mut self, function: FunctionIndex) -> Option<Passing<'_>> {
        let seen = self.functions.get_mut(function.index())?;
        Some(Passing { seen })
    }
}

/// One function while it runs.
pub(super) struct Passing<'t> {
    seen: &'t mut [u8],
}

impl Passing<'_> {
    /// Straight code was run from here to there, both included.
    pub(super) fn straight(&mut self, from: Address, to: Address) {
        let code = self.seen.get_mut(from.index()..=to.index());
        for seen in code.unwrap_or_default() {
            *seen |= Passed::Reached.bit();
        }
    }

    /// The instruction takes the elements of a loop that runs so often.
    pub(super) fn rounds(&mut self, at: Address, rounds: Option<u64>) {
        match rounds {
            None => {}
            Some(0) => self.at(at, Passed::None),
            Some(1) => self.at(at, Passed::One),
            Some(_) => self.at(at, Passed::Many),
        }
    }

    /// Something else happened at the instruction.
    pub(super) fn at(&mut self, at: Address, passed: Passed) {
        if let Some(seen) = self.seen.get_mut(at.index()) {
            *seen |= passed.bit();
        }
    }
}
