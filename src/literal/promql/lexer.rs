//! The tokens of a query.
//!
//! In: the text with stand-ins for holes. Out: tokens with their places, the last one `End`.

use std::ops::Range;

use super::{Problem, habits, selector};
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
const MARKS: [&str; 25] = [
    "</", ">/", "==", "!=", "<=", ">=", "=~", "!~", "=", "<", ">", "+", "-", "*", "/", "%", "^",
    "(", ")", "{", "}", "[", "]", ",", "@",
];

/// Cuts a query into tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Problem> {
    let mut tokens = Vec::new();
    let mut at = 0;
    let mut in_brackets = false;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let digit_follows = || rest[1..].starts_with(|next: char| next.is_ascii_digit());
        let (kind, length) = match first {
            ' ' | '\t' | '\r' | '\n' => {
                at += 1;
                continue;
            }
            '#' => {
                let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
                if let Some(hole) = rest[..end].find(STAND_IN) {
                    return Err(Problem::Hole(at + hole, "within a comment"));
                }
                at += end;
                continue;
            }
            STAND_IN => (Kind::Hole, first.len_utf8()),
            '"' | '\'' | '`' => (Kind::Text, string(rest, first, at)?),
            '0'..='9' => number(rest, at)?,
            '.' if digit_follows() => number(rest, at)?,
            'a'..='z' | 'A'..='Z' | '_' | ':' => {
                // Between brackets a colon divides: `[5m:1m]`, `[5m:]`.
                let is_word = |next: u8| {
                    next.is_ascii_alphanumeric() || next == b'_' || next == b':' && !in_brackets
                };
                match first {
                    ':' if in_brackets => (Kind::Mark, 1),
                    _ => (
                        Kind::Word,
                        rest.bytes().take_while(|next| is_word(*next)).count(),
                    ),
                }
            }
            _ => match MARKS.iter().find(|mark| rest.starts_with(**mark)) {
                Some(mark) => {
                    in_brackets = *mark == "[" || in_brackets && *mark != "]";
                    (Kind::Mark, mark.len())
                }
                None => {
                    return Err(meaningless(text, first, at));
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
    if matches!(
        name,
        "__rate_interval" | "__interval" | "__range" | "interval"
    ) {
        let what = format!("nobody fills in `{}` here", &rest[..length]);
        let help = "how far to look back is written down: `[5m]`";
        return Some(Problem::syntax(range, what).help(help).instead("5m"));
    }
    let what = "a value of the runbook stands in `${...}`".to_owned();
    let problem = Problem::syntax(range, what).help(format!("write `${{{name}}}`, without quotes"));
    Some(problem.instead(format!("${{{name}}}")))
}

/// Says that a character has no meaning, and what is written in its place.
fn meaningless(text: &str, first: char, at: usize) -> Problem {
    let (before, rest) = text.split_at(at);
    let brought = || habits::without_quotes(text, at).or_else(|| habits::dotted(text, at));
    if let Some(problem) = placeholder(rest, at).or_else(brought) {
        return problem;
    }
    let known = [("&&", "and"), ("||", "or")];
    let what = format!("`{}` has no meaning in a query", first.escape_debug());
    match known.iter().find(|(foreign, _)| rest.starts_with(foreign)) {
        Some((foreign, word)) => Problem::syntax(at..at + foreign.len(), what)
            .help(format!("the operator is `{word}`"))
            .instead(*word),
        None => {
            let problem = Problem::syntax(at..at + first.len_utf8(), what);
            match first {
                '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{b4}' => {
                    problem.help("a text stands in straight quotes: `'a'`")
                }
                ';' if before.matches('{').count() > before.matches('}').count() => problem
                    .help("matchers have a comma between them: `up{job='a', pod='b'}`")
                    .instead(","),
                _ => problem,
            }
        }
    }
}

/// Where the comment begins that a query ends with, and the blanks before it.
pub(super) fn end(text: &str) -> Option<usize> {
    let tokens = tokens(text).ok()?;
    let before = tokens
        .len()
        .checked_sub(2)
        .and_then(|last| tokens.get(last));
    let end = before.map_or(0, |token| token.range.end);
    let rest = text.get(end..)?;
    (rest.contains('#') && !rest.contains(['\n', '\r'])).then_some(end)
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
    if number_of(token).is_some() {
        return Ok((Kind::Number, length));
    }
    let what = format!("`{token}` is neither a number nor a duration");
    let problem = Problem::syntax(at..at + length, what);
    if let Some(meant) = with_single_marks(token) {
        let help = "one `_` stands between two digits";
        return Err(problem.help(help).instead(meant));
    }
    let help = "durations are whole numbers with units, longest first: `5m`, `1h30m`, `1d`";
    let problem = problem.help(help);
    Err(match with_unit(token) {
        Some(duration) => problem.instead(duration),
        None => problem,
    })
}

/// `1__000_` as it is written here: `1_000`.
fn with_single_marks(token: &str) -> Option<String> {
    let groups = token.split('_').filter(|group| !group.is_empty());
    let meant = groups.collect::<Vec<_>>().join("_");
    (meant != token && number_of(&meant).is_some()).then_some(meant)
}

/// `2min` with its unit as it is written here: `2m`.
fn with_unit(token: &str) -> Option<String> {
    let digits = token.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match token.get(digits.len()..)? {
        "min" | "mins" | "minute" | "minutes" => "m",
        "sec" | "secs" | "second" | "seconds" => "s",
        "hr" | "hrs" | "hour" | "hours" => "h",
        "day" | "days" => "d",
        "week" | "weeks" => "w",
        "year" | "years" => "y",
        _ => return None,
    };
    let duration = format!("{digits}{unit}");
    is_duration(&duration).then_some(duration)
}

/// The number that is written: `1_000`, `0x1F`, `1e3`, and `Inf` and `NaN`, which are words.
pub(super) fn number_of(token: &str) -> Option<f64> {
    let lower = token.to_ascii_lowercase();
    if matches!(lower.as_str(), "inf" | "nan") {
        return lower.parse().ok();
    }
    let (digits, radix) = match lower.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None => (lower.as_str(), 10),
    };
    // `_` stands between digits, or behind `0x`.
    let mut before = if radix == 16 { '0' } else { '_' };
    for (at, next) in digits.char_indices() {
        let is_digit = |next: char| next.is_digit(radix);
        let behind = digits[at + next.len_utf8()..].chars().next();
        if next == '_' && !(is_digit(before) && behind.is_some_and(is_digit)) {
            return None;
        }
        before = next;
    }
    let plain = digits.replace('_', "");
    if radix == 16 {
        let whole = i64::from_str_radix(&plain, 16).ok();
        return whole
            .filter(|_| !plain.starts_with(['+', '-']))
            .map(|whole| whole as f64);
    }
    let begins_like_one = plain.starts_with(|first: char| first == '.' || first.is_ascii_digit());
    let number: Option<f64> = plain.parse().ok();
    let number = number.filter(|number| begins_like_one && number.is_finite());
    // Like other languages this one counts in eights behind a zero.
    let is_octal = plain.len() > 1
        && plain.starts_with('0')
        && plain.bytes().all(|digit| matches!(digit, b'0'..=b'7'));
    match is_octal {
        true => i64::from_str_radix(&plain, 8)
            .ok()
            .map(|whole| whole as f64),
        false => number,
    }
}

/// Whole numbers with the units `y w d h m s ms`, each at most once, in this order.
fn is_duration(token: &str) -> bool {
    let mut rest = token;
    let mut units = ["y", "w", "d", "h", "m", "s", "ms"].into_iter();
    while !rest.is_empty() {
        let digits = rest.find(|next: char| !next.is_ascii_digit());
        let Some(digits) = digits.filter(|digits| *digits > 0) else {
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
    // The server counts in nanoseconds.
    !token.is_empty() && selector::millis(token) <= i64::MAX / 1_000_000
}
