//! Signs and words that people bring along from other languages, and what is written here in their place.

/// Words of other languages, and what is written here in their place.
pub(super) const WORDS: &[(&str, &str)] = &[
    ("returns", "->"),
    ("return", "->"),
    ("yields", "->"),
    ("is", "->"),
    ("catch", "else"),
    ("except", "else"),
    ("otherwise", "else"),
    ("errors", "fails"),
    ("error", "fails"),
    ("fail", "fails"),
    ("throws", "fails"),
    ("raises", "fails"),
    ("twice", "2 times"),
    ("thrice", "3 times"),
    ("ack", "acknowledged"),
    ("acked", "acknowledged"),
    ("unless", "if not"),
    ("when", "if"),
    ("if", "when"),
    ("where", "if"),
    ("if", "where"),
    ("when", "where"),
    ("or", "else"),
    ("missing", "missed"),
    ("misses", "missed"),
    ("miss", "missed"),
    ("timeout", "within"),
    ("max", "within"),
    ("under", "within"),
    ("found", "finding"),
    ("finds", "finding"),
    ("retries", "retry"),
    ("retrying", "retry"),
    ("attempts", "retry"),
    ("businessdays", "workdays"),
    ("weekdays", "workdays"),
    ("weekdays", "weekly Mon, Tue, Wed, Thu, Fri"),
    ("weekends", "weekly Sat, Sun"),
    ("daily", "weekly Mon, Tue, Wed, Thu, Fri, Sat, Sun"),
    ("every", "weekly"),
    ("unless", "abort if"),
    ("timezone", "in"),
    ("tz", "in"),
    ("when", "once"),
    ("min", "at least"),
    ("minimum", "at least"),
    ("maximum", "at most"),
    ("interval", "every"),
    ("as", "by"),
];

/// Signs of other languages, and what is written here in their place.
pub(super) const SIGNS: &[(&str, &str)] = &[
    ("::", "."),
    ("=>", "->"),
    ("=>", ">="),
    ("=<", "<="),
    ("<-", "->"),
    ("<>", "!="),
    ("===", "=="),
    ("!==", "!="),
    (":=", "="),
    ("||", "else"),
    ("|", ", then"),
    ("=", "=="),
    ("=", "->"),
    (":", "=="),
    (":", "->"),
];

/// Words that say nothing here.
pub(super) const NOISE: &[&str] = &[
    "times", "tries", "await", "async", "new", "mut", "then", "is", "please", "because", "the",
    "exactly", "only", "just", "to", "made", "that",
];

/// Words between two parts of a line: one of them may be meant as another.
pub(super) const BETWEEN: &[&str] = &[
    "of", "by", "in", "to", "at", "on", "for", "with", "as", "from", "than", "within", "per",
    "after", "until", "and",
];

/// Signs that say nothing here; taking out any other one would change what is computed.
pub(super) const EMPTY_SIGNS: &[&str] = &["=", ":", ",", "!", "&", "$", "?", "@"];

/// Signs that compare, as they are written apart or the wrong way round, and what is meant.
pub(super) const COMPARISONS: &[(&str, &str)] = &[
    ("!=", "!="),
    ("=!", "!="),
    ("!==", "!="),
    ("<=", "<="),
    ("=<", "<="),
    (">=", ">="),
    ("=>", ">="),
    ("==", "=="),
    ("===", "=="),
    ("<>", "!="),
];

/// What begins a comment elsewhere.
pub(super) const COMMENTS: &[&str] = &["--", "/", "<!--", "%", "%%", "*"];
