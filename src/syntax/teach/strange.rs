//! Whole forms of other languages: items of a list, assignments, choices without parentheses, types, numbers, functions
//! as values.
//!
//! In: a refused line. Out: one diagnostic with the form of this language, and its edit where one is sure.

use std::ops::Range;

use super::slips::stuck;
use super::{Line, Scene};
use crate::diag::{Code, Diagnostic, near};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;

fn is_digits(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// `- do k8s.restart(pod)`, `- alert: QueueStuck`
pub(super) fn dash_item(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    if tokens.word(start) != "-" || tokens.glued(start) || line.kind.words().is_empty() {
        return None;
    }
    let (dash, next) = (tokens.at(start)?, tokens.at(start + 1)?);
    let found = Diagnostic::new(
        Code::Syntax,
        "a line begins without a dash",
        scene.token_span(start),
        "`-` does not fit here",
    );
    if tokens.word(start + 1) == "alert" {
        return Some(found.help(
            "the rule of an alert stays where it is; here a line names it: `on alert \"Name\"`",
        ));
    }
    if matches!(tokens.word(start + 1), "name" | "comment" | "description")
        && tokens.word(start + 2) == ":"
    {
        let note = tokens
            .text
            .get(tokens.bytes(&(start + 3..line.range.end)))?;
        let whole = scene.span(tokens.bytes(&line.range));
        let found = found.help("what a line is for is said by a comment: `// ...`");
        return Some(match note.contains('\n') {
            true => found,
            false => found.fix(
                "write a comment",
                whole,
                format!("// {}", note.trim_matches('"')),
            ),
        });
    }
    let found = found.help("lines stand below each other, without a dash before them");
    let known = line.kind.words().contains(&tokens.word(start + 1));
    Some(match known {
        true => found.fix("remove the dash", scene.span(dash.start..next.start), ""),
        false => found,
    })
}

/// `...` on a line of its own
pub(super) fn dots_alone(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let dots = line.range.clone().all(|index| tokens.word(index) == ".");
    if !dots || line.kind.words().is_empty() {
        return None;
    }
    let span = scene.span(tokens.bytes(&line.range));
    let found = Diagnostic::new(
        Code::Syntax,
        "dots are not a line",
        span,
        "nothing is said here",
    );
    let found = found.help("what is still to come is a comment: `// ...`");
    Some(found.fix("write a comment", span, "// ..."))
}

/// `pod.` at the end of a line
pub(super) fn dot_at_end(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let last = line.range.end.checked_sub(1)?;
    let ends = scene.tokens.word(last) == "." && stuck(scene, line).is_none_or(|at| at == last);
    ends.then(|| {
        Diagnostic::new(
            Code::Syntax,
            "a name is missing behind the dot",
            scene.token_span(last),
            "the line ends here",
        )
    })
}

/// `worker := k8s.pod("shop", pod)`, `n += 1`, `n++`
pub(super) fn assigned(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    let (first, second) = (tokens.word(start + 1), tokens.word(start + 2));
    let is_name = tokens
        .at(start)
        .is_some_and(|token| token.kind == PieceKind::Word);
    let two = format!("{first}{second}");
    let signs = [":=", "+=", "-=", "*=", "/=", "++", "--"];
    let glued = tokens.glued(start + 1);
    if line.kind != Kind::Stmt || !is_name || !glued || !signs.contains(&two.as_str()) {
        return None;
    }
    let span = scene.span(tokens.bytes(&(start + 1..start + 3)));
    let found = Diagnostic::new(
        Code::Assignment,
        "values do not change: there is no assignment",
        span,
        "a new value needs a new name",
    );
    Some(match two.as_str() {
        ":=" => found
            .help("a value gets its name with `let`")
            .fix("write `let`", scene.token_span(start).at_start(), "let ")
            .fix("write `let`", span, "="),
        _ => found.help("nothing is assigned twice: `let more = n + 1` gives the new value a name"),
    })
}

/// `= if c then a else b`, `= if c { a } else { b }`
pub(super) fn bare_choice(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let value = |index: &usize| {
        let before = index.checked_sub(1).map(|before| tokens.word(before));
        tokens.word(*index) == "if"
            && matches!(
                before,
                Some("=" | "return" | ":" | "," | "+" | "-" | "*" | "/")
            )
    };
    let at = tokens.flat(line.range.clone()).find(value)?;
    let behind: Vec<usize> = tokens.flat(at..line.range.end).collect();
    let find = |word: &str| {
        behind
            .iter()
            .copied()
            .find(|index| tokens.word(*index) == word)
    };
    let otherwise = find("else")?;
    let first = scene.token_span(at);
    let found = Diagnostic::new(
        Code::Syntax,
        "a choice between two values stands in parentheses",
        first,
        "`if` begins no value",
    )
    .help("write `(if c then a else b)`");
    let title = "write `(if ... then ... else ...)`";
    let end = tokens.bytes(&line.range).end;
    if find("then").is_some_and(|then| then < otherwise) {
        let found = found.fix(title, first.at_start(), "(");
        return Some(found.fix(title, scene.span(end..end), ")"));
    }
    let open = find("{").filter(|open| tokens.partner(*open) + 1 == otherwise)?;
    let second = otherwise + 1;
    let closes = tokens.word(second) == "{" && tokens.partner(second) + 1 == line.range.end;
    let text = tokens.text.get(tokens.bytes(&line.range))?;
    if !closes || text.contains('\n') {
        return Some(found);
    }
    let brace = |index: usize| scene.token_span(index);
    Some(
        found
            .fix(title, first.at_start(), "(")
            .fix(title, brace(open), "then")
            .fix(title, brace(otherwise - 1), "")
            .fix(title, brace(second), "")
            .fix(title, brace(tokens.partner(second)), ")"),
    )
}

/// `fn f(x: Int) -> Int { x + 1 }`
pub(super) fn function_block(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let start = line.range.start;
    if line.kind != Kind::Item || tokens.word(start) != "fn" {
        return None;
    }
    let mut flat = tokens.flat(line.range.clone());
    let open = flat.find(|index| matches!(tokens.word(*index), "{" | "="))?;
    if tokens.word(open) != "{" || tokens.word(open.checked_sub(1)?) == "if" {
        return None;
    }
    let close = tokens.partner(open);
    let found = Diagnostic::new(
        Code::Syntax,
        "what a function gives stands behind `=`",
        scene.token_span(open),
        "no block here",
    )
    .help("a `fn` is one expression, `fn f(x: Int) -> Int = x + 1`; what observes is a `probe`");
    let inner = tokens.text.get(tokens.bytes(&(open..close + 1)))?;
    let one = !inner.contains('\n') && close + 1 == line.range.end;
    Some(match one && tokens.word(open + 1) != "return" {
        true => found.fix("write `=`", scene.token_span(open), "=").fix(
            "write `=`",
            scene.token_span(close),
            "",
        ),
        false => found,
    })
}

/// The `>` that closes the `<` at the beginning.
fn closing(scene: &Scene<'_>, within: Range<usize>) -> Option<usize> {
    let mut depth = 0_usize;
    within.into_iter().find(|at| match scene.tokens.word(*at) {
        "<" => {
            depth += 1;
            false
        }
        ">" => {
            depth = depth.saturating_sub(1);
            depth == 0
        }
        _ => false,
    })
}

/// `List<String>`, `Option<Int>`, `[]String`, `map[String]Int`
pub(super) fn foreign_type(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let told = |span| {
        Diagnostic::new(
            Code::Syntax,
            "a type has its parts in brackets",
            span,
            "not how it is written",
        )
        .help("write `List[String]`, `Map[String, Int]`, and `Int?` for what may be missing")
    };
    let title = "write it with brackets";
    for index in line.own.iter().copied() {
        let word = tokens.word(index);
        let glued = tokens.glued(index);
        let name = match word {
            "List" | "Vec" | "Array" | "Set" | "list" => "List",
            "Map" | "HashMap" | "Dict" | "dict" | "map" => "Map",
            "Option" | "Optional" | "Maybe" => "",
            _ => continue,
        };
        let open = index + 1;
        if glued && tokens.word(open) == "<" {
            let Some(close) = closing(scene, open..line.range.end) else {
                continue;
            };
            let (head, tail) = match name {
                "" => (String::new(), "?"),
                name => (format!("{name}["), "]"),
            };
            let span = scene.span(tokens.bytes(&(index..close + 1)));
            let found = told(span);
            let begin = scene.span(tokens.bytes(&(index..open + 1)));
            let mut found = found.fix(title, begin, head);
            // What stands in it is written with brackets, too.
            for inner in open + 1..close {
                let bracket = match tokens.word(inner) {
                    "<" => "[",
                    ">" => "]",
                    _ => continue,
                };
                found = found.fix(title, scene.token_span(inner), bracket);
            }
            return Some(found.fix(title, scene.token_span(close), tail));
        }
        if word == "map" && glued && tokens.word(open) == "[" {
            let close = tokens.partner(open);
            let last = type_end(scene, close + 1);
            let found = told(scene.span(tokens.bytes(&(index..last + 1))));
            let found = found.fix(title, scene.token_span(index), "Map");
            let found = found.fix(title, scene.token_span(close), ", ");
            return Some(found.fix(title, scene.token_span(last).at_end(), "]"));
        }
    }
    let open = line.own.iter().copied().find(|index| {
        let typed = tokens
            .at(index + 2)
            .is_some_and(|token| token.kind == PieceKind::Word);
        let before = index.checked_sub(1).map(|before| tokens.word(before));
        tokens.word(*index) == "["
            && tokens.word(index + 1) == "]"
            && tokens.glued(index + 1)
            && typed
            && matches!(before, Some(":" | ">"))
    })?;
    let last = type_end(scene, open + 2);
    let found = told(scene.span(tokens.bytes(&(open..last + 1))));
    let brackets = scene.span(tokens.bytes(&(open..open + 2)));
    let found = found.fix(title, brackets, "List[");
    let element = tokens.word(last);
    let known = near::type_elsewhere(element).filter(|known| *known != element && last == open + 2);
    let end = scene.token_span(last);
    Some(match known {
        Some(known) => found.fix(title, end, format!("{known}]")),
        None => found.fix(title, end.at_end(), "]"),
    })
}

/// The last token of a type that begins here: `k8s.Pod`.
fn type_end(scene: &Scene<'_>, first: usize) -> usize {
    match scene.tokens.word(first + 1) == "." && scene.tokens.glued(first) {
        true => first + 2,
        false => first,
    }
}

/// `1,000`, `1'000`, `0,5%`
pub(super) fn number_marks(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let mark = stuck(scene, line)?;
    let before = mark.checked_sub(1)?;
    let (left, right) = (tokens.word(before), tokens.word(mark + 1));
    let glued = tokens.glued(before) && tokens.glued(mark);
    if !glued || !matches!(tokens.word(mark), "," | "'") || !is_digits(left) || !is_digits(right) {
        return None;
    }
    let thousands = right.len() == 3 && tokens.word(mark + 2) != "%";
    let span = scene.span(tokens.bytes(&(before..mark + 2)));
    let better = match thousands {
        true => format!("{left}_{right}"),
        false => format!("{left}.{right}"),
    };
    let found = Diagnostic::new(
        Code::Syntax,
        format!("`{}` does not stand in a number", tokens.word(mark)),
        span,
        "no number",
    );
    let found = found.help("thousands are told apart by `_`, a fraction stands behind a point");
    Some(found.fix(format!("write `{better}`"), span, better))
}

/// `20 %` where a block follows.
pub(super) fn percent_apart(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let behind = stuck(scene, line);
    let sign = line.own.iter().copied().find(|index| {
        let before = index.checked_sub(1).map(|before| tokens.word(before));
        tokens.word(*index) == "%"
            && before.is_some_and(is_digits)
            && !tokens.glued(index - 1)
            && behind.is_none_or(|behind| behind == *index || behind == *index + 1)
    })?;
    let gap = scene.span(tokens.at(sign - 1)?.end..tokens.at(sign)?.start);
    let message = format!("a blank between `{}` and its `%`", tokens.word(sign - 1));
    let found = Diagnostic::new(Code::Syntax, message, gap, "no blank here");
    Some(found.fix("remove the blank", gap, ""))
}

/// `pods.filter(p => p.ready)`, `count(pods, |p| p.ready)`
pub(super) fn function_value(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line)?;
    let arrow = matches!(tokens.word(at), "=" | "-") && tokens.word(at + 1) == ">";
    let flat = tokens.flat(line.range.clone()).any(|index| index == at);
    if flat || !(arrow && tokens.glued(at) || tokens.word(at) == "|") {
        return None;
    }
    let end = if arrow { at + 2 } else { at + 1 };
    Some(
        Diagnostic::new(
            Code::Syntax,
            "a function is not a value",
            scene.span(tokens.bytes(&(at..end))),
            "no function can stand here",
        )
        .help("what is done with each element is said in place: `[x.name for x in xs where x.ready]`, `count(x for x in xs where x.ready)`"),
    )
}

/// `<!-- only at night -->`
pub(super) fn html_comment(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let bytes = tokens.bytes(&line.range);
    let text = tokens.text.get(bytes.clone())?;
    let words = text.strip_prefix("<!--")?;
    let words = words.strip_suffix("-->").unwrap_or(words);
    let span = scene.span(bytes);
    let found = Diagnostic::new(
        Code::Syntax,
        "a comment begins with `//`",
        span,
        "no comment here",
    );
    Some(match words.contains('\n') {
        true => found.help("write `// ...`"),
        false => {
            found
                .help("write `// ...`")
                .fix("write `//`", span, format!("//{}", words.trim_end()))
        }
    })
}

/// `filter(lambda p: p.ready, pods)`
pub(super) fn lambda(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = line.own.iter().copied().find(|index| {
        tokens.word(*index) == "lambda"
            && tokens
                .at(index + 1)
                .is_some_and(|next| next.kind == PieceKind::Word || tokens.word(index + 1) == ":")
    })?;
    let found = Diagnostic::new(
        Code::Syntax,
        "a function is not a value",
        scene.token_span(at),
        "no function can stand here",
    );
    Some(found.help("what is done with each element is said in place: `[x.name for x in xs where x.ready]`, `count(x for x in xs where x.ready)`; the first of them are `first(xs, n)`"))
}

/// `pods[*].ready`
pub(super) fn splat(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let open = line.own.iter().copied().find(|index| {
        tokens.word(*index) == "["
            && tokens.word(index + 1) == "*"
            && tokens.partner(*index) == index + 2
    })?;
    let found = Diagnostic::new(
        Code::Syntax,
        "there is no `[*]` for all elements",
        scene.span(tokens.bytes(&(open..open + 3))),
        "does not fit here",
    );
    Some(found.help("what is taken of each element is said in place: `[x.name for x in xs]`, `count(x for x in xs where x.ready)`"))
}

/// `if some p in pods {`, `every p in pods { p.ready }`
pub(super) fn for_some(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = line.own.iter().copied().find(|index| {
        let is_name = tokens
            .at(index + 1)
            .is_some_and(|token| token.kind == PieceKind::Word);
        matches!(tokens.word(*index), "some" | "every") && is_name && tokens.word(index + 2) == "in"
    })?;
    let (right, which) = match tokens.word(at) {
        "some" => ("any", "some"),
        _ => ("all", "each"),
    };
    let found = Diagnostic::new(
        Code::Syntax,
        format!("what holds for {which} element is asked with `{right}`"),
        scene.token_span(at),
        "does not fit here",
    );
    Some(found.help(format!("write `{right}(x.ready for x in xs)`")))
}

/// `k8s.pod(*labels)`
pub(super) fn spread_arguments(scene: &Scene<'_>, line: &Line) -> Option<Diagnostic> {
    let tokens = scene.tokens;
    let at = stuck(scene, line).filter(|at| tokens.word(*at) == "*" && tokens.glued(*at))?;
    let opens = matches!(tokens.word(at.checked_sub(1)?), "(" | ",");
    let named = tokens
        .at(at + 1)
        .is_some_and(|next| next.kind == PieceKind::Word);
    (opens && named).then(|| {
        let found = Diagnostic::new(
            Code::Syntax,
            "arguments are given one by one",
            scene.token_span(at),
            "does not fit here",
        );
        found.help("write each of them: `k8s.pod(namespace, pod)`")
    })
}
