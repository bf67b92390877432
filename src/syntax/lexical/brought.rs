//! What other languages have at the ends of lines and over several of them: `\`, texts behind `<<EOT`, tags of templates.

use std::ops::Range;

use crate::diag::{Code, Diagnostic};
use crate::text::{SourceId, Span};

/// A `\` at the end of a line, with all blanks up to what follows below.
pub fn goes_on_below(text: &str, start: usize) -> Option<Range<usize>> {
    let behind = text.get(start..)?.strip_prefix('\\')?;
    let below = behind
        .trim_start_matches([' ', '\t', '\r'])
        .strip_prefix('\n')?;
    let next = below.trim_start_matches([' ', '\t']);
    let indented = next.len() < below.len() && !next.starts_with(['\n', '}']);
    indented.then_some(start..text.len() - next.len())
}

/// What is said of the first of them.
pub fn backslash_told(mark: Span, gap: Span) -> Diagnostic {
    let message = "no line goes on behind a `\\`";
    Diagnostic::new(Code::Syntax, message, mark, "a statement ends with its line")
        .help("a statement stands on one line; a line that ends in an operator such as `and` goes on below")
        .fix("join the lines", gap, " ")
}

/// How many lines a text may go on that is not closed on its own.
const LINES_OF_TEXT: usize = 4;

/// The gaps between the lines of a text that is closed on one of the next lines, and where it ends.
pub fn lines_of_text(text: &str, start: usize) -> Option<(Vec<Range<usize>>, usize)> {
    let mut gaps = Vec::new();
    let mut at = start + text.get(start..)?.find('\n')?;
    for _ in 0..LINES_OF_TEXT {
        let below = text.get(at + 1..)?;
        let line = below.lines().next()?;
        let words = line.trim_start_matches([' ', '\t']);
        let begin = at + 1 + line.len() - words.len();
        let before = text.get(..at)?.trim_end().len();
        gaps.push(before.max(start + 1)..begin);
        match words.split_once('"') {
            None if words.trim().is_empty() => return None,
            None => at = begin + words.len(),
            // The quote ends a text: nothing but brackets, commas and a block stands behind it.
            Some((inner, rest)) => {
                let closes = rest.chars().all(|letter| " \t\r)]},{".contains(letter));
                let ends = !inner.is_empty() && !inner.ends_with(['(', '[', '=']);
                let glued = !inner.ends_with(' ') || inner.trim().contains(' ');
                return (closes && ends && glued).then(|| (gaps, begin + inner.len() + 1));
            }
        }
    }
    None
}

/// What is said of such a text.
pub fn lines_told(quote: Span, gaps: &[Span]) -> Diagnostic {
    let message = "this string is not closed on its line";
    let found = Diagnostic::new(Code::UnclosedText, message, quote, "opened here")
        .help("a string ends on its line; text of several lines stands between `\"\"\"`");
    gaps.iter().fold(found, |found, gap| {
        found.fix("write it on one line", *gap, " ")
    })
}

/// The `{% ... %}` of a template that begins there, on its line.
pub fn template_tag(text: &str, start: usize) -> Option<Range<usize>> {
    let inside = text.get(start..)?.strip_prefix("{%")?;
    let end = inside.lines().next()?.find("%}")?;
    Some(start..start + "{%".len() + end + "%}".len())
}

/// What is said of the first of them.
pub fn template_tag_told(text: &str, tag: Span) -> Diagnostic {
    let said = text.get(tag.range()).unwrap_or_default();
    let said = said.trim_matches(['{', '%', '}', '-', ' ']);
    let help = match said.split_whitespace().next() {
        Some("if" | "elif" | "else" | "endif" | "unless") => {
            "what is done on a condition stands in braces: `if lag() > 100 { found stuck(worker) }`"
        }
        Some("for" | "endfor") => "a loop goes through a list: `for x in xs at most 10 { ... }`",
        Some("set" | "macro") => "a value gets its name with `let`, what is done again with `fn`",
        Some(_) | None => "nothing fills a file in before it is read: what changes is an argument",
    };
    let message = "`{% ... %}` of a template is not read here";
    Diagnostic::new(Code::Syntax, message, tag, "does not fit here").help(help)
}

/// The most lines that the end of a text, or of one side of a merge, is looked for in: what begins many and ends none
/// takes no longer for that.
pub const LINES: usize = 500;

/// A text between `<<WORD` and a line with that word.
pub struct Heredoc {
    /// From the `<<` to the end of the last word.
    pub range: Range<usize>,
    /// Its lines.
    pub lines: Range<usize>,
}

/// The text that begins with the `<<` at `start`, if one does.
pub fn heredoc(text: &str, start: usize) -> Option<Heredoc> {
    let head = text.get(start..)?.strip_prefix("<<")?;
    let word = head.lines().next()?.trim().trim_start_matches(['-', '~']);
    let word = word.trim_matches(['"', '\'']);
    let letter = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    if word.is_empty() || !word.bytes().all(letter) {
        return None;
    }
    let first = start + text.get(start..)?.find('\n')? + 1;
    let mut at = first;
    for line in text.get(first..)?.split_inclusive('\n').take(LINES) {
        if line.trim() == word {
            let end = at + line.trim_end().len();
            return Some(Heredoc {
                range: start..end,
                lines: first..at,
            });
        }
        at += line.len();
    }
    None
}

/// What is said of it: its lines between three quotes.
pub fn heredoc_told(text: &str, source: SourceId, line_start: usize, of: &Heredoc) -> Diagnostic {
    let line = text.get(line_start..).unwrap_or_default();
    let indent = line.len() - line.trim_start_matches(' ').len();
    let indent = " ".repeat(indent);
    let lines = text.get(of.lines.clone()).unwrap_or_default().lines();
    let lines: Vec<String> = lines
        .map(|line| format!("{indent}  {}\n", line.trim()))
        .collect();
    let better = format!("\"\"\"\n{}{indent}\"\"\"", lines.concat());
    let mark = Span::new(source, of.range.start, of.range.start + 2);
    let message = "a text of several lines stands between `\"\"\"`";
    Diagnostic::new(Code::Syntax, message, mark, "begins no text")
        .help("write `\"\"\"` before and behind it, and indent what stands between")
        .fix(
            "write three quotes",
            Span::new(source, of.range.start, of.range.end),
            better,
        )
}
