//! Which operator or keyword a word is.

/// Keywords are the same in capitals.
pub(super) fn is_word(word: &str, keyword: &str) -> bool {
    word.eq_ignore_ascii_case(keyword)
}

pub(super) fn is_comparison(operator: &str) -> bool {
    matches!(operator, "==" | "!=" | "<" | "<=" | ">" | ">=")
}

/// Operators that cut the buckets of histograms off.
pub(super) fn is_trim(operator: &str) -> bool {
    matches!(operator, "</" | ">/")
}

pub(super) fn is_set(operator: &str) -> bool {
    ["and", "or", "unless"]
        .iter()
        .any(|set| is_word(operator, set))
}
