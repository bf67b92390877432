//! Programs that are made of names: windows, slips, comments.

use super::{Program, lines};

/// Windows, each cut out of the one before.
pub fn windows(n: usize) -> String {
    let line = |at: usize| {
        let except = match at {
            0 => String::new(),
            at => format!(" except w{}", at - 1),
        };
        format!("window w{at} = weekly Tue 01:00 .. 05:00 in \"UTC\"{except}")
    };
    Program {
        items: &lines(n, line),
        ..Program::default()
    }
    .write()
}

/// Names that do not exist, beside as many that do.
pub fn unknown_names(n: usize) -> String {
    let line = |at| format!("let x{at} = z{at}");
    Program::diagnose(&lines(n, line))
}

pub fn comments_at_the_head(n: usize) -> String {
    format!(
        "{}\n{}",
        lines(n, |_| "// x".to_owned()),
        Program::default().write()
    )
}

pub fn comments_at_the_end(n: usize) -> String {
    format!(
        "{}{}\n",
        Program::default().write(),
        lines(n, |_| "// x".to_owned())
    )
}

/// Bool names of two measurements, where the first one decides all the others.
pub fn names_of_two_axes(n: usize) -> String {
    let next = |at| format!("x{at} or (x{at} and count(ps) > {at})");
    chain(n, "lag() > 3", next, "if LAST { found bad(w, ps) }")
}

/// A chain of names, each made of the one before.
fn chain(n: usize, first: &str, next: impl Fn(usize) -> String, last: &str) -> String {
    let line = |at| format!("let x{} = {}", at + 1, next(at));
    let lines = lines(n, line);
    let last = last.replace("LAST", &format!("x{n}"));
    Program::diagnose(&format!("let x0 = {first}\n{lines}\n{last}"))
}

pub fn names(n: usize) -> String {
    let next = |at| format!("x{at} + x{at}");
    chain(n, "lag()", next, "cleared if LAST > 4")
}

pub fn names_of_bools(n: usize) -> String {
    let next = |at| format!("x{at} and lag() < {at}");
    chain(n, "lag() > 3", next, "cleared if LAST")
}

pub fn names_used_twice(n: usize) -> String {
    let next = |at| format!("x{at} or (not x{at} and lag() > {at})");
    chain(n, "lag() > 3", next, "if LAST { found bad(w, ps) }")
}

pub fn names_of_lists(n: usize) -> String {
    let next = |at| format!("[x for x in x{at} where x.ready]");
    chain(n, "ps", next, "if LAST is empty { wait 1s }")
}

/// Each name one of two numbers by what the one before is.
pub fn names_of_choices(n: usize) -> String {
    let next = |at| format!("(if x{at} > {at}.5 then x{at} else lag())");
    chain(n, "lag()", next, "if LAST > 3 { found bad(w, ps) }")
}

/// The same, where words choose.
pub fn names_chosen_by_words(n: usize) -> String {
    let next = |at| format!("(if pod == \"p{at}\" then {at}.0 else x{at})");
    chain(n, "1.0", next, "if lag() > LAST { found bad(w, ps) }")
}

/// Names of what may be missing because it failed, each chosen by whether the one before is there.
pub fn names_of_optionals(n: usize) -> String {
    let next = |at| format!("(if x{at} is none then x{at} else x{at})");
    chain(n, "lag() else none", next, "if LAST is none { wait 1s }")
}

/// Bool names, each of which asks for one more thing that may be missing.
pub fn names_of_presences(n: usize) -> String {
    let line = |at| {
        let more = at + 1;
        format!("let o{at} = lag() else none\nlet x{more} = x{at} and not (o{at} is none)")
    };
    let lines = lines(n, line);
    Program::diagnose(&format!(
        "let x0 = lag() > 3\n{lines}\nif x{n} {{ wait 1s }}"
    ))
}

/// Tests of as many things that may be missing, one behind the other.
pub fn tests_of_optionals(n: usize) -> String {
    let line = |at| format!("let o{at} = lag() else none\nif o{at} is none {{ wait 1s }}");
    Program::diagnose(&lines(n, line))
}
