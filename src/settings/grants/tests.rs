//! The line of a denial grants exactly what was denied, and a star never more than it may.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::settings;
use crate::text::Sources;
use crate::value::{Identity, Key, Query, Record, Shape, Tag, Target};

/// What a file with these lines grants; it has to be sound.
fn granted(lines: &[&str]) -> Grants {
    let mut sources = Sources::default();
    let text = format!("[grants]\n{}\n", lines.join("\n"));
    let id = sources.add("agent.toml", &text);
    let (settings, diagnostics) = settings::read(sources.source(id));
    assert_eq!(diagnostics, [], "{text}");
    settings
        .expect("without a diagnostic there are settings")
        .grants
}

fn target(keys: &[String]) -> Value {
    let keys = keys.iter().map(|key| Key {
        kind: "k8s.Thing".into(),
        key: key.into(),
    });
    let shape = Shape {
        name: "k8s.Thing".into(),
        fields: Box::default(),
    };
    Value::Target(Arc::new(Target {
        identity: Identity(keys.collect()),
        uid: None,
        snapshot: Record {
            shape: Arc::new(shape),
            fields: Vec::new(),
        },
    }))
}

fn need(capability: &str, of: Option<Value>) -> Need {
    Need {
        capability: capability.into(),
        of,
    }
}

/// Texts that are alike, with all that has a meaning in patterns and in TOML.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ab*/.\\\\-]{0,4}",
        "[ab\"'\\n\\r\\t\\x00\\x1b\u{202e}\u{3164}é*]{0,4}",
        ".{0,6}",
    ]
}

fn url() -> impl Strategy<Value = String> {
    let host = prop_oneof![
        Just("a"),
        Just("a.b"),
        Just("A"),
        Just("[::1]"),
        Just("a@b")
    ];
    let port = prop_oneof![Just(""), Just(":80"), Just(":443"), Just(":8080")];
    let scheme = prop_oneof![Just("http"), Just("https")];
    let rest = "(/[ab*.%2e]{0,3}){0,3}(\\?[a=*&]{0,3})?(#a)?";
    (scheme, host, port, rest)
        .prop_map(|(scheme, host, port, rest)| format!("{scheme}://{host}{port}{rest}"))
}

fn any_need() -> impl Strategy<Value = Need> {
    let names = prop::collection::vec(text(), 1..4);
    let argv = prop::collection::vec(text(), 0..4);
    prop_oneof![
        Just(need("prom.query", None)),
        text().prop_map(|text| need("host.read", Some(Value::text(text)))),
        names.prop_map(|keys| need("host.read", Some(target(&keys)))),
        text().prop_map(|text| need("tcp.ask", Some(Value::text(text)))),
        argv.prop_map(|argv| {
            let argv = argv.iter().map(Value::text).collect();
            need("exec.run", Some(Value::list(argv)))
        }),
        url().prop_map(|url| {
            let query = Query {
                tag: Tag::Url,
                text: url.into(),
            };
            need("http.get", Some(Value::Query(Arc::new(query))))
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_line_grants_exactly_the_need(wanted in any_need(), others in prop::collection::vec(any_need(), 8)) {
        let denied = Grants::default().check(&wanted).unwrap_err();
        let Ok(subject) = Subject::of(&wanted) else {
            prop_assert_eq!(denied.line, "");
            return Ok(());
        };
        prop_assert!(!denied.line.contains('\n'));
        let grants = granted(&[&denied.line]);
        prop_assert!(grants.check(&wanted).is_ok(), "{}", denied.line);
        for other in others {
            let same = other.capability == wanted.capability
                && Subject::of(&other).is_ok_and(|other| other == subject);
            prop_assert_eq!(grants.check(&other).is_ok(), same, "{} {:?}", denied.line, other);
        }
    }

    #[test]
    fn the_line_keeps_what_was_granted(first in any_need(), second in any_need()) {
        let (Ok(_), Ok(_)) = (Subject::of(&first), Subject::of(&second)) else {
            return Ok(());
        };
        let had = Grants::default().check(&first).unwrap_err().line;
        let Err(denied) = granted(&[&had]).check(&second) else {
            return Ok(());
        };
        let grants = match denied.replaces {
            true => granted(&[&denied.line]),
            false => granted(&[&had, &denied.line]),
        };
        prop_assert!(grants.check(&first).is_ok() && grants.check(&second).is_ok(), "{}", denied.line);
        prop_assert_eq!(denied.replaces, first.capability == second.capability);
    }

    #[test]
    fn a_star_is_no_option(places in prop::collection::vec(prop_oneof![Just("*"), Just("a"), Just("-a")], 1..4), argv in prop::collection::vec("-?-?[a*]{0,2}", 0..4)) {
        let quoted = places.iter().map(|place| toml_text(place)).collect::<Vec<_>>();
        let grants = granted(&[&format!("\"exec.run\" = [[\"tool\", {}]]", quoted.join(", "))]);
        let items = std::iter::once("tool").chain(argv.iter().map(String::as_str));
        let need = need("exec.run", Some(Value::list(items.map(Value::text).collect())));
        if grants.check(&need).is_ok() {
            prop_assert_eq!(places.len(), argv.len());
            for (place, argument) in places.iter().zip(&argv) {
                prop_assert!(place == argument || (*place == "*" && !argument.starts_with('-') && !argument.is_empty()));
            }
        }
    }

    #[test]
    fn a_star_never_climbs(prefix in "[ab./]{0,4}", rest in "[ab./\\\\\\n]{0,6}") {
        let grants = granted(&[&format!("\"host.read\" = [{}]", toml_text(&format!("{prefix}*")))]);
        let name = format!("{prefix}{rest}");
        if grants.check(&need("host.read", Some(Value::text(&name)))).is_ok() {
            prop_assert!(!rest.contains('\n'));
            let climbs = |text: &str| text.split(['/', '\\']).filter(|part| *part == "..").count();
            let whole = prefix.rfind('/').map_or("", |at| &prefix[..at]);
            prop_assert_eq!(climbs(&name), climbs(whole), "{} {}", prefix, name);
        }
    }
}

/// A name as a runbook's text has it, and a pattern that may fit.
fn name_and_grant() -> impl Strategy<Value = (String, String, String)> {
    ("[ab/.]{1,5}", "[ab/.]{0,3}", "[ab/.]{0,4}", any::<bool>()).prop_map(
        |(start, more, text, open)| {
            let star = if open || text.is_empty() { "*" } else { "" };
            (start, more, format!("{text}{star}"))
        },
    )
}

proptest! {
    /// What is said to be granted or denied before it runs is that when it runs.
    #[test]
    fn what_is_said_beforehand_holds((start, more, grant) in name_and_grant()) {
        use crate::program::manifest::{Need as Needed, Pattern as Of};
        let grants = granted(&[&format!("\"tcp.ask\" = [\"a{grant}\"]")]);
        let start = format!("a{start}");
        let whole = format!("{start}{more}");
        let asked = |text: &str| {
            let need = need("tcp.ask", Some(Value::Text(text.into())));
            grants.check(&need).is_ok()
        };
        let standing = |of| grants.beside(&Needed { can: "tcp.ask".into(), of: Some(of) });
        match standing(Of::Is(start.clone())) {
            Standing::Granted => prop_assert!(asked(&start)),
            Standing::Denied => prop_assert!(!asked(&start)),
            Standing::Narrowed => prop_assert!(false, "a text of the author's is known"),
        }
        let is_plain = !whole.split('/').any(|part| part == "..");
        match standing(Of::Begins(start)) {
            Standing::Granted => prop_assert!(asked(&whole) || !is_plain),
            Standing::Denied => prop_assert!(!asked(&whole)),
            Standing::Narrowed => {}
        }
    }
}

/// Arguments are compared one by one, whatever blanks are in them.
#[test]
fn a_command_is_granted_argument_by_argument() {
    use crate::program::manifest::{Need as Needed, Pattern as Of, argv};
    let grants = granted(&[
        "\"exec.run\" = [[\"fix\", \"web now\"], [\"fix\", \"a\", \"b\"], [\"stop\", \"*\"], [\"all\"]]",
    ]);
    let cases: [(&[&str], Standing); 8] = [
        (&["fix", "web now"], Standing::Granted),
        (&["fix", "web", "now"], Standing::Denied),
        (&["fix", "a", "b"], Standing::Granted),
        (&["fix", "a b"], Standing::Denied),
        (&["stop", "shop web"], Standing::Granted),
        (&["stop", "..", "now"], Standing::Denied),
        (&["stop", "-f"], Standing::Denied),
        (&["all", "restart"], Standing::Denied),
    ];
    for (words, standing) in cases {
        let of = Of::Is(argv::join(words.iter().copied()));
        let said = grants.beside(&Needed {
            can: "exec.run".into(),
            of: Some(of),
        });
        assert_eq!(said, standing, "{words:?}");
        let items = words.iter().map(|word| Value::Text((*word).into()));
        let asked = need("exec.run", Some(Value::List(Arc::new(items.collect()))));
        assert_eq!(
            grants.check(&asked).is_ok(),
            standing == Standing::Granted,
            "{words:?}"
        );
    }
}
