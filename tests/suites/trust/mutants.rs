//! Mutants of the examples and their tests: each is noticed by the checker or by a test.

use libtest_mimic::Trial;
use rbk::facade::{self, Tested};

use crate::harness::fixture::{files, relative, root, trial};

const EXAMPLES: &[&str] = &["demo", "disk", "quickstart", "redis", "rollback"];

/// The texts that become of one.
type Mutation = fn(&str) -> Vec<String>;

const MUTATIONS: &[(&str, Mutation)] = &[
    ("a do is removed", without_do),
    ("a given is renamed", renamed_given),
    ("what heals heals by the clock", healed_by_the_clock),
    ("what is expected is dropped", without_expects),
];

pub fn trials() -> Vec<Trial> {
    let of = |example: &'static str| {
        MUTATIONS.iter().map(move |(name, mutation)| {
            trial(format!("trust/mutants/{example}: {name}"), move || {
                are_noticed(example, *mutation);
            })
        })
    };
    EXAMPLES.iter().flat_map(|example| of(example)).collect()
}

fn are_noticed(example: &str, mutation: Mutation) {
    let texts = texts(example);
    let before = tested(&texts);
    assert!(
        is_right(&before),
        "{example}\n{}{}",
        before.checked.human,
        before.human
    );
    let mut unnoticed = Vec::new();
    for (index, (name, text)) in texts.iter().enumerate() {
        for mutant in mutation(text) {
            let mut mutants = texts.clone();
            mutants[index].1.clone_from(&mutant);
            let after = tested(&mutants);
            // A finding that was not there before is noticed as well.
            if is_right(&after) && after.checked.findings.len() <= before.checked.findings.len() {
                let lines = text.lines().zip(mutant.lines());
                let mut changed = lines.filter(|(before, after)| before != after);
                let line = changed.next().map_or("", |(before, _)| before.trim());
                unnoticed.push(format!("{name}: {line}"));
            }
        }
    }
    assert!(
        unnoticed.is_empty(),
        "not noticed:\n{}",
        unnoticed.join("\n")
    );
}

fn texts(example: &str) -> Vec<(String, String)> {
    let folder = root().join("examples").join(example);
    let wanted = |path: &std::path::Path| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        matches!(extension, Some("rbk")) || path.file_name().is_some_and(|name| name == "rbk.toml")
    };
    let paths = files(&folder).into_iter().filter(|path| wanted(path));
    let texts = paths.map(|path| {
        (
            relative(&folder, &path),
            std::fs::read_to_string(&path).unwrap(),
        )
    });
    texts.collect()
}

fn tested(texts: &[(String, String)]) -> Tested {
    let files: Vec<(&str, &[u8])> = texts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    facade::test(&files, false)
}

fn is_right(tested: &Tested) -> bool {
    let mut findings = tested.checked.findings.iter();
    tested.failed == 0 && tested.passed > 0 && findings.all(|found| found.kind != "error")
}

/// One mutant for each line that becomes another one.
fn by_line(text: &str, of: fn(&str) -> Option<String>) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mutants = lines.iter().enumerate().filter_map(|(number, line)| {
        let other = of(line)?;
        let mut changed = lines.clone();
        changed[number] = &other;
        Some(changed.join("\n") + "\n")
    });
    mutants.collect()
}

/// A single change goes away.
fn without_do(text: &str) -> Vec<String> {
    by_line(text, |line| {
        let is_whole = line.matches('{').count() == line.matches('}').count();
        let is_do = line.trim_start().starts_with("do ") && is_whole;
        is_do.then(String::new)
    })
}

/// What is said of one thing is said of another.
fn renamed_given(text: &str) -> Vec<String> {
    by_line(text, |line| {
        let given = line.trim_start().strip_prefix("given ")?;
        let (given, reply) = given.split_once(" -> ")?;
        let (before, behind) = given.rsplit_once('"')?;
        Some(format!("  given {before}-other\"{behind} -> {reply}"))
    })
}

/// Where each test begins and ends.
fn tests(text: &str) -> Vec<(usize, usize)> {
    let begins = text.match_indices("\ntest ").map(|(at, _)| at + 1);
    let ends = begins.map(|begin| {
        let end = text[begin..].find("\n}");
        (begin, end.map_or(text.len(), |at| begin + at))
    });
    ends.collect()
}

/// What a change heals gets better by itself instead, in each test that ends well.
fn healed_by_the_clock(text: &str) -> Vec<String> {
    let mut mutants = Vec::new();
    for (begin, end) in tests(text) {
        let test = &text[begin..end];
        if test.contains(" once did ") && test.contains("expect resolved") {
            let lines = test
                .lines()
                .map(|line| match line.split_once(" once did ") {
                    Some((before, _)) => format!("{before} after 90s"),
                    None => line.to_owned(),
                });
            let healed = lines.collect::<Vec<_>>().join("\n");
            mutants.push(format!("{}{healed}{}", &text[..begin], &text[end..]));
        }
    }
    mutants
}

/// A test no longer says what has to come of it.
fn without_expects(text: &str) -> Vec<String> {
    let mut mutants = Vec::new();
    for (begin, end) in tests(text) {
        let lines = text[begin..end].lines();
        let left: Vec<&str> = lines
            .filter(|line| !line.trim_start().starts_with("expect "))
            .collect();
        let left = left.join("\n");
        mutants.push(format!("{}{left}{}", &text[..begin], &text[end..]));
    }
    mutants
}
