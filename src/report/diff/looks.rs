//! What is no right and no proof: how severe it is, what people read, the types that are named. Each has a line of its
//! own, whatever else changes.

use super::compare::{Changes, Found};
use super::{Field, Words};
use crate::program::manifest::{Look, Part, Seen};

pub fn compare(changes: &mut Changes<'_>) {
    let (old, new) = (&changes.old.looks, &changes.new.looks);
    // A lock of an older `rbk` says nothing of it; of a new runbook all is new.
    if old.is_empty() {
        return;
    }
    let is_same = |a: &Look, b: &Look| a.of == b.of && a.name == b.name;
    for look in new {
        let before = old.iter().find(|old| is_same(old, look));
        // A type that is newly named changes nothing by itself.
        let is_other = before.map_or(look.name.is_empty(), |old| old.hash != look.hash);
        if is_other {
            changes.notice(found(look));
        }
    }
    for look in old {
        if look.name.is_empty() && !new.iter().any(|new| is_same(new, look)) {
            changes.notice(found(look));
        }
    }
}

fn found(look: &Look) -> Found {
    let text = |of: &str| (Field::Text, Words::text(of));
    let (field, what) = match look.of {
        Seen::Severity => (Field::Severity, Words::text("how severe it is")),
        Seen::Clauses => {
            let what = "which incidents are one, how often it is tried again, when it ends";
            (Field::Clause, Words::text(what))
        }
        Seen::Zone => (Field::Clause, Words::text("the zone of its product")),
        Seen::Page => text("what a `page` says"),
        Seen::Tell => text("what a `tell` says"),
        Seen::Hand => text("what a `hand` says"),
        Seen::Mitigated => text("what a `mitigated` says"),
        Seen::Cleared => text("what a `cleared` says"),
        Seen::Novel => text("what a `novel` says"),
        Seen::Inconclusive => text("what an `inconclusive` says"),
        Seen::Recurs => text("what is said when it recurs"),
        Seen::Attach => text("what is attached"),
        Seen::Waive => text("why something is waived"),
        Seen::Enum => {
            let what = Words::code(look.name.as_str()).then(", the members and their order");
            (Field::Type, what)
        }
        Seen::Record => {
            let what = Words::code(look.name.as_str()).then(", the fields");
            (Field::Type, what)
        }
    };
    Found::new(field, what).part(Part::Name)
}
