//! What lints may know beside a package: files that the command names, and the day.

use std::path::{Path, PathBuf};

use super::terminal::Terminal;
use crate::host::read_named;
use crate::lint::Known;

/// The most bytes of one file.
const MOST: usize = 64 << 20;

/// What lints may know beside the package
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Arguments {
    /// Alerting rules: files of Prometheus, or `PrometheusRule`s of Kubernetes; and the settings of Prometheus, for
    /// the labels that it adds
    #[arg(long, value_name = "FILE", num_args = 1..)]
    rules: Vec<PathBuf>,

    /// The metrics that exist: JSON of `/api/v1/metadata` or `/api/v1/series`, the text of `/metrics` or `/federate`,
    /// or names, one per line
    #[arg(long, value_name = "FILE")]
    metrics: Vec<PathBuf>,

    /// The date of today, for windows that are over, and for the due times of a report
    #[arg(long, value_name = "DATE")]
    today: Option<String>,

    /// Also run the tests, for the lints that need them
    #[arg(long)]
    tests: bool,
}

impl Arguments {
    /// Reads what is named, and warns of what is not a rule in it.
    ///
    /// # Errors
    /// Which file cannot be read, and why.
    pub fn read(&self, agent: bool, terminal: &mut Terminal) -> Result<Known, String> {
        let mut known = Known {
            agent,
            tests: self.tests,
            ..Known::default()
        };
        for path in &self.rules {
            take(path, &mut |text| known.add_rules(text))?;
            for name in known.take_unread() {
                let name = name.escape_debug();
                let file = path.display();
                let told = format!(
                    "warning: {file}: the `expr` of `{name}` cannot be read, so nothing is known of its labels\n"
                );
                terminal.complain(&told).map_err(|why| why.to_string())?;
            }
        }
        for path in &self.metrics {
            take(path, &mut |text| known.add_metrics(text))?;
        }
        if let Some(day) = &self.today {
            known
                .set_today(day)
                .map_err(|why| format!("error: `--today {day}`: {why}\n"))?;
        }
        Ok(known)
    }
}

fn take(path: &Path, add: &mut dyn FnMut(&str) -> Result<(), String>) -> Result<(), String> {
    let bytes = read_named(path, MOST).map_err(|why| why.to_string());
    let added = bytes.and_then(|bytes| add(&String::from_utf8_lossy(&bytes)));
    added.map_err(|why| format!("error: {}: {why}\n", path.display()))
}
