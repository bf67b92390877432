//! The table `[lock]` of a manifest: the revision whose lock is never rewritten.

use toml::de::DeTable;

use super::Reader;
use crate::diag::Code;

/// The revision that a manifest names, whatever else is wrong with it.
pub fn lock_base(text: &str) -> Option<String> {
    let table: toml::Table = toml::from_str(text).ok()?;
    let base = table.get("lock")?.get("base")?.as_str()?;
    (!base.starts_with('-')).then(|| base.to_owned())
}

impl Reader<'_> {
    /// The revision that the manifest names.
    pub(super) fn lock_base(&mut self, table: &DeTable<'_>) -> Option<String> {
        let value = table.get("lock")?;
        let Some(table) = value.get_ref().as_table() else {
            let message = "`lock` has a value that cannot be";
            let label = "a table belongs here: `[lock]`, its keys below it";
            self.report(Code::ManifestValue, message, value.span(), label);
            return None;
        };
        self.unknown_keys(table, &["base"], "`[lock]`");
        self.text(table, "base", |base| {
            match base.starts_with('-') || base.is_empty() {
                true => Some("a git revision is a name such as `origin/main`".into()),
                false => None,
            }
        })
    }
}
