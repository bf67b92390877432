//! Values come back as they went in, meet as the table says, and print as they are read.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;

/// Any scalar, and texts and enum members.
fn leaf() -> impl Strategy<Value = Value> {
    let float = any::<f64>().prop_filter_map("finite", |value| scalar::finite(value).ok());
    prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        float.prop_map(Value::Float),
        any::<i64>().prop_map(|value| Value::Percent(Percent::from_billionths(value))),
        any::<i64>().prop_map(|value| Value::Duration(Duration::from_millis(value))),
        any::<i64>().prop_map(|value| Value::Size(Size::from_bytes(value))),
        (0i64..4_000_000_000_000).prop_map(|value| Value::Time(Time::from_millis(value).unwrap())),
        ".*".prop_map(Value::text),
        (0u16..4).prop_map(|index| Value::Enum(Arc::new(member(index)))),
        any::<u32>().prop_map(Value::Handle),
        "[a-z]+".prop_map(|name| Value::Secret(name.into())),
        "[a-z]+".prop_map(|name| Value::Role(name.into())),
    ]
}

fn member(index: u16) -> EnumMember {
    EnumMember {
        enumeration: "Region".into(),
        member: format!("r{index}").into(),
        index,
    }
}

fn record(fields: Vec<Option<Value>>) -> Record {
    let names = (0..fields.len()).map(|index| format!("f{index}").into());
    let shape = Shape {
        name: "Deploy".into(),
        fields: names.collect(),
    };
    Record {
        shape: Arc::new(shape),
        fields,
    }
}

fn target(name: &str, uid: Option<&str>, fields: Vec<Option<Value>>) -> Target {
    let key = |kind: &str, key: &str| Key {
        kind: kind.into(),
        key: key.into(),
    };
    Target {
        identity: Identity(vec![key("k8s.Namespace", "shop"), key("k8s.Pod", name)]),
        uid: uid.map(Into::into),
        snapshot: record(fields),
    }
}

fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 24, 4, |inner| {
        let fields = prop::collection::vec(prop::option::of(inner.clone()), 0..4);
        let pairs = prop::collection::vec((inner.clone(), inner.clone()), 0..4);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::list),
            pairs.prop_map(|pairs| Value::Map(Arc::new(pairs.into()))),
            fields
                .clone()
                .prop_map(|fields| Value::Record(Arc::new(record(fields)))),
            ("[a-z]+", fields).prop_map(|(name, fields)| {
                Value::Target(Arc::new(target(&name, Some("u1"), fields)))
            }),
            (inner.clone(), inner, any::<bool>()).prop_map(|(start, end, inclusive)| {
                Value::Range(Arc::new(Range {
                    start,
                    end,
                    inclusive,
                }))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn comes_back_from_bytes_and_json(value in value()) {
        let bytes = postcard::to_allocvec(&value).unwrap();
        prop_assert_eq!(format!("{:?}", postcard::from_bytes::<Value>(&bytes).unwrap()), format!("{value:?}"));
        let json = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(format!("{:?}", serde_json::from_str::<Value>(&json).unwrap()), format!("{value:?}"));
    }

    #[test]
    fn order_is_total(a in value(), b in value(), c in value()) {
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        if a <= b && b <= c {
            prop_assert!(a <= c);
        }
    }

    #[test]
    fn operators_follow_the_table(a in leaf(), b in leaf()) {
        use BinaryOp::*;
        for op in [Add, Subtract, Multiply, Divide, Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, In] {
            let found = binary(op, &a, &b);
            match result_kind(op, a.kind(), b.kind()) {
                Some(kind) => match found {
                    Ok(found) => prop_assert_eq!(found.kind(), kind),
                    Err(failure) => prop_assert!(!is_mismatch(&failure), "{:?}", op),
                },
                None => prop_assert!(found.is_err_and(|failure| is_mismatch(&failure)), "{:?}", op),
            }
        }
    }

    #[test]
    fn units_print_as_they_are_read(number in 0i64..i64::MAX / 2) {
        let (share, length, bytes) =
            (Percent::from_billionths(number), Duration::from_millis(number), Size::from_bytes(number));
        prop_assert_eq!(Percent::parse(&share.to_string()), Some(share));
        prop_assert_eq!(Duration::parse(&length.to_string()), Some(length));
        prop_assert_eq!(Size::parse(&bytes.to_string()), Some(bytes));
    }

    #[test]
    fn floats_print_as_they_are_read(number in 0f64..1e18) {
        let printed = Value::Float(number).to_string();
        prop_assert_eq!(classify_number(&printed), Ok(Number::Float(number)));
    }

    #[test]
    fn no_token_brings_the_classifier_down(token in "[0-9][0-9a-zA-Z_.]{0,12}%?") {
        if let Err(error) = classify_number(&token) {
            prop_assert!(error.start <= error.end && error.end <= token.len(), "{:?}", error);
        }
    }
}

#[test]
fn a_value_takes_16_bytes() {
    assert_eq!(size_of::<Value>(), 16);
    assert_eq!(size_of::<Option<Value>>(), 16);
}

#[test]
fn arithmetic_is_exact_or_fails() {
    let calc = |a: &Value, op, b: &Value| binary(op, a, b).map(|value| value.to_string());
    let (int, percent) = (Value::Int, |text| {
        Value::Percent(Percent::parse(text).unwrap())
    });
    let duration = |text| Value::Duration(Duration::parse(text).unwrap());
    assert_eq!(calc(&int(-7), BinaryOp::Divide, &int(2)), Ok("-3".into()));
    assert_eq!(
        calc(&int(7), BinaryOp::Divide, &int(0)),
        Err(Failure::DivisionByZero)
    );
    assert_eq!(
        calc(&int(i64::MIN), BinaryOp::Divide, &int(-1)),
        Err(Failure::Overflow)
    );
    assert_eq!(
        calc(&int(3), BinaryOp::Multiply, &percent("0.4%")),
        Ok("1.2%".into())
    );
    assert_eq!(
        calc(&duration("1h"), BinaryOp::Divide, &duration("45m")),
        Ok("1.3333333333333333".into())
    );
    assert_eq!(
        calc(&duration("10m"), BinaryOp::Subtract, &duration("1h")),
        Ok("-50m".into())
    );
    assert_eq!(
        convert(&Value::Float(0.015), Unit::Ratio),
        Ok(percent("1.5%"))
    );
    assert_eq!(
        convert(&Value::Float(1e30), Unit::Bytes),
        Err(Failure::Overflow)
    );
    assert_eq!(clamp(&int(20), &int(1), &int(10)), Ok(int(10)));
    assert_eq!(Percent::parse("20%").unwrap().of_count(9), 1);
}

#[test]
fn targets_are_equal_by_identity() {
    let seen = target("w-1", Some("u1"), vec![Some(Value::Bool(true))]);
    let replaced = target("w-1", Some("u2"), vec![None]);
    assert_eq!(seen, replaced);
    assert!(!seen.is_same_instance(&replaced));
    assert_ne!(seen, target("w-2", Some("u1"), vec![]));
    assert_eq!(seen.to_string(), "k8s.Pod shop/w-1");
}

#[test]
fn of_several_values_for_a_key_the_last_counts() {
    let map = Map::from(vec![
        (Value::Int(1), Value::text("a")),
        (Value::Int(1), Value::text("b")),
    ]);
    assert_eq!(map.to_string(), "[1: \"b\"]");
}

#[test]
fn number_tokens() {
    let read = |token: &str| match classify_number(token) {
        Ok(number) => format!("{number:?}"),
        Err(error) => format!("{}..{} {:?}", error.start, error.end, error.problem),
    };
    for (token, expected) in [
        ("1_000", "Int(1000)"),
        ("1_000.5", "Float(1000.5)"),
        ("99.9%", "Percent(Percent(999000000))"),
        ("1h30m", "Duration(Duration(5400000))"),
        ("512MiB", "Size(Size(536870912))"),
        ("2GB", "Size(Size(2000000000))"),
        ("1.3.0", "Version([1, 3, 0])"),
        ("5mm", "1..3 UnknownUnit(\"mm\", Some(\"m\"))"),
        ("5mib", "1..4 UnknownUnit(\"mib\", Some(\"MiB\"))"),
        ("5parsec", "1..7 UnknownUnit(\"parsec\", None)"),
        ("1e9", "0..3 Exponent(Some(\"1_000_000_000\"))"),
        ("1.5e3", "3..5 Exponent(Some(\"1_500\"))"),
        ("0x1f", "0..4 Radix(Some(\"31\"))"),
        ("1h5h", "2..4 UnitTwice(\"h\")"),
        ("30m1h", "0..5 NotDescending(\"1h30m\")"),
        ("1.5h", "3..4 FractionWithUnit"),
        ("1h30", "2..4 UnitMissing"),
        ("1__0", "1..2 Underscore"),
        ("10_", "2..3 Underscore"),
        ("007", "0..3 LeadingZero(\"7\")"),
        ("9_223_372_036_854_775_808", "0..25 OutOfRange"),
        ("99999999999999w", "0..15 OutOfRange"),
        ("0.12345678%", "9..10 TooManyDecimals"),
        ("1.2.3.4", "0..7 TooManyParts"),
        ("1.2.3%", "0..6 TooManyParts"),
        ("5m%", "1..3 UnknownUnit(\"m%\", Some(\"%\"))"),
    ] {
        assert_eq!(read(token), expected, "{token}");
    }
}

#[test]
fn times() {
    let read = |text, zone| Time::parse(text, zone).map(|time| time.to_string());
    assert_eq!(
        read("2026-11-27T00:00Z", None).as_deref(),
        Some("2026-11-27T00:00:00Z")
    );
    assert_eq!(
        read("2026-11-27T00:00", Some("Europe/Helsinki")).as_deref(),
        Some("2026-11-26T22:00:00Z")
    );
    assert_eq!(read("2026-11-27T00:00", None), None);
    assert_eq!(read("2026-02-30T00:00Z", None), None);
}

#[test]
fn nothing_hides_in_shown_text() {
    assert_eq!(
        escape_text("a\u{202e}b\n\u{1b}[0m", 99),
        "a\\u{202e}b\\n\\u{1b}[0m"
    );
    assert_eq!(escape_text("abcdef", 3), "abc…");
}

fn is_mismatch(failure: &Failure) -> bool {
    matches!(failure, Failure::Mismatch { .. })
}
