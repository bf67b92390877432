//! Who is let in, and under which names the agent is called: what a reload may change while calls arrive.

use std::sync::{Arc, PoisonError, RwLock};

use crate::host::Known;

/// Who may come in, at one moment.
#[derive(Debug)]
pub struct Rules {
    pub callers: Vec<Known>,
    /// Names that this agent has, in small letters.
    pub names: Vec<String>,
}

/// The rules that hold now.
#[derive(Clone, Debug)]
pub struct Door(Arc<RwLock<Arc<Rules>>>);

impl Door {
    pub fn new(rules: Rules) -> Door {
        Door(Arc::new(RwLock::new(Arc::new(rules))))
    }

    pub fn rules(&self) -> Arc<Rules> {
        // Whoever holds it only puts one pointer in place of another.
        let rules = self.0.read().unwrap_or_else(PoisonError::into_inner);
        rules.clone()
    }

    pub fn change(&self, rules: Rules) {
        let mut now = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *now = Arc::new(rules);
    }
}
