//! Lists made of others, and what is collected of them.

use crate::analysis::world::term::{Id, Node};
use crate::typed::{Collect, Comprehension};

use super::{Eval, Scope};

/// How many choices, one in the other, a list is taken apart by.
const CHOICES: u32 = 4;

impl Eval<'_> {
    pub(super) fn comprehension(&mut self, scope: &mut Scope, comprehension: &Comprehension) -> Id {
        let source = self.expr(scope, &comprehension.source);
        self.comprehended(scope, comprehension, source, CHOICES)
    }

    /// The same over a list that is one of several: it is one of several, too.
    fn comprehended(
        &mut self,
        scope: &mut Scope,
        comprehension: &Comprehension,
        source: Id,
        choices: u32,
    ) -> Id {
        if let Node::Choose {
            condition,
            then,
            otherwise,
        } = *self.terms.table.node(source)
            && let Some(choices) = choices.checked_sub(1)
        {
            let [then, otherwise] =
                [then, otherwise].map(|one| self.comprehended(scope, comprehension, one, choices));
            return self.terms.choose(condition, then, otherwise);
        }
        let all = comprehension.collect == Collect::All;
        if (all || comprehension.collect == Collect::Any)
            && let Some(elements) = self.elements(source)
        {
            let about = (
                comprehension.condition.as_ref(),
                &comprehension.element,
                all,
            );
            return self.each_or_some(scope, comprehension.local, &elements, about);
        }
        let ty = &comprehension.source.ty;
        self.bind_element(scope, comprehension.local, source, ty);
        let test = match &comprehension.condition {
            Some(condition) => self.expr(scope, condition),
            None => self.terms.table.truth(true),
        };
        let element = self.expr(scope, &comprehension.element);
        self.leave_element();
        let filter = Node::Filter {
            source,
            test,
            element,
        };
        match comprehension.collect {
            Collect::List => self.terms.make(filter),
            Collect::Any => {
                let test = self.terms.and(test, element);
                self.terms.make(Node::Any { source, test })
            }
            Collect::All => {
                let not = self.terms.not(test);
                let test = self.terms.or(not, element);
                self.terms.make(Node::All { source, test })
            }
            Collect::Count => {
                let list = self.terms.make(filter);
                self.terms.make(Node::Count(list))
            }
            Collect::Sum => {
                let list = self.terms.make(filter);
                self.terms.make(Node::Sum(list))
            }
            Collect::Min | Collect::Max => {
                let of = self.terms.make(filter);
                let largest = comprehension.collect == Collect::Max;
                self.terms.make(Node::Extreme { of, largest })
            }
        }
    }
}
