//! Lines that deny, and conditions in words: `expect not resolved`, `unless c` in a trigger, `pod does not start with "x"`.
//!
//! In: a refused line. Out: one diagnostic, and an edit only where it denies what the line denies.

use super::slips::{right_expectation, stuck};
use super::{Line, Scene, told};
use crate::diag::{Diagnostic, sense};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;
use crate::syntax::words;

/// Words between a denial and what it denies.
const BETWEEN: [&str; 9] = ["be", "been", "to", "has", "have", "did", "do", "get", "was"];

/// `expect not resolved`, `expect unresolved`, `expect didn't page`, `expect never did k8s.restart`
pub(super) fn expectation(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let first = line.range.start + 1;
    if line.kind != Kind::Test || tokens.word(first - 1) != "expect" {
        return None;
    }
    if let Some(found) = never_done(scene, line) {
        return Some(found);
    }
    let (mut at, inside) = denied(scene, first)?;
    while inside.is_none() && BETWEEN.contains(&tokens.word(at)) {
        at += 1;
    }
    let what = inside.unwrap_or_else(|| tokens.word(at));
    let rest = at + 1..line.range.end;
    let whole = scene.span(tokens.bytes(&(first..line.range.end)));
    let shown = scene.text(first..line.range.end).unwrap_or_default();
    let found = told(
        "a test says what has come of a run, not what has not",
        whole,
        "does not fit here",
        "an end: `resolved`, `mitigated`, `undone`, `handed builder`; what was found: `found stuck`, or `novel`; that nobody was paged: `nobody paged`; that something was not done: `no k8s.restart`",
    );
    if right_expectation(what, "").unwrap_or(what) == "paged" {
        return Some(match rest.is_empty() {
            true => found.help("write `expect nobody paged`").fix(
                "write `nobody paged`",
                whole,
                "nobody paged",
            ),
            // It would expect that nobody else was paged, either.
            false => found.help(format!(
                "`expect nobody paged` says that nobody was paged at all; `{shown}` of one role cannot be expected"
            )),
        });
    }
    let action = tokens.word(at + 1) == "." && scene.is(at + 2, PieceKind::Word);
    let end = match tokens.word(at + 3) {
        "(" => tokens.partner(at + 3) + 1,
        _ => at + 3,
    };
    if action && inside.is_none() && end == line.range.end {
        let right = format!("no {}", scene.text(at..end)?);
        let found = found.help(format!("write `expect {right}`"));
        return Some(found.fix(format!("write `{right}`"), whole, right));
    }
    Some(found)
}

/// `expect k8s.restart never`, `expect did k8s.restart not done`
fn never_done(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let first = line.range.start + 1;
    let at = first + usize::from(tokens.word(first) == "did");
    let path = scene.is(at, PieceKind::Word) && tokens.word(at + 1) == ".";
    let end = match tokens.word(at + 3) {
        "(" => tokens.partner(at + 3) + 1,
        _ => at + 3,
    };
    let rest = scene.text(end..line.range.end)?;
    if !path
        || !matches!(
            rest,
            "never" | "not" | "not done" | "not called" | "never done"
        )
    {
        return None;
    }
    let right = format!("no {}", scene.text(at..end)?);
    let whole = scene.span(tokens.bytes(&(first..line.range.end)));
    let help = format!("write `expect {right}`");
    let found = told(
        "that something was not done is said with `no`",
        whole,
        "does not fit here",
        help,
    );
    Some(found.fix(format!("write `{right}`"), whole, right))
}

/// Where what is denied begins, and the word itself where it is one with its denial, as in `unresolved`.
fn denied<'t>(scene: &Scene<'t>, first: usize) -> Option<(usize, Option<&'t str>)> {
    let tokens = scene.tokens;
    let (word, next) = (tokens.word(first), tokens.word(first + 1));
    let known =
        |word: &str| words::EXPECT_WORDS.contains(&word) || right_expectation(word, "").is_some();
    let undone = matches!(word, "undone" | "undo" | "undoes");
    if let Some(rest) = word
        .strip_prefix("un")
        .filter(|rest| known(rest) && !undone)
    {
        return Some((first, Some(rest)));
    }
    match word {
        // `didn't` is three tokens.
        "didn" | "isn" | "wasn" | "hasn" | "doesn" | "aren" if next == "'" => {
            Some((first + 3, None))
        }
        "did" | "does" | "was" | "is" if matches!(next, "not" | "never") => Some((first + 2, None)),
        "no" | "nobody" | "nothing" | "none" => None,
        "!" => Some((first + 1, None)),
        word if sense::is_negative(word) => Some((first + 1, None)),
        _ => None,
    }
}

/// `unless c`, `except c`, `without l` in the braces of a trigger
pub(super) fn condition(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let word = tokens.word(start);
    let guard = line.kind == Kind::Stmt && word == "guard";
    let denies = match guard {
        true => tokens.word(start + 1),
        false => word,
    };
    let first = start + 1 + usize::from(guard);
    let known = matches!(denies, "unless" | "except" | "without" | "never" | "not");
    if !(line.kind == Kind::Trigger || guard && denies == "unless") || !known {
        return None;
    }
    let lead = if guard { "guard" } else { "where" };
    let found = told(
        &format!("there is no `{denies}` here"),
        scene.token_span(first - 1),
        "not a word of the language here",
        format!(
            "what must not be is said with `{lead} not ...`, of a label also with `with team != \"...\"`"
        ),
    );
    let rest = scene.text(first..line.range.end).unwrap_or_default();
    if !matches!(denies, "unless" | "except") || rest.is_empty() {
        return Some(found);
    }
    let plain = !tokens.joins_conditions(first..line.range.end) && tokens.word(first) != "not";
    let right = match plain {
        true => format!("{lead} not {rest}"),
        false => format!("{lead} not ({rest})"),
    };
    let whole = scene.span(tokens.bytes(&line.range));
    let found = found.help(format!("write `{right}`"));
    Some(found.fix(format!("write `{lead} not`"), whole, right))
}

/// `pod starts with "canary"`, `pod does not contain "canary"`
pub(super) fn spoken_text(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    if !matches!(
        line.kind,
        Kind::Trigger | Kind::Stmt | Kind::Condition | Kind::Clause
    ) {
        return None;
    }
    let asked = |index: usize| {
        let next = tokens.word(index + 1);
        match tokens.word(index) {
            "start" | "starts" | "begin" | "begins" if next == "with" => {
                Some(("starts_with", index + 2))
            }
            "end" | "ends" if next == "with" => Some(("ends_with", index + 2)),
            "contain" | "contains" | "include" | "includes"
                if scene.is(index + 1, PieceKind::Text) =>
            {
                Some(("contains", index + 1))
            }
            _ => None,
        }
    };
    let behind = |index: &usize| *index > line.range.start && line.range.contains(index);
    let index = line
        .own
        .iter()
        .copied()
        .filter(behind)
        .find(|index| asked(*index).is_some())?;
    let (function, value) = asked(index)?;
    let mut last = index.checked_sub(1)?;
    // `doesn't` is three tokens.
    let short = tokens.word(last) == "t" && last > 3 && tokens.word(last - 1) == "'";
    let negative = short || sense::is_negative(tokens.word(last));
    if short {
        last -= 3;
    } else if negative {
        last = last.checked_sub(1)?;
        if matches!(tokens.word(last), "does" | "do" | "did") {
            last = last.checked_sub(1)?;
        }
    }
    let mut first = last;
    while first > line.range.start && tokens.glued(first - 1) {
        first -= 1;
    }
    if first <= line.range.start || !scene.is(last, PieceKind::Word) {
        return None;
    }
    let not = if negative { "not " } else { "" };
    let name = scene.text(first..last + 1)?;
    let found = told(
        "a text is tested by a function",
        scene.span(tokens.bytes(&(index..value))),
        "not an operator",
        format!("write `{not}{function}({name}, \"...\")`"),
    );
    let ends = value + 1 >= line.range.end || matches!(tokens.word(value + 1), "and" | "or" | "{");
    // Behind a word or a sign of a condition it is a condition of its own.
    let opens = ["where", "if", "guard", "and", "or", "(", "{"];
    let denied = tokens.word(first - 1) == "not";
    let opened = opens.contains(&tokens.word(first - 1)) || denied && !negative;
    if !ends || !scene.is(value, PieceKind::Text) || !opened {
        return Some(found);
    }
    let right = format!("{not}{function}({name}, {})", tokens.word(value));
    let whole = scene.span(tokens.bytes(&(first..value + 1)));
    let found = found.help(format!("write `{right}`"));
    Some(found.fix(format!("write `{right}`"), whole, right))
}

/// `x one of [a, b]`, `x none of [a, b]`
pub(super) fn one_of(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line).filter(|at| *at > line.range.start)?;
    let at = match tokens.word(at - 1) {
        "is" if at > line.range.start + 1 => at - 1,
        _ => at,
    };
    let mut first = at;
    while matches!(tokens.word(first), "not" | "is") && first < line.range.end {
        first += 1;
    }
    let amount = tokens.word(first);
    let listed = tokens.word(first + 1) == "of" && tokens.word(first + 2) == "[";
    if !listed || !matches!(amount, "one" | "any" | "either" | "none") {
        return None;
    }
    let span = scene.span(tokens.bytes(&(at..first + 2)));
    let denied = sense::negations(scene.text(at..first + 1).unwrap_or_default()) > 0;
    let help = match denied {
        true => {
            "whether a value is in a list is asked with `in`; `not` stands before it all: `not a in [b, c]`"
        }
        false => "whether a value is in a list is asked with `in`: `a in [b, c]`",
    };
    let written = scene.text(at..first + 2).unwrap_or_default();
    let found = told(
        &format!("there is no `{written}`"),
        span,
        "not an operator",
        help,
    );
    Some(match denied {
        true => found,
        false => found.fix("write `in`", span, "in"),
    })
}

/// `a !< b`, `a ! >= b`
pub(super) fn comparison(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let first = stuck(scene, line).filter(|at| tokens.word(*at) == "!")?;
    let mut end = first + 1;
    while matches!(tokens.word(end), "<" | ">" | "=") && end < line.range.end {
        end += 1;
    }
    let written: String = (first..end).map(|index| tokens.word(index)).collect();
    let right = match written.as_str() {
        "!<" => ">=",
        "!<=" => ">",
        "!>" => "<=",
        "!>=" => "<",
        _ => return None,
    };
    let span = scene.span(tokens.bytes(&(first..end)));
    let message = format!("there is no `{written}`");
    let found = told(
        &message,
        span,
        "not an operator",
        format!("write `{right}`"),
    );
    Some(found.fix(format!("write `{right}`"), span, right))
}
