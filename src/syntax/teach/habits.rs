//! Forms that people bring along: how modules are taken in, how names are spelt, how times are said.
//!
//! In: a refused line. Out: one diagnostic with the form of this language, and its edit where one is sure.

use super::slips::stuck;
use super::{Line, Scene};
use crate::diag::{Code, Diagnostic};
use crate::library;
use crate::syntax::days::{day_of, days};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;
use crate::syntax::words;

fn is_word(scene: &Scene<'_>, index: usize) -> bool {
    let token = scene.tokens.at(index);
    token.is_some_and(|token| token.kind == PieceKind::Word)
}

/// `use k8s`, `use {k8s, prom}`, `use std::k8s`, `use std/k8s`, `use std.*`
pub(super) fn import_form(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    if line.kind != Kind::Item || tokens.word(start) != "use" {
        return None;
    }
    let named = start + 1;
    let told = |message: &str, span| {
        Diagnostic::new(Code::Syntax, message, span, "not how a module is named")
            .help("the modules of the library are named one by one: `use std.{k8s, prom}`")
    };
    if tokens.word(named) == "{" || library::module(tokens.word(named)).is_some() {
        let span = scene.token_span(named);
        let found = told("the modules of the library stand behind `std.`", span);
        return Some(match several(scene, line, named) {
            Some(list) => {
                let bytes = tokens.bytes(&(named..line.range.end));
                found.fix("write `std.`", scene.span(bytes), list).safe()
            }
            None => found.fix("write `std.`", span.at_start(), "std.").safe(),
        });
    }
    if tokens.word(named) != "std" {
        return None;
    }
    let mut end = named + 1;
    while matches!(tokens.word(end), ":" | "/") && line.range.contains(&end) {
        end += 1;
    }
    if end > named + 1 {
        let span = scene.span(tokens.bytes(&(named + 1..end)));
        let found = told("a module stands behind `std` and a dot", span);
        return Some(match path(scene, line, end) {
            Path::One => found.fix("write `.`", span, ".").safe(),
            Path::Several(names) => {
                let all = scene.span(tokens.bytes(&(named + 1..line.range.end)));
                let list = format!(".{{{}}}", names.join(", "));
                found.fix("write a list of them", all, list).safe()
            }
            Path::Unknown => found,
        });
    }
    if let Some(index) = (named..line.range.end).find(|index| tokens.word(*index) == "as") {
        let gap = tokens.at(index - 1)?.end..tokens.bytes(&line.range).end;
        let span = scene.span(tokens.bytes(&(index..line.range.end)));
        let found = Diagnostic::new(
            Code::Syntax,
            "a module keeps its name",
            span,
            "no other name",
        );
        let found = found.help("a module is called by its own name: leave the other name out");
        return Some(found.fix("leave it out", scene.span(gap), ""));
    }
    let star = (named..line.range.end).find(|index| tokens.word(*index) == "*")?;
    Some(told(
        "there is no `*` for all modules",
        scene.token_span(star),
    ))
}

/// What stands behind `std/`.
enum Path {
    One,
    /// `k8s/prom`: modules of the library, each behind a sign that tells them apart.
    Several(Vec<String>),
    Unknown,
}

fn path(scene: &Scene<'_>, line: &Line, first: usize) -> Path {
    let words = (first..line.range.end).map(|index| scene.tokens.word(index));
    let words: Vec<&str> = words.collect();
    if !words.iter().any(|word| matches!(*word, ":" | "/")) {
        return Path::One;
    }
    let names = words
        .iter()
        .filter(|word| !matches!(**word, ":" | "/" | ","));
    let names: Vec<String> = names.map(|name| (*name).to_owned()).collect();
    match names.len() > 1 && names.iter().all(|name| library::module(name).is_some()) {
        true => Path::Several(names),
        false => Path::Unknown,
    }
}

/// `k8s, prom` without braces: as a list.
fn several(scene: &Scene<'_>, line: &Line, first: usize) -> Option<String> {
    let tokens = scene.tokens;
    let commas = (first..line.range.end).any(|index| tokens.word(index) == ",");
    let names = tokens.text.get(tokens.bytes(&(first..line.range.end)))?;
    (commas && tokens.word(first) != "{").then(|| format!("std.{{{names}}}"))
}

/// `runbook worker-stuck`, `with k8s-app`: a name in two words.
pub(super) fn dashed_name(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let dash = stuck(scene, line)?;
    let first = dash.checked_sub(1)?;
    if tokens.word(dash) != "-" || !tokens.glued(first) || !is_word(scene, first) {
        return None;
    }
    let mut end = dash;
    while tokens.word(end) == "-"
        && tokens.glued(end - 1)
        && tokens.glued(end)
        && is_word(scene, end + 1)
    {
        end += 2;
    }
    let bytes = tokens.bytes(&(first..end.max(dash + 1)));
    let written = tokens.text.get(bytes.clone())?;
    let span = scene.span(bytes);
    let better = words::lower_snake(&written.replace('-', "_"));
    let days = written.split_once('-').and_then(|(from, to)| {
        let weekly = line.kind == Kind::Item && tokens.word(line.range.start) == "window";
        Some(days(day_of(from)?, day_of(to)?)).filter(|_| weekly)
    });
    if let Some(days) = days {
        let found = Diagnostic::new(
            Code::Syntax,
            "the days of a window are named one by one",
            span,
            "does not fit here",
        );
        let found = found.help(format!("write `{days}`"));
        return Some(found.fix(format!("write `{days}`"), span, days));
    }
    let found = Diagnostic::new(
        Code::Syntax,
        format!("`{written}` is not a name: a name has no `-`"),
        span,
        "not a name",
    );
    if line.kind == Kind::Trigger {
        return Some(
            found
                .help(format!("a label of any other spelling stands in quotes and gets a name: `\"{written}\" as {better}`"))
                .fix("quote the label", span, format!("\"{written}\" as {better}")),
        );
    }
    Some(
        found
            .help(format!("names are written in lower_snake case: `{better}`"))
            .fix(format!("call it `{better}`"), span, better),
    )
}

/// `verify within 5m for 1m`, `on alert "x" { for 2m }`: how long it must hold.
pub(super) fn held_for(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let index = match (line.kind, tokens.word(start)) {
        (Kind::Stmt | Kind::Arm, "verify") => stuck(scene, line)?,
        (Kind::Trigger, "for") => start,
        _ => return None,
    };
    // `for: 2m`, as a rule of an alert has it.
    let end = match tokens.word(index + 1) == ":" {
        true => index + 2,
        false => index + 1,
    };
    let span = scene.span(tokens.bytes(&(index..end)));
    let holds = |index: &usize| tokens.word(*index) == "holding";
    if tokens.word(index) == "for" && line.own.iter().any(holds) {
        let found = Diagnostic::new(
            Code::Syntax,
            "how long it may take is said with `within`",
            span,
            "`for` does not fit here",
        );
        let found =
            found.help("`within` is how long it may take, `holding` how long it must stay so");
        return Some(found.fix("write `within`", span, "within"));
    }
    (tokens.word(index) == "for").then(|| {
        Diagnostic::new(
            Code::Syntax,
            "how long something must hold is said with `holding`",
            span,
            "`for` does not fit here",
        )
        .help("`within` is how long it may take, `every` how often it is looked at, `holding` how long it must stay so")
        .fix("write `holding`", span, "holding")
    })
}

/// `on every 5m`: what comes by the clock.
pub(super) fn plain_interval(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.range.start + 1;
    let clock = ["every", "cron", "timer", "interval", "at"].contains(&tokens.word(index));
    if line.kind != Kind::Clause || tokens.word(index - 1) != "on" || !clock {
        return None;
    }
    Some(
        Diagnostic::new(
            Code::Syntax,
            "what runs by the clock is `on schedule`",
            scene.token_span(index),
            "not a trigger",
        )
        .help("say when: `on schedule cron\"*/5 * * * *\"`"),
    )
}

/// `on alert QueueStuck`: the name of an alert without its quotes.
pub(super) fn quoted_alert(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.range.start + 2;
    let alert = tokens.word(index - 2) == "on" && tokens.word(index - 1) == "alert";
    if line.kind != Kind::Clause || !alert || !is_word(scene, index) {
        return None;
    }
    // `on alert alertname="X"`
    if matches!(tokens.word(index + 1), "=" | "==" | ":") && scene.is(index + 2, PieceKind::Text) {
        let start = tokens.at(index)?.start;
        let key = scene.span(start..tokens.at(index + 1)?.end);
        let gap = scene.span(start..tokens.at(index + 2)?.start);
        let found = Diagnostic::new(
            Code::Syntax,
            "an alert is named by its name alone",
            key,
            "no key stands before it",
        );
        let found = found.help(format!("write `on alert {}`", tokens.word(index + 2)));
        return Some(found.fix("remove the key", gap, ""));
    }
    let mut end = index + 1;
    while tokens.word(end) == "-" && tokens.glued(end - 1) && is_word(scene, end + 1) {
        end += 2;
    }
    let bytes = tokens.bytes(&(index..end));
    let written = tokens.text.get(bytes.clone())?;
    let span = scene.span(bytes);
    Some(
        Diagnostic::new(
            Code::Syntax,
            "the name of an alert stands in quotes",
            span,
            "without quotes",
        )
        .help(format!("write `on alert \"{written}\"`"))
        .fix("add quotes", span, format!("\"{written}\"")),
    )
}

/// `holding for 3m`, `within for 5m`
pub(super) fn for_before_time(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    const BEFORE: [&str; 6] = ["holding", "within", "every", "wait", "fresh", "patience"];
    let tokens = scene.tokens;
    let index = line.own.iter().copied().find(|index| {
        let before = index.checked_sub(1).map(|before| tokens.word(before));
        let next = tokens.word(*index + 1);
        tokens.word(*index) == "for"
            && before.is_some_and(|before| BEFORE.contains(&before))
            && next.starts_with(|first: char| first.is_ascii_digit())
    })?;
    let (word, next) = (tokens.word(index - 1), tokens.at(index + 1)?);
    if line.at < tokens.at(index)?.start || line.at > next.end {
        return None;
    }
    let gap = scene.span(tokens.at(index)?.start..next.start);
    let found = Diagnostic::new(
        Code::Syntax,
        format!("no `for` after `{word}`"),
        scene.token_span(index),
        "`for` does not fit here",
    );
    let found = found.help(format!("write `{word} {}`", tokens.word(index + 1)));
    Some(found.fix("remove `for`", gap, "").safe())
}

/// `max 1 k8s.Pod`, `at most one k8s.Pod` in a blast.
pub(super) fn at_most_word(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let start = line.range.start;
    let word = scene.tokens.word(start);
    let habit = [
        "max",
        "maximum",
        "limit",
        "atmost",
        "at_most",
        "most",
        "upto",
        "maxUnavailable",
        "maxSurge",
        "max_unavailable",
        "max_parallel",
        "serial",
    ]
    .contains(&word);
    if line.kind != Kind::Blast || !habit {
        return None;
    }
    let span = scene.token_span(start);
    Some(
        Diagnostic::new(
            Code::UnknownFirstWord,
            format!("`{word}` begins no line here"),
            span,
            "should be a limit",
        )
        .help("a limit is written `at most 1 k8s.Pod`"),
    )
    .map(|found| match scene.tokens.word(start + 1) {
        // `max = 1`: of what is not said.
        "=" | ":" => found,
        _ => found.fix("write `at most`", span, "at most"),
    })
}

/// `severity 3`, `severity P2`
pub(super) fn severity_number(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.range.start + 1;
    let word = tokens.word(index);
    let number = word.trim_start_matches(['p', 'P', 's', 'S']);
    let known = matches!(number, "1" | "2" | "3" | "4");
    if line.kind != Kind::Clause || tokens.word(index - 1) != "severity" || !known {
        return None;
    }
    let right = format!("sev{number}");
    let span = scene.token_span(index);
    let found = Diagnostic::new(
        Code::Syntax,
        format!("there is no severity `{word}`"),
        span,
        "not a severity",
    );
    let found = found.help("the severities are `sev1`, `sev2`, `sev3` and `sev4`");
    Some(found.fix(format!("write `{right}`"), span, right))
}
