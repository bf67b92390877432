//! Constructs in each other.

use super::{Program, lines, nested};

pub fn nested_ifs(n: usize) -> String {
    let open = |at| format!("if lag() > {at} {{");
    Program::remedy(&nested(n, open, "do k8s.restart(w)"))
}

pub fn nested_ifs_in_diagnose(n: usize) -> String {
    let open = |at| format!("if lag() > {at} {{");
    Program::diagnose(&nested(n, open, "let z = lag()\ncleared if z < 3"))
}

pub fn nested_loops(n: usize) -> String {
    let open = |at| format!("for p{at} in ps at most 1 {{");
    let last = n - 1;
    let inner = format!("do k8s.restart(p{last})\nverify within 5m {{ lag() < 1 }}");
    Program::remedy(&nested(n, open, &inner))
}

pub fn nested_matches(n: usize) -> String {
    let open = |at| format!("match e(lag()) {{\nE.x -> {{ cleared if lag() < {at} }}\nE.y -> {{");
    let inner = format!(
        "{}\ncleared if lag() < 3\n{}",
        lines(n, open),
        "}\n}\n".repeat(n)
    );
    Program {
        items: "enum E { x, y }\nfn e(a: Float) -> E = (if a > 1 then E.x else E.y)",
        diagnose: &inner,
        ..Program::default()
    }
    .write()
}

pub fn nested_with_dos(n: usize) -> String {
    // Each holds a place of its own.
    let places = (0..n).map(|at| format!("let app{at} = k8s.deployment(\"shop\", \"web-{at}\")\n"));
    let open = |at| format!("with do gitops.pause(app{at}) {{");
    let inner = nested(n, open, "do k8s.restart(w)\nverify within 5m { lag() < 1 }");
    let remedy = places.collect::<String>() + &inner;
    Program {
        remedy: &remedy,
        ..Program::default()
    }
    .write()
    .replace(
        "at most 9999 k8s.Pod",
        "at most 9999 k8s.Pod\n    at most 9999 k8s.Deployment",
    )
}

pub fn nested_comprehensions(n: usize) -> String {
    let list = (0..n).fold("ps".to_owned(), |list, at| {
        format!("[x{at} for x{at} in {list} where x{at}.ready]")
    });
    Program::diagnose(&format!("let qs = {list}\nif qs is empty {{ wait 1s }}"))
}

pub fn nested_picks(n: usize) -> String {
    let list = (0..n).fold("ps".to_owned(), |list, at| {
        format!("[p{at} for p{at} in ps where any(x.ready for x in {list})]")
    });
    Program::diagnose(&format!("let qs = {list}\nif qs is empty {{ wait 1s }}"))
}

pub fn nested_choices(n: usize) -> String {
    let value = (0..n).fold("1".to_owned(), |value, at| {
        format!("(if lag() > {at} then {at} else {value})")
    });
    Program::diagnose(&format!("cleared if {value} > 3"))
}

pub fn nested_parentheses(n: usize) -> String {
    Program::diagnose(&format!(
        "cleared if {}lag() > 1{}",
        "(".repeat(n),
        ")".repeat(n)
    ))
}
