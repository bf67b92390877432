//! The tokens of a query.
//!
//! In: the text with stand-ins for holes. Out: tokens with their places, the last one `End`.

use std::ops::Range;

use super::Problem;
use crate::literal::scan::STAND_IN;

/// What a token is. Its text is under its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, a keyword, a function.
    Word,
    Number,
    /// `5m`, `1h30m`
    Duration,
    /// With its quotes.
    Text,
    Hole,
    /// An operator or a bracket.
    Mark,
    End,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub range: Range<usize>,
}

/// Operators and brackets, longer ones first.
const MARKS: [&str; 23] = [
    "==", "!=", "<=", ">=", "=~", "!~", "=", "<", ">", "+", "-", "*", "/", "%", "^", "(", ")", "{",
    "}", "[", "]", ",", "@",
];

/// Cuts a query into tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Problem> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let digit_follows = || rest[1..].starts_with(|next: char| next.is_ascii_digit());
        let (kind, length) = match first {
            ' ' | '\t' | '\r' | '\n' => {
                at += 1;
                continue;
            }
            STAND_IN => (Kind::Hole, first.len_utf8()),
            '"' | '\'' | '`' => (Kind::Text, string(rest, first, at)?),
            '0'..='9' => number(rest, at)?,
            '.' if digit_follows() => number(rest, at)?,
            'a'..='z' | 'A'..='Z' | '_' | ':' => {
                let is_word =
                    |next: u8| next.is_ascii_alphanumeric() || matches!(next, b'_' | b':');
                // Between brackets a colon divides: `[5m:1m]`, `[5m:]`.
                match first {
                    ':' if divides(text, &tokens) => (Kind::Mark, 1),
                    _ => (
                        Kind::Word,
                        rest.bytes().take_while(|next| is_word(*next)).count(),
                    ),
                }
            }
            _ => match MARKS.iter().find(|mark| rest.starts_with(**mark)) {
                Some(mark) => (Kind::Mark, mark.len()),
                None => {
                    return Err(meaningless(rest, first, at));
                }
            },
        };
        let range = at..at + length;
        at = range.end;
        tokens.push(Token { kind, range });
    }
    tokens.push(Token {
        kind: Kind::End,
        range: text.len()..text.len(),
    });
    Ok(tokens)
}

/// `$pod`, `{{pod}}`, `{{ $labels.pod }}`: how other tools write what is filled in.
pub(super) fn placeholder(rest: &str, at: usize) -> Option<Problem> {
    let (name, length) = match rest.strip_prefix("{{") {
        Some(inside) => {
            let end = inside.find("}}")?;
            (inside.get(..end)?.trim(), end + 4)
        }
        None => {
            let inside = rest.strip_prefix('$')?;
            let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            let end = inside.find(|letter| !is_part(letter));
            let end = end.unwrap_or(inside.len());
            (inside.get(..end)?, end + 1)
        }
    };
    let name = name.trim_start_matches('$');
    let name = name.strip_prefix("labels").unwrap_or(name);
    let name = name.trim_start_matches('.').trim();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    let range = at..at + length;
    let what = "a value of the runbook stands in `${...}`".to_owned();
    let problem = Problem::syntax(range, what).help(format!("write `${{{name}}}`, without quotes"));
    Some(problem.instead(format!("${{{name}}}")))
}

/// Says that a character has no meaning, and what is written in its place.
fn meaningless(rest: &str, first: char, at: usize) -> Problem {
    if let Some(problem) = placeholder(rest, at) {
        return problem;
    }
    let known = [("&&", "and"), ("||", "or")];
    let what = format!("`{}` has no meaning in a query", first.escape_debug());
    match known.iter().find(|(foreign, _)| rest.starts_with(foreign)) {
        Some((foreign, word)) => Problem::syntax(at..at + foreign.len(), what)
            .help(format!("the operator is `{word}`"))
            .instead(*word),
        None => Problem::syntax(at..at + first.len_utf8(), what),
    }
}

/// Whether the last tokens are a `[` and one length of time.
fn divides(text: &str, tokens: &[Token]) -> bool {
    match tokens {
        [.., open, length] => {
            &text[open.range.clone()] == "["
                && matches!(length.kind, Kind::Duration | Kind::Hole | Kind::Number)
        }
        [] | [_] => false,
    }
}

/// The length of a string with its quotes.
fn string(rest: &str, quote: char, at: usize) -> Result<usize, Problem> {
    let mut escaped = false;
    for (offset, character) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if character == '\\' && quote != '`' {
            escaped = true;
        } else if character == quote {
            return Ok(offset + 1);
        } else if character == '\n' && quote != '`' {
            break;
        }
    }
    let problem = Problem::syntax(at..at + 1, "the string is not closed");
    Err(problem.help(format!("close it with `{quote}`")))
}

/// The length of a number or a duration, and which it is.
fn number(rest: &str, at: usize) -> Result<(Kind, usize), Problem> {
    let mut length = 0;
    let bytes = rest.as_bytes();
    let is_hexadecimal = rest.starts_with("0x") || rest.starts_with("0X");
    while let Some(byte) = bytes.get(length) {
        let signed_exponent = matches!(byte, b'+' | b'-')
            && !is_hexadecimal
            && length > 0
            && matches!(bytes[length - 1], b'e' | b'E');
        if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_') || signed_exponent) {
            break;
        }
        length += 1;
    }
    let token = &rest[..length];
    if is_duration(token) {
        return Ok((Kind::Duration, length));
    }
    let hexadecimal = is_hexadecimal && i64::from_str_radix(&token[2..], 16).is_ok();
    let begins_like_one = !token.contains(['_', 'n', 'N', 'i', 'I']);
    if hexadecimal || (begins_like_one && token.parse::<f64>().is_ok()) {
        return Ok((Kind::Number, length));
    }
    let what = format!("`{token}` is neither a number nor a duration");
    let help = "durations are whole numbers with units, longest first: `5m`, `1h30m`, `1d`";
    Err(Problem::syntax(at..at + length, what).help(help))
}

/// Whole numbers with the units `y w d h m s ms`, each at most once, in this order.
fn is_duration(token: &str) -> bool {
    let mut rest = token;
    let mut units = ["y", "w", "d", "h", "m", "s", "ms"].into_iter();
    while !rest.is_empty() {
        let digits = rest.find(|next: char| !next.is_ascii_digit());
        let Some(digits) = digits.filter(|digits| (1..=9).contains(digits)) else {
            return false;
        };
        let unit = &rest[digits..];
        let unit = &unit[..unit
            .find(|next: char| next.is_ascii_digit())
            .unwrap_or(unit.len())];
        if !units.any(|known| known == unit) {
            return false;
        }
        rest = &rest[digits + unit.len()..];
    }
    true
}
