//! What people write by habit at the place where the grammar got stuck: a mark, a word or a text of another language.
//!
//! In: a refused line. Out: one diagnostic that says how it is written here.
//! Never looks at a line as a whole: the token that does not fit, and what stands before it.

use super::{Line, Scene};
use crate::diag::{Code, Diagnostic};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;
use crate::syntax::words;
use crate::text::Span;

/// The first token behind the place where the grammar got stuck.
pub(super) fn stuck(scene: &Scene<'_>, line: &Line) -> Option<usize> {
    let behind = |index: &usize| {
        let token = scene.tokens.at(*index);
        token.is_some_and(|token| token.end > line.at)
    };
    line.own.iter().copied().find(behind)
}

/// `severity: sev3`, `owner: builder`
pub(super) fn clause_colon(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let word = tokens.word(start);
    let clause = matches!(line.kind, Kind::Clause | Kind::Product | Kind::Stmt);
    let index = start + 1;
    // A value in quotes is mended together with its colon.
    let quoted = tokens
        .at(index + 1)
        .is_some_and(|token| token.kind == PieceKind::Text);
    let bare = quoted && matches!(word, "version" | "severity" | "owner" | "clears");
    let ends = super::colon_at_end(scene, &line.range) == Some(index);
    if !clause || ends || tokens.word(index) != ":" || bare || !line.kind.words().contains(&word) {
        return None;
    }
    let span = scene.token_span(index);
    let blank = if tokens.glued(index) { " " } else { "" };
    let found = Diagnostic::new(
        Code::Syntax,
        format!("no `:` after `{word}`"),
        span,
        "`:` does not fit here",
    )
    .help(format!(
        "what belongs to `{word}` follows it after a blank: `{word} ...`"
    ))
    .fix("remove the `:`", span, blank)
    .safe();
    let value = index + 1..line.range.end;
    Some(match scene.text(value.clone()) {
        // `zone: Europe/Berlin`: a text without its quotes, too.
        Some(zone) if word == "zone" && value.len() > 1 => {
            let place = scene.span(tokens.bytes(&value));
            found.fix("remove the `:`", place, format!("\"{zone}\""))
        }
        _ => found,
    })
}

/// `version "1.0.0"`, `version v1.0.0`
pub(super) fn quoted_version(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.range.start + 1;
    if let Some(major) = tokens.word(index).strip_prefix('v')
        && line.kind == Kind::Clause
        && tokens.word(index - 1) == "version"
        && major.bytes().all(|byte| byte.is_ascii_digit())
    {
        let start = tokens.at(index)?.start;
        let span = scene.span(start..start + 1);
        let found = Diagnostic::new(Code::Syntax, "a version has no `v`", span, "numbers alone");
        let found = found.help("three numbers: `version 1.0.0`");
        return Some(found.fix("remove the `v`", span, ""));
    }
    let value = index + usize::from(matches!(tokens.word(index), "=" | ":"));
    let is_text = scene.is(value, PieceKind::Text);
    if line.kind != Kind::Clause || tokens.word(index - 1) != "version" || !is_text {
        return None;
    }
    let span = scene.span(tokens.bytes(&(index..value + 1)));
    let inner = tokens.word(value).trim_matches('"');
    let number = inner.trim_start_matches('v');
    let parts = number.split('.').collect::<Vec<_>>();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let diagnostic = Diagnostic::new(
        Code::Syntax,
        "a version stands without quotes",
        span,
        "a text, not a version",
    )
    .help("three numbers: `version 1.0.0`");
    Some(match parts.len() == 3 && parts.iter().all(digits) {
        true if value > index && tokens.glued(index - 1) => {
            diagnostic.fix("remove the quotes", span, format!(" {number}"))
        }
        true => diagnostic.fix("remove the quotes", span, number),
        false => diagnostic,
    })
}

/// `version` alone, `version 2026-10-06`, `version 1`
pub(super) fn dated_version(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.range.start + 1;
    if line.kind == Kind::Clause && tokens.word(index - 1) == "version" && index == line.range.end {
        let span = scene.token_span(index - 1);
        let found = Diagnostic::new(
            Code::Syntax,
            "a version is three numbers",
            span.at_end(),
            "they are missing",
        );
        let found = found.help("write `version 1.0.0`, and raise it with what changes");
        return Some(found.fix("write `1.0.0`", span.at_end(), " 1.0.0"));
    }
    let is_number = tokens
        .word(index)
        .starts_with(|first: char| first.is_ascii_digit());
    if line.kind != Kind::Clause || tokens.word(index - 1) != "version" || !is_number {
        return None;
    }
    // `1.0.0`: what is wrong stands behind it.
    let begin = tokens.bytes(&(index..index + 1)).start;
    let number = tokens
        .text
        .get(begin..)?
        .split([' ', ',', '\n', ';', '/'])
        .next()?;
    if number.split('.').count() == 3
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        return None;
    }
    let span = scene.span(tokens.bytes(&(index..line.range.end)));
    let found = Diagnostic::new(
        Code::Syntax,
        "a version is three numbers",
        span,
        "no version",
    );
    Some(found.help("write `version 1.0.0`, and raise it with what changes"))
}

/// `} elif c {`
pub(super) fn elif(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let found = |index: &usize| {
        matches!(tokens.word(*index), "elif" | "elsif" | "elseif")
            && *index > line.range.start
            && tokens.word(*index - 1) == "}"
    };
    let index = line.own.iter().copied().find(found)?;
    let span = scene.token_span(index);
    let word = tokens.word(index);
    Some(
        Diagnostic::new(
            Code::Syntax,
            format!("there is no `{word}`"),
            span,
            "not a word of the language",
        )
        .help("another case is `} else if ... {`")
        .fix("write `else if`", span, "else if")
        .safe(),
    )
}

/// `"text " + name` where only a text can stand.
pub(super) fn joined_text(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let plus = stuck(scene, line)?;
    let before = plus.checked_sub(1)?;
    let is_text = tokens
        .at(before)
        .is_some_and(|token| token.kind == PieceKind::Text);
    if tokens.word(plus) != "+" || !is_text {
        return None;
    }
    let diagnostic = Diagnostic::new(
        Code::Syntax,
        "texts are not joined with `+`",
        scene.token_span(plus),
        "`+` does not fit here",
    );
    let help = "a value stands in the text itself: `\"... ${value}\"`";
    let Some((joined, end)) = joined(scene, before) else {
        return Some(diagnostic.help(help));
    };
    let whole = scene.span(tokens.bytes(&(before..end)));
    Some(
        diagnostic
            .help(help)
            .fix("put it into the text", whole, joined),
    )
}

/// Texts and names with `+` between them as one text, and where they end: `"a" + str(pod) + " b"`.
pub(super) fn joined(scene: &Scene<'_>, first: usize) -> Option<(String, usize)> {
    let tokens = scene.tokens;
    let kind = |index: usize| tokens.at(index).map(|token| token.kind);
    let mut text = String::from("\"");
    let mut at = first;
    loop {
        let word = tokens.word(at);
        let made = matches!(word, "str" | "String" | "string" | "format" | "toString");
        if kind(at) == Some(PieceKind::Text) && !word.starts_with("\"\"\"") {
            text.push_str(word.strip_prefix('"')?.strip_suffix('"')?);
            at += 1;
        } else if made && tokens.word(at + 1) == "(" && tokens.partner(at + 1) == at + 3 {
            // The text takes a value of any type in.
            text.push_str(&format!("${{{}}}", tokens.word(at + 2)));
            at += 4;
        } else if kind(at) == Some(PieceKind::Word)
            && !word.starts_with(|c: char| c.is_ascii_digit())
        {
            let mut end = at + 1;
            while tokens.word(end) == "." && kind(end + 1) == Some(PieceKind::Word) {
                end += 2;
            }
            let path = tokens.text.get(tokens.bytes(&(at..end)))?;
            text.push_str(&format!("${{{path}}}"));
            at = end;
        } else {
            return None;
        }
        if tokens.word(at) != "+" {
            text.push('"');
            return Some((text, at));
        }
        at += 1;
    }
}

/// `once k8s.restart` for `once did k8s.restart`
pub(super) fn once_without_did(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let found = |index: &usize| {
        tokens.word(*index) == "once"
            && !matches!(tokens.word(*index + 1), "" | "did")
            && *index + 1 < line.range.end
    };
    if line.kind != Kind::Test || tokens.word(line.range.start) != "given" {
        return None;
    }
    let index = line.own.iter().copied().find(found)?;
    let span = scene.token_span(index);
    Some(
        Diagnostic::new(
            Code::Syntax,
            "`once` without `did`",
            span,
            "`did` is missing behind it",
        )
        .help("what holds after an action is said with `once did k8s.restart`")
        .fix("write `once did`", span, "once did"),
    )
}

/// `expect resolve`, `expect page builder`, `expect stuck`
pub(super) fn expectation(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.range.start + 1;
    let word = tokens.word(index);
    let here = stuck(scene, line) == Some(index);
    let is_word = tokens
        .at(index)
        .is_some_and(|token| token.kind == PieceKind::Word);
    if line.kind != Kind::Test || tokens.word(index - 1) != "expect" || !is_word || word == "expect"
    {
        return None;
    }
    // `to resolve`, `end resolved`, `once did a`
    let whole = scene.span(tokens.bytes(&(index..line.range.end)));
    let rest = tokens
        .text
        .get(tokens.bytes(&(index + 1..line.range.end)))?;
    let (span, right) = match (word, right_expectation(word, rest)) {
        ("to" | "end" | "ends" | "that" | "it" | "run", _) => {
            let meant = right_expectation(tokens.word(index + 1), "");
            let meant = meant.unwrap_or(tokens.word(index + 1));
            if !words::EXPECT_WORDS.contains(&meant) {
                return None;
            }
            let both = scene.span(tokens.bytes(&(index..index + 2)));
            (both, meant.to_owned())
        }
        ("once", _) if tokens.word(index + 1) == "did" => (whole, format!("{rest} once")),
        (_, Some(right)) if here => (scene.token_span(index), right.to_owned()),
        _ if words::EXPECT_WORDS.contains(&word) || !here => return None,
        _ => match words::nearest(word, words::EXPECT_WORDS) {
            Some(near) => (scene.token_span(index), near.to_owned()),
            None if tokens.word(index + 1) == "(" => return Some(no_value(scene, index)),
            None if tokens.word(index + 1) == "." => did_so_often(scene, line, index)?,
            None if scene.lowering.finds(word) => {
                (scene.token_span(index), format!("found {word}"))
            }
            None => return Some(unknown_end(scene, index)),
        },
    };
    let shown = right.split(' ').next().unwrap_or_default();
    Some(
        Diagnostic::new(
            Code::Syntax,
            format!("a test says what has come of it: `{shown}`"),
            scene.token_span(index),
            format!("`{word}` does not fit here"),
        )
        .help(format!("write `expect {right}`"))
        .fix(format!("write `{right}`"), span, right),
    )
}

/// `expect great`: neither an end nor a finding.
fn unknown_end(scene: &Scene<'_>, index: usize) -> Diagnostic {
    let word = scene.tokens.word(index);
    Diagnostic::new(
        Code::Syntax,
        format!("nothing comes of a run that is called `{word}`"),
        scene.token_span(index),
        "does not fit here",
    )
    .help("an end: `resolved`, `cleared`, `mitigated`, `undone`, `handed builder`; what was found: `found stuck`; what was done: `did k8s.restart once`, `no change`")
}

/// `expect k8s.restart`, `expect k8s.restart == 1`: what was done, and how often.
fn did_so_often(scene: &Scene<'_>, line: &Line, index: usize) -> Option<(Span, String)> {
    let tokens = scene.tokens;
    let end = index + 3;
    let action = tokens.text.get(tokens.bytes(&(index..end)))?;
    let mut number = end;
    while matches!(tokens.word(number), "=" | "is") && number + 1 < line.range.end {
        number += 1;
    }
    let digits = tokens.word(number);
    let counted = number > end && number + 1 == line.range.end;
    let times = match digits {
        "1" => "once".to_owned(),
        _ => format!("{digits} times"),
    };
    let some = digits.bytes().all(|byte| byte.is_ascii_digit()) && digits != "0";
    Some(match counted && some {
        true => {
            let span = scene.span(tokens.bytes(&(index..line.range.end)));
            (span, format!("did {action} {times}"))
        }
        false => {
            let span = scene.span(tokens.bytes(&(index..end)));
            (span, format!("did {action}"))
        }
    })
}

/// `expect lag() == 200`
fn no_value(scene: &Scene<'_>, index: usize) -> Diagnostic {
    Diagnostic::new(
        Code::Syntax,
        "a test expects what a run does, not what is observed",
        scene.token_span(index),
        "the test itself gives this value",
    )
    .help("expect how it ends: `found stuck`, `did k8s.restart once`, `resolved`, `paged builder`")
}

/// What is said of what has come about, for a word that asks for it.
pub(super) fn right_expectation(word: &str, rest: &str) -> Option<&'static str> {
    Some(match word {
        "resolve" | "resolves" | "fixed" | "solved" | "success" | "successful" | "succeeded"
        | "ok" | "healed" | "healthy" | "repaired" | "recovered" => "resolved",
        "page" | "pages" | "paging" | "alerted" | "woken" | "waked" | "escalated" => "paged",
        "tell" | "tells" | "telled" | "informed" | "notified" | "messaged" => "told",
        "hand" | "hands" | "handover" | "handed_over" | "transferred" => "handed",
        "find" | "finds" => "found",
        "do" | "does" | "called" | "calls" | "ran" | "call" => "did",
        "nothing" => "no change",
        // `done k8s.restart` says what was done, `done` alone that it is over.
        "done" if !rest.is_empty() => "did",
        "done" => "resolved",
        "clear" | "clears" => "cleared",
        "mitigate" | "mitigates" => "mitigated",
        "undo" | "undoes" => "undone",
        _ => return None,
    })
}

/// `page (c ? a : b) "text"`
pub(super) fn chosen_role(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = stuck(scene, line)?;
    let before = tokens.word(index.checked_sub(1)?);
    if tokens.word(index) != "(" || !matches!(before, "page" | "tell" | "hand") {
        return None;
    }
    let diagnostic = Diagnostic::new(
        Code::Syntax,
        format!("`{before}` names its role, it does not compute it"),
        scene.token_span(index),
        "the name of a role stands here",
    )
    .help(format!(
        "choose with a statement: `if ... {{ {before} a \"...\" }} else {{ {before} b \"...\" }}`"
    ));
    Some(match chosen(scene, line, index) {
        Some((span, text)) => diagnostic.fix("choose with `if`", span, text),
        None => diagnostic,
    })
}

/// `page (c ? a : b) "text"` as a statement that chooses: what it replaces, and its text.
fn chosen(scene: &Scene<'_>, line: &Line, open: usize) -> Option<(Span, String)> {
    let tokens = scene.tokens;
    let close = tokens.partner(open);
    let find = |mark: &str| {
        tokens
            .flat(open + 1..close)
            .find(|index| tokens.word(*index) == mark)
    };
    let (asked, between) = (find("?")?, find(":")?);
    let text = |from: usize, to: usize| Some(tokens.text.get(tokens.bytes(&(from..to)))?.trim());
    let condition = text(open + 1, asked)?;
    let (first, second) = (text(asked + 1, between)?, text(between + 1, close)?);
    let said = match close + 1 < line.range.end {
        true => format!(" {}", text(close + 1, line.range.end)?),
        false => String::new(),
    };
    let word = tokens.word(open - 1);
    let chosen =
        format!("if {condition} {{ {word} {first}{said} }} else {{ {word} {second}{said} }}");
    let chosen = match line.kind {
        Kind::Clause => format!("{{ {chosen} }}"),
        _ => chosen,
    };
    let whole = tokens.bytes(&(open - 1..line.range.end));
    Some((scene.span(whole), chosen))
}
