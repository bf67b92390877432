//! Queries of many parts.

use super::Program;

pub fn query(n: usize) -> String {
    asking(n, " + ", |at| format!("sum(x{at})"))
}

pub fn factors(n: usize) -> String {
    asking(n, " * ", |at| format!("sum(x{at})"))
}

pub fn filters(n: usize) -> String {
    asking(n, " and ", |at| format!("x{at}"))
}

pub fn groups(n: usize) -> String {
    asking(n, " or ", |at| format!("sum by (a{at}) (x)"))
}

/// One query of so many parts.
fn asking(n: usize, operator: &str, part: impl Fn(usize) -> String) -> String {
    let parts: Vec<String> = (0..n).map(part).collect();
    Program {
        clauses: &format!("watch q() = prom.value(promql\"{}\")", parts.join(operator)),
        diagnose: "cleared if q() < 5",
        ..Program::default()
    }
    .write()
}
