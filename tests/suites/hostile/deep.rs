//! Deep nesting: of brackets, and of everything that nests without one.

use super::{Case, Wanted};

/// Deeper than any stack.
const DEPTH: usize = 10_000;

pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::texts("deep/brackets that never close", Wanted::Errors, || {
            let openers = ["(", "[", "{", "f(", "[x, ", "(1 + ", "{ if a ", "([{"];
            let long = openers.iter().map(|opener| opener.repeat(DEPTH));
            long.flat_map(|text| [expression(&text), statement(&text), text])
                .collect()
        }),
        Case::texts("deep/brackets that close", Wanted::Errors, || {
            let pairs = [
                ("(", ")"),
                ("[", "]"),
                ("f(", ")"),
                ("[x: ", "]"),
                ("a[", "]"),
            ];
            let nested = |(open, close): (&str, &str)| {
                expression(&format!("{}1{}", open.repeat(DEPTH), close.repeat(DEPTH)))
            };
            pairs.into_iter().map(nested).collect()
        }),
        Case::texts("deep/blocks", Wanted::Errors, || {
            [
                "if a {",
                "for x in xs at most 2 {",
                "attempt \"a\" {",
                "match a {\n 1 -> {",
            ]
            .map(|open| {
                let closers = "}\n".repeat(open.matches('{').count() * DEPTH);
                statement(&format!("{}\n{closers}", format!("{open}\n").repeat(DEPTH)))
            })
            .into()
        }),
        Case::texts("deep/types", Wanted::Errors, || {
            ["List[", "Map[Int, "]
                .map(|open| {
                    let (open, close) = (open.repeat(DEPTH), "]".repeat(DEPTH));
                    format!("fn f(a: {open}Int{close}) -> Int = 1\n")
                })
                .into()
        }),
        Case::texts("deep/closers only", Wanted::Errors, || {
            [")", "]", "}", "}\n"]
                .map(|closer| closer.repeat(DEPTH))
                .into()
        }),
    ];
    cases.push(Case::texts(
        "deep/without a bracket",
        Wanted::Anything,
        without_brackets,
    ));
    cases.push(Case::texts(
        "deep/every depth around the limit",
        Wanted::Anything,
        around_the_limit,
    ));
    cases
}

/// Trees that grow deep although the text has no brackets.
fn without_brackets() -> Vec<String> {
    let mut texts = Vec::new();
    for chained in [
        " + 1",
        " - 1",
        " * 2",
        " and true",
        " or a",
        " == 1",
        ".a",
        ".a()",
        " as ratio",
        "?",
    ] {
        texts.push(expression(&format!("a{}", chained.repeat(DEPTH))));
    }
    // Each link of a chain may have a long chain below it, and a sign is none.
    for (tight, loose) in [
        (" * a", " * -a"),
        (" * a", " + a"),
        (" + a", " == a"),
        (" and a", " or a"),
        (" or a", " in 1..2"),
        (".a", " * a"),
        (".a", " as ratio"),
        (" == a", " and not a"),
    ] {
        let links = format!("{}{loose}", tight.repeat(150)).repeat(DEPTH / 150);
        texts.push(expression(&format!("a{links}")));
    }
    for prefix in ["not ", "-", "- ", "some ", "if a then b else "] {
        texts.push(expression(&format!("{}a", prefix.repeat(DEPTH))));
    }
    let chain = "if a { found x() } else ".repeat(DEPTH);
    texts.push(statement(&format!("{chain}{{ found x() }}\n")));
    texts.push(statement(&format!(
        "let x = y{}\n",
        " else z".repeat(DEPTH)
    )));
    texts.push(format!("fn f(a: Int{}) -> Int = 1\n", "?".repeat(DEPTH)));
    texts.push("attempt \"a\" { }\n".repeat(DEPTH));
    texts
}

fn around_the_limit() -> Vec<String> {
    let depths = (1..400).step_by(7);
    depths
        .flat_map(|depth| {
            let (open, close) = ("(".repeat(depth), ")".repeat(depth));
            let blocks = "if a {\n".repeat(depth);
            [
                expression(&format!("{open}1{close}")),
                statement(&format!("{blocks}found x()\n{}", "}\n".repeat(depth))),
            ]
        })
        .collect()
}

fn expression(text: &str) -> String {
    format!("fn f(a: Int) -> Int = {text}\n")
}

fn statement(text: &str) -> String {
    format!("runbook r for p {{\n  diagnose {{\n{text}\n  }}\n}}\n")
}
