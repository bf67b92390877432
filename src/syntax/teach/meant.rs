//! Lines that mean something which is said with other words: loops over positions, cases, commands, waiting for something.
//!
//! In: a refused line. Out: one diagnostic with the words of this language, and its edit where one is sure.

use super::slips::stuck;
use super::{Line, Scene, told};
use crate::diag::{Code, Diagnostic};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;

/// `page builder sprintf("...", pod)`: a call where a text stands.
pub(super) fn text_call(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let says = ["page", "tell", "hand", "otherwise", "recurs", "cleared"];
    let index = stuck(scene, line)?;
    let call = scene.is(index, PieceKind::Word) && matches!(tokens.word(index + 1), "." | "(");
    if !says.contains(&tokens.word(line.range.start)) || !call || index <= line.range.start + 1 {
        return None;
    }
    Some(told(
        "what people are told is a text, not a call",
        scene.token_span(index),
        "no text in quotes",
        "a value stands in the text itself: `\"the queue of ${pod} is stuck\"`",
    ))
}

/// `case "eu": found a`
pub(super) fn case_arm(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    if line.kind != Kind::Arm || tokens.word(start) != "case" {
        return None;
    }
    let span = scene.token_span(start);
    let found = Diagnostic::new(
        Code::Syntax,
        "an arm begins with its value",
        span,
        "no word before it",
    );
    let colon = tokens
        .flat(line.range.clone())
        .find(|index| tokens.word(*index) == ":");
    let value = tokens.bytes(&(start + 1..colon.unwrap_or(start + 2)));
    let value = tokens.text.get(value).unwrap_or_default().trim();
    let found = found.help(format!(
        "an arm is its value, `->` and what is done: `{value} -> ...`"
    ));
    let title = "write it with `->`";
    let gap = tokens.at(start)?.start..tokens.at(start + 1)?.start;
    let found = found.fix(title, scene.span(gap), "");
    Some(match colon {
        Some(colon) => found.fix(title, scene.token_span(colon), " ->"),
        None => found,
    })
}

/// `for _, p := range pods {`, `for (const p of pods) {`
pub(super) fn foreign_loop(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    if line.kind != Kind::Stmt || tokens.word(start) != "for" {
        return None;
    }
    let span = scene.token_span(start + 1);
    let help = "a loop goes through a list: `for p in pods at most 10 { ... }`";
    if tokens.word(start + 1) == "(" {
        return Some(told("a loop has no parentheses", span, "no `(` here", help));
    }
    let range = (start..line.range.end).find(|index| tokens.word(*index) == "range")?;
    let names: Vec<&str> = (start + 1..range)
        .filter(|index| scene.is(*index, PieceKind::Word))
        .map(|index| tokens.word(index))
        .collect();
    let found = told(
        "a loop goes through a list",
        span,
        "one name, and `in`",
        help,
    );
    let head = scene.span(tokens.bytes(&(start + 1..range + 1)));
    Some(match names.last() {
        Some(name) => found.fix(format!("write `{name} in`"), head, format!("{name} in")),
        None => found,
    })
}

/// `let back, err = ...`
pub(super) fn two_names(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let two = tokens.word(start) == "let" && tokens.word(start + 2) == ",";
    if line.kind != Kind::Stmt || !two {
        return None;
    }
    Some(told(
        "a value has one name",
        scene.token_span(start + 2),
        "no second name",
        "what fails is not a value: it ends the block by itself, or `else` says at the end of the line what follows",
    ))
}

/// `role director { ... }`
pub(super) fn item_block(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let word = tokens.word(start);
    let example = match word {
        "role" => "rota \"pagerduty:checkout\"",
        "secret" => "vault \"kv/checkout/token\"",
        "window" => "weekly Sat 01:00 .. 05:00 in \"Europe/Helsinki\"",
        "const" => "5",
        _ => return None,
    };
    if line.kind != Kind::Item || tokens.word(start + 2) != "{" {
        return None;
    }
    let name = tokens.word(start + 1);
    Some(told(
        &format!("a `{word}` has no block"),
        scene.token_span(start + 2),
        "no block here",
        format!("write `{word} {name} = {example}`"),
    ))
}

/// `["a", ...others]`
pub(super) fn dots_inside(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = stuck(scene, line)?;
    let dots = (index..index + 2).all(|index| tokens.word(index) == ".");
    let flat = tokens.flat(line.range.clone()).any(|flat| flat == index);
    if !dots || flat {
        return None;
    }
    Some(told(
        "no list is taken apart in another one",
        scene.token_span(index),
        "`...` does not fit here",
        "the elements stand in the list one by one: `[\"a\", \"b\"]`",
    ))
}

/// `test stuck_worker {`
pub(super) fn untitled_test(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    if line.kind != Kind::Item || tokens.word(start) != "test" || tokens.word(start + 2) != "{" {
        return None;
    }
    let name = tokens.word(start + 1);
    let end = tokens.at(start + 1)?.end;
    if scene.is(start + 1, PieceKind::Text) {
        return Some(told(
            "a test names its runbook before its title",
            scene.token_span(start + 1).at_start(),
            "which runbook?",
            format!("write `test RUNBOOK {name} {{`, with the name of the runbook that it is for"),
        ));
    }
    let found = told(
        "a test has a title",
        scene.span(end..end),
        "what does it show?",
        format!("write `test {name} \"restarts the pod once\" {{`"),
    );
    Some(found.fix("add a title", scene.span(end..end), " \"what it shows\""))
}

/// `otherwise page`
pub(super) fn nobody_named(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let last = line.range.end.checked_sub(1)?;
    let word = tokens.word(last);
    if !matches!(word, "page" | "tell" | "hand") || !matches!(line.kind, Kind::Stmt | Kind::Clause)
    {
        return None;
    }
    let end = tokens.at(last)?.end;
    Some(told(
        &format!("`{word}` does not say whom"),
        scene.span(end..end),
        "the name of a role is missing here",
        format!("first whom, then what: `{word} builder \"...\"`, where `builder` is a role"),
    ))
}

/// `"""What it is for."""` as the first line of a block.
pub(super) fn text_as_doc(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let start = line.range.start;
    let text = scene.is(start, PieceKind::Text) || scene.is(start, PieceKind::Block);
    if line.kind != Kind::Clause || !text {
        return None;
    }
    Some(told(
        "a text alone says nothing",
        scene.token_span(start),
        "not a clause of a runbook",
        "documentation stands above the runbook, `/// What it is for.`, a note behind `//`",
    ))
}

/// `a not in b`
pub(super) fn not_in(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let not = line.own.iter().copied().find(|index| {
        tokens.word(*index) == "not" && tokens.word(index + 1) == "in" && *index > line.range.start
    })?;
    let mut first = not.checked_sub(1)?;
    while first > line.range.start && tokens.glued(first - 1) {
        first -= 1;
    }
    let span = scene.span(tokens.bytes(&(not..not + 2)));
    let found = told(
        "there is no `not in`",
        span,
        "not an operator",
        "`not` stands before it all: `not a in b`",
    );
    // Behind a sum `not` would stand in the middle of a value.
    let opens = [
        "=", "(", "[", "{", ",", "and", "or", "if", "guard", "where", "cleared",
    ];
    if first > line.range.start && !opens.contains(&tokens.word(first - 1)) {
        return Some(found);
    }
    let start = tokens.at(first)?.start;
    let title = "move `not` to the front";
    let found = found.fix(title, scene.span(start..start), "not ");
    let gap = tokens.at(not)?.start..tokens.at(not + 1)?.start;
    let found = found.fix(title, scene.span(gap), "");
    // A list in the brackets of another language.
    let open = not + 2;
    Some(match tokens.word(open) {
        "(" | "{" => found.fix(title, scene.token_span(open), "[").fix(
            title,
            scene.token_span(tokens.partner(open)),
            "]",
        ),
        _ => found,
    })
}

/// `a ** 2`, `a -lt b`
pub(super) fn foreign_operator(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let before = at.checked_sub(1)?;
    if tokens.word(at) == "*" && tokens.word(before) == "*" && tokens.glued(before) {
        let span = scene.span(tokens.bytes(&(before..at + 1)));
        return Some(told(
            "there is no `**`",
            span,
            "not an operator",
            "a power is a product: `x * x`",
        ));
    }
    // The word behind the `-` is read as a value, and what stands behind that does not fit.
    let minus = before.checked_sub(1)?;
    let better = match tokens.word(before) {
        "lt" => "<",
        "gt" => ">",
        "le" => "<=",
        "ge" => ">=",
        "eq" => "==",
        "ne" => "!=",
        _ => return None,
    };
    if tokens.word(minus) != "-" || !tokens.glued(minus) {
        return None;
    }
    let span = scene.span(tokens.bytes(&(minus..before + 1)));
    let found = told(
        "values are compared by signs",
        span,
        "not an operator",
        format!("write `{better}`"),
    );
    Some(found.fix(format!("write `{better}`"), span, better))
}

/// `do kubectl delete pod w`
pub(super) fn do_command(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.range.start + 1;
    if tokens.word(index - 1) != "do" || !COMMANDS.contains(&tokens.word(index)) {
        return None;
    }
    Some(told(
        "a command of a shell is not an action",
        scene.token_span(index),
        "not an action",
        "Kubernetes is changed by `do k8s.restart(pod)`; a program is run on a host, `do exec.apply(machine, [\"ls\", \"-l\"], touching: machine)`",
    ))
}

/// `verify within 5m { do k8s.restart(pod) }`
pub(super) fn change_as_condition(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let start = line.range.start;
    if line.kind != Kind::Condition || !scene.tokens.is_statement_word(start) {
        return None;
    }
    Some(told(
        "a condition observes, it does nothing",
        scene.token_span(start),
        "not a condition",
        "what is done stands before it, on a line of its own; here stand conditions: `moved() > 0`",
    ))
}

/// `guard c else page builder`
pub(super) fn guard_else(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = stuck(scene, line)?;
    if tokens.word(line.range.start) != "guard" || tokens.word(index) != "else" {
        return None;
    }
    Some(told(
        "a `guard` has no `else`",
        scene.token_span(index),
        "`else` does not fit here",
        "where it does not hold, the run is handed over by itself; for something else ask before: `if ... { page builder \"...\" }`",
    ))
}

/// `x is not None`, `do f() || true`
pub(super) fn something_there(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let next = tokens.word(at + 1);
    if tokens.word(at) == "not" && at > 0 && tokens.word(at - 1) == "is" {
        let nothing = matches!(next, "None" | "none" | "null" | "nil" | "undefined");
        let span = scene.span(tokens.bytes(&(at - 1..at + 2)));
        let found = told(
            "whether there is something is asked with `is some x`",
            span,
            "does not fit here",
            "write `if known is some cache { ... }`: `cache` is then what is there; that there is nothing is `is none`",
        );
        return nothing.then_some(found);
    }
    let does = tokens.word(line.range.start) == "do";
    let value = matches!(tokens.word(at + 2), "true" | ":" | "false" | "exit");
    if !does || tokens.word(at) != "|" || next != "|" || !value {
        return None;
    }
    let span = scene.span(tokens.bytes(&(at..at + 3)));
    Some(told(
        "a change that failed ends the remedy, and is told",
        span,
        "does not fit here",
        "another way to try is an `attempt \"...\" { ... }` of its own; how often a change is tried, `retry 2 every 30s`",
    ))
}

/// `wait until moved() > 0`
pub(super) fn wait_until(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = line.range.start + 1;
    let until = matches!(tokens.word(index), "until" | "for" | "while");
    if tokens.word(index - 1) != "wait" || !until {
        return None;
    }
    Some(told(
        "`wait` lets a time pass, it waits for nothing",
        scene.token_span(index),
        "not a duration",
        "to wait for something is `verify within 5m { moved() > 0 }`",
    ))
}

/// `page builder |` and a text below
pub(super) fn text_below(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let index = stuck(scene, line)?;
    let below =
        index + 1 == line.range.end || tokens.at(index + 1).is_some_and(|next| next.newline_before);
    let mark = matches!(tokens.word(index), "|" | ">")
        || tokens.word(index) == "<" && tokens.word(index + 1) == "<";
    if !mark || !below && tokens.word(index) != "<" {
        return None;
    }
    Some(told(
        "a text of several lines stands between `\"\"\"`",
        scene.token_span(index),
        "begins no text",
        "write `\"\"\"` before and behind it, and indent what stands between",
    ))
}

/// Programs that people would run in a shell.
pub(super) const COMMANDS: &[&str] = &[
    "kubectl",
    "helm",
    "curl",
    "wget",
    "ssh",
    "docker",
    "systemctl",
    "service",
    "aws",
    "gcloud",
    "az",
    "psql",
    "mysql",
    "redis",
    "bash",
    "sh",
    "sudo",
    "rm",
    "git",
    "terraform",
    "ansible",
];
