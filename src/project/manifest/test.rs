//! The table `[test]` of a manifest: how much of the package its tests have to reach.

use toml::de::DeTable;

use super::Reader;
use crate::diag::Code;

impl Reader<'_> {
    /// The least percents that tests have to reach, if the manifest asks for any.
    pub(super) fn coverage(&mut self, table: &DeTable<'_>) -> Option<u8> {
        let value = table.get("test")?;
        let message = "`test` has a value that cannot be";
        let Some(table) = value.get_ref().as_table() else {
            let label = "a table belongs here: `[test]`, its keys below it";
            self.report(Code::ManifestValue, message, value.span(), label);
            return None;
        };
        self.unknown_keys(table, &["coverage"], "`[test]`");
        let value = table.get("coverage")?;
        let percent = value.get_ref().as_integer();
        let percent =
            percent.and_then(|whole| u8::from_str_radix(whole.as_str(), whole.radix()).ok());
        if percent.is_none_or(|percent| percent > 100) {
            let message = "`coverage` has a value that cannot be";
            let label = "whole percents belong here: `coverage = 90`";
            self.report(Code::ManifestValue, message, value.span(), label);
            return None;
        }
        percent
    }
}
