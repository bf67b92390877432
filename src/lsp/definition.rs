//! `textDocument/definition`: where the name at the cursor is declared.

use std::collections::BTreeMap;

use gen_lsp_types::{Definition, DefinitionParams, DefinitionResponse, Location, Uri};

use crate::ide::{self, Desk};
use crate::library;
use crate::text::{SourceId, Span};

use super::lines::Lines;
use super::pages;
use super::server::{Failure, Server};

pub fn go(
    server: &mut Server,
    params: DefinitionParams,
) -> Result<Option<DefinitionResponse>, Failure> {
    let Some((desk, file, at)) = server.at(&params.text_document_position_params) else {
        return Ok(None);
    };
    let found = ide::name(desk, file, at);
    let declared = found.map(|found| found.named.at);
    let location = locations(server, desk, declared.as_slice()).pop();
    Ok(location.map(|location| Definition::Location(location).into()))
}

/// Places as the client knows them, without those in texts that it cannot open.
pub fn locations(server: &Server, desk: &Desk, spans: &[Span]) -> Vec<Location> {
    let mut texts: BTreeMap<SourceId, Option<(Uri, Lines<'_>)>> = BTreeMap::new();
    let places = spans.iter().filter_map(|span| {
        let text = texts.entry(span.source).or_insert_with(|| {
            let lines = Lines::of(
                &desk.sources().source(span.source).text,
                server.client.encoding,
            );
            Some((uri(server, desk, span.source)?, lines))
        });
        let (uri, lines) = text.as_ref()?;
        Some(Location {
            uri: uri.clone(),
            range: lines.range(span.range()),
        })
    });
    places.collect()
}

fn uri(server: &Server, desk: &Desk, source: SourceId) -> Option<Uri> {
    if let Some(path) = desk.path(source) {
        return server.world.uri(&path);
    }
    let name = &desk.sources().source(source).name;
    let mut modules = library::MODULES.iter();
    let module = modules.find(|module| *module.file_name == **name)?;
    pages::module(&server.client, module)
}
