//! Endless files, endless lines, endless words.

use super::{Case, PROGRAM, Wanted};

pub fn cases() -> Vec<Case> {
    vec![
        Case::texts(
            "long/100,000 lines that are right",
            Wanted::WellFormed,
            || {
                vec![many(20_000, |n| {
                    format!("/// Number {n}.\nfn f{n}(x: Int) -> Int =\n  x + {n}\n\n// end\n")
                })]
            },
        ),
        Case::texts("long/100,000 lines that are wrong", Wanted::Errors, || {
            vec![
                many(100_000, |n| format!("fn f{n}(x Int -> = {n} +\n")),
                many(100_000, |n| format!("what is this {n} ?\n")),
                many(100_000, |_| "}\n".into()),
            ]
        }),
        Case::texts(
            "long/100,000 wrong lines in one item",
            Wanted::Errors,
            || {
                let body = many(100_000, |n| format!("    let x{n} = = {n}\n"));
                vec![format!(
                    "runbook r for p {{\n  diagnose {{\n{body}  }}\n}}\n"
                )]
            },
        ),
        Case::texts("long/a hundred copies", Wanted::Anything, || {
            vec![PROGRAM.repeat(100)]
        }),
        Case::texts("long/a line of a million letters", Wanted::Anything, || {
            let long = "x".repeat(1_000_000);
            vec![
                long.clone(),
                format!("// {long}"),
                format!("fn {long}() -> Int = 1\n"),
                format!("const a: String = \"{long}\"\n"),
                format!("const a: String = \"{long}\n"),
                format!("const a: Int = {}\n", "9".repeat(1_000_000)),
                format!("const a: Int = f({})\n", "1, ".repeat(300_000)),
                " ".repeat(1_000_000),
                "\t".repeat(1_000_000),
                "\n".repeat(1_000_000),
                "\r".repeat(1_000_000),
            ]
        }),
        Case::texts("long/comments", Wanted::Anything, || {
            vec![
                "/".repeat(1_000_000),
                "//\n".repeat(100_000),
                "/// doc\n".repeat(100_000),
                "//! doc\n".repeat(100_000),
            ]
        }),
    ]
}

fn many(times: usize, line: impl Fn(usize) -> String) -> String {
    (0..times).map(line).collect()
}
