//! Literals with holes, and how they are filled.
//!
//! In: a [`Template`] that was checked when the program was, and a value per hole.
//! Out: the finished text or query. A value can never change the structure around its hole.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::hole::{PathSegment, escaped};
use super::{Failure, Kind, Query, TEXT_BYTES, Text, Value};

/// The language of a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tag {
    /// A plain string: its value is a text.
    Text,
    Re,
    Url,
    Promql,
    Cron,
}

impl Tag {
    /// The tagged literals, in the order people are told them.
    pub const TAGGED: [Tag; 4] = [Tag::Re, Tag::Url, Tag::Promql, Tag::Cron];

    /// As it is written before the quote; nothing for plain strings.
    pub fn as_str(self) -> &'static str {
        match self {
            Tag::Text => "",
            Tag::Re => "re",
            Tag::Url => "url",
            Tag::Promql => "promql",
            Tag::Cron => "cron",
        }
    }

    /// The language with this tag.
    pub fn from_name(name: &str) -> Option<Tag> {
        Tag::TAGGED.into_iter().find(|tag| tag.as_str() == name)
    }
}

/// A literal cut at its holes. Hole `n` takes the `n`-th value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    pub tag: Tag,
    pub segments: Vec<Segment>,
}

/// A piece of a literal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Segment {
    Text(SmolStr),
    Hole(HolePosition),
}

/// Where a hole stands, which decides what fits and how it is escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum HolePosition {
    /// In a plain string.
    Plain,
    /// In a regular expression, as literal text.
    Pattern,
    /// In the path of a URL: one segment or a part of one.
    UrlSegment,
    /// In the query of a URL, as a value or a part of one.
    UrlValue,
    /// In the string of a label matcher with `=` or `!=`; the quote is given.
    PromqlLabel(Quote),
    /// In the string of a label matcher with `=~` or `!~`, as literal text; the quote is given.
    PromqlPattern(Quote),
    /// A duration in `[…]` or after `offset`.
    PromqlDuration,
    /// In a message to people, where a number is rounded to what is read.
    Message,
}

/// What encloses a string of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Quote {
    Single,
    Double,
    /// There is no quote in the source: filling adds double ones. `{pod=${pod}}`
    Added,
}

impl HolePosition {
    /// Whether a value of this type may stand here.
    pub fn accepts(self, kind: Kind) -> bool {
        match self {
            HolePosition::PromqlDuration => kind == Kind::Duration,
            HolePosition::Plain | HolePosition::Message => !matches!(
                kind,
                Kind::None | Kind::Secret | Kind::Handle | Kind::Record | Kind::Map | Kind::Range
            ),
            HolePosition::Pattern
            | HolePosition::UrlSegment
            | HolePosition::UrlValue
            | HolePosition::PromqlLabel(_)
            | HolePosition::PromqlPattern(_) => {
                matches!(kind, Kind::Text | Kind::Int | Kind::Enum)
            }
        }
    }

    /// The types that may stand here, for messages.
    pub fn accepted(self) -> &'static str {
        match self {
            HolePosition::PromqlDuration => "a Duration",
            HolePosition::Plain | HolePosition::Message => "a value that can be printed",
            HolePosition::Pattern
            | HolePosition::UrlSegment
            | HolePosition::UrlValue
            | HolePosition::PromqlLabel(_)
            | HolePosition::PromqlPattern(_) => "a String, an Int or an enum member",
        }
    }
}

impl Template {
    /// The positions of the holes, in order.
    pub fn holes(&self) -> impl Iterator<Item = HolePosition> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Text(_) => None,
            Segment::Hole(position) => Some(*position),
        })
    }
}

/// Fills the holes, each value escaped by the rules of its place.
///
/// A part of a URL path that is filled stays one part, and names what it says; otherwise it fails.
pub fn fill(template: &Template, values: &[Value]) -> Result<Value, Failure> {
    filled(template, values, PathSegment::default())
}

/// The same without the rule on parts of a path, for a test build that takes it out.
pub fn fill_any_path(template: &Template, values: &[Value]) -> Result<Value, Failure> {
    filled(template, values, PathSegment::unwatched())
}

fn filled(
    template: &Template,
    values: &[Value],
    mut path_segment: PathSegment,
) -> Result<Value, Failure> {
    let mut text = String::new();
    let mut values = values.iter();
    for segment in &template.segments {
        match segment {
            Segment::Text(literal) => {
                text.push_str(literal);
                if template.tag == Tag::Url {
                    path_segment.literal(literal)?;
                }
            }
            Segment::Hole(position) => {
                let value = values.next().ok_or_else(missing_value)?;
                let piece = escaped(*position, value)?;
                if *position == HolePosition::UrlSegment {
                    path_segment.hole(&piece);
                }
                text.push_str(&piece);
            }
        }
        if text.len() > TEXT_BYTES {
            return Err(Failure::TooLong {
                what: Kind::Text,
                limit: TEXT_BYTES as u32,
            });
        }
    }
    path_segment.end()?;
    match template.tag {
        Tag::Text => Ok(Value::Text(Text::from(text))),
        Tag::Re | Tag::Url | Tag::Promql | Tag::Cron => Ok(Value::Query(Arc::new(Query {
            tag: template.tag,
            text: text.into(),
        }))),
    }
}

pub(super) fn missing_value() -> Failure {
    Failure::conversion("a hole of the literal has no value")
}
