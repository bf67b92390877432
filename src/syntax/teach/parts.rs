//! Parts of a line with a sign too many, in the order of another language, or joined to those of the next line.
//!
//! In: a refused line. Out: one diagnostic with all of its parts put right by one edit.

use super::shape::indent_of;
use super::slips::stuck;
use super::{Line, Scene, told};
use crate::diag::{Diagnostic, sense};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;
use crate::text::Span;

/// `before let = f()`, `alert on "QueueStuck" {`: the first two words the other way round.
pub(super) fn swapped(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let (first, second) = (line.range.start, line.range.start + 1);
    let known = line.kind.words();
    let denied = sense::is_negative(tokens.word(first));
    let both = !denied && scene.is(first, PieceKind::Word) && scene.is(second, PieceKind::Word);
    let begins = known.contains(&tokens.word(second)) && !known.contains(&tokens.word(first));
    if !both || !begins || second >= line.range.end {
        return None;
    }
    let right = format!("{} {}", tokens.word(second), tokens.word(first));
    let span = scene.span(tokens.bytes(&(first..second + 1)));
    let found = told(
        &format!("a line begins with its word, `{}`", tokens.word(second)),
        span,
        "in another order",
        format!("write `{right}`"),
    );
    Some(found.fix(format!("write `{right}`"), span, right))
}

/// `verify within: 5m every: 15s { ... }`, `expect resolved within: 6m`
pub(super) fn labelled(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let labels = [
        "within", "every", "holding", "per", "after", "for", "retry", "until", "because", "to",
        "by", "in",
    ];
    let colons: Vec<usize> = tokens
        .flat(line.range.clone())
        .filter(|index| {
            let label = index.checked_sub(1).map_or("", |label| tokens.word(label));
            tokens.word(*index) == ":" && labels.contains(&label)
        })
        .collect();
    if tokens.word(at) != ":" || !colons.contains(&at) {
        return None;
    }
    let label = tokens.word(at - 1);
    let title = "remove each `:`";
    let found = told(
        &format!("no `:` after `{label}`"),
        scene.token_span(at),
        "`:` does not fit here",
        format!("what belongs to `{label}` follows it after a blank: `{label} ...`"),
    );
    Some(without(scene, found, title, &colons))
}

/// `k8s.pod($namespace, $pod)`
pub(super) fn dollar_names(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let named = |index: &usize| tokens.word(*index) == "$" && scene.is(index + 1, PieceKind::Word);
    // Glued to a text, it stands in one that has quotes inside.
    let quoted = at > 0 && scene.is(at - 1, PieceKind::Text) && tokens.glued(at - 1);
    if !named(&at) || !tokens.glued(at) || quoted {
        return None;
    }
    let signs: Vec<usize> = line.own.iter().copied().filter(named).collect();
    let name = tokens.word(at + 1);
    let found = told(
        "a value is called by its name alone",
        scene.token_span(at),
        "no `$` before it",
        format!("write `{name}`"),
    );
    Some(without(scene, found, "remove each `$`", &signs))
}

/// The same, with an edit that takes these signs out.
fn without(scene: &Scene<'_>, found: Diagnostic, title: &str, signs: &[usize]) -> Diagnostic {
    signs.iter().fold(found, |found, sign| {
        let blank = match scene.tokens.glued(*sign) && scene.tokens.word(*sign) == ":" {
            true => " ",
            false => "",
        };
        found.fix(title, scene.token_span(*sign), blank)
    })
}

/// `case just over: len = 5`, `case "just over": len: 5`
pub(super) fn case_values(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let at = stuck(scene, line)?;
    if line.kind != Kind::Test || tokens.word(start) != "case" {
        return None;
    }
    let mut flat = tokens.flat(start + 1..line.range.end);
    let colon = flat.find(|index| tokens.word(*index) == ":")?;
    let words = (start + 1..colon).all(|index| scene.is(index, PieceKind::Word));
    if at == start + 1 && words && colon > at {
        let span = scene.span(tokens.bytes(&(at..colon)));
        let right = format!("\"{}\"", scene.text(at..colon)?);
        let help = format!("write `case {right}: ...`");
        let found = told(
            "the title of a `case` is a text",
            span,
            "without quotes",
            help,
        );
        return Some(found.fix("add quotes", span, right));
    }
    let signs: Vec<usize> = flat.filter(|index| tokens.word(*index) == ":").collect();
    if !signs.contains(&at) {
        return None;
    }
    let found = told(
        "a `case` gives its values by `=`",
        scene.token_span(at),
        "no `:` here",
        "write `case \"just over\": len = 2_000, queue = \"orders\"`",
    );
    Some(signs.into_iter().fold(found, |found, sign| {
        let gap = gap(scene, sign);
        found.fix("write `=`", gap, " = ")
    }))
}

/// A sign with the blanks around it.
fn gap(scene: &Scene<'_>, sign: usize) -> Span {
    let tokens = scene.tokens;
    let own = tokens.bytes(&(sign..sign + 1));
    let before = sign.checked_sub(1).and_then(|before| tokens.at(before));
    let start = before.map_or(own.start, |before| before.end);
    let end = tokens.at(sign + 1).map_or(own.end, |next| next.start);
    scene.span(start..end)
}

/// `do k8s.restart(worker) && wait 30s`
pub(super) fn joined_lines(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let next = match tokens.word(at) {
        "&" => at + 1 + usize::from(tokens.word(at + 1) == "&"),
        "then" | "and" | "," => at + 1,
        _ => return None,
    };
    let begins = line.kind.words().contains(&tokens.word(next));
    let many = matches!(line.kind, Kind::Stmt | Kind::Clause | Kind::Test);
    // `if c then page ...`: what follows is its branch.
    if matches!(tokens.word(line.range.start), "if" | "for" | "match") {
        return None;
    }
    if !many || !begins || next >= line.range.end || at == line.range.start {
        return None;
    }
    let range = tokens.at(at - 1)?.end..tokens.at(next)?.start;
    let indent = indent_of(tokens.text, tokens.bytes(&line.range).start);
    let found = told(
        "one line says one thing",
        scene.span(tokens.bytes(&(at..next))),
        "another one begins behind it",
        format!("`{}` begins a line of its own", tokens.word(next)),
    );
    Some(found.fix("begin a new line", scene.span(range), format!("\n{indent}")))
}

/// `fn share(part Int, whole Int) -> Float`
pub(super) fn typed_parameters(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let open = start + 2;
    let at = stuck(scene, line)?;
    let head = matches!(tokens.word(start), "fn" | "probe" | "action");
    if line.kind != Kind::Item || !head || tokens.word(open) != "(" || at > tokens.partner(open) {
        return None;
    }
    let upper = |index: usize| {
        let word = tokens.word(index);
        word.starts_with(|first: char| first.is_ascii_uppercase())
    };
    let bare = |index: &usize| {
        let begins = matches!(tokens.word(index - 1), "(" | ",");
        begins && scene.is(*index, PieceKind::Word) && !upper(*index) && upper(index + 1)
    };
    let names: Vec<usize> = (open + 1..tokens.partner(open)).filter(bare).collect();
    let first = *names.first()?;
    let help = format!("write `{}: {}`", tokens.word(first), tokens.word(first + 1));
    let place = scene.token_span(first).at_end();
    let found = told(
        "a parameter has a `:` before its type",
        place,
        "`:` is missing here",
        help,
    );
    Some(names.into_iter().fold(found, |found, name| {
        found.fix("add each `:`", scene.token_span(name).at_end(), ":")
    }))
}

/// `k8s.restart: worker`
pub(super) fn action_as_key(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let colon = start + 3;
    let path = tokens.word(start + 1) == "." && scene.is(start + 2, PieceKind::Word);
    if line.kind != Kind::Stmt || !path || tokens.word(colon) != ":" || colon + 1 >= line.range.end
    {
        return None;
    }
    let right = format!(
        "do {}({})",
        scene.text(start..colon)?,
        scene.text(colon + 1..line.range.end)?
    );
    let whole = scene.span(tokens.bytes(&line.range));
    let found = told(
        "an action is called, and its line begins with `do`",
        scene.token_span(colon),
        "`:` does not fit here",
        format!("write `{right}`"),
    );
    Some(found.fix(format!("write `{right}`"), whole, right))
}

/// `do f(a) every 30s retry 2`
pub(super) fn retry_last(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let every = line
        .own
        .iter()
        .copied()
        .find(|index| tokens.word(*index) == "every" && tokens.word(index + 2) == "retry")?;
    let digits = tokens.word(every + 3);
    let counted = digits.starts_with(|first: char| first.is_ascii_digit());
    if line.kind != Kind::Stmt || !counted || every + 3 >= line.range.end {
        return None;
    }
    let right = format!("retry {digits} every {}", tokens.word(every + 1));
    let span = scene.span(tokens.bytes(&(every..every + 4)));
    let found = told(
        "how often stands before how far apart",
        span,
        "in another order",
        format!("write `{right}`"),
    );
    Some(found.fix(format!("write `{right}`"), span, right))
}

/// `verify within 5m retry 3 every 5s { ... }`, `verify { ... } retry 3 every 5s`
pub(super) fn verify_retry(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let retry = line
        .own
        .iter()
        .copied()
        .find(|index| tokens.word(*index) == "retry")?;
    if line.kind != Kind::Stmt || tokens.word(line.range.start) != "verify" {
        return None;
    }
    Some(told(
        "a `verify` is not tried again: it asks until its time is over",
        scene.token_span(retry),
        "`retry` does not fit here",
        "how long, and how often: `verify within 5m every 15s { moved() > 0 }`; what is done again when it fails is `else again`",
    ))
}

/// `on:`, `role builder:`, and below it the parts as the keys of a map.
pub(super) fn map_of_parts(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let (message, colon, help) = match (line.kind, tokens.word(start)) {
        (Kind::Clause, "on") => (
            "what starts a runbook stands on the line of `on`",
            start + 1,
            "write `on alert \"Name\" {`, and what it asks for on lines below: `with namespace, pod`",
        ),
        (Kind::Item, "role") => (
            "what a role is stands on its line",
            start + 2,
            "write `role builder = rota \"pagerduty:checkout\"`",
        ),
        _ => return None,
    };
    let below = tokens.at(colon + 1).is_none_or(|next| next.newline_before);
    if tokens.word(colon) != ":" || !below && tokens.word(colon + 1) != "{" {
        return None;
    }
    Some(told(
        message,
        scene.token_span(colon),
        "`:` opens no block",
        help,
    ))
}
