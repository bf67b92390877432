//! What a test is called by, and which one may be meant by an id that none has.

use crate::diag::near::nearest;
use crate::typed::Package;

/// How many are named of those that may be meant.
const NAMED: usize = 5;

/// The ids of all tests of a package; a test with cases has one for each.
pub fn ids(package: &Package) -> Vec<String> {
    let tests = package.tests.iter().filter_map(|test| {
        let runbook = package.runbooks.get(test.runbook.index())?;
        Some(super::id_of(&package.name, &runbook.name, &test.title))
    });
    tests.collect()
}

/// Why no test has this id, in a sentence that names what may be meant.
pub fn meant(ids: &[String], wanted: &str) -> String {
    let is_case = |id: &&String| {
        let rest = id.strip_prefix(wanted);
        rest.is_some_and(|rest| rest.starts_with(" [") && rest.ends_with(']'))
    };
    let cases: Vec<&String> = ids.iter().filter(is_case).collect();
    if !cases.is_empty() {
        let named = cases.iter().take(NAMED).map(|id| format!("`{id}`"));
        let named: Vec<String> = named.collect();
        let more = match cases.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        return format!(
            "this test has cases, each with an id of its own: {}{more}",
            named.join(", ")
        );
    }
    let near = nearest(wanted, ids.iter().map(String::as_str));
    let near = near.map_or(String::from(";"), |near| {
        format!(": did you mean `{near}`?")
    });
    format!("no test has this id{near} `--format json` shows the ids")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_is_named() {
        let cases = (1..=7).map(|number| format!("shop::up::it helps [{number}]"));
        let ids: Vec<String> = cases
            .chain([String::from("shop::up::it is over")])
            .collect();
        let said = meant(&ids, "shop::up::it helps");
        assert!(said.contains("`shop::up::it helps [1]`"), "{said}");
        assert!(said.ends_with(" and 2 more"), "{said}");
        let said = meant(&ids, "shop::up::it is ever");
        assert!(
            said.contains("did you mean `shop::up::it is over`?"),
            "{said}"
        );
        let said = meant(&ids, "other");
        assert_eq!(said, "no test has this id; `--format json` shows the ids");
    }
}
