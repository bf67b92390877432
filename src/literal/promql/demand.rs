//! What a query needs of the server: functions and forms that not every one has.
//!
//! In: what the parser notes while it reads. Out: those parts that this server does not take, with their places.

use std::ops::Range;

use super::lexer::{Kind, Token};
use super::parser::Parser;
use crate::literal::server::{self, QUOTED_NAMES, Served, Server, UNDERSCORES};

/// A part that not every server takes.
pub(super) struct Need {
    range: Range<usize>,
    /// As messages call it.
    what: String,
    served: Served,
}

/// A part that the server does not take.
pub(super) struct Unmet {
    pub range: Range<usize>,
    pub message: String,
    pub help: String,
}

impl Parser<'_> {
    /// Notes what not every server takes.
    pub(super) fn need(&mut self, range: Range<usize>, what: String, served: Served) {
        self.needs.push(Need {
            range,
            what,
            served,
        });
    }

    /// Notes what a number needs that not every server reads, and what a length of time in its place does.
    pub(super) fn number_needs(&mut self, token: &Token, for_length: server::Served) {
        let text = self.text[token.range.clone()].to_owned();
        if token.kind == Kind::Duration {
            let what = format!("the length of time `{text}` for a number");
            self.need(token.range.clone(), what, for_length);
        } else if text.contains('_') {
            self.need(
                token.range.clone(),
                format!("the `_` in `{text}`"),
                UNDERSCORES,
            );
        }
    }

    /// Notes which servers have a function or an aggregation.
    pub(super) fn name_needs(&mut self, token: &Token) {
        let name = &self.text[token.range.clone()];
        if let Some(served) = server::served(name) {
            self.need(token.range.clone(), format!("`{name}`"), served);
        }
    }

    /// Notes a name that stands between quotes.
    pub(super) fn quoted_needs(&mut self, range: &Range<usize>) {
        let name = &self.text[range.clone()];
        let what = format!("a name between quotes, {name},");
        self.need(range.clone(), what, QUOTED_NAMES);
    }
}

/// What of a query this server does not take, in the order of the text.
pub(super) fn unmet(mut needs: Vec<Need>, server: &Server) -> Vec<Unmet> {
    needs.sort_by_key(|need| need.range.start);
    let refused = needs.into_iter().filter_map(|need| {
        let (message, help) = server.refuses(&need.what, need.served)?;
        Some(Unmet {
            range: need.range,
            message,
            help,
        })
    });
    refused.collect()
}
