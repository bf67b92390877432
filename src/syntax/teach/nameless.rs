//! Declarations that lack their name, or say who somebody is without saying by what.
//!
//! In: a refused line. Out: one diagnostic that says what is missing, with an edit where only one thing can be.

use super::{Line, Scene};
use crate::diag::{Code, Diagnostic};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;

/// The label of a declaration without its name: whatever uses that name is no mistake of its own.
pub const NO_NAME: &str = "a name is missing here";

/// `remedy (worker) {`, `let = f()`, `record {`, `runbook for checkout {`
pub(super) fn declared(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let word = tokens.word(start);
    let declares = match line.kind {
        Kind::Item => matches!(
            word,
            "runbook"
                | "product"
                | "record"
                | "enum"
                | "fn"
                | "probe"
                | "action"
                | "const"
                | "role"
                | "secret"
                | "window"
        ),
        Kind::Clause => matches!(word, "remedy" | "watch"),
        Kind::Stmt => word == "let",
        _ => false,
    };
    let next = start + 1;
    let without = match word {
        "runbook" => tokens.word(next) == "for" && tokens.word(next + 2) == "{",
        _ => matches!(tokens.word(next), "=" | "(" | "{" | ":" | "->"),
    };
    // `const (` opens a list of constants, which is another form.
    let list = word == "const" && tokens.word(next) == "(";
    if list && line.kind == Kind::Item {
        let found = Diagnostic::new(
            Code::Syntax,
            "each constant is an item of its own",
            scene.token_span(next),
            "no list of constants",
        );
        return Some(found.help("write `const most_pods = 3`, one a line, in column 0"));
    }
    if !declares || !without || !line.range.contains(&next) {
        return None;
    }
    let help = match word {
        "remedy" => "a remedy has the name of the finding that it is for: `remedy stuck(worker) {`",
        "runbook" => {
            "write `runbook NAME for PRODUCT {`, its name in small letters: `stuck_worker`"
        }
        "let" => "give the value a name: write `let x = ...`",
        "watch" => "a watch is called by its name, `lag()`: write `watch lag() = ...`",
        _ => {
            "a name follows the word, in small letters; that of a record or an enum begins with a capital"
        }
    };
    let place = scene.token_span(start).at_end();
    let message = format!("`{word}` without a name");
    Some(Diagnostic::new(Code::Syntax, message, place, NO_NAME).help(help))
}

/// `role builder = "pagerduty:checkout"`, `role admins = users ["anna"]`
pub(super) fn role_without_kind(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    if line.kind != Kind::Item || tokens.word(start) != "role" || tokens.word(start + 2) != "=" {
        return None;
    }
    let value = start + 3;
    let help = "who it is stands behind `rota`, `group` or `person`: `role builder = rota \"pagerduty:checkout\"`";
    if matches!(tokens.word(value), "[" | "(" | "{") || tokens.word(value + 1) == "[" {
        let found = Diagnostic::new(
            Code::Syntax,
            "a role is not a list of people",
            scene.token_span(value),
            "does not fit here",
        );
        return Some(found.help("people who take turns are a `rota`, those who belong together a `group`: `role admins = group \"okta:admins\"`"));
    }
    if !scene.is(value, PieceKind::Text) {
        return None;
    }
    let span = scene.token_span(value);
    let found = Diagnostic::new(
        Code::Syntax,
        "a role says what it is",
        span,
        "`rota`, `group` or `person` is missing before it",
    );
    let found = found.help(help);
    let has = |services: &[&str]| {
        let written = tokens.word(value);
        services.iter().any(|service| written.contains(service))
    };
    let kind = match (
        has(&["pagerduty", "opsgenie", "victorops"]),
        has(&["okta", "ldap"]),
    ) {
        (true, _) => "rota",
        (_, true) => "group",
        _ if tokens.word(value).contains('@') => "person",
        _ => return Some(found),
    };
    Some(found.fix(format!("add `{kind}`"), span.at_start(), format!("{kind} ")))
}
