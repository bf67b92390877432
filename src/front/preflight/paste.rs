//! Lines of settings to add, so that whoever pastes them has a file that can be read.
//!
//! In: the settings that there are. Out: words with lines behind them, each on a line of its own. What has a table of its
//! own can stand at the end of any file; what is a line in a table of many stands below its header, which is given only
//! where the file has none.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use crate::settings::{Settings, toml_text};

/// What is added to one file of settings, so far.
pub struct Paste<'s> {
    settings: &'s Settings,
    /// The headers that earlier lines begin: a table that is given twice cannot be read.
    begun: BTreeSet<String>,
}

impl<'s> Paste<'s> {
    pub fn new(settings: &'s Settings) -> Paste<'s> {
        Paste {
            settings,
            begun: BTreeSet::new(),
        }
    }

    /// A line in a table of many.
    pub fn line(&mut self, table: &'static str, line: &str) -> String {
        let header = format!("[{table}]");
        if self.settings.keys.contains(table) || self.begun.contains(&header) {
            return format!("add below `{header}` of agent.toml:\n{line}");
        }
        self.at_the_end(header, &[line])
    }

    /// A line in place of one that is there.
    pub fn instead(table: &str, line: &str) -> String {
        format!("change its line in [{table}] of agent.toml to:\n{line}")
    }

    /// A table that is not there.
    pub fn table(&mut self, table: &str, lines: &[&str]) -> String {
        self.at_the_end(format!("[{table}]"), lines)
    }

    /// One more of the tables that each have a name.
    pub fn named(&mut self, table: &str, name: &str, lines: &[&str]) -> String {
        self.at_the_end(format!("[{table}.{}]", toml_text(name)), lines)
    }

    fn at_the_end(&mut self, header: String, lines: &[&str]) -> String {
        if self.begun.contains(&header) {
            return format!(
                "nothing more: `{header}`, which another of these errors adds, is enough"
            );
        }
        let added = format!("add to agent.toml:\n{header}\n{}", lines.join("\n"));
        self.begun.insert(header);
        added
    }
}

/// A name that fits a pattern of `owns`: `shop-*` has `shop-1`.
pub fn example_of(pattern: &str) -> SmolStr {
    match pattern.strip_suffix('*') {
        Some("") => "host-1".into(),
        Some(start) => format!("{start}1").into(),
        None => pattern.into(),
    }
}
