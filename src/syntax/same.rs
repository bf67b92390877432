//! Whether two texts mean the same: what the formatter proves of its output.
//!
//! In: two files with their sources. Out: yes or no. Places, blanks and the form of a string do not count;
//! the order and the texts of comments do.

use super::dump::{dump, flat};
use super::tree::File;
use crate::text::Source;

/// Whether two files are the same tree with the same comments.
pub fn same(left: (&File, &Source), right: (&File, &Source)) -> bool {
    let is_flat_same = match (flat(left.0, left.1), flat(right.0, right.1)) {
        (Some(left), Some(right)) => left == right,
        (None, _) | (_, None) => false,
    };
    // What is empty and what is not there say the same, and have one outline.
    is_flat_same || dump(left.0, left.1) == dump(right.0, right.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;
    use crate::text::Sources;

    /// One of each form that is told apart by something else: a word, a number, a string, a comment, what is there.
    const TEXT: &str = "\
/// What is read.
use std.prom

role builder = rota \"pagerduty:shop\"

// beside
runbook slow {
  version 1.0.0
  on alert \"Slow\" { with app }
  diagnose {
    let load = prom.value(promql\"load{app=${app}}\")
    cleared if load < 3 or load > 10 \"it is fast\"
    if load == 3.0 and true { found slow(load) }
  }
  remedy slow(load) { page builder \"at ${load}\" }
}
";

    fn are_same(left: &str, right: &str) -> bool {
        let mut sources = Sources::default();
        let [left, right] = [left, right].map(|text| sources.add("main.rbk", text));
        let (left, right) = (sources.source(left), sources.source(right));
        let (one, other) = (parse(left), parse(right));
        assert!(one.diagnostics.is_empty() && other.diagnostics.is_empty());
        same((&one.file, left), (&other.file, right))
    }

    #[test]
    fn what_says_something_else_is_another() {
        for (old, new) in [
            ("What is read", "What is written"),
            ("std.prom", "std.prom2"),
            ("builder \"at", "bulider \"at"),
            ("// beside", "// besides"),
            ("1.0.0", "1.0.1"),
            ("with app }", "with app\n with zone }"),
            ("load{app", "load{ app"),
            ("load < 3", "load <= 3"),
            ("load < 3", "load < 4"),
            ("< 3 or", "< 3 and"),
            ("load > 10", "10 > load"),
            ("3.0", "3.00"),
            ("true", "false"),
            ("slow(load) }\n  }", "slow(load, load) }\n  }"),
            (" \"it is fast\"", ""),
            ("at ${load}", "at ${app}"),
            ("at ${load}", "at load"),
        ] {
            assert_eq!(TEXT.matches(old).count(), 1, "{old}");
            assert!(!are_same(TEXT, &TEXT.replace(old, new)), "{old} -> {new}");
        }
    }

    #[test]
    fn what_is_only_laid_out_otherwise_is_the_same() {
        assert!(are_same(TEXT, &TEXT.replace("\n  ", "\n      ")));
        assert!(are_same(
            TEXT,
            &TEXT.replace("it is fast", "it \\u{69}s fast")
        ));
    }
}
