//! `textDocument/references`: all places that name what is named at the cursor, in every package that is worked on.

use std::collections::HashSet;

use gen_lsp_types::{Location, Position, ReferenceParams};

use crate::ide;

use super::definition::locations;
use super::server::{Failure, Server};

pub fn find(
    server: &mut Server,
    params: ReferenceParams,
) -> Result<Option<Vec<Location>>, Failure> {
    let place = params.text_document_position_params;
    let Some((desk, file, at)) = server.at(&place) else {
        return Ok(None);
    };
    let Some(found) = ide::name(desk, file, at) else {
        return Ok(None);
    };
    let mut all = Vec::new();
    let mut known = HashSet::new();
    for other in server.world.desks() {
        let Some(named) = ide::declared(desk, found.named, other) else {
            continue;
        };
        let spans = ide::mentions(other, named, params.context.include_declaration);
        let places = locations(server, other, &spans).into_iter();
        // What packages depend on is there with each of them.
        all.extend(places.filter(|place| {
            let Position { line, character } = place.range.start;
            known.insert((place.uri.clone(), line, character))
        }));
    }
    Ok(Some(all))
}
