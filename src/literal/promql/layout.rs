//! The one layout of a query: what differs in blanks alone is laid out alike.
//!
//! In: the text, with stand-ins for holes. Out: the same tokens, with blanks where people put them.

use super::lexer::{Kind, tokens};

/// Words that are no functions: a bracket behind them stands apart.
const APART: [&str; 12] = [
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "and",
    "or",
    "unless",
    "atan2",
    "bool",
    "offset",
];

/// The same query; what cannot be read stays as it is.
pub fn laid_out(text: &str) -> String {
    let Ok(tokens) = tokens(text) else {
        return text.to_owned();
    };
    let mut out = String::with_capacity(text.len());
    let mut before: Option<Before> = None;
    // Between braces a mark tests a label.
    let mut braces = 0_u32;
    for token in &tokens {
        let (kind, word) = (token.kind, &text[token.range.clone()]);
        let is_apart = before.as_ref().is_some_and(|before| match word {
            _ if kind == Kind::End || before.glues => false,
            "(" => before.kind != Kind::Word || before.is_no_function(),
            ")" | "]" | "}" | "," | "[" | "{" | ":" => false,
            "=" | "!=" | "=~" | "!~" => braces == 0,
            _ => true,
        });
        if is_apart {
            out.push(' ');
        }
        out.push_str(word);
        match word {
            "{" => braces += 1,
            "}" => braces = braces.saturating_sub(1),
            _ => {}
        }
        // A sign stands at its number.
        let is_sign = matches!(word, "-" | "+") && before.as_ref().is_none_or(Before::opens);
        let glues = match word {
            "(" | "[" | "{" | ":" => true,
            "=" | "!=" | "=~" | "!~" => braces > 0,
            _ => is_sign,
        };
        before = Some(Before { kind, word, glues });
    }
    out
}

/// The token before.
struct Before<'a> {
    kind: Kind,
    word: &'a str,
    /// Whether the next one stands at it.
    glues: bool,
}

impl Before<'_> {
    /// Whether a value has to follow.
    fn opens(&self) -> bool {
        let closes = matches!(self.word, ")" | "]" | "}");
        self.kind == Kind::Mark && !closes || self.is_no_function()
    }

    fn is_no_function(&self) -> bool {
        self.kind == Kind::Word && APART.contains(&self.word.to_ascii_lowercase().as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::laid_out;

    #[test]
    fn blanks_say_nothing() {
        for (one, other) in [
            ("sum( queue_lag )", "sum(queue_lag)"),
            ("sum by(a ,b)(x)", "sum by (a, b) (x)"),
            ("x{ a = \"b  c\" , d=~'e' }", "x{a=\"b  c\", d=~'e'}"),
            ("rate( x [ 5m ] )/2", "rate(x[5m]) / 2"),
            ("a\n  and\ton (b) c", "a and on (b) c"),
            ("x offset - 5m", "x offset -5m"),
            ("-x*- 1", "-x * -1"),
            ("max_over_time(x[5m : 1m])", "max_over_time(x[5m:1m])"),
            ("a>=bool 1", "a >= bool 1"),
        ] {
            assert_eq!(laid_out(one), laid_out(other), "{one}");
            assert_eq!(laid_out(other), other);
        }
    }

    #[test]
    fn words_stay_apart() {
        for (one, other) in [
            ("a and b", "aand b"),
            ("x{a=\"b c\"}", "x{a=\"bc\"}"),
            ("a - b", "a - -b"),
            ("x offset 5m", "x offset -5m"),
        ] {
            assert_ne!(laid_out(one), laid_out(other), "{one}");
        }
    }
}
