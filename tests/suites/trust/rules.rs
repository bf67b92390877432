//! Every rule is noticed when it is taken out: by random programs that then break a promise, by a
//! program that then does the harm that the rule is there to prevent, or, if it is the machine's, by
//! a run that goes another way than its snapshot.

use libtest_mimic::Trial;
use rbk::facade::{self, trust};

use super::{holes, programs};
use crate::harness::fixture::{self, trial};
use crate::suites::run::{disturbance, meanwhile};
use crate::suites::tested;

/// What random programs notice: rules of the checker by the name of their code, and of the machine.
/// Where the machine keeps a rule that the checker guards, too, both are taken out.
const NOTICED: &[&str] = &[
    "ClearedAfterChange, HeldIsGivenBack",
    "DirtIsKept",
    "IncidentHasChanged",
    "HeldOn, HeldIsGivenBack",
    "OwedVerifies",
    "ToldAtSink",
    "Uncorroborated",
    "UndoTakesNothingBack",
    "VerifyProvesNothing",
    "AbsenceProvesNothing",
    "WaiverOfEarlierChange, OwedVerifies",
    "MitigatedUnverified, OwedVerifies",
    "ChangeNotVerified, OwedVerifies",
    "VerifyWithoutObservation, VerifyProvesNothing",
];

/// Groups of codes that guard promises.
const GUARDS: &[&str] = &["E05", "E06", "E07"];

/// Codes of these groups that guard none: what they refuse has no meaning, so nothing could run.
const MEANINGLESS: &[(&str, &str)] = &[
    ("MissingRemedy", "nothing would be run"),
    ("NeverInWindow", "no change of it would begin"),
    ("RemedyWithoutFinding", "nothing leads to it"),
    ("FindingMismatch", "the remedy has no such values"),
    ("ReservedFinding", "the name means something else"),
    ("NotExhaustive", "a case without code"),
    ("UnreachableArm", "code that nothing reaches"),
    ("MissingClause", "the program lacks a part"),
    ("ClauseConflict", "the program has a part twice"),
    ("ProbeWithoutAnswer", "a value that there is not"),
    ("Unreachable", "code that nothing reaches"),
    ("HidesName", "a name that means something else elsewhere"),
    (
        "Recursion",
        "no bound could be stated, and no order to judge functions in",
    ),
];

/// Codes whose harm is what a reader is told, or what no single run shows.
const REFUSED_ONLY: &[(&str, &str)] = &[
    (
        "NoIncidentKey",
        "what it joins, many events show: see the keys",
    ),
    (
        "FreeTextMisplaced",
        "a text of its own kind, that no run tells from another",
    ),
    ("JsonOfOwnValues", "who wrote what is sent, no test can see"),
    ("NumbersAreCounted", "who counted it, no test can see"),
    (
        "ObservedElsewhere",
        "what a host does with a list that is another's, no test can see",
    ),
    ("ListedNamesAreOwned", "who named it, no test can see"),
    (
        "TargetFromOutside",
        "no test can write an event that holds a target or a query",
    ),
];

pub fn trials() -> Vec<Trial> {
    let mut named: Vec<String> = NOTICED.iter().map(ToString::to_string).collect();
    // Others to try by hand, with commas.
    let more = std::env::var("RBK_TRUST_RULES").unwrap_or_default();
    named.extend(
        more.split(',')
            .filter(|rule| !rule.is_empty())
            .map(str::to_owned),
    );
    let of = |rule: String| {
        trial(format!("trust/rules/{rule}"), move || {
            programs::notices_without(&rule.split(", ").collect::<Vec<_>>());
        })
    };
    let mut trials: Vec<Trial> = named.into_iter().map(of).collect();
    trials.push(trial("trust/rules are all noticed", all_are_noticed));
    trials
}

/// No rule is without an entry, and no entry without a rule.
fn all_are_noticed() {
    let (harmful, refused) = (holes::harmful(), holes::refused());
    let tested = tested::taken_out();
    let codes = facade::codes();
    let guards = codes.iter().filter(|row| {
        let in_group = GUARDS.iter().any(|group| row.code.starts_with(group));
        row.kind == "error" && in_group
    });
    let all: Vec<&str> = guards.map(|row| row.name).chain(trust::rules()).collect();
    let has = |list: &[(&str, &str)], rule: &str| list.iter().any(|(name, _)| *name == rule);
    let is_noticed = |rule: &str| {
        let mut random = NOTICED.iter().flat_map(|names| names.split(", "));
        random.any(|name| name == rule)
            || harmful.iter().any(|name| name == rule)
            || has(REFUSED_ONLY, rule) && refused.iter().any(|name| name == rule)
            || tested.iter().any(|name| name == rule)
    };
    let missing: Vec<&&str> = all
        .iter()
        .filter(|rule| !is_noticed(rule) && !has(MEANINGLESS, rule) && !runs_notice(rule))
        .collect();
    assert!(missing.is_empty(), "nothing notices {missing:?}");
    let excused = MEANINGLESS.iter().chain(REFUSED_ONLY);
    let idle: Vec<&str> = excused
        .map(|(name, _)| *name)
        .filter(|name| {
            NOTICED.contains(name)
                || harmful.iter().any(|found| found == name)
                || !all.contains(name)
        })
        .collect();
    assert!(
        idle.is_empty(),
        "noticed, or no rule, and yet excused: {idle:?}"
    );
}

/// Whether without this rule of the machine a run of the suite `run/` goes another way.
fn runs_notice(rule: &str) -> bool {
    trust::rules().contains(&rule)
        && fixture::packages("run").iter().any(|package| {
            let files = package.files();
            let texts = package.texts.iter();
            let lines = texts.flat_map(|(_, text)| meanwhile(&String::from_utf8_lossy(text)));
            let lines: Vec<String> = lines.collect();
            let lines: Vec<_> = lines.iter().map(|line| disturbance(line)).collect();
            let run = || facade::test_disturbed(&files, false, &lines).human;
            trust::without(&[rule], run).unwrap() != run()
        })
}
