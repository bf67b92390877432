//! Forms that people carry over from other tools: blocks of conditions, functions by an arrow, enums with values, links of a
//! chain, tags of templates, `||` behind a block.
//!
//! In: a refused line. Out: one diagnostic with the words of this language, and its edit where one is sure.

use std::ops::Range;

use super::slips::stuck;
use super::{Line, Scene, alerts, told};
use crate::diag::Diagnostic;
use crate::syntax::kinds::Kind;
use crate::syntax::patch::Splice;
use crate::syntax::skim::PieceKind;

/// `precondition { before < 10 }`, `guard { before < 10 }`
pub(super) fn guard_block(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let (start, open) = (line.range.start, line.range.start + 1);
    let word = tokens.word(start);
    let asks = matches!(
        word,
        "guard" | "precondition" | "require" | "requires" | "assume" | "ensure" | "assert"
    );
    if line.kind != Kind::Stmt || !asks || tokens.word(open) != "{" {
        return None;
    }
    let found = told(
        "a condition of a `guard` stands without braces",
        scene.token_span(open),
        "no block here",
        "what must hold before a change is a `guard`, each condition on a line of its own: `guard before < 10`",
    );
    let close = tokens.partner(open);
    let condition = scene.text(open + 1..close)?;
    let is_one = close + 1 == line.range.end && !condition.is_empty() && !condition.contains('\n');
    // What is asserted may be meant of what comes after a change.
    Some(match is_one && word != "assert" && word != "ensure" {
        true => {
            let whole = scene.span(tokens.bytes(&line.range));
            let right = format!("guard {condition}");
            found.fix(format!("write `{right}`"), whole, right)
        }
        false => found,
    })
}

/// `const twice = (x: Int) => x * 2`
pub(super) fn arrow_function(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let open = start + 3;
    let declares = matches!(
        tokens.word(start),
        "const" | "fn" | "let" | "watch" | "probe"
    );
    if !declares || tokens.word(start + 2) != "=" || tokens.word(open) != "(" {
        return None;
    }
    let arrow = tokens.partner(open) + 1;
    let is_arrow = matches!(tokens.word(arrow), "=" | "-") && tokens.word(arrow + 1) == ">";
    if !is_arrow || !tokens.glued(arrow) {
        return None;
    }
    let name = scene.text(start + 1..start + 2)?;
    let parameters = scene.text(open..arrow)?;
    let body = scene.text(arrow + 2..line.range.end)?;
    Some(told(
        "a function is declared with `fn`, and is not a value",
        scene.span(tokens.bytes(&(arrow..arrow + 2))),
        "no arrow here",
        format!(
            "outside of the runbook, in column 0, with the type that it gives: `fn {name}{parameters} -> Int = {body}`"
        ),
    ))
}

/// `enum Lane { card = "card", cash = 2 }`
pub(super) fn enum_values(
    scene: &Scene<'_>,
    line: &Range<usize>,
    kind: Kind,
) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let (start, open) = (line.start, line.start + 2);
    if kind != Kind::Item || tokens.word(start) != "enum" || tokens.word(open) != "{" {
        return None;
    }
    let close = tokens.partner(open);
    let signs: Vec<usize> = tokens
        .flat(open + 1..close)
        .filter(|index| matches!(tokens.word(*index), "=" | ":"))
        .collect();
    let first = *signs.first()?;
    let value = |sign: usize| {
        let is_value = scene.is(sign + 1, PieceKind::Text) || scene.is(sign + 1, PieceKind::Word);
        let ends = matches!(tokens.word(sign + 2), "," | "}" | ";");
        let below = tokens.at(sign + 2).is_some_and(|next| next.newline_before);
        is_value && (ends || below)
    };
    let found = told(
        "a member of an enum is its name alone",
        scene.token_span(first),
        "no value here",
        "leave the values out: `enum Lane { card, cash }`",
    );
    if !signs.iter().all(|sign| value(*sign)) {
        return Some(found);
    }
    signs.into_iter().try_fold(found, |found, sign| {
        let gap = scene.span(tokens.at(sign - 1)?.end..tokens.at(sign + 1)?.end);
        Some(found.fix("leave the values out", gap, ""))
    })
}

/// `chain builder after 5m then platform`
pub(super) fn chain_links(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let is_word = matches!(
        tokens.word(at),
        "after" | "then" | "and" | "or" | "before" | "wait" | "within" | "escalate"
    );
    if line.kind != Kind::Product || tokens.word(line.range.start) != "chain" {
        return None;
    }
    is_word.then(|| {
        told(
            "the links of a chain stand behind each other, with a comma between them",
            scene.token_span(at),
            "does not fit here",
            "each says for how long it has it, the last one until when: `chain builder for 5m, platform until acknowledged`",
        )
    })
}

/// `verify within 5m { lag() < 10 } || page builder "..."`, `... or page`
pub(super) fn or_behind_block(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let end = match tokens.word(at) {
        "|" if tokens.word(at + 1) == "|" => at + 2,
        "or" if tokens.word(at + 1) != "keep" => at + 1,
        _ => return None,
    };
    let closes = tokens.word(at.checked_sub(1)?) == "}";
    if line.kind != Kind::Stmt || tokens.word(line.range.start) != "verify" || !closes {
        return None;
    }
    Some(told(
        "a `verify` that does not pass ends the run by itself",
        scene.span(tokens.bytes(&(at..end))),
        "does not fit here",
        "what was changed is taken back then, and whoever `otherwise` names is told: `otherwise page builder \"...\"` beside the remedies; `else keep` leaves the change as it is",
    ))
}

/// `with` and below it `- team = "shop"`: a list of conditions. What is said, and how the text is read from then on.
pub(in crate::syntax) fn dash_below(
    scene: &Scene<'_>,
    index: usize,
) -> Option<(Diagnostic, Vec<Splice>)> {
    let tokens = scene.tokens;
    let above = index.checked_sub(1)?;
    let opens = matches!(
        tokens.word(above),
        "with" | "where" | "blast" | "owns" | "chain"
    );
    let other = comment_below(scene, index).or_else(|| alerts::dashed_labels(scene, index));
    if other.is_some() {
        return other;
    }
    let begins = tokens.at(above)?.newline_before;
    if tokens.word(index) != "-" || tokens.glued(index) || !opens || !begins {
        return None;
    }
    let gap = tokens.at(above)?.end..tokens.at(index + 1)?.start;
    let word = tokens.word(above);
    let found = told(
        "a line begins without a dash",
        scene.token_span(index),
        "`-` does not fit here",
        format!(
            "`{word}` stands on the line of what it asks for, and each line has its own: `with team == \"shop\"`"
        ),
    );
    let found = found.fix("move it up", scene.span(gap.clone()), " ");
    let splice = Splice {
        range: gap,
        text: " ".into(),
    };
    Some((found, vec![splice]))
}

/// `-- what it is for`: a comment of another language. The rest of its line is not read.
fn comment_below(scene: &Scene<'_>, index: usize) -> Option<(Diagnostic, Vec<Splice>)> {
    let tokens = scene.tokens;
    let begins = tokens.at(index)?.newline_before;
    let dashes = tokens.word(index) == "-" && tokens.word(index + 1) == "-" && tokens.glued(index);
    let next = tokens.word(index + 2);
    if !begins || !dashes || next.is_empty() || next == "}" {
        return None;
    }
    let span = scene.span(tokens.bytes(&(index..index + 2)));
    let found = told(
        "a comment begins with `//`",
        span,
        "not how a comment begins",
        "write `//` before it",
    );
    let start = tokens.at(index)?.start;
    let rest = tokens.text.get(start..)?;
    let end = start + rest.find('\n').unwrap_or(rest.len());
    let splice = Splice {
        range: start..end,
        text: String::new(),
    };
    Some((found.fix("write `//`", span, "//"), vec![splice]))
}

/// `waive undo "..."` below a `verify`: it belongs to the change.
pub(in crate::syntax) fn waiver_below(
    scene: &Scene<'_>,
    index: usize,
) -> Option<(Diagnostic, Vec<Splice>)> {
    let tokens = scene.tokens;
    if tokens.word(index) != "waive" {
        return None;
    }
    let begins = |at: &usize| tokens.at(*at).is_some_and(|token| token.newline_before);
    let mut first = index;
    loop {
        first = first.checked_sub(1)?;
        if scene.is(first, PieceKind::Close) {
            first = tokens.partner(first);
        }
        if begins(&first) {
            break;
        }
    }
    if tokens.word(first) != "verify" {
        return None;
    }
    let change = (0..first)
        .rev()
        .find(|at| begins(at) && tokens.word(*at) == "do");
    let end = (index + 1..tokens.len())
        .find(|at| begins(at) || scene.is(*at, PieceKind::Close))
        .unwrap_or(tokens.len());
    let said = scene.text(index..end)?;
    let found = told(
        "what is not taken back is said of its change",
        scene.token_span(index),
        "this line is of none",
        format!("write it at the end of the change: `do ... {said}`"),
    );
    let found = match change {
        Some(change) => found.and(scene.token_span(change), "the change"),
        None => found,
    };
    let splice = Splice {
        range: tokens.bytes(&(index..end)),
        text: String::new(),
    };
    Some((found, vec![splice]))
}
