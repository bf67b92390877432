//! Facts of old versions, lifted to what they are called today. What is released stays for ever.

use super::encode::Halves;
use super::fact::{ChainAdvanced, ChangesFrozen, Climb, Fact};

/// The fact that one of an old version has become; nothing where it is damaged. Each old version has
/// an arm by its kind and version, which reads its fields as they were and makes today's fact of them.
pub fn lift(kind: u16, version: u8, fields: &mut Halves<'_>) -> Option<Fact> {
    match (kind, version) {
        (45, 1) => chain_advanced_1(fields),
        (50, 1) => changes_frozen_1(fields),
        _ => None,
    }
}

/// It did not say why a link was told.
fn chain_advanced_1(fields: &mut Halves<'_>) -> Option<Fact> {
    let advanced = ChainAdvanced {
        subject: fields.plain()?,
        link: fields.plain()?,
        role: fields.plain()?,
        repeats: fields.plain()?,
        next: fields.plain()?,
        why: Climb::Unanswered,
    };
    Some(advanced.into())
}

/// It did not say who was told.
fn changes_frozen_1(fields: &mut Halves<'_>) -> Option<Fact> {
    let frozen = ChangesFrozen {
        scope: fields.plain()?,
        by: fields.person()?,
        why: fields.text()?,
        until: fields.plain()?,
        told: Vec::new(),
    };
    Some(frozen.into())
}
