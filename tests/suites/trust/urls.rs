//! URLs that are filled with words, against the parser of a client: as many segments as were
//! written, each what was put in, at the host that was written, or nothing is asked at all.

use std::fmt::Write as _;

use libtest_mimic::Trial;
use rbk::facade::trust::{self, Place};
use url::Url;

use super::worlds;
use crate::harness::fixture::{root, trial};
use crate::harness::random::Random;

/// How many URLs are grown.
const GROWN: u64 = 150;

const LITERALS: &[&str] = &["a", "v1.2", "api", "x-y_z", "~me", "a.b", "."];

const WORDS: &[&str] = &[
    "",
    " ",
    ".",
    "..",
    "...",
    "a",
    "a/b",
    "/",
    "\\",
    "..\\x",
    "%2e",
    "%2e%2e",
    "%2E.",
    "%2f",
    "%",
    "%00",
    "?x=1",
    "#f",
    "&r=2",
    "a&b=c",
    "a=b",
    "@evil.example",
    ":8080",
    "//evil.example",
    "ä",
    "日本",
    "\u{202e}x",
    "a b",
    "a+b",
    "a;b",
    "a\tb",
    "a\nb",
    "'\"`",
    "{}",
    "a|b",
    "www.example.com",
];

pub fn trials() -> Vec<Trial> {
    vec![trial("trust/urls are what was put in", are_what_was_put_in)]
}

/// A segment, or a value of the query: what stands before and behind the hole, if there is one.
#[derive(Clone, Debug)]
struct Piece {
    before: &'static str,
    hole: bool,
    behind: &'static str,
}

impl Piece {
    fn grow(random: &mut Random) -> Piece {
        let hole = random.one_in(2);
        let bare = ["", "", "", "x", "v.", "."];
        Piece {
            before: match hole {
                true => random.pick(&bare),
                false => random.pick(&LITERALS[..LITERALS.len() - 1]),
            },
            hole,
            behind: if hole { random.pick(&bare) } else { "" },
        }
    }

    fn text(&self) -> String {
        let hole = if self.hole { "${note}" } else { "" };
        format!("{}{hole}{}", self.before, self.behind)
    }

    fn filled(&self, word: &str) -> String {
        let word = if self.hole { word } else { "" };
        format!("{}{word}{}", self.before, self.behind)
    }
}

fn are_what_was_put_in() {
    let mut asked = 0;
    let mut accepted = 0;
    for seed in 0..GROWN {
        let mut random = Random::new(seed);
        let path: Vec<Piece> = (0..=random.below(3))
            .map(|_| Piece::grow(&mut random))
            .collect();
        let query: Vec<Piece> = (0..random.below(3))
            .map(|_| Piece::grow(&mut random))
            .collect();
        let mut text = String::from("https://x.example.com:8443");
        for piece in &path {
            write!(text, "/{}", piece.text()).unwrap();
        }
        for (index, piece) in query.iter().enumerate() {
            let sign = if index == 0 { '?' } else { '&' };
            write!(text, "{sign}q{index}={}", piece.text()).unwrap();
        }
        let Some(subject) = subject(&text) else {
            continue;
        };
        accepted += 1;
        for word in WORDS {
            let place = Place {
                words: vec![
                    ("pod".into(), "w-1".into()),
                    ("note".into(), (*word).into()),
                ],
                ..worlds::ill()
            };
            let outcome = trust::live(&subject, &place);
            let mut urls = outcome.asked.iter().filter(|(name, _)| name == "http.get");
            let Some((_, args)) = urls.next() else {
                assert!(is_hopeless(&path, word), "{text} of {word:?}: is not asked");
                continue;
            };
            asked += 1;
            is_right(&text, word, &args[0], &path, &query);
        }
    }
    assert!(accepted * 5 >= GROWN, "only {accepted} URLs are accepted");
    assert!(asked > 1_000, "only {asked} URLs are asked");
}

/// Whether some segment would be no name.
fn is_hopeless(path: &[Piece], word: &str) -> bool {
    path.iter().filter(|piece| piece.hole).any(|piece| {
        let filled = piece.filled(word);
        let trimmed = filled.trim();
        matches!(trimmed, "" | "." | "..")
            || word.contains(['/', '\\', '%'])
            || word.trim().is_empty()
            || word.contains(char::is_control)
            || matches!(word, "." | "..")
    })
}

fn is_right(text: &str, word: &str, url: &str, path: &[Piece], query: &[Piece]) {
    let what = format!("{text} of {word:?} is {url}");
    let parsed = Url::parse(url).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(parsed.host_str(), Some("x.example.com"), "{what}");
    assert_eq!(parsed.port(), Some(8443), "{what}");
    assert_eq!(parsed.username(), "", "{what}");
    assert_eq!(parsed.fragment(), None, "{what}");
    let segments: Vec<String> = parsed.path_segments().unwrap().map(decoded).collect();
    let wanted: Vec<String> = path.iter().map(|piece| piece.filled(word)).collect();
    assert_eq!(segments, wanted, "{what}");
    let pairs: Vec<String> = parsed
        .query_pairs()
        .map(|(_, value)| value.into_owned())
        .collect();
    let wanted: Vec<String> = query.iter().map(|piece| piece.filled(word)).collect();
    assert_eq!(pairs, wanted, "{what}");
}

/// `%20` as a blank.
fn decoded(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let code = behind
            .get(..2)
            .and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        match (first, code) {
            (b'%', Some(code)) => {
                bytes.push(code);
                rest = &behind[2..];
            }
            _ => {
                bytes.push(first);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn subject(url: &str) -> Option<trust::Subject> {
    let shop = std::fs::read(root().join("grammar/reference/shop.rbk")).unwrap();
    let text = format!(
        "use std.http\n\nrunbook r for checkout {{\n  version 1.0.0\n  severity sev3\n  on alert \"A\" {{ with pod, note }}\n  incident per pod\n  diagnose {{\n    let answer = http.get(url\"{url}\")\n    if answer.status > 400 {{ found bad }}\n  }}\n  remedy bad {{ page builder \"look\" }}\n}}\n"
    );
    trust::subject(&[("shop.rbk", &shop), ("main.rbk", text.as_bytes())]).ok()
}
