//! Programs cut off, with a piece missing or a piece too many, at every place.

use super::{Case, PROGRAM, Wanted};

#[expect(clippy::too_many_lines, reason = "an arm for each kind")]
pub fn cases() -> Vec<Case> {
    vec![
        Case::texts("cut/nothing", Wanted::WellFormed, || {
            ["", "\n", "  ", "//", "// x", "//!", "\u{feff}", "\r\n"]
                .map(String::from)
                .into()
        }),
        Case::texts("cut/ended at every word", Wanted::Anything, || {
            let ends = PROGRAM.char_indices().map(|(at, _)| at);
            let ends = ends.filter(|at| !PROGRAM[*at..].starts_with(char::is_alphanumeric));
            ends.step_by(5)
                .map(|at| PROGRAM[..at].to_string())
                .collect()
        }),
        Case::texts("cut/a line missing", Wanted::Anything, || {
            let lines: Vec<&str> = PROGRAM.lines().collect();
            let without = |gone: usize| {
                let kept = lines.iter().enumerate().filter(|(index, _)| *index != gone);
                kept.map(|(_, line)| format!("{line}\n")).collect()
            };
            (0..lines.len()).map(without).collect()
        }),
        Case::texts("cut/a bracket missing", Wanted::Errors, || {
            let brackets = code_places().filter(|(_, c)| "(){}[]".contains(*c));
            let without = |(at, _): (usize, char)| [&PROGRAM[..at], &PROGRAM[at + 1..]].concat();
            brackets.step_by(3).map(without).collect()
        }),
        Case::texts("cut/a bracket too many", Wanted::Errors, || {
            let places = code_places().filter(|(_, c)| "(){}[]".contains(*c));
            let places: Vec<_> = places.step_by(12).collect();
            let with = |bracket: &str| {
                let texts = places
                    .iter()
                    .map(|(at, _)| [&PROGRAM[..*at], bracket, &PROGRAM[*at..]].concat());
                texts.collect::<Vec<_>>()
            };
            ["(", ")", "{", "}", "[", "]"]
                .into_iter()
                .flat_map(with)
                .collect()
        }),
        Case::texts("cut/a quote missing", Wanted::Errors, || {
            let quotes = code_places().filter(|(_, c)| *c == '"');
            let without = |(at, _): (usize, char)| [&PROGRAM[..at], &PROGRAM[at + 1..]].concat();
            quotes.step_by(2).map(without).collect()
        }),
        Case::texts(
            "cut/texts and literals without an end",
            Wanted::Errors,
            || {
                [
                    "\"",
                    "\"a",
                    "\"${",
                    "\"${a",
                    "\"${a.",
                    "\"\\",
                    "\"\\u{",
                    "\"\"\"",
                    "\"\"\"\n",
                    "re\"",
                    "re\"(",
                    "promql\"",
                    "promql\"sum(",
                    "cron\"",
                    "url\"",
                    "2026-",
                    "2026-11-27T",
                    "1_",
                    "5m5",
                    "0x",
                ]
                .map(|text| format!("const a: String = {text}"))
                .into_iter()
                .flat_map(|text| {
                    [
                        text.clone(),
                        format!("{text}\n"),
                        format!("{text}\n\nconst b: Int = 1\n"),
                    ]
                })
                .collect()
            },
        ),
    ]
}

/// The places outside comments and texts; quotes are among them.
fn code_places() -> impl Iterator<Item = (usize, char)> {
    let (mut in_comment, mut in_text) = (false, false);
    PROGRAM.char_indices().filter(move |(at, c)| {
        match c {
            '\n' => in_comment = false,
            '"' if !in_comment => in_text = !in_text,
            '/' if !in_text && PROGRAM[*at..].starts_with("//") => in_comment = true,
            _ => {}
        }
        !in_comment && (!in_text || *c == '"')
    })
}
