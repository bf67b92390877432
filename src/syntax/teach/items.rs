//! Items of other languages, and lists with a dash before each element: what is written here in their place.
//!
//! In: the first word of an item that begins none, and its text; or a dash that begins a line. Out: what is said, with
//! an edit where one is sure.

use super::Scene;
use super::shape::indent_of;
use crate::diag::{Code, Diagnostic};
use crate::library;
use crate::syntax::patch::Splice;
use crate::text::Span;

/// What begins an item elsewhere and is none here: how it is said.
const NO_ITEMS: &[(&[&str], &str)] = &[
    (
        &["output"],
        "a package gives nothing out: what a run came to is told with `tell`, and kept in its record; leave the block out",
    ),
    (
        &["provider", "terraform", "backend", "inventory", "hosts"],
        "what an agent reaches, and with which rights, stands in `agent.toml`, and what a package is in `rbk.toml`: leave the block out",
    ),
    (
        &["resource"],
        "what there is in the world is looked up: `let web = k8s.deployment(\"shop\", \"web\")`; nothing is declared here",
    ),
    (
        &["type", "typedef", "newtype"],
        "a type has no second name: a choice between names is an `enum Tier { gold, silver }`, values with names are a `record`",
    ),
    (
        &["locals", "variable", "variables", "constants"],
        "each value for the whole package is a `const` of its own: `const limit = 5`",
    ),
    (
        &["impl", "trait", "object"],
        "a value has no functions of its own: what is computed from it is a `fn`",
    ),
    (
        &[
            "rule", "rules", "groups", "alert", "alerts", "workflow", "playbook", "pipeline",
            "job", "task",
        ],
        "what is done about an alert is a `runbook`: `runbook NAME for PRODUCT { on alert \"Name\" ... }`",
    ),
];

/// What is meant by an item of another language, if that is known.
pub(super) fn foreign(
    found: &Diagnostic,
    word: &str,
    span: Span,
    text: &str,
) -> Option<Diagnostic> {
    let found = found.clone();
    let line = text.trim_start().lines().next().unwrap_or_default();
    let rest = line.get(word.len()..).unwrap_or_default();
    let second = rest.split_whitespace().next().unwrap_or_default();
    // The word with the blank behind it, and the whole line.
    let word_and_blank = Span {
        end: span.end + (rest.len() - rest.trim_start().len()) as u32,
        ..span
    };
    let whole = Span {
        end: span.start + line.trim_end().len() as u32,
        ..span
    };
    let put = |found: Diagnostic, help: &str, right: &str| {
        let title = format!("write `{right}`");
        found.help(help.to_owned()).fix(title, span, right)
    };
    Some(match word {
        // What has a block and a result observes.
        "def" | "func" | "function" | "fun" | "sub"
            if line.trim_end().ends_with('{') && line.contains("->") =>
        {
            put(found, "what observes is a `probe`; what computes is a `fn`, `fn f(x: Int) -> Int = x + 1`", "probe")
        }
        "def" | "func" | "function" | "fun" | "sub" | "lambda" => {
            put(found, "what computes is a `fn`, `fn f(x: Int) -> Int = x + 1`; what observes is a `probe`", "fn")
        }
        "struct" | "class" | "interface" | "dataclass" | "data" => {
            put(found, "values with names stand together in a `record`", "record")
        }
        "type" if line.contains("struct") => {
            let name = format!("record {second} {{");
            let found = found.help("values with names stand together in a `record`");
            match line.trim_end().ends_with('{') {
                true => found.fix(format!("write `record {second}`"), whole, name),
                false => found,
            }
        }
        "playbook" | "workflow" | "pipeline" | "procedure" | "automation" | "book"
            if line.contains(" for ") && line.trim_end().ends_with('{') =>
        {
            put(found, "what is done about an alert is a `runbook`", "runbook")
        }
        "static" | "var" | "val" | "define" | "final" => {
            put(found, "a value for the whole package is a `const`", "const")
        }
        "default" if line.contains('=') => {
            put(found, "a value for the whole package is a `const`", "const")
        }
        "pub" | "export" | "public" | "private" | "async" | "extern" | "default" => {
            let found = found.help("every item is seen by the whole package: leave the word out");
            found.fix(format!("remove `{word}`"), word_and_blank, "")
        }
        "module" if line.trim_end().ends_with('{') => found.help(
            "another package is named in `rbk.toml` among the dependencies, and taken in with `use`",
        ),
        "package" | "module" | "namespace" | "mod" => found
            .help("a package has its name in `rbk.toml`; a file needs none: leave the line out")
            .fix("remove the line", whole, ""),
        "import" | "from" | "require" | "include" | "using" | "source" => imports(found, whole, rest),
        "variable" if block_value(text, "default").is_some() => {
            let value = block_value(text, "default").unwrap_or_default();
            let name = second.trim_matches('"');
            let right = format!("const {name} = {value}");
            let end = text.trim_end().len();
            let all = Span { end: span.start + end as u32, ..span };
            let found = found.help("a value for the whole package is a `const`");
            found.fix(format!("write `{right}`"), all, right)
        }
        // `ready(p) if { p.ready }`, `allow { ... }`: a rule of Rego.
        _ if rest.starts_with('(') && (line.contains(" if ") || line.contains(":-")) => found.help(
            "what is true is computed by a `fn`, `fn ready(p: k8s.Pod) -> Bool = p.ready`; what observes is a `probe`",
        ),
        _ => match NO_ITEMS.iter().find(|(words, _)| words.contains(&word)) {
            Some((_, help)) => found.help(*help),
            None => return assigned(found, word, span, rest),
        },
    })
}

/// `most_pods = 3`, `MOST_PODS: Int = 3`: a constant without its word.
fn assigned(found: Diagnostic, word: &str, span: Span, rest: &str) -> Option<Diagnostic> {
    let value = rest.trim_start();
    let typed = value
        .strip_prefix(':')
        .and_then(|typed| typed.split_once('='));
    let given = value.strip_prefix('=').or(typed.map(|(_, value)| value))?;
    if given.starts_with(['=', '>']) || given.trim().is_empty() {
        return None;
    }
    let name = word.to_ascii_lowercase();
    let found = found.help(format!(
        "a value for the whole package is a `const`: `const {name} = ...`"
    ));
    Some(found.fix(
        format!("write `const {name}`"),
        span,
        format!("const {name}"),
    ))
}

/// What a block gives this name, on one line.
fn block_value<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let lines = text.lines().skip(1);
    let values = lines.filter_map(|line| line.trim().strip_prefix(name)?.trim().strip_prefix('='));
    let value = values.map(str::trim).next()?;
    let whole = !value.is_empty() && !value.ends_with(['{', '[', '(']);
    whole.then_some(value)
}

/// `import k8s, prom`, `from std import k8s`, `import { k8s } from "std"`
fn imports(found: Diagnostic, whole: Span, rest: &str) -> Diagnostic {
    let found = found.help("modules are taken in with `use std.{k8s, prom}`");
    let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words = rest.split(|other: char| !letter(other));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let (known, others): (Vec<&str>, Vec<&str>) = words
        .into_iter()
        .partition(|word| library::module(word).is_some());
    let noise = |word: &&str| matches!(*word, "std" | "from" | "import" | "data");
    let right = match known.as_slice() {
        _ if !others.iter().all(noise) => return found,
        [] => return found,
        [one] => format!("use std.{one}"),
        several => format!("use std.{{{}}}", several.join(", ")),
    };
    found.fix(format!("write `{right}`"), whole, right)
}

/// `=` and below it `- "a"`, `- "b"`: the elements of a list, told at the second dash. What is said, and how the text
/// is read from then on.
pub(in crate::syntax) fn dashed_list(
    scene: &Scene<'_>,
    second: usize,
) -> Option<(Diagnostic, Vec<Splice>)> {
    let tokens = scene.tokens;
    let is_dash = |index: usize| {
        let begins = tokens.at(index).is_some_and(|token| token.newline_before);
        begins && tokens.word(index) == "-" && !tokens.glued(index)
    };
    if !is_dash(second) {
        return None;
    }
    let mut above = (0..second).rev();
    let first = above.find(|index| tokens.at(*index).is_some_and(|token| token.newline_before))?;
    let opens = matches!(tokens.word(first.checked_sub(1)?), "=" | ":" | "," | "(");
    if !is_dash(first) || !opens {
        return None;
    }
    let mut dashes = vec![first];
    let mut last = second;
    for index in second..tokens.len() {
        let token = tokens.at(index)?;
        if token.newline_before && !is_dash(index) {
            break;
        }
        if token.newline_before {
            dashes.push(index);
        }
        last = index;
    }
    let end = tokens.at(last)?.end;
    if let Some(found) = listed_below(scene, first - 1, &dashes, end) {
        return Some(found);
    }
    let mut splices = vec![Splice {
        range: tokens.at(first)?.start..tokens.at(first + 1)?.start,
        text: "[".into(),
    }];
    for dash in dashes.iter().skip(1).copied() {
        splices.push(Splice {
            range: tokens.at(dash - 1)?.end..tokens.at(dash + 1)?.start,
            text: ", ".into(),
        });
    }
    splices.push(Splice {
        range: end..end,
        text: "]".into(),
    });
    let found = Diagnostic::new(
        Code::Syntax,
        "a list stands in brackets",
        scene.token_span(first),
        "no dash before an element",
    );
    let found = found.help("write `[\"a\", \"b\"]`, with a comma between the elements");
    let found = splices.iter().fold(found, |found, splice| {
        let span = scene.span(splice.range.clone());
        found.fix("write brackets", span, splice.text.clone())
    });
    Some((found, splices))
}

/// `blast:`, `enum Tier:`, `owns:`, `chain:` and below it dashes: what is listed there is no list of values.
fn listed_below(
    scene: &Scene<'_>,
    colon: usize,
    dashes: &[usize],
    end: usize,
) -> Option<(Diagnostic, Vec<Splice>)> {
    let tokens = scene.tokens;
    let mut above = (0..=colon).rev();
    let head = above
        .find(|index| *index == 0 || tokens.at(*index).is_some_and(|token| token.newline_before))?;
    if tokens.word(colon) != ":" {
        return None;
    }
    let (message, help, block) = match tokens.word(head) {
        "blast" => (
            "the limits stand in the block of `blast`, one a line",
            "write `blast { at most 1 k8s.Pod }`, without dashes",
            Some(""),
        ),
        "enum" => (
            "the members of an enum stand in braces, with a comma between them",
            "write `enum Region { eu, us, ap }`",
            Some(","),
        ),
        "owns" => (
            "what belongs to `owns` stands on its line",
            "what is owned stands on one line: `owns k8s.namespace(\"shop\"), host.named(\"web-*\")`",
            None,
        ),
        "with" => (
            "labels follow `with`, with a comma between them",
            "write `with namespace, pod`",
            None,
        ),
        "chain" => (
            "what belongs to `chain` stands on its line",
            "a chain stands on one line: `chain builder for 5m, platform until acknowledged`",
            None,
        ),
        _ => return None,
    };
    let splices = without_dashes(scene, (head, colon), dashes, end, block)?;
    let span = scene.token_span(colon);
    let found = Diagnostic::new(Code::Syntax, message, span, "`:` opens no list").help(help);
    // How long each link waits is not said: no edit can.
    let fixed = tokens.word(head) != "chain";
    let found = splices
        .iter()
        .filter(|_| fixed)
        .fold(found, |found, splice| {
            let span = scene.span(splice.range.clone());
            found.fix("write it without dashes", span, splice.text.clone())
        });
    Some((found, splices))
}

/// What stands below such a head in a block, or on its line; `block` is what its lines have between them.
fn without_dashes(
    scene: &Scene<'_>,
    (head, colon): (usize, usize),
    dashes: &[usize],
    end: usize,
    block: Option<&str>,
) -> Option<Vec<Splice>> {
    let tokens = scene.tokens;
    let mut splices = Vec::new();
    let opens = tokens.bytes(&(colon..colon + 1));
    splices.push(Splice {
        range: opens.clone(),
        text: if block.is_some() {
            " {".into()
        } else {
            String::new()
        },
    });
    for (at, dash) in dashes.iter().copied().enumerate() {
        let own = tokens.at(dash)?.start..tokens.at(dash + 1)?.start;
        splices.push(match block {
            Some(_) => Splice {
                range: own,
                text: String::new(),
            },
            None => Splice {
                range: tokens.at(dash - 1)?.end.max(opens.end)..own.end,
                text: if at == 0 { " ".into() } else { ", ".into() },
            },
        });
        if let (Some(","), true) = (block, at > 0) {
            let before = tokens.at(dash - 1)?.end;
            splices.push(Splice {
                range: before..before,
                text: ",".into(),
            });
        }
    }
    if block.is_some() {
        let indent = indent_of(tokens.text, tokens.at(head)?.start);
        splices.push(Splice {
            range: end..end,
            text: format!("\n{indent}}}"),
        });
    }
    splices.sort_by_key(|splice| splice.range.start);
    Some(splices)
}
