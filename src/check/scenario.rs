//! Tests.

use super::declare::Declared;
use super::state::Checker;

impl<'a> Checker<'a> {
    /// Every test.
    pub fn elaborate_tests(&mut self, _declared: &[Declared<'a>]) {}
}
