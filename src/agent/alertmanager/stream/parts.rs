//! The elements of the list `alerts` of an object, one by one, without looking into them.
//!
//! In: bytes. Out: each element as its bytes, or the beginning of one that is too long; at the end what
//! stands around them, in which a mark stands for all elements. Whether any of it is JSON is the business
//! of whoever reads it: here only brackets and quotes are followed.

use std::io::{self, Read};

use super::notes::{Becomes, CUT, Notes, Text};

/// Stands for the elements in what is left.
pub const MARK: u8 = 0;
/// How much is read at once.
const CHUNK: usize = 64 * 1024;
/// The list that is looked for, as its key is written.
const LIST: &[u8] = b"\"alerts\"";

/// An element.
#[derive(Debug)]
pub enum Part {
    Whole(Vec<u8>),
    TooLong { begin: Vec<u8>, size: usize },
}

impl Part {
    /// How many bytes of it are held.
    pub fn size(&self) -> usize {
        match self {
            Part::Whole(bytes) => bytes.len(),
            Part::TooLong { begin, .. } => begin.len(),
        }
    }
}

/// Why it cannot be gone on.
#[derive(Debug)]
pub enum Trouble {
    /// What stands around the elements is longer than an element may be.
    RestTooLong,
    /// An element is too long and comes to no end.
    Endless,
    /// Nobody takes the elements.
    NotTaken,
    Unreadable(io::Error),
}

/// Hands over each element; gives what stands around them.
pub fn split(
    mut source: impl Read,
    most: usize,
    kept: usize,
    take: impl FnMut(Part) -> bool,
) -> Result<Vec<u8>, Trouble> {
    let mut splitter = Splitter {
        most,
        kept,
        take,
        rest: Vec::new(),
        element: Vec::new(),
        size: 0,
        notes: Notes::of_alert(),
        common: Notes::in_common(),
        depth: 0,
        text: Text::Outside,
        begun: 0,
        key: Key::None,
        place: Place::Around,
    };
    let mut chunk = vec![0; CHUNK];
    loop {
        match source.read(&mut chunk) {
            Ok(0) => return splitter.ends(),
            Ok(came) => splitter.bytes(chunk.get(..came).unwrap_or_default())?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Trouble::Unreadable(error)),
        }
    }
}

/// What came of the key of the list, blanks aside. It is followed byte by byte: nothing is looked at twice, whatever
/// brackets and blanks are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    None,
    Named,
    /// With its colon.
    Said,
}

/// Where the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Around,
    /// In the list, before an element.
    Before,
    Within,
    /// Behind an element.
    Behind,
}

struct Splitter<F> {
    most: usize,
    kept: usize,
    take: F,
    rest: Vec<u8>,
    element: Vec<u8>,
    /// How many bytes the element has.
    size: usize,
    notes: Notes,
    common: Notes,
    /// How many brackets are open.
    depth: usize,
    text: Text,
    /// Where in the rest the last text of the outermost object begins.
    begun: usize,
    key: Key,
    place: Place,
}

impl<F: FnMut(Part) -> bool> Splitter<F> {
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        for byte in bytes {
            match self.place {
                Place::Around => self.around(*byte)?,
                Place::Before | Place::Behind => self.between(*byte)?,
                Place::Within => self.within(*byte)?,
            }
        }
        Ok(())
    }

    /// Follows texts; whether the byte stands outside of all of them, quotes included.
    fn is_outside(&mut self, byte: u8) -> bool {
        let (next, is_outside) = match (self.text, byte) {
            (Text::Outside, b'"') => (Text::Inside, false),
            (Text::Outside, _) => (Text::Outside, true),
            (Text::Inside, b'"') => (Text::Outside, false),
            (Text::Inside, b'\\') => (Text::Escaped, false),
            (Text::Inside | Text::Escaped, _) => (Text::Inside, false),
        };
        self.text = next;
        is_outside
    }

    fn around(&mut self, byte: u8) -> Result<(), Trouble> {
        let begins = self.text == Text::Outside && byte == b'"';
        let before = self.text;
        let is_outside = self.is_outside(byte);
        if begins && self.depth == 1 {
            self.begun = self.rest.len();
        }
        match self
            .common
            .becomes(byte, (before, self.text), self.depth, &self.rest)
        {
            Becomes::Held => self.keep(byte)?,
            Becomes::Cut => CUT.bytes().try_for_each(|byte| self.keep(byte))?,
            Becomes::LeftOut => {}
        }
        if !is_outside {
            if self.depth == 1 && self.text == Text::Outside {
                self.key = match self.rest.get(self.begun..) == Some(LIST) {
                    true => Key::Named,
                    false => Key::None,
                };
            }
            return Ok(());
        }
        let key = self.key;
        self.key = match (byte, key) {
            (b' ' | b'\t' | b'\n' | b'\r', _) => key,
            (b':', Key::Named) => Key::Said,
            _ => Key::None,
        };
        match byte {
            b'{' => self.depth += 1,
            b'[' => {
                self.depth += 1;
                if key == Key::Said && self.depth == 2 {
                    self.place = Place::Before;
                }
            }
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Ok(())
    }

    fn between(&mut self, byte: u8) -> Result<(), Trouble> {
        let is_first = self.rest.last() == Some(&b'[');
        match (byte, self.place) {
            (b' ' | b'\t' | b'\n' | b'\r', _) => {}
            (b']', _) => {
                // A comma with nothing behind it is kept, so that it is seen.
                if self.place == Place::Before && !is_first {
                    self.keep(b',')?;
                }
                self.depth -= 1;
                self.place = Place::Around;
                self.keep(byte)?;
            }
            // The bracket of an object ends no list: it is left to be seen, and what follows is not of the list.
            (b'}', _) => {
                self.depth -= 1;
                self.place = Place::Around;
                self.keep(byte)?;
            }
            (b',', Place::Behind) => self.place = Place::Before,
            (b',', _) => self.keep(byte)?,
            (_, Place::Behind) => {
                // Two without a comma: so are the marks.
                self.keep(b' ')?;
                self.keep(b'0' + MARK)?;
                self.place = Place::Within;
                self.within(byte)?;
            }
            (_, Place::Around | Place::Before | Place::Within) => {
                if is_first {
                    self.keep(b'0' + MARK)?;
                }
                self.place = Place::Within;
                self.within(byte)?;
            }
        }
        Ok(())
    }

    fn within(&mut self, byte: u8) -> Result<(), Trouble> {
        let before = self.text;
        let is_outside = self.is_outside(byte);
        let becomes = self
            .notes
            .becomes(byte, (before, self.text), self.depth, &self.element);
        if is_outside {
            match byte {
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth > 2 => {
                    self.depth -= 1;
                    if self.depth == 2 {
                        self.hold(byte);
                        return self.give();
                    }
                }
                // What is no object ends where the list goes on.
                b',' | b'}' | b']' if self.depth == 2 => {
                    self.give()?;
                    return self.between(byte);
                }
                _ => {}
            }
        }
        match becomes {
            Becomes::Held => self.hold(byte),
            Becomes::Cut => CUT.bytes().for_each(|byte| self.hold(byte)),
            Becomes::LeftOut => {}
        }
        Ok(())
    }

    fn hold(&mut self, byte: u8) {
        self.size = self.size.saturating_add(1);
        match self.size.cmp(&self.most) {
            std::cmp::Ordering::Greater => {
                self.element.truncate(self.kept);
                self.element.shrink_to(self.kept);
            }
            std::cmp::Ordering::Less | std::cmp::Ordering::Equal => self.element.push(byte),
        }
    }

    fn give(&mut self) -> Result<(), Trouble> {
        let bytes = std::mem::take(&mut self.element);
        let part = match self.size > self.most {
            true => Part::TooLong {
                begin: bytes,
                size: self.size,
            },
            false => Part::Whole(bytes),
        };
        self.size = 0;
        self.notes = Notes::of_alert();
        self.place = Place::Behind;
        match (self.take)(part) {
            true => Ok(()),
            false => Err(Trouble::NotTaken),
        }
    }

    fn keep(&mut self, byte: u8) -> Result<(), Trouble> {
        if self.rest.len() >= self.most {
            return Err(Trouble::RestTooLong);
        }
        self.rest.push(byte);
        Ok(())
    }

    /// What came to no end is left out, so that what is left is seen to be broken.
    fn ends(self) -> Result<Vec<u8>, Trouble> {
        match self.place {
            Place::Within if self.size > self.most => Err(Trouble::Endless),
            Place::Within | Place::Around | Place::Before | Place::Behind => Ok(self.rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Vec<String>, String) {
        let mut parts = Vec::new();
        let rest = split(text.as_bytes(), 20, 4, |part| {
            parts.push(match part {
                Part::Whole(bytes) => String::from_utf8(bytes).unwrap(),
                Part::TooLong { begin, size } => {
                    format!("{}… {size}", String::from_utf8(begin).unwrap())
                }
            });
            true
        });
        let rest = match rest {
            Ok(rest) => String::from_utf8(rest).unwrap(),
            Err(trouble) => format!("{trouble:?}"),
        };
        (parts, rest)
    }

    #[test]
    fn elements_come_one_by_one() {
        let (found, rest) = parts(r#"{"alerts" : [ {"a":"]}"}, [1,[2]] ,3, "x\",\"" ]}"#);
        // A blank behind an element comes with it.
        assert_eq!(found, [r#"{"a":"]}"}"#, "[1,[2]]", "3", r#""x\",\"" "#]);
        assert_eq!(rest, r#"{"alerts" : [0]}"#);
        assert_eq!(parts(r#"{"alerts":[]}"#).1, r#"{"alerts":[]}"#);
        assert!(parts(r#"{"x":{"alerts":[1,2]}}"#).0.is_empty());
        assert!(parts(r#"{"x":"alerts","y":[1]}"#).0.is_empty());
    }

    #[test]
    fn one_that_is_too_long_costs_no_other() {
        let (found, rest) = parts(r#"{"alerts":[1,{"a":"0123456789012345678901234"},2]}"#);
        assert_eq!(found, ["1", "{\"a\"… 33", "2"]);
        assert_eq!(rest, r#"{"alerts":[0]}"#);
    }

    /// However they are written, and where the cut falls.
    #[test]
    fn annotations_cost_no_alert() {
        for text in ["x", "ä", "\\\\", "\\\"", "\\u00e4", "\u{1f525}"] {
            let long = text.repeat((9 << 20) / text.len());
            let alert = format!(
                r#"{{"labels":{{"a":"1"}},"annotations" : {{"one":"{long}", "two":"{long}"}},"status":"firing"}}"#
            );
            let mut found = Vec::new();
            let body = format!(
                r#"{{"commonAnnotations":{{"one":"{long}"}},"alerts":[{alert},{{"labels":{{"a":"2"}}}}]}}"#
            );
            let rest = split(body.as_bytes(), 8 << 20, 4, |part| {
                found.push(part);
                true
            });
            let rest: serde_json::Value = serde_json::from_slice(&rest.unwrap()).unwrap();
            assert!(
                rest["commonAnnotations"]["one"]
                    .as_str()
                    .unwrap()
                    .ends_with(CUT)
            );
            assert_eq!(rest["alerts"], serde_json::json!([0]));
            let [Part::Whole(first), Part::Whole(second)] = found.as_slice() else {
                panic!("{text}: {}", found.len());
            };
            let first: serde_json::Value = serde_json::from_slice(first).unwrap();
            assert_eq!(first["labels"]["a"], "1");
            assert_eq!(first["status"], "firing");
            assert!(first["annotations"]["one"].as_str().unwrap().ends_with(CUT));
            assert_eq!(first["annotations"]["two"], CUT);
            assert_eq!(second, br#"{"labels":{"a":"2"}}"#);
        }
        // What only looks like them is held whole.
        let long = "x".repeat(3 << 20);
        let alert = format!(r#"{{"labels":{{"annotations":"{long}"}},"x":"annotations"}}"#);
        let body = format!(r#"{{"alerts":[{alert}]}}"#);
        let mut found = Vec::new();
        let rest = split(body.as_bytes(), 8 << 20, 4, |part| {
            found.push(part);
            true
        });
        assert!(rest.is_ok());
        assert!(matches!(&found[..], [Part::Whole(whole)] if *whole == alert.as_bytes()));
    }

    #[test]
    fn a_wrong_bracket_comes_to_an_end() {
        for text in [r#"{"alerts":[1}"#, r#"{"alerts":[}"#, r#"{"alerts":[{}}"#] {
            let rest = split(text.as_bytes(), 8 << 20, 4, |_| true);
            assert!(rest.is_ok_and(|rest| rest.len() < 20), "{text}");
        }
    }

    /// With a look at all blanks for each bracket this would come to no end.
    #[test]
    fn blanks_and_brackets_come_to_an_end() {
        let (blanks, brackets) = (" ".repeat(1_000_000), "[]".repeat(500_000));
        for key in [r#"{"alerts""#, r#"{"alerts":1"#, r#"{"alerts":"#] {
            let text = format!("{key}{blanks}{brackets}}}");
            let mut taken = 0;
            let rest = split(text.as_bytes(), 8 << 20, 4, |_| {
                taken += 1;
                true
            });
            assert_eq!(rest.map(|rest| rest.len()).unwrap(), text.len(), "{key}");
            assert_eq!(taken, 0, "{key}");
        }
    }

    #[test]
    fn only_the_value_of_the_key_is_the_list() {
        let taken = |text: &str| {
            let mut taken = 0;
            let rest = split(text.as_bytes(), 100, 4, |_| {
                taken += 1;
                true
            });
            assert!(rest.is_ok(), "{text}");
            taken
        };
        for text in [
            r#"{"alerts" [1]}"#,
            r#"{"alerts":: [1]}"#,
            r#"{"alerts": 1 [1]}"#,
            r#"{"alerts": "x" [1]}"#,
            r#"{"alerts": {} [1]}"#,
            r#"{"alerts": {"alerts": [1]}}"#,
        ] {
            assert_eq!(taken(text), 0, "{text}");
        }
        assert_eq!(taken("{\"alerts\"\r\n:\t[1]}"), 1);
        assert_eq!(taken(r#"{"alerts": "x", "alerts": [1]}"#), 1);
    }

    #[test]
    fn what_is_broken_stays_broken() {
        for text in [
            r#"{"alerts":[{}{}]}"#,
            r#"{"alerts":[{},]}"#,
            r#"{"alerts":[,{}]}"#,
            r#"{"alerts":[{},,{}]}"#,
            r#"{"alerts":[{}"#,
            r#"{"alerts":[{}}"#,
            r#"{"alerts":[1 2}"#,
            r#"{"alerts":[{]}"#,
            r#"{"alerts":[1}"#,
            r#"{"alerts":[}"#,
            r#"{"alerts":[1,}]}"#,
        ] {
            let (_, rest) = parts(text);
            let read = serde_json::from_str::<serde::de::IgnoredAny>(&rest);
            assert!(read.is_err(), "{text} -> {rest}");
        }
        let (_, rest) = parts(r#"{"much more than an element may have":1}"#);
        assert_eq!(rest, "RestTooLong");
    }
}
