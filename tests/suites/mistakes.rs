//! Small mistakes: found, at their place, once, with a help that mends them.
//!
//! Each program below `tests/mistakes` has one mistake, and its head says what is right: see the README there. One table
//! shows what the checker says of each of them, and how many of them it says it well; it is a snapshot beside the README.

use std::collections::BTreeMap;
use std::fmt::Write;

use libtest_mimic::Trial;
use rbk::facade;
use serde_json::Value;

use super::fixes::apply;
use crate::harness::fixture::{self, Fixture, root, trial};
use crate::harness::snapshot;

/// So far from its column a finding may begin or end.
const NEAR: u64 = 12;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("mistakes/table", table),
        trial("mistakes/heads can be read", heads_can_be_read),
    ]
}

/// What the head of a program says.
struct Expected {
    places: Vec<(u64, u64)>,
    /// What a help, or a message where that is enough, has to name: one of these.
    names: Vec<String>,
    message_is_enough: bool,
}

/// What came of one program.
struct Judged {
    name: String,
    found: bool,
    place: Result<(), String>,
    findings: usize,
    help: Help,
}

/// What became of the help.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Help {
    Edit,
    Prose,
    Message,
    EditFails,
    Other,
    None,
}

fn table() {
    let judged: Vec<Judged> = programs().iter().map(judge).collect();
    let readme = Fixture {
        name: "mistakes/README.md".into(),
        path: root().join("tests/mistakes/README.md"),
    };
    snapshot::assert_matches(&readme, &shown(&judged));
}

/// Each head can be read, and the mistakes are many enough to count them in hundreds.
fn heads_can_be_read() {
    let programs = programs();
    assert!(programs.len() >= 1_060, "only {} mistakes", programs.len());
    for program in &programs {
        let expected = expected(&program.text());
        let lines = program.text().lines().count() as u64;
        let inside = |(line, _): &(u64, u64)| (1..=lines).contains(line);
        assert!(expected.places.iter().all(inside), "{}", program.name);
        assert!(!expected.places.is_empty(), "{}", program.name);
    }
}

fn programs() -> Vec<Fixture> {
    fixture::fixtures("mistakes", "rbk")
}

fn expected(text: &str) -> Expected {
    let mut lines = text.lines().skip(1);
    let places = lines.next().and_then(|line| line.strip_prefix("//! at "));
    let asked = lines.next().and_then(|line| line.strip_prefix("//! "));
    let (places, asked) = (places.unwrap(), asked.unwrap());
    let (kind, names) = asked.split_once(": ").unwrap();
    let place = |place: &str| {
        let (line, column) = place.split_once(':').unwrap();
        (line.parse().unwrap(), column.parse().unwrap())
    };
    Expected {
        places: places.split(' ').map(place).collect(),
        names: names.split(" | ").map(str::to_lowercase).collect(),
        message_is_enough: match kind {
            "says" => true,
            "help" => false,
            other => panic!("`{other}` is neither `says` nor `help`"),
        },
    }
}

fn judge(program: &Fixture) -> Judged {
    let name = program.name.trim_start_matches("mistakes/");
    let name = name.trim_end_matches(".rbk").to_owned();
    let text = program.text();
    let expected = expected(&text);
    let findings = check(text.as_bytes());
    let Some(first) = findings.first() else {
        return Judged {
            name,
            found: false,
            place: Ok(()),
            findings: 0,
            help: Help::None,
        };
    };
    let place = match expected.is_at(first) {
        true => Ok(()),
        false => Err(format!(
            "{}:{}",
            first["start"]["line"], first["start"]["column"]
        )),
    };
    let told = findings.iter().find(|found| expected.is_at(found));
    Judged {
        name,
        found: true,
        place,
        findings: findings.len(),
        help: help(&text, &expected, told.unwrap_or(first), &findings),
    }
}

impl Expected {
    /// Whether a finding begins at one of the places, or nearly so.
    fn is_at(&self, found: &Value) -> bool {
        let number = |point: &str, of: &str| found[point][of].as_u64().unwrap();
        let (start, end) = (number("start", "line"), number("end", "line"));
        let begins = number("start", "column");
        let ends = if end > start {
            u64::MAX
        } else {
            number("end", "column")
        };
        let near = |(line, column): &(u64, u64)| {
            start == *line && begins <= column + NEAR && ends.saturating_add(NEAR) >= *column
        };
        found["file"] == "main.rbk" && self.places.iter().any(near)
    }

    /// Whether a text names what it has to.
    fn is_named_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.names.iter().any(|name| text.contains(name.as_str()))
    }
}

/// Whether the help of a finding mends the mistake.
fn help(text: &str, expected: &Expected, found: &Value, before: &[Value]) -> Help {
    let said = found["help"].as_str().unwrap_or_default();
    if let Some(edits) = found["fix"]["edits"].as_array() {
        let mended = apply(&files(text.as_bytes()), edits);
        let after = check(&mended["main.rbk"]);
        let known = |found: &Value| {
            let same = |other: &&Value| {
                other["code"] == found["code"] && other["message"] == found["message"]
            };
            before.iter().any(|other| same(&other))
        };
        let line = |found: &Value| found["start"]["line"].as_u64().unwrap();
        let here = |found: &Value| expected.places.iter().any(|(at, _)| *at == line(found));
        let mends =
            after.len() < before.len() && after.iter().all(|found| known(found) && !here(found));
        return if mends { Help::Edit } else { Help::EditFails };
    }
    let message = format!("{} {} {said}", found["message"], found["label"]);
    if !is_listing(said) && expected.is_named_in(said) {
        Help::Prose
    } else if expected.message_is_enough && expected.is_named_in(&message) {
        Help::Message
    } else if said.is_empty() {
        Help::None
    } else {
        Help::Other
    }
}

/// A list of all that there is names whatever is meant, and helps nobody to find it.
fn is_listing(help: &str) -> bool {
    let lists = help.starts_with("such a line begins") || help.starts_with("the items are");
    lists && help.matches('`').count() > 12
}

pub fn files(text: &[u8]) -> Vec<(String, Vec<u8>)> {
    let shop = std::fs::read(root().join("grammar/reference/shop.rbk")).unwrap();
    vec![
        ("shop.rbk".into(), shop),
        ("main.rbk".into(), text.to_vec()),
    ]
}

pub fn check(text: &[u8]) -> Vec<Value> {
    let files = files(text);
    let files = fixture::borrowed(&files);
    let of = |json: &str| -> Vec<Value> { serde_json::from_str(json).unwrap() };
    let mut found = of(&facade::check(&files).json);
    // A comment that allows something is read by the lints alone.
    let comments = of(&facade::lint(&files).json).into_iter();
    found.extend(comments.filter(|found| found["code"].as_str().unwrap().starts_with("L12")));
    found
}

/// The table: the shares first, of all and of each folder, then a line for each mistake.
fn shown(judged: &[Judged]) -> String {
    let mut table = String::new();
    let mut folders: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for one in judged {
        let folder = one.name.split('/').next().unwrap();
        folders.entry(folder).or_default().push(one);
    }
    writeln!(
        table,
        "{}",
        shares("all", &judged.iter().collect::<Vec<_>>())
    )
    .unwrap();
    for (folder, of) in folders {
        writeln!(table, "{}", shares(folder, &of)).unwrap();
    }
    writeln!(table).unwrap();
    for one in judged {
        writeln!(table, "{}: {}", one.name, line(one)).unwrap();
    }
    table
}

fn shares(name: &str, judged: &[&Judged]) -> String {
    let share = |holds: fn(&Judged) -> bool| {
        let count = judged.iter().filter(|one| holds(one)).count();
        format!("{:.1} %", 100.0 * count as f64 / judged.len() as f64)
    };
    format!(
        "{name}, {} mistakes: found {}, place {}, exactly one {}, help {}",
        judged.len(),
        share(|one| one.found),
        share(|one| one.found && one.place.is_ok()),
        share(|one| one.findings == 1),
        share(|one| matches!(one.help, Help::Edit | Help::Prose | Help::Message)),
    )
}

fn line(one: &Judged) -> String {
    if !one.found {
        return "NOT FOUND".into();
    }
    let place = match &one.place {
        Ok(()) => "place".into(),
        Err(at) => format!("AT {at}"),
    };
    let count = match one.findings {
        1 => "one".into(),
        count => format!("{count} FINDINGS"),
    };
    let help = match one.help {
        Help::Edit => "edit",
        Help::Prose => "prose",
        Help::Message => "message",
        Help::EditFails => "EDIT FAILS",
        Help::Other => "OTHER HELP",
        Help::None => "NO HELP",
    };
    format!("found, {place}, {count}, {help}")
}
