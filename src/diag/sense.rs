//! What a word or a line says and its opposite does not: negations and numbers.
//!
//! In: a text before and after a change. Out: whether they say the same of what must not be guessed. Never knows what a
//! line means: it counts words and signs, so that no edit turns a condition around or drops a number.

/// Words that say no, in the language and in the ones that people bring along.
const NEGATIVE: &[&str] = &[
    "not", "no", "nor", "non", "never", "none", "nobody", "nothing", "neither", "nowhere",
    "unless", "without", "abort", "isnt", "arent", "wasnt", "dont", "doesnt", "didnt", "cant",
    "cannot", "wont", "hasnt", "shouldnt", "mustnt",
];

/// What turns a word into its opposite.
const PREFIXES: [&str; 8] = ["un", "non", "not", "no", "dis", "de", "in", "anti"];

/// How often a text says no.
pub fn negations(text: &str) -> usize {
    let letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '\'' | '\u{2019}');
    let words = text.split(|c: char| !letter(c));
    let words = words.filter(|word| is_negative(word)).count();
    let signs = text.match_indices('!').filter(|(at, _)| denies(text, *at));
    words + signs.count() + text.matches("<>").count() + text.matches('\u{2260}').count()
}

/// Whether a word says no.
pub fn is_negative(word: &str) -> bool {
    let small = word.to_ascii_lowercase();
    NEGATIVE.contains(&small.as_str()) || small.ends_with("n't") || small.ends_with("n\u{2019}t")
}

/// Whether a `!` denies what follows. Behind a name it may belong to that: `vec![...]`, `worker.ready!`.
fn denies(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let behind = text.get(at + 1..).unwrap_or_default().trim_start();
    let named = before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ')');
    !named || behind.starts_with(['=', '<', '>', '~']) || behind.starts_with("in ")
}

/// Whether all that a text denies and counts is denied and counted in another one, too.
pub fn is_kept(before: &str, after: &str) -> bool {
    let count = |text: &str, digit: char| text.matches(digit).count();
    let counts = |digit: char| count(before, digit) <= count(after, digit);
    negations(before) == negations(after) && ('0'..='9').all(counts)
}

/// The same, and nothing more is denied, counted or compared.
pub fn is_same(before: &str, after: &str) -> bool {
    is_kept(before, after) && is_kept(after, before) && compared(before) == compared(after)
}

/// How often a text compares by each of `<`, `>`, `<=` and `>=`.
fn compared(text: &str) -> [usize; 4] {
    let signs = text.replace("->", "").replace("=>", "").replace("<-", "");
    let count =
        |plain: &str, sign: char| signs.matches(plain).count() + signs.matches(sign).count();
    [
        count("<", '\u{2264}'),
        count(">", '\u{2265}'),
        count("<=", '\u{2264}'),
        count(">=", '\u{2265}'),
    ]
}

/// Whether two words are no slip of each other, however alike they look: one denies, or counts, what the other does not.
pub fn are_apart(word: &str, other: &str) -> bool {
    let (word, other) = (word.to_ascii_lowercase(), other.to_ascii_lowercase());
    if word == other {
        return false;
    }
    let digits = |word: &str| -> String { word.chars().filter(char::is_ascii_digit).collect() };
    let number = |word: &str| {
        let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
        word[name.len()..].to_owned()
    };
    // `k9s` may be `k8s`; `sev0` is not `sev1`, nor `within24h` `within`.
    let counts = digits(&word) != digits(&other)
        && (number(&word) != number(&other) || digits(&other).is_empty());
    let all = ["any", "some", "every"]
        .iter()
        .any(|all| word.starts_with(all));
    counts
        || is_negative(&word)
        || is_opposite(&word, &other)
        || is_opposite(&other, &word)
        || all && other.starts_with("no")
}

/// Whether the longer word is the shorter one, denied.
fn is_opposite(long: &str, short: &str) -> bool {
    let denied = |prefix: &str| {
        let rest = long.strip_prefix(prefix).unwrap_or_default();
        short.len() > 2 && rest.trim_start_matches(['_', '-']) == short
    };
    PREFIXES.iter().any(|prefix| denied(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_denies() {
        assert_eq!(negations("a != 1 and not b"), 2);
        assert_eq!(negations("!a or b ! = 1"), 2);
        assert_eq!(negations("pod doesn't start"), 1);
        assert_eq!(negations("vec![a] and worker.ready! and println!(a)"), 0);
        assert_eq!(negations("now is until under"), 0);
    }

    #[test]
    fn keeps_numbers() {
        assert!(is_kept("within24h", "within 24h"));
        assert!(!is_kept("within24h", "within"));
        assert!(is_kept("twice", "2 times"));
    }

    #[test]
    fn tells_opposites_apart() {
        for (word, other) in [
            ("unresolved", "resolved"),
            ("resolved", "unresolved"),
            ("not", "now"),
            ("anybody", "nobody"),
            ("severity4", "severity"),
            ("sev0", "sev1"),
        ] {
            assert!(are_apart(word, other), "{word} {other}");
        }
        assert!(are_apart("within24h", "within"));
        assert!(!are_apart("k9s", "k8s"));
        assert!(!are_apart("k8", "k8s"));
        assert!(!are_apart("None", "none"));
        assert!(!are_apart("resolve", "resolved"));
    }
}
