//! What a step is given in both versions, where that is another thing: of each text the part that differs.

use crate::program::manifest::Step;
use crate::report::diff::Words;
use crate::text::difference;

/// How much of what is the same stands before the part that differs, in characters.
const BEFORE: usize = 40;
/// What ends a text that the lock does not have whole.
const CUT: char = '…';

/// Of these parameters those that are written another way; all of them where they only mean something else; nothing of a
/// lock that does not say it.
pub fn given(old: &Step, new: &Step, wanted: impl Fn(&str) -> bool) -> (Words, Words) {
    let in_both = new.given.iter().filter(|(name, _)| wanted(name));
    let in_both =
        in_both.filter_map(|(name, new)| Some((name.as_str(), old.given.get(name)?, new)));
    let (same, others): (Vec<_>, Vec<_>) = in_both.partition(|(_, old, new)| old == new);
    let raw = old.raw.as_ref().zip(new.raw.as_ref());
    let raw = raw.filter(|(old, new)| old != new);
    let mut sides: Vec<(String, String)> =
        raw.into_iter().map(|(old, new)| apart(old, new)).collect();
    let named = |name: &str, (old, new): (String, String)| {
        (format!("{name}: {old}"), format!("{name}: {new}"))
    };
    sides.extend(
        others
            .into_iter()
            .map(|(name, old, new)| named(name, apart(old, new))),
    );
    if sides.is_empty() {
        // What differs of one that was cut off is not known.
        let whole = same.into_iter().filter(|(_, text, _)| !text.ends_with(CUT));
        sides.extend(whole.map(|(name, old, new)| named(name, (old.clone(), new.clone()))));
    }
    match sides.is_empty() {
        true => (Words::default(), Words::default()),
        false => {
            let (old, new): (Vec<_>, Vec<_>) = sides.into_iter().unzip();
            (Words::list(old), Words::list(new))
        }
    }
}

/// Both texts, without the most of what they begin alike.
fn apart(old: &str, new: &str) -> (String, String) {
    let same = &old[..difference(old, new).0.start];
    let skipped = same
        .char_indices()
        .rev()
        .nth(BEFORE - 1)
        .map_or(0, |(at, _)| at);
    let shown = |text: &str| match skipped {
        0 => text.to_owned(),
        skipped => format!("{CUT}{}", &text[skipped..]),
    };
    (shown(old), shown(new))
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn what_differs_behind_much_that_is_the_same_is_shown() {
        let long = "é".repeat(100);
        let sides = apart(&format!("{long}stop"), &format!("{long}start"));
        let kept = format!("…{}", "é".repeat(38));
        assert_eq!(sides, (format!("{kept}stop"), format!("{kept}start")));
        assert_eq!(apart("a", "b"), ("a".to_owned(), "b".to_owned()));
    }
}
