//! Connectors against servers and programs of the test's own: on 127.0.0.1, and all misbehaving.
//!
//! What holds for every connector is asked of each in `every`; the files beside it ask what only
//! one of them promises.

mod dns;
mod every;
mod exec;
mod http;
mod people;
mod prom;
pub mod shapes;
mod tcp;

use std::fs;
use std::future::Future;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use libtest_mimic::Trial;
use rbk::facade::connect::{Arg, Ask, Came, Connectors, Setup};

use crate::harness::fixture::trial;

pub fn trials() -> Vec<Trial> {
    let groups: [(&str, Vec<Case>); 8] = [
        ("dns", dns::CASES.to_vec()),
        ("every", every::CASES.to_vec()),
        ("exec", exec::CASES.to_vec()),
        ("http", http::CASES.to_vec()),
        ("people", people::CASES.to_vec()),
        ("prom", prom::CASES.to_vec()),
        ("shapes", shapes::CASES.to_vec()),
        ("tcp", tcp::CASES.to_vec()),
    ];
    let cases = groups.into_iter().flat_map(|(group, cases)| {
        let cases = cases.into_iter();
        cases.map(move |(name, run)| trial(format!("connect/{group}/{name}"), run))
    });
    cases.collect()
}

/// A trial's name and what it does.
type Case = (&'static str, fn());

/// 2026-01-01T00:00Z: what the calls take as now.
const NOW: i64 = 1_767_225_600_000;

/// A secret that must never be seen again.
const SECRET: &str = "s3cr3t/t0ken+value";

/// Runs to the end, and fails rather than hanging.
fn run<Out>(future: impl Future<Output = Out>) -> Out {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let limit = Duration::from_secs(60);
    runtime.block_on(async { tokio::time::timeout(limit, future).await.unwrap() })
}

/// Connectors that know the secret `token`, the host `box` at 127.0.0.1, and this server as Prometheus and as cluster.
fn connectors(server: &str) -> Connectors {
    let prom = server;
    let address = match server.is_empty() {
        true => "http://127.0.0.1:1",
        false => server,
    };
    let text = crate::suites::kubernetes::kubeconfig(address, SECRET, "/nowhere".as_ref());
    // It is read whenever a connection is made.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kubeconfigs");
    fs::create_dir_all(&folder).unwrap();
    let kubeconfig = folder.join(fresh_key());
    fs::write(&kubeconfig, text).unwrap();
    let setup = Setup {
        prom: prom.into(),
        bearer: Some(SECRET.into()),
        secrets: vec![("token".into(), SECRET.into())],
        hosts: vec![
            ("box".into(), "127.0.0.1".into(), "web".into()),
            (
                "far".into(),
                "no-such-host.invalid".into(),
                "database".into(),
            ),
        ],
        here: "box".into(),
        programs: vec![("sh".into(), "/bin/sh".into())],
        kubeconfig: Some(kubeconfig),
        exec: Vec::new(),
    };
    Connectors::new(&setup).unwrap()
}

/// A key that no other change has: programs of one key end each other.
fn fresh_key() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{}-{number}", std::process::id())
}

fn ask(call: &str, args: Vec<(&'static str, Arg)>) -> Ask {
    Ask {
        call: call.into(),
        args,
        now: NOW,
        patience: 5_000,
        newer_than: None,
        key: fresh_key(),
    }
}

/// What was said, if it is words.
pub fn words(came: &Came) -> &str {
    match came {
        Came::NoData(words)
        | Came::Failed(words)
        | Came::NotApplied(words)
        | Came::Broke(words) => words,
        Came::Value(..) | Came::Applied | Came::Unknown => panic!("no words: {came:?}"),
    }
}

/// A field of a record.
fn field(came: &Came, name: &str) -> String {
    let Came::Value(_, fields) = came else {
        panic!("no record: {came:?}");
    };
    let found = fields.iter().find(|(field, _)| field == name);
    found.and_then(|(_, value)| value.clone()).unwrap()
}
