//! No form of a secret is left in a text, and nothing else is touched.

use super::*;

const SECRET: &str = "p4ss/w\"rd +é\\7?>";

fn secrets() -> Secrets {
    let more = SecretText::new("another-secret").unwrap();
    Secrets::new([
        ("main".into(), SecretText::new(SECRET).unwrap()),
        ("more".into(), more),
    ])
}

#[test]
fn a_short_one_is_refused_and_none_is_printed() {
    assert!(SecretText::new("1234567").is_err());
    let shown = format!("{:?} {:?}", SecretText::new(SECRET), secrets());
    assert!(
        !shown.contains("p4ss") && !shown.contains("another"),
        "{shown}"
    );
}

#[test]
fn base64_is_base64() {
    let pairs = [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
    ];
    for (plain, encoded) in pairs {
        assert_eq!(forms::base64(plain.as_bytes()), encoded);
    }
}

#[test]
fn every_form_is_replaced() {
    let percent = |kept: &str| -> String {
        let byte =
            |byte: &u8| match kept.contains(char::from(*byte)) || byte.is_ascii_alphanumeric() {
                true => char::from(*byte).to_string(),
                false => format!("%{byte:02x}"),
            };
        SECRET.as_bytes().iter().map(byte).collect()
    };
    let hexadecimal: String = SECRET.bytes().map(|byte| format!("{byte:02X}")).collect();
    let json = serde_json::to_string(SECRET).unwrap();
    let ascii: String = SECRET
        .encode_utf16()
        .map(|unit| format!("\\u{unit:04x}"))
        .collect();
    let mut written = vec![
        SECRET.to_owned(),
        percent(""),
        percent("/+")
            .to_uppercase()
            .replace("P4SS", "p4ss")
            .replace('W', "w")
            .replace("RD", "rd"),
        percent("").replace("%20", "+"),
        hexadecimal.to_lowercase(),
        hexadecimal,
        json.trim_matches('"').to_owned(),
        json.trim_matches('"').replace('/', "\\/"),
        ascii,
    ];
    for before in ["", "a", "ab", "abc"] {
        for after in ["", "z", "zz"] {
            let whole = forms::base64(format!("{before}{SECRET}{after}").as_bytes());
            written.push(whole.replace('+', "-").replace('/', "_"));
            written.push(whole);
        }
    }
    for form in written {
        let text = format!("é before {form} after");
        let shown = secrets().redact(&text);
        assert!(shown.contains("[secret main]"), "{form}: {shown}");
        let left: String = shown.replace("[secret main]", "");
        let longest = (0..form.len()).flat_map(|at| form.get(at..at + 7));
        let mut longest = longest.filter(|part| !part.starts_with("YWJj") && left.contains(part));
        assert_eq!(longest.next(), None, "{form}: {shown}");
    }
}

#[test]
fn both_are_found_and_the_rest_stays() {
    let text = format!("100% of a\\b + {SECRET}{SECRET} another-secret, another-secre");
    let shown = secrets().redact(&text);
    let expected = "100% of a\\b + [secret main][secret main] [secret more], another-secre";
    assert_eq!(shown, expected);
}

#[test]
fn half_of_one_never_stands_at_the_cut() {
    let text = format!("0123456789{SECRET} and more");
    for most in 0..text.len() + 20 {
        let (shown, cut) = secrets().redact_cut(&text, most);
        assert!(
            shown.len() <= most && !shown.contains("p4"),
            "{most}: {shown}"
        );
        assert_eq!(cut, shown != secrets().redact(&text), "{most}: {shown}");
    }
}
