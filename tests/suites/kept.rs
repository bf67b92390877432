//! Packages that are edited: after every edit, what is said is what a check from scratch says.
//!
//! Random edits of sound and of broken programs, most of them inside of one item, as in an editor; every few of them
//! the text goes back to what it was.

use std::ops::Range;

use libtest_mimic::Trial;
use rbk::facade::kept::{Edited, from_scratch};

use crate::harness::fixture::{self, Package, trial};
use crate::harness::random::Random;

/// The folders of programs that are edited, with how many edits each program gets.
const FOLDERS: &[(&str, usize)] = &[("run", 20), ("tested", 10), ("check", 6), ("engine", 20)];

/// Pieces of text that are typed.
const TYPED: &[&str] = &[
    " ",
    "\n",
    "\n\n",
    "x",
    "_",
    "1",
    "\"",
    "{",
    "}",
    "(",
    ")",
    "[",
    ",",
    ".",
    ":",
    "-> ",
    "/// ",
    "// ",
    "\"\"\"",
    "guard 1 < 2\n",
    "let extra = 1\n",
    "  page builder \"now\"\n",
    "k8s.",
    "fn f() = 1\n",
    "use std.k8s\n",
];

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = FOLDERS
        .iter()
        .map(|(folder, edits)| {
            trial(format!("kept/programs of {folder}"), move || {
                let mut parts = 0;
                for (seed, package) in fixture::packages(folder).iter().enumerate() {
                    parts += edited(package, seed as u64, *edits);
                }
                assert!(parts > 0, "every edit checked everything");
            })
        })
        .collect();
    trials.push(trial(
        "kept/an edit of an example stays in its item",
        one_item,
    ));
    trials
}

/// One file as it is now.
struct Text {
    name: String,
    text: String,
}

/// Makes random edits; gives how many of them were taken in without checking everything.
fn edited(package: &Package, seed: u64, edits: usize) -> usize {
    let Some((mut edited, names)) = Edited::new(&package.files()) else {
        return 0;
    };
    let of = |name: &String| {
        let mut texts = package.texts.iter();
        let (_, text) = texts.find(|(path, _)| path == name)?;
        let text = std::str::from_utf8(text).ok()?.to_owned();
        let name = name.clone();
        Some(Text { name, text })
    };
    let Some(mut texts) = names.iter().map(of).collect::<Option<Vec<Text>>>() else {
        return 0;
    };
    let sound: Vec<String> = texts.iter().map(|text| text.text.clone()).collect();
    let mut random = Random::new(seed + 1);
    compare(package, &edited, &texts, "as it is");
    for step in 0..edits {
        let file = random.below(texts.len());
        let text = &texts[file].text;
        let (range, with) = match random.below(4) {
            // Back to where it began, by one edit of all.
            0 => (0..text.len(), sound[file].clone()),
            _ => edit(text, &mut random),
        };
        let told = format!("edit {step}: {range:?} becomes {with:?}");
        assert!(edited.edit(file, range.clone(), &with), "{told}");
        texts[file].text.replace_range(range, &with);
        compare(package, &edited, &texts, &told);
    }
    edited.parts()
}

/// What an author may do to a text.
fn edit(text: &str, random: &mut Random) -> (Range<usize>, String) {
    let mut at = random.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let words = words(text);
    match random.below(5) {
        0 | 1 => (at..at, (*random.pick(TYPED)).to_owned()),
        2 => {
            let end = text[at..]
                .char_indices()
                .nth(1)
                .map_or(text.len(), |(end, _)| at + end);
            (at..end, String::new())
        }
        3 if !words.is_empty() => {
            let other = words[random.below(words.len())].clone();
            let word = words[random.below(words.len())].clone();
            (word, text[other].to_owned())
        }
        _ => {
            let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
            let end = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
            (start..end, String::new())
        }
    }
}

fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (letter.is_ascii_alphanumeric() || letter == '_', start) {
            (true, None) => start = Some(at),
            (false, Some(begun)) => {
                words.push(begun..at);
                start = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    words
}

/// Holds what is said against a check from scratch.
fn compare(package: &Package, edited: &Edited, texts: &[Text], told: &str) {
    let mut files = package.files();
    for (name, bytes) in &mut files {
        if let Some(text) = texts.iter().find(|text| text.name == **name) {
            *bytes = text.text.as_bytes();
        }
    }
    let Some(scratch) = from_scratch(&files) else {
        return;
    };
    let (expected, its_names) = (scratch.said, scratch.names);
    let said = edited.said();
    if said.json != expected.json {
        let all: String = texts.iter().map(|text| text.text.as_str()).collect();
        panic!(
            "{}: {told}\nsaid: {}\nfrom scratch: {}\n{all}",
            package.fixture.name, said.json, expected.json
        );
    }
    let names = edited.names();
    let differs = names.iter().zip(&its_names).find(|(is, other)| is != other);
    assert!(
        names == its_names,
        "{}: {told}\n{} names, from scratch {}; first: {differs:#?}",
        package.fixture.name,
        names.len(),
        its_names.len(),
    );
    let known = edited.known();
    let mut differs = known.iter().zip(&scratch.known);
    let differs = differs.find(|(is, other)| is != other);
    assert!(
        known == scratch.known,
        "{}: {told}\n{} rows are known, from scratch {}; first: {differs:#?}",
        package.fixture.name,
        known.len(),
        scratch.known.len(),
    );
}

/// What the bench measures is what it seems to be.
fn one_item() {
    let text = fixture::root().join("examples/quickstart/checkout.rbk");
    let text = std::fs::read_to_string(text).unwrap();
    let (mut edited, _) = Edited::new(&[("checkout.rbk", text.as_bytes())]).unwrap();
    let at = text.find("  diagnose").unwrap();
    assert!(edited.edit(0, at..at, "  \n"));
    assert_eq!(edited.parts(), 1);
    // Also beside a comment that allows a finding, in that item and in another.
    for behind in ["  severity sev3", "  expect found stuck"] {
        let allowed = text.replacen(
            behind,
            &format!("{behind}  // allow slack-blast: the next one joins soon"),
            1,
        );
        assert_ne!(allowed, text);
        let (mut edited, _) = Edited::new(&[("checkout.rbk", allowed.as_bytes())]).unwrap();
        let at = allowed.find("  diagnose").unwrap();
        assert!(edited.edit(0, at..at, "  \n"));
        assert_eq!(edited.parts(), 1, "{behind}");
    }
    assert!(
        !edited.edit(0, 0..text.len() * 2, ""),
        "there is no such place"
    );
    assert!(!edited.edit(1, 0..0, ""), "there is no such file");
}
