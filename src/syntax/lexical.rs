//! What can be wrong with characters, strings and comments, before anything is understood.
//!
//! In: a piece of the text. Out: what to say about it, and where a string that was never closed is taken to
//! end, so that one missing quote is one error.

mod brought;

use std::ops::Range;

pub(super) use self::brought::{
    backslash_told, goes_on_below, heredoc, heredoc_told, lines_of_text, lines_told, template_tag,
    template_tag_told,
};
use super::depth::Depth;
use super::skim::Piece;
use super::words;
use crate::diag::{Code, Diagnostic};
use crate::text::{SourceId, Span};

/// Where a string that lacks its quote is taken to end. `open` are the brackets opened on its line before it,
/// the innermost first: closers and a last `{` are left to the code.
pub(super) fn text_end(text: &str, piece: Piece, open: &[u8]) -> usize {
    let content = piece.text(text).trim_end();
    let mut end = content.len();
    let outermost_first: Vec<u8> = open.iter().rev().copied().collect();
    let mut closed = 0;
    let block = content.strip_suffix('{').filter(|rest| rest.ends_with(' '));
    if let Some(rest) = block {
        end = rest.trim_end().len();
    }
    // From the last closer inwards: the outermost bracket closes last.
    while let Some(last) = content
        .get(..end)
        .and_then(|rest| rest.trim_end().chars().next_back())
    {
        let rest = content.get(..end).unwrap_or_default().trim_end().len();
        let opener = match last {
            ')' => b'(',
            ']' => b'[',
            '}' => b'{',
            ',' if rest == content.len() && !open.is_empty() => {
                end = rest - 1;
                continue;
            }
            _ => break,
        };
        let inside_hole = last == '}' && content.get(..rest - 1).is_some_and(ends_in_hole);
        if inside_hole || outermost_first.get(closed) != Some(&opener) {
            break;
        }
        closed += 1;
        end = rest - 1;
    }
    let kept = content.get(..end).unwrap_or_default().trim_end();
    // At least the quote itself stays.
    piece.start + kept.len().max(1)
}

/// Whether a text ends inside of a hole.
pub(super) fn ends_in_hole(text: &str) -> bool {
    let hole = text.rfind("${").and_then(|hole| text.get(hole..));
    hole.is_some_and(|hole| !hole.contains('}'))
}

/// Where a block string that lacks its quotes is taken to end: before the first line that is not indented
/// deeper than the line of its opening.
pub(super) fn block_end(text: &str, piece: Piece, line_start: usize) -> usize {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let opening = text.get(line_start..piece.start).map_or(0, indent);
    let mut end = piece.start;
    for (index, line) in piece.text(text).split_inclusive('\n').enumerate() {
        if index > 0 && !line.trim().is_empty() && indent(line) <= opening {
            break;
        }
        end += line.len();
    }
    let kept = text.get(piece.start..end).unwrap_or_default().trim_end();
    piece.start + kept.len().max(3)
}

/// `/* ... */`, and what follows it on its last line.
pub(super) fn block_comment(span: Span, comment: &str, behind: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::BlockComment,
        "there are no block comments",
        span,
        "not a comment here",
    )
    .help("a comment begins with `//` and ends with its line");
    let inside = comment
        .strip_prefix("/*")
        .and_then(|rest| rest.strip_suffix("*/"));
    match inside {
        Some(inside) if !inside.contains('\n') && behind.trim().is_empty() => {
            let comment = format!("{}{}", comment_mark(inside), inside.trim_end());
            diagnostic.fix("write `//`", span, comment).safe()
        }
        _ => diagnostic,
    }
}

/// What begins a comment before these words, so that it is no documentation.
pub(super) fn comment_mark(words: &str) -> &'static str {
    match words.starts_with(['/', '!']) {
        true => "// ",
        false => "//",
    }
}

/// A line that a merge left at `start`, with the other side where this is the mark between the two.
pub(super) fn merge_mark(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = text.get(start..)?;
    let line = rest.lines().next()?;
    let marks = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];
    let mark = marks.into_iter().find(|mark| line.starts_with(mark))?;
    let behind = line.get(mark.len()..)?.trim_end();
    if !behind.is_empty() && !behind.starts_with(' ') {
        return None;
    }
    // What the others made of it goes with the mark above it.
    let other_side = matches!(mark, "|||||||" | "=======");
    let end = || {
        let mut at = 0;
        let mut lines = rest.split_inclusive('\n').take(brought::LINES);
        lines.find_map(|line| {
            let begin = at;
            at += line.len();
            line.starts_with(">>>>>>>").then_some(begin)
        })
    };
    let begin = other_side.then(end).flatten().unwrap_or(0);
    let length = rest.get(begin..)?.lines().next()?.len();
    Some(start..start + begin + length)
}

/// What is said of the first of them.
pub(super) fn merge_told(mark: Span, line: Span) -> Diagnostic {
    Diagnostic::new(
        Code::StrayAtColumnZero,
        "a merge left its marks here",
        mark,
        "the merge is not done",
    )
    .help("keep one of the two sides, and remove the marks")
    .fix("keep what was here", line, "")
}

/// `#`: said at the first one of a text; a name may be meant that it stands before.
pub(super) fn hash_comment(span: Span, mark: &str, is_named: bool) -> Diagnostic {
    Diagnostic::new(
        Code::Syntax,
        "a comment begins with `//`",
        span,
        "`#` begins nothing",
    )
    .help(match is_named {
        true => "write `// ...` where a comment begins; a name has no `#`",
        false => "write `// ...`",
    })
    .fix("write `//`", span, mark)
    .safe()
}

/// What makes of what follows a comment, also of a condition: that is for people to judge.
const COMMENT: &str = "write `//`";

/// A `;` between two lines of a block: what is put in its place, by the edit and by the reading.
pub(super) struct Semicolon {
    pub title: &'static str,
    /// Whether what follows would be a comment, a condition among it.
    pub is_doubtful: bool,
    /// The `;` and the blanks behind it.
    pub place: Span,
    pub better: String,
}

/// `;`: a line break where something follows on its line, nothing elsewhere, a comma in a list.
pub(super) fn semicolon(text: &str, span: Span, line_start: usize, depth: &Depth) -> Semicolon {
    let (before, rest) = text.split_at(span.range().end.min(text.len()));
    let rest = rest.split('\n').next().unwrap_or_default();
    let follows = rest.trim_start();
    let blanks = rest.len() - follows.len();
    let place = Span {
        end: span.end + blanks as u32,
        ..span
    };
    let before = before.trim_end_matches(';').trim_end();
    let plain = |title, place, edit: &str| Semicolon {
        title,
        is_doubtful: title == COMMENT,
        place,
        better: edit.into(),
    };
    if depth.in_list() {
        // `to; 5`: between the name of an argument and its value.
        let name = before.rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let name = name.into_iter().next().unwrap_or_default();
        let led = before.strip_suffix(name).unwrap_or_default().trim_end();
        let names =
            name.starts_with(|first: char| first.is_ascii_lowercase()) && led.ends_with(',');
        let named = follows
            .split([',', ';', ')', ']', '\n'])
            .next()
            .is_some_and(|value| !value.contains(':') && !value.trim().is_empty());
        return match names && named && text.is_char_boundary(span.range().start) {
            true => plain("write `:`", span, ":"),
            false => plain("write `,`", span, ","),
        };
    }
    let alone = follows.trim_end().is_empty() || follows.starts_with("//");
    let word = follows.split(|letter: char| !letter.is_ascii_lowercase());
    let begins = word.into_iter().next().is_some_and(words::is_inner_word);
    let apart = text.get(..span.range().start).unwrap_or_default();
    if apart.ends_with(' ') && blanks > 0 && !begins && !alone {
        // `severity sev3  ; at night`: what other languages take for a comment.
        return plain(COMMENT, span, "//");
    }
    if alone || follows.starts_with([';', '}']) || before.ends_with(['{', '\n']) {
        return plain("remove it", span, "");
    }
    let line = text.get(line_start..).unwrap_or_default();
    let indent = line
        .get(..line.len() - line.trim_start().len())
        .unwrap_or_default();
    // What the line itself has opened is still open: the next line stands inside of it.
    let deeper = match depth.opened_since(line_start) {
        true => "  ",
        false => "",
    };
    Semicolon {
        title: "begin a new line",
        is_doubtful: false,
        place,
        better: format!("\n{indent}{deeper}"),
    }
}

/// What is said at the first `;` of a text; those behind it are only mended.
pub(super) fn semicolon_told(span: Span, found: &Semicolon) -> Diagnostic {
    Diagnostic::new(
        Code::Semicolon,
        "statements are not separated by `;`",
        span,
        "a statement ends with its line",
    )
    .fix(found.title, found.place, found.better.clone())
    .safe()
}

/// Quotes that the language does not use, but for `'`; the double ones first.
pub(super) const OTHER_QUOTES: [char; 8] = [
    '\u{201c}', '\u{201d}', '\u{201e}', '\u{ab}', '\u{bb}', '\u{2018}', '\u{2019}', '\u{201a}',
];

/// A character that stands in strings and comments only, and what it is read as.
pub(super) fn foreign(span: Span, text: &str) -> (Diagnostic, &'static str) {
    let letter = text.chars().next().unwrap_or_default();
    if let Some(diagnostic) = hidden_character(span, letter) {
        return (diagnostic, "");
    }
    let code = u32::from(letter);
    let look_alike = match letter {
        quote if OTHER_QUOTES[..5].contains(&quote) => Some("\""),
        '\u{2013}' | '\u{2014}' | '\u{2212}' => Some("-"),
        '\u{a0}' | '\u{202f}' | '\u{3000}' => Some(" "),
        '\u{2192}' => Some("->"),
        '\u{2264}' => Some("<="),
        '\u{2265}' => Some(">="),
        '\u{2260}' => Some("!="),
        '\u{d7}' => Some("*"),
        '\u{2026}' => Some(".."),
        // The wide forms of ASCII.
        '\u{ff01}'..='\u{ff5e}' => narrow(code),
        _ => None,
    };
    let shown = if letter.is_control() || letter.is_whitespace() || letter == '\u{feff}' {
        format!("the character U+{code:04X}")
    } else {
        format!("`{letter}` (U+{code:04X})")
    };
    let diagnostic = Diagnostic::new(
        Code::ForeignCharacter,
        format!("{shown} cannot stand here"),
        span,
        "only in strings and comments",
    );
    match look_alike {
        // A mended quote would open a string: the line is lost, the file is not.
        Some("\"") => (diagnostic.fix("write `\"`", span, "\""), ""),
        Some(better) => (
            diagnostic
                .fix(format!("write `{better}`"), span, better)
                .safe(),
            better,
        ),
        None if letter.is_alphanumeric() => (
            diagnostic.help("names are made of a-z, A-Z, 0-9 and `_`"),
            "_",
        ),
        None => (diagnostic, " "),
    }
}

/// The sign of ASCII that has a wide form; letters and digits belong to names and stay.
fn narrow(wide: u32) -> Option<&'static str> {
    const SIGNS: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    let sign = char::from_u32(wide.checked_sub(0xfee0)?)?;
    let at = SIGNS.find(sign)?;
    SIGNS.get(at..at + 1)
}

/// Characters inside a string or a comment that make it look like something else.
pub(super) fn hidden_characters(source: SourceId, piece: Piece, text: &str) -> Vec<Diagnostic> {
    let letters = piece.text(text).char_indices();
    letters
        .filter_map(|(at, letter)| {
            let start = piece.start + at;
            let span = Span::new(source, start, start + letter.len_utf8());
            if letter == '\r' && text.as_bytes().get(start + 1) != Some(&b'\n') {
                return Some(lone_return(span));
            }
            hidden_character(span, letter)
        })
        .take(1)
        .collect()
}

fn hidden_character(span: Span, letter: char) -> Option<Diagnostic> {
    let code = u32::from(letter);
    is_hidden(letter).then(|| {
        Diagnostic::new(
            Code::HiddenCharacter,
            format!("the hidden character U+{code:04X}"),
            span,
            "a reader does not see it",
        )
        .help(format!(
            "a text that looks like something else than it is can fool whoever reviews it; in a string write `\\u{{{code:04X}}}`"
        ))
        .fix("remove it", span, "")
    })
}

/// Many editors begin a line behind it; here the line goes on.
fn lone_return(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::HiddenCharacter,
        "the hidden character U+000D: a carriage return that ends no line",
        span,
        "an editor may show a new line here",
    )
    .help("lines end with a line feed; in a string write `\\u{000D}`")
    .fix("remove it", span, "")
}

/// Whether a character is invisible, reorders a line, or speaks to the terminal.
fn is_hidden(letter: char) -> bool {
    match letter {
        '\n' | '\t' | '\r' => false,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{feff}' => true,
        letter => letter.is_control(),
    }
}

/// Whether a text may hold a hidden character at all: most texts are told by their bytes.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t'))
}
