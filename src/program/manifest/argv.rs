//! A command as one text that says where each argument ends: `fix "web now" restart`.
//!
//! An argument that is empty, or has blanks, quotes or a backslash in it, stands as a JSON string; others stand as they
//! are. So two commands never have one text.

/// The text of a command.
pub fn join<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let words = words.into_iter().map(quoted);
    words.collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\\');
    match word.is_empty() || word.contains(is_odd) {
        true => serde_json::Value::from(word).to_string(),
        false => word.to_owned(),
    }
}

/// The arguments of such a text; none where it is no such text.
pub fn split(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = match rest.starts_with('"') {
            true => {
                let mut read = serde_json::Deserializer::from_str(rest).into_iter::<String>();
                let word = read.next()?.ok()?;
                let end = read.byte_offset();
                (word, rest.get(end..)?)
            }
            false => {
                let end = rest.find(' ').unwrap_or(rest.len());
                (rest.get(..end)?.to_owned(), rest.get(end..)?)
            }
        };
        words.push(word);
        rest = match after.strip_prefix(' ') {
            Some(rest) => rest,
            None if after.is_empty() => after,
            None => return None,
        };
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{join, split};

    proptest! {
        #[test]
        fn two_commands_never_have_one_text(words in prop::collection::vec("[ab\"\\\\ \\n]{0,3}", 0..4)) {
            let text = join(words.iter().map(String::as_str));
            prop_assert_eq!(split(&text), Some(words));
        }
    }
}
