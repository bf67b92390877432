//! What checking, reporting and laying out cost: near linear in whatever a program is made of.
//!
//! Each construct is written `n` times and `2n` times, side by side or in each other. The steps of
//! the front end may then grow by 2.2 times, whatever machine counts them.

mod grow;

use libtest_mimic::Trial;
use rbk::facade::trust::{self, Steps};

use crate::harness::fixture::{root, trial};
use grow::Growth;

/// By how much the steps may grow where the construct is doubled.
const MOST: f64 = 2.2;

/// The same for the compiler, which looks again at what a block in a block takes from around it.
const MOST_COMPILED: f64 = 3.5;

/// Steps for a byte of text, at most: nothing is linear that is dear a thousandfold.
const A_BYTE: u64 = 60;

/// What large programs are refused for, and rightly; and slips that are written on purpose.
const EXPECTED: &[&str] = &["E0612", "E0201", "E0527"];

pub fn trials() -> Vec<Trial> {
    let of = |growth: &'static Growth| {
        trial(format!("trust/cost/{}", growth.name), move || {
            grows_with_the_text(growth);
        })
    };
    grow::ALL.iter().map(of).collect()
}

fn grows_with_the_text(growth: &Growth) {
    let (text, once) = count(growth, growth.n);
    let (_, twice) = count(growth, 2 * growth.n);
    let name = growth.name;
    if std::env::var_os("RBK_TRUST_STEPS").is_some() {
        eprintln!("{name}: {once:?} -> {twice:?}");
    }
    let parts = [
        ("check", once.check, twice.check, MOST),
        ("report", once.report, twice.report, MOST),
        ("compile", once.compile, twice.compile, MOST_COMPILED),
        ("format", once.format, twice.format, MOST),
    ];
    for (what, once, twice, most) in parts {
        let most = once as f64 * most;
        assert!(
            twice as f64 <= most,
            "{name}: {what} takes {once} steps, and {twice} for twice as much"
        );
        let bytes = text.len() as u64;
        assert!(
            once <= bytes * A_BYTE,
            "{name}: {what} takes {once} steps for {bytes} bytes"
        );
    }
}

fn count(growth: &Growth, n: usize) -> (String, Steps) {
    let shop = std::fs::read(root().join("grammar/reference/shop.rbk")).unwrap();
    let text = (growth.write)(n);
    let (steps, errors) = trust::steps(&[("shop.rbk", &shop), ("main.rbk", text.as_bytes())]);
    let unexpected: Vec<_> = errors
        .iter()
        .filter(|error| !EXPECTED.contains(error))
        .collect();
    assert!(
        unexpected.is_empty(),
        "{}: {unexpected:?} in\n{text}",
        growth.name
    );
    (text, steps)
}
