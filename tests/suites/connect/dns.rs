//! The module `dns`: what stands for nothing and what nobody answers are told apart.

use rbk::facade::connect::{Arg, Came};

use super::{Case, ask, connectors, run, words};

pub const CASES: &[Case] = &[
    ("a name stands for addresses", a_name_stands_for_addresses),
    ("an address stands for itself", an_address_stands_for_itself),
    ("what is not there is not made up", not_there),
    ("only names are looked up", only_names_are_looked_up),
];

fn lookup(name: &str) -> Came {
    let name = Arg::Text(name.into());
    run(connectors("").observe(ask("dns.lookup", vec![("name", name)])))
}

fn a_name_stands_for_addresses() {
    let Came::Value(addresses, _) = lookup("localhost") else {
        panic!("no addresses");
    };
    assert!(addresses.contains("127.0.0.1"), "{addresses}");
    assert_eq!(addresses.matches("127.0.0.1").count(), 1, "{addresses}");
}

fn an_address_stands_for_itself() {
    for address in ["192.0.2.7", "2001:db8::7"] {
        let only = Came::Value(format!("[\"{address}\"]"), Vec::new());
        assert_eq!(lookup(address), only);
    }
}

/// Where there is no server to ask, that is what is said.
fn not_there() {
    match lookup("no-such-host.invalid") {
        Came::Value(none, _) => assert_eq!(none, "[]"),
        came => assert!(words(&came).contains("cannot be looked up"), "{came:?}"),
    }
}

fn only_names_are_looked_up() {
    let long = "a".repeat(64);
    let numbers = ["1", "127.1", "2130706433", "0x7f.1"];
    let odd = ["", ".", "a b", "a..b", "-a", "a/../b", "a\u{0}b", &long];
    for odd in odd.into_iter().chain(numbers) {
        let came = lookup(odd);
        let is_none = words(&came).contains("cannot be looked up");
        assert!(is_none, "{odd:?}: {came:?}");
    }
}
