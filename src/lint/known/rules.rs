//! Rules of alerts, as Prometheus and its operator read them.
//!
//! In: the text of a rule file, or of manifests of Kubernetes with `PrometheusRule`s. Out: its alerts, and the names
//! of the series that it records. Expressions are kept as they are written.

use std::collections::{BTreeMap, BTreeSet};

use super::yaml::{self, Yaml};
use crate::literal::query;

/// The rules of all files.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    alerts: BTreeMap<String, Vec<Alert>>,
    /// The metrics that other rules record.
    pub records: BTreeSet<String>,
}

/// One rule of an alert.
#[derive(Clone, Debug)]
pub struct Alert {
    pub expression: String,
    /// How long the expression has to hold, in milliseconds.
    pub held: i64,
    /// What it sets; none where a template makes it.
    pub labels: BTreeMap<String, Option<String>>,
}

impl Rules {
    /// Takes in one file.
    ///
    /// # Errors
    /// Why it is none of rules.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let documents = yaml::read(text)?;
        let mut groups = 0;
        for document in &documents {
            let listed = document.get("items").map_or(&[][..], Yaml::list);
            for one in std::iter::once(document).chain(listed) {
                let found = one.get("groups").or_else(|| one.get("spec")?.get("groups"));
                if let Some(found) = found {
                    groups += 1;
                    found.list().iter().for_each(|group| self.group(group));
                }
            }
        }
        match groups {
            0 => Err("it has no `groups`, so it is no file of rules".to_owned()),
            _ => Ok(()),
        }
    }

    fn group(&mut self, group: &Yaml) {
        let shared = group.get("labels").map_or(&[][..], Yaml::entries);
        for rule in group.get("rules").map_or(&[][..], Yaml::list) {
            let text = |key: &str| rule.get(key).and_then(Yaml::text);
            if let Some(name) = text("record") {
                self.records.insert(name.to_owned());
            }
            let (Some(name), Some(expression)) = (text("alert"), text("expr")) else {
                continue;
            };
            let own = rule.get("labels").map_or(&[][..], Yaml::entries);
            let labels = shared.iter().chain(own).map(|(label, value)| {
                let value = value.text().filter(|value| !value.contains("{{"));
                (label.clone(), value.map(str::to_owned))
            });
            self.alerts.entry(name.to_owned()).or_default().push(Alert {
                expression: expression.to_owned(),
                held: text("for").and_then(query::millis).unwrap_or(0),
                labels: labels.collect(),
            });
        }
    }

    /// The rules of an alert.
    pub fn of(&self, name: &str) -> &[Alert] {
        self.alerts.get(name).map_or(&[], Vec::as_slice)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.alerts.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_read() {
        let plain = "groups:\n- name: a\n  labels: {team: web}\n  rules:\n  - alert: Down\n    expr: up == 0\n    for: 5m\n    labels: {severity: page, pod: '{{ $labels.pod }}'}\n  - record: a:b\n    expr: sum(up)\n";
        let operator = "kind: PrometheusRule\nspec:\n  groups:\n  - rules:\n    - alert: Slow\n      expr: |\n        lag > 3\n";
        let list =
            "kind: List\nitems:\n- spec: {groups: [{rules: [{alert: Full, expr: 'x > 1'}]}]}\n";
        let mut rules = Rules::default();
        for text in [plain, operator, list] {
            rules.add(text).unwrap();
        }
        assert_eq!(rules.names().collect::<Vec<_>>(), ["Down", "Full", "Slow"]);
        let [down] = rules.of("Down") else {
            panic!("one rule")
        };
        assert_eq!(down.held, 300_000);
        assert_eq!(down.labels["team"].as_deref(), Some("web"));
        assert_eq!(down.labels["pod"], None);
        assert!(rules.records.contains("a:b"));
        assert!(rules.add("receivers: []\n").is_err());
    }
}
