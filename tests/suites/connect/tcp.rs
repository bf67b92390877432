//! The module `tcp`: down, frozen and alive are told apart.

use std::io::Write;
use std::thread;
use std::time::Duration;

use rbk::facade::connect::{Arg, Ask, Came};

use super::{Case, ask, connectors, field, run, words};
use crate::harness::server::{Server, closed_port};

pub const CASES: &[Case] = &[
    ("open tells down from up", open_tells_down_from_up),
    ("ask tells frozen from alive", ask_tells_frozen_from_alive),
    (
        "an answer in parts is one answer",
        an_answer_in_parts_is_one_answer,
    ),
    ("an answer is bounded", an_answer_is_bounded),
    ("only hosts of the inventory", only_hosts_of_the_inventory),
];

fn open(host: &str, port: u16) -> Ask {
    let on = Arg::Host(host.into());
    ask(
        "tcp.open",
        vec![("on", on), ("port", Arg::Int(port.into()))],
    )
}

fn question(port: u16, patience: i64) -> Ask {
    let args = vec![
        ("on", Arg::Host("box".into())),
        ("port", Arg::Int(port.into())),
        ("send", Arg::Text("PING\r\n".into())),
        ("patience", Arg::Duration(patience)),
    ];
    ask("tcp.ask", args)
}

fn open_tells_down_from_up() {
    let server = Server::silent();
    let up = run(connectors("").observe(open("box", server.port)));
    assert_eq!(up, Came::Value("true".into(), Vec::new()));
    let down = run(connectors("").observe(open("box", closed_port())));
    assert_eq!(down, Came::Value("false".into(), Vec::new()));
}

fn ask_tells_frozen_from_alive() {
    let said = |port: u16| {
        let came = run(connectors("").observe(question(port, 1_500)));
        ["connected", "answered", "text"].map(|name| field(&came, name))
    };
    let alive = Server::new(|_, stream| stream.write_all(b"+PONG\r\n").unwrap());
    assert_eq!(said(alive.port), ["true", "true", "+PONG\r\n"]);
    assert_eq!(alive.asked(), ["PING\r\n"]);
    assert_eq!(said(Server::silent().port), ["true", "false", ""]);
    assert_eq!(said(closed_port()), ["false", "false", ""]);
    // Closed without a word.
    assert_eq!(said(Server::new(|_, _| {}).port), ["true", "false", ""]);
}

fn an_answer_in_parts_is_one_answer() {
    let server = Server::new(|_, stream| {
        for part in ["one ", "two ", "three"] {
            stream.write_all(part.as_bytes()).unwrap();
            thread::sleep(Duration::from_millis(20));
        }
        thread::sleep(Duration::from_secs(20));
    });
    let came = run(connectors("").observe(question(server.port, 4_000)));
    assert_eq!(field(&came, "text"), "one two three");
}

fn an_answer_is_bounded() {
    let server = Server::new(
        |_, stream| {
            while stream.write_all(&[b'x'; 65536]).is_ok() {}
        },
    );
    let came = run(connectors("").observe(question(server.port, 4_000)));
    assert_eq!(field(&came, "text").len(), 64 * 1024);
}

fn only_hosts_of_the_inventory() {
    let came = run(connectors("").observe(open("localhost", 1)));
    assert!(words(&came).contains("the inventory has no host `localhost`"));
    let mut call = open("far", 9);
    call.patience = 1_000;
    let came = run(connectors("").observe(call));
    assert!(matches!(came, Came::Failed(_)), "{came:?}");
}
