//! One runbook in two versions: what changed, field by field of the authority vector.

use super::{Asks, Change, Field, Known, Order, Words, looks, proofs, reads, rights};
use crate::program::manifest::{Authority, Part};
use crate::text::Span;

/// Collects the changes of one runbook.
pub struct Changes<'a> {
    pub old: &'a Authority,
    pub new: &'a Authority,
    after: &'a Known,
    found: Vec<Change>,
}

/// What changed, the wider first, each group in the order of the fields.
pub fn changes(before: &Known, after: &Known) -> Vec<Change> {
    let mut changes = Changes {
        old: &before.authority,
        new: &after.authority,
        after,
        found: Vec::new(),
    };
    let matched = rights::compare(&mut changes);
    reads::compare(&mut changes, &matched);
    proofs::compare(&mut changes, &matched);
    looks::compare(&mut changes);
    let mut found = changes.found;
    found.sort_by(|a, b| {
        let key = |change: &Change| (change.order, std::cmp::Reverse(change.asks), change.field);
        key(a).cmp(&key(b))
    });
    found
}

/// A change before it is known what it asks for.
pub struct Found {
    pub field: Field,
    pub at: Option<String>,
    pub what: Words,
    pub before: Words,
    pub after: Words,
    pub part: Option<Part>,
}

impl Found {
    pub fn new(field: Field, what: Words) -> Found {
        Found {
            field,
            at: None,
            what,
            before: Words::default(),
            after: Words::default(),
            part: None,
        }
    }

    pub fn at(mut self, at: impl Into<String>) -> Found {
        self.at = Some(at.into());
        self
    }

    pub fn sides(mut self, before: Words, after: Words) -> Found {
        // Both stand as they are written, and what they call may have changed.
        let is_same = before == after && !before.0.is_empty();
        self.before = before;
        self.after = match is_same {
            true => Words::text("the same words, which ask for something else"),
            false => after,
        };
        self
    }

    pub fn part(mut self, part: Part) -> Found {
        self.part = Some(part);
        self
    }
}

impl Changes<'_> {
    /// A right that there was not.
    pub fn wider(&mut self, found: Found) {
        self.add(Order::Wider, Asks::Major, found);
    }

    /// What a reviewer looks at, though it is no right of its own.
    pub fn look(&mut self, found: Found) {
        self.add(Order::Other, Asks::Minor, found);
    }

    /// What is worth a look, and asks for nothing.
    pub fn notice(&mut self, found: Found) {
        self.add(Order::Other, Asks::Patch, found);
    }

    /// What is given up.
    pub fn narrower(&mut self, found: Found) {
        self.add(Order::Narrower, Asks::Patch, found);
    }

    fn add(&mut self, order: Order, asks: Asks, found: Found) {
        let Found {
            field,
            at,
            what,
            before,
            after,
            part,
        } = found;
        let place = part.and_then(|part| self.place(&part));
        self.found.push(Change {
            field,
            at,
            order,
            asks,
            what,
            before,
            after,
            place,
        });
    }

    fn place(&self, part: &Part) -> Option<Span> {
        self.after.places.get(part).copied()
    }
}
