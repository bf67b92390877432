//! The metrics that there are, their types, and labels where they are known.
//!
//! In: the JSON that Prometheus answers at `/api/v1/metadata`, `/api/v1/series` or `/api/v1/label/__name__/values`,
//! what a process exposes at `/metrics`, what Prometheus does at `/federate`, or names, one a line. Out: a table.
//!
//! Labels of a metric are known where every label is there: those of series. What a process exposes lacks those that
//! Prometheus adds, among them `job` and `instance`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

/// What a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Of a counter, a histogram or a summary: a rate of it means something.
    Counts,
    Gauge,
    Unknown,
}

/// All metrics.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    known: BTreeMap<String, Metric>,
}

#[derive(Clone, Debug)]
struct Metric {
    ty: Type,
    labels: Option<BTreeSet<String>>,
}

impl Metrics {
    /// Takes in one file.
    ///
    /// # Errors
    /// Why it is no list of metrics.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let before = self.known.len();
        match text.trim_start().starts_with(['{', '[']) {
            true => self.json(text)?,
            false => self.exposition(text)?,
        }
        // From nothing it would follow that no metric is there.
        match self.known.len() > before || before > 0 {
            true => Ok(()),
            false => Err("it lists no metrics".to_owned()),
        }
    }

    fn json(&mut self, text: &str) -> Result<(), String> {
        let json: Json =
            serde_json::from_str(text).map_err(|why| format!("it is not JSON: {why}"))?;
        let data = json.get("data").unwrap_or(&json);
        match data {
            Json::Object(metadata) => {
                for (name, entries) in metadata {
                    let first = entries.get(0).and_then(|entry| entry.get("type"));
                    self.typed(name, first.and_then(Json::as_str).unwrap_or_default());
                }
            }
            Json::Array(list) => {
                for one in list {
                    match one {
                        Json::String(name) => self.see(name, None),
                        Json::Object(series) => {
                            let name = series.get("__name__").and_then(Json::as_str);
                            let labels = series.keys().cloned().collect();
                            self.see(name.unwrap_or_default(), Some(labels));
                        }
                        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) => {
                            return Err("it lists neither names nor series".to_owned());
                        }
                    }
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
                return Err("it lists no metrics".to_owned());
            }
        }
        Ok(())
    }

    /// `# TYPE name counter`, `name{label="value"} 3`, `name`
    fn exposition(&mut self, text: &str) -> Result<(), String> {
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(said) = line.strip_prefix("# TYPE ") {
                if let Some((name, ty)) = said.split_once(' ') {
                    self.typed(name, ty.trim());
                }
                continue;
            }
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let end = line.find(|c: char| !c.is_ascii_alphanumeric() && !"_:".contains(c));
            let (name, rest) = line.split_at(end.unwrap_or(line.len()));
            if name.is_empty() {
                return Err(format!(
                    "line {}: a name of a metric belongs here",
                    number + 1
                ));
            }
            let labels = match rest.starts_with('{') {
                true => Some(labels(rest)),
                false => None,
            };
            // Only Prometheus itself adds these: then the others are there, too.
            let is_whole = |labels: &BTreeSet<String>| labels.contains("job");
            self.see(name, labels.filter(is_whole));
        }
        Ok(())
    }

    fn typed(&mut self, name: &str, ty: &str) {
        let (ty, ends): (Type, &[&str]) = match ty {
            "counter" => (Type::Counts, &["", "_total", "_created"]),
            "histogram" => (Type::Counts, &["", "_bucket", "_count", "_sum", "_created"]),
            "gaugehistogram" => (Type::Gauge, &["", "_bucket", "_gcount", "_gsum"]),
            "summary" => (Type::Counts, &["_count", "_sum", "_created"]),
            "gauge" => (Type::Gauge, &[""]),
            "info" => (Type::Gauge, &["", "_info"]),
            _ => (Type::Unknown, &[""]),
        };
        for end in ends {
            self.see(&format!("{name}{end}"), None);
            if let Some(metric) = self.known.get_mut(&format!("{name}{end}")) {
                metric.ty = ty;
            }
        }
        // Its quantiles are gauges.
        if ends.first() == Some(&"_count") {
            self.see(name, None);
        }
    }

    fn see(&mut self, name: &str, labels: Option<BTreeSet<String>>) {
        if name.is_empty() {
            return;
        }
        let metric = self.known.entry(name.to_owned()).or_insert(Metric {
            ty: Type::Unknown,
            labels: None,
        });
        if let Some(labels) = labels {
            metric.labels.get_or_insert_default().extend(labels);
        }
    }

    pub fn has(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }

    pub fn type_of(&self, name: &str) -> Type {
        self.known
            .get(name)
            .map_or(Type::Unknown, |metric| metric.ty)
    }

    /// All labels that its series have, where that is known.
    pub fn labels(&self, name: &str) -> Option<&BTreeSet<String>> {
        self.known.get(name)?.labels.as_ref()
    }
}

/// The names in `{a="x", b="y"} 3`.
fn labels(text: &str) -> BTreeSet<String> {
    let mut labels = BTreeSet::new();
    let (mut name, mut is_value, mut is_escaped) = (String::new(), false, false);
    for letter in text.chars().skip(1) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if is_value => is_escaped = true,
            '"' => is_value = !is_value,
            _ if is_value => {}
            '}' => break,
            '=' => {
                labels.insert(std::mem::take(&mut name));
            }
            ',' | ' ' => {}
            letter => name.push(letter),
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Metrics {
        let mut metrics = Metrics::default();
        metrics.add(text).unwrap();
        metrics
    }

    #[test]
    fn metadata_says_types() {
        let metrics = of(
            r#"{"status":"success","data":{"lag":[{"type":"gauge"}],"t":[{"type":"histogram"}],"q":[{"type":"summary"}]}}"#,
        );
        assert_eq!(metrics.type_of("lag"), Type::Gauge);
        assert_eq!(metrics.type_of("t_bucket"), Type::Counts);
        assert_eq!(metrics.type_of("q_sum"), Type::Counts);
        assert!(metrics.has("q"));
        assert!(!metrics.has("queue"));
    }

    #[test]
    fn labels_are_known_of_series_alone() {
        let series = of(r#"{"data":[{"__name__":"up","job":"a","instance":"b"}]}"#);
        assert!(series.labels("up").unwrap().contains("instance"));
        let federated = of("# TYPE up gauge\nup{job=\"a\",pod=\"x,\\\"y\"} 1 170\n");
        let labels: Vec<_> = federated.labels("up").unwrap().iter().collect();
        assert_eq!(labels, ["job", "pod"]);
        let exposed = of("lag{queue=\"a\"} 3\nplain\n");
        assert_eq!(exposed.labels("lag"), None);
        assert!(exposed.has("plain"));
    }

    #[test]
    fn what_is_none_is_refused() {
        let mut metrics = Metrics::default();
        for text in ["{", "[3]", "\"up\" 3", "{\"data\": 3}"] {
            assert!(metrics.add(text).is_err(), "{text}");
        }
    }
}
