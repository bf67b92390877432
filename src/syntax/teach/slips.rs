//! What people write by habit at the place where the grammar got stuck: a mark, a word or a text of another language.
//!
//! In: a refused line. Out: one diagnostic that says how it is written here.
//! Never looks at a line as a whole: the token that does not fit, and what stands before it.

use super::{Line, Scene};
use crate::diag::{Code, Diagnostic};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;
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
    if !clause || tokens.word(index) != ":" || !line.kind.words().contains(&word) {
        return None;
    }
    let span = scene.token_span(index);
    Some(
        Diagnostic::new(
            Code::Syntax,
            format!("no `:` after `{word}`"),
            span,
            "`:` does not fit here",
        )
        .help(format!(
            "what belongs to `{word}` follows it after a blank: `{word} ...`"
        ))
        .fix(
            "remove the `:`",
            span,
            if tokens.glued(index) { " " } else { "" },
        )
        .safe(),
    )
}

/// `version "1.0.0"`
pub(super) fn quoted_version(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.range.start + 1;
    let is_text = tokens
        .at(index)
        .is_some_and(|token| token.kind == PieceKind::Text);
    if line.kind != Kind::Clause || tokens.word(index - 1) != "version" || !is_text {
        return None;
    }
    let span = scene.token_span(index);
    let inner = tokens.word(index).trim_matches('"');
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
        true => diagnostic.fix("remove the quotes", span, number),
        false => diagnostic,
    })
}

/// `version 2026-10-06`, `version 1`
pub(super) fn dated_version(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.range.start + 1;
    let is_number = tokens
        .word(index)
        .starts_with(|first: char| first.is_ascii_digit());
    if line.kind != Kind::Clause || tokens.word(index - 1) != "version" || !is_number {
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
    let next = plus + 1;
    let name = tokens.word(next);
    let alone = next + 1 == line.range.end
        && tokens
            .at(next)
            .is_some_and(|token| token.kind == PieceKind::Word);
    if !alone {
        return Some(diagnostic.help("a value stands in the text itself: `\"... ${value}\"`"));
    }
    let text = tokens.bytes(&(before..before + 1));
    let from = text.end.saturating_sub(1);
    let end = tokens.bytes(&(next..next + 1)).end;
    Some(
        diagnostic
            .help(format!(
                "a value stands in the text itself: `\"... ${{{name}}}\"`"
            ))
            .fix(
                "put it into the text",
                scene.span(from..end),
                format!("${{{name}}}\""),
            ),
    )
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

/// `expect resolve`, `expect page builder`
pub(super) fn expectation(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.range.start + 1;
    if line.kind != Kind::Test
        || tokens.word(index - 1) != "expect"
        || stuck(scene, line) != Some(index)
    {
        return None;
    }
    let word = tokens.word(index);
    let right = match word {
        "resolve" | "resolves" | "fixed" | "solved" => "resolved",
        "page" | "pages" | "paging" => "paged",
        "tell" | "tells" => "told",
        "hand" | "hands" => "handed",
        "find" | "finds" => "found",
        "do" | "does" => "did",
        // `done k8s.restart` says what was done, `done` alone that it is over.
        "done" if index + 1 < line.range.end => "did",
        "done" => "resolved",
        "clear" | "clears" => "cleared",
        "mitigate" | "mitigates" => "mitigated",
        "undo" | "undoes" => "undone",
        _ => return None,
    };
    let span = scene.token_span(index);
    Some(
        Diagnostic::new(
            Code::Syntax,
            format!("a test says what has come of it: `{right}`"),
            span,
            format!("`{word}` does not fit here"),
        )
        .help(format!("write `expect {right}`"))
        .fix(format!("write `{right}`"), span, right),
    )
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
