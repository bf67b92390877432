//! What others have written about a thing: events, and the last lines of a container's log. Any tenant of the cluster can
//! write both, so they are told: a line of each is one line here, without control characters, and of bounded length.

use std::sync::Arc;

use serde_json::Value as Json;

use super::Nothing;
use super::answer::{Kind, Refusal};
use super::client::Until;
use super::object::{Event, Pod, time};
use super::place::{self, Place};
use crate::connect::{Secrets, arguments};
use crate::effect::Call;
use crate::value::{Record, Shape, Value, escape_text};

/// So many events, the newest.
const EVENTS: usize = 20;
/// So much of a line, in characters.
const LINE: usize = 500;
/// The most lines.
const LINES: i64 = 200;
/// So many bytes are asked for: the cluster cuts the newest lines, which are those that count.
const BYTES: usize = 4 * 1024 * 1024;
/// Whose log is meant where a pod has several.
const DEFAULT: &str = "kubectl.kubernetes.io/default-container";

/// Which run of a container is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Now,
    /// The one that ended before this.
    Before,
}

/// `k8s.events`, `k8s.pod_events`
pub async fn events(until: &Until<'_>, place: &Place, secrets: &Secrets) -> Result<Value, Nothing> {
    let uid = place.known_uid()?;
    let mut events: Vec<Event> = until
        .selected(&place.namespace, &[("involvedObject.uid", uid)])
        .await?;
    events.sort_by_key(Event::at);
    let newest = events.len().saturating_sub(EVENTS);
    let events = events.iter().skip(newest);
    Ok(Value::list(
        events.map(|event| shown(event, secrets)).collect(),
    ))
}

fn shown(event: &Event, secrets: &Secrets) -> Value {
    let fields = [
        ("at", time(event.at().as_ref())),
        ("warning", Some(Value::Bool(event.kind == "Warning"))),
        ("reason", Some(line(secrets, &event.reason))),
        ("text", Some(line(secrets, &event.message))),
        ("count", Some(Value::Int(event.times()))),
    ];
    let shape = Shape {
        name: "k8s.Event".into(),
        fields: fields.iter().map(|(name, _)| (*name).into()).collect(),
    };
    Value::Record(Arc::new(Record {
        shape: Arc::new(shape),
        fields: fields.into_iter().map(|(_, value)| value).collect(),
    }))
}

/// Redacted before it is cut: half of a secret is too much.
fn line(secrets: &Secrets, text: &str) -> Value {
    Value::text(escape_text(&secrets.redact(text), LINE))
}

/// `k8s.log`, `k8s.log_before`
pub async fn log(
    until: &Until<'_>,
    call: &Call,
    which: Which,
    secrets: &Secrets,
) -> Result<Value, Nothing> {
    let place = place::pod(call, "of")?;
    let lines = arguments::int(call, "lines")?.clamp(1, LINES);
    let pod: Pod = until.get(&place).await?;
    if place.is_other(&pod.metadata.uid) {
        return Err(Nothing::NoData(format!("`{place}` is another pod by now")));
    }
    let container = container(&pod);
    let container = container.ok_or_else(|| format!("`{place}` has no container"))?;
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("container", container)
        .append_pair("tailLines", &lines.to_string())
        .append_pair("limitBytes", &BYTES.to_string())
        .append_pair("previous", &(which == Which::Before).to_string())
        .finish();
    let path = format!("{}/log?{query}", place.path::<Pod>());
    let text = until.text(path).await;
    let text = text.map_err(|refusal| unread(&place, container, which, refusal))?;
    let text = String::from_utf8_lossy(&text);
    let all: Vec<&str> = text.lines().collect();
    let lines = usize::try_from(lines).unwrap_or_default();
    let newest = all.into_iter().rev().take(lines).rev();
    Ok(Value::list(
        newest.map(|text| line(secrets, text)).collect(),
    ))
}

/// The container that is meant: the one that the pod names, else one that is in trouble, else the first.
fn container(pod: &Pod) -> Option<&str> {
    let named = pod.metadata.annotations.get(DEFAULT).map(String::as_str);
    let status = &pod.status;
    // One that prepares the pod is ready once it has ended well.
    let known = status.init_container_statuses.iter();
    let mut known = known.chain(&status.container_statuses);
    let troubled = known.find(|container| !container.ready);
    let first = || {
        pod.spec
            .pointer("/containers/0/name")
            .and_then(Json::as_str)
    };
    named
        .or_else(|| troubled.map(|container| container.name.as_str()))
        .or_else(first)
}

/// Why there is no log.
fn unread(place: &Place, container: &str, which: Which, refusal: Refusal) -> Nothing {
    let words = refusal.to_string();
    if words.contains("no preferred addresses") {
        return Nothing::Failed(format!(
            "the log of `{place}` cannot be read: the cluster knows no address of its node"
        ));
    }
    match (which, refusal.kind) {
        (Which::Before, Kind::Misfit) => {
            let container = escape_text(container, LINE);
            Nothing::NoData(format!(
                "the container `{container}` of `{place}` has not ended before"
            ))
        }
        (Which::Now | Which::Before, _) => refusal.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line() {
        let secrets = Secrets::new(Vec::new());
        let hostile = format!("\u{1b}[31mred\r\u{202e}{}", "x".repeat(10_000));
        let Value::Text(text) = line(&secrets, &hostile) else {
            panic!("no text");
        };
        let text = text.as_str();
        assert!(text.starts_with("\\u{1b}[31mred\\r\\u{202e}xxx"), "{text}");
        assert!(text.chars().count() < LINE + 20 && text.ends_with('…'));
    }
}
