//! One number token, classified: `1_000`, `99.9%`, `1h30m`, `5GiB`, `1.3.0`.
//!
//! In: a token that begins with a digit and holds word characters, single dots and perhaps a
//! final `%`. Out: the number, or what is wrong with it and where. Never guesses.

mod problem;

pub use problem::{NumberError, NumberProblem};

use super::{Duration, Percent, Size, duration, size};
use problem::{grouped, meant, written_out};

/// What a number token stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    Int(i64),
    Float(f64),
    Percent(Percent),
    Duration(Duration),
    Size(Size),
    /// `1.3.0`: legal after `version` only, which the caller sees to.
    Version([u32; 3]),
}

/// Says what the token stands for.
pub fn classify_number(token: &str) -> Result<Number, NumberError> {
    let whole = |problem| error(problem, 0, token.len());
    if let Some(share) = token.strip_suffix('%') {
        return percent(share);
    }
    match token.bytes().filter(|byte| *byte == b'.').count() {
        0 if token
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_') =>
        {
            check_digits(token, 0)?;
            check_leading_zero(token)?;
            Ok(Number::Int(integer(token, 0)?))
        }
        0 => with_units(token),
        1 => float(token),
        2 => version(token),
        _ => Err(whole(NumberProblem::TooManyParts)),
    }
}

fn error(problem: NumberProblem, start: usize, end: usize) -> NumberError {
    NumberError {
        problem,
        start,
        end,
    }
}

/// Digits with underscores between them.
fn check_digits(digits: &str, start: usize) -> Result<(), NumberError> {
    if !digits.contains('_') {
        return Ok(());
    }
    let lonely = digits.find("__").or_else(|| {
        let ends = digits.strip_suffix('_').map(str::len);
        if digits.starts_with('_') {
            Some(0)
        } else {
            ends
        }
    });
    match lonely {
        Some(at) => Err(error(NumberProblem::Underscore, start + at, start + at + 1)),
        None => Ok(()),
    }
}

/// `007` looks octal in some languages and is not in others.
fn check_leading_zero(digits: &str) -> Result<(), NumberError> {
    if digits.len() > 1 && digits.starts_with('0') {
        let plain = digits.trim_start_matches(['0', '_']);
        let plain = if plain.is_empty() { "0" } else { plain };
        let problem = NumberProblem::LeadingZero(plain.to_owned());
        return Err(error(problem, 0, digits.len()));
    }
    Ok(())
}

/// The value of checked digits.
fn integer(digits: &str, start: usize) -> Result<i64, NumberError> {
    let too_large = |_| error(NumberProblem::OutOfRange, start, start + digits.len());
    match digits.contains('_') {
        true => digits.replace('_', "").parse().map_err(too_large),
        false => digits.parse().map_err(too_large),
    }
}

/// `99.9` of `99.9%`.
fn percent(share: &str) -> Result<Number, NumberError> {
    let (whole, decimals) = share.split_once('.').unwrap_or((share, ""));
    let digits_only = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_')
    };
    if !digits_only(whole) || !digits_only(decimals) {
        let at =
            share.find(|character: char| !(character.is_ascii_digit() || "_.".contains(character)));
        let problem = match share.contains('.') {
            true if at.is_none() => NumberProblem::TooManyParts,
            true | false => {
                NumberProblem::UnknownUnit(format!("{}%", &share[at.unwrap_or(0)..]), Some("%"))
            }
        };
        return Err(error(problem, at.unwrap_or(0), share.len() + 1));
    }
    check_digits(whole, 0)?;
    check_digits(decimals, whole.len() + 1)?;
    check_leading_zero(whole)?;
    let decimals = decimals.replace('_', "");
    if decimals.len() > Percent::DECIMALS {
        let start = whole.len() + 1 + Percent::DECIMALS;
        return Err(error(NumberProblem::TooManyDecimals, start, share.len()));
    }
    let too_large = || error(NumberProblem::OutOfRange, 0, share.len() + 1);
    let padded = format!("{decimals:0<width$}", width = Percent::DECIMALS);
    let fraction: i64 = padded.parse().map_err(|_| too_large())?;
    let billionths = integer(whole, 0)?
        .checked_mul(Percent::ONE)
        .and_then(|billionths| billionths.checked_add(fraction));
    let billionths = billionths.ok_or_else(too_large)?;
    Ok(Number::Percent(Percent::from_billionths(billionths)))
}

/// `1_000.5`
fn float(token: &str) -> Result<Number, NumberError> {
    if let Some(at) = token.find(|character: char| character.is_ascii_alphabetic()) {
        let rest = &token[at..];
        let exponent =
            rest.starts_with(['e', 'E']) && rest[1..].bytes().all(|byte| byte.is_ascii_digit());
        let problem = match exponent {
            true => NumberProblem::Exponent(written_out(token)),
            false => NumberProblem::FractionWithUnit,
        };
        return Err(error(problem, at, token.len()));
    }
    let (whole, decimals) = token.split_once('.').unwrap_or((token, ""));
    check_digits(whole, 0)?;
    check_digits(decimals, whole.len() + 1)?;
    check_leading_zero(whole)?;
    let plain = token.replace('_', "");
    match plain.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Number::Float(value)),
        Ok(_) | Err(_) => Err(error(NumberProblem::OutOfRange, 0, token.len())),
    }
}

/// `1.3.0`
fn version(token: &str) -> Result<Number, NumberError> {
    let mut numbers = [0; 3];
    let mut start = 0;
    for (slot, part) in numbers.iter_mut().zip(token.split('.')) {
        if let Some(at) = part.find(|character: char| !character.is_ascii_digit()) {
            return Err(error(NumberProblem::TooManyParts, start + at, token.len()));
        }
        let end = start + part.len();
        if part.len() > 1 && part.starts_with('0') {
            let plain = part.trim_start_matches('0');
            let plain = if plain.is_empty() { "0" } else { plain };
            let problem = NumberProblem::LeadingZero(plain.to_owned());
            return Err(error(problem, start, end));
        }
        let too_large = |_| error(NumberProblem::OutOfRange, start, end);
        *slot = part.parse().map_err(too_large)?;
        start = end + 1;
    }
    Ok(Number::Version(numbers))
}

/// `1h30m`, `512MiB`, and what looks like them and is not.
fn with_units(token: &str) -> Result<Number, NumberError> {
    if let Some(problem) = foreign_form(token) {
        return Err(error(problem, 0, token.len()));
    }
    let parts = split_units(token);
    if let [(digits, unit, at)] = parts.as_slice()
        && let Some((_, bytes)) = size::UNITS.iter().find(|(name, _)| name == unit)
    {
        check_digits(digits, *at)?;
        let total = integer(digits, *at)?.checked_mul(*bytes);
        let total = total.ok_or_else(|| error(NumberProblem::OutOfRange, 0, token.len()))?;
        return Ok(Number::Size(Size::from_bytes(total)));
    }
    durations(token, &parts)
}

/// The digits, the unit and the place of each pair in `1h30m`.
fn split_units(token: &str) -> Vec<(&str, &str, usize)> {
    let mut parts = Vec::new();
    let mut start = 0;
    while start < token.len() {
        let rest = &token[start..];
        let is_digit = |character: char| character.is_ascii_digit() || character == '_';
        let digits = rest
            .find(|character| !is_digit(character))
            .unwrap_or(rest.len());
        let unit = rest[digits..].find(is_digit).unwrap_or(rest.len() - digits);
        parts.push((&rest[..digits], &rest[digits..digits + unit], start));
        start += digits + unit;
    }
    parts
}

/// The pairs as one duration: known units, each once, longest first.
fn durations(token: &str, parts: &[(&str, &str, usize)]) -> Result<Number, NumberError> {
    let mut total: i64 = 0;
    let mut seen: Vec<usize> = Vec::new();
    let mut in_order = true;
    for (digits, unit, start) in parts {
        let (unit_start, end) = (start + digits.len(), start + digits.len() + unit.len());
        check_digits(digits, *start)?;
        if unit.is_empty() {
            return Err(error(NumberProblem::UnitMissing, *start, end));
        }
        let Some(rank) = duration::UNITS.iter().position(|(name, _)| name == unit) else {
            let problem = NumberProblem::UnknownUnit((*unit).to_owned(), meant(unit));
            return Err(error(problem, unit_start, end));
        };
        let (name, millis) = duration::UNITS[rank];
        if seen.contains(&rank) {
            return Err(error(NumberProblem::UnitTwice(name), *start, end));
        }
        in_order &= seen.last().is_none_or(|last| *last < rank);
        seen.push(rank);
        let added = integer(digits, *start)?.checked_mul(millis);
        let sum = added.and_then(|added| total.checked_add(added));
        total = sum.ok_or_else(|| error(NumberProblem::OutOfRange, 0, token.len()))?;
    }
    if !in_order {
        let mut sorted: Vec<_> = seen.iter().zip(parts).collect();
        sorted.sort_by_key(|(rank, _)| **rank);
        let sorted = sorted
            .into_iter()
            .map(|(_, (digits, unit, _))| format!("{digits}{unit}"));
        let problem = NumberProblem::NotDescending(sorted.collect());
        return Err(error(problem, 0, token.len()));
    }
    Ok(Number::Duration(Duration::from_millis(total)))
}

/// Forms of other languages: `1e9`, `0x1f`.
fn foreign_form(token: &str) -> Option<NumberProblem> {
    let lower = token.to_ascii_lowercase();
    let radix = match lower.get(..2) {
        Some("0x") => Some(16),
        Some("0o") => Some(8),
        Some("0b") if lower != "0b" => Some(2),
        Some(_) | None => None,
    };
    if let Some(radix) = radix {
        let digits = lower[2..].replace('_', "");
        let value = i64::from_str_radix(&digits, radix).ok();
        return Some(NumberProblem::Radix(value.map(grouped)));
    }
    let (mantissa, exponent) = lower.split_once('e')?;
    let digits = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_')
    };
    (digits(mantissa) && digits(exponent)).then(|| NumberProblem::Exponent(written_out(token)))
}
