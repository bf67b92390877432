//! The `given` lines that nothing asked.
//!
//! In: each test that passed, with what was asked of it. Out: warnings, in the order of the tests. A test with cases
//! is one: a line that one of them asks for is not idle.

use super::case::Case;
use crate::diag::{Code, Diagnostic};
use crate::text::Span;

/// What was asked of the tests so far.
#[derive(Debug, Default)]
pub struct Idle {
    /// Each test by its place, with the lines that nothing has asked for yet.
    tests: Vec<(Span, Vec<Span>)>,
}

impl Idle {
    /// Notes a test, or one of its cases, which stand side by side.
    pub fn note(&mut self, case: &Case<'_>, asked: &[Span]) {
        let place = case.test.span;
        if let Some((last, left)) = self.tests.last_mut()
            && *last == place
        {
            return left.retain(|span| !asked.contains(span));
        }
        let observations = case.test.observations.iter().map(|given| given.span);
        let effects = case.test.effects.iter().map(|given| given.span);
        let events = case.test.told.iter().map(|(_, span)| *span);
        let lines = observations.chain(effects).chain(events);
        let left = lines.filter(|span| !asked.contains(span));
        self.tests.push((place, left.collect()));
    }

    /// What is idle.
    pub fn warnings(self) -> impl Iterator<Item = Diagnostic> {
        let lines = self.tests.into_iter().flat_map(|(_, left)| left);
        lines.map(|span| {
            let message = "nothing in this test asks for what this line gives";
            let found = Diagnostic::new(Code::IdleGiven, message, span, "never asked");
            let found = found.help("see whether it is misspelt; else take it out");
            found.fix("drop the line", span, "")
        })
    }
}
