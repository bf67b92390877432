//! What lints may know beside the package: rules of alerts, metrics that there are, the day.
//!
//! In: texts of files that somebody named. Out: plain tables. What is not given is not known, and the lints that
//! would ask it are silent.

mod metrics;
mod rules;
mod yaml;

use metrics::Metrics;
pub use metrics::Type;
pub use rules::Alert;
use rules::Rules;

use super::rule::Data;
use super::rules::ALL;
use crate::project::{Level, Levels};
use crate::value::Time;

/// All that is known.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub rules: Option<Rules>,
    pub metrics: Option<Metrics>,
    pub today: Option<Time>,
    /// That the settings of an agent are read, elsewhere.
    pub agent: bool,
    /// That the tests are run, elsewhere.
    pub tests: bool,
}

impl Known {
    /// Takes in a file of rules.
    ///
    /// # Errors
    /// Why it is none.
    pub fn add_rules(&mut self, text: &str) -> Result<(), String> {
        self.rules.get_or_insert_default().add(text)
    }

    /// The alerts of what was taken in last whose expressions could not be read.
    pub fn take_unread(&mut self) -> Vec<String> {
        let rules = self.rules.as_mut();
        rules.map_or_else(Vec::new, Rules::take_unread)
    }

    /// Takes in a list of metrics.
    ///
    /// # Errors
    /// Why it is none.
    pub fn add_metrics(&mut self, text: &str) -> Result<(), String> {
        self.metrics.get_or_insert_default().add(text)
    }

    /// Takes the day that it is, `2026-11-29`.
    ///
    /// # Errors
    /// Why it is none.
    pub fn set_today(&mut self, text: &str) -> Result<(), String> {
        let day = Time::parse(&format!("{text}T00:00Z"), None);
        self.today = Some(day.ok_or("a day is written as `2026-11-29`")?);
        Ok(())
    }

    /// Whether a lint that needs this has what it needs.
    pub fn has(&self, needs: Data) -> bool {
        match needs {
            Data::Nothing => true,
            Data::Rules => self.rules.is_some(),
            Data::Metrics => self.metrics.is_some(),
            Data::Day => self.today.is_some(),
            Data::Tests => self.tests,
            Data::Agent => self.agent,
        }
    }

    /// How many lints are silent for want of what each flag would bring.
    pub fn silent(&self, levels: &Levels) -> Vec<(&'static str, usize)> {
        let kinds = [
            Data::Rules,
            Data::Metrics,
            Data::Day,
            Data::Tests,
            Data::Agent,
        ];
        let counts = kinds
            .into_iter()
            .filter(|kind| !self.has(*kind))
            .map(|kind| {
                let silent = ALL
                    .iter()
                    .filter(|rule| rule.needs == kind && levels.of(rule.code) != Level::Off);
                (kind.flag(), silent.count())
            });
        counts.filter(|(_, count)| *count > 0).collect()
    }
}
