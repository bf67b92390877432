//! Settings of the agent: annotated fixtures, what is understood of good ones, what they grant, and
//! files that are bad beyond mistakes.
//!
//! A fixture is an `agent.toml` below `tests/settings`, annotated as programs are but behind `#`. One
//! in `ok/` has a snapshot of what was understood, another may have one of what people see.

use libtest_mimic::Trial;
use rbk::facade::settings::{self, Of, Read};

use crate::harness::fixture::{self, Fixture, trial};
use crate::harness::random::Random;
use crate::harness::{annotation, snapshot};
use crate::suites::check::remarks;

const WHOLE: &str = include_str!("../settings/ok/whole.toml");

pub fn trials() -> Vec<Trial> {
    let mut trials = fixture::trials("settings", "toml", check);
    trials.extend([
        trial("settings/what is listed is granted", listed_is_granted),
        trial("settings/what is not listed is denied", others_are_denied),
        trial("settings/a denial says how to grant it", denial_says_how),
        trial("settings/hostile/endless", endless),
        trial("settings/hostile/deep", deep),
        trial("settings/hostile/cut off", cut_off),
        trial("settings/hostile/spoilt", spoilt),
        trial("settings/hostile/line ends and marks", line_ends_and_marks),
        trial("settings/secrets are not shown", secrets_are_not_shown),
        trial("settings/the reference names every key", every_key_is_named),
        trial(
            "settings/the reference has the tables of the reader",
            the_page_is_that_of_the_reader,
        ),
        trial(
            "settings/the reference says the defaults",
            defaults_are_said,
        ),
    ]);
    trials
}

fn check(fixture: &Fixture) {
    let text = fixture.text();
    let Read { outline, checked } = settings::read(&text);
    let expected = annotation::expected_behind("#", &text);
    let name = &fixture.name;
    if fixture.is_ok() {
        assert!(
            expected.is_empty(),
            "{name}: lives in `ok/` and expects findings"
        );
        assert!(checked.findings.is_empty(), "{name}:\n{}", checked.human);
        return snapshot::assert_matches(fixture, &outline.unwrap());
    }
    assert!(
        !expected.is_empty(),
        "{name}: expects nothing; annotate it\n{}",
        checked.human
    );
    assert!(outline.is_none(), "{name}: is understood all the same");
    annotation::assert_same(
        name,
        &expected,
        &remarks(checked.findings.iter()),
        &checked.human,
    );
    if fixture.snapshot().exists() || std::env::var_os("INSTA_UPDATE").is_some() {
        snapshot::assert_matches(fixture, &checked.human);
    }
}

/// The page of the reference.
const PAGE: &str = include_str!("../../grammar/reference/settings.md");

/// What a section of the page says of each key: its name and its default, as they are written.
fn said(section: &str) -> Vec<(&'static str, &'static str)> {
    let begin = format!("\n## {section}\n");
    let (_, behind) = PAGE
        .split_once(&begin)
        .unwrap_or_else(|| panic!("no section {section}"));
    let text = behind.split("\n## ").next().unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        let key = cells.next().unwrap().trim_matches('`');
        (key, cells.next().unwrap())
    })
    .collect()
}

/// The keys that this is told to have, by what is said of one that it does not have.
fn known(text: &str) -> Vec<String> {
    let human = settings::read(text).checked.human;
    let help = human.split("the keys here are ").nth(1);
    let help = help.unwrap_or_else(|| panic!("{text}\n{human}"));
    let help = help.split("\n\n").next().unwrap();
    help.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// `rbk doc settings` makes its tables from the keys that are read; the page that is kept is the same.
fn the_page_is_that_of_the_reader() {
    let page = settings::page(PAGE);
    if std::env::var_os("INSTA_UPDATE").is_some_and(|how| how == "always") {
        std::fs::write(fixture::root().join("grammar/reference/settings.md"), &page).unwrap();
    }
    assert!(page == PAGE, "INSTA_UPDATE=always writes it anew");
    let mut doc = std::process::Command::new(env!("CARGO_BIN_EXE_rbk"));
    let said = doc
        .args(["doc", "settings", "--format", "markdown"])
        .output();
    let said = String::from_utf8(said.unwrap().stdout).unwrap();
    assert!(said == page, "`rbk doc settings` says something else");
    // A table that is not there would be left out without a word.
    for section in settings::sections() {
        assert!(page.contains(&format!("\n## {section}\n")), "no {section}");
        assert!(!said_of(&page, section).is_empty(), "no table in {section}");
    }
}

/// The lines of a table of a section.
fn said_of(page: &str, section: &str) -> Vec<String> {
    let (_, behind) = page.split_once(&format!("\n## {section}\n")).unwrap();
    let text = behind.split("\n## ").next().unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(str::to_owned).collect()
}

fn every_key_is_named() {
    let token = "token = { env = \"T\" }";
    for (section, text) in [
        ("The file", "zzzzzzzz = 1".to_owned()),
        (
            "prometheus",
            "[prometheus]\nurl = \"http://a\"\nzzzzzzzz = 1".to_owned(),
        ),
        (
            "kubernetes",
            "[kubernetes]\nin_cluster = true\nzzzzzzzz = 1".to_owned(),
        ),
        (
            "hosts",
            "[hosts.a]\naddress = \"a\"\nzzzzzzzz = 1".to_owned(),
        ),
        (
            "contacts",
            "[contacts.a]\nterminal = true\nzzzzzzzz = 1".to_owned(),
        ),
        (
            "a secret",
            "[secrets]\na = { env = \"A\", zzzzzzzz = 1 }".to_owned(),
        ),
        (
            "callers",
            format!("[[callers]]\nname = \"a\"\n{token}\nkinds = [\"send\"]\nzzzzzzzz = 1"),
        ),
        ("storm", "[storm]\nzzzzzzzz = 1".to_owned()),
        ("limits", "[limits]\nzzzzzzzz = 1".to_owned()),
        ("retention", "[retention]\nzzzzzzzz = 1".to_owned()),
    ] {
        let mut named: Vec<_> = said(section).into_iter().map(|(key, _)| key).collect();
        let mut known = known(&text);
        named.sort_unstable();
        known.sort_unstable();
        assert_eq!(named, known, "{section}");
    }
    // Each table has a section of its own, and so has a trial above if its keys are known ones.
    for (key, _) in said("The file") {
        let is_table = settings::read(&format!("{key} = 7"))
            .checked
            .human
            .contains("a table belongs here");
        if is_table {
            assert!(
                PAGE.contains(&format!("\n## {key}\n")),
                "no section on {key}"
            );
        }
    }
}

fn defaults_are_said() {
    let outline = settings::read("").outline.unwrap();
    for section in ["The file", "retention"] {
        for (key, default) in said(section) {
            let Some(value) = default
                .strip_prefix("`\"")
                .and_then(|rest| rest.strip_suffix("\"`"))
            else {
                continue;
            };
            let words = format!("{key} {value}");
            assert!(outline.contains(&words), "{words} is not so:\n{outline}");
        }
    }
}

fn ask(capability: &str, of: Of<'_>) -> Result<(), settings::Refused> {
    settings::ask(WHOLE, capability, of).unwrap()
}

fn listed_is_granted() {
    let listed = [
        ("prom.query", Of::Nothing),
        ("host.read", Of::Text("cache-1")),
        ("host.read", Of::Target(&["cache-1", "redis"])),
        ("k8s.get", Of::Text("shop")),
        ("k8s.get", Of::Target(&["shop", "web"])),
        ("tcp.ask", Of::Text("PING\r\n")),
        (
            "http.get",
            Of::Url("https://status.example.com/api/eu/health"),
        ),
        (
            "http.get",
            Of::Url("https://status.example.com/api/health?full=1"),
        ),
        ("exec.observe", Of::Argv(&["cache-control", "status"])),
        (
            "exec.apply",
            Of::Argv(&["cache-control", "flush", "sessions"]),
        ),
    ];
    for (capability, of) in listed {
        if let Err(refused) = ask(capability, of) {
            panic!("{of:?}: {}", refused.words);
        }
    }
}

/// Each is not what is granted, or only looks like it.
const TRICKS: &[&str] = &[
    "http://status.example.com/api/health",
    "https://status.example.com:8443/api/health",
    "https://status.example.com/admin",
    "https://status.example.com/api/../admin",
    "https://status.example.com/api/%2e%2e/admin",
    "https://status.example.com/api/..%2fadmin",
    "https://status.example.com/api/..%252fadmin",
    "https://status.example.com/api/..;/admin",
    "https://status.example.com/api/a%0d%0ab",
    "https://status.example.com@evil.example/api/health",
    "https://ada:pw@status.example.com/api/health",
    "https://status.example.com.evil.example/api/health",
    "https://evil.example/?https://status.example.com/api/",
    "https://evil.example\\@status.example.com/api/",
    "file:///api/health",
];

fn others_are_denied() {
    let tricks = TRICKS.iter().map(|url| ("http.get", Of::Url(url)));
    let others = [
        ("prom.query", Of::Text("up")),
        ("prom.guess", Of::Nothing),
        ("k8s.list", Of::Text("shop")),
        ("host.read", Of::Nothing),
        ("host.read", Of::Text("")),
        ("host.read", Of::Text("Cache-1")),
        ("host.read", Of::Text("my-cache-1")),
        ("host.read", Of::Text("cache-1\n")),
        ("host.read", Of::Target(&["cache-1", ".."])),
        ("host.read", Of::Target(&["cache-1", ""])),
        ("host.read", Of::Target(&["cache-1/x", "redis"])),
        ("host.read", Of::Target(&[])),
        ("k8s.get", Of::Target(&["shop", "../kube-system"])),
        ("k8s.get", Of::Text("shopping")),
        ("tcp.ask", Of::Text("PING")),
        ("tcp.ask", Of::Text("PING\r\nFLUSHALL\r\n")),
        (
            "http.get",
            Of::Text("https://status.example.com/api/health"),
        ),
        (
            "exec.observe",
            Of::Argv(&["cache-control", "status", "now"]),
        ),
        ("exec.observe", Of::Argv(&["cache-control"])),
        ("exec.observe", Of::Argv(&[])),
        ("exec.apply", Of::Argv(&["cache-control", "flush"])),
        ("exec.apply", Of::Argv(&["cache-control", "flush", ""])),
        ("exec.apply", Of::Argv(&["cache-control", "flush", "--all"])),
        (
            "exec.apply",
            Of::Argv(&["cache-control", "flush", "a", "b"]),
        ),
        (
            "exec.apply",
            Of::Argv(&["cache-control", "flush", "../../etc"]),
        ),
        ("exec.apply", Of::Argv(&["/opt/cache/control", "restart"])),
        ("exec.run", Of::Argv(&["cache-control", "restart"])),
    ];
    for (capability, of) in tricks.chain(others) {
        assert!(
            ask(capability, of).is_err(),
            "{capability} of {of:?} is granted"
        );
    }
}

fn denial_says_how() {
    let words = |capability, of| ask(capability, of).unwrap_err().words;
    assert_eq!(
        words("exec.run", Of::Argv(&["cache-control", "restart"])),
        "not granted: `exec.run` of [\"cache-control\", \"restart\"]; add to [grants] of agent.toml: \
         \"exec.run\" = [[\"cache-control\", \"restart\"]]"
    );
    assert_eq!(
        words("tcp.ask", Of::Text("INFO\r\n")),
        "not granted: `tcp.ask` of \"INFO\\r\\n\"; change the line in [grants] of agent.toml to: \
         \"tcp.ask\" = [\"PING\\r\\n\", \"INFO\\r\\n\"]"
    );
    assert_eq!(
        words("gitops.read", Of::Target(&["shop", "*"])),
        "not granted: `gitops.read` of \"shop/\\\\*\"; add to [grants] of agent.toml: \
         \"gitops.read\" = [\"shop/\\\\*\"]"
    );
    assert_eq!(
        words("host.read", Of::Text("")),
        "not granted: `host.read` of \"\"; no line of agent.toml can grant it: an empty text names \
         nothing"
    );
}

/// Reads a text that is bad; gives how much is said, which is little enough to be read.
fn survives(text: &str) -> usize {
    let Read { outline, checked } = settings::read(text);
    let errors = checked.findings.len();
    assert_eq!(outline.is_some(), errors == 0);
    assert!(!checked.human.contains(['\u{1b}', '\u{202e}', '\0']));
    errors
}

fn endless() {
    assert_eq!(survives(&"x".repeat(2_000_000)), 1);
    assert_eq!(survives(&WHOLE.repeat(2_000)), 1);
    // What is compared with all that came before it would take for ever.
    let roles = (0..100_000).map(|nth| format!("\"r{nth}\","));
    let roles = roles.collect::<String>();
    let ada = "name = \"ada\"\ntoken = { env = \"ADA\" }";
    assert_eq!(
        survives(&format!("[[callers]]\n{ada}\nroles = [{roles}]\n")),
        0
    );
    let broken = (0..30_000).map(|nth| format!("x\nh{nth} = 1\n"));
    let broken = broken.collect::<String>();
    assert!(survives(&format!("[hosts]\n{broken}")) >= 30_000);
    let keys = (0..5_000).map(|nth| format!("key_{nth} = {nth}\n"));
    assert_eq!(survives(&keys.collect::<String>()), 5_000);
    let long = format!(
        "[grants]\n\"exec.run\" = [[\"a\"{}]]\n",
        ", \"b\"".repeat(50_000)
    );
    assert_eq!(survives(&long), 0);
}

fn deep() {
    for (open, close) in [("[", "]"), ("{a=", "}"), ("a.", ""), ("[[", "]]")] {
        for depth in [10, 100, 100_000] {
            let inner = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            assert!(survives(&format!("[grants]\n\"exec.run\" = {inner}\n")) > 0);
            assert!(survives(&format!("{inner}\n")) > 0);
        }
    }
}

fn cut_off() {
    for (end, _) in WHOLE.char_indices() {
        survives(&WHOLE[..end]);
    }
}

/// Bytes of the good file replaced, doubled or taken out.
fn spoilt() {
    for seed in 0..1_500 {
        let mut random = Random::new(seed);
        let mut bytes = WHOLE.as_bytes().to_vec();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len());
            match random.below(3) {
                0 => bytes[at] = random.below(256) as u8,
                1 => bytes.insert(at, b"\"[]{}=.,#*\\\n\0\x1b"[random.below(14)]),
                _ => drop(bytes.remove(at)),
            }
        }
        survives(&String::from_utf8_lossy(&bytes));
    }
}

fn line_ends_and_marks() {
    let plain = settings::read(WHOLE).outline;
    assert!(plain.is_some());
    assert_eq!(settings::read(&WHOLE.replace('\n', "\r\n")).outline, plain);
    assert_eq!(settings::read(&format!("\u{feff}{WHOLE}")).outline, plain);
    let marked = settings::read("\u{feff}lsten = 1\r\nlog = \"text\"\r\nstore = 3\r\n");
    let places = marked.checked.findings.iter();
    let places = places.map(|found| (found.line, found.code));
    assert_eq!(places.collect::<Vec<_>>(), [(1, "C1102"), (3, "C1103")]);
    assert!(survives("\0\u{1}\u{202e}") > 0);
}

fn secrets_are_not_shown() {
    let text = "[contacts.\"slack:ops\"]\nslack = \"https://hooks.example.com/hunter2\"\n\
                [prometheus]\nurl = \"http://ada:hunter2@127.0.0.1/\"\n\
                [secrets]\nstatus = '''\nhunter2\n'''\n";
    let Read { checked, .. } = settings::read(text);
    let codes = checked.findings.iter().map(|found| found.code);
    assert_eq!(codes.collect::<Vec<_>>(), ["C1105"; 3]);
    let words = ask("http.get", Of::Url("https://ada:hunter2@127.0.0.1/"));
    assert!(!words.unwrap_err().words.contains("hunter2"));
    assert!(!checked.human.contains("hunter2"), "{}", checked.human);
    assert!(!checked.json.contains("hunter2"), "{}", checked.json);
}
