//! A notification as it comes in: read alert by alert, so that none of its size is ever held at once.
//!
//! In: a source of bytes. Out: each alert that can be dealt with, and each that cannot, as soon as it is
//! there; at the end whether the whole was a notification. Its version may stand behind its alerts.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::{Bad, alert, bad};
use crate::diag::Code;
use crate::journal::Alert;

/// The longest alert, and the longest of whatever else stands in a notification.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// One alert of a notification.
#[derive(Debug)]
pub enum Item {
    Alert(Box<Alert>),
    Bad(Bad),
}

/// Why the whole cannot be dealt with.
#[derive(Debug)]
pub struct Broken {
    pub code: Code,
    pub why: String,
}

/// Reads a notification of Alertmanager or of Grafana, and hands each alert over with its size as it
/// comes. Goes no further once nobody takes them.
pub fn read(source: impl Read, take: impl FnMut(Item, usize) -> bool) -> Result<(), Broken> {
    let seen = Rc::new(Seen::default());
    let clean = Clean {
        source,
        seen: seen.clone(),
        left: Vec::new(),
        ready: Vec::new(),
        at: 0,
        ended: false,
    };
    let mut take = Take { take, seen };
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(CHUNK, clean));
    let head = Whole(&mut take)
        .deserialize(&mut json)
        .and_then(|head| json.end().map(|()| head));
    let head = head.map_err(|error| match error.is_io() {
        true => Broken {
            code: Code::AlertTooLarge,
            why: format!("an alert of it has more than {PART_BYTES} bytes"),
        },
        false => malformed(format!("it is no webhook of Alertmanager: {error}")),
    })?;
    match head.version.as_deref() {
        // Alertmanager's, and Grafana's.
        Some("4" | "1") => {}
        Some(other) => {
            return Err(malformed(format!(
                "it is of version {other:?}, and \"4\" of Alertmanager and \"1\" of Grafana are known"
            )));
        }
        None => {
            let why = "it is no webhook of Alertmanager: it has no `version`";
            return Err(malformed(why.to_owned()));
        }
    }
    if !head.has_alerts {
        let why = "it is no webhook of Alertmanager: it has no `alerts`";
        return Err(malformed(why.to_owned()));
    }
    if head.truncated > 0 {
        let why = format!(
            "the sender left {} alerts out of a notification: raise `max_alerts` of its receiver",
            head.truncated
        );
        (take.take)(Item::Bad(bad(Code::AlertTooLarge, why, "")), 0);
    }
    Ok(())
}

fn malformed(why: String) -> Broken {
    Broken {
        code: Code::AlertMalformed,
        why,
    }
}

/// What was seen of the bytes.
#[derive(Default)]
struct Seen {
    /// How many there were since the last alert.
    since: Cell<usize>,
    /// Whether some were no UTF-8.
    spoilt: Cell<bool>,
}

/// Whoever takes the alerts.
struct Take<F> {
    take: F,
    seen: Rc<Seen>,
}

impl<F: FnMut(Item, usize) -> bool> Take<F> {
    fn alert(&mut self, raw: &str) -> bool {
        self.seen.since.set(0);
        let item = match alert(raw) {
            Ok(alert) if self.seen.spoilt.get() && is_spoilt(&alert) => {
                let why = "its labels are not UTF-8".to_owned();
                Item::Bad(bad(Code::AlertMalformed, why, raw))
            }
            Ok(alert) => Item::Alert(Box::new(alert)),
            Err((code, why)) => Item::Bad(bad(code, why, raw)),
        };
        (self.take)(item, raw.len())
    }
}

/// Whether something in the labels was replaced: nobody knows what it was.
fn is_spoilt(alert: &Alert) -> bool {
    let mut labels = alert.labels.iter();
    labels.any(|(name, value)| name.contains('\u{fffd}') || value.contains('\u{fffd}'))
}

/// What stands around the alerts.
#[derive(Default)]
struct Head {
    version: Option<String>,
    truncated: u64,
    has_alerts: bool,
}

struct Whole<'t, F>(&'t mut Take<F>);

impl<'de, F: FnMut(Item, usize) -> bool> DeserializeSeed<'de> for Whole<'_, F> {
    type Value = Head;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Head, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: FnMut(Item, usize) -> bool> Visitor<'de> for Whole<'_, F> {
    type Value = Head;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Head, A::Error> {
        let mut head = Head::default();
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "version" => head.version = Some(map.next_value()?),
                "truncatedAlerts" => {
                    head.truncated = map.next_value::<Option<u64>>()?.unwrap_or_default();
                }
                "alerts" if head.has_alerts => {
                    return Err(A::Error::custom("`alerts` stands twice"));
                }
                "alerts" => {
                    map.next_value_seed(Alerts(self.0))?;
                    head.has_alerts = true;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(head)
    }
}

struct Alerts<'t, F>(&'t mut Take<F>);

impl<'de, F: FnMut(Item, usize) -> bool> DeserializeSeed<'de> for Alerts<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(Item, usize) -> bool> Visitor<'de> for Alerts<'_, F> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of alerts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(raw) = list.next_element::<Box<RawValue>>()? {
            if !self.0.alert(raw.get()) {
                return Err(A::Error::custom("nobody takes its alerts"));
            }
        }
        Ok(())
    }
}

/// Bytes as text: what is no UTF-8 is replaced, so that it spoils one alert and not all of them.
struct Clean<R> {
    source: R,
    seen: Rc<Seen>,
    /// The beginning of a character whose end has not come yet.
    left: Vec<u8>,
    ready: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Clean<R> {
    fn fill(&mut self) -> io::Result<()> {
        let mut bytes = std::mem::take(&mut self.left);
        let start = bytes.len();
        bytes.resize(start + CHUNK, 0);
        let came = self
            .source
            .read(bytes.get_mut(start..).unwrap_or_default())?;
        bytes.truncate(start + came);
        self.ended = came == 0;
        let since = self.seen.since.get().saturating_add(came);
        self.seen.since.set(since);
        if since > PART_BYTES {
            return Err(io::Error::other("a part is too long"));
        }
        self.ready.clear();
        self.at = 0;
        let mut rest = bytes.as_slice();
        while let Err(error) = std::str::from_utf8(rest) {
            let (good, others) = rest.split_at(error.valid_up_to());
            self.ready.extend_from_slice(good);
            let wrong = match error.error_len() {
                Some(wrong) => wrong,
                None if self.ended => others.len(),
                None => {
                    self.left = others.to_vec();
                    return Ok(());
                }
            };
            self.seen.spoilt.set(true);
            self.ready.extend_from_slice("\u{fffd}".as_bytes());
            rest = others.get(wrong..).unwrap_or_default();
        }
        self.ready.extend_from_slice(rest);
        Ok(())
    }
}

impl<R: Read> Read for Clean<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.ready.len() && !self.ended {
            self.fill()?;
        }
        let ready = self.ready.get(self.at..).unwrap_or_default();
        let many = ready.len().min(buffer.len());
        let (Some(from), Some(to)) = (ready.get(..many), buffer.get_mut(..many)) else {
            return Ok(0);
        };
        to.copy_from_slice(from);
        self.at += many;
        Ok(many)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A source that gives one byte at a time.
    struct Slowly<'a>(&'a [u8]);

    impl Read for Slowly<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else {
                return Ok(0);
            };
            buffer[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn names(body: &[u8]) -> (Vec<String>, Result<(), Broken>) {
        let mut names = Vec::new();
        let read = read(Slowly(body), |item, _| {
            names.push(match item {
                Item::Alert(alert) => alert.labels["pod"].to_string(),
                Item::Bad(bad) => format!("bad: {}", bad.why),
            });
            true
        });
        (names, read)
    }

    #[test]
    fn a_character_may_come_in_pieces() {
        let body = "{\"version\":\"4\",\"alerts\":[{\"labels\":{\"alertname\":\"A\",\"pod\":\"żółw🐢\"}}]}";
        let (names, read) = names(body.as_bytes());
        assert_eq!(names, ["żółw🐢"]);
        assert!(read.is_ok());
    }

    #[test]
    fn what_is_no_text_spoils_one_alert() {
        let mut body = b"{\"alerts\":[{\"labels\":{\"alertname\":\"A\",\"pod\":\"a".to_vec();
        body.extend(b"\xff\"}},{\"labels\":{\"alertname\":\"A\",\"pod\":\"b\"},\"annotations\":");
        body.extend(b"{\"summary\":\"\xe2\x82\"}}],\"version\":\"4\"}");
        let (names, read) = names(&body);
        assert_eq!(names, ["bad: its labels are not UTF-8", "b"]);
        assert!(read.is_ok());
    }

    #[test]
    fn the_version_may_come_last_and_has_to_come() {
        let alerts = "\"alerts\":[{\"labels\":{\"alertname\":\"A\",\"pod\":\"a\"}}]";
        for version in ["\"version\":\"3\",", "", "\"version\":4,"] {
            let (_, read) = names(format!("{{{version}{alerts}}}").as_bytes());
            assert!(read.is_err(), "{version}");
        }
        let (found, read) = names(format!("{{{alerts},\"version\":\"1\",\"orgId\":1}}").as_bytes());
        assert_eq!(found, ["a"]);
        assert!(read.is_ok());
        let (_, read) = names(b"{\"version\":\"4\",\"alerts\":[]} and more");
        assert!(read.is_err());
    }
}
