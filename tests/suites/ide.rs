//! What an editor asks: a fixture is a file with the cursor at `$0`, in a folder named by the question. What stands
//! between two `$+` is typed after the file was opened.
//!
//! And whatever is asked anywhere in any file of the tests, broken ones above all, has an answer.

use libtest_mimic::Trial;
use rbk::facade::ide::Opened;

use crate::harness::fixture::{self, Fixture, trial};
use crate::harness::random::Random;
use crate::harness::snapshot;

/// The folders whose files are asked about, with how many questions each gets.
const FOLDERS: &[(&str, usize)] = &[
    ("wrong", 24),
    ("parse", 16),
    ("check", 8),
    ("run", 8),
    ("ide", 60),
];

const QUESTIONS: &[&str] = &[
    "complete",
    "signature",
    "outline",
    "folds",
    "paint",
    "select",
    "hover",
    "definition",
    "references",
    "inlay",
    "rename",
];

pub fn trials() -> Vec<Trial> {
    let mut trials = fixture::trials("ide", "rbk", check);
    for (folder, asked) in FOLDERS {
        trials.push(trial(format!("ide/anywhere in {folder}"), || {
            anywhere(folder, *asked)
        }));
    }
    trials
}

fn check(fixture: &Fixture) {
    let text = fixture.text();
    let (text, typed) = match text.split("$+").collect::<Vec<_>>().as_slice() {
        [before, typed, behind] => {
            let at = before.replacen("$0", "", 1).len();
            ([*before, *behind].concat(), Some((at, (*typed).to_owned())))
        }
        _ => (text, None),
    };
    let mut at = text
        .find("$0")
        .unwrap_or_else(|| panic!("{}: no cursor", fixture.name));
    let text = text.replacen("$0", "", 1);
    let mut opened = Opened::new(&[("main.rbk", text.as_bytes())]).unwrap();
    let file = opened.file("main.rbk").unwrap();
    if let Some((place, typed)) = typed {
        assert!(opened.edit(file, place..place, &typed));
        at += if place <= at { typed.len() } else { 0 };
    }
    let question = fixture.path.parent().unwrap().file_name().unwrap();
    let answer = opened.ask(question.to_str().unwrap(), file, at);
    snapshot::assert_matches(fixture, &answer);
}

fn anywhere(folder: &str, asked: usize) {
    let mut random = Random::new(7);
    let fixtures = fixture::fixtures(folder, "rbk");
    assert!(!fixtures.is_empty());
    for fixture in fixtures {
        let Ok(text) = std::fs::read_to_string(&fixture.path) else {
            continue; // It is not UTF-8, and so in no editor.
        };
        let Some(mut opened) = Opened::new(&[("main.rbk", text.as_bytes())]) else {
            continue;
        };
        let Some(file) = opened.file("main.rbk") else {
            continue;
        };
        for _ in 0..asked {
            let mut at = random.below(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let question = random.pick(QUESTIONS);
            let answer = opened.ask(question, file, at);
            assert!(
                !answer.contains("not on characters"),
                "{}: {question} at {at}:\n{answer}",
                fixture.name
            );
        }
    }
}
