//! No value in a hole changes the structure around it.

use proptest::prelude::*;

use super::*;
use crate::text::SourceId;
use crate::value::{Duration, Failure, Value, fill};

fn template(tag: Tag, raw: &str) -> Template {
    let span = Span::new(SourceId(0), 0, raw.len());
    let (template, found) = parse(tag, raw, span, None);
    template.unwrap_or_else(|| panic!("{raw}: {found:?}"))
}

fn filled(tag: Tag, raw: &str, values: &[Value]) -> Result<String, Failure> {
    fill(&template(tag, raw), values).map(|query| query.to_plain())
}

/// Texts as attackers send them.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{1,20}",
        "[\"'`\\\\{}()\\[\\],=~|.*+?^$/%&#;:@ \n\t\u{0}\u{7f}\u{f8ff}a-c]{1,12}",
        Just("\"} or vector(1) #".to_owned()),
        Just("${x}".to_owned()),
        Just("\u{202e}\u{1f600}\u{2028}".to_owned()),
    ]
}

/// A query with the values of its strings, read again by another parser would be the same.
fn shape(query: &str) -> Vec<String> {
    promql::pieces(query).unwrap_or_else(|| panic!("not read again: {query}"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_label_stays_a_label(value in hostile()) {
        for raw in ["x{a=${v}}", "x{a=\\\"${v}\\\"}", "x{a='${v}'}", "sum by (p) (rate(x{a=${v}}[5m])) > 3"] {
            let query = filled(Tag::Promql, raw, &[Value::text(&value)]).unwrap();
            let expected: Vec<String> = shape(&raw.replace("\\\"${v}\\\"", "'v'").replace("'${v}'", "'v'").replace("${v}", "'v'"));
            let expected: Vec<String> = expected.into_iter().map(|piece| if piece == "=v" { format!("={value}") } else { piece }).collect();
            prop_assert_eq!(shape(&query), expected);
        }
    }

    #[test]
    fn a_pattern_matches_the_value_alone(value in hostile(), other in hostile()) {
        for raw in ["^${v}$", "(?s)^${v}$", "^(?:${v}){1}$"] {
            let pattern = filled(Tag::Re, raw, &[Value::text(&value)]).unwrap();
            let regex = regex::Regex::new(&pattern).unwrap();
            prop_assert!(regex.is_match(&value), "{}", pattern);
            prop_assert_eq!(regex.is_match(&other), other == value);
        }
        let query = filled(Tag::Promql, "x{a=~\\\"${v}\\\"}", &[Value::text(&value)]).unwrap();
        let pattern = shape(&query).into_iter().find_map(|piece| piece.strip_prefix('=').filter(|text| text.starts_with("(?:")).map(str::to_owned));
        let regex = regex::Regex::new(&format!("^(?:{})$", pattern.unwrap())).unwrap();
        prop_assert!(regex.is_match(&value));
        prop_assert_eq!(regex.is_match(&other), other == value);
    }

    #[test]
    fn an_address_keeps_its_parts(value in hostile()) {
        let values = [Value::text(&value), Value::text(&value)];
        match filled(Tag::Url, "https://example.com/api/${v}/x?q=${v}&r=1", &values) {
            Ok(address) => {
                let url = ::url::Url::parse(&address).unwrap();
                prop_assert_eq!(url.as_str(), &address);
                prop_assert_eq!(url.host_str(), Some("example.com"));
                let segments: Vec<&str> = url.path_segments().unwrap().collect();
                prop_assert_eq!(segments.len(), 3);
                let pairs: Vec<_> = url.query_pairs().collect();
                prop_assert_eq!(pairs.len(), 2);
                prop_assert_eq!(&pairs[0].1, &value);
            }
            Err(_) => {
                let name = value.split(';').next().unwrap_or_default();
                prop_assert!(name == "." || name == ".." || value.contains(['/', '\\']));
            }
        }
    }

    #[test]
    fn no_text_brings_a_grammar_down(raw in ".{0,40}", query in "[a-c0-9\\[\\](){}=~!\"'`$,:. *+-]{0,40}") {
        for tag in Tag::TAGGED {
            for raw in [&raw, &query] {
                let span = Span::new(SourceId(0), 0, raw.len());
                let (template, found) = parse(tag, raw, span, None);
                prop_assert_eq!(template.is_none(), found.iter().any(|found| found.code.kind() == crate::diag::Kind::Error));
                prop_assert!(found.iter().all(|found| found.primary.span.range().end <= raw.len()));
            }
        }
    }
}

#[test]
fn what_would_name_another_place_is_refused() {
    let address = |value: &str| {
        filled(
            Tag::Url,
            "https://example.com/a/${v}",
            &[Value::text(value)],
        )
    };
    for (value, sent) in [
        ("%2e%2e", "%252e%252e"),
        ("b?c#d", "b%3Fc%23d"),
        ("b\0\n", "b%00%0A"),
        ("...", "..."),
        ("b;c", "b%3Bc"),
    ] {
        let sent = format!("https://example.com/a/{sent}");
        assert_eq!(address(value), Ok(sent), "{value}");
    }
    for value in ["", ".", "..", "..;", "b/../c", "/", "b\\c", "..\\"] {
        assert!(
            matches!(address(value), Err(Failure::Conversion(_))),
            "{value}"
        );
    }
    for (raw, values) in [
        ("https://example.com/${a}${b}/x", ["", ""]),
        ("https://example.com/${a}${b}/x", [".", "."]),
        ("https://example.com/.${a}/${b}", [".", "x"]),
        ("https://example.com/${a}./${b}", ["", "x"]),
        ("https://example.com/${a};v=1/${b}", ["..", "x"]),
        ("https://example.com/v${a}/${b}", ["/..", "x"]),
        ("https://example.com/${a}?q=${b}", ["..", "x"]),
    ] {
        let values = values.map(Value::text);
        assert!(filled(Tag::Url, raw, &values).is_err(), "{raw}");
    }
    // In a query they are a value, and nothing else.
    let query = "https://example.com/a?q=${a}&r=x${b}";
    assert_eq!(
        filled(Tag::Url, query, &[Value::text(""), Value::text("../b&c=#")]).as_deref(),
        Ok("https://example.com/a?q=&r=x..%2Fb%26c%3D%23")
    );
    assert!(filled(Tag::Re, "${v}", &[Value::text("")]).is_err());
    assert!(filled(Tag::Promql, "x{a=${v}}", &[Value::text("")]).is_err());
}

#[test]
fn durations_fit_ranges_alone() {
    let query = |value| filled(Tag::Promql, "rate(x[${v}])", &[value]);
    let length = Duration::parse("1h30m").unwrap();
    assert_eq!(
        query(Value::Duration(length)).as_deref(),
        Ok("rate(x[1h30m])")
    );
    assert!(query(Value::Duration(Duration::ZERO)).is_err());
    assert!(query(Value::Int(5)).is_err());
}
