//! Words of other languages, and older forms of our own: what is written in their place.
//!
//! In: the first words of a line, and what kind of line it is. Out: the word meant, or none, and how it is said here.
//! Never looks at the rest of the line: that is `first`.

use crate::syntax::kinds::Kind;

/// Words of other languages, and older forms of our own: what is written in their place, and how it is said here.
pub(super) fn foreign(
    word: &str,
    second: &str,
    kind: Kind,
) -> Option<(&'static str, &'static str)> {
    match kind {
        Kind::Stmt => foreign_statement(word),
        Kind::Clause => foreign_clause(word, second),
        Kind::Trigger => foreign_condition(word, second),
        Kind::Test => foreign_test(word),
        Kind::Product => foreign_product(word),
        Kind::Blast => foreign_limit(word),
        Kind::Item
        | Kind::Arm
        | Kind::Condition
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
        "what may fail as a whole is an `attempt \"...\" { ... }`, and the next one is what is tried then; one reading has its `else`: `let x = f() else none`",
    ),
    (
        &["sleep", "pause", "delay"],
        "wait",
        "`wait 30s` lets time pass",
    ),
    (
        &["until", "wait_for", "waitfor"],
        "",
        "to wait for something is `verify within 5m { moved() > 0 }`",
    ),
    (
        &["except", "rescue"],
        "",
        "what follows from a failure stands on the line, `else ...`; another way to try is an `attempt \"...\" { ... }`",
    ),
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
        &["assign", "delegate", "transfer", "handover", "handoff"],
        "hand",
        "to give it to somebody is `hand`",
    ),
    (
        &["clear", "clears", "healthy"],
        "cleared",
        "that all is well is said with `cleared`",
    ),
    (
        &[
            "restart", "reboot", "scale", "rollback", "rollout", "drain", "cordon", "delete",
            "kill", "evict", "reload",
        ],
        "",
        "a change is a call behind `do`: `do k8s.restart(worker)`",
    ),
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
        &["retries", "max_retries", "backoff"],
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

pub(super) fn foreign_statement(word: &str) -> Option<(&'static str, &'static str)> {
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
        "every" | "hourly" | "daily" | "weekly" | "nightly" | "cron" | "interval" => (
            "",
            "what starts a runbook at its times is a schedule: `on schedule cron\"0 * * * *\"` is each hour",
        ),
        "chain" | "owner" | "owns" | "zone" => (
            "",
            "it stands in the braces of the product, each on a line of its own: `owner builder`, `chain builder for 5m, platform until acknowledged`",
        ),
        "timeout" | "deadline" | "time_limit" | "max_duration" => (
            "ends within",
            "how long a run may take is said with `ends within`",
        ),
        "at" | "max" | "maximum" => (
            "",
            "how much may change stands in the block of limits: `blast { at most 1 k8s.Pod }`",
        ),
        "retry" | "retries" | "attempts" => (
            "again",
            "how often it is diagnosed again is said with `again at most 3`",
        ),
        "priority" | "sev" | "urgency" | "level" => {
            ("severity", "how much it matters is said with `severity`")
        }
        "else" | "default" | "fallback" | "finally" => (
            "otherwise",
            "what is done where nothing is found is said with `otherwise`",
        ),
        "limit" | "limits" | "scope" => (
            "",
            "how much may change is said in `blast { at most 1 k8s.Pod }`",
        ),
        "keep" | "pause" | "only" => (
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
        _ => return foreign_setting(word),
    })
}

/// Settings and notes of other tools where a clause stands.
fn foreign_setting(word: &str) -> Option<(&'static str, &'static str)> {
    Some(match word {
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

fn foreign_condition(word: &str, second: &str) -> Option<(&'static str, &'static str)> {
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
        "if" | "when" => ("where", "a condition is said with `where`"),
        "severity" | "incident" | "clears" | "recurs" | "version" | "tell" | "patience"
        | "fresh" | "again" | "ends" | "blast"
            if !matches!(second, "=" | "!" | "~" | "in" | "is") =>
        {
            (
                "",
                "it is a clause of the runbook: it stands beside the trigger, not in its braces",
            )
        }
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

fn foreign_product(word: &str) -> Option<(&'static str, &'static str)> {
    Some(match word {
        "timezone" | "time_zone" | "tz" => ("zone", "the time zone is said with `zone`"),
        "maintainer" | "team" | "owned_by" => ("owner", "whose it is is said with `owner`"),
        "escalation" | "escalate" | "oncall" | "on_call" => {
            ("chain", "who is paged after whom is said with `chain`")
        }
        "hosts" | "resources" | "targets" | "contains" | "has" => {
            ("owns", "what belongs to a product is said with `owns`")
        }
        _ => return None,
    })
}

fn foreign_limit(word: &str) -> Option<(&'static str, &'static str)> {
    Some(match word {
        "threadcount" | "forks" | "concurrency" | "parallel" | "parallelism" | "batch_size"
        | "max_concurrency" | "maxConcurrency" => (
            "",
            "how many targets are changed at once is a limit: `at most 1 k8s.Pod at once`",
        ),
        "mute_time_intervals"
        | "active_time_intervals"
        | "time_intervals"
        | "blackout"
        | "maintenance"
        | "freeze"
        | "not"
        | "except"
        | "never" => (
            "",
            "when nothing may change is a window, declared with `window NAME { ... }`: `pause during NAME`",
        ),
        "minAvailable" | "min_available" | "minimum" | "min" | "leave" => (
            "",
            "what has to stay is said with `keep`: `keep at least 2 ready of k8s.pods(namespace)`",
        ),
        "rate" | "rate_limit" | "throttle" | "cooldown" | "period" | "every" | "interval" => (
            "",
            "how many targets are changed in a time is a limit: `at most 3 k8s.Pod per 1h`",
        ),
        "timeout" | "deadline" | "within" => (
            "",
            "how long a change may take is said with it, `do ... within 5m`; how long the whole run may take is the clause `ends within 1h`",
        ),
        _ => return None,
    })
}
