//! The two questions of the HTTP API, and how its answers are read.
//!
//! Out: series of numbers, or why there are none in words. Anything that is not exactly what the
//! API promises is a failure: an HTML page, a partial result, half an answer.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;
use url::form_urlencoded::Serializer;

use crate::connect::answer::quoted;
use crate::connect::client::{Answer, with_bearer};
use crate::connect::{Client, SecretText, Secrets};

/// The longest answer.
const MOST: usize = 4 * 1024 * 1024;

/// One Prometheus.
pub struct Api {
    pub base: String,
    pub bearer: Option<SecretText>,
    pub client: Client,
    pub secrets: Arc<Secrets>,
}

/// The same for as long as somebody waits.
pub struct Until<'a> {
    api: &'a Api,
    deadline: Instant,
}

/// Moments in milliseconds since 1970, both ends included.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    pub start: i64,
    pub end: i64,
    pub step: i64,
}

/// A series: the label by which own questions are told apart, and its points in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub selector: String,
    pub points: Vec<(i64, f64)>,
}

#[derive(Deserialize)]
struct Body {
    status: String,
    data: Option<Data>,
    #[serde(default, rename = "errorType")]
    error_type: String,
    #[serde(default)]
    error: String,
    /// `null` stands for none.
    #[serde(default)]
    warnings: Option<Vec<String>>,
    /// VictoriaMetrics says so where some of its storage nodes did not answer.
    #[serde(default, rename = "isPartial")]
    is_partial: Option<bool>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "resultType")]
    result_type: String,
    result: serde_json::Value,
}

#[derive(Deserialize)]
struct Item {
    metric: serde_json::Map<String, serde_json::Value>,
    value: Option<Sample>,
    values: Option<Vec<Sample>>,
}

/// Seconds since 1970, and the number as a text.
#[derive(Deserialize)]
struct Sample(f64, String);

impl Api {
    /// The API until nobody waits any more.
    pub fn until(&self, deadline: Instant) -> Until<'_> {
        Until {
            api: self,
            deadline,
        }
    }
}

impl Until<'_> {
    /// The query at a moment.
    pub async fn at(&self, query: &str, at: i64) -> Result<Vec<Series>, String> {
        let at = seconds(at);
        self.ask("query", &[("query", query), ("time", &at)]).await
    }

    /// The query at every moment of the grid.
    pub async fn over(&self, query: &str, grid: Grid) -> Result<Vec<Series>, String> {
        let [start, end, step] = [grid.start, grid.end, grid.step].map(seconds);
        let parameters = [
            ("query", query),
            ("start", &start),
            ("end", &end),
            ("step", &step),
        ];
        self.ask("query_range", &parameters).await
    }

    async fn ask(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Vec<Series>, String> {
        let api = self.api;
        let patience = self.deadline.saturating_duration_since(Instant::now());
        // The other side may give up when nobody listens any more.
        let timeout = seconds(i64::try_from(whole(patience)).unwrap_or(i64::MAX));
        let url = format!("{}/api/v1/{path}", api.base);
        let kind = "application/x-www-form-urlencoded";
        let request = api.client.post(&url, kind, form(parameters, &timeout));
        let request = with_bearer(request, api.bearer.as_ref());
        match api.client.look(request, patience, MOST).await {
            Ok(answer) => series(&answer, &api.secrets),
            Err(no_answer) => Err(format!("Prometheus gave no answer: {}", no_answer.why)),
        }
    }
}

/// The body of a question.
fn form(parameters: &[(&str, &str)], timeout: &str) -> String {
    let mut form = Serializer::new(String::new());
    form.extend_pairs(parameters)
        .append_pair("timeout", timeout);
    form.finish()
}

/// At least a millisecond: no time at all would mean no limit.
fn whole(patience: Duration) -> u128 {
    patience.as_millis().max(1)
}

/// Milliseconds as seconds with three decimals.
fn seconds(millis: i64) -> String {
    let (whole, rest) = (millis.div_euclid(1000), millis.rem_euclid(1000));
    format!("{whole}.{rest:03}")
}

/// The series of an answer.
fn series(answer: &Answer, secrets: &Secrets) -> Result<Vec<Series>, String> {
    let status = answer.status;
    if let Some(why) = &answer.broken {
        return Err(format!("the answer of Prometheus broke off: {why}"));
    }
    if answer.more {
        return Err("the answer of Prometheus is longer than 4 MiB: aggregate the series".into());
    }
    if (300..400).contains(&status) {
        let to = &answer.location;
        return Err(format!(
            "answered with a redirect to `{to}` (status {status}), which is not followed: set the address that answers itself"
        ));
    }
    let body: Body = serde_json::from_slice(&answer.body).map_err(|_| {
        let kind = match answer.content_type.as_str() {
            "" => "no content type",
            kind => kind,
        };
        let beginning = quoted(secrets, &answer.body);
        format!("not an answer of Prometheus: status {status}, {kind}, which begins {beginning}")
    })?;
    if body.status != "success" {
        let (kind, why) = (&body.error_type, &body.error);
        return Err(format!("Prometheus refused the query: {kind}: {why}"));
    }
    if !(200..300).contains(&status) {
        return Err(format!("answered with status {status}"));
    }
    if body.is_partial == Some(true) {
        return Err("the result is partial: not all of the storage answered".into());
    }
    // Notes about the query itself say nothing of its result; anything else may.
    let warnings = body.warnings.unwrap_or_default();
    let mut warnings = warnings.iter();
    if let Some(warning) = warnings.find(|text| !text.starts_with("PromQL info:")) {
        return Err(format!("the result may be partial: {warning}"));
    }
    let data = body.data.ok_or("an answer of Prometheus without data")?;
    read(data).map_err(|why| format!("not an answer of Prometheus: {why}"))
}

/// Numbers of whatever kind of result.
fn read(data: Data) -> Result<Vec<Series>, String> {
    let not_read = |error: serde_json::Error| error.to_string();
    match data.result_type.as_str() {
        "scalar" => {
            let sample: Sample = serde_json::from_value(data.result).map_err(not_read)?;
            Ok(vec![Series {
                selector: String::new(),
                points: vec![point(&sample)?],
            }])
        }
        "vector" | "matrix" => {
            let items: Vec<Item> = serde_json::from_value(data.result).map_err(not_read)?;
            items.into_iter().map(item).collect()
        }
        other => Err(format!("it yields a {other}, not a number")),
    }
}

fn item(item: Item) -> Result<Series, String> {
    let samples = match (item.value, item.values) {
        (Some(sample), None) => vec![sample],
        (None, Some(samples)) => samples,
        (Some(_), Some(_)) | (None, None) => {
            return Err("a series without a number, such as a histogram".into());
        }
    };
    let selector = item.metric.get(super::fresh::LABEL);
    let selector = selector.and_then(serde_json::Value::as_str);
    let points: Result<_, String> = samples.iter().map(point).collect();
    Ok(Series {
        selector: selector.unwrap_or_default().to_owned(),
        points: points?,
    })
}

/// Milliseconds since 1970, and the number: also one that is none.
fn point(Sample(at, number): &Sample) -> Result<(i64, f64), String> {
    let number = number.parse::<f64>();
    let number = number.map_err(|_| "a number that cannot be read".to_owned())?;
    Ok(((at * 1000.0).round() as i64, number))
}
