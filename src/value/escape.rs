//! Text from outside, made safe to show to people.
//!
//! In: any text. Out: one line in which nothing is hidden: control and direction-changing
//! characters are spelled out, and what is too long is cut where one can see it.

/// The text with everything invisible spelled out, cut after `limit` characters.
pub fn escape_text(text: &str, limit: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(limit));
    for (count, character) in text.chars().enumerate() {
        if count == limit {
            shown.push('…');
            break;
        }
        match character {
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            '\r' => shown.push_str("\\r"),
            hidden if is_hidden(hidden) => {
                shown.push_str(&format!("\\u{{{:x}}}", u32::from(hidden)));
            }
            plain => shown.push(plain),
        }
    }
    shown
}

/// Words from outside as one value of a JSON text: what cannot be seen is dropped, and after `most`
/// characters they are cut.
pub fn free_text(text: &str, most: usize) -> String {
    let seen = text.chars().filter(|character| !is_hidden(*character));
    seen.take(most).collect()
}

/// Whether nothing of it can be seen: it says nothing.
pub fn is_blank(text: &str) -> bool {
    let is_empty = |character: char| character.is_whitespace() || is_hidden(character);
    text.chars().all(is_empty)
}

/// Whether a character cannot be seen, or changes how its neighbours are seen.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00ad}'
                | '\u{061c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}
