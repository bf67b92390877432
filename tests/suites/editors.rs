//! The editors know the words of the language: those of the grammar, no fewer and no more.
//!
//! `editors/words.json` has each word of the grammar with its class. Every editor has each class between two marks,
//! `words: CLASS` and `words end`; `INSTA_UPDATE=always` writes the lists anew, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use libtest_mimic::Trial;
use regex::Regex;
use serde_json::Value;

use crate::harness::fixture::{root, trial};

#[cfg(feature = "harness")]
mod grammar;

const WORDS: &str = "editors/words.json";
const TREE_SITTER: &str = "editors/tree-sitter-rbk/src/grammar.json";

/// What the lists of an editor look like: what stands between two words, and what is written there.
#[derive(Clone, Copy)]
struct Form {
    between: &'static str,
    written: &'static str,
    /// Where a line ends, if a list is folded: what stands there in the place of what is written otherwise.
    folded: Option<&'static str>,
}

/// A regular expression in a line.
const CHOICE: Form = Form {
    between: r"\|",
    written: "|",
    folded: None,
};

/// Strings of a query, one on a line.
const QUERY: Form = Form {
    between: "\"\\s+\"",
    written: "\"\n  \"",
    folded: None,
};

/// A string of many words.
const TEXT: Form = Form {
    between: r"\s+",
    written: " ",
    folded: Some("\n    "),
};

/// The longest line of a list that is folded.
const WIDTH: usize = 100;

/// What has lists of words, and how they are written. Those that read trees have no use for two classes: what is
/// reserved is a name to them, and a tag is part of its literal.
const EDITORS: &[(&str, Form)] = &[
    ("editors/emacs/rbk-mode.el", TEXT),
    ("editors/sublime/rbk.sublime-syntax", CHOICE),
    ("editors/vim/syntax/rbk.vim", CHOICE),
    ("editors/vscode/syntaxes/rbk.tmLanguage.json", CHOICE),
    ("editors/helix/queries/rbk/highlights.scm", QUERY),
    ("editors/nvim/queries/rbk/highlights.scm", QUERY),
    ("editors/tree-sitter-rbk/queries/highlights.scm", QUERY),
    ("editors/zed/languages/rbk/highlights.scm", QUERY),
];

/// Strings of the tree-sitter grammar that are words, and that the language takes for names with a value.
const VALUES: [&str; 2] = ["false", "true"];

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![trial(
        "editors/tree-sitter has every word",
        tree_sitter_has_every_word,
    )];
    #[cfg(feature = "harness")]
    trials.extend(grammar::trials());
    trials.extend(EDITORS.iter().map(|&(path, form)| {
        trial(
            format!("editors/{}", path.trim_start_matches("editors/")),
            move || {
                has_every_list(path, form);
            },
        )
    }));
    trials
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The words by class.
fn classes() -> BTreeMap<String, BTreeSet<String>> {
    serde_json::from_str(&read(WORDS)).unwrap()
}

fn is_word(text: &str) -> bool {
    let letters = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    text.len() > 1 && text.chars().all(letters)
}

/// The strings of the tree-sitter grammar that are words.
fn strings(value: &Value, found: &mut BTreeSet<String>) {
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        match value {
            Value::Object(fields) => {
                let is_string = fields.get("type").is_some_and(|kind| kind == "STRING");
                let text = fields.get("value").and_then(Value::as_str);
                found.extend(text.filter(|_| is_string).map(str::to_string));
                left.extend(fields.values());
            }
            Value::Array(values) => left.extend(values),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

fn tree_sitter_has_every_word() {
    let grammar: Value = serde_json::from_str(&read(TREE_SITTER)).unwrap();
    let mut found = BTreeSet::new();
    strings(&grammar["rules"], &mut found);
    let found: BTreeSet<String> = found
        .iter()
        .map(|text| text.trim_end_matches('"').to_string())
        .filter(|word| is_word(word) && !VALUES.contains(&word.as_str()))
        .collect();
    let classes = classes();
    let wanted = classes.iter().filter(|(class, _)| *class != "reserved");
    let wanted: BTreeSet<String> = wanted.flat_map(|(_, words)| words).cloned().collect();
    let missing: Vec<_> = wanted.difference(&found).collect();
    let more: Vec<_> = found.difference(&wanted).collect();
    assert!(
        missing.is_empty() && more.is_empty(),
        "editors/tree-sitter-rbk/grammar.js lacks {missing:?} and has {more:?} beside the words of the language"
    );
}

/// A list as it is written.
fn written(words: &BTreeSet<String>, form: Form) -> String {
    let mut list = String::new();
    let mut width = 0;
    for word in words {
        match form.folded {
            _ if list.is_empty() => {}
            Some(folded) if width + word.len() >= WIDTH => {
                list.push_str(folded);
                width = 0;
            }
            Some(_) | None => {
                list.push_str(form.written);
                width += 1;
            }
        }
        list.push_str(word);
        width += word.len();
    }
    list
}

/// The longest list of words in a text, as a range of it.
fn longest(text: &str, form: Form) -> std::ops::Range<usize> {
    let list = Regex::new(&format!(r"[a-z_]+(?:{}[a-z_]+)+", form.between)).unwrap();
    let lists = list.find_iter(text).map(|found| found.range());
    lists.max_by_key(std::ops::Range::len).unwrap_or(0..0)
}

/// An editor's file with the lists that it should have.
fn blessed(text: &str, form: Form, path: &str) -> String {
    let mut blessed = text.to_string();
    for (class, words) in classes() {
        let is_tree = form.between == QUERY.between;
        if is_tree && class == "tag" {
            continue;
        }
        let mark = Regex::new(&format!(r"(?s)words: {class}\b(.*?)words end")).unwrap();
        let Some(found) = mark.captures(&blessed).and_then(|found| found.get(1)) else {
            panic!("{path}: no marks of the class `{class}`");
        };
        let (start, region) = (found.start(), found.as_str());
        let list = longest(region, form);
        let kept: BTreeSet<String> = Regex::new(form.between)
            .unwrap()
            .split(&region[list.clone()])
            .map(str::to_string)
            .collect();
        if kept != words {
            let range = start + list.start..start + list.end;
            blessed.replace_range(range, &written(&words, form));
        }
    }
    blessed
}

fn has_every_list(path: &str, form: Form) {
    let kept = read(path);
    let wanted = blessed(&kept, form, path);
    if kept != wanted && std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(root().join(path), wanted).unwrap();
        return;
    }
    assert!(
        kept == wanted,
        "{path}: its lists are not those of {WORDS}; bless them with INSTA_UPDATE=always"
    );
}
