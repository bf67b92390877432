//! Debug text laid out for reading: what fits on a line stays on one, the rest is broken at commas.

/// The most columns of a line.
const WIDTH: usize = 100;

/// Lays out one value as `{:?}` prints it.
pub fn lay_out(debug: &str) -> String {
    let mut out = String::new();
    write(debug, 0, &mut out);
    out.push('\n');
    out
}

fn write(text: &str, indent: usize, out: &mut String) {
    let column = out.len() - out.rfind('\n').map_or(0, |at| at + 1);
    let Some((head, inner, tail)) = split(text) else {
        return out.push_str(text);
    };
    if column + text.chars().count() <= WIDTH || inner.trim().is_empty() {
        return out.push_str(text);
    }
    out.push_str(head);
    for part in parts(inner) {
        out.push('\n');
        out.push_str(&"  ".repeat(indent + 1));
        write(part, indent + 1, out);
    }
    out.push('\n');
    out.push_str(&"  ".repeat(indent));
    out.push_str(tail);
}

/// Cuts `Head { inner }` at its outermost brackets.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find(['{', '[', '('])?;
    let quoted = text[..open].contains('"');
    let close = text.rfind(['}', ']', ')'])?;
    (!quoted && close > open).then(|| (&text[..=open], &text[open + 1..close], &text[close..]))
}

/// The parts between commas that stand in no bracket and no text.
fn parts(inner: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut escaped, mut start) = (0, false, false, 0);
    let mut parts = Vec::new();
    for (at, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(inner[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(inner[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}
