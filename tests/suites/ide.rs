//! What an editor asks: a fixture is a file with the cursor at `$0`, in a folder named by the question; what stands
//! between two of them is selected. What stands between two `$+` is typed after the file was opened. A file that begins
//! with `// locked` has a lock of what it was then.
//!
//! And whatever is asked anywhere in any file of the tests, broken ones above all, has an answer.

use std::ops::Range;

use libtest_mimic::Trial;
use rbk::facade::ide::Opened;
use rbk::facade::versions::locked;

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
    trials.push(trial("ide/lints are called off between items", called_off));
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
            let at = before.replace("$0", "").len();
            ([*before, *behind].concat(), Some((at, (*typed).to_owned())))
        }
        _ => (text, None),
    };
    let mut selected = selected(&text).unwrap_or_else(|| panic!("{}: no cursor", fixture.name));
    let text = text.replace("$0", "");
    let mut files: Vec<(&str, &[u8])> = vec![("main.rbk", text.as_bytes())];
    let lock = text
        .starts_with("// locked\n")
        .then(|| locked(&files).unwrap());
    files.extend(lock.iter().map(|lock| ("rbk.lock", lock.as_bytes())));
    let mut opened = Opened::new(&files).unwrap();
    let file = opened.file("main.rbk").unwrap();
    if let Some((place, typed)) = typed {
        assert!(opened.edit(file, place..place, &typed));
        for end in [&mut selected.start, &mut selected.end] {
            *end += if place <= *end { typed.len() } else { 0 };
        }
    }
    let question = fixture.path.parent().unwrap().file_name().unwrap();
    let answer = match question.to_str().unwrap() {
        "actions" => opened.actions(file, selected),
        question => opened.ask(question, file, selected.start),
    };
    snapshot::assert_matches(fixture, &answer);
}

/// The cursor, or what stands between two of them.
fn selected(text: &str) -> Option<Range<usize>> {
    let start = text.find("$0")?;
    let behind = &text[start + 2..];
    Some(start..start + behind.find("$0").unwrap_or(0))
}

/// Lints that are called off say nothing, and as much as ever when they are asked again.
fn called_off() {
    let text = std::fs::read_to_string(fixture::root().join("examples/quickstart/checkout.rbk"));
    let text = text.unwrap() + "\nconst left_over = 1\n";
    let files: [(&str, &[u8]); 1] = [("checkout.rbk", text.as_bytes())];
    let mut opened = Opened::new(&files).unwrap();
    let before = opened.findings();
    let mut questions = 0;
    while !opened.settle_for(questions) {
        assert_eq!(opened.findings(), before, "after {questions} questions");
        questions += 1;
    }
    assert!(questions > 5, "it is hardly ever asked: {questions}");
    let mut whole = Opened::new(&files).unwrap();
    assert!(whole.settle_for(usize::MAX));
    assert!(whole.findings() > before, "lints find nothing here");
    assert_eq!(opened.findings(), whole.findings());
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
