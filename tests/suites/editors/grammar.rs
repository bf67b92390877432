//! The words of `grammar/rbk.pest` beside those that the editors have, and programs made out of it for other parsers.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use pest_meta::ast::Expr;
use pest_meta::parser::{self, Rule};
use rbk::facade;
use regex::Regex;

use super::{WORDS, classes, is_word, read};
use crate::harness::fixture::trial;
use crate::harness::sentence;

/// How many programs are made; the parser takes about half of them.
const PROGRAMS: u64 = 600;

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "editors/words are those of the grammar",
            words_are_those_of_the_grammar,
        ),
        trial("editors/programs are made", programs_are_made),
    ]
}

/// The words of the grammar: the tokens that are spelled behind their rules, and what stands before a quote.
fn words() -> BTreeSet<String> {
    let tokens = read("grammar/tokens.pest");
    let spelled = Regex::new(r"(?m) \} // `(\w+)`").unwrap();
    let mut words: BTreeSet<String> = spelled
        .captures_iter(&tokens)
        .map(|found| found[1].to_string())
        .filter(|word| is_word(word))
        .collect();
    let text = format!("{tokens}{}", read("grammar/rbk.pest"));
    let pairs = parser::parse(Rule::grammar_rules, &text).unwrap();
    for rule in parser::consume_rules(pairs).unwrap() {
        literals(&rule.expr, &mut words);
    }
    words
}

/// The words that an expression of a grammar has between quotes.
fn literals(expr: &Expr, words: &mut BTreeSet<String>) {
    let found = expr.iter_top_down().filter_map(|expr| match expr {
        Expr::Str(text) | Expr::Insens(text) => Some(text),
        _ => None,
    });
    words.extend(found.filter(|text| is_word(text)));
}

fn words_are_those_of_the_grammar() {
    let classes = classes();
    let listed: Vec<&String> = classes.values().flatten().collect();
    let once: BTreeSet<String> = listed.iter().map(|word| (*word).clone()).collect();
    assert_eq!(listed.len(), once.len(), "a word is in two classes");
    let words = words();
    assert!(words.len() > 150, "where are the words?");
    let missing: Vec<_> = words.difference(&once).collect();
    let gone: Vec<_> = once.difference(&words).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "{WORDS}: give a class to {missing:?}, drop {gone:?}"
    );
}

/// Programs that the language's own parser takes, laid down for `.ci/editors`, so that the tree-sitter grammar takes
/// them, too.
fn programs_are_made() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    let programs = (0..PROGRAMS).map(|seed| (seed, sentence::program(seed)));
    let mut count = 0;
    for (seed, text) in programs {
        if facade::format("program.rbk", &text).is_ok() {
            fs::write(folder.join(format!("{seed}.rbk")), text).unwrap();
            count += 1;
        }
    }
    assert!(count > 100, "only {count} programs could be read");
}
