//! Triggers in the forms of other tools: several alerts at once, a pattern of names, labels in parentheses or brackets, a
//! rule of Prometheus.
//!
//! In: a refused line. Out: one diagnostic with the trigger as it is meant, and its edit where one is sure.

use std::ops::Range;

use super::shape::indent_of;
use super::slips::stuck;
use super::{Line, Scene, told};
use crate::diag::Diagnostic;
use crate::syntax::kinds::Kind;
use crate::syntax::patch::Splice;
use crate::syntax::skim::PieceKind;
use crate::syntax::words;

/// The place behind `on alert`, if that begins the line.
fn behind_alert(scene: &Scene<'_>, line: &Line) -> Option<usize> {
    let start = line.range.start;
    let alert = scene.tokens.word(start) == "on" && scene.tokens.word(start + 1) == "alert";
    (line.kind == Kind::Clause && alert).then_some(start + 2)
}

/// `on alert "A" or "B" { ... }`, `on alert "A", "B"`, `on alert ["A", "B"]`
pub(super) fn several(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let first = behind_alert(scene, line)?;
    let bracket = tokens.word(first) == "[" || tokens.word(first) == "(";
    let mut at = first + usize::from(bracket);
    let mut names = vec![at];
    while matches!(tokens.word(at + 1), "or" | "," | "|" | "and") {
        at += 2;
        names.push(at);
    }
    let texts = names.iter().all(|name| scene.is(*name, PieceKind::Text));
    if !texts || names.len() < 2 || bracket && tokens.partner(first) != at + 1 {
        return None;
    }
    let end = at + 1 + usize::from(bracket);
    let last = tokens.bytes(&line.range).end;
    let rest = tokens.text.get(tokens.at(end - 1)?.end..last)?;
    let indent = indent_of(tokens.text, tokens.bytes(&line.range).start);
    let one = tokens.word(names[0]);
    let found = told(
        "a trigger is for one alert",
        scene.span(tokens.bytes(&(first..end))),
        "several alerts",
        format!("each alert has its own line: `on alert {one} {{ ... }}`"),
    );
    let lines: Vec<String> = names
        .iter()
        .skip(1)
        .map(|name| format!("\n{indent}on alert {}{rest}", tokens.word(*name)))
        .collect();
    let title = "write a line for each";
    let found = found.fix(title, scene.span(tokens.bytes(&(first..end))), one);
    Some(found.fix(title, scene.span(last..last), lines.concat()))
}

/// `on alert re"Queue.*"`: an alert by a pattern.
pub(super) fn by_pattern(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let tag = behind_alert(scene, line)?;
    let tilde = tokens.word(tag) == "~";
    let tagged = matches!(tokens.word(tag), "re" | "regex" | "regexp") || tilde;
    if !tagged || !(scene.is(tag + 1, PieceKind::Text) || tilde) {
        return None;
    }
    Some(told(
        "an alert is named by its whole name",
        scene.span(tokens.bytes(&(tag..tag + 2))),
        "a pattern",
        "each alert has its own line, `on alert \"Name\"`; which of them is meant is asked of its labels: `with team ~ re\"check.*\"`",
    ))
}

/// `on alert QueueStuck(namespace, pod)`: its labels as arguments.
pub(super) fn labels_called(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let name = behind_alert(scene, line)?;
    let open = name + 1;
    let named = scene.is(name, PieceKind::Word) || scene.is(name, PieceKind::Text);
    if !named || tokens.word(open) != "(" {
        return None;
    }
    let close = tokens.partner(open);
    let quoted = format!("\"{}\"", tokens.word(name).trim_matches('"'));
    let found = told(
        "the labels of an alert stand in braces, behind `with`",
        scene.token_span(open),
        "no parentheses here",
        format!("write `on alert {quoted} {{ with namespace, pod }}`"),
    );
    let mut labels = Vec::new();
    let mut at = open + 1;
    while at < close {
        let value = matches!(tokens.word(at + 1), ":" | "=") && scene.is(at + 2, PieceKind::Text);
        let end = if value { at + 3 } else { at + 1 };
        let label = scene.is(at, PieceKind::Word) && (tokens.word(end) == "," || end == close);
        if !label {
            return Some(found);
        }
        labels.push(match value {
            true => format!("{} == {}", tokens.word(at), tokens.word(at + 2)),
            false => tokens.word(at).to_owned(),
        });
        at = end + 1;
    }
    if labels.is_empty() || close + 1 != line.range.end {
        return Some(found);
    }
    let right = format!("{quoted} {{ with {} }}", labels.join(", "));
    let whole = scene.span(tokens.bytes(&(name..close + 1)));
    Some(found.fix("write `with`", whole, right))
}

/// `with: [namespace, pod]`, `with [namespace, pod]`, `with (namespace, pod)`, `with: namespace`
pub(super) fn labels_listed(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let word = tokens.word(start);
    if line.kind != Kind::Trigger || !matches!(word, "with" | "where" | "holding") {
        return None;
    }
    let sign = matches!(tokens.word(start + 1), ":" | "=");
    let first = start + 1 + usize::from(sign);
    let gap = tokens.at(start)?.end..tokens.at(first)?.start;
    let list = matches!(tokens.word(first), "[" | "(" | "{") && word == "with";
    if !list {
        let below = tokens.at(first).is_some_and(|token| token.newline_before);
        if !sign || below || first >= line.range.end {
            return None;
        }
        let found = told(
            &format!("no `:` after `{word}`"),
            scene.token_span(start + 1),
            "`:` does not fit here",
            format!("what belongs to `{word}` follows it after a blank: `{word} ...`"),
        );
        return Some(found.fix("remove the `:`", scene.span(gap), " "));
    }
    let close = tokens.partner(first);
    let label = |index: usize| scene.is(index, PieceKind::Word) || scene.is(index, PieceKind::Text);
    let plain = (first + 1..close).all(|index| label(index) || tokens.word(index) == ",");
    if !plain || close + 1 != line.range.end || close == first + 1 {
        return None;
    }
    // In quotes a label gets no name.
    let names: Vec<&str> = (first + 1..close)
        .filter(|index| label(*index))
        .map(|index| plain_label(tokens.word(index)))
        .collect();
    let right = names.join(", ");
    let found = told(
        "labels follow `with`, with a comma between them",
        scene.span(tokens.bytes(&(start + 1..close + 1))),
        "no list here",
        format!("write `with {right}`"),
    );
    let whole = scene.span(gap.start..tokens.at(close)?.end);
    Some(found.fix("write it without brackets", whole, format!(" {right}")))
}

/// A label without quotes that it does not need.
fn plain_label(word: &str) -> &str {
    let inner = word.trim_matches('"');
    let letter =
        |letter: char| letter.is_ascii_lowercase() || letter == '_' || letter.is_ascii_digit();
    let plain =
        inner.starts_with(|first: char| first.is_ascii_lowercase()) && inner.chars().all(letter);
    if plain { inner } else { word }
}

/// `with label app`, `with labels namespace, pod`
pub(super) fn label_word(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = line.range.start + 1;
    let noise = matches!(
        tokens.word(at),
        "label" | "labels" | "tag" | "tags" | "the" | "a"
    );
    let label =
        scene.is(at + 1, PieceKind::Word) && !matches!(tokens.word(at + 1), "as" | "in" | "is");
    if line.kind != Kind::Trigger || tokens.word(at - 1) != "with" || !noise || !label {
        return None;
    }
    let word = tokens.word(at);
    let gap = scene.span(tokens.at(at)?.start..tokens.at(at + 1)?.start);
    let found = told(
        "labels follow `with` by themselves",
        scene.token_span(at),
        "does not fit here",
        format!("write `with {}`", tokens.word(at + 1)),
    );
    Some(found.fix(format!("remove `{word}`"), gap, ""))
}

/// `- namespace` and `- pod` in the braces of a trigger: labels as a list. What is said, and how the text is read from
/// then on.
pub(super) fn dashed_labels(scene: &Scene<'_>, index: usize) -> Option<(Diagnostic, Vec<Splice>)> {
    let tokens = scene.tokens;
    let begins = |index: usize| tokens.at(index).is_some_and(|token| token.newline_before);
    let is_label = |index: usize| {
        let ends = begins(index + 2) || scene.is(index + 2, PieceKind::Close);
        begins(index) && tokens.word(index) == "-" && scene.is(index + 1, PieceKind::Word) && ends
    };
    let open = (0..index)
        .rev()
        .find(|open| tokens.partner(*open) > index)?;
    let head = (0..open).rev().find(|head| begins(*head))?;
    if tokens.word(head) != "on" || !is_label(index) {
        return None;
    }
    let mut labels = Vec::new();
    let mut splices = Vec::new();
    let mut at = index;
    while is_label(at) {
        labels.push(tokens.word(at + 1));
        splices.push(Splice {
            range: tokens.at(at.checked_sub(1)?)?.end..tokens.at(at + 1)?.end,
            text: String::new(),
        });
        at += 2;
    }
    let labels = labels.join(", ");
    let whole = tokens.bytes(&(index..at));
    let found = told(
        "labels follow `with`, with a comma between them",
        scene.token_span(index),
        "no dash before a label",
        format!("write `with {labels}`"),
    );
    let found = found.fix(
        format!("write `with {labels}`"),
        scene.span(whole.clone()),
        format!("with {labels}"),
    );
    // The dashes behind the first one are told with it.
    if index.checked_sub(2).is_some_and(is_label) {
        return Some((found, Vec::new()));
    }
    let mut above = (0..index).rev();
    let line = above.find(|line| begins(*line) || *line == open + 1)?;
    if let ("with", Some(first)) = (tokens.word(line), splices.first_mut()) {
        first.text = format!(", {labels}");
    }
    Some((found, splices))
}

/// `with app.kubernetes.io/name as app`: a label that is no name stands in quotes.
pub(super) fn dotted_label(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let mark = stuck(scene, line)?;
    let first = mark.checked_sub(1)?;
    let behind = matches!(tokens.word(first.checked_sub(1)?), "with" | ",");
    let joins = |index: usize| matches!(tokens.word(index), "." | "/" | "-");
    if line.kind != Kind::Trigger || !behind || !joins(mark) || !tokens.glued(first) {
        return None;
    }
    let mut end = mark;
    while line.range.contains(&end) && (joins(end) || scene.is(end, PieceKind::Word)) {
        end += 1;
        if !tokens.glued(end - 1) {
            break;
        }
    }
    let label = tokens.text.get(tokens.bytes(&(first..end)))?;
    if !label.contains(['.', '/']) {
        return None;
    }
    let name = words::lower_snake(&label.rsplit(['/', '.']).next()?.replace('-', "_"));
    let named = match tokens.word(end) {
        "" | "," | "}" => format!("\"{label}\" as {name}"),
        _ => format!("\"{label}\""),
    };
    let span = scene.span(tokens.bytes(&(first..end)));
    let found = told(
        "a label that is not a name stands in quotes",
        span,
        "without quotes",
        format!("write `with \"{label}\" as {name}`"),
    );
    Some(found.fix(format!("write `{named}`"), span, named.as_str()))
}

/// `trigger: alert "X" { ... }`, `alert: X`: the keys of other tools.
pub(super) fn alert_key(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let (word, next) = (tokens.word(start), start + 2);
    if line.kind != Kind::Clause || tokens.word(start + 1) != ":" || !line.range.contains(&next) {
        return None;
    }
    let key = scene.span(tokens.bytes(&(start..next)));
    let kind = matches!(
        tokens.word(next),
        "alert" | "event" | "schedule" | "request"
    );
    if matches!(word, "trigger" | "on" | "when") && kind {
        let help = format!(
            "what starts a runbook is said with `on {} ...`",
            tokens.word(next)
        );
        let found = told(
            &format!("no key `{word}` here"),
            key,
            "does not fit here",
            help,
        );
        return Some(found.fix("write `on`", key, "on"));
    }
    if word != "alert" {
        return None;
    }
    let name = tokens
        .text
        .get(tokens.bytes(&(next..line.range.end)))?
        .trim_matches('"');
    let plain = !name.is_empty()
        && name
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_');
    let holding = rule_lines(scene, line.range.end).find(|(key, _)| *key == "for");
    let holding = holding.and_then(|(_, value)| scene.text(value));
    let body = match holding {
        Some(time) => format!(" {{ holding {time} }}"),
        None => String::new(),
    };
    let found = told(
        "a rule is not pasted: it asks already, and its alert starts the runbook",
        key,
        "a rule of Prometheus",
        format!("write `on alert \"{name}\"{body}`; its labels are asked for with `with`"),
    );
    if !plain {
        return Some(found);
    }
    let end = rule_lines(scene, line.range.end)
        .last()
        .map_or(line.range.end, |(_, value)| value.end);
    let whole = scene.span(tokens.bytes(&(start..end)));
    let right = format!("on alert \"{name}\"{body}");
    Some(found.fix("write `on alert`", whole, right))
}

/// The lines of a rule of Prometheus from here on: their keys, and the tokens of their values.
pub(in crate::syntax) fn rule_lines<'s>(
    scene: &'s Scene<'_>,
    from: usize,
) -> impl Iterator<Item = (&'s str, Range<usize>)> + 's {
    let tokens = scene.tokens;
    let begins = move |index: usize| tokens.at(index).is_some_and(|token| token.newline_before);
    let mut at = from;
    std::iter::from_fn(move || {
        let known = matches!(
            tokens.word(at),
            "expr" | "for" | "labels" | "annotations" | "keep_firing_for"
        );
        if !known || tokens.word(at + 1) != ":" || !begins(at) {
            return None;
        }
        let column = column(tokens.text, tokens.at(at)?.start);
        let deeper = |index: usize| {
            let place = tokens.at(index).map_or(0, |token| token.start);
            begins(index) && self::column(tokens.text, place) > column
        };
        let mut end = at + 2;
        while end < tokens.len() && (!begins(end) || deeper(end)) && tokens.partner(end) >= end {
            end = tokens.skip(end);
        }
        let found = (tokens.word(at), at + 2..end);
        at = end;
        Some(found)
    })
}

/// How far a place is from the begin of its line.
fn column(text: &str, at: usize) -> usize {
    let above = text.get(..at).unwrap_or_default();
    at - above.rfind('\n').map_or(0, |end| end + 1)
}

/// `on request pool: k8s.Deployment, reason: String by platform`: without its parentheses.
pub(super) fn request_parts(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let first = line.range.start + 2;
    let request = tokens.word(first - 2) == "on" && tokens.word(first - 1) == "request";
    if line.kind != Kind::Clause || !request || tokens.word(first + 1) != ":" {
        return None;
    }
    let mut flat = tokens.flat(first..line.range.end);
    let end = flat.find(|index| matches!(tokens.word(*index), "by" | "{"));
    let end = end.unwrap_or(line.range.end);
    let asked = scene.text(first..end)?;
    let found = told(
        "what a request brings stands in parentheses",
        scene.token_span(first),
        "no `(` before it",
        format!("write `on request({asked})`"),
    );
    let title = "write parentheses";
    let gap = scene.span(tokens.at(first - 1)?.end..tokens.at(first)?.start);
    let found = found.fix(title, gap, "(");
    Some(found.fix(title, scene.token_span(end - 1).at_end(), ")"))
}
