//! What agents record is read for ever: every kind of fact in every version, as bytes, and its page.
//!
//! `tests/golden/facts/NAME.VERSION` holds samples in hexadecimal, a line for each: the half that
//! stays, then the one that may be erased. A kind or a version without a file gets one, and the test
//! fails that time.

use std::fs;
use std::path::PathBuf;

use libtest_mimic::Trial;
use rbk::facade::facts::{kinds, page, read, written};

use crate::harness::fixture::{root, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "facts/every version is read".to_owned(),
            every_version_is_read,
        ),
        trial("facts/what is written is the same".to_owned(), same),
        trial(
            "facts/every kind has its page".to_owned(),
            every_kind_has_its_page,
        ),
    ]
}

fn folder() -> PathBuf {
    root().join("tests/golden/facts")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

fn every_version_is_read() {
    for (name, newest) in kinds() {
        for version in 1..=newest {
            let path = folder().join(format!("{name}.{version}"));
            let kept = fs::read_to_string(&path)
                .unwrap_or_else(|_| panic!("{} is missing", path.display()));
            assert!(!kept.is_empty(), "{} is empty", path.display());
            for line in kept.lines() {
                let (open, personal) = line.split_once(' ').unwrap();
                let (open, personal) = (bytes(open), bytes(personal));
                assert_eq!(
                    read(&open, Some(&personal)),
                    Some(name),
                    "version {version}"
                );
                assert_eq!(read(&open, None), Some(name), "version {version}, erased");
            }
        }
    }
}

fn same() {
    let samples = written();
    let mut missing = Vec::new();
    for (name, version) in kinds() {
        let own = samples.iter().filter(|sample| sample.name == name);
        let lines: String = own
            .map(|sample| format!("{} {}\n", hex(&sample.open), hex(&sample.personal)))
            .collect();
        assert!(!lines.is_empty(), "there is no sample of {name}");
        let path = folder().join(format!("{name}.{version}"));
        match fs::read_to_string(&path) {
            Ok(kept) => assert_eq!(
                kept, lines,
                "{name} is written in another way than before: it needs a new version, and the old \
                 one has to be lifted"
            ),
            Err(_) => {
                fs::create_dir_all(folder()).unwrap();
                fs::write(&path, lines).unwrap();
                missing.push(path);
            }
        }
    }
    assert!(
        missing.is_empty(),
        "were missing and are written now: {missing:?}"
    );
}

fn every_kind_has_its_page() {
    let path = root().join("grammar/reference/facts.md");
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let page = page();
    if kept != page && std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(&path, &page).unwrap();
    }
    assert_eq!(kept, page, "{} is not what the table says", path.display());
    for (name, _) in kinds() {
        assert!(
            page.contains(&format!("| `{name}` |")),
            "{name} has no page"
        );
    }
}
