//! A notification as it comes in: read alert by alert, so that none of its size is ever held at once.
//!
//! In: a source of bytes. Out: each alert that can be dealt with, and each that cannot, as soon as it is
//! there; at the end whether the whole was a notification. Its version may stand behind its alerts. What is
//! wrong with one alert, its size also, costs no other.

mod notes;
mod parts;

use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use self::parts::{Part, Trouble};
use super::{Bad, KEPT_BYTES, alert, bad};
use crate::diag::Code;
use crate::journal::Alert;

/// The longest alert, and the longest of whatever else stands in a notification.
const PART_BYTES: usize = 8 * 1024 * 1024;

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
pub fn read(source: impl Read, mut take: impl FnMut(Item, usize) -> bool) -> Result<(), Broken> {
    let rest = parts::split(source, PART_BYTES, KEPT_BYTES, |part| {
        let size = part.size();
        take(item(part), size)
    });
    let rest = rest.map_err(|trouble| match trouble {
        Trouble::RestTooLong => Broken {
            code: Code::AlertTooLarge,
            why: format!("it has more than {PART_BYTES} bytes beside its alerts"),
        },
        Trouble::Endless => Broken {
            code: Code::AlertTooLarge,
            why: format!("an alert of it has more than {PART_BYTES} bytes and no end"),
        },
        Trouble::NotTaken => malformed("nobody takes its alerts".to_owned()),
        Trouble::Unreadable(why) => malformed(format!("it cannot be read: {why}")),
    })?;
    // A name that is not UTF-8 is none that is known.
    let rest = String::from_utf8_lossy(&rest);
    let head: Head = serde_json::from_str(&rest).map_err(|error| {
        let error = error.to_string();
        // Its place is not that in what came: the alerts are taken out.
        let (what, _) = error.rsplit_once(" at line ").unwrap_or((&error, ""));
        malformed(format!(
            "it is not a notification of Alertmanager or Grafana: {what}"
        ))
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
            let why = "it is not a notification of Alertmanager or Grafana: it has no `version`";
            return Err(malformed(why.to_owned()));
        }
    }
    if !head.has_alerts {
        let why = "it is not a notification of Alertmanager or Grafana: it has no `alerts`";
        return Err(malformed(why.to_owned()));
    }
    if head.truncated > 0 {
        let why = format!(
            "the sender left {} alerts out of a notification: raise `max_alerts` of its receiver",
            head.truncated
        );
        take(Item::Bad(bad(Code::AlertTooLarge, why, "")), 0);
    }
    Ok(())
}

fn malformed(why: String) -> Broken {
    Broken {
        code: Code::AlertMalformed,
        why,
    }
}

fn item(part: Part) -> Item {
    let bytes = match part {
        Part::Whole(bytes) => bytes,
        Part::TooLong { begin, size } => {
            let why = format!(
                "it has {size} bytes, at most {PART_BYTES} are taken; its first {} are kept here",
                begin.len()
            );
            return Item::Bad(bad(
                Code::AlertTooLarge,
                why,
                &String::from_utf8_lossy(&begin),
            ));
        }
    };
    let raw = String::from_utf8_lossy(&bytes);
    let is_text = matches!(raw, std::borrow::Cow::Borrowed(_));
    match alert(&raw) {
        Ok(alert) if !is_text && is_spoilt(&alert) => {
            let why = "its labels are not UTF-8".to_owned();
            Item::Bad(bad(Code::AlertMalformed, why, &raw))
        }
        Ok(alert) => Item::Alert(Box::new(alert)),
        Err((code, why)) => Item::Bad(bad(code, why, &raw)),
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

impl<'de> Deserialize<'de> for Head {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Head, D::Error> {
        deserializer.deserialize_map(Around)
    }
}

struct Around;

impl<'de> Visitor<'de> for Around {
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
                    return Err(A::Error::custom("`alerts` is given twice"));
                }
                "alerts" => {
                    // A mark stands for all of them, and none if there are none.
                    let marks: Vec<u8> = map.next_value()?;
                    if marks.iter().any(|mark| *mark != parts::MARK) {
                        return Err(A::Error::custom("`alerts` holds what is not an alert"));
                    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A source that gives one byte at a time.
    struct Slowly<'a>(&'a [u8]);

    impl Read for Slowly<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
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
        let why = read.unwrap_err().why;
        assert!(why.ends_with("Grafana: trailing characters"), "{why}");
    }
}
