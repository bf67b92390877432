//! What is seen when a rule is taken out: programs that are refused for one mistake, or whose tests
//! pass because the machine keeps a rule.
//!
//! The head of each says what happens without the rule; `// meanwhile 20s cancel` what happens to its
//! runs from outside.
//!
//! - `//! without NAME: accepted`: with every rule in place it is refused.
//! - `//! without NAME: its tests show the harm`: so, and its tests then pass. They say what nobody
//!   wants: that it ends well where nothing helped, that it touches what it must not.
//! - `//! without NAME: a test fails`: with every rule in place it is accepted, and its tests pass.

use rbk::facade::{self, trust};

use super::corpus::{errors, with_shop};
use crate::harness::fixture::{self, Fixture};
use crate::suites::run::{disturbance, meanwhile};

/// What the head of a fixture says: the rules that are taken out, and what is seen then.
pub fn head(text: &str) -> Option<(Vec<&str>, &str)> {
    let head = text.lines().next()?.strip_prefix("//! without ")?;
    let (rules, seen) = head.split_once(": ")?;
    Some((rules.split(", ").collect(), seen))
}

/// The rules that some fixture shows the harm of.
pub fn harmful() -> Vec<String> {
    let fixtures = fixture::fixtures("trust/holes", "rbk");
    let texts: Vec<String> = fixtures.iter().map(Fixture::text).collect();
    let shown = texts
        .iter()
        .filter_map(|text| head(text))
        .filter(|(_, seen)| *seen != "accepted");
    shown
        .flat_map(|(rules, _)| rules)
        .map(str::to_owned)
        .collect()
}

/// The rules that some fixture is refused by.
pub fn refused() -> Vec<String> {
    let fixtures = fixture::fixtures("trust/holes", "rbk");
    let texts: Vec<String> = fixtures.iter().map(Fixture::text).collect();
    let heads = texts.iter().filter_map(|text| head(text));
    heads
        .flat_map(|(rules, _)| rules)
        .map(str::to_owned)
        .collect()
}

pub fn is_shut_by_one_rule(fixture: &Fixture) {
    with_shop(fixture, |files, text| {
        let name = &fixture.name;
        let Some((rules, seen)) = head(text) else {
            panic!("{name}: begins with `//! without RULE:` and what is seen then");
        };
        let lines = meanwhile(text);
        let lines: Vec<_> = lines.iter().map(|line| disturbance(line)).collect();
        let shut = facade::test_disturbed(files, false, &lines);
        let open = trust::without(&rules, || facade::test_disturbed(files, false, &lines))
            .unwrap_or_else(|unknown| panic!("{name}: no such rule: {unknown:?}"));
        let is_refused = |tested: &facade::Tested| errors(&tested.checked).next().is_some();
        assert!(
            !is_refused(&open),
            "{name}: still refused\n{}",
            open.checked.human
        );
        match seen {
            "accepted" | "its tests show the harm" => {
                assert!(
                    is_refused(&shut),
                    "{name}: accepted, with every rule in place"
                );
            }
            "a test fails" => {
                assert!(
                    !is_refused(&shut),
                    "{name}: refused\n{}",
                    shut.checked.human
                );
                assert_eq!(shut.failed, 0, "{name}: a test fails\n{}", shut.human);
                assert!(open.failed > 0, "{name}: no test notices");
            }
            other => panic!("{name}: says neither, but {other:?}"),
        }
        if seen == "its tests show the harm" {
            assert_eq!(open.failed, 0, "{name}: does no harm\n{}", open.human);
            assert!(open.passed > 0, "{name}: no test shows the harm");
        }
    });
}
