//! The first word of a line.

use super::{Line, Scene};
use crate::diag::{Code, Diagnostic};
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
        let diagnostic = diagnostic.help(help);
        let title = format!("write `{right}`");
        return Some(match right {
            "" => diagnostic,
            "wait" if is_digits(second) => {
                let seconds = scene.token_span(start + 1).at_end();
                diagnostic
                    .fix(title.as_str(), span, right)
                    .fix(title.as_str(), seconds, "s")
            }
            right => diagnostic.fix(title, span, right),
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
    let found = found.help(format!("write `{first} {rest}`"));
    Some(found.fix("add a blank", gap, " "))
}

/// The word of the language with which another one begins, where only a blank is missing between them.
pub(in crate::syntax) fn joined_word(
    word: &str,
    known: &'static [&'static str],
) -> Option<&'static str> {
    if known.contains(&word) {
        return None;
    }
    let near = words::nearest(word, known).is_some();
    let begins = |first: &&&str| {
        let rest = word.strip_prefix(**first).unwrap_or_default();
        first.len() > 2 && rest.len() > 2 && !rest.starts_with('_')
    };
    let mut firsts: Vec<&&str> = known.iter().filter(begins).collect();
    firsts.sort_by_key(|first| first.len());
    firsts.pop().copied().filter(|_| !near)
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

/// Words of other languages, and older forms of our own: what is written in their place, and how it is said here.
fn foreign(word: &str, second: &str, kind: Kind) -> Option<(&'static str, &'static str)> {
    match kind {
        Kind::Stmt => foreign_statement(word),
        Kind::Clause => foreign_clause(word, second),
        Kind::Trigger => foreign_condition(word),
        Kind::Test => foreign_test(word),
        Kind::Item
        | Kind::Arm
        | Kind::Condition
        | Kind::Blast
        | Kind::Product
        | Kind::Target
        | Kind::Extern
        | Kind::Field
        | Kind::Member
        | Kind::Param
        | Kind::Element => None,
    }
}

/// Words that begin a line elsewhere: what stands in their place, or nothing, and how it is said here.
const STATEMENTS: &[(&[&str], &str, &str)] = &[
    (
        &["var", "const", "val", "set", "local"],
        "let",
        "a value gets its name with `let`",
    ),
    (
        &["while", "loop"],
        "",
        "loops are bounded: `for x in xs at most 10 { ... }`",
    ),
    (
        &["foreach", "forall", "each"],
        "for",
        "a loop goes through a list: `for x in xs at most 10 { ... }`",
    ),
    (
        &["switch", "case"],
        "match",
        "cases are told apart with `match`",
    ),
    (
        &["elif", "elsif"],
        "",
        "write `else if` on the line of the `}`",
    ),
    (
        &["try", "catch"],
        "",
        "a failure is handled where it comes up: `let x = f() else none`",
    ),
    (&["sleep"], "wait", "to let time pass is `wait 30s`"),
    (
        &["run", "call", "exec", "await", "perform", "execute"],
        "do",
        "a line that changes the world begins with `do`",
    ),
    (
        &["notify"],
        "",
        "to wake somebody is `page`, to say something without waking anybody is `tell`",
    ),
    (&["escalate", "alert"], "page", "to wake somebody is `page`"),
    (
        &[
            "echo", "print", "println", "printf", "log", "console", "say",
        ],
        "",
        "a run keeps a record of all it does by itself; people are told with `tell`: `tell builder \"...\"`",
    ),
    (
        &["throw", "raise", "error", "panic", "fail"],
        "",
        "a diagnosis ends with `found`, a remedy with `page` or `hand`; what is not found is for a human by itself",
    ),
    (
        &["exit", "quit", "stop", "end"],
        "",
        "a run ends with `cleared` where all is well, with `page` or `hand` where it is not",
    ),
    (
        &["break", "continue"],
        "",
        "a loop goes to its end; `for x in first(xs, n) at most n` takes fewer of them",
    ),
    (
        &["pass", "skip", "noop"],
        "",
        "where nothing is to be done, nothing stands: leave the line out",
    ),
    (
        &["novel", "inconclusive"],
        "",
        "a diagnosis that falls off the end is novel by itself; what is done then is said with `otherwise`",
    ),
    (
        &["resolved", "resolve", "success"],
        "",
        "a run is resolved by itself when its last `verify` holds: leave the line out",
    ),
    (
        &["defer", "finally"],
        "",
        "what is taken back stands behind its change, `do ... undo { ... }`, or holds for a block: `with do ... { }`",
    ),
    (
        &["retries", "delay", "max_retries", "backoff"],
        "",
        "what is tried again says so on its own line: `do k8s.restart(pod) retry 2 every 30s`",
    ),
    (
        &["register"],
        "",
        "a value gets its name where it is read: `let before = k8s.replicas(web)`",
    ),
    (
        &[
            "ignore_errors",
            "continue_on_error",
            "failed_when",
            "rescue",
            "onerror",
        ],
        "",
        "what follows from a failure stands on the line, `else ...`; another way to try is an `attempt \"...\" { ... }`",
    ),
    (
        &["with_items", "for_each", "loop_control", "parallel"],
        "",
        "a loop goes through a list: `for x in xs at most 10 { ... }`",
    ),
    (
        &["depends_on", "needs", "after"],
        "",
        "lines are done in their order: no line says what it depends on",
    ),
    (
        &["name", "comment", "description", "title", "note"],
        "",
        "what a line is for is said by a comment: `// ...`",
    ),
    (
        &["global", "nonlocal"],
        "",
        "a constant is visible everywhere in the package: leave the line out",
    ),
    (&["when", "where"], "if", "a case is asked for with `if`"),
    (
        &["require", "requires", "assume", "precondition"],
        "guard",
        "what must hold before a change is a `guard`",
    ),
    (
        &["assert", "check", "ensure"],
        "",
        "what must hold is a `guard` before a change and a `verify` after it",
    ),
    (
        &["use", "import"],
        "",
        "modules are taken in at the head of the file: `use std.{k8s, prom}`",
    ),
];

fn foreign_statement(word: &str) -> Option<(&'static str, &'static str)> {
    let row = STATEMENTS.iter().find(|(words, ..)| words.contains(&word));
    row.map(|(_, right, help)| (*right, *help))
}

fn foreign_clause(word: &str, second: &str) -> Option<(&'static str, &'static str)> {
    let triggers = matches!(second, "" | "alert" | "event" | "schedule" | "request");
    Some(match word {
        "trigger" | "when" if triggers => (
            "on",
            "what starts a runbook is said with `on alert \"Name\"`",
        ),
        "alert" => ("on alert", "what starts a runbook is said with `on`"),
        "event" => ("on event", "what starts a runbook is said with `on`"),
        "schedule" => ("on schedule", "what starts a runbook is said with `on`"),
        "request" => ("on request", "what starts a runbook is said with `on`"),
        "else" | "default" | "fallback" | "finally" => (
            "otherwise",
            "what is done where nothing is found is said with `otherwise`",
        ),
        "limit" | "limits" | "scope" => (
            "",
            "how much may change is said in `blast { at most 1 k8s.Pod }`",
        ),
        "keep" | "pause" => (
            "",
            "what lowers a limit stands in the block of limits: `blast { ... }`",
        ),
        "let" => (
            "",
            "what is read once gets its name with `let` in `diagnose`; what is read again at each mention is a `watch`",
        ),
        "const" => (
            "",
            "a constant is an item of its own: it stands outside of the runbook, in column 0",
        ),
        "use" | "import" => (
            "",
            "modules are taken in at the head of the file, in column 0",
        ),
        "loglevel" | "log_level" | "verbosity" | "debug" => (
            "",
            "a run keeps a record of all it does by itself: leave the line out, or make it a comment, `// ...`",
        ),
        "concurrencyPolicy" | "concurrency" | "parallelism" | "serial" | "keepgoing" => (
            "",
            "one run at a time belongs to an incident, and `incident per ...` says what tells incidents apart",
        ),
        "group_by" | "key" | "keyed" | "labels" => (
            "",
            "what tells incidents apart is said with `incident per (namespace, pod)`",
        ),
        "receiver" | "notify" | "route" | "contact" => (
            "",
            "whom to wake where nothing is found is said with `otherwise`: `otherwise page builder \"...\"`",
        ),
        "repeat_interval" | "group_wait" | "group_interval" => (
            "",
            "how often is enough is said with `recurs 3 within 24h then page builder \"...\"`",
        ),
        "expr" | "query" => (
            "",
            "what is asked is a `watch`: `watch lag() = prom.value(promql\"...\")`",
        ),
        "runbook_url" | "summary" | "description" | "annotations" | "name" | "title" => (
            "",
            "what people should read is a comment, `// ...`, or documentation, `/// ...`, above the runbook",
        ),
        _ => return None,
    })
}

fn foreign_condition(word: &str) -> Option<(&'static str, &'static str)> {
    Some(match word {
        "expr" | "query" => (
            "",
            "the alert has asked already; what is asked again is a `watch`: `watch lag() = prom.value(promql\"...\")`",
        ),
        "labels" | "matchers" | "match" | "match_re" | "selector" | "matchLabels" => (
            "",
            "a label is asked for with `with`: `with severity == \"page\"`",
        ),
        "annotations" | "summary" | "description" => (
            "",
            "what people are told stands behind `page` and `tell`; a note is a comment, `// ...`",
        ),
        "if" | "when" | "unless" => ("where", "a condition is said with `where`"),
        _ => return None,
    })
}

fn foreign_test(word: &str) -> Option<(&'static str, &'static str)> {
    Some(match word {
        "assert" | "then" | "should" | "verify" | "check" => {
            ("expect", "what must come of it is said with `expect`")
        }
        "when" | "mock" | "and" | "with" | "let" | "setup" => {
            ("given", "what the world is like is said with `given`")
        }
        _ => return None,
    })
}
