//! Tagged literals, checked while compiling: one file per tag.
//!
//! In: a tag, the raw text between the quotes and its span. Out: a [`Template`] whose holes stand
//! where the language of the literal allows them, and diagnostics at the right column inside the
//! literal. Never evaluates anything; filling a hole is the template's affair.

mod cron;
mod due;
mod number;
mod promql;
mod re;
mod scan;
mod schedule;
mod server;
mod url;

pub use due::Gone;
pub use number::{number, time};
pub use promql::is_function as is_query_function;
pub use promql::tree as query;
pub use promql::{
    Asked, Fallback, Forms, HOLE, Moment, Selector, Within, asked, laid_out, selectors,
};
pub use schedule::Schedule;
pub use server::{FEATURES, Server, Version};

use crate::diag::Diagnostic;
use crate::text::Span;
use crate::value::{HolePosition, Segment, Tag, Template};
use scan::Literal;

/// Checks a tagged literal. `raw` is the text between the quotes as written, `span` covers it.
///
/// The holes of the template are in the order of the `${…}` in the text. There is no template
/// exactly if one of the diagnostics is an error. Without a server a query may need anything.
pub fn parse(
    tag: Tag,
    raw: &str,
    span: Span,
    server: Option<&Server>,
) -> (Option<Template>, Vec<Diagnostic>) {
    let mut literal = Literal::scan(tag, raw, span);
    let mut found = Vec::new();
    let positions = match tag {
        Tag::Text => Some(vec![HolePosition::Plain; literal.holes.len()]),
        Tag::Re => re::check(&literal, &mut found),
        Tag::Url => url::check(&literal, &mut found),
        Tag::Promql => promql::check(&literal, server, &mut found),
        Tag::Cron => cron::check(&literal, &mut found),
    };
    if tag == Tag::Promql
        && let Some(end) = promql::end(&literal.text)
    {
        literal.text.truncate(end);
    }
    let template = positions.map(|positions| cut(&literal, positions));
    (template, found)
}

/// The literal cut at its holes.
fn cut(literal: &Literal, positions: Vec<HolePosition>) -> Template {
    let mut segments = Vec::new();
    let mut start = 0;
    for (hole, position) in literal.holes.iter().zip(positions) {
        if start < hole.at {
            segments.push(Segment::Text(literal.text[start..hole.at].into()));
        }
        segments.push(Segment::Hole(position));
        start = hole.at + scan::STAND_IN.len_utf8();
    }
    if start < literal.text.len() {
        segments.push(Segment::Text(literal.text[start..].into()));
    }
    Template {
        tag: literal.tag,
        segments,
    }
}

#[cfg(test)]
mod tests;
