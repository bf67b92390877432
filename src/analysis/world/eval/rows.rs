//! Tables that the author wrote: which row is taken may be for words to say, but each row is known.

use crate::analysis::world::fold::ALTERNATIVES;
use crate::analysis::world::observe;
use crate::analysis::world::term::{Id, Node, Operation};
use crate::typed::{Expr, LocalId, Type};
use crate::value::Value;

use super::{Eval, Scope};

impl Eval<'_> {
    /// The elements of a list that is known element by element.
    pub(super) fn elements(&mut self, list: Id) -> Option<Vec<Id>> {
        match self.terms.table.node(list) {
            Node::List(elements) if elements.len() <= ALTERNATIVES => Some(elements.clone()),
            Node::Const(Value::List(values)) if values.len() <= ALTERNATIVES => {
                let values = values.to_vec();
                let made = values.into_iter();
                Some(made.map(|value| self.terms.table.constant(value)).collect())
            }
            _ => None,
        }
    }

    /// The keys and values of a map or a list that is known entry by entry.
    fn entries(&mut self, of: Id) -> Option<Vec<(Id, Id)>> {
        if let Node::Const(Value::Map(map)) = self.terms.table.node(of) {
            let entries = map.entries().to_vec();
            if entries.len() > ALTERNATIVES {
                return None;
            }
            let table = &mut self.terms.table;
            let made = entries.into_iter();
            return Some(
                made.map(|(key, value)| (table.constant(key), table.constant(value)))
                    .collect(),
            );
        }
        if let Node::Apply {
            what: Operation::Map,
            args,
        } = self.terms.table.node(of)
        {
            let pairs = args.chunks_exact(2).map(|pair| (pair[0], pair[1]));
            return (args.len() <= 2 * ALTERNATIVES).then(|| pairs.collect());
        }
        let elements = self.elements(of)?.into_iter().enumerate();
        let number = |at: usize| Value::Int(i64::try_from(at).unwrap_or(i64::MAX));
        Some(
            elements
                .map(|(at, element)| (self.terms.table.constant(number(at)), element))
                .collect(),
        )
    }

    /// `of[at]`: one of the values, whichever the key says; that there is none is a failure.
    pub(super) fn index(&mut self, of: Id, at: Id, ty: &Type) -> Id {
        if let Some(mut entries) = self.entries(of)
            && let Some((_, mut value)) = entries.pop()
        {
            for (key, other) in entries.into_iter().rev() {
                let same = self.terms.make(Node::Equal(at, key));
                value = self.terms.choose(same, other, value);
            }
            return value;
        }
        let mut facts = observe::inside(self.asks, self.terms.facts(of), ty);
        facts.within = self.terms.facts(of).within;
        let node = Node::Apply {
            what: Operation::Index,
            args: vec![of, at],
        };
        self.terms.table.put(node, facts)
    }

    /// What an expression about an element says of each element.
    fn of_each(
        &mut self,
        scope: &mut Scope,
        local: LocalId,
        elements: &[Id],
        about: &Expr,
    ) -> Vec<Id> {
        let mut said = Vec::with_capacity(elements.len());
        for element in elements {
            scope.set(local, *element);
            said.push(self.expr(scope, about));
        }
        said
    }

    /// `pick x in xs where c`: the first that fits.
    pub(super) fn picked(
        &mut self,
        scope: &mut Scope,
        local: LocalId,
        elements: &[Id],
        condition: &Expr,
    ) -> Id {
        let fits = self.of_each(scope, local, elements, condition);
        let mut picked = self.terms.table.constant(Value::None);
        for (element, fits) in elements.iter().zip(fits).rev() {
            let found = self.terms.make(Node::Wrap(*element));
            picked = self.terms.choose(fits, found, picked);
        }
        picked
    }

    /// What an optional holds that is one of several; where it is none nobody asks.
    pub(super) fn held(&mut self, of: Id) -> Option<Id> {
        let mut rows = Vec::new();
        let mut rest = of;
        while let Node::Choose {
            condition,
            then,
            otherwise,
        } = *self.terms.table.node(rest)
        {
            rows.push((condition, self.inner(then)?));
            rest = otherwise;
        }
        let mut held = match self.terms.table.node(rest) {
            Node::Const(Value::None) => rows.pop()?.1,
            _ => self.inner(rest)?,
        };
        for (condition, inner) in rows.into_iter().rev() {
            held = self.terms.choose(condition, inner, held);
        }
        Some(held)
    }

    /// What an optional holds that certainly holds something.
    fn inner(&self, of: Id) -> Option<Id> {
        match self.terms.table.node(of) {
            Node::Wrap(inner) => Some(*inner),
            // A constant stands for itself.
            Node::Const(value) if !value.is_none() => Some(of),
            _ => None,
        }
    }

    /// `any` and `all` over elements that are known one by one.
    pub(super) fn each_or_some(
        &mut self,
        scope: &mut Scope,
        local: LocalId,
        elements: &[Id],
        (condition, element, all): (Option<&Expr>, &Expr, bool),
    ) -> Id {
        let tests = condition.map(|condition| self.of_each(scope, local, elements, condition));
        let said = self.of_each(scope, local, elements, element);
        let mut together = self.terms.table.truth(all);
        for (at, said) in said.into_iter().enumerate() {
            let test = tests.as_ref().and_then(|tests| tests.get(at).copied());
            together = match (all, test) {
                (true, None) => self.terms.and(together, said),
                (false, None) => self.terms.or(together, said),
                (true, Some(test)) => {
                    let not = self.terms.not(test);
                    let said = self.terms.or(not, said);
                    self.terms.and(together, said)
                }
                (false, Some(test)) => {
                    let said = self.terms.and(test, said);
                    self.terms.or(together, said)
                }
            };
        }
        together
    }

    /// A query is one of several: what is asked is one of several, too.
    pub fn each_query(
        &mut self,
        args: &[Id],
        at: usize,
        ask: &mut dyn FnMut(&mut Self, Vec<Id>) -> Id,
    ) -> Option<Id> {
        let mut rows = Vec::new();
        let mut rest = *args.get(at)?;
        while let Node::Choose {
            condition,
            then,
            otherwise,
        } = *self.terms.table.node(rest)
        {
            rows.push((condition, then));
            rest = otherwise;
        }
        if rows.is_empty() || rows.len() > ALTERNATIVES {
            return None;
        }
        let with = |query: Id| {
            let mut args = args.to_vec();
            args[at] = query;
            args
        };
        let mut asked = ask(self, with(rest));
        for (condition, query) in rows.into_iter().rev() {
            let other = ask(self, with(query));
            asked = self.terms.choose(condition, other, asked);
        }
        Some(asked)
    }
}
