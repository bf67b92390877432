//! Lines in which something is missing, and what: a time, a word, a block, the rest.
//!
//! In: a refused line. Out: one diagnostic that names what is missing, with an edit where only one thing can be.

use super::shape::indent_of;
use super::slips::stuck;
use super::{Line, Scene, told};
use crate::diag::{Diagnostic, near};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;
use crate::syntax::words;
use crate::text::Span;

/// The place behind a token.
fn behind(scene: &Scene<'_>, index: usize) -> Option<Span> {
    let end = scene.tokens.at(index)?.end;
    Some(scene.span(end..end))
}

/// `do`, `given`, `at most 1`, `recurs 3 within 24h then`: the line ends too early.
pub(super) fn rest(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let (tokens, range) = (scene.tokens, &line.range);
    let last = range.end.checked_sub(1)?;
    let first = tokens.word(range.start);
    let alone = range.len() == 1;
    let (message, label, help) = match line.kind {
        Kind::Stmt if first == "do" && alone => (
            "`do` does not say what",
            "an action is missing here",
            "what changes something is a call behind it: `do k8s.restart(pod)`",
        ),
        Kind::Test if first == "given" && alone => (
            "`given` does not say what",
            "an alert or an observation is missing here",
            "first what happens, `given alert \"Name\"(pod: \"w-1\")`, then what is observed, `given lag() -> 5`",
        ),
        Kind::Blast if first == "at" && range.len() == 3 => (
            "a limit names what it counts",
            "a type of target is missing here",
            "write `at most 1 k8s.Pod`",
        ),
        Kind::Clause if first == "recurs" && tokens.word(last) == "then" => (
            "`then` does not say what",
            "`page` or `hand` is missing here",
            "write `then page builder \"again and again\"`",
        ),
        _ => return None,
    };
    Some(told(message, behind(scene, last)?, label, help))
}

/// `verify within every 15s`, `verify 5m every 15s`
pub(super) fn time_or_within(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let next = ["every", "holding", "retry", "abort", "until", "{"];
    let cut =
        line.own.iter().copied().find(|index| {
            tokens.word(*index) == "within" && next.contains(&tokens.word(index + 1))
        });
    if let Some(within) = cut {
        let message = "how long it may take is not said";
        let help = "a duration follows `within`: `within 5m`";
        return Some(told(
            message,
            behind(scene, within)?,
            "a duration is missing here",
            help,
        ));
    }
    let time = start + 1;
    let number = tokens
        .word(time)
        .starts_with(|first: char| first.is_ascii_digit());
    if tokens.word(start) != "verify" || !number || stuck(scene, line) != Some(time) {
        return None;
    }
    let span = scene.token_span(time);
    let help = "how long it may take stands behind `within`: `verify within 5m { ... }`";
    let found = told(
        "expected `within`",
        span,
        "`within` is missing before it",
        help,
    );
    Some(found.fix("add `within`", span.at_start(), "within "))
}

/// `severity sev3, when c`
pub(super) fn severity(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    if line.kind != Kind::Clause || tokens.word(start) != "severity" {
        return None;
    }
    if scene.is(start + 1, PieceKind::Text) {
        let inner = tokens.word(start + 1).trim_matches('"').to_lowercase();
        let right = near::elsewhere(&inner).unwrap_or(inner.as_str());
        let span = scene.token_span(start + 1);
        let help = "the severities are `sev1`, `sev2`, `sev3` and `sev4`";
        let found = told("a severity stands without quotes", span, "a text", help);
        return Some(match right.starts_with("sev") {
            true => found.fix(format!("write `{right}`"), span, right),
            false => found,
        });
    }
    let when = line.own.iter().copied().find(|index| {
        tokens.word(*index) == "when" && tokens.word(index.saturating_sub(1)) == ","
    })?;
    let help = "each condition has its severity: `severity sev3, sev2 when lag() > 100`";
    let span = scene.token_span(when);
    Some(told(
        "a severity is missing before `when`",
        span,
        "which one?",
        help,
    ))
}

/// `if c:`, `else:`, `blast:`: a block by indentation.
pub(super) fn block_by_colon(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let colon = colon_at_end(scene, &line.range)?;
    let first = tokens.word(line.range.start);
    let heads = [
        "if",
        "for",
        "match",
        "attempt",
        "with",
        "blast",
        "diagnose",
        "remedy",
        "steps",
        "on",
        "test",
        "otherwise",
        "runbook",
        "product",
        "record",
        "enum",
        "probe",
        "action",
        "verify",
        "undo",
        "owns",
        "chain",
        "owner",
    ];
    let otherwise = colon > line.range.start && tokens.word(colon - 1) == "else";
    // In a trigger it is the `match:` of a route.
    if first == "match" && line.kind == Kind::Trigger {
        return None;
    }
    if !heads.contains(&first) && !otherwise {
        return None;
    }
    let help = "what belongs to it stands between `{` at the end of this line and `}`; indentation says nothing";
    let span = scene.token_span(colon);
    let whole = match first {
        "verify" => Some(
            "how a change is proved stands on one line: `verify within 5m every 15s { up() == 1 }`",
        ),
        "owns" => Some(
            "what is owned stands on one line: `owns k8s.namespace(\"shop\"), host.named(\"web-*\")`",
        ),
        "chain" => {
            Some("a chain stands on one line: `chain builder for 5m, platform until acknowledged`")
        }
        "owner" => Some("write `owner builder`"),
        _ => None,
    };
    if let Some(help) = whole.filter(|_| colon == line.range.start + 1) {
        let message = format!("what belongs to `{first}` stands on its line");
        return Some(told(&message, span, "`:` opens no block", help));
    }
    Some(told(
        "a block is opened by `{`",
        span,
        "`:` opens no block",
        help,
    ))
}

/// The `:` of a line that ends a line of the text.
pub(in crate::syntax) fn colon_at_end(
    scene: &Scene<'_>,
    line: &std::ops::Range<usize>,
) -> Option<usize> {
    let tokens = scene.tokens;
    tokens.flat(line.clone()).find(|index| {
        let next = tokens.at(index + 1);
        let ends = index + 1 >= line.end || next.is_some_and(|next| next.newline_before);
        tokens.word(*index) == ":" && ends
    })
}

/// `else found x`
pub(super) fn block_of_else(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let next = stuck(scene, line)?;
    let otherwise = next.checked_sub(1)?;
    let branch = tokens.word(otherwise) == "else" && tokens.word(otherwise.checked_sub(1)?) == "}";
    if !branch || !tokens.is_statement_word(next) {
        return None;
    }
    let span = scene.token_span(next);
    let end = tokens.bytes(&line.range).end;
    let title = "write braces";
    let found = told(
        "a branch is a block",
        span,
        "no `{` before it",
        "write `else { ... }`",
    );
    let found = found.fix(title, span.at_start(), "{ ");
    Some(found.fix(title, scene.span(end..end), " }"))
}

/// `at 2026-10-06 03:10`
pub(super) fn time_of_day(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let hour = stuck(scene, line)?;
    let day = hour.checked_sub(1)?;
    let digit = |index: usize| {
        let word = tokens.word(index);
        word.starts_with(|first: char| first.is_ascii_digit())
    };
    let date = tokens.word(day).contains('-') || tokens.word(day.checked_sub(1)?) == "-";
    if !matches!(line.kind, Kind::Test | Kind::Item) || !digit(hour) || !digit(day) || !date {
        return None;
    }
    let gap = scene.span(tokens.at(day)?.end..tokens.at(hour)?.start);
    let help = "the time of day follows the date behind a `T`: `2026-10-06T03:10`";
    let found = told("a blank in a time", gap, "`T` stands here", help);
    Some(found.fix("write `T`", gap, "T"))
}

/// `is not emty`, `is None`
pub(super) fn presence(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let asked = match tokens.word(at) {
        "not" => at + 1,
        _ => at,
    };
    let before = asked.checked_sub(1).map(|before| tokens.word(before))?;
    let word = tokens.word(asked);
    let span = scene.token_span(asked);
    if before == "not" && word != "empty" && near::nearest(word, ["empty"]).is_some() {
        let found = told(
            "expected `empty`",
            span,
            "not a test",
            "did you mean `empty`?",
        );
        return Some(found.fix("write `empty`", span, "empty"));
    }
    let nothing = matches!(
        word,
        "None" | "nil" | "null" | "NULL" | "Null" | "undefined"
    );
    (before == "is" && nothing).then(|| {
        let help = "it is called `none` here, as in `x is none`; only what has a type with `?` can be none, any other value is always there";
        told(&format!("there is no `{word}`"), span, "not a test", help)
    })
}

/// `"eu" -> found lagging(lag),`
pub(super) fn comma_of_arm(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let comma = stuck(scene, line).filter(|index| tokens.word(*index) == ",")?;
    let next = tokens.at(comma + 1);
    let ends = comma + 1 >= line.range.end || next.is_some_and(|next| next.newline_before);
    if !matches!(line.kind, Kind::Arm | Kind::Stmt | Kind::Clause) || !ends {
        return None;
    }
    let span = scene.token_span(comma);
    let help = "each stands on a line of its own, without a comma behind it";
    let found = told(
        "a line ends without a comma",
        span,
        "`,` does not fit here",
        help,
    );
    Some(found.fix("remove the comma", span, ""))
}

/// `expect found stuck, resolved`, `expect paged builder after 5m`
pub(super) fn second_expectation(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    if line.kind != Kind::Test || tokens.word(line.range.start) != "expect" {
        return None;
    }
    let span = scene.token_span(at);
    if tokens.word(at) == "after" {
        let help =
            "how long it takes is said of the end, on a line of its own: `expect handed within 5m`";
        return Some(told(
            "no time follows here",
            span,
            "`after` does not fit here",
            help,
        ));
    }
    let next = at + 1;
    if !matches!(tokens.word(at), "," | "and") || !words::EXPECT_WORDS.contains(&tokens.word(next))
    {
        return None;
    }
    let gap = scene.span(tokens.at(at.checked_sub(1)?)?.end..tokens.at(next)?.start);
    let indent = indent_of(tokens.text, tokens.bytes(&line.range).start);
    let help = format!("write `expect {}` on a line of its own", tokens.word(next));
    let found = told(
        "an `expect` says one thing",
        span,
        "another one begins here",
        help,
    );
    Some(found.fix("begin a new line", gap, format!("\n{indent}expect ")))
}

/// `on "QueueStuck" {`, `on alrt "QueueStuck" {`, `otherwise inconclusiv page ...`
pub(super) fn kind_of_clause(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let (first, word) = (tokens.word(start), tokens.word(start + 1));
    let span = scene.token_span(start + 1);
    let known: &[&str] = match first {
        "on" => &["alert", "event", "schedule", "request"],
        "otherwise" => &["novel", "inconclusive", "systemic"],
        _ => return None,
    };
    if line.kind != Kind::Clause || known.contains(&word) {
        return None;
    }
    if first == "on" && scene.is(start + 1, PieceKind::Text) {
        let help = format!("write `on alert {word}`");
        let found = told(
            "`on` does not say what",
            span,
            "`alert` is missing before it",
            help,
        );
        return Some(found.fix("add `alert`", span.at_start(), "alert "));
    }
    if first == "on" && matches!(word, "hourly" | "daily" | "weekly" | "every" | "cron") {
        let help = "at its times a runbook is started by a schedule: `on schedule cron\"0 * * * *\"` is each hour";
        return Some(told("no kind of trigger", span, "not a trigger", help));
    }
    let right = near::nearest(word, known.iter().copied())?;
    let found = told(
        &format!("there is no `{word}`"),
        span,
        "an unknown word",
        format!("did you mean `{right}`?"),
    );
    Some(found.fix(format!("write `{right}`"), span, right))
}

/// `at most 3 per hour`
pub(super) fn limit_of_what(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let mut own = line.own.iter().copied();
    let per = own.find(|index| tokens.word(*index) == "per")?;
    let number = per.checked_sub(1).map(|number| tokens.word(number))?;
    if line.kind != Kind::Blast || !number.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let place = scene.token_span(per).at_start();
    let help =
        format!("what may be changed stands behind the number: `at most {number} k8s.Pod per 1h`");
    Some(told(
        "a limit says of what",
        place,
        "what is changed is missing here",
        help,
    ))
}

/// `recurs 3 in 24h`
pub(super) fn recurs_and_then(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let time = tokens.word(start + 3);
    let ends =
        line.range.end == start + 4 && time.starts_with(|first: char| first.is_ascii_digit());
    let within = matches!(tokens.word(start + 2), "in" | "per" | "within");
    if line.kind != Kind::Clause || tokens.word(start) != "recurs" || !ends || !within {
        return None;
    }
    let end = scene.token_span(start + 3).at_end();
    let count = tokens.word(start + 1);
    let help = format!("write `recurs {count} within {time} then page builder \"...\"`");
    Some(told(
        "`recurs` does not say what is done then",
        end,
        "`then` is missing here",
        help,
    ))
}
