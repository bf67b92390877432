//! Numbers, by the regions of their axis that constants cut: each constant, and one number of each region between.

use crate::typed::Type;
use crate::value::{Bounds, Duration, Percent, Size, Time, Value};

/// Where nothing is compared with a constant, but something with something else: three of an order.
pub const PAIRED: [f64; 3] = [2.0, 1.0, 3.0];

/// The numbers to try of a type; none of what is no number.
pub fn numbers(
    ty: &Type,
    constants: &[Value],
    is_paired: bool,
    range: Option<&Bounds>,
    now: Time,
) -> Option<Vec<Value>> {
    let unit = Unit::of(ty)?;
    let mut cuts: Vec<f64> = constants
        .iter()
        .filter_map(|value| unit.place(value))
        .collect();
    let limits = range.iter().flat_map(|range| {
        let high = range.high.as_ref().and_then(|high| unit.place(high));
        [unit.place(&range.low), high]
    });
    let limits: Vec<f64> = limits.flatten().collect();
    let low = limits.first().copied();
    let high = limits.get(1).copied();
    // What lies outside of the range is never compared with what lies inside.
    cuts.retain(|cut| low.is_none_or(|low| *cut >= low) && high.is_none_or(|high| *cut <= high));
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    let places = match (cuts.is_empty(), is_paired) {
        (true, true) => PAIRED.map(|place| place * unit.step()).to_vec(),
        (true, false) => vec![low.unwrap_or(unit.step())],
        (false, _) => between(&cuts, unit.step()),
    };
    // Beyond the first and the last constant there is what the range leaves.
    let places = places
        .into_iter()
        .map(|place| place.max(low.unwrap_or(place)).min(high.unwrap_or(place)));
    let values = places.map(|place| unit.value(place, now));
    let mut values: Vec<Value> = values
        .filter(|value| range.is_none_or(|range| range.contains(value)))
        .collect();
    values.dedup();
    if values.is_empty() {
        values.extend(range.map(|range| range.low.clone()));
    }
    Some(values)
}

/// Whether values of a type lie on an axis.
pub fn is_number(ty: &Type) -> bool {
    Unit::of(ty).is_some()
}

/// A place below the first, each, one between each two, and one above the last.
fn between(cuts: &[f64], step: f64) -> Vec<f64> {
    let mut places = Vec::with_capacity(2 * cuts.len() + 1);
    let mut before: Option<f64> = None;
    for cut in cuts {
        places.push(match before {
            Some(before) => short(before + (cut - before) / 2.0),
            None if *cut > 0.0 => short((cut / 2.0).min(cut - step).max(0.0)),
            None => cut - step,
        });
        places.push(*cut);
        before = Some(*cut);
    }
    let last = before.unwrap_or_default();
    places.push(short((last * 2.0).max(last + step)));
    places
}

/// About the same, without what binary fractions add: no constant, so that it need not be exact.
fn short(place: f64) -> f64 {
    let rounded = (place * 1e6).round() / 1e6;
    match rounded != 0.0 && rounded.is_finite() {
        true => rounded,
        false => place,
    }
}

/// What an axis counts.
#[derive(Clone, Copy)]
enum Unit {
    Whole,
    Plain,
    Parts,
    Bytes,
    Seconds,
    /// Seconds before now.
    Ago,
}

impl Unit {
    fn of(ty: &Type) -> Option<Unit> {
        match ty {
            Type::Int => Some(Unit::Whole),
            Type::Float => Some(Unit::Plain),
            Type::Percent => Some(Unit::Parts),
            Type::Size => Some(Unit::Bytes),
            Type::Duration => Some(Unit::Seconds),
            Type::Time => Some(Unit::Ago),
            _ => None,
        }
    }

    /// The least difference that is worth a region of its own.
    fn step(self) -> f64 {
        match self {
            Unit::Whole | Unit::Plain | Unit::Bytes | Unit::Seconds => 1.0,
            Unit::Parts => 0.01,
            Unit::Ago => 60.0,
        }
    }

    /// Where a constant lies; numbers of all units meet on the axes that they can be turned into.
    fn place(self, constant: &Value) -> Option<f64> {
        match (self, constant) {
            (Unit::Whole | Unit::Plain, Value::Int(number)) => Some(*number as f64),
            (Unit::Whole | Unit::Plain, Value::Float(number)) => Some(*number),
            (Unit::Parts | Unit::Plain, Value::Percent(percent)) => {
                let whole = Percent::WHOLE.billionths() as f64;
                Some(percent.billionths() as f64 / whole)
            }
            (Unit::Bytes | Unit::Plain, Value::Size(size)) => Some(size.bytes() as f64),
            (Unit::Seconds | Unit::Plain | Unit::Ago, Value::Duration(time)) => {
                Some(time.millis() as f64 / 1_000.0)
            }
            _ => None,
        }
    }

    fn value(self, place: f64, now: Time) -> Value {
        let millis = (place * 1_000.0) as i64;
        match self {
            Unit::Whole => Value::Int(place.round() as i64),
            Unit::Plain => Value::Float(place),
            Unit::Parts => {
                let whole = Percent::WHOLE.billionths() as f64;
                Value::Percent(Percent::from_billionths((place * whole).round() as i64))
            }
            Unit::Bytes => Value::Size(Size::from_bytes(place as i64)),
            Unit::Seconds => Value::Duration(Duration::from_millis(millis)),
            Unit::Ago => {
                let at = now.millis().saturating_sub(millis);
                Value::Time(Time::from_millis(at).unwrap_or(now))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ty: &Type, constants: &[Value]) -> Vec<String> {
        let found = numbers(ty, constants, false, None, Time::default());
        found.unwrap().iter().map(Value::to_string).collect()
    }

    #[test]
    fn constants_cut_an_axis() {
        assert_eq!(of(&Type::Int, &[Value::Int(10)]), ["5", "10", "20"]);
        assert_eq!(of(&Type::Int, &[Value::Int(0)]), ["-1", "0", "1"]);
        let two = [Value::Int(4), Value::Int(1)];
        assert_eq!(of(&Type::Int, &two), ["0", "1", "3", "4", "8"]);
    }

    #[test]
    fn a_range_holds() {
        let range = Bounds {
            low: Value::Int(0),
            high: Some(Value::Int(3)),
        };
        let found = numbers(
            &Type::Int,
            &[Value::Int(0)],
            false,
            Some(&range),
            Time::default(),
        );
        assert_eq!(found.unwrap(), [Value::Int(0), Value::Int(1)]);
    }

    #[test]
    fn beyond_a_constant_near_the_end_there_is_what_the_range_leaves() {
        let range = Bounds {
            low: Value::Int(100),
            high: Some(Value::Int(599)),
        };
        let cuts = [Value::Int(150), Value::Int(399), Value::Int(4_000)];
        let found = numbers(&Type::Int, &cuts, false, Some(&range), Time::default());
        let found: Vec<String> = found.unwrap().iter().map(Value::to_string).collect();
        assert_eq!(found, ["100", "150", "275", "399", "599"]);
    }

    #[test]
    fn a_plain_number_is_cut_by_what_it_is_turned_into() {
        let five = Value::Percent(Percent::parse("5%").unwrap());
        assert_eq!(of(&Type::Float, &[five]), ["0.0", "0.05", "1.05"]);
    }
}
