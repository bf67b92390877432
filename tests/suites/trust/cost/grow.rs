//! Programs that are made of one construct, as often as is asked.

mod calls;
mod names;
mod nest;
mod queries;

use std::fmt::Write;

use calls::*;
use names::*;
use nest::*;
use queries::*;

/// A construct, how often it is written, and the program.
pub struct Growth {
    pub name: &'static str,
    pub n: usize,
    pub write: fn(usize) -> String,
}

/// Side by side.
const WIDE: usize = 100;
/// In each other; the checker takes 200 levels, and a runbook's own are among them.
const DEEP: usize = 24;

macro_rules! growths {
    ($($name:ident $n:expr;)*) => {
        pub const ALL: &[Growth] = &[$(Growth { name: stringify!($name), n: $n, write: $name },)*];
    };
}

growths! {
    nested_ifs DEEP;
    nested_ifs_in_diagnose DEEP;
    nested_loops DEEP;
    nested_matches DEEP / 2;
    nested_with_dos DEEP;
    nested_comprehensions DEEP / 2;
    nested_picks DEEP / 2;
    nested_choices DEEP;
    nested_parentheses DEEP;
    ifs WIDE;
    ifs_with_else WIDE;
    ifs_in_diagnose WIDE;
    else_ifs DEEP / 2;
    dos WIDE;
    dos_with_undo WIDE;
    dos_and_verifies WIDE;
    loops WIDE;
    attempts WIDE;
    attempts_of_a_dag DEEP;
    arms WIDE;
    cleareds WIDE;
    founds WIDE;
    guards WIDE;
    conditions WIDE;
    conjunction DEEP;
    disjunction DEEP;
    names WIDE;
    names_of_bools WIDE;
    names_used_twice WIDE;
    names_of_lists WIDE;
    names_of_optionals WIDE;
    names_of_presences WIDE;
    tests_of_optionals WIDE;
    action_chain WIDE;
    action_dag WIDE;
    action_dag_waived WIDE;
    fn_dag WIDE;
    fn_dag_of_bools WIDE;
    probe_dag WIDE;
    probe_chain_of_branches WIDE;
    parameters WIDE;
    action_parameters WIDE;
    arguments_of_findings WIDE;
    literals WIDE;
    query WIDE;
    factors WIDE;
    filters WIDE;
    groups WIDE;
    text WIDE;
    watches WIDE;
    constants WIDE;
    records WIDE;
    record_fields WIDE;
    runbooks WIDE / 2;
    tests WIDE;
    windows WIDE;
    unknown_names 20 * WIDE;
    comments_at_the_head WIDE;
    comments_at_the_end WIDE;
    names_of_two_axes WIDE;
    names_of_choices WIDE;
    names_chosen_by_words WIDE;
}

/// A program by its parts; each comes with the smallest thing that makes it whole.
#[derive(Clone, Copy, Default)]
struct Program<'a> {
    items: &'a str,
    clauses: &'a str,
    diagnose: &'a str,
    /// What the finding carries behind `w, ps`.
    more: &'a str,
    remedy: &'a str,
    /// Without the verify at the end.
    bare: bool,
}

impl Program<'_> {
    fn write(&self) -> String {
        let Program {
            items,
            clauses,
            diagnose,
            more,
            remedy,
            bare,
        } = self;
        let verify = match bare {
            true => "",
            false => "verify within 5m { lag() < 1 }",
        };
        let deployments = match remedy.contains('d') && more.contains('d') {
            true => "at most 9999 k8s.Deployment",
            false => "",
        };
        let remedy = match remedy.is_empty() {
            true => "do k8s.restart(w)",
            false => remedy,
        };
        indented(&format!(
            "use std.{{gitops, k8s, prom}}
{items}
runbook r for checkout {{
version 1.0.0
on alert \"A\" {{ with namespace, pod }}
incident per (namespace, pod)
blast {{
at most 9999 k8s.Pod
{deployments}
}}
watch lag() = prom.value(promql\"sum(lag)\")
{clauses}
diagnose {{
let ps = k8s.pods(\"shop\")
let w = k8s.pod(namespace, pod)
{diagnose}
if lag() > 10 {{ found bad(w, ps{more}) }}
}}
remedy bad(w, ps{more}) {{
{remedy}
{verify}
}}
}}
"
        ))
    }

    fn diagnose(lines: &str) -> String {
        let diagnose = lines;
        Program {
            diagnose,
            ..Program::default()
        }
        .write()
    }

    fn remedy(lines: &str) -> String {
        let remedy = lines;
        Program {
            remedy,
            ..Program::default()
        }
        .write()
    }
}

/// Each line two blanks to the right of what it stands in.
fn indented(text: &str) -> String {
    let mut depth = 0_usize;
    let mut out = String::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let line = line.trim();
        let closes = line.chars().take_while(|sign| *sign == '}').count();
        let at = depth.saturating_sub(closes);
        writeln!(out, "{:1$}{line}", "", 2 * at).unwrap();
        // Holes of texts open and close in one line.
        depth += line.matches('{').count();
        depth = depth.saturating_sub(line.matches('}').count());
    }
    out
}

/// A line for each number below `n`.
fn lines(n: usize, line: impl Fn(usize) -> String) -> String {
    (0..n).map(line).collect::<Vec<_>>().join("\n")
}

fn listed(n: usize, part: impl Fn(usize) -> String) -> String {
    (0..n).map(part).collect::<Vec<_>>().join(", ")
}

/// `n` blocks in each other around the inner lines.
fn nested(n: usize, open: impl Fn(usize) -> String, inner: &str) -> String {
    format!("{}\n{inner}\n{}", lines(n, open), "}\n".repeat(n))
}

fn ifs(n: usize) -> String {
    let line = |at| format!("if lag() > {at} {{ do k8s.restart(w) }}");
    Program::remedy(&lines(n, line))
}

fn ifs_with_else(n: usize) -> String {
    let line = |at| format!("if lag() > {at} {{ do k8s.restart(w) }} else {{ do k8s.restart(w) }}");
    Program::remedy(&lines(n, line))
}

fn ifs_in_diagnose(n: usize) -> String {
    let line = |at| format!("if lag() > {at} {{ cleared if lag() < 3 }}");
    Program::diagnose(&lines(n, line))
}

fn else_ifs(n: usize) -> String {
    let branches: Vec<String> = (0..n)
        .map(|at| format!("if lag() > {at} {{ do k8s.restart(w) }}"))
        .collect();
    Program::remedy(&branches.join(" else "))
}

fn dos(n: usize) -> String {
    Program::remedy(&lines(n, |_| "do k8s.restart(w)".to_owned()))
}

fn dos_with_undo(n: usize) -> String {
    let line = |at| {
        let to = at % 5 + 1;
        format!("do k8s.scale(d, to: {to}) undo {{ do k8s.scale(d, to: 9) }}")
    };
    Program {
        diagnose: "let d = k8s.deployment(\"shop\", \"web\")",
        more: ", d",
        remedy: &format!("do k8s.restart(w)\n{}", lines(n, line)),
        ..Program::default()
    }
    .write()
}

fn dos_and_verifies(n: usize) -> String {
    let line = |_| "do k8s.restart(w)\nverify within 1s { lag() < 1 }".to_owned();
    Program::remedy(&lines(n, line))
}

fn loops(n: usize) -> String {
    let line = |_| {
        "for p in ps at most 1 {\ndo k8s.restart(p)\nverify within 1s { lag() < 1 }\n}".to_owned()
    };
    Program::remedy(&lines(n, line))
}

const ATTEMPT: &str = "do k8s.restart(w)\nverify within 1s { lag() < 1 }\n}";

fn attempts(n: usize) -> String {
    let line = |at| format!("attempt \"{at}\" {{\n{ATTEMPT}");
    let bare = true;
    Program {
        remedy: &lines(n, line),
        bare,
        ..Program::default()
    }
    .write()
}

/// Each action calls the next one twice, the last one does `last`.
fn actions(n: usize, last: &str) -> String {
    let action = |at| {
        let next = at + 1;
        format!("action a{at}(w: k8s.Pod) changes w {{\ndo a{next}(w)\ndo a{next}(w)\n}}")
    };
    let actions = lines(n, action);
    format!("{actions}\naction a{n}(w: k8s.Pod) changes w {{ {last} }}")
}

fn attempts_of_a_dag(n: usize) -> String {
    let items = actions(n, "do k8s.restart(w) waive undo \"it is one pod\"");
    let attempt = "do a0(w)\nverify within 1s { lag() < 1 }\n}";
    let line = |at| format!("attempt \"{at}\" {{\n{attempt}");
    Program {
        items: &items,
        remedy: &lines(n, line),
        bare: true,
        ..Program::default()
    }
    .write()
}

fn arms(n: usize) -> String {
    let items = format!("enum E {{ {} }}", listed(n, |at| format!("v{at}")));
    let items = format!("{items}\nfn e(a: Float) -> E = (if a > 1 then E.v0 else E.v1)");
    let line = |at| format!("E.v{at} -> {{ cleared if lag() < {at} }}");
    let diagnose = format!("match e(lag()) {{\n{}\n}}", lines(n, line));
    Program {
        items: &items,
        diagnose: &diagnose,
        ..Program::default()
    }
    .write()
}

fn cleareds(n: usize) -> String {
    Program::diagnose(&lines(n, |at| format!("cleared if lag() < 0.{at}1")))
}

fn founds(n: usize) -> String {
    let line = |at: usize| format!("if lag() > {} {{ found b{at}(w) }}", 10_000 - at);
    let remedy =
        |at| format!("remedy b{at}(w) {{\ndo k8s.restart(w)\nverify within 5m {{ lag() < 1 }}\n}}");
    let program = Program::diagnose(&lines(n, line));
    let program = program.trim_end().trim_end_matches('}').to_owned();
    indented(&format!("{program}\n{}\n}}\n", lines(n, remedy)))
}

fn guards(n: usize) -> String {
    let line = |at| format!("guard lag() > {at}");
    Program::remedy(&format!("{}\ndo k8s.restart(w)", lines(n, line)))
}

fn conditions(n: usize) -> String {
    let line = |at| format!("lag() < {}", at + 1);
    Program {
        remedy: &format!(
            "do k8s.restart(w)\nverify within 5m {{\n{}\n}}",
            lines(n, line)
        ),
        bare: true,
        ..Program::default()
    }
    .write()
}

fn conjunction(n: usize) -> String {
    let parts: Vec<String> = (0..n).map(|at| format!("lag() > {at}")).collect();
    Program::diagnose(&format!("cleared if {}", parts.join(" and ")))
}

fn disjunction(n: usize) -> String {
    let part = |at| format!("prom.value(promql\"sum(x{at})\") > 1");
    let parts: Vec<String> = (0..n).map(part).collect();
    Program::diagnose(&format!("cleared if {}", parts.join(" or ")))
}

fn parameters(n: usize) -> String {
    let params = listed(n, |at| format!("x{at}: Float"));
    let args = listed(n, |at| format!("x{at}: {at}.5"));
    Program {
        items: &format!("fn f({params}) -> Float = x0 + x{}", n - 1),
        diagnose: &format!("cleared if f({args}) + lag() < 1"),
        ..Program::default()
    }
    .write()
}

fn action_parameters(n: usize) -> String {
    let params = listed(n, |at| format!("x{at}: k8s.Pod"));
    let changes = listed(n, |at| format!("x{at}"));
    let body = lines(n, |at| format!("do k8s.restart(x{at})"));
    let args = listed(n, |at| format!("x{at}: w"));
    Program {
        items: &format!("action f({params}) changes {changes} {{\n{body}\n}}"),
        remedy: &format!("do f({args})"),
        ..Program::default()
    }
    .write()
}

fn arguments_of_findings(n: usize) -> String {
    let lets = lines(n, |at| format!("let x{at} = lag() + {at}"));
    let more = lines(n, |at| format!(", x{at}")).replace('\n', "");
    let cleared = lines(n, |at| format!("if x{at} > {at} {{ do k8s.restart(w) }}"));
    Program {
        diagnose: &lets,
        more: &more,
        remedy: &cleared,
        ..Program::default()
    }
    .write()
}

fn literals(n: usize) -> String {
    let list = listed(n, |at| format!("\"x{at}\""));
    Program::diagnose(&format!(
        "let xs = [{list}]\ncleared if namespace in xs and lag() < 5"
    ))
}

fn text(n: usize) -> String {
    let parts = vec!["${w.name}"; n];
    Program::remedy(&format!(
        "do k8s.restart(w)\ntell builder \"{}\"",
        parts.join(" ")
    ))
}

fn watches(n: usize) -> String {
    Program {
        clauses: &lines(n, |at| {
            format!("watch w{at}() = prom.value(promql\"sum(w{at})\")")
        }),
        diagnose: &lines(n, |at| format!("cleared if w{at}() < 1")),
        ..Program::default()
    }
    .write()
}

fn constants(n: usize) -> String {
    let line = |at: usize| match at {
        0 => "const c0 = 1".to_owned(),
        at => format!("const c{at} = c{} + 1", at - 1),
    };
    Program {
        items: &lines(n, line),
        diagnose: &format!("cleared if lag() > c{}", n - 1),
        ..Program::default()
    }
    .write()
}

/// Records in records, where the innermost one holds something that may be missing.
fn records(n: usize) -> String {
    let line = |at: usize| match at {
        0 => "record R0 { a: Int? }".to_owned(),
        at => format!("record R{at} {{ a: R{0}, b: R{0} }}", at - 1),
    };
    let records: Vec<String> = (0..n).rev().map(line).collect();
    Program {
        items: &records.join("\n"),
        ..Program::default()
    }
    .write()
}

fn record_fields(n: usize) -> String {
    let fields = listed(n, |at| format!("x{at}: Float"));
    let values = listed(n, |at| format!("x{at}: lag() + {at}"));
    Program {
        items: &format!("record R {{ {fields} }}"),
        diagnose: &format!("let r = R({values})\ncleared if r.x{} < 1", n - 1),
        ..Program::default()
    }
    .write()
}

fn runbooks(n: usize) -> String {
    let whole = Program::default().write();
    let (head, runbook) = whole.split_once("runbook r ").unwrap();
    let line = |at| {
        let runbook = runbook.replace("\"A\"", &format!("\"A{at}\""));
        format!("runbook r{at} {runbook}")
    };
    format!("{head}{}", lines(n, line))
}

fn tests(n: usize) -> String {
    let test = |at| {
        format!(
            "test r \"t{at}\" {{
  given lag() -> {at}
  given alert A(namespace: \"a\", pod: \"p\")
  given k8s.pods(\"shop\") -> []
  given k8s.pod(\"a\", \"p\") -> Pod(ready: false)
  expect handed
}}"
        )
    };
    format!("{}{}\n", Program::default().write(), lines(n, test))
}
