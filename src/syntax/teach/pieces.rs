//! Lines that lack a piece, or have one in the wrong bracket: lists without brackets, members without commas, a call
//! without parentheses, a choice inside of an argument.
//!
//! In: a refused line. Out: one diagnostic with the line as it is meant, and its edit where one is sure.

use super::brought::asked;
use super::slips::stuck;
use super::{Line, Scene, told};
use crate::diag::Diagnostic;
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;
use crate::text::Span;

/// The names between these tokens, if nothing but signs and words that list them stands there.
fn listed<'s>(scene: &Scene<'s>, range: std::ops::Range<usize>) -> Option<Vec<&'s str>> {
    let mut names = Vec::new();
    for index in range {
        let word = scene.tokens.word(index);
        let between = matches!(word, "," | "|" | "/" | ";" | "&" | "+" | "and" | "or");
        if scene.is(index, PieceKind::Word) && !between {
            names.push(word);
        } else if !between {
            return None;
        }
    }
    (names.len() > 1).then_some(names)
}

/// `incident per namespace, pod`
pub(super) fn bare_key(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let key = tokens.word(start) == "incident" && tokens.word(start + 1) == "per";
    if line.kind != Kind::Clause || !key {
        return None;
    }
    let names = listed(scene, start + 2..line.range.end)?;
    let right = format!("({})", names.join(", "));
    let span = scene.span(tokens.bytes(&(start + 2..line.range.end)));
    let found = told(
        "several values that tell incidents apart stand in parentheses",
        span,
        "no parentheses",
        format!("write `incident per {right}`"),
    );
    Some(found.fix(format!("write `{right}`"), span, right))
}

/// `in ("eu", "us")`: a list in the brackets of another one.
pub(super) fn list_in_parentheses(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let mut openers = line.own.iter().copied().rev();
    let open = openers.find(|open| *open < at && tokens.partner(*open) > at)?;
    let before = tokens.word(open.checked_sub(1)?);
    let commas = tokens
        .flat(open + 1..tokens.partner(open))
        .any(|index| tokens.word(index) == ",");
    if !matches!(tokens.word(open), "(" | "{") || !matches!(before, "in" | "=" | "->") || !commas {
        return None;
    }
    let title = "write brackets";
    let span = scene.token_span(open);
    let found = told(
        "a list stands in brackets",
        span,
        "not the brackets of a list",
        "write `[\"a\", \"b\"]`",
    );
    let found = found.fix(title, span, "[");
    Some(found.fix(title, scene.token_span(tokens.partner(open)), "]"))
}

/// `enum Region { eu us ap }`, `enum Region { eu | us }`, `enum Region { "eu", "us" }`: names alone, but not as members.
pub(super) fn enum_members(
    scene: &Scene<'_>,
    line: &std::ops::Range<usize>,
    kind: Kind,
) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let open = line.start + 2;
    if kind != Kind::Item || tokens.word(line.start) != "enum" || tokens.word(open) != "{" {
        return None;
    }
    let mut edits: Vec<(Span, String)> = Vec::new();
    let mut name_before = false;
    for index in open + 1..tokens.partner(open) {
        let word = tokens.word(index);
        let span = scene.token_span(index);
        let between = matches!(word, "," | "|" | "/" | ";" | "and" | "or");
        if between {
            if word != "," {
                edits.push((span, ",".to_owned()));
            }
            name_before = false;
            continue;
        }
        let below = tokens.at(index).is_some_and(|token| token.newline_before);
        if name_before && !below {
            edits.push((scene.token_span(index - 1).at_end(), ",".to_owned()));
        }
        let inner = word
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        match inner {
            Some(inner) if !inner.is_empty() && inner.bytes().all(letter) => {
                edits.push((span, inner.to_owned()));
            }
            None if scene.is(index, PieceKind::Word) => {}
            _ => return None,
        }
        name_before = true;
    }
    let (first, _) = edits.first()?;
    let found = told(
        "the members of an enum are names, with a comma between them",
        *first,
        "does not fit here",
        "write `enum Region { eu, us, ap }`",
    );
    let title = "write names and commas";
    Some(
        edits
            .into_iter()
            .fold(found, |found, (span, text)| found.fix(title, span, text)),
    )
}

/// `enum Region = eu | us | ap`
pub(super) fn enum_by_sign(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let sign = start + 2;
    let given = matches!(tokens.word(sign), "=" | ":" | "(" | "[" | "is" | "of");
    if line.kind != Kind::Item || tokens.word(start) != "enum" || !given {
        return None;
    }
    let bracket = matches!(tokens.word(sign), "(" | "[");
    let end = match bracket {
        true => tokens.partner(sign),
        false => line.range.end,
    };
    let names = listed(scene, sign + 1..end)?;
    let right = format!("{{ {} }}", names.join(", "));
    let whole = sign..line.range.end;
    let span = scene.span(tokens.bytes(&whole));
    let found = told(
        "the members of an enum stand in braces, with a comma between them",
        scene.token_span(sign),
        "does not fit here",
        "write `enum Region { eu, us, ap }`",
    );
    Some(found.fix(format!("write `{right}`"), span, right))
}

/// `[Region.eu = 5_000, Region.us: 20_000]`, `["a" => 1]`
pub(super) fn map_signs(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let mut openers = line.own.iter().copied().rev();
    let open = openers.find(|open| *open < at && tokens.partner(*open) > at)?;
    if tokens.word(open) != "[" {
        return None;
    }
    let close = tokens.partner(open);
    let flat: Vec<usize> = tokens.flat(open + 1..close).collect();
    let single = |index: &usize| {
        let (before, next) = (tokens.word(index - 1), tokens.word(index + 1));
        let alone = !matches!(before, "=" | "!" | "<" | ">") && next != "=";
        tokens.word(*index) == "=" && alone
    };
    if flat.iter().any(|index| tokens.word(*index) == "for") {
        return None;
    }
    let signs: Vec<usize> = flat.into_iter().filter(single).collect();
    let first = *signs.first()?;
    let title = "write `:`";
    let help = "the key and the value of an entry have a `:` between them: `[\"a\": 1]`";
    let span = scene.token_span(first);
    let mut found = told("an entry of a map has a `:`", span, "no `=` here", help);
    for sign in signs {
        let arrow = tokens.word(sign + 1) == ">" && tokens.glued(sign);
        let end = if arrow { sign + 2 } else { sign + 1 };
        let start = tokens.at(sign - 1)?.end;
        let end = tokens.at(end - 1)?.end;
        found = found.fix(title, scene.span(start..end), ":");
    }
    Some(found)
}

/// `verify within 5m { ... } abort if c`, `verify { ... } within 5m`: what stands before the block.
pub(super) fn behind_block(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let open = tokens
        .flat(line.range.clone())
        .find(|index| tokens.word(*index) == "{")?;
    let close = tokens.partner(open);
    let at = close + 1;
    let word = tokens.word(at);
    let moved = matches!(word, "abort" | "every" | "holding" | "within");
    if tokens.word(start) != "verify" || !moved || !line.range.contains(&at) {
        return None;
    }
    let ends = tokens
        .flat(at..line.range.end)
        .find(|index| tokens.word(*index) == "else");
    let end = ends.unwrap_or(line.range.end);
    let said = scene.text(at..end)?;
    let span = scene.span(tokens.bytes(&(at..end)));
    let title = format!("put `{said}` before the block");
    let found = told(
        &format!("`{word}` stands before the block"),
        span,
        "too late here",
        format!("only `else` may follow the block: write `{said} {{ ... }}`"),
    );
    // How long it may take stands first.
    let place = if word == "within" { start + 1 } else { open };
    let place = scene.token_span(place).at_start();
    let gap = scene.span(tokens.at(close)?.end..tokens.at(end - 1)?.end);
    let found = found.fix(title.as_str(), place, format!("{said} "));
    Some(found.fix(title, gap, ""))
}

/// `patience 1h 30m`: a duration in two parts.
pub(super) fn split_duration(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let second = stuck(scene, line)?;
    let first = second.checked_sub(1)?;
    let part = |index: usize| {
        let word = tokens.word(index);
        let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        let unit = word.get(digits.len()..)?;
        let order = ["w", "d", "h", "m", "s", "ms"].iter();
        let at = order.into_iter().position(|known| *known == unit)?;
        let number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        number.then_some(at)
    };
    if part(first)? >= part(second)? {
        return None;
    }
    let right = format!("{}{}", tokens.word(first), tokens.word(second));
    let span = scene.span(tokens.bytes(&(first..second + 1)));
    let gap = scene.span(tokens.at(first)?.end..tokens.at(second)?.start);
    let found = told(
        "a duration is one word",
        span,
        "a blank inside",
        format!("write `{right}`"),
    );
    Some(found.fix(format!("write `{right}`"), gap, ""))
}

/// `do k8s.restart worker`, `do k8s.scale owner, to: 5`
pub(super) fn call_without_parentheses(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let start = line.range.start;
    let name = at.checked_sub(1)?;
    let called = tokens.word(name.checked_sub(1)?) == "." && scene.is(name, PieceKind::Word);
    let value = scene.is(at, PieceKind::Word) || scene.is(at, PieceKind::Text);
    let does = tokens.word(start) == "do" || tokens.word(start) == "with";
    if line.kind != Kind::Stmt || !does || !called || !value {
        return None;
    }
    let stops = [
        "undo", "within", "retry", "else", "waive", "because", "every", "{", "if", "when",
        "unless", "where", "provided", "once", "and",
    ];
    let end = tokens
        .flat(at..line.range.end)
        .find(|index| stops.contains(&tokens.word(*index)))
        .unwrap_or(line.range.end);
    if end == at {
        return None;
    }
    let arguments = scene.text(at..end)?;
    let call = format!("{}({arguments})", scene.text(start + 1..at)?);
    let title = "write parentheses";
    let gap = scene.span(tokens.at(name)?.end..tokens.at(at)?.start);
    let last = tokens.at(end - 1)?.end;
    let found = told(
        "what an action is done to stands in parentheses",
        scene.token_span(at),
        "no `(` before it",
        format!("write `{call}`"),
    );
    let condition = matches!(tokens.word(end), "if" | "when" | "unless" | "where");
    if condition && end + 1 < line.range.end {
        // `do k8s.restart worker if c`: what it depends on stands before it, too.
        let asked = asked(scene, end, line.range.end)?;
        let right = format!("if {asked} {{ {} {call} }}", tokens.word(start));
        let whole = scene.span(tokens.bytes(&line.range));
        let found = found.help(format!("write `{right}`"));
        return Some(found.fix("write an `if`", whole, right));
    }
    let found = found.fix(title, gap, "(");
    Some(found.fix(title, scene.span(last..last), ")"))
}

/// `k8s.scale(owner, to: if c then a else b)`
pub(super) fn choice_inside(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let asks = |index: &usize| {
        let before = index.checked_sub(1).map(|before| tokens.word(before));
        tokens.word(*index) == "if" && matches!(before, Some("(" | "," | ":" | "["))
    };
    let choice = line.own.iter().copied().filter(|index| *index <= at);
    let choice = choice.rev().find(asks)?;
    let mut openers = line.own.iter().copied().rev();
    let open = openers.find(|open| *open < choice && tokens.partner(*open) > choice)?;
    let close = tokens.partner(open);
    let comma = tokens
        .flat(choice..close)
        .find(|index| tokens.word(*index) == ",");
    let end = comma.unwrap_or(close);
    // `(if ...)` has its parentheses already.
    let called = open.checked_sub(1).is_some_and(|name| {
        scene.is(name, PieceKind::Word) && tokens.glued(name) || tokens.word(open) == "["
    });
    if !called || at >= end {
        return None;
    }
    let has = |word: &str| {
        tokens
            .flat(choice..end)
            .any(|index| tokens.word(index) == word)
    };
    if !has("then") || !has("else") {
        return None;
    }
    let title = "add parentheses";
    let first = scene.token_span(choice);
    let last = tokens.at(end - 1)?.end;
    let found = told(
        "a choice between two values stands in parentheses",
        first,
        "`if` begins no value",
        "write `(if c then a else b)`",
    );
    let found = found.fix(title, first.at_start(), "(");
    Some(found.fix(title, scene.span(last..last), ")"))
}

/// `for p in pods at most 5 on failure continue {`
pub(super) fn failure_goes_on(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let after = tokens.word(at.checked_sub(1)?) == "failure";
    let right = match tokens.word(at) {
        "continue" | "skip" | "next" | "ignore" => "undo this, continue",
        "stop" | "break" | "abort" | "rollback" => "undo this, stop",
        _ => return None,
    };
    if tokens.word(line.range.start) != "for" || !after {
        return None;
    }
    let span = scene.token_span(at);
    let found = told(
        "what becomes of the change that failed is not said",
        span,
        "`undo` is missing before it",
        format!("write `on failure {right}`"),
    );
    Some(found.fix(format!("write `{right}`"), span, right))
}

/// `attempt {`
pub(super) fn untitled_attempt(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let bare = scene.is(start + 1, PieceKind::Word) && tokens.word(start + 2) == "{";
    let attempt = tokens.word(start) == "attempt" && (bare || tokens.word(start + 1) == "{");
    if line.kind != Kind::Stmt || !attempt {
        return None;
    }
    if bare {
        let span = scene.token_span(start + 1);
        let right = format!("\"{}\"", tokens.word(start + 1));
        let found = told(
            "the title of an `attempt` is a text",
            span,
            "without quotes",
            format!("write `attempt {right} {{`"),
        );
        return Some(found.fix("add quotes", span, right));
    }
    let place = scene.token_span(start).at_end();
    let found = told(
        "an `attempt` has a title",
        place,
        "what is tried?",
        "write `attempt \"what is tried\" {`",
    );
    Some(found.fix("add a title", place, " \"what is tried\""))
}

/// `probe bank_is_up() {`
pub(super) fn probe_without_type(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let open = start + 2;
    if line.kind != Kind::Item || tokens.word(start) != "probe" || tokens.word(open) != "(" {
        return None;
    }
    let close = tokens.partner(open);
    if tokens.word(close + 1) != "{" {
        return None;
    }
    let place = scene.token_span(close).at_end();
    let name = tokens.word(start + 1);
    let found = told(
        "a probe says what it gives",
        place,
        "`->` and a type are missing here",
        format!("the type stands behind `->`: `probe {name}(...) -> Bool {{`"),
    );
    let body = scene.text(close + 1..line.range.end)?;
    let returned = body
        .lines()
        .filter_map(|line| line.trim().strip_prefix("return "));
    let signs = [" == ", " != ", " < ", " > ", " <= ", " >= "];
    let mut returned = returned.peekable();
    let some = returned.peek().is_some();
    let asks = some
        && returned
            .all(|value| !value.contains(" for ") && signs.iter().any(|sign| value.contains(sign)));
    Some(match asks {
        true => found.fix("add `-> Bool`", place, " -> Bool"),
        false => found,
    })
}
