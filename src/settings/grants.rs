//! What the agent may do: `[grants]` of its settings, held against what an extern needs.
//!
//! In: a capability and the argument that narrows it. Out: granted, or denied with the line that
//! would grant exactly this. What is not granted is denied; nothing here knows who asks.

mod beside;
mod pattern;
mod read;
mod subject;

use std::collections::BTreeMap;
use std::fmt;

use smol_str::SmolStr;

pub use beside::{Loose, Standing};
pub(super) use read::read;

use crate::text::Span;
use crate::value::{Value, escape_text};
use pattern::{Glob, Place, UrlPattern};
use subject::Subject;

/// What is granted, by capability. Nothing by default.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    by_capability: BTreeMap<SmolStr, Grant>,
    /// Where each is said.
    places: BTreeMap<SmolStr, Span>,
}

/// What an extern needs: a capability, and the argument that narrows it.
#[derive(Clone, Debug)]
pub struct Need {
    /// As the library says it: `exec.run`.
    pub capability: SmolStr,
    /// A target or its name, a text, an address, a list of arguments; none where nothing narrows it.
    pub of: Option<Value>,
}

/// A need that is not granted.
#[derive(Clone, Debug)]
pub struct Denied {
    pub need: Need,
    /// The line of `[grants]` that grants exactly this need, and what this capability is granted
    /// already. Empty if no line could grant it: the need is of nothing, or not well formed.
    pub line: String,
    /// Whether the line takes the place of one that is there.
    pub replaces: bool,
}

#[derive(Clone, Debug)]
enum Grant {
    /// `true`
    Whole,
    Of(Vec<Pattern>),
}

/// One entry of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    Text(Glob),
    Url(UrlPattern),
    Argv(Vec<Place>),
}

impl Grants {
    /// Whether the need is granted.
    pub fn check(&self, need: &Need) -> Result<(), Denied> {
        let grant = self.by_capability.get(&need.capability);
        let Ok(subject) = Subject::of(need) else {
            return Err(Denied {
                need: need.clone(),
                line: String::new(),
                replaces: false,
            });
        };
        let granted = match (grant, &subject) {
            (Some(Grant::Whole), Subject::Whole) => true,
            (Some(Grant::Of(patterns)), subject) => {
                patterns.iter().any(|pattern| pattern.covers(subject))
            }
            (Some(Grant::Whole) | None, _) => false,
        };
        if granted {
            return Ok(());
        }
        let had = match grant {
            Some(Grant::Of(patterns)) => patterns.as_slice(),
            Some(Grant::Whole) | None => &[],
        };
        let wanted = Pattern::exact(&subject);
        Err(Denied {
            need: need.clone(),
            line: line(&need.capability, had.iter().chain(&wanted)),
            replaces: grant.is_some(),
        })
    }

    /// Whether anything of a capability is granted.
    pub fn names(&self, capability: &str) -> bool {
        self.by_capability.contains_key(capability)
    }

    /// The lines of `[grants]` that say the same, in the order of the capabilities.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.by_capability.iter().map(|(capability, grant)| {
            let patterns = match grant {
                Grant::Whole => [].iter(),
                Grant::Of(patterns) => patterns.iter(),
            };
            line(capability, patterns)
        })
    }
}

impl Pattern {
    /// The pattern that covers this subject alone; none where nothing narrows the capability.
    fn exact(subject: &Subject<'_>) -> Option<Pattern> {
        match subject {
            Subject::Whole => None,
            Subject::Text(text) => Some(Pattern::Text(Glob::exact(text.as_ref()))),
            Subject::Url(address) => Some(Pattern::Url(UrlPattern::exact(address))),
            Subject::Argv(argv) => {
                let places = argv.iter().map(|argument| Place::This((*argument).into()));
                Some(Pattern::Argv(places.collect()))
            }
        }
    }

    fn covers(&self, subject: &Subject<'_>) -> bool {
        match (self, subject) {
            (Pattern::Text(glob), Subject::Text(text)) => glob.covers(text),
            (Pattern::Url(pattern), Subject::Url(address)) => pattern.covers(address),
            (Pattern::Argv(places), Subject::Argv(argv)) => {
                let mut pairs = places.iter().zip(argv);
                places.len() == argv.len() && pairs.all(|(place, text)| place.covers(text))
            }
            _ => false,
        }
    }
}

/// As it is written in a list of patterns.
impl fmt::Display for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pattern::Text(glob) => out.write_str(&toml_text(&glob.written())),
            Pattern::Url(pattern) => out.write_str(&toml_text(&pattern.written())),
            Pattern::Argv(places) => {
                let places = places.iter().map(|place| toml_text(&place.written()));
                write!(out, "[{}]", places.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// In the words of whoever runs the agent.
impl fmt::Display for Denied {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "not granted: `{}`",
            self.need.capability.escape_debug()
        )?;
        let subject = Subject::of(&self.need);
        match (&subject, &self.need.of) {
            (Ok(subject), _) => {
                if let Some(pattern) = Pattern::exact(subject) {
                    write!(out, " of {pattern}")?;
                }
            }
            // An address that cannot be granted may be one with a password in it.
            (Err(_), Some(Value::Query(_))) => {}
            (Err(_), Some(value)) => write!(out, " of {value}")?,
            (Err(_), None) => {}
        }
        match subject {
            Err(why) => write!(out, "; no line of agent.toml can grant it: {why}"),
            Ok(_) if self.replaces => write!(
                out,
                "; change the line in [grants] of agent.toml to: {}",
                self.line
            ),
            Ok(_) => write!(out, "; add to [grants] of agent.toml: {}", self.line),
        }
    }
}

fn line<'p>(capability: &str, patterns: impl IntoIterator<Item = &'p Pattern>) -> String {
    let patterns = patterns.into_iter().map(Pattern::to_string);
    let patterns = patterns.collect::<Vec<_>>();
    let key = toml_text(capability);
    match patterns.as_slice() {
        [] => format!("{key} = true"),
        patterns => format!("{key} = [{}]", patterns.join(", ")),
    }
}

/// A name as a key of TOML.
pub fn toml_key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    match !name.is_empty() && name.chars().all(is_bare) {
        true => name.to_owned(),
        false => toml_text(name),
    }
}

/// The text in quotes, on one line, with everything spelled out that cannot be seen.
pub fn toml_text(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if is_seen(c) => quoted.push(c),
            c => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}

fn is_seen(c: char) -> bool {
    let mut bytes = [0; 4];
    let text = c.encode_utf8(&mut bytes);
    escape_text(text, 1) == *text
}

#[cfg(test)]
mod tests;
