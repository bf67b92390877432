//! Windows, declarations and types in the forms of other languages: hours with a dash, days behind a word, a type before
//! its name, a list by its brackets, what belongs to whom.
//!
//! In: a refused line. Out: one diagnostic with the line as it is meant, and its edit where one is sure.

use super::slips::stuck;
use super::{Line, Scene, told};
use crate::diag::{Diagnostic, near};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;

/// `weekly on Tue, Wed 01:00 .. 05:00`
pub(super) fn days_behind_word(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let mut own = line.own.iter().copied();
    let word = own.find(|index| tokens.word(*index) == "weekly")? + 1;
    let noise = matches!(
        tokens.word(word),
        "on" | "every" | "each" | "at" | "from" | "days" | ":"
    );
    let day = scene.is(word + 1, PieceKind::Word);
    if line.kind != Kind::Item || tokens.word(line.range.start) != "window" || !noise || !day {
        return None;
    }
    let written = tokens.word(word);
    let found = told(
        "the days follow `weekly` by themselves",
        scene.token_span(word),
        "does not fit here",
        format!("write `weekly {} ...`", tokens.word(word + 1)),
    );
    let gap = scene.span(tokens.at(word - 1)?.end..tokens.at(word + 1)?.start);
    Some(found.fix(format!("remove `{written}`"), gap, " "))
}

/// `01:00-05:00`, `from 01:00 to 05:00`: between two times of day.
pub(super) fn between_hours(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let weekly = line.own.iter().any(|index| tokens.word(*index) == "weekly");
    if line.kind != Kind::Item || tokens.word(line.range.start) != "window" || !weekly {
        return None;
    }
    let digits = |index: usize| {
        let word = tokens.word(index);
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let clock = |index: usize| digits(index) && tokens.word(index + 1) == ":" && digits(index + 2);
    let first = line.own.iter().copied().find(|index| clock(*index))?;
    let (sign, second) = (first + 3, first + 4);
    let known = matches!(
        tokens.word(sign),
        "-" | "to" | "until" | "till" | "and" | "\u{2013}"
    );
    let led = first
        .checked_sub(1)
        .filter(|led| matches!(tokens.word(*led), "from" | "between" | "at" | ","));
    let dots = tokens.word(sign) == "." && led.is_some();
    if !(dots || known && clock(second)) {
        return None;
    }
    let title = "write `..`";
    let place = if known { sign } else { led? };
    let found = told(
        "a window goes from one time of day `..` to another",
        scene.token_span(place),
        "does not fit here",
        "write `01:00 .. 05:00`",
    );
    let found = match known {
        true => {
            let gap = tokens.at(sign - 1)?.end..tokens.at(second)?.start;
            found.fix(title, scene.span(gap), " .. ")
        }
        false => found,
    };
    Some(match led {
        Some(led) => {
            let gap = tokens.at(led.checked_sub(1)?)?.end..tokens.at(first)?.start;
            found.fix(title, scene.span(gap), " ")
        }
        None => found,
    })
}

/// `const int port = 7118`, `let String name = ...`: a type of another language before the name.
pub(super) fn type_before_name(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let ty = line.range.start + 1;
    let declares = matches!(
        (line.kind, tokens.word(line.range.start)),
        (Kind::Item, "const") | (Kind::Stmt, "let")
    );
    let known = near::type_elsewhere(tokens.word(ty)).is_some();
    if !declares || !known || !scene.is(ty + 1, PieceKind::Word) || tokens.word(ty + 2) != "=" {
        return None;
    }
    let word = tokens.word(line.range.start);
    let name = tokens.word(ty + 1);
    let gap = scene.span(tokens.at(ty)?.start..tokens.at(ty + 1)?.start);
    let found = told(
        "a type stands behind its name, or is left out",
        scene.token_span(ty),
        "does not fit here",
        format!("write `{word} {name} = ...`"),
    );
    Some(found.fix("leave the type out", gap, ""))
}

/// `caches: [Cache]`, `-> [k8s.Pod]`: a list by its brackets.
pub(super) fn list_type(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let typed = |index: usize| {
        let before = index.checked_sub(1).map(|before| tokens.word(before));
        let path = (index + 1..tokens.partner(index))
            .all(|inner| scene.is(inner, PieceKind::Word) || tokens.word(inner) == ".");
        let last = tokens.word(tokens.partner(index).saturating_sub(1));
        let upper = last.starts_with(|first: char| first.is_ascii_uppercase());
        tokens.word(index) == "[" && matches!(before, Some(":" | ">")) && path && upper
    };
    let open = stuck(scene, line).filter(|open| typed(*open))?;
    let span = scene.token_span(open);
    let close = tokens.partner(open);
    let element = scene.text(open + 1..close)?;
    let found = told(
        "the type of a list is written `List[...]`",
        span,
        "no type begins so",
        format!("write `List[{element}]`"),
    );
    let gap = scene.span(tokens.at(open - 1)?.end..tokens.at(open)?.end);
    Some(found.fix(format!("write `List[{element}]`"), gap, " List["))
}

/// `keep?: Int`: what may be missing.
pub(super) fn optional_name(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let mut marks = line.range.clone();
    let mark = marks.find(|index| {
        tokens.word(*index) == "?"
            && tokens.word(index + 1) == ":"
            && scene.is(index + 2, PieceKind::Word)
    })?;
    let declares = matches!(line.kind, Kind::Field | Kind::Param | Kind::Item);
    if !declares || mark + 2 >= line.range.end {
        return None;
    }
    let mut last = mark + 2;
    while tokens.word(last + 1) == "." {
        last += 2;
    }
    let name = tokens.word(mark.checked_sub(1)?);
    let ty = tokens.text.get(tokens.bytes(&(mark + 2..last + 1)))?;
    let span = scene.token_span(mark);
    let found = told(
        "what may be missing has a type with `?`",
        span,
        "not behind the name",
        format!("write `{name}: {ty}?`"),
    );
    // Each use of it is another one then: the edit is left to people.
    Some(found)
}

/// `runbook stuck(shop) {`, `runbook stuck: shop {`, `runbook stuck of shop {`
pub(super) fn product_of_runbook(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let name = line.range.start + 1;
    let sign = name + 1;
    let product = sign + 1;
    let bracket = tokens.word(sign) == "(" && tokens.partner(sign) == product + 1;
    let other = matches!(
        tokens.word(sign),
        ":" | "of" | "in" | "on" | "by" | "->" | "extends" | "implements"
    );
    let open = product + 1 + usize::from(bracket);
    let plain = scene.is(name, PieceKind::Word) && scene.is(product, PieceKind::Word);
    if tokens.word(line.range.start) != "runbook"
        || !(bracket || other)
        || !plain
        || tokens.word(open) != "{"
    {
        return None;
    }
    let right = format!(" for {}", tokens.word(product));
    let found = told(
        "whose a runbook is follows `for`",
        scene.token_span(sign),
        "does not fit here",
        format!("write `runbook {}{right} {{`", tokens.word(name)),
    );
    let whole = scene.span(tokens.at(name)?.end..tokens.at(open - 1)?.end);
    Some(found.fix("write `for`", whole, right))
}

/// `owns namespace "shop"`, `owns host "web-*"`: a kind and a text for a lookup.
pub(super) fn owned_kind(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let text = stuck(scene, line)?;
    let kind = text.checked_sub(1)?;
    let begins = kind.checked_sub(1).map(|before| tokens.word(before));
    if line.kind != Kind::Product
        || tokens.word(line.range.start) != "owns"
        || !matches!(begins, Some("owns" | ","))
        || !scene.is(text, PieceKind::Text)
    {
        return None;
    }
    let lookup = match tokens.word(kind) {
        "namespace" | "ns" => "k8s.namespace",
        "host" | "hosts" | "machine" => "host.named",
        _ => return None,
    };
    let right = format!("{lookup}({})", tokens.word(text));
    let span = scene.span(tokens.bytes(&(kind..text + 1)));
    let found = told(
        "what is owned is found by its lookup",
        span,
        "not a lookup",
        format!("write `{right}`"),
    );
    Some(found.fix(format!("write `{right}`"), span, right))
}

/// `action refresh(web: k8s.Deployment) changes k8s.Deployment {`: the parameter is named, not its type.
pub(super) fn changed_type(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let mut flat = tokens.flat(line.range.clone());
    let word = flat.find(|index| tokens.word(*index) == "changes")?;
    let (first, last) = (word + 1, word + 3);
    if line.kind != Kind::Item || tokens.word(first + 1) != "." || !scene.is(last, PieceKind::Word)
    {
        return None;
    }
    let ty = tokens.text.get(tokens.bytes(&(first..last + 1)))?;
    let span = scene.span(tokens.bytes(&(first..last + 1)));
    let found = told(
        "`changes` names a parameter, not its type",
        span,
        "a type",
        "write the name of the parameter that is changed: `action refresh(web: k8s.Deployment) changes web {`",
    );
    let mut typed = line.range.clone().filter(|index| {
        let path = tokens.text.get(tokens.bytes(&(index + 1..index + 4)));
        tokens.word(*index) == ":" && path == Some(ty)
    });
    let only = typed.next().filter(|_| typed.next().is_none());
    Some(match only.and_then(|colon| colon.checked_sub(1)) {
        Some(name) => {
            let name = tokens.word(name);
            found.fix(format!("write `{name}`"), span, name)
        }
        None => found,
    })
}

/// `watch moved() { return ... }`: the body of a function where one value stands.
pub(super) fn watch_block(scene: &Scene<'_>, line: &std::ops::Range<usize>) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let mut flat = tokens.flat(line.clone());
    let open = flat.find(|index| tokens.word(*index) == "{")?;
    let equals = flat_equals(scene, line.start..open);
    if tokens.word(line.start) != "watch" || equals {
        return None;
    }
    let close = tokens.partner(open);
    let found = told(
        "a `watch` is one value, without a block",
        scene.token_span(open),
        "no `{` here",
        "write `watch moved() = prom.value(promql\"...\")`",
    );
    let gives = tokens.word(open + 1) == "return";
    let value = open + 1 + usize::from(gives);
    let only = (value..close).all(|index| !tokens.is_statement_word(index));
    let called = tokens.word(open.checked_sub(1)?) == ")";
    if !only || value >= close || !called || close + 1 != line.end {
        return Some(found);
    }
    let text = scene.text(value..close)?;
    let whole = scene.span(tokens.at(open - 1)?.end..tokens.at(close)?.end);
    Some(match text.contains("\n\n") {
        true => found,
        false => found.fix("write `=`", whole, format!(" = {text}")),
    })
}

fn flat_equals(scene: &Scene<'_>, range: std::ops::Range<usize>) -> bool {
    let mut flat = scene.tokens.flat(range);
    flat.any(|index| scene.tokens.word(index) == "=")
}
