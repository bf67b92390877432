//! What an alert says does nothing: neither its values nor its names.

use serde_json::json;

use super::Case;
use super::stage::{ALERTS, Stage, alert, notification};

pub const CASES: &[Case] = &[
    ("words of an alert do nothing", words_do_nothing),
    ("names of labels do nothing", names_do_nothing),
];

/// What means something to a shell, to PromQL, to a path, or to eyes.
const WORDS: &[&str] = &[
    "a\"b'c`d",
    "one\ntwo\r\nthree",
    "$(touch @/harm)",
    "`touch @/harm`; touch @/harm",
    "\"} or vector(1) #",
    "x\\\"} or vector(1) #",
    "../../etc/passwd",
    "evil\u{202e}txt.exe\u{2066}",
    "\u{1b}[2J\u{7}red",
];

fn words_do_nothing() {
    let mut stage = Stage::new();
    stage.start();
    let folder = stage.folder.path().to_str().unwrap().to_owned();
    for word in WORDS {
        let word = word.replace('@', &folder);
        let before = stage.world.asked().len();
        let id = stage.incident(&word);
        stage.wait_for(id, "resolved");
        let asked = stage.world.asked();
        let queries = asked[before..].iter().filter_map(|request| query(request));
        let plain: Vec<String> = queries
            .filter(|query| !query.contains("rbk_selector"))
            .collect();
        assert!(!plain.is_empty(), "nothing was asked for {word:?}");
        for query in plain {
            assert_eq!(matched(&query), word, "{query}");
        }
        let shown = stage.shown(id);
        let bad = |c: &char| (c.is_control() && *c != '\n') || "\u{202e}\u{2066}".contains(*c);
        assert_eq!(shown.chars().find(bad), None, "{shown}");
        assert!(!shown.contains("\nthree"), "{shown}");
    }
    assert!(!stage.path("harm").exists(), "an alert started a program");
    assert_eq!(stage.get("/v1/health")["status"], "alive");
}

fn names_do_nothing() {
    let mut stage = Stage::new();
    stage.start();
    for (number, word) in WORDS.iter().enumerate() {
        let service = format!("s{number}");
        let labels = json!({"service": service, *word: "v"});
        let body = notification(&[alert(&labels)]);
        let (status, answer) = stage.post(ALERTS, body.as_bytes()).unwrap();
        assert_eq!(status, 200, "{answer}");
        let id = answer["incidents"][0].as_u64().unwrap();
        stage.wait_for(id, "resolved");
        let bad = |c: &char| (c.is_control() && *c != '\n') || "\u{202e}\u{2066}".contains(*c);
        let shown = stage.shown(id);
        assert_eq!(shown.chars().find(bad), None, "{shown}");
        let title = stage.show(id)["title"].as_str().unwrap().to_owned();
        assert_eq!(title.chars().find(bad), None, "{title}");
    }
}

/// The query of a request, decoded.
fn query(request: &str) -> Option<String> {
    let (_, body) = request.split_once("\r\n\r\n")?;
    let mut pairs = url::form_urlencoded::parse(body.as_bytes());
    pairs.find_map(|(name, value)| (name == "query").then(|| value.into_owned()))
}

/// The value of the one matcher that a query is.
fn matched(query: &str) -> String {
    let inside = query.strip_prefix("service_up{service=\"");
    let inside = inside.and_then(|rest| rest.strip_suffix("\"}"));
    let inside = inside.unwrap_or_else(|| panic!("not one matcher: {query}"));
    let mut value = String::new();
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        assert_ne!(character, '"', "the matcher ends early: {query}");
        value.push(match character {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some(plain @ ('"' | '\\')) => plain,
                Some('u') => coded(&mut characters, 4),
                Some('x') => coded(&mut characters, 2),
                other => panic!("an unknown escape {other:?}: {query}"),
            },
            plain => plain,
        });
    }
    value
}

fn coded(characters: &mut std::str::Chars<'_>, digits: usize) -> char {
    let digits: String = characters.take(digits).collect();
    char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap()
}
