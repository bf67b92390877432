//! What people bring along to a schedule: Jenkins, Quartz, `@every`, whole words.
//!
//! In: a part of the schedule that is not valid. Out: what is written in its place, where one is sure.

const WHOLE: [&str; 19] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
];

/// `@every 5m`, where the clock has it: a whole part of an hour or of a day.
pub(super) fn every(name: &str) -> Option<String> {
    let length = name.strip_prefix("@every")?.trim();
    let (digits, unit) = length.split_at_checked(length.len().checked_sub(1)?)?;
    let count = digits.parse::<u32>().ok().filter(|count| *count > 0)?;
    match (unit, count) {
        ("m", 60) | ("h", 1) => Some("@hourly".to_owned()),
        ("h", 24) | ("d", 1) => Some("@daily".to_owned()),
        ("m", 1) => Some("* * * * *".to_owned()),
        ("m", count) if 60 % count == 0 => Some(format!("*/{count} * * * *")),
        ("h", count) if 24 % count == 0 => Some(format!("0 */{count} * * *")),
        (_, _) => None,
    }
}

/// `H` of Jenkins and `?` of Quartz: why it is wrong, and what is written instead.
pub(super) fn element(span: &str, step: Option<&str>) -> Option<(&'static str, Option<String>)> {
    match (span, step) {
        ("H", Some(step)) => Some(("nothing is chosen by itself", Some(format!("*/{step}")))),
        ("H", None) => Some(("nothing is chosen by itself", None)),
        ("?", None) => Some(("`?` has no meaning", Some("*".to_owned()))),
        (_, _) => None,
    }
}

/// The word of a field that a longer one begins with: `mon` for `monday`.
pub(super) fn word(written: &str, words: &[&'static str]) -> Option<&'static str> {
    let is_begun = |word: &&&str| {
        let mut whole = WHOLE.iter().filter(|whole| whole.starts_with(**word));
        written.starts_with(**word) && whole.any(|whole| whole.starts_with(written))
    };
    words.iter().find(is_begun).copied()
}
