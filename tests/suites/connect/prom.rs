//! The module `prom`: one number that is one, measured after the last change, or why not.

use rbk::facade::connect::{Arg, Ask, Came};
use serde_json::{Value, json};

use super::{Case, NOW, SECRET, ask, connectors, run, words};
use crate::harness::server::{Server, respond};

pub const CASES: &[Case] = &[
    ("one number is a value", one_number_is_a_value),
    ("no series is no data", no_series_is_no_data),
    ("many series are too many", many_series_are_too_many),
    ("what is no number fails", what_is_no_number_fails),
    ("what is no answer fails", what_is_no_answer_fails),
    ("points come in order", points_come_in_order),
    (
        "an answer of another time is no data",
        an_answer_of_another_time_is_no_data,
    ),
    (
        "a stale sample does not count",
        a_stale_sample_does_not_count,
    ),
    (
        "a range must not reach back far",
        a_range_must_not_reach_back_far,
    ),
    (
        "what is compared with may be old",
        what_is_compared_with_may_be_old,
    ),
    ("stale points are left out", stale_points_are_left_out),
];

fn value(query: &str, newer_than: Option<i64>) -> Ask {
    let query = Arg::Promql(query.into());
    let mut call = ask("prom.value", vec![("query", query), ("at", Arg::Time(NOW))]);
    call.newer_than = newer_than;
    call
}

fn points(query: &str, over: i64, newer_than: Option<i64>) -> Ask {
    let args = vec![
        ("query", Arg::Promql(query.into())),
        ("over", Arg::Duration(over)),
        ("every", Arg::Duration(15_000)),
    ];
    let mut call = ask("prom.points", args);
    call.newer_than = newer_than;
    call
}

/// The answer of the API with this result.
fn success(kind: &str, result: Value) -> String {
    json!({"status": "success", "data": {"resultType": kind, "result": result}}).to_string()
}

fn vector(numbers: &[&str]) -> String {
    let series = numbers.iter().enumerate();
    let series = series.map(
        |(at, number)| json!({"metric": {"pod": at.to_string()}, "value": [NOW / 1000, number]}),
    );
    success("vector", series.collect())
}

/// What comes of a value when the API answers so.
fn answered(body: impl Into<String>) -> Came {
    let server = Server::plain(200, "application/json", body);
    run(connectors(&server.url()).observe(value("sum(up)", None)))
}

/// An API that answers with numbers, and own questions for timestamps with these milliseconds.
fn dated(milliseconds: &'static [i64]) -> Server {
    Server::new(move |request, stream| {
        let body = match request.contains("rbk_selector") {
            true => {
                let series = milliseconds.iter().enumerate().map(|(at, millis)| {
                    let seconds = (*millis as f64 / 1000.0).to_string();
                    json!({"metric": {"rbk_selector": at.to_string()}, "value": [NOW / 1000, seconds]})
                });
                success("vector", series.collect())
            }
            false => vector(&["7"]),
        };
        respond(stream, 200, "application/json", &body);
    })
}

fn one_number_is_a_value() {
    let server = Server::plain(200, "application/json", vector(&["0.25"]));
    let base = format!("{}/prefix/", server.url());
    let came = run(connectors(&base).observe(value("sum(up{a=\"b\"}) / 3", None)));
    assert_eq!(came, Came::Value("0.25".into(), Vec::new()));
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].starts_with("POST /prefix/api/v1/query HTTP/1.1"));
    assert!(asked[0].contains(&format!("Bearer {SECRET}")));
    let body = "query=sum%28up%7Ba%3D%22b%22%7D%29+%2F+3&time=1767225600.000&timeout=";
    assert!(asked[0].contains(body), "{}", asked[0]);
    let scalar = success("scalar", json!([NOW as f64 / 1000.0 + 0.5, "3"]));
    assert_eq!(answered(scalar), Came::Value("3.0".into(), Vec::new()));
}

fn no_series_is_no_data() {
    let none = Came::NoData("the query yields no series".into());
    assert_eq!(answered(vector(&[])), none);
}

fn many_series_are_too_many() {
    let came = answered(vector(&["1", "2", "3"]));
    assert!(words(&came).contains("yields 3 series"), "{came:?}");
    assert!(words(&came).contains("aggregate"), "{came:?}");
}

fn what_is_no_number_fails() {
    for number in ["NaN", "+Inf", "-Inf"] {
        let came = answered(vector(&[number]));
        assert_eq!(words(&came), "the result is not a number");
    }
    assert!(words(&answered(vector(&["a lot"]))).contains("cannot be read"));
}

fn what_is_no_answer_fails() {
    let body =
        json!({"status": "error", "errorType": "execution", "error": "query timed\u{202e} out"});
    let refused =
        "the observation failed: Prometheus refused the query: execution: query timed\\u{202e} out";
    for status in [200, 400, 422, 503] {
        let server = Server::plain(status, "application/json", body.to_string());
        let came = run(connectors(&server.url()).observe(value("up", None)));
        assert_eq!(words(&came), refused);
    }
    let html = Server::plain(
        502,
        "text/html",
        format!("<html>\n<h1>Bad Gateway{}", "!".repeat(200)),
    );
    let came = run(connectors(&html.url()).observe(value("up", None)));
    let expected = "status 502, text/html, which begins `<html>\\n<h1>Bad Gateway!!!";
    assert!(words(&came).contains(expected), "{came:?}");
    assert!(words(&came).len() < 250);
    let moved = Server::plain(302, "text/html", "");
    let came = run(connectors(&moved.url()).observe(value("up", None)));
    assert!(
        words(&came).contains("redirect to `/elsewhere`"),
        "{came:?}"
    );
    assert_eq!(moved.asked().len(), 1);
    let mut partial: Value = serde_json::from_str(&vector(&["1"])).unwrap();
    partial["warnings"] = json!(["PromQL info: a name", "store gateway down"]);
    let came = answered(partial.to_string());
    assert!(
        words(&came).ends_with("may be partial: store gateway down"),
        "{came:?}"
    );
    let mut store: Value = serde_json::from_str(&vector(&["1"])).unwrap();
    store["isPartial"] = json!(true);
    let came = answered(store.to_string());
    assert!(words(&came).contains("the result is partial"));
    partial["warnings"] = json!(["PromQL info: a name"]);
    assert_eq!(
        answered(partial.to_string()),
        Came::Value("1.0".into(), Vec::new())
    );
    for odd in [
        "",
        "[]",
        "{\"status\":\"success\"}",
        "{\"status\":\"success\",\"data\":{\"resultType\":\"string\",\"result\":[1,\"x\"]}}",
    ] {
        assert!(matches!(answered(odd), Came::Failed(_)), "{odd}");
    }
    let histogram = json!([{"metric": {}, "histogram": [1, {}]}]);
    assert!(words(&answered(success("vector", histogram))).contains("histogram"));
}

fn an_answer_of_another_time_is_no_data() {
    for off in [-3_600, -2, 2, 3_600] {
        let at = NOW / 1000 + off;
        let one = |kind, result| success(kind, result);
        for body in [
            one("vector", json!([{"metric": {}, "value": [at, "7"]}])),
            one("scalar", json!([at, "7"])),
        ] {
            let came = answered(body);
            assert!(
                matches!(&came, Came::NoData(why) if why.contains("was asked for")),
                "{off}: {came:?}"
            );
        }
        // The number is of the time asked, and what is said of its samples is not.
        let server = Server::new(move |request, stream| {
            let dated =
                json!([{"metric": {"rbk_selector": "0"}, "value": [at, (NOW / 1000).to_string()]}]);
            let body = match request.contains("rbk_selector") {
                true => success("vector", dated),
                false => vector(&["7"]),
            };
            respond(stream, 200, "application/json", &body);
        });
        let came = run(connectors(&server.url()).observe(value("x", Some(CHANGE))));
        assert!(
            matches!(&came, Came::NoData(why) if why.contains("was asked for")),
            "{off}: {came:?}"
        );
    }
    for at in [NOW / 1000 - 602, NOW / 1000 + 2] {
        let result = json!([{"metric": {}, "values": [[at, "1"]]}]);
        let server = Server::plain(200, "application/json", success("matrix", result));
        let came = run(connectors(&server.url()).observe(points("sum(up)", 600_000, None)));
        assert!(
            matches!(&came, Came::NoData(why) if why.contains("was asked for")),
            "{at}: {came:?}"
        );
    }
}

fn points_come_in_order() {
    let result = json!([{"metric": {}, "values": [[NOW / 1000 - 60, "1"], [NOW / 1000 - 45, "2.5"], [NOW / 1000, "3"]]}]);
    let server = Server::plain(200, "application/json", success("matrix", result));
    let came = run(connectors(&server.url()).observe(points("sum(up)", 600_000, None)));
    assert_eq!(came, Came::Value("[1.0, 2.5, 3.0]".into(), Vec::new()));
    let asked = &server.asked()[0];
    assert!(asked.contains("/api/v1/query_range "));
    let grid = "start=1767225000.000&end=1767225600.000&step=15.000";
    assert!(asked.contains(grid), "{asked}");
    let nothing = Server::plain(200, "application/json", success("matrix", json!([])));
    let came = run(connectors(&nothing.url()).observe(points("sum(up)", 600_000, None)));
    assert!(matches!(came, Came::NoData(_)));
    let came = run(connectors(&nothing.url()).observe(points("sum(up)", 36_000_000, None)));
    assert!(words(&came).contains("asks for 2401 points"), "{came:?}");
}

const CHANGE: i64 = NOW - 60_000;
const OLD: &str = "the newest sample is older than the last change";

fn a_stale_sample_does_not_count() {
    let fresh = dated(&[NOW - 15_000, NOW - 59_000]);
    let query = "up{job=\"a\"} / on () down";
    let came = run(connectors(&fresh.url()).observe(value(query, Some(CHANGE))));
    assert_eq!(came, Came::Value("7.0".into(), Vec::new()));
    assert_eq!(fresh.asked().len(), 2);
    let asked = percent_decoded(&fresh.asked()[1]);
    let expected = "label_replace(min(timestamp(up{job=\"a\"})), \"rbk_selector\", \"0\", \"\", \"\") or label_replace(min(timestamp(down)), \"rbk_selector\", \"1\", \"\", \"\")&time=1767225600.000";
    assert!(asked.contains(expected), "{asked}");
    // One of two is enough.
    let stale = dated(&[NOW - 15_000, CHANGE - 1]);
    let came = run(connectors(&stale.url()).observe(value(query, Some(CHANGE))));
    assert_eq!(came, Came::NoData(OLD.into()));
    // Without a change nobody asks for dates.
    let came = run(connectors(&stale.url()).observe(value(query, None)));
    assert_eq!(came, Came::Value("7.0".into(), Vec::new()));
    assert_eq!(stale.asked().len(), 3);
}

fn a_range_must_not_reach_back_far() {
    let fresh = dated(&[NOW]);
    let come = |query: &str| run(connectors(&fresh.url()).observe(value(query, Some(CHANGE))));
    // A minute after the change.
    assert_eq!(
        come("sum(rate(x[2m]))"),
        Came::Value("7.0".into(), Vec::new())
    );
    let far = "more than half of the range of `x` is older than the last change";
    assert_eq!(come("sum(rate(x[121s]))"), Came::NoData(far.into()));
    assert_eq!(
        come("max(max_over_time(rate(x[1m])[90s:15s]))"),
        Came::NoData(far.into())
    );
    let stale = dated(&[0]);
    let came = run(connectors(&stale.url()).observe(value("sum(rate(x[1m]))", Some(CHANGE))));
    assert_eq!(came, Came::NoData(OLD.into()));
    let asked = percent_decoded(&stale.asked()[1]);
    let expected = "label_replace((min(timestamp(x)) or 0 * count(count_over_time(x[60000ms]))), ";
    assert!(asked.contains(expected), "{asked}");
}

fn what_is_compared_with_may_be_old() {
    let fresh = dated(&[NOW]);
    let come = |query: &str| run(connectors(&fresh.url()).observe(value(query, Some(CHANGE))));
    let both = "sum(rate(x[1m])) / sum(rate(x[1m] offset 1d))";
    assert_eq!(come(both), Came::Value("7.0".into(), Vec::new()));
    let alone = come("sum(rate(x[1m] offset 1d))");
    assert!(matches!(alone, Came::NoData(_)), "{alone:?}");
    let other = come("sum(rate(y[1m])) / sum(rate(x[1m] offset 1d))");
    assert!(matches!(other, Came::NoData(_)), "{other:?}");
}

fn stale_points_are_left_out() {
    // At each moment the newest sample is as old as the moment itself, but for the last.
    let moments: Vec<i64> = (0..5).map(|at| NOW - 60_000 + at * 15_000).collect();
    let values = |number: &dyn Fn(i64) -> f64| -> Value {
        let pairs = moments
            .iter()
            .map(|at| json!([*at as f64 / 1000.0, number(*at).to_string()]));
        pairs.collect()
    };
    let numbers = success(
        "matrix",
        json!([{"metric": {}, "values": values(&|at| ((at - NOW) / 1000) as f64)}]),
    );
    let dates = values(&|at| if at == NOW { 0.0 } else { at as f64 / 1000.0 });
    let dates = success(
        "matrix",
        json!([{"metric": {"rbk_selector": "0"}, "values": dates}]),
    );
    let server = Server::new(move |request, stream| {
        let body = if request.contains("rbk_selector") {
            &dates
        } else {
            &numbers
        };
        respond(stream, 200, "application/json", body);
    });
    let come = |query: &str, change: i64| {
        run(connectors(&server.url()).observe(points(query, 60_000, Some(change))))
    };
    let some = |text: &str| Came::Value(text.into(), Vec::new());
    assert_eq!(come("x", NOW - 30_000), some("[-30.0, -15.0]"));
    assert_eq!(come("rate(x[30s])", NOW - 31_000), some("[-15.0]"));
    assert_eq!(come("vector(1)", NOW - 15_000), some("[-15.0, 0.0]"));
    assert_eq!(come("x", NOW - 5_000), Came::NoData(OLD.into()));
}

/// The body of a request as the other side reads it.
fn percent_decoded(request: &str) -> String {
    let body = request
        .split("\r\n\r\n")
        .nth(1)
        .unwrap()
        .replace('+', "%20");
    let mut text = Vec::new();
    let mut bytes = body.bytes();
    while let Some(byte) = bytes.next() {
        let mut digit = || char::from(bytes.next().unwrap()).to_digit(16).unwrap() as u8;
        text.push(if byte == b'%' {
            digit() * 16 + digit()
        } else {
            byte
        });
    }
    String::from_utf8(text).unwrap()
}
