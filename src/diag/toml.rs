//! What is wrong with the TOML of a file, in words for whoever wrote it.
//!
//! In: what the reader of TOML says. Out: what stands there, and what to write instead where that is known.

/// The words under the line, and how to mend it.
pub struct Mistake<'m> {
    pub label: &'m str,
    pub help: Option<&'static str>,
}

/// How the reader begins, what it means, and what to do.
const KNOWN: [(&str, &str, &str); 10] = [
    (
        "duplicate key",
        "already given above",
        "each key and each header is given once: put the lines below the header that is there",
    ),
    (
        "string values must be quoted",
        "a text stands in quotes",
        "write it as `\"...\"`",
    ),
    (
        "invalid basic string",
        "the text is not closed on its line",
        "end it with `\"`",
    ),
    (
        "invalid literal string",
        "the text is not closed on its line",
        "end it with `'`",
    ),
    (
        "invalid float",
        "not a number",
        "a text stands in quotes: `\"...\"`",
    ),
    (
        "unexpected leading zero",
        "a number does not begin with `0`",
        "leave the `0` out; a text stands in quotes: `\"...\"`",
    ),
    (
        "key with no value",
        "a key without a value",
        "a line is `key = value`",
    ),
    (
        "unclosed array,",
        "the list is not closed",
        "end it with `]`",
    ),
    (
        "unclosed inline table",
        "the table is not closed",
        "end it with `}`",
    ),
    (
        "unclosed table",
        "the header is not closed",
        "end it with `]`",
    ),
];

/// What the reader means.
pub fn mistake(said: &str) -> Mistake<'_> {
    let first = said.lines().next().unwrap_or_default();
    let mut known = KNOWN.iter();
    match known.find(|(begins, ..)| first.starts_with(begins)) {
        Some((_, label, help)) => Mistake {
            label,
            help: Some(help),
        },
        None => Mistake {
            label: first,
            help: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with each, in the order of the rows.
    const WRONG: [&str; 10] = [
        "a = 1\na = 2\n",
        "a = ops\n",
        "a = \"ops\n",
        "a = 'ops\n",
        "a = 1.2.3\n",
        "a = 08\n",
        "a\n",
        "a = [1\n",
        "a = { b = 1\n",
        "[a\n",
    ];

    #[test]
    fn each_is_said_by_the_reader() {
        for (text, (begins, label, _)) in WRONG.iter().zip(KNOWN) {
            let error = toml::from_str::<toml::Table>(text).unwrap_err();
            let said = error.message();
            assert!(said.starts_with(begins), "{text:?}: {said}");
            assert_eq!(mistake(said).label, label, "{text:?}");
        }
    }
}
