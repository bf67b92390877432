//! Near names: what the user may have meant.
//!
//! In: a word and the names that exist. Out: the nearest one, if it is near enough to be a slip.
//! Never guesses wildly: an unrelated suggestion is worse than none.

use super::sense;

/// The candidate that is nearest to `word`, the first of equals, if it is near enough. Of more than
/// [`MOST`] candidates only the first are looked at, so that many slips in one file cost no more
/// than linear time.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = word;
    let word: Vec<char> = word.chars().take(LONGEST).collect();
    let allowed = (word.len() / 3).max(1);
    let mut best: Option<((usize, bool), &str)> = None;
    let mut letters: Vec<char> = Vec::new();
    for candidate in candidates.into_iter().take(MOST) {
        letters.clear();
        letters.extend(candidate.chars().take(LONGEST));
        if letters.len().abs_diff(word.len()) > allowed {
            continue;
        }
        crate::steps::count(1);
        let distance = distance(&word, &letters);
        // A name that shares nothing with the word is not a slip, however short both are.
        let related = distance < word.len().max(candidate.len());
        // Of two that are as near, the one that only goes on: `rat` is `rate`, not `rad`.
        let rank = (distance, !letters.starts_with(&word));
        let nearer = distance <= allowed && best.is_none_or(|(least, _)| rank < least);
        if related && nearer && !sense::are_apart(written, candidate) {
            best = Some((rank, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// What there is, and what may have been meant, as a help.
pub fn offered(near: Option<&str>, what: &str, all: &str) -> String {
    match near {
        Some(near) => format!("did you mean `{near}`? {what}: {all}"),
        None => format!("{what}: {all}"),
    }
}

/// The word for a unit or a severity that goes by another name elsewhere.
pub fn elsewhere(word: &str) -> Option<&'static str> {
    Some(match word {
        "percent" | "percentage" | "share" | "fraction" => "ratio",
        "duration" | "sec" | "secs" | "s" => "seconds",
        "size" | "b" | "octets" => "bytes",
        "critical" | "fatal" | "emergency" | "p1" => "sev1",
        "error" | "high" | "major" | "p2" => "sev2",
        "warning" | "medium" | "minor" | "page" | "p3" => "sev3",
        "info" | "low" | "notice" | "p4" => "sev4",
        _ => return None,
    })
}

/// The type that other languages call so.
pub fn type_elsewhere(name: &str) -> Option<&'static str> {
    Some(match name.to_lowercase().as_str() {
        "str" | "string" | "text" | "varchar" | "char" => "String",
        "int" | "integer" | "i32" | "i64" | "u32" | "u64" | "usize" | "long" | "number" => "Int",
        "float" | "f32" | "f64" | "double" | "decimal" => "Float",
        "bool" | "boolean" => "Bool",
        "datetime" | "timestamp" | "date" => "Time",
        "timedelta" | "interval" => "Duration",
        "regexp" | "pattern" => "Regex",
        "uri" => "Url",
        _ => return None,
    })
}

/// How many candidates are looked at.
const MOST: usize = 500;

/// Longer names are compared by their beginning.
const LONGEST: usize = 64;

/// How many letters must be put in, taken out, changed or swapped with a neighbour; case counts little.
fn distance(a: &[char], b: &[char]) -> usize {
    let same = |a: char, b: char| a.eq_ignore_ascii_case(&b);
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, &left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &right) in b.iter().enumerate() {
            let change = above[j] + usize::from(!same(left, right));
            let mut least = change.min(above[j + 1] + 1).min(row[j] + 1);
            let swapped = i > 0 && j > 0 && same(a[i - 1], right) && same(left, b[j - 1]);
            if swapped {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_only() {
        let names = ["restart", "scale", "rollback", "pod", "pods"];
        assert_eq!(nearest("rollbak", names), Some("rollback"));
        assert_eq!(nearest("sclae", names), Some("scale"));
        assert_eq!(nearest("Pod", names), Some("pod"));
        assert_eq!(nearest("rat", ["rad", "rate"]), Some("rate"));
        assert_eq!(nearest("drain", names), None);
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest("", names), None);
    }
}
