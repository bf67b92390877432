//! The first word of a line.

use super::{Line, Scene};
use crate::diag::{Code, Diagnostic};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;
use crate::syntax::words;

/// `unless c { ... }`
pub(super) fn unless(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let start = line.range.start;
    let is_unless = line.kind == Kind::Stmt && scene.tokens.word(start) == "unless";
    is_unless.then(|| {
        Diagnostic::new(
            Code::UnknownFirstWord,
            "there is no `unless`",
            scene.token_span(start),
            "not a word of the language",
        )
        .help("write `if not (...) {`")
    })
}

/// `with`, `where`, `holding` as a clause: they belong into the block of the trigger.
pub(super) fn label_outside(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let inside = |word: &str| matches!(word, "with" | "where" | "holding");
    let start = line.range.start;
    let index = match tokens.word(start) {
        word if line.kind == Kind::Clause && inside(word) => start,
        "on" if line.kind == Kind::Clause => tokens
            .flat(line.range.clone())
            .find(|index| inside(tokens.word(*index)))?,
        _ => return None,
    };
    let word = tokens.word(index);
    let message = format!("`{word}` stands in the braces of its trigger");
    Some(
        Diagnostic::new(
            Code::Syntax,
            message,
            scene.token_span(index),
            "not inside braces",
        )
        .help(format!(
            "write `on alert \"Name\" {{ {word} ... }}`, one condition a line"
        )),
    )
}

/// A line that begins with a word which begins no such line.
pub(super) fn unknown(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let known = line.kind.words();
    let word = tokens.word(start);
    let is_word = tokens
        .at(start)
        .is_some_and(|token| token.kind == PieceKind::Word);
    if known.is_empty() || known.contains(&word) || !is_word {
        return None;
    }
    // In a block a call or a value is told by the tree builder; a test line says what is given.
    let second = tokens.word(start + 1);
    if line.kind == Kind::Stmt && matches!(second, "=" | "(" | "." | "[") {
        return None;
    }
    let span = scene.token_span(start);
    let message = format!("`{word}` begins no line here");
    let diagnostic = Diagnostic::new(
        Code::UnknownFirstWord,
        message,
        span,
        format!("should be {}", line.kind.noun()),
    );
    if let Some((right, help)) = foreign(word, line.kind) {
        let diagnostic = diagnostic.help(help);
        return Some(if right.is_empty() {
            diagnostic
        } else {
            diagnostic.fix(format!("write `{right}`"), span, right)
        });
    }
    let goes_on = matches!(word, "within" | "holding" | "every" | "retry" | "abort");
    if line.kind == Kind::Stmt && (goes_on || words::is_reserved(word)) {
        return Some(diagnostic.help(format!(
            "`{word}` goes on with the statement that it belongs to, on its line"
        )));
    }
    if line.kind != Kind::Stmt && words::STATEMENT_WORDS.contains(&word) {
        return Some(diagnostic.help(format!(
            "`{word}` is a statement: it stands in a block such as `diagnose` or `remedy`"
        )));
    }
    Some(match words::nearest(word, known) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            span,
            near,
        ),
        None => diagnostic.help(format!("such a line begins with {}", words::listed(known))),
    })
}

/// Words of other languages, and older forms of our own.
fn foreign(word: &str, kind: Kind) -> Option<(&'static str, &'static str)> {
    Some(match (kind, word) {
        (Kind::Stmt, "var" | "const" | "val" | "set") => {
            ("let", "a value gets its name with `let`")
        }
        (Kind::Stmt, "while" | "loop") => {
            ("", "loops are bounded: `for x in xs at most 10 { ... }`")
        }
        (Kind::Stmt, "switch" | "case") => ("match", "cases are told apart with `match`"),
        (Kind::Stmt, "elif" | "elsif") => ("", "write `else if` on the line of the `}`"),
        (Kind::Stmt, "try" | "catch") => (
            "",
            "a failure is handled where it comes up: `let x = f() else none`",
        ),
        (Kind::Stmt, "sleep") => ("wait", "to let time pass is `wait 30s`"),
        (Kind::Stmt, "run" | "call" | "exec" | "await" | "perform" | "execute") => {
            ("do", "a line that changes the world begins with `do`")
        }
        (Kind::Stmt, "notify") => ("tell", "to say something without waking anybody is `tell`"),
        (Kind::Stmt, "escalate") => ("page", "to wake somebody is `page`"),
        (Kind::Stmt, "assert" | "check" | "ensure") => (
            "",
            "what must hold is a `guard` before a change and a `verify` after it",
        ),
        (Kind::Clause, "trigger" | "when") => (
            "on",
            "what starts a runbook is said with `on alert \"Name\"`",
        ),
        (Kind::Clause, "limit" | "limits" | "scope") => (
            "",
            "how much may change is said in `blast { at most 1 k8s.Pod }`",
        ),
        (Kind::Clause, "keep" | "pause") => (
            "",
            "what lowers a limit stands in the block of limits: `blast { ... }`",
        ),
        (Kind::Clause, "let" | "const") => (
            "watch",
            "a value that is read anew at each mention is a `watch`",
        ),
        (Kind::Test, "assert") => ("expect", "what must come of it is said with `expect`"),
        (Kind::Test, "when" | "mock") => ("given", "what the world is like is said with `given`"),
        _ => return None,
    })
}
