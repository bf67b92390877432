//! What stops changes: who did, who heard of it last, and whether anything that is loaded belongs to it.

use super::Model;
use crate::journal::{Fact, Freeze, Scope, Write};
use crate::value::Time;

impl Model {
    /// Puts what a fact changes of a freeze in its place, and gives the row that has to be written beside the fact.
    pub(super) fn take_freeze(&mut self, fact: &Fact, at: Time) -> Option<Write> {
        match fact {
            Fact::ChangesFrozen(fact) => {
                let freeze = Freeze {
                    by: fact.by.clone(),
                    why: fact.why.clone(),
                    since: at,
                    told: fact.told.clone(),
                    is_empty: false,
                };
                self.freezes.insert(fact.scope.clone(), freeze.clone());
                Some(Write::Freeze(fact.scope.clone(), Some(freeze)))
            }
            Fact::ChangesReleased(fact) => {
                self.freezes.remove(&fact.scope);
                Some(Write::Freeze(fact.scope.clone(), None))
            }
            Fact::FreezeReminded(fact) => {
                self.differs(&fact.scope, |freeze| freeze.hears(&fact.to))
            }
            Fact::FreezeReaches(fact) => self.differs(&fact.scope, |freeze| {
                freeze.is_empty = !fact.anything;
                freeze.hears(&fact.to);
            }),
            _ => None,
        }
    }

    fn differs(&mut self, scope: &Scope, change: impl FnOnce(&mut Freeze)) -> Option<Write> {
        let freeze = self.freezes.get_mut(scope)?;
        let before = freeze.clone();
        change(freeze);
        (*freeze != before).then(|| Write::Freeze(scope.clone(), Some(freeze.clone())))
    }
}
