//! What connectors build has the shape that the library declares: names and order of the fields.

use std::fs;
use std::net::TcpStream;

use rbk::facade::connect::{Arg, Came};

use super::{Case, ask, connectors, run};
use crate::harness::fixture::root;
use crate::harness::server::{Server, respond};

pub const CASES: &[Case] = &[
    ("http.Response", http_response),
    ("tcp.Answer", tcp_answer),
    ("host.Host", host_host),
];

/// The fields of a record or target as its module declares it; the key of a target comes first.
pub fn declared(name: &str) -> Vec<String> {
    let (module, name) = name.split_once('.').unwrap();
    let text = fs::read_to_string(root().join(format!("stdlib/{module}.rbk"))).unwrap();
    let heads = [
        format!("record {name} {{"),
        format!("extern target {name} {{"),
    ];
    let mut lines = text
        .lines()
        .skip_while(|line| !heads.iter().any(|head| line == head));
    lines.next().unwrap();
    let lines = lines.take_while(|line| *line != "}");
    let fields = lines.filter_map(|line| {
        let line = line.trim();
        let field = line.split_once(": ").filter(|_| !line.starts_with("//"));
        let field = field.map(|(field, _)| field);
        field.or(line.strip_prefix("key ")).map(String::from)
    });
    fields.collect()
}

pub fn has_declared_shape(came: &Came, name: &str) {
    let Came::Value(shape, fields) = came else {
        panic!("no record: {came:?}");
    };
    let fields: Vec<&str> = fields.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(shape, name);
    assert_eq!(fields, declared(name));
}

fn http_response() {
    let server = Server::plain(204, "text/plain", "");
    let url = Arg::Url(server.url());
    let call = ask("http.get", vec![("url", url), ("auth", Arg::None)]);
    has_declared_shape(&run(connectors("").observe(call)), "http.Response");
}

fn tcp_answer() {
    let server = Server::new(|_, stream: &mut TcpStream| respond(stream, 200, "x", ""));
    let args = vec![
        ("on", Arg::Host("box".into())),
        ("port", Arg::Int(server.port.into())),
        ("send", Arg::Text("PING".into())),
        ("patience", Arg::Duration(2_000)),
    ];
    let came = run(connectors("").observe(ask("tcp.ask", args)));
    has_declared_shape(&came, "tcp.Answer");
}

fn host_host() {
    let named = |name: &str| {
        let call = ask("host.named", vec![("name", Arg::Text(name.into()))]);
        run(connectors("").observe(call))
    };
    let came = named("box");
    has_declared_shape(&came, "host.Host");
    let Came::Value(_, fields) = came else {
        panic!("no host");
    };
    let field = |name: &str, value: Option<&str>| (name.to_owned(), value.map(String::from));
    let known = [
        field("name", Some("box")),
        field("role", Some("web")),
        field("started", None),
    ];
    assert_eq!(fields, known);
    assert!(matches!(named("other"), Came::NoData(_)));
    let call = ask("host.active", vec![("what", Arg::Host("box".into()))]);
    let came = run(connectors("").observe(call));
    assert!(super::words(&came).contains("no connector offers host.active yet"));
}
