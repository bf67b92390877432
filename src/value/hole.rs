//! What goes into a hole, escaped by the rules of the language around it.
//!
//! In: a value and the position of its hole. Out: text that stays what it is: a value never ends
//! its string, its pattern or its path segment.

use super::template::missing_value;
use super::{Failure, HolePosition, Quote, Value};

/// The value as it may stand at the position.
pub(super) fn escaped(position: HolePosition, value: &Value) -> Result<String, Failure> {
    if !position.accepts(value.kind()) {
        let (kind, accepted) = (value.kind(), position.accepted());
        let what = format!("{kind} in a hole that takes {accepted}");
        return Err(Failure::conversion(what));
    }
    let plain = value.to_plain();
    Ok(match position {
        HolePosition::Plain => plain,
        HolePosition::Message => value.to_shown(),
        HolePosition::Pattern => escape_pattern(&plain)?,
        HolePosition::UrlSegment | HolePosition::UrlValue => percent_encode(&plain),
        HolePosition::PromqlLabel(_) if plain.is_empty() => {
            // To Prometheus an empty label is a missing one: other series than were meant.
            return Err(Failure::conversion("a label value in a query is empty"));
        }
        HolePosition::PromqlLabel(quote) => quoted(quote, &plain),
        HolePosition::PromqlPattern(quote) => quoted(quote, &escape_pattern(&plain)?),
        HolePosition::PromqlDuration => {
            let Value::Duration(duration) = value else {
                return Err(missing_value());
            };
            if duration.millis() <= 0 {
                return Err(Failure::conversion("a range needs a duration above zero"));
            }
            plain
        }
    })
}

/// A text as a regular expression that matches exactly this text, as one unit.
///
/// An empty text is refused: it would match everything.
fn escape_pattern(text: &str) -> Result<String, Failure> {
    if text.is_empty() {
        let what = "an empty text in a pattern would match everything";
        return Err(Failure::conversion(what));
    }
    let mut escaped = String::with_capacity(text.len() + 4);
    escaped.push_str("(?:");
    for character in text.chars() {
        if character.is_whitespace() || character.is_control() {
            // A blank counts for nothing where the pattern says `(?x)`.
            escaped.push_str(&format!("\\x{{{:x}}}", u32::from(character)));
            continue;
        }
        if "\\.+*?()|[]{}^$#&-~".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped.push(')');
    Ok(escaped)
}

/// A text inside a string of a query.
fn quoted(quote: Quote, text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 2);
    let mark = match quote {
        Quote::Single => '\'',
        Quote::Double | Quote::Added => '"',
    };
    if quote == Quote::Added {
        escaped.push(mark);
    }
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            same if same == mark => escaped.extend(['\\', mark]),
            hidden if hidden.is_control() => {
                escaped.push_str(&format!("\\u{:04x}", u32::from(hidden)));
            }
            plain => escaped.push(plain),
        }
    }
    if quote == Quote::Added {
        escaped.push(mark);
    }
    escaped
}

/// Everything but letters, digits and `-_.~` as `%XX`.
fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Watches the path segment that a hole belongs to: decoded, it may end up neither empty nor `.` nor
/// `..`, and hold no `/` and no `\`, which would name another place than the author wrote.
#[derive(Default)]
pub(super) struct PathSegment {
    text: String,
    has_hole: bool,
    is_unwatched: bool,
}

impl PathSegment {
    /// Takes everything.
    pub fn unwatched() -> PathSegment {
        PathSegment {
            is_unwatched: true,
            ..PathSegment::default()
        }
    }

    /// A value goes into the segment.
    pub fn hole(&mut self, piece: &str) {
        self.text.push_str(piece);
        self.has_hole = true;
    }

    /// The author's own text follows.
    pub fn literal(&mut self, literal: &str) -> Result<(), Failure> {
        for character in literal.chars() {
            if matches!(character, '/' | '?' | '#') {
                self.end()?;
            } else {
                self.text.push(character);
            }
        }
        Ok(())
    }

    /// The segment is complete.
    pub fn end(&mut self) -> Result<(), Failure> {
        let segment = std::mem::take(&mut self.text);
        let has_hole = std::mem::take(&mut self.has_hole);
        if !has_hole || self.is_unwatched {
            return Ok(());
        }
        // What a server reads: whoever decodes first and splits then sees other segments.
        let read = percent_decode(&segment);
        // Some servers cut parameters off before they look for dots.
        let name = read.split(|byte| *byte == b';').next().unwrap_or_default();
        let what = if read.is_empty() {
            "a part of a URL path would be empty".to_owned()
        } else if matches!(name, b"." | b"..") {
            format!("a part of a URL path would be `{segment}`, which names another place")
        } else if let Some(mark) = read.iter().find(|byte| matches!(byte, b'/' | b'\\')) {
            let mark = char::from(*mark);
            format!("a part of a URL path would contain `{mark}`, which begins another part")
        } else {
            return Ok(());
        };
        Err(Failure::conversion(what))
    }
}

/// The bytes that stand behind each `%XX`.
fn percent_decode(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let digits = behind
            .get(..2)
            .and_then(|digits| str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (first, byte) {
            (b'%', Some(byte)) => {
                decoded.push(byte);
                rest = &behind[2..];
            }
            _ => {
                decoded.push(*first);
                rest = behind;
            }
        }
    }
    decoded
}
