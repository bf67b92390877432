//! From a name to its declaration, and to all places that name the same.
//!
//! In: a desk, a file and an offset. Out: places, in the package, in what it depends on, or in the library. A name that
//! an error keeps from being known has none.

use crate::text::Span;
use crate::typed::{Named, Reference};

use super::Desk;

/// The name that the cursor stands in, or just behind.
pub fn name(desk: &Desk, file: usize, at: usize) -> Option<&Reference> {
    desk.names().at(desk.source(file)?.id, at)
}

/// The same thing as another desk knows it, if that one knows the text of its declaration.
pub fn declared(desk: &Desk, named: Named, other: &Desk) -> Option<Named> {
    if named.at.source.is_fixed() {
        return Some(named);
    }
    let source = other.source_at(&desk.path(named.at.source)?)?;
    let at = Span::new(source, named.at.range().start, named.at.range().end);
    // A text that was changed meanwhile has something else there.
    let is_same = other.sources().slice(at) == desk.sources().slice(named.at);
    is_same.then_some(Named { at, ..named })
}

/// All places that name a thing, in their order, its declaration among them if that is wanted. A module or a package is
/// declared by its whole text, and no word of it.
pub fn mentions(desk: &Desk, named: Named, with_declaration: bool) -> Vec<Span> {
    let mut places: Vec<Span> = desk.names().of(named).to_vec();
    places.retain(|place| *place != named.at);
    if with_declaration && named.at.len() > 0 {
        places.push(named.at);
    }
    places.sort();
    places
}
