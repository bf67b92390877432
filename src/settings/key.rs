//! Keys of the file: each is said once, beside the function that reads it, with what people are told of it.
//!
//! In: what the readers say of their keys. Out: what a table may have, and the tables of the page on settings.

use super::{bounds, parts, reader, retention, servers};

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub name: &'static str,
    /// What holds without it, as Markdown.
    default: &'static str,
    /// What it says, as Markdown.
    says: &'static str,
}

/// The keys that one table of the file may have.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Of the section of the page.
    pub heading: &'static str,
    pub keys: &'static [Key],
}

/// Every table with keys of its own, in the order of the page.
pub const TABLES: [Table; 11] = [
    parts::FILE,
    servers::PROMETHEUS,
    servers::KUBERNETES,
    parts::HOST,
    parts::CONTACT,
    reader::SECRET,
    parts::CALLER,
    bounds::STORM,
    bounds::LIMITS,
    bounds::PAGES,
    retention::RETENTION,
];

/// A key with its default and what it says.
pub const fn key(name: &'static str, default: &'static str, says: &'static str) -> Key {
    Key {
        name,
        default,
        says,
    }
}

impl Table {
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|key| key.name)
    }

    /// As Markdown.
    fn rows(&self) -> String {
        let mut rows = String::from("| key | default | what it says |\n|---|---|---|\n");
        for Key {
            name,
            default,
            says,
        } in self.keys
        {
            let default = match default.is_empty() {
                true => String::new(),
                false => format!(" {default}"),
            };
            rows.push_str(&format!("| `{name}` |{default} | {says} |\n"));
        }
        rows
    }
}

/// The page on settings, its tables as the readers say them: whatever tables it had are left out.
pub fn page(text: &str) -> String {
    let mut page = String::with_capacity(text.len());
    let mut table: Option<&Table> = None;
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            table = TABLES.iter().find(|table| table.heading == heading);
        }
        let is_row = line.starts_with("| ") || line.starts_with("|---");
        match table {
            Some(_) if is_row && !line.starts_with("| key |") => {}
            Some(found) if is_row => page.push_str(&found.rows()),
            Some(_) | None => {
                page.push_str(line);
                page.push('\n');
            }
        }
    }
    page
}
