//! Which tests may come out otherwise than before: those whose own text or whose runbook changed.
//!
//! In: a checked package. Out: for each test what it hangs on, as text that is compared and never shown.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::text::Sources;
use crate::typed::Package;

/// What each test hangs on, by its id: its text, the constants that it names, the core of its runbook.
pub fn prints(
    package: &Package,
    sources: &Sources,
    core: impl Fn(&str) -> Option<String>,
) -> BTreeMap<String, String> {
    let tests = package.tests.iter().filter_map(|test| {
        let runbook = &package.runbooks.get(test.runbook.index())?.name;
        let id = super::id_of(&package.name, runbook, &test.title);
        let text = sources.slice(test.span);
        let mut print = format!("{}\n{text}\n", core(runbook).unwrap_or_default());
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let words: Vec<&str> = text.split(|letter| !is_name(letter)).collect();
        for found in &package.consts {
            if words.contains(&found.name.as_str()) {
                // Writing to a string cannot fail.
                let _ = writeln!(print, "{} = {:?}", found.name, found.value);
            }
        }
        Some((id, print))
    });
    tests.collect()
}
