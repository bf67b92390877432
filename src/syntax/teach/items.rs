//! Items of other languages: what is written here in their place.
//!
//! In: the first word of an item that begins none, and its text. Out: what is said, with an edit where one is sure.

use crate::diag::Diagnostic;
use crate::library;
use crate::text::Span;

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
        "static" | "var" | "val" | "define" | "final" => {
            put(found, "a value for the whole package is a `const`", "const")
        }
        "pub" | "export" | "public" | "private" | "async" | "extern" | "default" => {
            let found = found.help("every item is seen by the whole package: leave the word out");
            found.fix(format!("remove `{word}`"), word_and_blank, "")
        }
        "package" | "module" | "namespace" | "mod" => found
            .help("a package has its name in `rbk.toml`; a file needs none: leave the line out")
            .fix("remove the line", whole, ""),
        "import" | "from" | "require" | "include" | "using" | "source" => imports(found, whole, rest),
        "locals" | "variable" | "variables" | "constants" => {
            found.help("each value for the whole package is a `const` of its own: `const limit = 5`")
        }
        "impl" | "trait" | "object" => {
            found.help("a value has no functions of its own: what is computed from it is a `fn`")
        }
        "rule" | "rules" | "groups" | "alert" | "alerts" | "workflow" | "job" | "task" => {
            found.help("what is done about an alert is a `runbook`: `runbook NAME for PRODUCT { on alert \"Name\" ... }`")
        }
        _ => return None,
    })
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
    let noise = |word: &&str| matches!(*word, "std" | "from" | "import");
    let right = match known.as_slice() {
        _ if !others.iter().all(noise) => return found,
        [] => return found,
        [one] => format!("use std.{one}"),
        several => format!("use std.{{{}}}", several.join(", ")),
    };
    found.fix(format!("write `{right}`"), whole, right)
}
