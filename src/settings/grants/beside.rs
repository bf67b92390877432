//! What is granted beside what a runbook's text says that it needs, before anything runs.
//!
//! In: needs out of manifests, each narrowed as far as the text says. Out: whether it is granted whatever
//! happens, or never, or as it turns out when it runs; and what is granted that nothing needs, or more of it.
//! A star covers no `..` and no control characters, so a name that has them is denied under any grant.

use std::fmt;

use serde::Serialize;

use super::pattern::{Address, Glob, Place, UrlPattern};
use super::{Grant, Grants, Pattern, line, toml_text};
use crate::program::manifest::{Need, Pattern as Needed, argv};
use crate::settings::capability::{self, Form};
use crate::text::Span;

/// How a need stands beside what is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Whatever it is of, it is granted.
    Granted,
    /// What it is of is known when it runs, and decides.
    Narrowed,
    /// Nothing that it may be of is granted.
    Denied,
}

impl Standing {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Standing::Granted => "granted",
            Standing::Narrowed => "narrowed at run time",
            Standing::Denied => "denied",
        }
    }
}

/// A part of a grant that is not as narrow as it could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loose {
    pub capability: String,
    /// As it is written; none for all of the capability.
    pub pattern: Option<String>,
    /// What the needs are of that it covers; empty where it covers none.
    pub needed: Vec<String>,
    /// Its line.
    pub at: Option<Span>,
}

impl fmt::Display for Loose {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.pattern {
            Some(pattern) => write!(out, "`{}` of `{pattern}`", self.capability),
            None => write!(out, "`{}`", self.capability),
        }
    }
}

/// How much of a need one entry of a grant covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cover {
    None,
    Some,
    All,
}

impl Grants {
    /// How a need of a runbook stands.
    pub fn beside(&self, need: &Need) -> Standing {
        let Some(grant) = self.by_capability.get(need.can.as_str()) else {
            return Standing::Denied;
        };
        let covers = |of: &Needed| covers(grant, of);
        let covered = match &need.of {
            None => Cover::All,
            Some(Needed::Among(texts)) => {
                let each = texts.iter().map(|text| covers(&Needed::Is(text.clone())));
                let each: Vec<Cover> = each.collect();
                match (each.iter().min(), each.iter().max()) {
                    (Some(least), Some(most)) if least == most => *least,
                    _ => Cover::Some,
                }
            }
            Some(of) => covers(of),
        };
        match covered {
            Cover::All => Standing::Granted,
            Cover::Some => Standing::Narrowed,
            Cover::None => Standing::Denied,
        }
    }

    /// The line of `[grants]` that also grants these needs of one capability; none where what they are of is known
    /// when they run, and nothing says of what names it is one then.
    pub fn line_with(&self, capability: &str, needs: &[&Need], later: &[String]) -> Option<String> {
        let form = *capability::known().get(capability)?;
        let mut patterns = match self.by_capability.get(capability) {
            Some(Grant::Of(patterns)) => patterns.clone(),
            Some(Grant::Whole) | None => Vec::new(),
        };
        for of in needs.iter().flat_map(|need| &need.of) {
            let wanted: Vec<Option<Pattern>> = match of {
                Needed::Is(text) => vec![exactly(form, text)],
                Needed::Among(texts) => texts.iter().map(|text| exactly(form, text)).collect(),
                Needed::Begins(start) => vec![beginning(form, start)],
                Needed::Owned | Needed::Any if later.is_empty() => return None,
                Needed::Owned | Needed::Any => {
                    let globs = later.iter().map(|pattern| Glob::parse(pattern));
                    globs.map(|glob| Some(Pattern::Text(glob))).collect()
                }
            };
            for pattern in wanted {
                let pattern = pattern?;
                if !patterns.contains(&pattern) {
                    patterns.push(pattern);
                }
            }
        }
        Some(line(capability, &patterns))
    }

    /// A line of `[grants]` such as one of this capability is.
    pub fn line_such_as(capability: &str) -> Option<String> {
        let form = capability::known().get(capability)?;
        Some(format!("{} = {}", toml_text(capability), form.example()))
    }

    /// What is granted and no need is of, or wider than all needs that it covers are together.
    pub fn loose(&self, needs: &[Need]) -> Vec<Loose> {
        let mut loose = Vec::new();
        for (capability, grant) in &self.by_capability {
            let needs = needs.iter().filter(|need| need.can == capability.as_str());
            let needs: Vec<&Need> = needs.collect();
            let found = |pattern: Option<&Pattern>, needed| Loose {
                capability: capability.to_string(),
                pattern: pattern.map(Pattern::to_string),
                needed,
                at: self.places.get(capability).copied(),
            };
            let (Some(form), false) = (capability::known().get(capability), needs.is_empty())
            else {
                loose.push(found(None, Vec::new()));
                continue;
            };
            let Grant::Of(patterns) = grant else {
                continue;
            };
            for pattern in patterns {
                let covered: Vec<&Needed> = needs
                    .iter()
                    .flat_map(|need| &need.of)
                    .filter(|of| is_touched(pattern, of))
                    .collect();
                if covered.is_empty() {
                    loose.push(found(Some(pattern), Vec::new()));
                } else if covered.iter().all(|of| is_wider(pattern, *form, of)) {
                    let needed = covered.iter().flat_map(|of| written(of)).collect();
                    loose.push(found(Some(pattern), needed));
                }
            }
        }
        loose
    }
}

fn covers(grant: &Grant, of: &Needed) -> Cover {
    match grant {
        Grant::Whole => Cover::All,
        Grant::Of(patterns) => {
            let each = patterns.iter().map(|pattern| cover(pattern, of));
            each.max().unwrap_or(Cover::None)
        }
    }
}

/// What a need is of, each as a grant of it would be written.
fn written(of: &Needed) -> Vec<String> {
    match of {
        Needed::Is(text) => vec![text.clone()],
        Needed::Begins(start) => vec![format!("{start}*")],
        Needed::Among(texts) => texts.iter().cloned().collect(),
        Needed::Owned | Needed::Any => vec![of.to_string()],
    }
}

/// Whether the entry covers something of the need.
fn is_touched(pattern: &Pattern, of: &Needed) -> bool {
    match of {
        Needed::Among(texts) => {
            let mut each = texts.iter().map(|text| Needed::Is(text.clone()));
            each.any(|of| cover(pattern, &of) > Cover::None)
        }
        Needed::Owned | Needed::Is(_) | Needed::Begins(_) | Needed::Any => {
            cover(pattern, of) > Cover::None
        }
    }
}

fn cover(pattern: &Pattern, of: &Needed) -> Cover {
    let at_most = |is: bool, most: Cover| if is { most } else { Cover::None };
    match (pattern, of) {
        (Pattern::Text(glob), Needed::Owned | Needed::Any) if glob.is_star() => Cover::All,
        (_, Needed::Owned | Needed::Any) => Cover::Some,
        // Asked of each text by itself.
        (_, Needed::Among(_)) => Cover::Some,
        (Pattern::Text(glob), Needed::Is(text)) => at_most(glob.covers(text), Cover::All),
        (Pattern::Text(glob), Needed::Begins(start)) => match glob.covers_all(start) {
            true => Cover::All,
            false => at_most(glob.may_begin(start), Cover::Some),
        },
        (Pattern::Url(pattern), Needed::Is(text)) => match Address::parse(text) {
            Ok(address) => at_most(pattern.covers(&address), Cover::All),
            Err(_) => Cover::Some,
        },
        (Pattern::Url(pattern), Needed::Begins(start)) => {
            // As a client reads it: the usual port left out, the host in small letters.
            let read = Address::parse(start).map(|address| address.whole());
            let start = read.as_deref().unwrap_or(start);
            match pattern.covers_all(start) {
                true => Cover::All,
                false => at_most(pattern.may_begin(start), Cover::Some),
            }
        }
        (Pattern::Argv(places), Needed::Is(command)) => match argv::split(command) {
            Some(words) => at_most(
                words.len() == places.len() && fit(places, &words),
                Cover::All,
            ),
            None => Cover::Some,
        },
        (Pattern::Argv(places), Needed::Begins(start)) => match argv::split(start.trim_end()) {
            Some(words) => at_most(
                words.len() < places.len() && fit(places, &words),
                Cover::Some,
            ),
            None => Cover::Some,
        },
    }
}

/// The entry that grants what a text of the author's names, and nothing else.
fn exactly(form: Form, text: &str) -> Option<Pattern> {
    match form {
        Form::Whole => None,
        Form::Name | Form::Text => Some(Pattern::Text(Glob::exact(text))),
        Form::Url => {
            let address = Address::parse(text).ok()?;
            Some(Pattern::Url(UrlPattern::exact(&address)))
        }
        Form::Argv => {
            let words = argv::split(text)?.into_iter().map(Place::This);
            Some(Pattern::Argv(words.collect()))
        }
    }
}

/// The entry that grants whatever begins so.
fn beginning(form: Form, start: &str) -> Option<Pattern> {
    match form {
        Form::Whole | Form::Argv => None,
        // A lone star is for whoever writes it to decide.
        Form::Name | Form::Text if start.is_empty() => None,
        Form::Name | Form::Text => Some(Pattern::Text(Glob::parse(&format!("{start}*")))),
        Form::Url => {
            let pattern = UrlPattern::parse(&format!("{start}*")).ok()?;
            Some(Pattern::Url(pattern))
        }
    }
}

/// Whether the first places cover the words, as far as there are both.
fn fit(places: &[Place], words: &[String]) -> bool {
    let mut pairs = places.iter().zip(words);
    pairs.all(|(place, word)| place.covers(word))
}

/// Whether the entry covers more than what is needed of it, and names of others among it.
fn is_wider(pattern: &Pattern, form: Form, of: &Needed) -> bool {
    let texts: Vec<&str> = match of {
        Needed::Is(text) | Needed::Begins(text) => vec![text],
        Needed::Among(texts) => texts.iter().map(String::as_str).collect(),
        Needed::Owned | Needed::Any => return false,
    };
    let is_open = matches!(of, Needed::Begins(_));
    let is_wider = |text: &str| match (pattern, form) {
        // Within a target lies what has its name in front of its own.
        (Pattern::Text(glob), Form::Name) => glob.is_open() && glob.len() < outermost(text).len(),
        (Pattern::Text(glob), _) => glob.is_open() && (!is_open || glob.len() < text.len()),
        (Pattern::Url(pattern), _) => {
            pattern.is_open() && (!is_open || pattern.written().len() - 1 < text.len())
        }
        (Pattern::Argv(places), _) => !is_open && places.contains(&Place::Any),
    };
    texts.into_iter().all(is_wider)
}

/// The first name of a path.
fn outermost(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}
