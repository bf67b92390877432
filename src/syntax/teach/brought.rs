//! Words and signs of other languages in the middle of a line: how a text is filled, how long an alert holds, who is told.
//!
//! In: a refused line. Out: one diagnostic with the words of this language, and its edit where one is sure.

use super::shape::indent_of;
use super::slips::stuck;
use super::{Line, Scene, told};
use crate::diag::{Code, Diagnostic, near};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;
use crate::syntax::words;

/// The same, with what is written in the place of these tokens.
fn put(
    scene: &Scene<'_>,
    message: &str,
    range: std::ops::Range<usize>,
    label: &str,
    right: &str,
) -> Diagnostic {
    let span = scene.span(scene.tokens.bytes(&range));
    let help = format!("write `{right}`");
    told(message, span, label, help.as_str()).fix(help, span, right)
}

const NO_FILLING: &str = "a text takes values in by itself";
const NOT_FILLED: &str = "not how a text is filled";
const FILLED: &str = "a value stands in the text: `\"the queue of ${pod} is stuck\"`";

/// `"%s is stuck" % pod`, `"%s on %s" % (pod, node)`, `"{} is stuck".format(pod)`
pub(super) fn filled_text(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let text = line.own.iter().copied().find(|index| {
        let next = (tokens.word(index + 1), tokens.word(index + 2));
        let filled = next.0 == "%" || next == (".", "format") && tokens.word(index + 3) == "(";
        scene.is(*index, PieceKind::Text) && filled
    })?;
    let percent = tokens.word(text + 1) == "%";
    let first = if percent { text + 2 } else { text + 3 };
    let bracket = tokens.word(first) == "(";
    let apart = tokens.at(first).is_none_or(|token| token.newline_before);
    if apart || !line.own.contains(&first) || words::is_reserved(tokens.word(first)) {
        let sign = scene.span(tokens.bytes(&(text + 1..first)));
        return Some(told(NO_FILLING, sign, NOT_FILLED, FILLED));
    }
    let mut end = first + 1;
    if bracket {
        end = tokens.partner(first) + 1;
    } else {
        while tokens.word(end) == "." && tokens.glued(end) && scene.is(end + 1, PieceKind::Word) {
            end += 2;
        }
    }
    let whole = scene.span(tokens.bytes(&(text..end)));
    let filling = scene.span(tokens.bytes(&(text + 1..end)));
    let found = told(NO_FILLING, filling, NOT_FILLED, FILLED);
    let values = match bracket {
        true => tokens.text.get(tokens.bytes(&(first + 1..end - 1)))?,
        false => tokens.text.get(tokens.bytes(&(first..end)))?,
    };
    let path = |value: &str| {
        let letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.');
        !value.is_empty() && value.chars().all(letter) && !value.as_bytes()[0].is_ascii_digit()
    };
    let values: Vec<&str> = values.split(',').map(str::trim).collect();
    Some(match filled(tokens.word(text), percent, &values) {
        Some(right) if values.iter().all(|value| path(value)) => {
            found.fix("put it into the text", whole, right)
        }
        _ => found,
    })
}

/// A text whose places are taken by these values, one each.
fn filled(text: &str, percent: bool, values: &[&str]) -> Option<String> {
    let marks: &[&str] = if percent {
        &["%s", "%d", "%v", "%f"]
    } else {
        &["{}"]
    };
    let mut right = String::new();
    let mut values = values.iter();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        // Two signs are one that stands for itself.
        let sign = percent && rest.starts_with("%%");
        let mark = marks.iter().find(|mark| rest.starts_with(*mark));
        let length = match (sign, mark) {
            (true, _) => {
                right.push('%');
                2
            }
            (false, Some(mark)) => {
                right.push_str(&format!("${{{}}}", values.next()?));
                mark.len()
            }
            (false, None) => {
                right.push(first);
                first.len_utf8()
            }
        };
        rest = rest.get(length..)?;
    }
    values.next().is_none().then_some(right)
}

/// `retries 2 every 5s`, `retry 2 times every 5s`
pub(super) fn retry_times(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let times = stuck(scene, line)?;
    let before = times.checked_sub(2)?;
    let counted = matches!(tokens.word(before), "retry" | "retries" | "most");
    if !matches!(tokens.word(times), "times" | "time" | "x" | "tries") || !counted {
        return None;
    }
    let gap = scene.span(tokens.at(times - 1)?.end..tokens.at(times)?.end);
    let word = tokens.word(times);
    let found = told(
        "how often is a number alone",
        scene.token_span(times),
        "does not fit here",
        format!("leave `{word}` out: `retry 2 every 5s`"),
    );
    Some(found.fix(format!("remove `{word}`"), gap, ""))
}

/// `within 2 business days`
pub(super) fn business_days(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let first = stuck(scene, line)?;
    let word = tokens.word(first);
    let work = matches!(word, "business" | "working" | "work" | "office" | "week");
    if !work || !matches!(tokens.word(first + 1), "days" | "day") {
        return None;
    }
    let message = "working days are one word: `workdays`";
    Some(put(scene, message, first..first + 2, "no unit", "workdays"))
}

/// `on alert "X" for 5m {`, `on alert "X" after 5m`
pub(super) fn alert_for(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let alert = tokens.word(start) == "on" && tokens.word(start + 1) == "alert";
    let long = start + 3;
    let word = matches!(
        tokens.word(long),
        "for" | "after" | "since" | "over" | "holding"
    );
    let time = tokens.word(long + 1);
    let number = time.starts_with(|first: char| first.is_ascii_digit());
    if line.kind != Kind::Clause || !alert || !word || !number {
        return None;
    }
    let span = scene.span(tokens.bytes(&(long..long + 2)));
    let holding = format!("holding {time}");
    let title = format!("write `{holding}` in its braces");
    let found = told(
        "how long an alert must hold stands in its braces",
        span,
        "does not fit here",
        format!("write `{holding}` on a line of its own between the braces of the trigger"),
    );
    let gap = scene.span(tokens.at(long - 1)?.end..tokens.at(long + 1)?.end);
    let open = long + 2;
    if open >= line.range.end {
        return Some(found.fix(title, gap, format!(" {{ {holding} }}")));
    }
    let below = tokens.at(open + 1).is_some_and(|next| next.newline_before);
    if tokens.word(open) != "{" || !below {
        return Some(found);
    }
    let indent = indent_of(tokens.text, tokens.bytes(&line.range).start);
    let behind = scene.token_span(open).at_end();
    let found = found.fix(title.as_str(), gap, "");
    Some(found.fix(title, behind, format!("\n{indent}  {holding}")))
}

/// `else nodata novel "..."`, `else none_data none`, `else error page builder "..."`
pub(super) fn failure_word(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let word = [at, at.checked_sub(1)?]
        .into_iter()
        .find(|index| index.checked_sub(1).map(|before| tokens.word(before)) == Some("else"))?;
    let written = tokens.word(word);
    let right = match written {
        "no_data" | "failed" => return None,
        "nodata" | "none_data" | "noData" | "missing" | "absent" | "empty" | "nothing" => "no_data",
        "error" | "fails" | "fail" | "failure" | "err" | "errors" => "failed",
        _ => near::nearest(written, ["no_data", "failed"])?,
    };
    let ends = scene.is(word + 1, PieceKind::Text) || word + 1 >= line.range.end;
    if line.kind == Kind::Test || !scene.is(word, PieceKind::Word) || ends {
        return None;
    }
    let span = scene.token_span(word);
    let found = told(
        "`else` asks for one of two failures: `no_data` or `failed`",
        span,
        "neither of them",
        format!("did you mean `{right}`?"),
    );
    Some(found.fix(format!("write `{right}`"), span, right))
}

/// `on alert == "X"`, `on alert is "X"`, `on alert named "X"`
pub(super) fn alert_equals(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let kinds = ["alert", "event", "schedule", "request"];
    if line.kind != Kind::Clause
        || tokens.word(start) != "on"
        || !kinds.contains(&tokens.word(start + 1))
    {
        return None;
    }
    let mut end = start + 2;
    while matches!(
        tokens.word(end),
        "=" | ":" | "is" | "named" | "called" | "name"
    ) && line.range.contains(&end)
    {
        end += 1;
    }
    if end == start + 2 || end >= line.range.end || scene.is(end, PieceKind::Open) {
        return None;
    }
    let signs = tokens.bytes(&(start + 2..end));
    let shown = tokens.text.get(signs.clone())?;
    let gap = scene.span(tokens.at(start + 1)?.end..tokens.at(end)?.start);
    let kind = tokens.word(start + 1);
    let found = told(
        &format!("what is meant follows `on {kind}` by itself"),
        scene.span(signs),
        "does not fit here",
        format!("write `on {kind} {}`", tokens.word(end)),
    );
    Some(found.fix(format!("remove `{shown}`"), gap, " "))
}

/// `incident per ${queue}`: a hole where no text is.
pub(super) fn hole_alone(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    if line.own.iter().any(|index| tokens.word(*index) == "`") {
        return None;
    }
    let mark = line.own.iter().copied().find(|index| {
        let open = index + 1;
        tokens.word(*index) == "$"
            && tokens.glued(*index)
            && tokens.word(open) == "{"
            && tokens.partner(open) == open + 2
            && scene.is(open + 1, PieceKind::Word)
            // Glued to something, it is a part of a text in other quotes.
            && !index.checked_sub(1).is_some_and(|before| tokens.glued(before))
            && !tokens.glued(open + 2)
    })?;
    let name = tokens.word(mark + 2);
    let span = scene.span(tokens.bytes(&(mark..mark + 4)));
    let found = Diagnostic::new(
        Code::BracesInExpression,
        "`${...}` puts a value into a text, and here is none",
        span,
        "no text around it",
    );
    let found = found.help(format!("a value is called by its name alone: `{name}`"));
    Some(found.fix(format!("write `{name}`"), span, name))
}

/// `guard before < 10 "too many already"`
pub(super) fn guard_text(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    if tokens.word(line.range.start) != "guard" || line.kind != Kind::Stmt {
        return None;
    }
    let text = match tokens.word(at) {
        "because" | "," | ":" => at + 1,
        _ => at,
    };
    if !scene.is(text, PieceKind::Text) || text + 1 != line.range.end {
        return None;
    }
    let span = scene.span(tokens.bytes(&(at..text + 1)));
    let why = tokens.word(text).trim_matches('"');
    let found = told(
        "a `guard` has no text",
        span,
        "does not fit here",
        "where it does not hold, the run is handed over and says which `guard` it was: a note on it is a comment, `// ...`",
    );
    Some(found.fix("make it a comment", span, format!("// {why}")))
}

/// `do k8s.restart(worker) when worker.ready`
pub(super) fn done_when(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let start = line.range.start;
    let acts = matches!(
        tokens.word(start),
        "do" | "page" | "tell" | "hand" | "attach" | "found" | "return"
    );
    let asks = matches!(
        tokens.word(at),
        "when" | "if" | "unless" | "where" | "provided"
    );
    if line.kind != Kind::Stmt || !acts || !asks || at + 1 >= line.range.end {
        return None;
    }
    let flat = tokens.flat(line.range.clone()).any(|index| index == at);
    if !flat {
        return None;
    }
    // `return a if c else b` chooses a value.
    if line
        .own
        .iter()
        .any(|index| *index > at && tokens.word(*index) == "else")
    {
        return None;
    }
    let done = tokens.text.get(tokens.bytes(&(start..at)))?.trim_end();
    let condition = tokens.text.get(tokens.bytes(&(at + 1..line.range.end)))?;
    let asked = asked(scene, at, line.range.end)?;
    let right = format!("if {asked} {{ {done} }}");
    let found = told(
        "a condition stands before what depends on it",
        scene.token_span(at),
        "does not fit here",
        format!("write `{right}`"),
    );
    let whole = scene.span(tokens.bytes(&line.range));
    Some(
        match done.contains('\n') || condition.contains('\n') || condition.contains('{') {
            true => found,
            false => found.fix("write an `if`", whole, right),
        },
    )
}

/// The condition behind a word that asks for it, or for its opposite.
pub(super) fn asked(scene: &Scene<'_>, at: usize, end: usize) -> Option<String> {
    let condition = scene.text(at + 1..end)?;
    let joined = scene.tokens.joins_conditions(at + 1..end);
    Some(match (scene.tokens.word(at), joined) {
        ("unless", true) => format!("not ({condition})"),
        ("unless", false) => format!("not {condition}"),
        _ => condition.to_owned(),
    })
}

/// `given alert Down {service="web"}`: labels as a query has them.
pub(super) fn labels_in_braces(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let open = start + 3;
    let given = tokens.word(start) == "given"
        && matches!(tokens.word(start + 1), "alert" | "event" | "request");
    if line.kind != Kind::Test || !given || tokens.word(open) != "{" {
        return None;
    }
    let close = tokens.partner(open);
    let matches = tokens.flat(open + 1..close).any(|index| {
        let negated = tokens.word(index) == "!" && tokens.word(index + 1) == "=";
        negated || tokens.word(index) == "=" && tokens.word(index + 1) == "~"
    });
    if matches {
        return Some(told(
            "labels stand in parentheses, each with its one value",
            scene.span(tokens.bytes(&(open..close + 1))),
            "no matchers here",
            "write `given alert Down(service: \"web\")`",
        ));
    }
    let title = "write parentheses";
    let gap = scene.span(tokens.at(open - 1)?.end..tokens.at(open)?.end);
    let found = told(
        "labels stand in parentheses",
        scene.token_span(open),
        "no braces here",
        "write `given alert Down(service: \"web\")`",
    );
    let mut found = found.fix(title, gap, "(");
    for index in tokens.flat(open + 1..close) {
        if tokens.word(index) == "=" {
            let end = tokens.at(index + 1)?.start;
            let begin = tokens.at(index - 1)?.end;
            found = found.fix(title, scene.span(begin..end), ": ");
        }
    }
    Some(found.fix(title, scene.token_span(close), ")"))
}

/// `given do k8s.restart -> error "denied"`
pub(super) fn action_answers(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    if line.kind != Kind::Test || tokens.word(start) != "given" || tokens.word(start + 1) != "do" {
        return None;
    }
    let arrow = line
        .own
        .iter()
        .copied()
        .find(|index| tokens.word(*index) == "-" && tokens.word(index + 1) == ">")?;
    let word = arrow + 2;
    let right = match tokens.word(word) {
        "error" | "fails" | "failed" | "fail" | "failure" | "err" => "fails",
        "unknown" | "timeout" => "unknown",
        _ => return None,
    };
    let span = scene.span(tokens.bytes(&(arrow..word + 1)));
    let found = told(
        "an action gives no value",
        span,
        "does not fit here",
        format!("write `{right}`: `given do k8s.restart fails \"denied\"`"),
    );
    Some(found.fix(format!("write `{right}`"), span, right))
}

/// `retry every 30s`, `retry 2`
pub(super) fn retry_parts(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let is_digits = |word: &str| word.starts_with(|first: char| first.is_ascii_digit());
    let at = line
        .own
        .iter()
        .copied()
        .find(|index| tokens.word(*index) == "retry")?;
    let counted = is_digits(tokens.word(at + 1));
    let every = tokens.word(at + 1 + usize::from(counted)) == "every";
    let (place, label) = match (counted, every) {
        (false, true) => (at, "a number is missing here"),
        (true, false) => (at + 1, "`every` and a duration are missing here"),
        _ => return None,
    };
    if line.kind != Kind::Stmt || matches!(tokens.word(at + 2), "times" | "time" | "x" | "tries") {
        return None;
    }
    let end = tokens.at(place)?.end;
    Some(told(
        "`retry` says how often, and how far apart",
        scene.span(end..end),
        label,
        "write `retry 2 every 30s`",
    ))
}

/// `at 2026-10-06T03:10+03:00`
pub(super) fn offset(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let timed = matches!(tokens.word(line.range.start), "at" | "window");
    let sign = matches!(tokens.word(at), "+" | "-") && tokens.glued(at);
    let hours = tokens
        .word(at + 1)
        .starts_with(|first: char| first.is_ascii_digit());
    let glued = at.checked_sub(1).is_some_and(|before| tokens.glued(before));
    if !matches!(line.kind, Kind::Test | Kind::Item) || !timed || !sign || !hours || !glued {
        return None;
    }
    let end = tokens.bytes(&line.range).end;
    let from = tokens.at(at)?.start;
    let written = tokens.text.get(from..end)?.split(' ').next()?;
    Some(told(
        "a time has no offset",
        scene.span(from..from + written.len()),
        "does not fit here",
        "the zone stands behind `in`, `2026-10-06T03:10 in \"Europe/Helsinki\"`; in UTC it ends in `Z`, `2026-10-06T00:10Z`",
    ))
}

/// `on schedule every 1h`
pub(super) fn schedule_every(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let at = start + 2;
    let scheduled = tokens.word(start) == "on" && tokens.word(start + 1) == "schedule";
    let often = matches!(
        tokens.word(at),
        "every" | "each" | "hourly" | "daily" | "weekly"
    );
    if line.kind != Kind::Clause || !scheduled || !often {
        return None;
    }
    Some(told(
        "a schedule is a cron expression",
        scene.token_span(at),
        "does not fit here",
        "each hour is `cron\"0 * * * *\"`, every ten minutes `cron\"*/10 * * * *\"`, each day `cron\"@daily\"`",
    ))
}
