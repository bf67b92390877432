//! Rules of alerts, as Prometheus and its operator read them.
//!
//! In: the text of a rule file, of manifests of Kubernetes with `PrometheusRule`s, or of the settings of Prometheus.
//! Out: its alerts, the names of the series that it records, the labels that Prometheus adds to each alert. Expressions
//! are kept as they are written.

use std::collections::{BTreeMap, BTreeSet};

use super::yaml::{self, Yaml};
use crate::lint::queries;
use crate::literal::query::{self, Tree};

/// The rules of all files.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    alerts: BTreeMap<String, Vec<Alert>>,
    /// The metrics that other rules record.
    pub records: BTreeSet<String>,
    /// The alerts whose expressions cannot be read: nothing is known of their labels.
    unread: Vec<String>,
    added: Added,
}

/// What Prometheus does to the labels of all alerts on their way, by its settings.
#[derive(Clone, Debug, Default)]
struct Added {
    /// `external_labels`; no value where the environment makes it.
    labels: BTreeMap<String, Option<String>>,
    /// They are relabelled: any label may be there.
    is_open: bool,
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
        let mut known = 0;
        for document in &documents {
            let listed = document.get("items").map_or(&[][..], Yaml::list);
            for one in std::iter::once(document).chain(listed) {
                let found = one.get("groups").or_else(|| one.get("spec")?.get("groups"));
                let is_text = |found: &&Yaml| {
                    found
                        .text()
                        .is_some_and(|text| !["", "~", "null"].contains(&text))
                };
                if let Some(found) = found.filter(|found| !is_text(found)) {
                    known += 1;
                    found.list().iter().for_each(|group| self.group(group));
                }
                known += usize::from(self.settings(one));
            }
        }
        match known {
            0 => Err("it has no `groups`, so it is not a file of rules".to_owned()),
            _ => Ok(()),
        }
    }

    /// Takes in the settings of Prometheus, as a file or as a resource of Kubernetes; tells whether that is what it is.
    fn settings(&mut self, document: &Yaml) -> bool {
        let (global, spec) = (document.get("global"), document.get("spec"));
        let labels = global
            .and_then(|global| global.get("external_labels"))
            .or_else(|| spec?.get("externalLabels"));
        let relabels = document
            .get("alerting")
            .and_then(|alerting| alerting.get("alert_relabel_configs"))
            .or_else(|| spec?.get("additionalAlertRelabelConfigs"));
        for (label, value) in labels.map_or(&[][..], Yaml::entries) {
            let value = value.text().filter(|value| !value.contains('$'));
            let value = value.map(str::to_owned);
            let known = self.added.labels.entry(label.clone());
            // Of several servers, each has its own.
            let known = known.or_insert_with(|| value.clone());
            if *known != value {
                *known = None;
            }
        }
        self.added.is_open |= relabels.is_some();
        let kind = document.get("kind").and_then(Yaml::text);
        global.is_some() || labels.is_some() || relabels.is_some() || kind == Some("Prometheus")
    }

    /// Whether each alert may have this label, whatever its rule says.
    pub fn may_add(&self, label: &str) -> bool {
        self.added.is_open || self.added.labels.contains_key(label)
    }

    /// What a label of an alert is, where that is certain: the rule's own goes before what Prometheus adds.
    pub fn value<'a>(&'a self, rule: &'a Alert, label: &str) -> Option<&'a str> {
        if self.added.is_open {
            return None;
        }
        let added = self.added.labels.get(label);
        match rule.labels.get(label) {
            Some(own) => own.as_deref(),
            None if rule.may_have(label) => None,
            None => added?.as_deref(),
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
            if Tree::read(expression).is_none() {
                self.unread.push(name.to_owned());
            }
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

    /// The alerts whose expressions could not be read, since this was asked last.
    pub fn take_unread(&mut self) -> Vec<String> {
        std::mem::take(&mut self.unread)
    }

    /// The rules of an alert.
    pub fn of(&self, name: &str) -> &[Alert] {
        self.alerts.get(name).map_or(&[], Vec::as_slice)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.alerts.keys().map(String::as_str)
    }
}

impl Alert {
    /// Whether its own labels or those of what its expression answers may have this one.
    pub fn may_have(&self, label: &str) -> bool {
        if label == "alertname" || self.labels.contains_key(label) {
            return true;
        }
        let tree = Tree::read(&self.expression);
        tree.is_none_or(|root| queries::labels(&root).may_have(label))
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
        assert!(rules.take_unread().is_empty());
        rules
            .add("groups: [{rules: [{alert: Half, expr: 'rate(foo[5m'}]}]\n")
            .unwrap();
        assert_eq!(rules.take_unread(), ["Half"]);
    }

    #[test]
    fn settings_say_which_labels_are_added() {
        let mut rules = Rules::default();
        rules
            .add("groups: [{rules: [{alert: Down, expr: 'sum(up) == 0', labels: {site: a}}]}]\n")
            .unwrap();
        assert!(!rules.may_add("cluster"));
        let settings = "global:\n  external_labels: {cluster: eu, site: b, node: '${NODE}'}\n";
        rules.add(settings).unwrap();
        assert!(rules.may_add("cluster") && !rules.may_add("pod"));
        let value = |rules: &Rules, label: &str| {
            rules.value(&rules.of("Down")[0], label).map(str::to_owned)
        };
        assert_eq!(value(&rules, "cluster").as_deref(), Some("eu"));
        assert_eq!(value(&rules, "site").as_deref(), Some("a"));
        assert_eq!(value(&rules, "node"), None);
        let other = "kind: Prometheus\nspec: {externalLabels: {cluster: us}}\n";
        rules.add(other).unwrap();
        assert_eq!(value(&rules, "cluster"), None);
        rules
            .add("alerting: {alert_relabel_configs: [{action: labeldrop, regex: site}]}\n")
            .unwrap();
        assert!(rules.may_add("pod"));
        assert_eq!(value(&rules, "site"), None);
    }
}
