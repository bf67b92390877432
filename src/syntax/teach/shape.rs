//! Statements and declarations that are nearly right.

use super::{Line, Scene};
use crate::diag::{Code, Diagnostic};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;
use crate::text::Span;

/// `no undo because "why"`
pub(super) fn waiver(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line
        .own
        .iter()
        .copied()
        .find(|index| tokens.word(*index) == "no" && tokens.word(index + 1) == "undo")?;
    let end = if tokens.word(index + 2) == "because" {
        index + 3
    } else {
        index + 2
    };
    let span = scene.span(tokens.bytes(&(index..end)));
    Some(
        Diagnostic::new(
            Code::WaiverForm,
            "an undo is waived with `waive undo`",
            span,
            "not how a waiver is written",
        )
        .help("every waiver begins with `waive`, so that all of them can be found")
        .fix("write `waive undo`", span, "waive undo"),
    )
}

/// `do k8s.restart(p) else failed { ... }`
pub(super) fn handler_block(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    if !matches!(tokens.word(line.range.start), "let" | "do") {
        return None;
    }
    let index = line.own.iter().copied().find(|index| {
        let filter = usize::from(matches!(tokens.word(index + 1), "failed" | "no_data"));
        let open = index + 1 + filter;
        tokens.word(*index) == "else" && tokens.word(open) == "{" && line.own.contains(&open)
    })?;
    let filter = usize::from(tokens.word(index + 1) != "{");
    let open = scene.token_span(index + 1 + filter);
    let found = Diagnostic::new(
        Code::Syntax,
        "what is done instead is one statement, not a block",
        open,
        "no `{` here",
    );
    Some(found.help("write it behind `else`: `else page builder \"...\"`, `else hand ...`"))
}

/// `if let x = e {`
pub(super) fn if_let(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line
        .own
        .iter()
        .copied()
        .find(|index| tokens.word(*index) == "if" && tokens.word(index + 1) == "let")?;
    let span = scene.span(tokens.bytes(&(index..index + 2)));
    Some(
        Diagnostic::new(
            Code::IfLet,
            "there is no `if let`",
            span,
            "a `let` stands on a line of its own",
        )
        .help("ask whether there is a value, and name it: `if e is some x { ... }`"),
    )
}

/// `fn f(x: Int): Int`
pub(super) fn result_colon(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    if line.kind != Kind::Item {
        return None;
    }
    let index = tokens
        .flat(line.range.clone())
        .find(|index| tokens.word(*index) == "(")?;
    let colon = tokens.skip(index);
    let span = scene.token_span(colon);
    (tokens.word(colon) == ":").then(|| {
        Diagnostic::new(
            Code::ResultColon,
            "a result type comes after `->`",
            span,
            "not `:`",
        )
        .fix("write `->`", span, " ->")
    })
}

/// `let x`, `let x 3`, `let x == 3`
pub(super) fn let_without_value(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let named = matches!(
        (line.kind, tokens.word(start)),
        (Kind::Stmt, "let") | (Kind::Item, "const")
    );
    let name = tokens
        .at(start + 1)
        .filter(|token| token.kind == PieceKind::Word && line.range.contains(&(start + 1)));
    let (true, Some(name)) = (named, name) else {
        return None;
    };
    let word = tokens.word(start);
    let doubled = start + 2;
    if tokens.word(doubled) == "=" && tokens.word(doubled + 1) == "=" && tokens.glued(doubled) {
        let span = scene.span(tokens.bytes(&(doubled..doubled + 2)));
        return Some(
            Diagnostic::new(
                Code::LetWithoutValue,
                "`==` compares; a name is given with `=`",
                span,
                "one `=` only",
            )
            .fix("write `=`", span, "="),
        );
    }
    let has_equals = tokens
        .flat(line.range.clone())
        .any(|index| tokens.word(index) == "=");
    (!has_equals).then(|| {
        let after = scene.span(name.end..name.end);
        let diagnostic = Diagnostic::new(
            Code::LetWithoutValue,
            format!("`{word}` without a value"),
            after,
            "`=` and a value are missing here",
        );
        match instead_of_equals(scene, line, start + 2) {
            Some((span, right)) => diagnostic.fix("write `=`", span, right),
            None => diagnostic,
        }
    })
}

/// What stands where the `=` of a `let` or a `const` belongs, and what is written there.
fn instead_of_equals(scene: &Scene<'_>, line: &Line, first: usize) -> Option<(Span, &'static str)> {
    let tokens = scene.tokens;
    let gap = |first: usize| {
        let end = tokens.at(first.checked_sub(1)?)?.end;
        Some(scene.span(end..end))
    };
    let sign = format!("{}{}", tokens.word(first), tokens.word(first + 1));
    if !line.range.contains(&first) {
        return None;
    }
    if matches!(sign.as_str(), "->" | "<-" | "=>" | ":=") && tokens.glued(first) {
        return Some((scene.span(tokens.bytes(&(first..first + 2))), "="));
    }
    if tokens.word(first) != ":" {
        return Some((gap(first)?, " ="));
    }
    let next = first + 1;
    let typed = tokens
        .word(next)
        .starts_with(|letter: char| letter.is_ascii_uppercase());
    if !line.range.contains(&next) {
        return None;
    }
    if !typed {
        // `x: k8s.Pod` is a type without a value, `x: k8s.pod(a)` a value.
        let called = tokens
            .flat(next..line.range.end)
            .any(|index| tokens.word(index) == "(");
        let number = tokens
            .word(next)
            .starts_with(|letter: char| !letter.is_alphabetic());
        let blank = if tokens.glued(first - 1) { " =" } else { "=" };
        return (called || number).then(|| (scene.token_span(first), blank));
    }
    // `x: Int 3`
    let value = next + 1;
    let follows = line.range.contains(&value) && !matches!(tokens.word(value), "." | "[" | "?");
    match follows {
        true => Some((gap(value)?, " =")),
        false => None,
    }
}

/// `at most 20% k8s.pods(namespace)`
pub(super) fn share_without_of(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let is_share = line.kind == Kind::Blast
        && tokens.word(start) == "at"
        && tokens.word(start + 1) == "most"
        && tokens.word(start + 3) == "%";
    let behind = start + 4;
    if !is_share || tokens.word(behind) == "of" {
        return None;
    }
    let place = scene.span(tokens.at(start + 3)?.end..tokens.at(start + 3)?.end);
    let found = Diagnostic::new(Code::Syntax, "expected `of`", place, "a share of what?")
        .help("a share is one of a population: `at most 20% of k8s.pods(namespace)`");
    Some(match line.range.contains(&behind) {
        true => found.fix("add `of`", place, " of"),
        false => found,
    })
}

/// A statement that begins behind another one.
pub(super) fn two_statements(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let has_arrow = line.own.iter().any(|index| tokens.word(*index) == ">");
    if line.kind != Kind::Stmt && !(line.kind == Kind::Arm && has_arrow) {
        return None;
    }
    let behind = |index: &usize| tokens.at(*index).is_some_and(|token| token.end > line.at);
    let stuck = line.own.iter().copied().find(behind);
    let index = stuck.filter(|index| *index > line.range.start)?;
    // In brackets no statement stands.
    tokens
        .flat(line.range.clone())
        .find(|flat| *flat == index)?;
    let before = tokens.at(index - 1)?;
    let ends = matches!(
        before.kind,
        PieceKind::Word | PieceKind::Close | PieceKind::Text
    ) && !tokens.is_open_ended(index - 1);
    // `cleared "why" if c` is one statement in another order.
    let turned = tokens.word(line.range.start) == "cleared" && tokens.word(index) == "if";
    let begins = tokens.is_statement_word(index)
        && !turned
        && (tokens.word(index) != "with" || tokens.word(index + 1) == "do")
        && (tokens.word(index) != "for" || tokens.word(index + 2) == "in")
        && !tokens.is_statement_word(index - 1)
        && !matches!(tokens.word(index - 1), "else" | "undo" | "until");
    (ends && begins).then(|| {
        let gap = scene.span(before.end..tokens.bytes(&(index..index + 1)).start);
        Diagnostic::new(
            Code::TwoStatements,
            "two statements on one line",
            scene.token_span(index),
            "begins another statement",
        )
        .and(gap.at_start(), "the first one ends here")
        .fix(
            "begin a new line",
            gap,
            format!(
                "\n{}",
                indent_of(tokens.text, tokens.bytes(&line.range).start)
            ),
        )
    })
}

/// A head that should open a block and has none.
pub(super) fn no_block(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let word = tokens.word(start);
    let needs = match line.kind {
        Kind::Stmt | Kind::Arm => {
            matches!(word, "if" | "for" | "match" | "verify" | "with" | "attempt")
        }
        Kind::Clause => matches!(word, "diagnose" | "remedy" | "steps" | "blast"),
        Kind::Item => matches!(
            word,
            "runbook" | "product" | "record" | "enum" | "probe" | "action" | "test"
        ),
        _ => false,
    };
    let opened = tokens
        .flat(line.range.clone())
        .any(|index| tokens.word(index) == "{");
    let end = tokens.bytes(&line.range).end;
    let at_statement = tokens.flat(line.range.clone()).any(|index| {
        let token = tokens.at(index);
        token.is_some_and(|token| token.start == line.at) && tokens.is_statement_word(index)
    });
    let place = line.at.min(end);
    (needs && !opened && (line.at >= end || at_statement)).then(|| {
        Diagnostic::new(
            Code::MissingBlock,
            format!("`{word}` without its block"),
            scene.span(place..place),
            "`{` is missing here",
        )
        .help(format!(
            "what belongs to `{word}` stands between `{{` and `}}`"
        ))
    })
}

/// The blanks at the start of the line that holds this offset.
pub(in crate::syntax) fn indent_of(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.get(line..).unwrap_or_default();
    line.get(..line.len() - line.trim_start().len())
        .unwrap_or_default()
}

/// `3 m`: a number and its unit.
pub(super) fn unit_apart(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let is_number = |index: usize| {
        tokens
            .word(index)
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_')
    };
    let index = line.own.iter().copied().find(|index| {
        let unit = unit(tokens.word(index + 1)).is_some() && !tokens.glued(*index);
        let number = is_number(*index)
            && tokens
                .at(*index)
                .is_some_and(|token| token.kind == PieceKind::Word);
        let stuck_here = tokens
            .at(index + 1)
            .is_some_and(|token| token.start <= line.at && line.at <= token.end);
        unit && number && stuck_here
    })?;
    let (number, word) = (tokens.word(index), tokens.word(index + 1));
    let gap = scene.span(tokens.at(index)?.end..tokens.at(index + 1)?.start);
    let message = format!("a blank between `{number}` and its unit");
    let found = Diagnostic::new(Code::Syntax, message, gap, "no blank here");
    Some(match unit(word)? {
        unit if unit == word => found.fix("remove the blank", gap, ""),
        unit => {
            let whole = scene.span(tokens.at(index)?.end..tokens.at(index + 1)?.end);
            found.fix(format!("write `{number}{unit}`"), whole, unit)
        }
    })
}

/// The unit of a duration or a size that a word stands for.
fn unit(word: &str) -> Option<&str> {
    Some(match word {
        "ms" | "s" | "m" | "h" | "d" | "w" => word,
        "B" | "kB" | "KB" | "MB" | "GB" | "TB" | "KiB" | "MiB" | "GiB" | "TiB" => word,
        "milliseconds" | "millisecond" | "millis" => "ms",
        "seconds" | "second" | "secs" | "sec" => "s",
        "minutes" | "minute" | "mins" | "min" => "m",
        "hours" | "hour" | "hrs" | "hr" => "h",
        "days" | "day" => "d",
        "weeks" | "week" => "w",
        "bytes" | "byte" => "B",
        _ => return None,
    })
}
