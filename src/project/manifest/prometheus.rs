//! `prometheus` and `prometheus_features` of a manifest: the version and the flags of the server that is asked.
//!
//! In: the manifest as it was read. Out: a [`Server`], and what is wrong with it, all at once.

use toml::de::{DeTable, DeValue};

use super::Reader;
use crate::diag::Code;
use crate::diag::near::nearest;
use crate::literal::{FEATURES, Server, Version};

impl Reader<'_> {
    /// The server that the manifest names; without a word the newest, without flags.
    pub(super) fn prometheus(&mut self, table: &DeTable<'_>) -> Server {
        let version = self.text(table, "prometheus", |version| match parsed(version) {
            Some(_) => None,
            None => Some("a version of Prometheus is two or three numbers: `2.53`".into()),
        });
        Server {
            version: version.as_deref().and_then(parsed),
            features: self.features(table),
        }
    }

    fn features(&mut self, table: &DeTable<'_>) -> Vec<&'static str> {
        let Some(value) = table.get("prometheus_features") else {
            return Vec::new();
        };
        let Some(listed) = value.get_ref().as_array() else {
            let message = "`prometheus_features` has a value that cannot be";
            let label = format!("a list of flags belongs here: `[\"{}\"]`", FEATURES[0]);
            self.report(Code::ManifestValue, message, value.span(), &label);
            return Vec::new();
        };
        let mut features = Vec::new();
        for feature in listed.iter() {
            let DeValue::String(name) = feature.get_ref() else {
                let message = "`prometheus_features` has a value that cannot be";
                let label = "a flag in quotes belongs here";
                self.report(Code::ManifestValue, message, feature.span(), label);
                continue;
            };
            let name = name.as_ref();
            match FEATURES.iter().find(|known| **known == name) {
                Some(known) => features.push(*known),
                None => self.say_unknown_feature(name, feature.span()),
            }
        }
        features
    }

    fn say_unknown_feature(&mut self, name: &str, at: std::ops::Range<usize>) {
        let message = format!("no query depends on a flag `{name}` of Prometheus");
        let span = self.span(at);
        let found = crate::diag::Diagnostic::new(Code::ManifestValue, message, span, "not known");
        let flags = FEATURES.map(|flag| format!("`{flag}`")).join(", ");
        self.diagnostics.push(match nearest(name, FEATURES) {
            Some(near) => found.help(format!("did you mean `{near}`?")).fix(
                format!("write `{near}`"),
                span,
                format!("\"{near}\""),
            ),
            None => found.help(format!("the flags that a query may need: {flags}")),
        });
    }
}

/// `2.53`, `2.53.1`; the third number changes no language.
fn parsed(version: &str) -> Option<Version> {
    let parts: Vec<u32> = version
        .split('.')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    match parts[..] {
        [major, minor] | [major, minor, _] => Some(Version(major, minor)),
        _ => None,
    }
}
