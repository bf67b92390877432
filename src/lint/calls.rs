//! Where something of the package is called or declared, as it is written: `NAME(a, b)`.
//!
//! In: a stretch of a file, a name. Out: the arguments of each place in their order. Texts and comments are no code;
//! a call with a comment in it is not told apart, and neither is anything else then.

use std::ops::Range;

/// `NAME(...)`
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    /// The word before it: `found`, `remedy`, or nothing.
    pub behind: String,
    /// Both parentheses, and what is between them.
    pub whole: Range<usize>,
    /// Without the blanks around each.
    pub args: Vec<Range<usize>>,
}

/// Each call of a name in a text; none where one of them cannot be told.
pub fn of(text: &str, name: &str) -> Option<Vec<Call>> {
    let mut calls = Vec::new();
    let mut behind = "";
    let mut at = 0;
    while at < text.len() {
        let length = token(&text[at..]);
        let word = &text[at..at + length];
        let end = at + length;
        let is_member = text[..at].ends_with('.');
        if word == name && !is_member && text[end..].starts_with('(') {
            calls.push(call(text, end, behind)?);
        }
        if !word.trim().is_empty() {
            behind = word;
        }
        at = end;
    }
    Some(calls)
}

/// The call whose parenthesis opens here.
fn call(text: &str, open: usize, behind: &str) -> Option<Call> {
    let mut ends = Vec::new();
    let mut depth = 0_usize;
    let mut at = open;
    loop {
        let length = token(text.get(at..).filter(|rest| !rest.is_empty())?);
        match &text[at..at + length] {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.checked_sub(1)?,
            "," if depth == 1 => ends.push(at),
            word if word.starts_with("//") => return None,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        at += length;
    }
    ends.push(at);
    let mut from = open + 1;
    let mut args = Vec::new();
    for end in ends {
        let inside = &text[from..end];
        let start = from + inside.len() - inside.trim_start().len();
        if !inside.trim().is_empty() {
            args.push(start..start + inside.trim().len());
        }
        from = end + 1;
    }
    Some(Call {
        behind: behind.to_owned(),
        whole: open..at + 1,
        args,
    })
}

/// How long the token is that a text begins with: a word, blanks, a text, a comment, or one character.
fn token(text: &str) -> usize {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let run = |is: &dyn Fn(char) -> bool| text.find(|c| !is(c)).unwrap_or(text.len());
    let Some(first) = text.chars().next() else {
        return 0;
    };
    if word(first) {
        return run(&word);
    }
    if first.is_whitespace() {
        return run(&char::is_whitespace);
    }
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if let Some(rest) = text.strip_prefix("\"\"\"") {
        return rest.find("\"\"\"").map_or(text.len(), |end| end + 6);
    }
    if first == '"' {
        return 1 + quoted(&text[1..]);
    }
    first.len_utf8()
}

/// How long a text is from behind its first quote to behind its last.
fn quoted(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '\n' => return at,
            '"' if !is_escaped => return at + 1,
            _ => is_escaped = c == '\\' && !is_escaped,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<Vec<(String, Vec<&str>)>> {
        let calls = of(text, "up")?.into_iter();
        let shown = calls.map(|call| {
            let args = call.args.iter().map(|arg| &text[arg.clone()]);
            (call.behind, args.collect())
        });
        Some(shown.collect())
    }

    #[test]
    fn what_is_called_is_told_from_what_looks_alike() {
        let text = "found up(a, f(b, [c, d])) // up(x)\nk8s.up(y) cup(z) \"up(w)\" up() up(\n  q: \"),\",\n)";
        let found = shown(text).unwrap();
        let args: Vec<_> = found.iter().map(|(_, args)| args.clone()).collect();
        assert_eq!(args, [vec!["a", "f(b, [c, d])"], vec![], vec!["q: \"),\""]]);
        assert_eq!(found[0].0, "found");
    }

    #[test]
    fn what_cannot_be_told_is_left() {
        assert_eq!(shown("up(a, // why\n b)"), None);
        assert_eq!(shown("up(a"), None);
        assert_eq!(shown("up(\"a"), None);
    }
}
