//! What holds for every connector, asked of each in the same words: of every operation that one of them offers, and
//! some of it of those only that speak to a server of the test.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use std::time::{Duration, Instant};

use rbk::facade::connect::{Arg, Ask, Came, Connectors, operations};

use super::{Case, NOW, SECRET, ask, connectors, run};
use crate::harness::server::{Server, closed_port};

pub const CASES: &[Case] = &[
    ("every operation is tried", every_operation_is_tried),
    (
        "a look changes nothing and a change is no look",
        each_is_one_of_both,
    ),
    ("what lacks its arguments fails", what_lacks_arguments_fails),
    (
        "a dry run hears what the run would",
        a_dry_run_hears_the_same,
    ),
    ("the deadline is kept", the_deadline_is_kept),
    ("dropped means gone", dropped_means_gone),
    ("refused is said", refused_is_said),
    ("garbage is no answer", garbage_is_no_answer),
    ("an endless answer is bounded", an_endless_answer_is_bounded),
    ("no secret comes back", no_secret_comes_back),
    ("what it does not offer fails", what_it_does_not_offer_fails),
];

/// A call of an operation, as it goes well; of a server on this port where it speaks to one.
type Subject = fn(u16) -> Ask;

/// They speak to a server of the test.
const SERVED: &[Subject] = &[
    prom_value,
    prom_points,
    http_get,
    http_post,
    tcp_ask,
    k8s_pods,
    k8s_restart,
];

/// They do as one of these does, and are tried by themselves where no server is needed.
const ALIKE: &[Subject] = &[
    |_| ask("k8s.namespace", vec![("name", Arg::Text("shop".into()))]),
    |_| k8s_named("k8s.deployment"),
    |_| k8s_named("k8s.pod"),
    |_| k8s_of("k8s.revision", "of", Some(("number", Arg::Int(1)))),
    |_| k8s_of("k8s.replicas", "of", None),
    |_| k8s_of("k8s.rolled_back", "what", Some(k8s_to())),
    |_| k8s_of("k8s.events", "of", None),
    |_| ask("k8s.pod_events", vec![("of", Arg::Pod("shop", "w-1"))]),
    |_| k8s_log("k8s.log"),
    |_| k8s_log("k8s.log_before"),
    |_| k8s_of("k8s.rollout_restart", "what", None),
    |_| k8s_of("k8s.scale", "what", Some(("to", Arg::Int(2)))),
    |_| k8s_of("k8s.rollback", "what", Some(k8s_to())),
];

/// They do not, or do not listen to it.
const OTHERS: &[Subject] = &[
    dns_lookup,
    exec_observe,
    exec_run,
    exec_apply,
    host_named,
    tcp_open,
];

/// Whether it changes something, as its row says.
fn changes(ask: &Ask) -> bool {
    let rows = operations();
    let row = rows.iter().find(|row| row.name == ask.call);
    row.unwrap_or_else(|| panic!("{} has no row", ask.call))
        .changes
}

/// A call of each operation.
fn all() -> impl Iterator<Item = Ask> {
    let subjects = SERVED.iter().chain(ALIKE).chain(OTHERS);
    subjects.map(|subject| subject(1))
}

fn dns_lookup(_: u16) -> Ask {
    ask("dns.lookup", vec![("name", Arg::Text("localhost".into()))])
}

fn exec(call: &str) -> Ask {
    let argv = ["sh", "-c", "true"].map(String::from).to_vec();
    let on = Arg::Host("box".into());
    ask(call, vec![("on", on), ("argv", Arg::Texts(argv))])
}

fn exec_observe(_: u16) -> Ask {
    exec("exec.observe")
}

fn exec_run(_: u16) -> Ask {
    exec("exec.run")
}

fn exec_apply(_: u16) -> Ask {
    exec("exec.apply")
}

fn host_named(_: u16) -> Ask {
    ask("host.named", vec![("name", Arg::Text("box".into()))])
}

fn tcp_open(port: u16) -> Ask {
    let on = Arg::Host("box".into());
    ask(
        "tcp.open",
        vec![("on", on), ("port", Arg::Int(port.into()))],
    )
}

fn prom_value(_: u16) -> Ask {
    let query = Arg::Promql("sum(up)".into());
    ask("prom.value", vec![("query", query), ("at", Arg::Time(NOW))])
}

fn prom_points(_: u16) -> Ask {
    let args = vec![
        ("query", Arg::Promql("sum(up)".into())),
        ("over", Arg::Duration(60_000)),
        ("every", Arg::Duration(15_000)),
    ];
    ask("prom.points", args)
}

fn http_get(port: u16) -> Ask {
    let url = Arg::Url(format!("http://127.0.0.1:{port}/x"));
    let auth = Arg::Secret("token".into());
    ask("http.get", vec![("url", url), ("auth", auth)])
}

fn http_post(port: u16) -> Ask {
    let mut call = http_get(port);
    call.call = "http.post".into();
    call.args.insert(1, ("body", Arg::Text("x".into())));
    call
}

fn k8s_pods(_: u16) -> Ask {
    let namespace = Arg::Text("shop".into());
    ask("k8s.pods", vec![("namespace", namespace)])
}

fn k8s_restart(_: u16) -> Ask {
    ask("k8s.restart", vec![("what", Arg::Pod("shop", "w-1"))])
}

fn k8s_named(call: &str) -> Ask {
    let [namespace, name] = ["shop", "w-1"].map(|text| Arg::Text(text.into()));
    ask(call, vec![("namespace", namespace), ("name", name)])
}

fn k8s_of(call: &str, of: &'static str, more: Option<(&'static str, Arg)>) -> Ask {
    let mut args = vec![(of, Arg::Deployment("shop", "web"))];
    args.extend(more);
    ask(call, args)
}

fn k8s_log(call: &str) -> Ask {
    let args = vec![("of", Arg::Pod("shop", "w-1")), ("lines", Arg::Int(5))];
    ask(call, args)
}

fn k8s_to() -> (&'static str, Arg) {
    ("to", Arg::Revision("shop", "web"))
}

fn tcp_ask(port: u16) -> Ask {
    let args = vec![
        ("on", Arg::Host("box".into())),
        ("port", Arg::Int(port.into())),
        ("send", Arg::Text("PING".into())),
        ("patience", Arg::Duration(60_000)),
    ];
    ask("tcp.ask", args)
}

async fn call(connectors: &Connectors, ask: Ask) -> Came {
    match changes(&ask) {
        true => connectors.perform(ask).await,
        false => connectors.observe(ask).await,
    }
}

/// Each subject against such a server: its name, and what came of it within `patience`.
fn each(server: impl Fn() -> Server, patience: i64) -> Vec<(String, Came)> {
    let came = SERVED.iter().map(|subject| {
        let server = server();
        let mut ask = subject(server.port);
        ask.patience = patience;
        let name = ask.call.clone();
        let connectors = connectors(&server.url());
        (name, run(call(&connectors, ask)))
    });
    came.collect()
}

/// What is offered and not tried here fails, and so does what is tried twice.
fn every_operation_is_tried() {
    let mut tried: Vec<String> = all().map(|ask| ask.call).collect();
    tried.sort();
    let offered = operations().into_iter().filter(|row| !row.own);
    let mut offered: Vec<String> = offered.map(|row| row.name.to_owned()).collect();
    offered.sort();
    assert_eq!(tried, offered);
}

fn each_is_one_of_both() {
    for ask in all() {
        let (connectors, name) = (connectors(""), ask.call.clone());
        let words = format!("no connector offers {name}");
        let came = match changes(&ask) {
            true => run(connectors.observe(ask)),
            false => run(connectors.perform(ask)),
        };
        match &came {
            Came::Failed(why) | Came::NotApplied(why) => assert!(why.contains(&words), "{came:?}"),
            _ => panic!("{name}: {came:?}"),
        }
    }
}

fn what_lacks_arguments_fails() {
    for whole in all() {
        let words = format!("{} came without `{}`", whole.call, whole.args[0].0);
        let came = run(call(&connectors(""), ask(&whole.call, Vec::new())));
        let (Came::Failed(why) | Came::NotApplied(why)) = &came else {
            panic!("{}: {came:?}", whole.call);
        };
        assert!(why.contains(&words), "{words}: {came:?}");
    }
}

/// What a connector refuses without a look at the world, it says before the change is begun.
fn a_dry_run_hears_the_same() {
    for whole in all() {
        let connectors = connectors("");
        if !changes(&whole) {
            assert!(connectors.refuses(whole.clone()).is_some(), "{whole:?}");
            continue;
        }
        assert_eq!(connectors.refuses(whole.clone()), None);
        let lacks = ask(&whole.call, Vec::new());
        let refused = connectors.refuses(lacks.clone());
        let came = run(connectors.perform(lacks));
        assert_eq!(refused.map(Came::NotApplied), Some(came), "{}", whole.call);
    }
    // A secret and a machine that this agent does not have.
    let mut posts = http_post(1);
    posts.args[2].1 = Arg::Secret("other".into());
    let mut runs = exec_run(1);
    runs.args[0].1 = Arg::Host("far".into());
    for ask in [posts, runs] {
        let connectors = connectors("");
        let refused = connectors.refuses(ask.clone());
        assert!(refused.is_some(), "{ask:?}");
        let came = run(connectors.perform(ask));
        assert_eq!(refused.map(Came::NotApplied), Some(came));
    }
}

fn the_deadline_is_kept() {
    let start = Instant::now();
    for (name, came) in each(Server::silent, 1_000) {
        match name.as_str() {
            "http.post" => assert_eq!(came, Came::Unknown),
            // Silence is an answer there.
            "tcp.ask" => assert!(matches!(came, Came::Value(..))),
            // It looks before it changes anything.
            "k8s.restart" => assert!(matches!(came, Came::NotApplied(_)), "{came:?}"),
            _ => assert!(matches!(came, Came::Failed(_)), "{name}: {came:?}"),
        }
    }
    assert!(start.elapsed() < Duration::from_secs(25));
}

fn dropped_means_gone() {
    for subject in SERVED {
        let closed = Arc::new(AtomicBool::new(false));
        let seen = closed.clone();
        let server = Server::new(move |_, stream| {
            stream
                .set_read_timeout(Some(Duration::from_secs(20)))
                .unwrap();
            let ended = matches!(stream.read(&mut [0; 16]), Ok(0));
            seen.store(ended, Ordering::SeqCst);
        });
        let connectors = connectors(&server.url());
        let ask = subject(server.port);
        let name = ask.call.clone();
        run(async {
            let call = call(&connectors, ask);
            let dropped = tokio::time::timeout(Duration::from_millis(1_200), call).await;
            assert!(dropped.is_err(), "{name}: answered");
            for _ in 0..100 {
                if closed.load(Ordering::SeqCst) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            panic!("{name}: the connection is still there");
        });
    }
}

fn refused_is_said() {
    for subject in SERVED {
        let port = closed_port();
        let connectors = connectors(&format!("http://127.0.0.1:{port}"));
        let changes = changes(&subject(port));
        let came = run(call(&connectors, subject(port)));
        match (&came, changes) {
            (Came::NotApplied(why), true) | (Came::Failed(why), false) => {
                assert!(why.contains("refused"), "{why}");
            }
            (Came::Value(shape, _), false) => assert_eq!(shape, "tcp.Answer"),
            _ => panic!("{came:?}"),
        }
    }
}

fn garbage_is_no_answer() {
    let garbage =
        || Server::new(|_, stream| drop(stream.write_all(b"\x00\xff\x16\x03 garbage\r\n\r\n")));
    for (name, came) in each(garbage, 5_000) {
        match name.as_str() {
            "http.post" => assert_eq!(came, Came::Unknown),
            "tcp.ask" => assert!(matches!(came, Came::Value(..))),
            // It looks before it changes anything.
            "k8s.restart" => assert!(matches!(came, Came::NotApplied(_)), "{came:?}"),
            _ => assert!(matches!(came, Came::Failed(_)), "{name}: {came:?}"),
        }
    }
}

fn an_endless_answer_is_bounded() {
    let endless = || {
        Server::new(|_, stream| {
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));
            while stream.write_all(&[b'x'; 65536]).is_ok() {}
        })
    };
    for (name, came) in each(endless, 20_000) {
        let shown = format!("{came:?}");
        assert!(shown.len() < 1_200_000, "{name}: {} bytes", shown.len());
        match name.as_str() {
            "prom.value" | "prom.points" => {
                assert!(
                    super::words(&came).contains("longer than 4 MiB"),
                    "{came:?}"
                );
            }
            "http.post" => assert_eq!(came, Came::Applied),
            "k8s.pods" | "k8s.restart" => {
                assert!(super::words(&came).contains("broke off"), "{came:?}");
            }
            _ => assert!(matches!(came, Came::Value(..)), "{name}"),
        }
    }
}

fn no_secret_comes_back() {
    let escaped = SECRET.replace('/', "%2F").replace('+', "%2B");
    let base64 = "czNjcjN0L3Qwa2VuK3ZhbHVl";
    let hexadecimal: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    let forms = [SECRET, &escaped, base64, &hexadecimal].map(String::from);
    let leaks = |text: &str| forms.iter().any(|form| text.contains(form.as_str()));
    let echo = forms.join(" | ");
    let error = serde_json::json!({"status": "error", "errorType": "bad_data", "error": echo});
    for body in [echo.clone(), error.to_string(), format!("<html>{echo}")] {
        for status in [200, 400, 503] {
            let body = body.clone();
            let server = || Server::plain(status, "text/html", body.clone());
            for (name, came) in each(server, 5_000) {
                assert!(!leaks(&format!("{came:?}")), "{name}: {came:?}");
            }
        }
    }
    assert!(leaks(&echo));
}

fn what_it_does_not_offer_fails() {
    let rows = operations().into_iter().filter(|row| !row.own);
    let modules: BTreeSet<&str> = rows.map(|row| row.module).collect();
    for module in modules {
        let other = || ask(&format!("{module}.other"), Vec::new());
        let connectors = connectors("");
        let came = run(connectors.observe(other()));
        assert!(matches!(&came, Came::Failed(_)), "{came:?}");
        let came = run(connectors.perform(other()));
        assert!(matches!(&came, Came::NotApplied(_)), "{came:?}");
    }
    // A call of another version of the library.
    let came = run(connectors("").observe(ask("prom.value", Vec::new())));
    assert_eq!(
        super::words(&came),
        "the observation failed: prom.value came without `query`"
    );
}
