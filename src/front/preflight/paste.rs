//! Lines of settings to add, so that whoever pastes them has a file that can be read.
//!
//! In: the settings that there are. Out: words with lines behind them, each on a line of its own. What has a table of its
//! own can stand at the end of any file; what is a line in a table of many stands below its header, which is given only
//! where the file has none.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use crate::settings::{Settings, TableForm, toml_text};

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
        let below = || format!("add below `[{table}]` of agent.toml:\n{line}");
        if self.begun.contains(&header) {
            return below();
        }
        match self.settings.layout.table(table) {
            Some(TableForm::Header) => below(),
            Some(TableForm::Braces) => within(table, line),
            Some(TableForm::Dotted) => beside(table, line),
            Some(TableForm::Below) | None => self.at_the_end(header, &[line]),
        }
    }

    /// A line in place of one that is there.
    pub fn instead(&self, table: &str, line: &str) -> String {
        let (at, line) = match self.settings.layout.table(table) {
            Some(TableForm::Braces) => (
                format!("within the braces of `{table}` in"),
                line.to_owned(),
            ),
            Some(TableForm::Dotted) => ("in".to_owned(), format!("{table}.{line}")),
            Some(TableForm::Header | TableForm::Below) | None => {
                (format!("in [{table}] of"), line.to_owned())
            }
        };
        format!("change its line {at} agent.toml to:\n{line}")
    }

    /// A table that is not there.
    pub fn table(&mut self, table: &str, lines: &[&str]) -> String {
        self.at_the_end(format!("[{table}]"), lines)
    }

    /// One more of the tables that each have a name, which is given as a key.
    pub fn named(&mut self, table: &str, key: &str, lines: &[&str]) -> String {
        let header = format!("[{table}.{key}]");
        if self.settings.layout.table(table) != Some(TableForm::Braces) {
            return self.at_the_end(header, lines);
        }
        if !self.begun.insert(header) {
            return nothing_more(&format!("{table}.{key}"));
        }
        let lines = lines.iter().map(|line| without_comment(line));
        let lines = lines.collect::<Vec<_>>().join(", ");
        within(table, &format!("{key} = {{ {lines} }}"))
    }

    /// A line of a table that has a name, such as the one with this key; `whose` says which one is meant.
    pub fn line_of(&self, table: &str, name: &str, whose: &str, line: &str) -> String {
        let key = toml_text(name);
        let layout = &self.settings.layout;
        match layout.below(table, name) {
            Some(TableForm::Header | TableForm::Below) | None => {
                format!("add below the header of {whose}, such as `[{table}.{key}]`:\n{line}")
            }
            Some(TableForm::Braces) => {
                format!("add within the braces of {whose}, such as those of `{key}`:\n{line}")
            }
            Some(TableForm::Dotted) => {
                let path = match layout.table(table) {
                    Some(TableForm::Dotted) => format!("{table}.{key}"),
                    Some(TableForm::Header | TableForm::Braces | TableForm::Below) | None => key,
                };
                format!(
                    "add beside the lines of {whose}, such as those of `{path}`:\n{path}.{line}"
                )
            }
        }
    }

    fn at_the_end(&mut self, header: String, lines: &[&str]) -> String {
        if self.begun.contains(&header) {
            return nothing_more(&header);
        }
        let added = format!("add to agent.toml:\n{header}\n{}", lines.join("\n"));
        self.begun.insert(header);
        added
    }
}

fn within(table: &str, line: &str) -> String {
    format!("add within the braces of `{table}` in agent.toml:\n{line}")
}

fn beside(table: &str, line: &str) -> String {
    format!("add beside the lines that begin with `{table}.` in agent.toml:\n{table}.{line}")
}

fn nothing_more(added: &str) -> String {
    format!("nothing more: `{added}`, which another of these errors adds, is enough")
}

/// Comments have no place within braces.
fn without_comment(line: &str) -> &str {
    line.split("  # ").next().unwrap_or(line)
}

/// A name that fits a pattern of `owns`: `shop-*` has `shop-1`.
pub fn example_of(pattern: &str) -> SmolStr {
    match pattern.strip_suffix('*') {
        Some("") => "host-1".into(),
        Some(start) => format!("{start}1").into(),
        None => pattern.into(),
    }
}
