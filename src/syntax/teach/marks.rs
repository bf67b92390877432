//! Quotes, braces, tags and marks that stand where they cannot.

use std::ops::Range;

use super::{Line, Scene};
use crate::diag::{Code, Diagnostic};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;
use crate::syntax::words;
use crate::text::Span;

/// The tags of checked literals.
const TAGS: &[&str] = &["re", "promql", "url", "cron"];

/// `'text'`, `` `text` ``
pub(super) fn single_quotes(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let first = line
        .own
        .iter()
        .copied()
        .find(|index| matches!(tokens.word(*index), "'" | "`"))?;
    let quote = tokens.word(first);
    let span = scene.token_span(first);
    let label = match quote {
        "'" => "a single quote",
        _ => "another quote",
    };
    let diagnostic = Diagnostic::new(
        Code::SingleQuotes,
        "text stands in double quotes",
        span,
        label,
    );
    let last = line
        .own
        .iter()
        .copied()
        .filter(|index| *index > first)
        .find(|index| tokens.word(*index) == quote);
    Some(match last {
        Some(last) => {
            let diagnostic = diagnostic.fix("write double quotes", span, "\"");
            let last = scene.token_span(last);
            let found = diagnostic.fix("write double quotes", last, "\"");
            // `[`which x`]`: what a shell would run is no text.
            let before = first
                .checked_sub(1)
                .map_or("", |before| tokens.word(before));
            match quote == "`" && matches!(before, "(" | "[" | "," | ":" | "=") {
                true => found,
                false => found.safe(),
            }
        }
        None => diagnostic,
    })
}

/// `"${f("x")}"`: the string ends inside of its hole.
pub(super) fn broken_hole(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.own.iter().copied().find(|index| {
        let is_text = tokens
            .at(*index)
            .is_some_and(|token| token.kind == PieceKind::Text);
        let hole = tokens.word(*index).rfind("${");
        let open = hole.is_some_and(|hole| !tokens.word(*index)[hole..].contains('}'));
        is_text && open && tokens.glued(*index)
    })?;
    let token = tokens.at(index)?;
    let hole = token.start + tokens.word(index).rfind("${")?;
    Some(
        Diagnostic::new(
            Code::HoleNotPath,
            "a hole holds a name or a field of one, nothing else",
            scene.span(hole..token.end),
            "the string ends inside of this hole",
        )
        .help("give the value a name with `let` first"),
    )
}

/// `promql"up{job="api", pod="${pod}"}"`: the quotes of a label end the query.
pub(super) fn quotes_in_query(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let is_text = |index: usize| {
        let token = tokens.at(index);
        token.is_some_and(|token| token.kind == PieceKind::Text)
    };
    let ends_in_matcher = |index: usize| {
        let inner = tokens.word(index).trim_end_matches('"').trim_end();
        is_text(index) && inner.ends_with(['=', '~'])
    };
    let tag = line.own.iter().copied().find(|index| {
        tokens.word(*index) == "promql" && tokens.glued(*index) && ends_in_matcher(index + 1)
    })?;
    let mut open = tag + 1;
    let first = tokens.at(open)?.end - 1;
    let mut found = Diagnostic::new(
        Code::Syntax,
        "a double quote ends the query",
        scene.span(first..first + 1),
        "ends it here",
    )
    .help("inside of a query a text stands in single quotes, `job='api'`, and a value of the runbook in none: `pod=${pod}`");
    while ends_in_matcher(open) {
        let next = (open + 1..line.range.end).find(|index| is_text(*index));
        let Some(next) = next else { break };
        let (left, right) = (tokens.at(open)?.end, tokens.at(next)?.start);
        let inner = tokens.text.get(left..right)?;
        let hole = inner.starts_with("${") && inner.find('}') == Some(inner.len() - 1);
        let quote = if hole { "" } else { "'" };
        for quoted in [left - 1..left, right..right + 1] {
            found = found.fix("write the quotes of a query", scene.span(quoted), quote);
        }
        open = next;
    }
    Some(found)
}

/// `promql "x"`
pub(super) fn tag_apart(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.own.iter().copied().find(|index| {
        let text_next = tokens
            .at(index + 1)
            .is_some_and(|token| token.kind == PieceKind::Text);
        TAGS.contains(&tokens.word(*index)) && text_next && !tokens.glued(*index)
    })?;
    let (tag, text) = (tokens.at(index)?, tokens.at(index + 1)?);
    let gap = scene.span(tag.end..text.start);
    let word = tokens.word(index);
    Some(
        Diagnostic::new(
            Code::TagApart,
            format!("a blank between `{word}` and its text"),
            gap,
            "no blank here",
        )
        .fix("remove the blank", gap, "")
        .safe(),
    )
}

/// `page builder re"x"`
pub(super) fn tagged_message(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let says = matches!(
        tokens.word(line.range.start),
        "page" | "tell" | "hand" | "cleared" | "mitigated" | "novel" | "inconclusive"
    );
    let stuck = |index: &usize| {
        let token = tokens.at(*index);
        token.is_some_and(|token| token.start <= line.at && line.at < token.end)
    };
    let index = line.own.iter().copied().find(stuck).filter(|_| says)?;
    let text_next = tokens
        .at(index + 1)
        .is_some_and(|token| token.kind == PieceKind::Text);
    let word = tokens.word(index);
    if !TAGS.contains(&word) || !text_next || !tokens.glued(index) {
        return None;
    }
    let span = scene.token_span(index);
    let label = format!("`{word}` does not fit here");
    let found = Diagnostic::new(Code::Syntax, "people are told plain text", span, label);
    let found = found.help(format!(
        "a text for people stands in quotes, without `{word}`"
    ));
    Some(found.fix(format!("drop `{word}`"), span, ""))
}

/// `sql"x"`, `page"x"`
pub(super) fn unknown_tag(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.own.iter().copied().find(|index| {
        let is_word = tokens
            .at(*index)
            .is_some_and(|token| token.kind == PieceKind::Word);
        let text_next = tokens
            .at(index + 1)
            .is_some_and(|token| token.kind == PieceKind::Text);
        is_word && text_next && tokens.glued(*index) && !TAGS.contains(&tokens.word(*index))
    })?;
    let word = tokens.word(index);
    let span = scene.token_span(index);
    if matches!(word, "f" | "F" | "fr" | "rf" | "s") {
        return Some(filled_text(scene, index));
    }
    let diagnostic = Diagnostic::new(
        Code::UnknownTag,
        format!("there is no tag `{word}`"),
        span,
        "glued to a text, this is a tag",
    );
    let tag = match word {
        "regex" | "regexp" | "r" => Some("re"),
        "uri" | "http" => Some("url"),
        "prom" | "promQL" => Some("promql"),
        word => words::nearest(word, TAGS),
    };
    Some(match tag {
        Some(tag) => diagnostic.help(format!("did you mean `{tag}`?")).fix(
            format!("write `{tag}`"),
            span,
            tag,
        ),
        None => diagnostic
            .help(format!(
                "the tags are {}; any other word is followed by a blank",
                words::listed(TAGS)
            ))
            .fix("add a blank", span.at_end(), " "),
    })
}

/// `""again and again""`: the quotes twice.
pub(super) fn quotes_twice(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let empty = |index: &usize| tokens.word(*index) == "\"\"";
    let mut own = line.own.iter().copied().filter(empty);
    let (first, last) = (own.next()?, own.next()?);
    let glued = tokens.glued(first) && last > first + 1 && tokens.glued(last - 1);
    if !glued || own.next().is_some() {
        return None;
    }
    let title = "remove the second quotes";
    let found = Diagnostic::new(
        Code::Syntax,
        "a text has one quote at each end",
        scene.span(tokens.bytes(&(first..last + 1))),
        "an empty text, words, and an empty text",
    );
    let inner = scene.text(first + 1..last)?;
    let found = found.help(format!("write `\"{inner}\"`"));
    let found = found.fix(title, scene.token_span(first), "\"");
    Some(found.fix(title, scene.token_span(last), "\""))
}

/// `f"the queue of {pod}"`
fn filled_text(scene: &Scene<'_>, tag: usize) -> Diagnostic {
    let tokens = scene.tokens;
    let span = scene.token_span(tag);
    let mut found = Diagnostic::new(
        Code::UnknownTag,
        format!("there is no tag `{}`", tokens.word(tag)),
        span,
        "glued to a text, this is a tag",
    )
    .help("every text takes values in: `\"the queue of ${pod}\"`");
    let start = tokens.bytes(&(tag + 1..tag + 2)).start;
    let text = tokens.word(tag + 1);
    // A brace that is written twice is one that is meant as it stands.
    if text.contains("{{") || text.contains("}}") {
        return found;
    }
    let title = "write `${...}`";
    found = found.fix(title, span, "");
    for (at, _) in text.match_indices('{') {
        if !text[..at].ends_with('$') {
            found = found.fix(title, scene.span(start + at..start + at), "$");
        }
    }
    found
}

/// `Pod { name: "w" }`, `x = { a: 1 }`
pub(super) fn braces_in_expression(scene: &Scene<'_>, line: &Range<usize>) -> Option<Diagnostic> {
    let open = scene
        .tokens
        .flat(line.clone())
        .find(|index| is_literal(scene, *index))?;
    Some(braces(scene, open))
}

/// The same inside of parentheses or brackets, where no block can stand.
pub(super) fn braces_in_brackets(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let mut list_end = 0;
    for index in line.own.iter().copied() {
        match tokens.word(index) {
            "{" if index < list_end => return Some(braces(scene, index)),
            "(" | "[" => list_end = list_end.max(tokens.partner(index)),
            _ => {}
        }
    }
    None
}

/// Whether braces hold `name: value` behind a type, or stand where only a value can.
fn is_literal(scene: &Scene<'_>, open: usize) -> bool {
    let tokens = scene.tokens;
    let Some(before) = open.checked_sub(1).filter(|_| tokens.word(open) == "{") else {
        return false;
    };
    // `given alert Down {service="web"}` has a lesson of its own.
    let head = before.checked_sub(1).map_or("", |head| tokens.word(head));
    let given = matches!(head, "alert" | "event" | "request");
    let labelled = tokens.word(open + 2) == ":" || tokens.word(open + 2) == "=" && !given;
    let word = tokens.word(before);
    let is_type = word.starts_with(|first: char| first.is_ascii_uppercase())
        && tokens
            .at(before)
            .is_some_and(|token| token.kind == PieceKind::Word);
    let empty = tokens.partner(open) == open + 1;
    // `{p for p in pods}`: a set of another language.
    let taken = tokens.word(open + 2) == "for" && matches!(word, "=" | "in");
    is_type && labelled
        || word == "=" && (labelled || empty || tokens.word(open + 2) == ",")
        || taken
}

fn braces(scene: &Scene<'_>, open: usize) -> Diagnostic {
    let tokens = scene.tokens;
    let close = tokens.partner(open);
    let span = scene.token_span(open);
    if let Some(found) = needless_braces(scene, open, close) {
        return found;
    }
    let is_record = open.checked_sub(1).is_some_and(|before| {
        tokens
            .word(before)
            .starts_with(|first: char| first.is_ascii_uppercase())
    });
    let diagnostic = Diagnostic::new(
        Code::BracesInExpression,
        "braces are for blocks only",
        span,
        "a value has no braces",
    );
    let Some(before) = open.checked_sub(1).and_then(|before| tokens.at(before)) else {
        return diagnostic;
    };
    if is_record {
        let gap: Span = scene.span(before.end..tokens.bytes(&(open..open + 1)).end);
        let found = diagnostic
            .help("a record is written like a call: `Pod(name: \"w\")`")
            .fix("write parentheses", gap, "(");
        let found = signs(scene, found, "write parentheses", open..close);
        found.fix("write parentheses", scene.token_span(close), ")")
    } else {
        let found = diagnostic
            .help("a list or a map stands in brackets: `[\"a\": 1]`, the empty map is `[:]`")
            .fix("write brackets", span, "[");
        let found = signs(scene, found, "write brackets", open..close);
        found.fix("write brackets", scene.token_span(close), "]")
    }
}

/// What is written another way inside of such braces, too: `ready = 3`, `p for p in ps if p.ready`.
fn signs(scene: &Scene<'_>, found: Diagnostic, title: &str, inside: Range<usize>) -> Diagnostic {
    let tokens = scene.tokens;
    let taken = tokens.word(inside.start + 2) == "for";
    let flat = tokens.flat(inside.start + 1..inside.end);
    flat.fold(found, |found, index| match tokens.word(index) {
        "if" if taken => found.fix(title, scene.token_span(index), "where"),
        "=" if matches!(tokens.word(index.saturating_sub(2)), "{" | ",") => {
            let own = tokens.bytes(&(index - 1..index + 1));
            let end = tokens.at(index + 1).map_or(own.end, |next| next.start);
            let start = tokens.at(index - 1).map_or(own.start, |name| name.end);
            found.fix(title, scene.span(start..end), ": ")
        }
        _ => found,
    })
}

/// `${pod}` outside of a text, `Pod({ready: true})`: what stands inside is meant alone.
fn needless_braces(scene: &Scene<'_>, open: usize, close: usize) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let before = open.checked_sub(1)?;
    let (first, help) = match tokens.word(before) {
        "$" => (
            before,
            "a value is called by its name alone; `${x}` puts it into a text",
        ),
        "(" if tokens.partner(before) == close + 1 && tokens.word(open + 2) == ":" => {
            (open, "a record is written like a call: `Pod(name: \"w\")`")
        }
        _ => return None,
    };
    let span = scene.span(tokens.bytes(&(first..open + 1)));
    let title = "leave the braces out";
    let found = Diagnostic::new(
        Code::BracesInExpression,
        "braces are for blocks only",
        span,
        "a value has no braces",
    );
    let found = found.help(help).fix(title, span, "");
    Some(found.fix(title, scene.token_span(close), ""))
}

/// `-> {ready: true}`: a record without its name.
pub(super) fn nameless_record(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let open = line.own.iter().copied().find(|index| {
        let token = tokens.at(*index);
        tokens.word(*index) == "{" && token.is_some_and(|token| token.end > line.at)
    })?;
    let arrow = tokens.word(open.checked_sub(1)?) == ">" && line.kind == Kind::Test;
    (arrow && tokens.word(open + 2) == ":").then(|| {
        Diagnostic::new(
            Code::BracesInExpression,
            "braces are for blocks only",
            scene.token_span(open),
            "a value has no braces",
        )
        .help("a record has its name before its fields: `Pod(ready: true)`")
    })
}

/// `c ? a : b`, `a?.b`
pub(super) fn question_mark(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line
        .own
        .iter()
        .copied()
        .find(|index| tokens.word(*index) == "?")?;
    let stuck_here = tokens
        .at(index)
        .is_some_and(|token| token.start <= line.at && line.at <= token.end + 1);
    stuck_here.then(|| {
        let span = scene.token_span(index);
        let found = Diagnostic::new(Code::WrongOperator, "`?` is not an operator", span, "only a type ends in `?`");
        let (before, behind) = (index.checked_sub(1).map(|at| tokens.word(at)), tokens.word(index + 1));
        if behind == "." {
            return found
                .help("a field that is missing is a failure: leave the `?` out; what may be `none` is taken apart with `match`")
                .fix("remove the `?`", span, "");
        }
        if behind == ":" && line.kind == Kind::Item {
            return found.help("what may be missing has a type with `?`, `x: Int?`, or a value of its own: `x: Int = 0`");
        }
        if before == Some(")") && index + 1 == line.range.end {
            return found
                .help("what fails ends the block by itself: leave the `?` out, or say what follows: `else none`")
                .fix("remove the `?`", span, "");
        }
        found.help("a choice between two values is `(if c then a else b)`; what may be missing is taken apart with `match`")
    })
}
