//! The webhooks of Alertmanager, version 4, and of Grafana, version 1: decoded at the border, bounded,
//! one alert at a time.
//!
//! In: the body of a request. Out: the alerts that can be dealt with, and each that cannot, with the
//! reason. The status of the whole notification is not looked at: it speaks only of the alerts that
//! the sender has put in, and a truncated one says *resolved* while others still fire.

mod stream;

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value as Json;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use smol_str::SmolStr;

use crate::diag::Code;
use crate::journal::{Alert, Sender, Standing};
use crate::value::{Time, escape_text};

pub use stream::{Broken, Item, read};

/// The longest name of a label or annotation, in bytes.
const NAME_BYTES: usize = 1_024;
/// The longest value of a label: what names things is short.
const LABEL_BYTES: usize = 16 * 1_024;
/// The longest annotation; what is longer is cut.
const ANNOTATION_BYTES: usize = 16 * 1_024;
/// The most labels of one alert.
const LABELS: usize = 256;
/// How much is kept of what cannot be dealt with.
pub const KEPT_BYTES: usize = 64 * 1_024;

/// What a notification says.
#[derive(Debug, Default)]
struct Notification {
    alerts: Vec<Alert>,
    bad: Vec<Bad>,
}

/// Something that cannot be dealt with.
#[derive(Debug, PartialEq, Eq)]
pub struct Bad {
    pub code: Code,
    pub why: String,
    /// What its sender calls it, as far as that can be read.
    pub name: SmolStr,
    /// As it came, or its beginning.
    pub body: String,
}

/// What may be left out may also be `null`: that is how Go writes an empty map.
#[derive(Deserialize)]
#[serde(expecting = "an alert, which is an object with `labels`")]
struct One<'a> {
    #[serde(default)]
    status: Option<Status>,
    labels: Texts,
    #[serde(default, borrow)]
    annotations: Option<&'a RawValue>,
    #[serde(default, rename = "startsAt")]
    starts_at: Option<String>,
    #[serde(default, borrow, rename = "endsAt")]
    ends_at: Option<&'a RawValue>,
    #[serde(default)]
    fingerprint: Option<String>,
    #[serde(default, borrow, rename = "generatorURL")]
    generator: Option<&'a RawValue>,
    #[serde(default, borrow, rename = "dashboardURL")]
    dashboard: Option<&'a RawValue>,
    #[serde(default, borrow, rename = "panelURL")]
    panel: Option<&'a RawValue>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(
    rename_all = "lowercase",
    expecting = "a status, which is `firing` or `resolved`"
)]
enum Status {
    #[default]
    Firing,
    Resolved,
}

/// Names and texts. A name that stands twice makes the whole unreadable: nobody can tell which of
/// the two is meant.
#[derive(Default)]
struct Texts(BTreeMap<SmolStr, String>);

/// The most characters of a reason.
const WHY: usize = 600;

/// Reads a whole notification; fails if it is none.
fn decode(body: &[u8]) -> Result<Notification, Bad> {
    let mut notification = Notification::default();
    let read = read(body, |item, _| {
        match item {
            Item::Alert(alert) => notification.alerts.push(*alert),
            Item::Bad(bad) => notification.bad.push(bad),
        }
        true
    });
    match read {
        Ok(()) => Ok(notification),
        Err(Broken { code, why }) => Err(bad(code, why, &String::from_utf8_lossy(body))),
    }
}

/// Reads an alert out of a file: a notification with one alert in it, or the alert alone.
pub fn decode_one(body: &[u8]) -> Result<Alert, Bad> {
    let mut notification = match decode(body) {
        Ok(notification) => notification,
        Err(not_a_webhook) => {
            let text = String::from_utf8_lossy(body);
            let text = text.trim();
            return alert(text).map_err(|(code, why)| match text.contains("\"alerts\"") {
                true => not_a_webhook,
                false => bad(code, why, text),
            });
        }
    };
    match (notification.alerts.len(), notification.bad.pop()) {
        (1, None) => Ok(notification.alerts.remove(0)),
        (_, Some(bad)) => Err(bad),
        (number, None) => {
            let why = format!("the file has {number} alerts, and one is looked into at a time");
            Err(bad(Code::AlertMalformed, why, ""))
        }
    }
}

fn alert(raw: &str) -> Result<Alert, (Code, String)> {
    let malformed = |why: String| (Code::AlertMalformed, why);
    let one: One<'_> = serde_json::from_str(raw).map_err(|error| malformed(error.to_string()))?;
    let annotations = noted(&one);
    let ended = ended(&one);
    let labels = labels(one.labels)?;
    let Some(name) = labels.get("alertname").cloned() else {
        return Err(malformed("it has no label `alertname`".into()));
    };
    let since = match one.starts_at.as_deref() {
        None | Some("") => Time::default(),
        Some(text) => moment(text)
            .ok_or_else(|| malformed(format!("`startsAt` is not a moment: {:?}", cut(text, 80))))?,
    };
    let fingerprint = match one.fingerprint {
        Some(given) if (1..=128).contains(&given.len()) => given.into(),
        Some(_) | None => fingerprint(&labels),
    };
    Ok(Alert {
        name,
        annotations,
        labels,
        standing: match one.status.unwrap_or_default() {
            Status::Firing => Standing::Firing,
            Status::Resolved => Standing::Resolved,
        },
        fingerprint,
        since,
        ended,
        sender: Sender::default(),
    })
}

/// When it ended, if it has: what still fires says a guess, or the first moment that its sender knows.
fn ended(one: &One<'_>) -> Option<Time> {
    match one.status.unwrap_or_default() {
        Status::Firing => None,
        Status::Resolved => {
            let text: String = serde_json::from_str(one.ends_at?.get()).ok()?;
            moment(&text).filter(|ended| *ended > Time::default())
        }
    }
}

/// Labels as they are matched: one without a value is not there.
fn labels(texts: Texts) -> Result<BTreeMap<SmolStr, SmolStr>, (Code, String)> {
    let large = |why: String| Err((Code::AlertTooLarge, why));
    if texts.0.len() > LABELS {
        return large(format!(
            "it has {} labels, at most {LABELS} are taken",
            texts.0.len()
        ));
    }
    let mut labels = BTreeMap::new();
    for (name, value) in texts.0 {
        if name.len() > NAME_BYTES {
            return large(format!("the name of a label has {} bytes", name.len()));
        }
        if value.len() > LABEL_BYTES {
            return large(format!(
                "the label `{name}` has {} bytes, at most {LABEL_BYTES} are taken",
                value.len()
            ));
        }
        if !value.is_empty() {
            labels.insert(name, value.into());
        }
    }
    Ok(labels)
}

/// What people wrote about it, with the addresses that its sender gives beside.
fn noted(one: &One<'_>) -> BTreeMap<SmolStr, SmolStr> {
    let mut noted = one.annotations.map(annotations).unwrap_or_default();
    let links = [
        ("generatorURL", one.generator),
        ("dashboardURL", one.dashboard),
        ("panelURL", one.panel),
    ];
    for (name, raw) in links {
        if let Some(Ok(text)) = raw.map(|raw| serde_json::from_str::<String>(raw.get()))
            && !text.is_empty()
        {
            let text = cut(&text, ANNOTATION_BYTES);
            noted.entry(name.into()).or_insert_with(|| text.into());
        }
    }
    noted
}

/// What people wrote about it. It decides nothing, so one that cannot be read costs nothing but itself.
fn annotations(raw: &RawValue) -> BTreeMap<SmolStr, SmolStr> {
    let read: Result<BTreeMap<String, &RawValue>, _> = serde_json::from_str(raw.get());
    let annotations = read.unwrap_or_default().into_iter();
    annotations
        .filter(|(name, _)| name.len() <= NAME_BYTES)
        .take(LABELS)
        .map(|(name, raw)| {
            let text = match serde_json::from_str(raw.get()) {
                Ok(Json::String(text)) => text,
                Ok(Json::Null) => String::new(),
                // A number, say; or what is no text at all.
                Ok(_) | Err(_) => raw.get().to_owned(),
            };
            (name.into(), cut(&text, ANNOTATION_BYTES).into())
        })
        .collect()
}

fn moment(text: &str) -> Option<Time> {
    let parsed: jiff::Timestamp = text.parse().ok()?;
    Time::from_millis(parsed.as_millisecond()).ok()
}

/// The same for the same labels, for senders that give none.
fn fingerprint(labels: &BTreeMap<SmolStr, SmolStr>) -> SmolStr {
    let mut hash = Sha256::new();
    for (name, value) in labels {
        for part in [name, value] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    let digest = hash.finalize();
    let digits = digest.iter().take(8).map(|byte| format!("{byte:02x}"));
    digits.collect::<String>().into()
}

fn bad(code: Code, why: String, body: &str) -> Bad {
    // It may quote what was sent.
    let why = escape_text(&why, WHY);
    Bad {
        code,
        why,
        name: name_in(body),
        body: cut(body, KEPT_BYTES).to_owned(),
    }
}

/// The name of an alert that cannot be read otherwise.
fn name_in(alert: &str) -> SmolStr {
    if let Ok(alert) = serde_json::from_str::<Json>(alert) {
        let name = alert.pointer("/labels/alertname").and_then(Json::as_str);
        return cut(name.unwrap_or_default(), NAME_BYTES).into();
    }
    // The beginning of one: its name may be in it.
    let behind = alert
        .split_once("\"alertname\"")
        .map_or("", |(_, behind)| behind);
    let value = behind.trim_start().strip_prefix(':').unwrap_or_default();
    let mut values = serde_json::Deserializer::from_str(value).into_iter::<String>();
    let name = values.next().and_then(Result::ok).unwrap_or_default();
    cut(&name, NAME_BYTES).into()
}

/// At most so many bytes, cut between two characters.
pub fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = Texts;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object whose values are texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts, A::Error> {
                let mut texts = BTreeMap::new();
                while let Some((name, text)) = map.next_entry::<String, Option<String>>()? {
                    let text = text.unwrap_or_default();
                    let shown = SmolStr::new(&name);
                    if texts.insert(SmolStr::from(name), text).is_some() {
                        return Err(A::Error::custom(format!(
                            "`{}` is given twice",
                            cut(&shown, 80)
                        )));
                    }
                }
                Ok(Texts(texts))
            }
        }

        deserializer.deserialize_map(Each)
    }
}
