//! What stops changes: who did, who heard of it last, and whether anything that is loaded belongs to it.

use super::Model;
use crate::journal::{Fact, Hold, Scope, Write};
use crate::value::Time;

impl Model {
    /// Puts what a fact changes of a freeze in its place, and gives the row that has to be written beside the fact.
    pub(super) fn take_freeze(&mut self, fact: &Fact, at: Time) -> Option<Write> {
        match fact {
            Fact::ChangesFrozen(fact) => {
                let hold = Hold {
                    by: fact.by.clone(),
                    why: fact.why.clone(),
                    since: at,
                    told: fact.told.clone(),
                    is_empty: false,
                };
                self.freezes.insert(fact.scope.clone(), hold.clone());
                Some(Write::Hold(fact.scope.clone(), Some(hold)))
            }
            Fact::ChangesReleased(fact) => {
                self.freezes.remove(&fact.scope);
                Some(Write::Hold(fact.scope.clone(), None))
            }
            Fact::FreezeReminded(fact) => self.differs(&fact.scope, |hold| hold.hears(&fact.to)),
            Fact::FreezeReaches(fact) => self.differs(&fact.scope, |hold| {
                hold.is_empty = !fact.anything;
                hold.hears(&fact.to);
            }),
            _ => None,
        }
    }

    fn differs(&mut self, scope: &Scope, change: impl FnOnce(&mut Hold)) -> Option<Write> {
        let hold = self.freezes.get_mut(scope)?;
        let before = hold.clone();
        change(hold);
        (*hold != before).then(|| Write::Hold(scope.clone(), Some(hold.clone())))
    }
}
