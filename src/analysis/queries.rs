//! What the queries of a package ask, each read once for all that judge by it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::literal::{self, Asked};

/// The facts of each query by its text; nothing of one that is none.
#[derive(Default)]
pub struct Queries {
    read: RefCell<BTreeMap<SmolStr, Option<Asked>>>,
}

impl Queries {
    pub fn asked(&self, text: &str) -> Option<Asked> {
        let mut read = self.read.borrow_mut();
        match read.get(text) {
            Some(known) => *known,
            None => *read.entry(text.into()).or_insert(literal::asked(text)),
        }
    }
}
