//! The first word of a line.

use super::foreign::{foreign, foreign_statement};
use super::{Line, Scene};
use crate::diag::{Code, Diagnostic, sense};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;
use crate::syntax::words;
use crate::text::Span;

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
    let opened = tokens
        .flat(line.range.clone())
        .any(|index| tokens.word(index) == "{");
    let wrapped = index > start && !opened && tokens.word(start + 1) == "alert";
    let end = tokens.bytes(&line.range).end;
    let wrap = |found: Diagnostic| match wrapped {
        true => found
            .fix("write braces", scene.token_span(index).at_start(), "{ ")
            .fix("write braces", scene.span(end..end), " }"),
        false => found,
    };
    Some(wrap(
        Diagnostic::new(
            Code::Syntax,
            message,
            scene.token_span(index),
            "not inside braces",
        )
        .help(match (tokens.word(start), tokens.word(start + 1)) {
            ("on", "event") => {
                let event = tokens.word(start + 2);
                format!("write `on event {event} {{ where ... }}`: `where` asks for the fields of the event")
            }
            _ => format!("write `on alert \"Name\" {{ {word} ... }}`, one condition a line"),
        }),
    ))
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
    let strange = foreign(word, second, line.kind).is_none();
    if let Some(found) = run_together(scene, line).filter(|_| strange) {
        return Some(found);
    }
    if let Some(found) = typed_value(scene, line) {
        return Some(found);
    }
    let calls = matches!(second, "=" | "(" | "." | "[");
    let spoken = matches!(
        word,
        "print" | "println" | "printf" | "console" | "echo" | "log"
    );
    if line.kind == Kind::Stmt && calls && !spoken {
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
    if is_note(word) {
        let help = "a note begins with `//`";
        let found = diagnostic.help(help);
        return Some(found.fix("write `//`", span.at_start(), "// "));
    }
    if line.kind == Kind::Stmt && super::meant::COMMANDS.contains(&word) {
        return Some(diagnostic.help(
            "a program is run on a host, `do exec.apply(machine, [\"ls\", \"-l\"], touching: machine)`; Kubernetes is changed by `do k8s.restart(pod)`",
        ));
    }
    if let Some(found) = other_word(scene, line, &diagnostic) {
        return Some(found);
    }
    if let Some((right, help)) = foreign(word, second, line.kind) {
        return Some(instead(scene, start, right, diagnostic.help(help)));
    }
    let counted = word.starts_with(|first: char| first.is_ascii_digit());
    if counted && matches!(line.kind, Kind::Clause | Kind::Blast) {
        return Some(diagnostic.help(
            "how many targets may be changed, and in which time, is said in the block of limits: `blast { at most 3 k8s.Pod per 1h }`",
        ));
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

/// The word that is meant by one of another language, if it says the same.
fn instead(scene: &Scene<'_>, start: usize, right: &str, found: Diagnostic) -> Diagnostic {
    let tokens = scene.tokens;
    let span = scene.token_span(start);
    let title = format!("write `{right}`");
    match right {
        "" => found,
        "wait" => {
            // `pause: 30`
            let sign = matches!(tokens.word(start + 1), ":" | "=");
            let time = start + 1 + usize::from(sign);
            let both = scene.span(tokens.bytes(&(start..time + 1)));
            let unit = if is_digits(tokens.word(time)) {
                "s"
            } else {
                ""
            };
            found.fix(title, both, format!("wait {}{unit}", tokens.word(time)))
        }
        right => found.fix(title, span, right),
    }
}

/// `worker: Pod = k8s.pod(namespace, pod)`
fn typed_value(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let equals = tokens
        .flat(line.range.clone())
        .find(|index| tokens.word(*index) == "=")?;
    if line.kind != Kind::Stmt || tokens.word(start + 1) != ":" || equals < start + 3 {
        return None;
    }
    let name = tokens.word(start);
    let place = scene.token_span(start);
    let found = Diagnostic::new(
        Code::UnknownFirstWord,
        format!("`{name}` begins no line here"),
        place,
        "should be a statement",
    );
    let title = format!("write `let {name} =`");
    let gap = scene.span(tokens.at(start)?.end..tokens.at(equals)?.start);
    let found = found.help(format!(
        "a value gets its name with `let`: `let {name} = ...`"
    ));
    let found = found.fix(title.as_str(), place.at_start(), "let ");
    Some(found.fix(title, gap, " "))
}

/// `foundstuck(worker)`, `letworker = ...`, `severitysev3`: a blank is missing.
fn run_together(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let start = line.range.start;
    let word = scene.tokens.word(start);
    let first = joined_word(word, line.kind.words())?;
    let place = scene.token_span(start);
    let gap = Span {
        start: place.start + first.len() as u32,
        end: place.start + first.len() as u32,
        ..place
    };
    let rest = &word[first.len()..];
    let found = Diagnostic::new(
        Code::UnknownFirstWord,
        format!("`{word}` begins no line here"),
        place,
        "a blank is missing",
    );
    // `severity4`
    let blank = match first == "severity" && is_digits(rest) {
        true => " sev",
        false => " ",
    };
    let found = found.help(format!("write `{first}{blank}{rest}`"));
    Some(found.fix("add a blank", gap, blank))
}

/// Endings of one word, as in `watching`.
const ENDINGS: [&str; 4] = ["ing", "ings", "ers", "ed"];

/// The word of the language with which another one begins, where only a blank is missing between them.
pub(in crate::syntax) fn joined_word(
    word: &str,
    known: &'static [&'static str],
) -> Option<&'static str> {
    if known.contains(&word) || sense::is_negative(word) {
        return None;
    }
    let begins = |first: &&&str| {
        let rest = word.strip_prefix(**first).unwrap_or_default();
        let counts = rest.starts_with(|first: char| first.is_ascii_digit());
        first.len() > 2 && (rest.len() > 2 || counts) && !rest.starts_with('_')
    };
    let mut firsts: Vec<&&str> = known.iter().filter(begins).collect();
    firsts.sort_by_key(|first| first.len());
    let first = firsts.pop().copied()?;
    // A slip of one word, `watching`, and not a word with another one behind it, `severitysev4`.
    let near = words::nearest(word, known);
    let ending = word.strip_prefix(first).unwrap_or_default();
    let slip = near.is_some_and(|near| near != first || ENDINGS.contains(&ending));
    (!slip).then_some(first)
}

/// `notify builder if unresolved after 5m`, `try "the pods" {`: what the rest of the line says is meant.
fn other_word(scene: &Scene<'_>, line: &Line, found: &Diagnostic) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let titled = tokens
        .at(start + 1)
        .is_some_and(|token| token.kind == PieceKind::Text);
    let has = |word: &str| line.own.iter().any(|index| tokens.word(*index) == word);
    let (right, help) = match (line.kind, tokens.word(start)) {
        (Kind::Clause, "notify" | "inform" | "alert" | "message" | "warn") if has("unresolved") => {
            ("tell", "to say something without waking anybody is `tell`")
        }
        (Kind::Clause, "escalate" | "wake" | "call") if has("unresolved") => {
            ("page", "to wake somebody is `page`")
        }
        // Without a title it is the `try` of another language, which handles a failure.
        (Kind::Stmt, "try" | "begin" | "phase" | "task") if has("{") && titled => (
            "attempt",
            "what may fail as a whole is an `attempt \"...\" { ... }`",
        ),
        _ => return None,
    };
    let span = scene.token_span(start);
    let found = found.clone().help(help);
    Some(found.fix(format!("write `{right}`"), span, right))
}

/// The word that begins a line of this kind and is meant by another: a near one, or one of another language.
pub(super) fn meant(word: &str, kind: Kind) -> &str {
    let known = kind.words();
    if known.is_empty() || known.contains(&word) || words::is_reserved(word) {
        return word;
    }
    let right = foreign(word, "", kind).map(|(right, _)| right);
    let right = right.and_then(|right| right.split(' ').next());
    match right.filter(|right| !right.is_empty()) {
        Some(right) => right,
        None => words::nearest(word, known).unwrap_or(word),
    }
}

fn is_digits(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// What is said of a word of another language that stands alone as a statement, or is called as one.
pub(in crate::syntax) fn habit_of_statement(word: &str) -> Option<&'static str> {
    let (right, help) = foreign_statement(word)?;
    // What only takes another word in its place is no call.
    (right.is_empty()).then_some(help)
}

/// Whether a word in capitals begins a note, which is meant as a comment.
fn is_note(word: &str) -> bool {
    word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_uppercase())
}
