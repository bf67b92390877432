//! The texts of a package as the client knows them: their addresses and lines, each looked for once.
//!
//! In: a desk, then places. Out: lines, and locations of the protocol.

use std::collections::BTreeMap;

use gen_lsp_types::{Location, Uri};

use crate::ide::Desk;
use crate::text::{SourceId, Span};

use super::lines::Lines;
use super::server::Server;

/// The texts of one desk.
#[derive(Debug)]
pub struct Texts<'a> {
    pub server: &'a Server,
    desk: &'a Desk,
    known: BTreeMap<SourceId, Text<'a>>,
}

#[derive(Debug)]
struct Text<'a> {
    /// None for what the library brings along.
    uri: Option<Uri>,
    lines: Lines<'a>,
}

impl<'a> Texts<'a> {
    /// Nothing was looked for yet.
    pub fn of(server: &'a Server, desk: &'a Desk) -> Texts<'a> {
        Texts {
            server,
            desk,
            known: BTreeMap::new(),
        }
    }

    fn text(&mut self, source: SourceId) -> &Text<'a> {
        let (server, desk) = (self.server, self.desk);
        self.known.entry(source).or_insert_with(|| Text {
            uri: desk.path(source).and_then(|path| server.world.uri(&path)),
            lines: Lines::of(&desk.sources().source(source).text, server.client.encoding),
        })
    }

    /// The lines of a text.
    pub fn lines(&mut self, source: SourceId) -> &Lines<'a> {
        &self.text(source).lines
    }

    /// A place in a file.
    pub fn location(&mut self, span: Span) -> Option<Location> {
        let text = self.text(span.source);
        Some(Location {
            uri: text.uri.clone()?,
            range: text.lines.range(span.range()),
        })
    }
}
