//! Changes and their proofs with their parts in the forms of other languages: commas, colons and parentheses between
//! them, other words for how long and how often, the condition first, what is taken back under another name.
//!
//! In: a refused line. Out: one diagnostic with the line as it is meant, and its edit where one is sure.

use super::slips::stuck;
use super::{Line, Scene, told};
use crate::diag::Diagnostic;
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;

/// The words that begin a part of a change or of its proof.
const PARTS: [&str; 6] = ["within", "every", "holding", "abort", "retry", "undo"];

/// Whether the line is a change or a proof of one.
fn changes(scene: &Scene<'_>, line: &Line) -> bool {
    let first = scene.tokens.word(line.range.start);
    line.kind == Kind::Stmt && matches!(first, "do" | "verify" | "with")
}

/// Whether a number stands there.
fn is_number(scene: &Scene<'_>, index: usize) -> bool {
    let word = scene.tokens.word(index);
    word.starts_with(|first: char| first.is_ascii_digit())
}

/// `verify within 5m, every 15s, holding 1m { ... }`, `do f(x), within: 30s`, `verify within 5m: moved() > 0`
pub(super) fn marks_between(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    if !changes(scene, line) {
        return None;
    }
    let flat: Vec<usize> = tokens.flat(line.range.clone()).collect();
    let is_comma =
        |index: &usize| tokens.word(*index) == "," && PARTS.contains(&tokens.word(index + 1));
    let is_colon = |index: &usize| {
        let part = index.checked_sub(1).map(|before| tokens.word(before));
        tokens.word(*index) == ":"
            && part.is_some_and(|part| PARTS.contains(&part))
            && is_number(scene, index + 1)
    };
    let block = flat.iter().any(|index| tokens.word(*index) == "{");
    let opens = |index: &usize| {
        !block
            && tokens.word(*index) == ":"
            && !is_colon(index)
            && line.range.contains(&(index + 1))
    };
    let proves = tokens.word(line.range.start) == "verify";
    let marks: Vec<usize> = flat
        .iter()
        .copied()
        .filter(|index| is_comma(index) || is_colon(index))
        .collect();
    let colon = flat.iter().copied().find(|index| proves && opens(index));
    let first = marks.iter().copied().chain(colon).min()?;
    let title = "leave the marks out";
    let found = told(
        "no mark stands between the parts of this line",
        scene.token_span(first),
        "does not fit here",
        match colon {
            Some(_) => {
                "the parts follow each other after a blank, and conditions stand in braces: `verify within 5m every 15s { moved() > 0 }`"
            }
            None => {
                "the parts follow each other after a blank: `verify within 5m every 15s { moved() > 0 }`, `do k8s.restart(pod) within 30s`"
            }
        },
    );
    let mut found = found;
    for mark in marks {
        let gap = scene.span(tokens.at(mark - 1)?.end..tokens.at(mark + 1)?.start);
        found = found.fix(title, gap, " ");
    }
    let Some(colon) = colon else {
        return Some(found);
    };
    let end = tokens.bytes(&line.range).end;
    let gap = scene.span(tokens.at(colon - 1)?.end..tokens.at(colon + 1)?.start);
    let found = found.fix(title, gap, " { ");
    Some(found.fix(title, scene.span(end..end), " }"))
}

/// `verify moved() > 0 within 5m`
pub(super) fn condition_first(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let first = start + 1;
    if tokens.word(start) != "verify"
        || stuck(scene, line) != Some(first)
        || is_number(scene, first)
    {
        return None;
    }
    let mut flat = tokens.flat(line.range.clone());
    if flat.any(|index| tokens.word(index) == "{") || tokens.word(first) == "(" {
        return None;
    }
    let mut flat = tokens.flat(first..line.range.end);
    let part = flat.find(|index| PARTS.contains(&tokens.word(*index)));
    let condition = scene.text(first..part.unwrap_or(line.range.end))?;
    let found = told(
        "the conditions of a `verify` stand in braces, behind how long they may take",
        scene.token_span(first),
        "without braces",
        format!("write `verify within 5m {{ {condition} }}`"),
    );
    let Some(part) = part.filter(|part| *part > first) else {
        return Some(found);
    };
    let parts = scene.text(part..line.range.end)?;
    let whole = scene.span(tokens.bytes(&(first..line.range.end)));
    Some(found.fix("write braces", whole, format!("{parts} {{ {condition} }}")))
}

/// `verify(within: 5m, every: 15s) { ... }`
pub(super) fn called_proof(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let (start, open) = (line.range.start, line.range.start + 1);
    if tokens.word(start) != "verify" || tokens.word(open) != "(" {
        return None;
    }
    let close = tokens.partner(open);
    let found = told(
        "a `verify` is a statement, it is not called",
        scene.token_span(open),
        "no parentheses here",
        "how long and how often follow it after a blank: `verify within 5m every 15s { moved() > 0 }`",
    );
    let mut parts = String::new();
    let mut at = open + 1;
    while at < close {
        let sign = usize::from(matches!(tokens.word(at + 1), ":" | "="));
        let value = at + 1 + sign;
        let ends = tokens.word(value + 1) == "," || value + 1 == close;
        if !matches!(tokens.word(at), "within" | "every" | "holding")
            || !is_number(scene, value)
            || !ends
        {
            return Some(found);
        }
        parts.push_str(&format!(" {} {}", tokens.word(at), tokens.word(value)));
        at = value + 2;
    }
    let whole = scene.span(tokens.at(start)?.end..tokens.at(close)?.end);
    Some(found.fix("write it without parentheses", whole, parts))
}

/// `verify within 5m each 15s hold 1m { ... }`, `do f(x) timeout 30s`: other words for how long and how often.
pub(super) fn other_parts(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    if !(changes(scene, line)
        || line.kind == Kind::Stmt && tokens.word(line.range.start) == "mitigated")
        || !is_number(scene, at + 1)
    {
        return None;
    }
    let right = match tokens.word(at) {
        "each" | "interval" | "poll" | "per" | "checking" => "every",
        "hold" | "holds" | "stable" | "steady" | "sustained" => "holding",
        "timeout" | "deadline" | "in" | "max" | "under" => "within",
        "for" if tokens.word(line.range.start) == "mitigated" => "within",
        _ => return None,
    };
    let span = scene.token_span(at);
    let time = tokens.word(at + 1);
    let found = told(
        &format!("expected `{right}`"),
        span,
        "does not fit here",
        format!("write `{right} {time}`"),
    );
    Some(found.fix(format!("write `{right}`"), span, right))
}

/// Conditions of a proof, one a line with a comma behind it.
pub(super) fn commas_of_conditions(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let ends = |index: &usize| {
        let next = index + 1;
        let last =
            next >= line.range.end || tokens.at(next).is_some_and(|next| next.newline_before);
        tokens.word(*index) == "," && last
    };
    if line.kind != Kind::Condition {
        return None;
    }
    let commas: Vec<usize> = tokens.flat(line.range.clone()).filter(ends).collect();
    let first = *commas.first()?;
    let found = told(
        "a line ends without a comma",
        scene.token_span(first),
        "`,` does not fit here",
        "each condition stands on a line of its own, without a comma behind it",
    );
    let fixed = |found: Diagnostic, comma: usize| {
        found.fix("remove the comma", scene.token_span(comma), "")
    };
    Some(commas.into_iter().fold(found, fixed))
}

/// `verify within 5m { expect moved() > 0 }`
pub(super) fn expected_condition(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let word = tokens.word(start);
    let asks = matches!(
        word,
        "expect" | "assert" | "ensure" | "check" | "require" | "that" | "until" | "must"
    );
    let condition = scene.is(start + 1, PieceKind::Word) && line.range.contains(&(start + 1));
    if line.kind != Kind::Condition || !asks || !condition {
        return None;
    }
    let gap = scene.span(tokens.at(start)?.start..tokens.at(start + 1)?.start);
    let found = told(
        "a condition stands by itself",
        scene.token_span(start),
        "does not fit here",
        format!("leave `{word}` out"),
    );
    Some(found.fix(format!("remove `{word}`"), gap, ""))
}

/// `verify ... { ... } else { page ... }`: a block where a word stands.
pub(super) fn block_of_failed(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let open = stuck(scene, line)?;
    let branch = open.checked_sub(1).map(|before| tokens.word(before)) == Some("else");
    if branch
        && tokens.word(line.range.start) == "verify"
        && matches!(tokens.word(open), "rollback" | "revert")
    {
        let span = scene.token_span(open);
        let help = "what was changed is taken back by `else undo`";
        let found = told(
            "expected `undo`, `keep` or `again`",
            span,
            "does not fit here",
            help,
        );
        return Some(found.fix("write `undo`", span, "undo"));
    }
    let statement =
        tokens.word(open) == "{" || matches!(tokens.word(open), "page" | "tell" | "hand");
    if tokens.word(line.range.start) != "verify" || !branch || !statement {
        return None;
    }
    Some(told(
        "a `verify` that does not pass ends the run by itself",
        scene.token_span(open),
        "no block and no statement here",
        "what was changed is taken back then, and somebody is told: `otherwise page builder \"...\"` beside the remedies says who; `else keep` leaves the change as it is, `else again` diagnoses again",
    ))
}

/// `do f(x) rollback { ... }`, `do f(x) on failure { ... }`, `do f(x) undo: g(x)`: what takes a change back.
pub(super) fn other_undo(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    if tokens.word(line.range.start) != "do" || line.kind != Kind::Stmt {
        return None;
    }
    let help = "what takes a change back stands in the block behind `undo`: `undo { do ... }`";
    let word = tokens.word(at);
    let failure = word == "on" && matches!(tokens.word(at + 1), "failure" | "error" | "fail");
    let open = at + 1 + usize::from(failure);
    let other = matches!(
        word,
        "rollback"
            | "revert"
            | "compensate"
            | "reverse"
            | "cleanup"
            | "onfailure"
            | "on_failure"
            | "catch"
            | "finally"
    );
    if (failure || other) && tokens.word(open) == "{" {
        let span = scene.span(tokens.bytes(&(at..open)));
        let found = told("expected `undo`", span, "does not fit here", help);
        return Some(found.fix("write `undo`", span, "undo"));
    }
    let undo = at.checked_sub(1)?;
    let colon = tokens.word(undo) == "undo" && matches!(word, ":" | "=" | "do");
    let action = at + usize::from(word != "do");
    if !colon || !scene.is(action, PieceKind::Word) || !line.range.contains(&action) {
        return None;
    }
    let begin = tokens.at(undo)?.end;
    let done = scene.text(action..line.range.end)?;
    let does = if done.starts_with("do ") { "" } else { "do " };
    let whole = scene.span(begin..tokens.bytes(&line.range).end);
    let found = told(
        "what takes a change back stands in braces",
        scene.token_span(at),
        "does not fit here",
        help,
    );
    Some(found.fix("write braces", whole, format!(" {{ {does}{done} }}")))
}

/// `for p in pods max 5 {`, `for each p in pods {`
pub(super) fn loop_words(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    if line.kind != Kind::Stmt || tokens.word(line.range.start) != "for" {
        return None;
    }
    let each = line.range.start + 1;
    if matches!(tokens.word(each), "each" | "every" | "all" | "any")
        && tokens.word(each + 2) == "in"
    {
        let gap = scene.span(tokens.at(each)?.start..tokens.at(each + 1)?.start);
        let word = tokens.word(each);
        let found = told(
            "a loop names what it goes through right behind `for`",
            scene.token_span(each),
            "does not fit here",
            format!("write `for {} in ...`", tokens.word(each + 1)),
        );
        return Some(found.fix(format!("remove `{word}`"), gap, ""));
    }
    let most = match (tokens.word(at), tokens.word(at + 1)) {
        (
            "max" | "maximum" | "limit" | "limited" | "most" | "atmost" | "at_most" | "take"
            | "first",
            _,
        ) => at + 1,
        ("up", "to") => at + 2,
        _ => return None,
    };
    if !is_number(scene, most) {
        return None;
    }
    let span = scene.span(tokens.bytes(&(at..most)));
    let found = told(
        "expected `at most`",
        span,
        "does not fit here",
        format!("write `at most {}`", tokens.word(most)),
    );
    Some(found.fix("write `at most`", span, "at most"))
}

/// `with do gitops.pause(web) as p {`: nothing is named here.
pub(super) fn named_change(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let held = tokens.word(line.range.start) == "with" && tokens.word(line.range.start + 1) == "do";
    let plain = tokens.word(line.range.start) == "do";
    if tokens.word(at) != "as" || !(held || plain) || !scene.is(at + 1, PieceKind::Word) {
        return None;
    }
    let whole = tokens.bytes(&(at..at + 2));
    let gap = scene.span(tokens.at(at - 1)?.end..whole.end);
    let found = told(
        "a change gets no name by `as`",
        scene.span(whole),
        "does not fit here",
        match held {
            true => "what holds for the block is released at its end by itself: leave the name out",
            false => "what a change gives gets its name before it: `let started = do ...`",
        },
    );
    Some(match held {
        true => found.fix("leave the name out", gap, ""),
        false => found,
    })
}

/// `return` alone.
pub(super) fn bare_return(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let alone = scene.tokens.word(line.range.start) == "return" && line.range.len() == 1;
    if line.kind != Kind::Stmt || !alone {
        return None;
    }
    Some(told(
        "`return` gives the value of a probe, and here is none",
        scene.token_span(line.range.start).at_end(),
        "the line ends here",
        "a diagnosis ends with `found` or `cleared`; what must hold before a remedy goes on is a `guard`: `guard worker.ready`",
    ))
}

/// `again 3`, `again max 3`, `one incident per pod`: clauses with a word too few or too many.
pub(super) fn clause_words(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let (start, next) = (line.range.start, line.range.start + 1);
    if line.kind != Kind::Clause {
        return None;
    }
    if matches!(tokens.word(start), "one" | "an" | "a" | "each") && tokens.word(next) == "incident"
    {
        let gap = scene.span(tokens.at(start)?.start..tokens.at(next)?.start);
        let found = told(
            "the clause begins with `incident`",
            scene.token_span(start),
            "does not fit here",
            "write `incident per ...`",
        );
        return Some(found.fix(format!("remove `{}`", tokens.word(start)), gap, ""));
    }
    let more = usize::from(matches!(
        tokens.word(next),
        "max" | "most" | "maximum" | "limit" | "up"
    ));
    let number = next + more + usize::from(tokens.word(next) == "up");
    if tokens.word(start) != "again" || !is_number(scene, number) {
        return None;
    }
    let gap = scene.span(tokens.at(start)?.end..tokens.at(number)?.start);
    let shown = tokens.word(number);
    let found = told(
        "expected `at most`",
        scene.token_span(next),
        "does not fit here",
        format!("write `again at most {shown}`"),
    );
    Some(found.fix("write `at most`", gap, " at most "))
}

/// `found stuck with worker`: what is found is given in parentheses.
pub(super) fn found_with(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let name = at.checked_sub(1)?;
    let joins = matches!(tokens.word(at), "with" | "of" | "for" | ":" | "on");
    if tokens.word(name.checked_sub(1)?) != "found" || !joins || at + 1 >= line.range.end {
        return None;
    }
    let end = (at + 1..line.range.end)
        .take_while(|index| {
            let part = matches!(tokens.word(*index), "," | ".");
            part || scene.is(*index, PieceKind::Word) && !tokens.is_statement_word(*index)
        })
        .last()?
        + 1;
    let given = scene.text(at + 1..end)?;
    let right = format!("({given})");
    let found = told(
        "what a finding is about stands in parentheses",
        scene.token_span(at),
        "does not fit here",
        format!("write `found {}{right}`", tokens.word(name)),
    );
    let whole = scene.span(tokens.at(name)?.end..tokens.at(end - 1)?.end);
    Some(found.fix("write parentheses", whole, right))
}

/// `page builder "..." with host.top_writers(machine)`: what people should see is attached before.
pub(super) fn told_with(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let start = line.range.start;
    let tells = matches!(tokens.word(start), "page" | "tell" | "hand");
    let with = matches!(
        tokens.word(at),
        "with" | "attach" | "attaching" | "including"
    );
    if line.kind != Kind::Stmt || !tells || !with || at + 1 >= line.range.end {
        return None;
    }
    let shown = scene.text(at + 1..line.range.end)?;
    let end = tokens.bytes(&line.range).end;
    let indent = super::shape::indent_of(tokens.text, tokens.bytes(&line.range).start);
    let found = told(
        "what people should see is attached on a line before",
        scene.token_span(at),
        "does not fit here",
        format!("write `attach {shown}`"),
    );
    let title = "write `attach` before it";
    let gap = scene.span(tokens.at(at - 1)?.end..end);
    let found = found.fix(
        title,
        scene.token_span(start).at_start(),
        format!("attach {shown}\n{indent}"),
    );
    Some(found.fix(title, gap, ""))
}
