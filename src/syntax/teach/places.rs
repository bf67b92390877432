//! What is right elsewhere: a clause in a block, a test of a label on the line of another, a brace on the next
//! line, a text where a name belongs, a pattern in a condition.
//!
//! In: a refused line. Out: one diagnostic that says where it stands, and its edit where one is sure.

use super::shape::indent_of;
use super::slips::stuck;
use super::{Line, Scene};
use crate::diag::{Code, Diagnostic};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;
use crate::syntax::words;
use crate::text::Span;

/// `with namespace holding 5m`, `where x == 1 holding 5m`: each on a line of its own.
pub(super) fn trigger_line(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let found = |index: &usize| {
        let behind = tokens.word(index + 1);
        *index > start
            && matches!(tokens.word(*index), "holding" | "where" | "with")
            && line.range.contains(&(index + 1))
            && !matches!(behind, "," | "as" | "in" | "~" | "=" | "!" | "." | "(")
    };
    if line.kind != Kind::Trigger || !matches!(tokens.word(start), "with" | "where" | "holding") {
        return None;
    }
    let index = line.own.iter().copied().find(found)?;
    let word = tokens.word(index);
    let comma = tokens.word(index - 1) == ",";
    let above = tokens.at(index - 1 - usize::from(comma))?;
    // `where pod starts with "canary"` is one condition, however it is written.
    let whole = tokens.bytes(&line.range);
    if !scene.reads(line.kind, whole.start..above.end) {
        return None;
    }
    let gap = scene.span(above.end..tokens.at(index)?.start);
    let indent = indent_of(tokens.text, tokens.bytes(&line.range).start);
    Some(
        Diagnostic::new(
            Code::TwoStatements,
            format!("`{word}` stands on a line of its own"),
            scene.token_span(index),
            format!("begins another line than `{}`", tokens.word(start)),
        )
        .help("in the braces of a trigger each of `with`, `where` and `holding` has its own line")
        .fix("begin a new line", gap, format!("\n{indent}"))
        .safe(),
    )
}

/// `watch x() = ...` in a block, `blast { ... }` in a `diagnose`: a clause of the runbook.
pub(super) fn clause_in_block(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let word = tokens.word(start);
    let second = tokens.word(start + 1);
    let is_clause = words::CLAUSE_WORDS.contains(&word) && !words::STATEMENT_WORDS.contains(&word);
    if line.kind != Kind::Stmt || !is_clause || matches!(second, "=" | "(" | "." | "[") {
        return None;
    }
    let span = scene.token_span(start);
    let found = Diagnostic::new(
        Code::UnknownFirstWord,
        format!("`{word}` stands in the runbook, not in a block of it"),
        span,
        "should be a statement",
    );
    if word != "watch" {
        return Some(found.help(format!(
            "`{word}` is a clause: it stands beside `diagnose` and `remedy`, not inside of them"
        )));
    }
    let found = found.help(
        "a `watch` is read again at each mention: it stands beside `diagnose` and `remedy`, and is mentioned here \
         with `()`; what is read once, here, is a `let`",
    );
    // Mentions without parentheses are right for what is read once.
    Some(match tokens.word(start + 2) {
        "=" => found.fix("write `let`", span, "let"),
        _ => found,
    })
}

/// `page "pagerduty:checkout"`, `owner "team"`: a text where the name of a role stands.
pub(super) fn role_as_text(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = stuck(scene, line)?;
    let before = tokens.word(index.checked_sub(1)?);
    if !scene.is(index, PieceKind::Text)
        || !matches!(before, "page" | "tell" | "hand" | "owner" | "chain" | "by")
    {
        return None;
    }
    let text = tokens.word(index).trim_matches('"');
    let is_said = matches!(before, "page" | "tell" | "hand");
    let is_address = text.contains([':', '@']) && !text.contains(' ');
    let only = !scene.is(index + 1, PieceKind::Text) || !line.range.contains(&(index + 1));
    let span = scene.token_span(index);
    if is_said && only && !is_address {
        return Some(
            Diagnostic::new(
                Code::Syntax,
                format!("`{before}` does not say whom"),
                span.at_start(),
                "the name of a role is missing here",
            )
            .help(format!(
                "first whom, then what: `{before} builder \"...\"`, where `builder` is a role"
            )),
        );
    }
    let found = Diagnostic::new(
        Code::Syntax,
        format!("`{before}` names a role, not an address"),
        span,
        "a text, not the name of a role",
    );
    let name = match text.rsplit([':', '@']).next() {
        Some(last) if is_address && is_plain(last) => words::lower_snake(last),
        _ if is_plain(text) => words::lower_snake(text),
        _ => "builder".to_owned(),
    };
    let address = if is_address {
        text
    } else {
        "pagerduty:checkout"
    };
    Some(found.help(format!(
        "a role is declared once, `role {name} = rota \"{address}\"`, and named from then on: `{before} {name}`"
    )))
}

fn is_plain(text: &str) -> bool {
    let mut letters = text.chars();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// `secret token = "..."`, `secret token = env("X")`, `secret token: String`
pub(super) fn open_secret(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    if line.kind != Kind::Item || tokens.word(start) != "secret" {
        return None;
    }
    let name = match scene.is(start + 1, PieceKind::Word) {
        true => tokens.word(start + 1),
        false => "token",
    };
    let variable = name.to_ascii_uppercase();
    let told = |message: &str, span: Span, label: &str| {
        Diagnostic::new(Code::Syntax, message, span, label).help(format!(
            "say where it is kept: `secret {name} = env \"{variable}\"`, `file \"/run/secrets/{name}\"` or \
             `vault \"path\"`; the agent finds it by the name, in `[secrets]` of `agent.toml`"
        ))
    };
    let value = start + 3;
    if tokens.word(start + 2) != "=" {
        let index = stuck(scene, line).unwrap_or(start + 1);
        let message = "a secret says where it is kept";
        return Some(told(
            message,
            scene.token_span(index),
            "`= env \"...\"` or the like is missing",
        ));
    }
    if scene.is(value, PieceKind::Text) {
        // The value itself is not said again.
        let span = scene.token_span(value);
        let message = "a secret says where it is kept, never what it is";
        let found = told(message, span, "the secret stands here openly");
        return Some(found.fix("refer to a variable", span, format!("env \"{variable}\"")));
    }
    let store = tokens.word(value);
    let known = matches!(store, "env" | "file" | "vault");
    let inner = value + 2;
    if known && tokens.word(value + 1) == "(" && scene.is(inner, PieceKind::Text) {
        let close = tokens.partner(value + 1);
        let span = scene.span(tokens.bytes(&(value..close + 1)));
        let found = told(
            "where a secret is kept is not a call",
            span,
            "written without parentheses",
        );
        let text = tokens.word(inner);
        return Some(match close == inner + 1 {
            true => found.fix("remove the parentheses", span, format!("{store} {text}")),
            false => found,
        });
    }
    let index = stuck(scene, line).unwrap_or(value);
    let message = "a secret says where it is kept, and the text of that place";
    Some(told(message, scene.token_span(index), "does not fit here"))
}

/// `pod =~ "w-.*"`, `pod !~ "x"`, `pod like "w%"`: patterns of other languages.
pub(super) fn pattern_operator(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let found = |index: &usize| {
        let word = tokens.word(*index);
        let tilde = tokens.word(*index + 1) == "~" && tokens.glued(*index);
        *index > line.range.start
            && (matches!(word, "=" | "!") && tilde
                || word == "~" && !matches!(tokens.word(*index - 1), "=" | "!")
                || matches!(word, "like" | "ilike" | "matches" | "rlike")
                    && stuck(scene, line) == Some(*index))
    };
    let index = line.own.iter().copied().find(found)?;
    let in_with = line.kind == Kind::Trigger && tokens.word(line.range.start) == "with";
    if line.kind == Kind::Test || in_with && tokens.word(index) == "~" {
        return None;
    }
    let length = if tokens.word(index + 1) == "~" { 2 } else { 1 };
    let operator = tokens.text.get(tokens.bytes(&(index..index + length)))?;
    let negated = operator == "!~";
    let span = scene.span(tokens.bytes(&(index..index + length)));
    let value = index + length;
    let label = tokens.word(index - 1);
    if in_with && !negated {
        let found = Diagnostic::new(
            Code::WrongOperator,
            format!("there is no `{operator}`: a label is held against a pattern with `~`"),
            span,
            "not an operator",
        )
        .help(format!(
            "write `with {label} ~ re\"...\"`; the pattern fits the whole value"
        ));
        let text = scene.token_span(value);
        return Some(match scene.is(value, PieceKind::Text) {
            true => found.fix("write `~` and a pattern", span, "~").fix(
                "write `~` and a pattern",
                text.at_start(),
                "re",
            ),
            false => found,
        });
    }
    let found = Diagnostic::new(
        Code::WrongOperator,
        format!("there is no `{operator}`: no condition knows patterns"),
        span,
        "not an operator",
    )
    .help(match negated {
        true => format!(
            "what must not be is asked with `where not starts_with({label}, \"...\")`, `ends_with` or `contains`"
        ),
        false => format!(
            "a text is tested with `starts_with({label}, \"...\")`, `ends_with` or `contains`; a label is held against a \
             pattern where it is bound: `with {label} ~ re\"...\"`"
        ),
    });
    Some(match tested(scene, line, index, value) {
        Some((span, test)) if !negated => found.fix(format!("write `{test}`"), span, test),
        Some((span, test)) => found.fix(format!("write `not {test}`"), span, format!("not {test}")),
        None => found,
    })
}

/// The test that means the same as a pattern, whether that has to fit the whole text or a part of it; and
/// what it replaces.
fn tested(scene: &Scene<'_>, line: &Line, operator: usize, value: usize) -> Option<(Span, String)> {
    let tokens = scene.tokens;
    if !scene.is(value, PieceKind::Text) || !scene.is(operator - 1, PieceKind::Word) {
        return None;
    }
    let mut first = operator - 1;
    while first > line.range.start + 1
        && tokens.word(first - 1) == "."
        && scene.is(first - 2, PieceKind::Word)
    {
        first -= 2;
    }
    let of = tokens.text.get(tokens.bytes(&(first..operator)))?;
    let pattern = tokens.word(value).strip_prefix('"')?.strip_suffix('"')?;
    let (from, rest) = match pattern.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    let (to, rest) = match rest.strip_suffix('$') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let (before, rest) = match rest.strip_prefix(".*") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let (after, text) = match rest.strip_suffix(".*") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let plain =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '/' | ' ');
    if text.is_empty() || !text.chars().all(plain) {
        return None;
    }
    let test = match (from, before, after, to) {
        (_, true, true, _) => format!("contains({of}, \"{text}\")"),
        (true, false, true, _) => format!("starts_with({of}, \"{text}\")"),
        (_, true, false, true) => format!("ends_with({of}, \"{text}\")"),
        (true, false, false, true) => format!("{of} == \"{text}\""),
        _ => return None,
    };
    Some((scene.span(tokens.bytes(&(first..value + 1))), test))
}
