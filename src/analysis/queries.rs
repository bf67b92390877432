//! What the queries of a package ask, each read once for all that judge by it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::literal::{self, Asked, Forms};

/// A query by its text, and what fills its holes.
type Query = (SmolStr, Vec<u32>);

/// The facts of each query by its text; nothing of one that is none.
#[derive(Default)]
pub struct Queries {
    read: RefCell<BTreeMap<Query, Option<Asked>>>,
    forms: RefCell<Forms>,
}

impl Queries {
    /// Holes with the same number are filled with the same.
    pub fn asked(&self, text: &str, filled: &[u32]) -> Option<Asked> {
        let mut read = self.read.borrow_mut();
        let asked = read.entry((text.into(), filled.to_vec()));
        *asked.or_insert_with(|| literal::asked(text, filled, &mut self.forms.borrow_mut()))
    }
}
