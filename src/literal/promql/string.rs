//! The strings of a query: what they stand for, and the way back to the query.

use super::Problem;

/// A string without quotes and escapes, and the way back.
pub(super) struct Unquoted {
    pub text: String,
    /// For each byte of `text`, and for its end, the place in the query.
    places: Vec<usize>,
}

impl Unquoted {
    /// The place in the query of a place in the text.
    pub fn place(&self, at: usize) -> usize {
        let last = self.places.last().copied().unwrap_or_default();
        self.places.get(at).copied().unwrap_or(last)
    }
}

/// Undoes the escapes of a string, which begins at `start` of the query.
pub(super) fn unquoted(quoted: &str, start: usize) -> Result<Unquoted, Problem> {
    let mut string = Unquoted {
        text: String::new(),
        places: Vec::new(),
    };
    let quote = quoted.chars().next().unwrap_or('"');
    // Of a query that ends in the middle there may be nothing between them.
    let end = quoted.len().checked_sub(1);
    let inner = end.and_then(|end| quoted.get(1..end)).unwrap_or_default();
    let mut at = 0;
    while let Some(character) = inner[at..].chars().next() {
        let (meant, length) = match character {
            '\\' if quote != '`' => {
                let place = start + 1 + at;
                escape(&inner[at..], quote).ok_or_else(|| unknown_escape(&inner[at..], place))?
            }
            plain => (plain, plain.len_utf8()),
        };
        string.text.push(meant);
        string
            .places
            .extend(std::iter::repeat_n(start + 1 + at, meant.len_utf8()));
        at += length;
    }
    string.places.push(start + 1 + at);
    Ok(string)
}

/// The character that an escape stands for, and the length of the escape.
fn escape(text: &str, quote: char) -> Option<(char, usize)> {
    let digits = |count: usize, radix: u32| {
        let from = if radix == 8 { 1 } else { 2 };
        let code = u32::from_str_radix(text.get(from..from + count)?, radix).ok()?;
        Some((char::from_u32(code)?, from + count))
    };
    match text[1..].chars().next()? {
        'a' => Some(('\u{07}', 2)),
        'b' => Some(('\u{08}', 2)),
        'f' => Some(('\u{0c}', 2)),
        'n' => Some(('\n', 2)),
        'r' => Some(('\r', 2)),
        't' => Some(('\t', 2)),
        'v' => Some(('\u{0b}', 2)),
        '\\' => Some(('\\', 2)),
        'x' => digits(2, 16),
        'u' => digits(4, 16),
        'U' => digits(8, 16),
        '0'..='7' => digits(3, 8),
        same if same == quote => Some((quote, 2)),
        _ => None,
    }
}

fn unknown_escape(text: &str, place: usize) -> Problem {
    let escape: String = text.chars().take(2).collect();
    let problem = Problem::syntax(
        place..place + escape.len(),
        format!("`{escape}` is no escape of a string"),
    );
    let problem = problem.help("a backslash that is meant for the pattern is written twice");
    problem.instead(format!("\\{escape}"))
}

/// The text that a string stands for.
pub(super) fn text(quoted: &str) -> Option<String> {
    unquoted(quoted, 0).ok().map(|string| string.text)
}
