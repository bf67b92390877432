//! The strings of a query: what they stand for, and the way back to the query.

use super::Problem;

/// A string without quotes and escapes, and the way back.
pub(super) struct Unquoted {
    pub text: String,
    /// For each byte of `text`, and for its end, the place in the query.
    places: Vec<usize>,
    /// Its bytes are no text.
    pub is_broken: bool,
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
    let mut bytes: Vec<u8> = Vec::new();
    let mut places = Vec::new();
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
            plain => (Meant::Character(plain), plain.len_utf8()),
        };
        let before = bytes.len();
        match meant {
            Meant::Character(meant) => {
                bytes.extend_from_slice(meant.encode_utf8(&mut [0; 4]).as_bytes());
            }
            Meant::Byte(byte) => bytes.push(byte),
        }
        places.extend(std::iter::repeat_n(start + 1 + at, bytes.len() - before));
        at += length;
    }
    places.push(start + 1 + at);
    let is_broken = std::str::from_utf8(&bytes).is_err();
    Ok(Unquoted {
        text: String::from_utf8_lossy(&bytes).into_owned(),
        places,
        is_broken,
    })
}

/// What an escape stands for: a part of a character, too, as `\xc3\xa9` is two of `é`.
enum Meant {
    Character(char),
    Byte(u8),
}

/// The character that an escape stands for, and the length of the escape.
fn escape(text: &str, quote: char) -> Option<(Meant, usize)> {
    let digits = |count: usize, radix: u32| {
        let from = if radix == 8 { 1 } else { 2 };
        let digits = text.get(from..from + count)?;
        let is_number = digits.chars().all(|digit| digit.is_digit(radix));
        let code = u32::from_str_radix(digits, radix)
            .ok()
            .filter(|_| is_number)?;
        let meant = match count {
            2 | 3 => Meant::Byte(u8::try_from(code).ok()?),
            _ => Meant::Character(char::from_u32(code)?),
        };
        Some((meant, from + count))
    };
    let of = |character| Some((Meant::Character(character), 2));
    match text[1..].chars().next()? {
        'a' => of('\u{07}'),
        'b' => of('\u{08}'),
        'f' => of('\u{0c}'),
        'n' => of('\n'),
        'r' => of('\r'),
        't' => of('\t'),
        'v' => of('\u{0b}'),
        '\\' => of('\\'),
        'x' => digits(2, 16),
        'u' => digits(4, 16),
        'U' => digits(8, 16),
        '0'..='7' => digits(3, 8),
        same if same == quote => of(quote),
        _ => None,
    }
}

fn unknown_escape(text: &str, place: usize) -> Problem {
    let escape: String = text.chars().take(2).collect();
    let problem = Problem::syntax(
        place..place + escape.len(),
        format!("`{escape}` is not an escape of a string"),
    );
    let problem = problem.help("a backslash that is meant for the pattern is written twice");
    problem.instead(format!("\\{escape}"))
}

/// The text that a string stands for.
pub(super) fn text(quoted: &str) -> Option<String> {
    unquoted(quoted, 0).ok().map(|string| string.text)
}
