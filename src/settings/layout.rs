//! How the tables of a settings file are written, for whoever adds lines to it.
//!
//! In: a parsed file and its text. Out: for each table, and each table right below one, how it is written. TOML takes
//! one form of a table only: what stands in braces cannot be added to from outside.

use std::collections::BTreeMap;

use smol_str::SmolStr;
use toml::de::{DeTable, DeValue};

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableForm {
    /// `[hosts]`
    Header,
    /// `hosts = { .. }`
    Braces,
    /// `hosts.web.address = ".."`
    Dotted,
    /// By the headers of tables below it alone: `[hosts.web]`.
    Below,
}

/// The tables of a file, by their keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    tables: BTreeMap<SmolStr, TableForm>,
    below: BTreeMap<(SmolStr, SmolStr), TableForm>,
}

impl Layout {
    pub fn of(file: &DeTable<'_>, text: &str) -> Layout {
        let mut layout = Layout::default();
        for (key, value) in file {
            let DeValue::Table(table) = value.get_ref() else {
                continue;
            };
            let key = SmolStr::from(key.get_ref().as_ref());
            for (name, value) in table {
                if matches!(value.get_ref(), DeValue::Table(_)) {
                    let name = SmolStr::from(name.get_ref().as_ref());
                    let form = form(text, value.span().start);
                    layout.below.insert((key.clone(), name), form);
                }
            }
            layout.tables.insert(key, form(text, value.span().start));
        }
        layout
    }

    /// How a table of the file is written; none that is not there.
    pub fn table(&self, key: &str) -> Option<TableForm> {
        self.tables.get(key).copied()
    }

    /// How a table below one is written.
    pub fn below(&self, table: &str, name: &str) -> Option<TableForm> {
        self.below.get(&(table.into(), name.into())).copied()
    }
}

/// The form of a table whose value begins there: at its brace, at its header, or at its key.
fn form(text: &str, start: usize) -> TableForm {
    let line = text.get(..start).unwrap_or_default();
    let line = line.rsplit('\n').next().unwrap_or_default();
    match text.as_bytes().get(start) {
        Some(b'{') => TableForm::Braces,
        Some(b'[') => TableForm::Header,
        Some(_) | None if line.trim_start().starts_with('[') => TableForm::Below,
        Some(_) | None => TableForm::Dotted,
    }
}
