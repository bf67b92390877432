//! Text from outside made safe to show: no control characters, nothing that reorders a line.
//!
//! In: any text. Out: the same text with each harmful character replaced. Two ways: one keeps every
//! byte offset, for source lines that are underlined; one names the character, for messages.

use std::borrow::Cow;

/// Replaces harmful characters by others of the same length in bytes; line breaks and tabs stay.
pub fn same_length(text: &str) -> Cow<'_, str> {
    replace(text, |c, out| match c.len_utf8() {
        1 => out.push('?'),
        2 => out.push('\u{b7}'),
        // All harmful characters are in the first plane, so there are no longer ones.
        _ => out.push(char::REPLACEMENT_CHARACTER),
    })
}

/// Replaces harmful characters by their number: `\u{202e}`.
pub fn named(text: &str) -> Cow<'_, str> {
    replace(text, |c, out| out.extend(c.escape_unicode()))
}

/// The same for what stands in a line, such as the name of a file: no line begins in it.
pub fn in_a_line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match is_harmful(letter) || letter == '\n' || letter == '\t' {
            true => shown.extend(letter.escape_unicode()),
            false => shown.push(letter),
        }
    }
    shown
}

/// Whether the character hides, reorders, or speaks to the terminal.
pub fn is_harmful(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{feff}' => true,
        c => c.is_control(),
    }
}

fn replace(text: &str, put: impl Fn(char, &mut String)) -> Cow<'_, str> {
    // A carriage return is part of a line break only.
    let harmful = |(at, c): (usize, char)| {
        let line_break = c == '\r' && text.as_bytes().get(at + 1) == Some(&b'\n');
        (is_harmful(c) && !line_break).then_some(c)
    };
    if !text.char_indices().any(|place| harmful(place).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match harmful((at, c)) {
            Some(c) => put(c, &mut out),
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_every_offset() {
        let text = "a\u{202e}b\u{1b}[2Jc\r\nd\re\u{85}f\u{61c}";
        let shown = same_length(text);
        assert_eq!(shown, "a\u{fffd}b?[2Jc\r\nd?e\u{b7}f\u{b7}");
        assert_eq!(shown.len(), text.len());
    }

    #[test]
    fn names_what_it_replaces() {
        assert_eq!(named("`a\u{202e}b`"), "`a\\u{202e}b`");
        assert_eq!(
            in_a_line("a\u{1b}[m\nb\r.rbk"),
            "a\\u{1b}[m\\u{a}b\\u{d}.rbk"
        );
        assert!(matches!(named("plain \u{e4}"), Cow::Borrowed(_)));
    }
}
