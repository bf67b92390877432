//! `promql"…"`: queries, read by a grammar of our own because it must say where a query is wrong.
//!
//! In: a scanned literal. Out: the positions of its holes, or the first thing that is wrong, with
//! its place. Knows the types of functions and operators; knows nothing of which metrics exist.

mod absence;
mod asked;
mod call;
mod canon;
mod combine;
mod demand;
mod function;
mod habits;
mod labels;
mod layout;
mod length;
mod lexer;
mod matcher;
mod matching;
mod never;
mod operator;
mod parser;
mod reach;
mod selector;
mod string;
mod sum;
pub mod tree;

use std::ops::Range;

use super::scan::Literal;
use super::server::Server;
use crate::diag::{Code, Diagnostic};
use crate::value::HolePosition;
use parser::Parser;

pub use asked::{Asked, Fallback, HOLE, asked};
pub use canon::Forms;
pub use layout::laid_out;
pub use reach::Within;
pub use selector::{Moment, Selector, selectors};

/// What an expression yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Yields {
    Scalar,
    /// One sample for each of a set of series.
    Vector,
    /// Several samples for each: `x[5m]`.
    Samples,
    Text,
}

impl Yields {
    /// As messages call it.
    fn noun(self) -> &'static str {
        match self {
            Yields::Scalar => "a number",
            Yields::Vector => "an instant vector",
            Yields::Samples => "a range of samples",
            Yields::Text => "a string",
        }
    }
}

/// What is wrong with a query, by ranges of its text.
enum Problem {
    /// It is not PromQL.
    Syntax(Fault),
    /// It is, but the parts do not fit together.
    Types(Fault),
    /// The hole whose stand-in begins here may not stand here.
    Hole(usize, &'static str),
}

/// Where, what, and how to mend it.
struct Fault {
    range: Range<usize>,
    what: String,
    help: Option<String>,
    /// What to write instead, where there is one right answer.
    instead: Option<String>,
}

impl Problem {
    fn syntax(range: Range<usize>, what: impl Into<String>) -> Problem {
        Problem::Syntax(Fault::new(range, what.into()))
    }

    fn types(range: Range<usize>, what: impl Into<String>) -> Problem {
        Problem::Types(Fault::new(range, what.into()))
    }

    fn help(mut self, help: impl Into<String>) -> Problem {
        if let Problem::Syntax(fault) | Problem::Types(fault) = &mut self {
            fault.help = Some(help.into());
        }
        self
    }

    fn instead(mut self, text: impl Into<String>) -> Problem {
        if let Problem::Syntax(fault) | Problem::Types(fault) = &mut self {
            fault.instead = Some(text.into());
        }
        self
    }
}

/// Whether queries have a function or an aggregation of this name.
pub fn is_function(name: &str) -> bool {
    function::aggregation(name).is_some() || function::function(name).is_some()
}

impl Fault {
    fn new(range: Range<usize>, what: String) -> Fault {
        Fault {
            range,
            what,
            help: None,
            instead: None,
        }
    }
}

/// Checks the literal; the positions of its holes if it is right.
pub(super) fn check(
    literal: &Literal,
    server: Option<&Server>,
    found: &mut Vec<Diagnostic>,
) -> Option<Vec<HolePosition>> {
    let parsed =
        lexer::tokens(&literal.text).and_then(|tokens| Parser::new(&literal.text, tokens).query());
    match parsed {
        Ok((positions, needs)) => {
            let unmet = server.map(|server| demand::unmet(needs, server));
            let unmet = unmet.unwrap_or_default();
            let is_served = unmet.is_empty();
            for demand::Unmet {
                range,
                message,
                help,
            } in unmet
            {
                let span = literal.span(range.start, range.end);
                let label = "not in this server";
                found.push(Diagnostic::new(Code::PromqlNotServed, message, span, label).help(help));
            }
            is_served.then_some(positions)
        }
        Err(problem) => {
            found.push(diagnostic(literal, problem));
            None
        }
    }
}

fn diagnostic(literal: &Literal, problem: Problem) -> Diagnostic {
    let (code, message, fault) = match problem {
        Problem::Syntax(fault) => (Code::PromqlInvalid, "the query is not valid: ", fault),
        Problem::Types(fault) => (Code::PromqlTypes, "the query makes no sense: ", fault),
        Problem::Hole(at, label) => {
            let hole = literal.hole_at(at).or(literal.holes.first());
            return match hole {
                Some(hole) => literal.misplaced(hole, label),
                // The stand-in itself was written in the query.
                None => Diagnostic::new(
                    Code::PromqlInvalid,
                    "the query contains a private character",
                    literal.span(at, at + super::scan::STAND_IN.len_utf8()),
                    "here",
                ),
            };
        }
    };
    let span = literal.span(fault.range.start, fault.range.end);
    // People know holes, not what stands for them here.
    let plain = |text: String| text.replace(super::scan::STAND_IN, "${…}");
    let message = plain(format!("{message}{}", fault.what));
    let mut found = Diagnostic::new(code, message, span, "here");
    found.help = fault.help.map(plain);
    match fault.instead {
        Some(text) => found.fix(format!("write `{text}`"), span, text),
        None => found,
    }
}

/// Where a query ends whose comment nobody has to read, and which is written into others.
pub(super) fn end(text: &str) -> Option<usize> {
    lexer::end(text)
}

/// The tokens of a query, strings as `=` and their value: what must survive the filling of holes.
#[cfg(test)]
pub(super) fn pieces(query: &str) -> Option<Vec<String>> {
    let tokens = lexer::tokens(query).ok()?;
    Parser::new(query, tokens.clone()).query().ok()?;
    let piece = |token: &lexer::Token| {
        let text = &query[token.range.clone()];
        match token.kind {
            lexer::Kind::Text => Some(format!("={}", string::text(text)?)),
            _ => Some(text.to_owned()),
        }
    };
    tokens.iter().map(piece).collect()
}
