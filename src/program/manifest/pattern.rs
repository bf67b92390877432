//! What a capability is narrowed to: `owned`, a constant, a beginning, a choice, anything.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What may stand where a capability is narrowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Pattern {
    /// A thing that the product owns.
    Owned,
    /// `=shop`
    Is(String),
    /// `shop-*`
    Begins(String),
    /// `{eu, us}`, two or more.
    Among(BTreeSet<String>),
    Any,
}

impl Pattern {
    /// One of these.
    pub fn among(mut texts: BTreeSet<String>) -> Pattern {
        match (texts.len(), texts.pop_first()) {
            (1, Some(only)) => Pattern::Is(only),
            (_, Some(first)) => {
                texts.insert(first);
                Pattern::Among(texts)
            }
            (_, None) => Pattern::Any,
        }
    }

    /// Whether whatever the other lets through, this one does.
    pub fn covers(&self, other: &Pattern) -> bool {
        match (self, other) {
            (Pattern::Any, _) | (Pattern::Owned, Pattern::Owned) => true,
            (Pattern::Owned, _) | (_, Pattern::Owned | Pattern::Any) => false,
            (_, Pattern::Is(text)) => self.holds(text),
            (Pattern::Begins(start), Pattern::Begins(other)) => other.starts_with(start.as_str()),
            (Pattern::Is(_) | Pattern::Among(_), Pattern::Begins(_)) => false,
            (_, Pattern::Among(texts)) => texts.iter().all(|text| self.holds(text)),
        }
    }

    fn holds(&self, text: &str) -> bool {
        match self {
            Pattern::Any => true,
            Pattern::Owned => false,
            Pattern::Is(only) => only == text,
            Pattern::Begins(start) => text.starts_with(start.as_str()),
            Pattern::Among(texts) => texts.contains(text),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pattern::Owned => out.write_str("owned"),
            Pattern::Is(text) => write!(out, "={text}"),
            Pattern::Begins(start) => write!(out, "{start}*"),
            Pattern::Among(texts) => {
                // As JSON strings: a text may hold a comma.
                let texts: Vec<String> = texts
                    .iter()
                    .map(|text| serde_json::Value::from(text.as_str()).to_string())
                    .collect();
                write!(out, "{{{}}}", texts.join(", "))
            }
            Pattern::Any => out.write_str("any"),
        }
    }
}

/// A text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPattern;

impl fmt::Display for NoPattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("expected `owned`, `=text`, `text*`, `{\"a\", \"b\"}` or `any`")
    }
}

impl FromStr for Pattern {
    type Err = NoPattern;

    fn from_str(text: &str) -> Result<Pattern, NoPattern> {
        if let Some(only) = text.strip_prefix('=') {
            return Ok(Pattern::Is(only.to_owned()));
        }
        if let Some(start) = text.strip_suffix('*') {
            return Ok(Pattern::Begins(start.to_owned()));
        }
        let inside = text
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match (text, inside) {
            ("owned", _) => Ok(Pattern::Owned),
            ("any", _) => Ok(Pattern::Any),
            (_, Some(inside)) => {
                let texts: Vec<String> =
                    serde_json::from_str(&format!("[{inside}]")).map_err(|_| NoPattern)?;
                match texts.len() {
                    0 | 1 => Err(NoPattern),
                    _ => Ok(Pattern::among(texts.into_iter().collect())),
                }
            }
            _ => Err(NoPattern),
        }
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.to_string()
    }
}

impl TryFrom<String> for Pattern {
    type Error = NoPattern;

    fn try_from(text: String) -> Result<Pattern, NoPattern> {
        text.parse()
    }
}
