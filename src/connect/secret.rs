//! Secrets: the one place where their bytes are, and the net that catches them on the way out.
//!
//! In: names with their texts. Out: a text for whoever sends it, and words from outside in which no
//! secret is left, also not encoded. Never prints one.

mod forms;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use smol_str::SmolStr;

/// A shorter text stands in words by chance, and is guessed soon.
const SHORTEST: usize = 8;

/// The bytes of a secret. Printing it shows nothing of them.
#[derive(Clone)]
pub struct SecretText(Arc<str>);

impl SecretText {
    /// Takes in a secret; refuses one that is too short to be told from other text.
    pub fn new(text: impl Into<Arc<str>>) -> Result<SecretText, String> {
        let text = text.into();
        match text.len() < SHORTEST {
            true => Err(format!("a secret has at least {SHORTEST} bytes")),
            false => Ok(SecretText(text)),
        }
    }

    /// The text itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SecretText(hidden)")
    }
}

/// All secrets of an agent, by name.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    table: BTreeMap<SmolStr, SecretText>,
}

impl Secrets {
    /// The table of these secrets.
    pub fn new(secrets: impl IntoIterator<Item = (SmolStr, SecretText)>) -> Secrets {
        Secrets {
            table: secrets.into_iter().collect(),
        }
    }

    /// The same and one more, for a connector that has a credential of its own.
    pub fn and(&self, name: &str, secret: Option<&SecretText>) -> Secrets {
        let mut table = self.table.clone();
        table.extend(secret.map(|secret| (SmolStr::new(name), secret.clone())));
        Secrets { table }
    }

    /// The secret of this name.
    pub fn secret(&self, name: &str) -> Option<&SecretText> {
        self.table.get(name)
    }

    /// The text with `[secret NAME]` wherever one of them stands, plain or encoded.
    pub fn redact(&self, text: &str) -> String {
        self.redact_cut(text, usize::MAX).0
    }

    /// The same for at most so many bytes; whether something was cut off.
    ///
    /// A secret that reaches over the cut is replaced as a whole: half of one is too much. So
    /// whoever reads from outside keeps [`Secrets::margin`] bytes more than are given on.
    pub fn redact_cut(&self, text: &str, most: usize) -> (String, bool) {
        let mut shown = String::new();
        let mut at = 0;
        for (range, name) in self.places(text.as_bytes()) {
            if range.start >= most {
                break;
            }
            shown.push_str(text.get(at..range.start).unwrap_or_default());
            shown.push_str(&format!("[secret {name}]"));
            at = range.end;
        }
        let end = floor(text, most.max(at));
        shown.push_str(text.get(at..end).unwrap_or_default());
        let cut = end < text.len() || shown.len() > most;
        shown.truncate(floor(&shown, most));
        (shown, cut)
    }

    /// How much longer than its limit a text has to be kept until it is redacted.
    pub fn margin(&self) -> usize {
        let longest = self
            .table
            .values()
            .map(|secret| secret.expose().len())
            .max();
        // The longest form spells each byte as `\u0000`.
        longest.unwrap_or_default() * 6
    }

    /// Where secrets stand, in order, none touching another.
    fn places(&self, text: &[u8]) -> Vec<(Range<usize>, &str)> {
        let mut found: Vec<(Range<usize>, &str)> = Vec::new();
        let views = forms::views(text);
        for (name, secret) in &self.table {
            let ranges = forms::places(text, &views, secret.expose());
            found.extend(ranges.into_iter().map(|range| (range, name.as_str())));
        }
        found.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
        let mut apart: Vec<(Range<usize>, &str)> = Vec::new();
        for (range, name) in found {
            match apart.last_mut() {
                Some((last, _)) if range.start < last.end => last.end = last.end.max(range.end),
                Some(_) | None => apart.push((range, name)),
            }
        }
        apart
    }
}

/// The last place at or before `at` where a character begins.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests;
