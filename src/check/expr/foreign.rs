//! Texts that are filled the way of another language: `{{ $labels.pod }}`, `$pod`, `%s`, `{pod}`.
//!
//! In: a text for people as it is written. Out: a warning, with an edit where each place names something
//! that is known here. Never looks at texts for machines: `date +%s` and JSON are what they are.

use std::ops::Range;

use super::Elaborator;
use crate::diag::{Code, Diagnostic};
use crate::text::Span;

/// A place that looks like one to be filled.
struct Place {
    range: Range<usize>,
    /// What would be filled in, if it has a name.
    name: Option<String>,
}

/// Whether a text has a place that another language would fill: it is told by itself.
pub fn is_filled_elsewhere(raw: &str) -> bool {
    places(raw)
        .iter()
        .any(|place| !is_plain(&raw[place.range.clone()]))
}

/// `{pod}`, `<pod>`, `@pod`: what may as well be meant as it stands.
fn is_plain(shown: &str) -> bool {
    shown.starts_with('{') && !shown.starts_with("{{")
        || shown.starts_with('<') && !shown.starts_with("<%")
        || shown.starts_with('@')
}

impl Elaborator<'_, '_> {
    /// Warns of what nothing will fill.
    pub fn warn_foreign_template(&mut self, span: Span) {
        let raw = self.checker.text(span);
        let places = places(raw);
        let known = |place: &Place| {
            let name = place.name.as_deref();
            name.is_some_and(|name| self.is_known(name))
        };
        let meant = |place: &&Place| !is_plain(&raw[place.range.clone()]) || known(place);
        let places: Vec<&Place> = places.iter().filter(meant).collect();
        let Some(first) = places.first() else {
            return;
        };
        let at = |range: &Range<usize>| {
            let start = span.start as usize;
            Span::new(span.source, start + range.start, start + range.end)
        };
        let shown = &raw[first.range.clone()];
        let message = format!("`{shown}` is not how a text is filled");
        let found = Diagnostic::new(
            Code::ForeignTemplate,
            message,
            at(&first.range),
            "people would read it as it stands",
        );
        let name = first.name.clone().filter(|_| known(first));
        let example = name.unwrap_or_else(|| "name".to_owned());
        let mut found = found.help(format!(
            "a value stands in a text as `${{{example}}}`; what is not known here is bound first"
        ));
        if places.iter().all(|place| known(place)) {
            for place in &places {
                if let Some(name) = &place.name {
                    found = found.fix("write `${...}`", at(&place.range), format!("${{{name}}}"));
                }
            }
        }
        self.say(found);
    }

    /// `{{ $labels.pod }}` in a query: nobody fills it, and the query asks for these very letters.
    pub fn warn_template_in_query(&mut self, span: Span) {
        let raw = self.checker.text(span);
        let Some(at) = raw.find("{{") else { return };
        let Some((length, name)) = doubled(&raw[at..]) else {
            return;
        };
        let quote = |at: Option<char>| matches!(at, Some('\'' | '"'));
        let quoted =
            quote(raw[..at].chars().next_back()) && quote(raw[at + length..].chars().next());
        let (start, end) = match quoted {
            true => (at - 1, at + length + 1),
            false => (at, at + length),
        };
        let place = |start: usize, end: usize| {
            let begin = span.start as usize;
            Span::new(span.source, begin + start, begin + end)
        };
        let name = name.filter(|name| self.is_known(name));
        let message = format!("`{}` is not how a query is filled", &raw[at..at + length]);
        let label = "the query asks for these very letters";
        let found = Diagnostic::new(
            Code::ForeignTemplate,
            message,
            place(at, at + length),
            label,
        );
        let example = name.as_deref().unwrap_or("name");
        let found = found.help(format!(
            "a value stands in a query as `${{{example}}}`, without quotes; what is not known here is bound first"
        ));
        self.say(match name {
            Some(name) => found.fix("write `${...}`", place(start, end), format!("${{{name}}}")),
            None => found,
        });
    }

    fn is_known(&self, name: &str) -> bool {
        self.is_value(name)
    }
}

/// What a place begins with.
const MARKS: [char; 6] = ['{', '<', '#', '$', '%', '@'];

/// Every place of a text that some language would fill.
fn places(raw: &str) -> Vec<Place> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = raw[at..].find(MARKS) {
        at += next;
        let rest = &raw[at..];
        let place = doubled(rest)
            .or_else(|| dollar(rest))
            .or_else(|| percent(rest, raw[..at].chars().next_back()))
            .or_else(|| braces(rest))
            .or_else(|| marked(rest));
        let hole = rest.starts_with("${").then(|| rest.find('}')).flatten();
        match (hole, place) {
            (Some(end), _) => at += end + 1,
            (None, Some((length, name))) => {
                found.push(Place {
                    range: at..at + length,
                    name,
                });
                at += length;
            }
            (None, None) => at += 1,
        }
    }
    found
}

/// What a language writes between its marks, by its last word: `$labels.pod`, `.Labels.pod`.
fn last_word(inside: &str) -> Option<String> {
    let word = inside
        .rsplit(|letter: char| !is_letter(letter))
        .find(|word| !word.is_empty())?;
    let begins = word.starts_with(|letter: char| letter.is_alphabetic() || letter == '_');
    begins.then(|| word.to_owned())
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// `{{ ... }}`, `<%= ... %>`, `#{...}`, `%{...}`, `$ {...}`, `$(...)`
fn doubled(rest: &str) -> Option<(usize, Option<String>)> {
    let marks = [
        ("{{", "}}"),
        ("<%", "%>"),
        ("#{", "}"),
        ("%{", "}"),
        ("$ {", "}"),
        ("$(", ")"),
    ];
    let (open, close) = marks.iter().find(|(open, _)| rest.starts_with(open))?;
    let end = open.len() + rest[open.len()..].find(close)?;
    Some((end + close.len(), last_word(&rest[open.len()..end])))
}

/// `$labels.pod`, `$pod`
fn dollar(rest: &str) -> Option<(usize, Option<String>)> {
    let name = rest.strip_prefix('$')?;
    let starts = name.starts_with(|letter: char| letter.is_alphabetic() || letter == '_');
    if !starts {
        return None;
    }
    let inside = |letter: char| is_letter(letter) || letter == '.';
    let end = name.find(|letter| !inside(letter)).unwrap_or(name.len());
    let name = name[..end].trim_end_matches('.');
    Some((1 + name.len(), last_word(name)))
}

/// `%s`, `%d`, `%(name)s`
fn percent(rest: &str, before: Option<char>) -> Option<(usize, Option<String>)> {
    let rest = rest.strip_prefix('%')?;
    if before.is_some_and(|before| before.is_ascii_digit() || before == '%') {
        return None;
    }
    let (name, behind) = match rest.strip_prefix('(') {
        Some(inside) => {
            let end = inside.find(')')?;
            (last_word(&inside[..end]), end + 2)
        }
        None => (None, 0),
    };
    let mut letters = rest.get(behind..)?.chars();
    let verb = letters.next()?;
    let ends = letters.next().is_none_or(|letter| !is_letter(letter));
    (matches!(verb, 's' | 'd' | 'f' | 'v' | 'q') && ends).then_some((behind + 2, name))
}

/// `<pod>`, `@option.pod@`: only where the name is known.
fn marked(rest: &str) -> Option<(usize, Option<String>)> {
    let marks = [('<', '>'), ('@', '@')];
    let (open, close) = marks
        .into_iter()
        .find(|(open, _)| rest.starts_with(*open))?;
    let inside = rest.strip_prefix(open)?;
    let end = inside.find(close)?;
    let name = &inside[..end];
    let plain = name
        .chars()
        .all(|letter| is_letter(letter) || letter == '.');
    plain.then(|| (end + 2, last_word(name)))
}

/// `{pod}`: only where the name is known.
fn braces(rest: &str) -> Option<(usize, Option<String>)> {
    let inside = rest.strip_prefix('{')?;
    let end = inside.find('}')?;
    let name = inside[..end].trim();
    let plain = !name.is_empty() && name.chars().all(is_letter);
    plain.then(|| (end + 2, Some(name.to_owned())))
}
