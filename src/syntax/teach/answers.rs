//! Lines of tests in another order or with other words: what is answered, when, and what came of it; and programs that
//! are run as in a shell.
//!
//! In: a refused line. Out: one diagnostic with the line as it is meant, and its edit where one is sure.

use super::meant::COMMANDS;
use super::slips::stuck;
use super::{Line, Scene, told};
use crate::diag::{Code, Diagnostic, near, sense};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;
use crate::syntax::words;

/// Whether the line of a test begins with this word.
fn begins(scene: &Scene<'_>, line: &Line, word: &str) -> bool {
    line.kind == Kind::Test && scene.tokens.word(line.range.start) == word
}

/// `given k8s.revision(*, *) -> ...`, `given tcp.open(...) -> true`
pub(super) fn any_argument(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    if line.kind != Kind::Test {
        return None;
    }
    let alone = |index: &usize| {
        let before = index.checked_sub(1).map(|before| tokens.word(before));
        tokens.word(*index) == "*"
            && matches!(before, Some("(" | "," | ":"))
            && matches!(tokens.word(index + 1), ")" | ",")
    };
    let stars: Vec<usize> = line.range.clone().filter(alone).collect();
    let help = "what an argument is does not matter where it is `any`: `k8s.revision(any, any)`";
    if let Some(first) = stars.first() {
        let place = scene.token_span(*first);
        let found = told(
            "any argument is called `any`",
            place,
            "does not fit here",
            help,
        );
        let title = "write `any`";
        let put = |found: Diagnostic, star: usize| found.fix(title, scene.token_span(star), "any");
        return Some(stars.iter().copied().fold(found, put));
    }
    let dots = |index: &usize| {
        let before = index.checked_sub(1).map(|before| tokens.word(before));
        tokens.word(*index) == "."
            && tokens.word(index + 1) == "."
            && matches!(before, Some("(" | ","))
    };
    let first = line.range.clone().find(dots)?;
    let place = scene.token_span(first);
    Some(told(
        "any argument is called `any`, once for each",
        place,
        "does not fit here",
        help,
    ))
}

/// `given lag() -> 5_000 for 2m`
pub(super) fn answered_for(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    if !begins(scene, line, "given") || tokens.word(at) != "for" {
        return None;
    }
    let time = tokens.word(at + 1);
    Some(told(
        "an answer stays until another one comes",
        scene.token_span(at),
        "`for` does not fit here",
        format!(
            "what is answered later follows `then`: `-> 5_000, then 0 after {time}`; how long the asking takes is `takes {time}`"
        ),
    ))
}

/// `then 12 once k8s.restart did`, `-> 0 until did k8s.restart, then 12`
pub(super) fn answered_once(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    if !begins(scene, line, "given") {
        return None;
    }
    let find = |word: &str| {
        line.own
            .iter()
            .copied()
            .find(|index| tokens.word(*index) == word)
    };
    let end = line.range.end;
    let help =
        "what holds after an action is said with `once did`: `-> 0, then 12 once did k8s.restart`";
    if let (Some(once), Some(did)) = (find("once"), find("did"))
        && did > once + 1
        && did + 1 >= end
    {
        let action = scene.text(once + 1..did)?;
        let right = format!("once did {action}");
        let whole = scene.span(tokens.bytes(&(once..did + 1)));
        let found = told(
            "`did` stands before its action",
            scene.token_span(did),
            "does not fit here",
            help,
        );
        return Some(found.fix(format!("write `{right}`"), whole, right));
    }
    let until = find("until").or_else(|| find("before"))?;
    let then = find("then").filter(|then| *then > until)?;
    let comma = then
        .checked_sub(1)
        .filter(|comma| tokens.word(*comma) == ",")?;
    let first = until + 1 + usize::from(tokens.word(until + 1) == "did");
    let found = told(
        "an answer changes once something was done",
        scene.token_span(until),
        "does not fit here",
        help,
    );
    let (action, next) = (scene.text(first..comma)?, scene.text(then..end)?);
    let plain = action
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_'));
    if action.is_empty() || !plain {
        return Some(found);
    }
    let right = format!(", {next} once did {action}");
    let whole = scene.span(tokens.at(until - 1)?.end..tokens.bytes(&line.range).end);
    Some(found.fix("write `once did`", whole, right))
}

/// `given do k8s.rollback fails with "denied"`
pub(super) fn fails_with(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let noise = matches!(
        tokens.word(at),
        "with" | "because" | ":" | "as" | "by" | "saying" | "," | "="
    );
    let before = tokens.word(at.checked_sub(1)?);
    let text = scene.is(at + 1, PieceKind::Text);
    if !begins(scene, line, "given") || !noise || !matches!(before, "fails" | "breaks") || !text {
        return None;
    }
    let gap = scene.span(tokens.at(at - 1)?.end..tokens.at(at + 1)?.start);
    let found = told(
        "what is answered follows by itself",
        scene.token_span(at),
        "does not fit here",
        format!("write `{before} {}`", tokens.word(at + 1)),
    );
    Some(found.fix(format!("remove `{}`", tokens.word(at)), gap, " "))
}

/// `expect paged builder with not_verified`, `expect resolved after 3m`: other words for why and how soon.
pub(super) fn other_word(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let next = at + 1;
    if !begins(scene, line, "expect")
        || next + 1 != line.range.end
        || is_somebody(tokens.word(next))
    {
        return None;
    }
    let timed = tokens
        .word(next)
        .starts_with(|first: char| first.is_ascii_digit());
    let said = matches!(
        tokens.word(line.range.start + 1),
        "paged" | "told" | "handed"
    );
    let ends = matches!(
        tokens.word(line.range.start + 1),
        "resolved" | "cleared" | "mitigated" | "undone" | "handed"
    );
    let right = match tokens.word(at) {
        "after" | "in" | "by" | "before" | "under" | "during" | "until" if timed && ends => {
            "within"
        }
        "with" | "for" | "as" | "due" | "since" | "why" | "reason" | "by" | ":" | "on"
            if !timed && said =>
        {
            "because"
        }
        _ => return None,
    };
    let span = scene.token_span(at);
    let found = told(
        &format!("expected `{right}`"),
        span,
        "does not fit here",
        format!("write `{right} {}`", tokens.word(next)),
    );
    let glued = at.checked_sub(1).is_some_and(|before| tokens.glued(before));
    let blank = if glued { " " } else { "" };
    Some(found.fix(format!("write `{right}`"), span, format!("{blank}{right}")))
}

/// Whether a word says that somebody or nobody is meant, not which role.
fn is_somebody(word: &str) -> bool {
    let words = [
        "nobody", "nothing", "somebody", "anybody", "anyone", "someone", "noone",
    ];
    sense::is_negative(word) || near::nearest(word, words).is_some()
}

/// `expect gitops.pause undone`, `expect builder paged`: what came of it stands first.
pub(super) fn outcome_first(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let first = line.range.start + 1;
    let last = line.range.end.checked_sub(1)?;
    let outcome = matches!(
        tokens.word(last),
        "undone" | "did" | "done" | "paged" | "told" | "handed" | "found"
    );
    if !begins(scene, line, "expect")
        || stuck(scene, line) != Some(first)
        || !outcome
        || last <= first
        || words::EXPECT_WORDS.contains(&tokens.word(first))
    {
        return None;
    }
    let right = match tokens.word(last) {
        "done" => "did",
        word => word,
    };
    let what = scene.text(first..last)?;
    let plain = what
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_'));
    if !plain || is_somebody(tokens.word(first)) {
        return None;
    }
    let right = format!("{right} {what}");
    let found = told(
        "what came of it stands first",
        scene.token_span(last),
        "in another order",
        format!("write `expect {right}`"),
    );
    let whole = scene.span(tokens.bytes(&(first..last + 1)));
    Some(found.fix(format!("write `{right}`"), whole, right))
}

/// `run: systemctl restart web`, `do ssh ${machine} ...`: what a shell would run.
pub(super) fn shell_line(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let key = matches!(
        tokens.word(start),
        "run" | "shell" | "command" | "cmd" | "script" | "exec" | "bash" | "sh" | "args"
    ) && tokens.word(start + 1) == ":";
    let does = tokens.word(start) == "do"
        && COMMANDS.contains(&tokens.word(start + 1))
        && !matches!(tokens.word(start + 2), "." | "(");
    if line.kind != Kind::Stmt || !(key || does) {
        return None;
    }
    let place = if key { start } else { start + 1 };
    Some(told(
        "a command of a shell is not an action",
        scene.token_span(place),
        "not an action",
        "Kubernetes is changed by `do k8s.restart(pod)`; a program is run on a host, `do exec.apply(machine, [\"ls\", \"-l\"], touching: machine)`",
    ))
}

/// `"the "web" host"`: quotes inside of a text end it.
pub(super) fn quotes_inside(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let text = |index: usize| scene.is(index, PieceKind::Text);
    let opens = |index: &usize| {
        text(*index) && tokens.glued(*index) && scene.is(index + 1, PieceKind::Word)
    };
    let first = line.own.iter().copied().find(opens)?;
    let mut last = first + 1;
    while line.range.contains(&last) && !text(last) {
        let stays = tokens.at(last).is_some_and(|token| !token.newline_before);
        if !stays || scene.is(last, PieceKind::Open) || scene.is(last, PieceKind::Close) {
            return None;
        }
        last += 1;
    }
    // A blank before the first inner quote: otherwise it is a tag.
    let tagged = first
        .checked_sub(1)
        .is_some_and(|tag| tokens.glued(tag) && scene.is(tag, PieceKind::Word));
    let led = !tagged
        && tokens
            .word(first)
            .trim_end_matches('"')
            .ends_with([' ', '(', '=']);
    if !text(last) || !tokens.glued(last - 1) || !led || tokens.word(first) == "\"\"" {
        return None;
    }
    let inner = scene.text(first + 1..last)?;
    let whole = scene.span(tokens.at(first)?.end - 1..tokens.at(last)?.start + 1);
    let found = Diagnostic::new(
        Code::Syntax,
        "quotes inside of a text end it",
        whole,
        "the text ends here",
    );
    let found = found.help(format!("write `\\\"{inner}\\\"`"));
    let title = "write `\\\"`";
    let (end, begin) = (tokens.at(first)?.end - 1, tokens.at(last)?.start);
    let found = found.fix(title, scene.span(end..end), "\\");
    Some(found.fix(title, scene.span(begin..begin), "\\"))
}
