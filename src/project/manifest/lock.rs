//! The table `[lock]` of a manifest: the revision whose lock is never rewritten.

use toml::de::DeTable;

use super::Reader;
use crate::diag::Code;

/// The revision that is meant where the manifest names none.
const BASE: &str = "origin/main";

/// The revision that a manifest means, whatever else is wrong with it; none if it is no TOML.
pub fn lock_base(text: &str) -> Option<String> {
    let table: toml::Table = toml::from_str(text).ok()?;
    let base = table.get("lock").and_then(|lock| lock.get("base"));
    let base = base.and_then(toml::Value::as_str).unwrap_or(BASE);
    (!base.starts_with('-')).then(|| base.to_owned())
}

impl Reader<'_> {
    /// The revision that the manifest names.
    pub(super) fn lock_base(&mut self, table: &DeTable<'_>) -> String {
        let Some(value) = table.get("lock") else {
            return BASE.to_owned();
        };
        let Some(table) = value.get_ref().as_table() else {
            let message = "`lock` has a value that cannot be";
            let label = "a table belongs here: `[lock]`, its keys below it";
            self.report(Code::ManifestValue, message, value.span(), label);
            return BASE.to_owned();
        };
        self.unknown_keys(table, &["base"], "`[lock]`");
        let base = self.text(table, "base", |base| {
            match base.starts_with('-') || base.is_empty() {
                true => Some("a git revision is a name such as `origin/main`".into()),
                false => None,
            }
        });
        base.unwrap_or_else(|| BASE.to_owned())
    }
}
