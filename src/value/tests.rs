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

/// `a / b` to so many decimals that reading them rounds like the quotient itself.
fn decimals(a: i64, b: i64) -> String {
    let (mut rest, by) = (u128::from(a.unsigned_abs()), u128::from(b.unsigned_abs()));
    let sign = if (a < 0) == (b < 0) { "" } else { "-" };
    let mut written = format!("{sign}{}.", rest / by);
    for _ in 0..120 {
        rest = rest % by * 10;
        written.push_str(&(rest / by).to_string());
    }
    written.push(if rest % by == 0 { '0' } else { '1' });
    written
}

/// `a / b`, halves away from zero; `None` where no whole number holds it.
fn rounded(a: i128, b: i128) -> Option<i64> {
    let sign = if (a < 0) == (b < 0) { 1 } else { -1 };
    let (top, bottom) = (a.unsigned_abs(), b.unsigned_abs());
    let up = u128::from(2 * (top % bottom) >= bottom);
    i64::try_from(sign * (top / bottom + up).cast_signed()).ok()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn a_quotient_is_the_nearest_float(a in whole_number(), b in whole_number()) {
        let found = binary(BinaryOp::Divide, &Value::Int(a), &Value::Int(b));
        match b {
            0 => prop_assert_eq!(found, Err(Failure::DivisionByZero)),
            _ => prop_assert_eq!(found, Ok(Value::Float(decimals(a, b).parse().unwrap()))),
        }
    }

    #[test]
    fn a_share_is_worked_out_from_the_whole_numbers(a in whole_number(), b in whole_number()) {
        let found = share(&Value::Size(Size::from_bytes(a)), &Value::Size(Size::from_bytes(b)));
        let wanted = match b {
            0 => Err(Failure::DivisionByZero),
            _ => rounded(i128::from(a) * 1_000_000_000, b.into()).ok_or(Failure::Overflow),
        };
        prop_assert_eq!(found, wanted.map(|share| Value::Percent(Percent::from_billionths(share))));
    }

    #[test]
    fn a_share_of_a_size_is_rounded_once(share in whole_number(), bytes in whole_number()) {
        let (share, size) = (Value::Percent(Percent::from_billionths(share)), Value::Size(Size::from_bytes(bytes)));
        let found = binary(BinaryOp::Multiply, &share, &size);
        prop_assert_eq!(&found, &binary(BinaryOp::Multiply, &size, &share));
        let Value::Percent(share) = share else { unreachable!() };
        let wanted = rounded(i128::from(share.billionths()) * i128::from(bytes), 1_000_000_000);
        prop_assert_eq!(found, wanted.map(|bytes| Value::Size(Size::from_bytes(bytes))).ok_or(Failure::Overflow));
    }

    #[test]
    fn fractions_of_a_time_are_rounded_once(millis in whole_number(), top in -(1i64 << 40)..1 << 40, places in 0u32..20) {
        let time = Value::Duration(Duration::from_millis(millis));
        let factor = Value::Float(top as f64 / f64::from(1 << places));
        let (a, whole) = (i128::from(millis), i128::from(top));
        let told = |millis: Option<i64>| millis.map(|millis| Value::Duration(Duration::from_millis(millis))).ok_or(Failure::Overflow);
        prop_assert_eq!(binary(BinaryOp::Multiply, &time, &factor), told(rounded(a * whole, 1 << places)));
        if top != 0 {
            prop_assert_eq!(binary(BinaryOp::Divide, &time, &factor), told(rounded(a << places, whole)));
        }
    }

    #[test]
    fn whole_numbers_and_floats_compare_as_they_are(a in whole_number(), top in -(1i64 << 53)..1 << 53, shift in -40i32..12) {
        let float = top as f64 * 2f64.powi(shift);
        let (left, right) = match shift {
            0.. => (i128::from(a), i128::from(top) << shift),
            _ => (i128::from(a) << -shift, i128::from(top)),
        };
        prop_assert_eq!(order(&Value::Int(a), &Value::Float(float)), left.cmp(&right));
        prop_assert_eq!(order(&Value::Float(float), &Value::Int(a)), right.cmp(&left));
        let near = Value::Float(a as f64);
        prop_assert_eq!(order(&Value::Int(a), &near), i128::from(a).cmp(&(a as f64 as i128)));
    }

    #[test]
    fn a_message_has_six_digits(number in -1e15f64..1e15) {
        let shown = Value::Float(number).to_shown();
        let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
        prop_assert!(digits.trim_matches('0').len() <= 6, "{}", shown);
        let read: f64 = shown.parse().unwrap();
        prop_assert!((read - number).abs() <= number.abs() / 100_000.0, "{}", shown);
    }
}

/// Whole numbers of all sizes, and those at the edges.
fn whole_number() -> impl Strategy<Value = i64> {
    prop_oneof![
        any::<i64>(),
        -1_000i64..1_000,
        (0u32..63, -2i64..=2).prop_map(|(shift, off)| (1i64 << shift) + off),
        Just(i64::MIN),
        Just(i64::MAX),
    ]
}

#[test]
fn messages_are_short() {
    let shown = |value: Value| value.to_shown();
    assert_eq!(shown(Value::Float(2.0 / 3.0)), "0.666667");
    assert_eq!(shown(Value::Float(50.0)), "50.0");
    assert_eq!(
        shown(Value::Percent(Percent::from_billionths(333_333_333))),
        "33.3333%"
    );
    assert_eq!(
        shown(Value::Duration(Duration::from_millis(5_412_345))),
        "1h30m12s350ms"
    );
    assert_eq!(
        shown(Value::Size(Size::from_bytes(123_456_789_013))),
        "114.978GiB"
    );
    assert_eq!(shown(Value::Size(Size::from_bytes(3 << 30))), "3GiB");
    assert_eq!(shown(Value::Int(1_234_567)), "1234567");
    let list = Value::list(vec![Value::Float(1.0 / 3.0), Value::text("a")]);
    assert_eq!(shown(list), "[0.333333, \"a\"]");
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
    assert_eq!(calc(&int(-7), BinaryOp::Divide, &int(2)), Ok("-3.5".into()));
    assert_eq!(
        calc(&int(7), BinaryOp::Divide, &int(0)),
        Err(Failure::DivisionByZero)
    );
    assert_eq!(int_divide(-7, 2), Ok(-3));
    assert_eq!(int_divide(i64::MIN, -1), Err(Failure::Overflow));
    assert_eq!(
        calc(
            &percent("10%"),
            BinaryOp::Multiply,
            &Value::Size(Size::from_bytes(15))
        ),
        Ok("2B".into())
    );
    assert_eq!(
        calc(&duration("10ms"), BinaryOp::Divide, &int(-4)),
        Ok("-3ms".into())
    );
    let beyond = int((1 << 53) + 1);
    assert!(calc(&beyond, BinaryOp::Add, &Value::Float(0.0)).is_err());
    assert_eq!(
        calc(
            &beyond,
            BinaryOp::Greater,
            &Value::Float(9_007_199_254_740_992.0)
        ),
        Ok("true".into())
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
    assert_eq!(
        clamp(&int(20), &Value::Float(0.5), &int(10)).map(|value| value.kind()),
        Ok(Kind::Float)
    );
    assert_eq!(share(&int(9), &int(10)), Ok(percent("90%")));
    assert_eq!(share(&int(2), &int(3)), Ok(percent("66.6666667%")));
    assert_eq!(whole(&Value::Float(-2.5), Rounding::Nearest), Ok(int(-3)));
    assert_eq!(whole(&Value::Float(-2.5), Rounding::Up), Ok(int(-2)));
    assert_eq!(
        whole(&Value::Float(1e19), Rounding::Down),
        Err(Failure::Overflow)
    );
    assert_eq!(absolute(&duration("5m")), Ok(duration("5m")));
    assert_eq!(absolute(&int(i64::MIN)), Err(Failure::Overflow));
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
