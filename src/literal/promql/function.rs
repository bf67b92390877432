//! The functions of PromQL with the types of what they take and give.

use super::Yields;
use super::Yields::{Samples, Scalar, Text, Vector};

/// A function as messages and calls need it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Function {
    pub name: &'static str,
    pub parameters: &'static [Yields],
    /// How many of the last parameters may be left out.
    pub optional: usize,
    /// Whether the last parameter may be repeated.
    pub repeated: bool,
    pub result: Yields,
}

/// From an instant vector to an instant vector.
const OF_VECTOR: &str = "abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor \
    histogram_avg histogram_count histogram_stddev histogram_stdvar histogram_sum ln log10 log2 rad \
    sgn sin sinh sort sort_desc sqrt start_timestamp tan tanh timestamp";

/// From an instant vector, or from nothing, to an instant vector.
const OF_TIME: &str = "day_of_month day_of_week day_of_year days_in_month hour minute month year";

/// From a range of samples to an instant vector.
const OF_SAMPLES: &str = "absent_over_time avg_over_time changes count_over_time delta deriv \
    first_over_time idelta increase irate last_over_time mad_over_time max_over_time min_over_time \
    present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time \
    ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time";

/// All others: name, parameters, how many are optional, whether the last repeats, result.
type Row = (&'static str, &'static [Yields], usize, bool, Yields);
const OTHERS: &[Row] = &[
    ("clamp", &[Vector, Scalar, Scalar], 0, false, Vector),
    ("clamp_max", &[Vector, Scalar], 0, false, Vector),
    ("clamp_min", &[Vector, Scalar], 0, false, Vector),
    (
        "double_exponential_smoothing",
        &[Samples, Scalar, Scalar],
        0,
        false,
        Vector,
    ),
    ("holt_winters", &[Samples, Scalar, Scalar], 0, false, Vector),
    (
        "histogram_fraction",
        &[Scalar, Scalar, Vector],
        0,
        false,
        Vector,
    ),
    ("end", &[], 0, false, Scalar),
    ("histogram_quantile", &[Scalar, Vector], 0, false, Vector),
    // Up to ten quantiles.
    (
        "histogram_quantiles",
        &[
            Vector, Text, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar,
            Scalar,
        ],
        9,
        false,
        Vector,
    ),
    ("info", &[Vector, Vector], 1, false, Vector),
    ("label_join", &[Vector, Text, Text, Text], 1, true, Vector),
    (
        "label_replace",
        &[Vector, Text, Text, Text, Text],
        0,
        false,
        Vector,
    ),
    ("max_of", &[Scalar, Scalar], 0, false, Scalar),
    ("min_of", &[Scalar, Scalar], 0, false, Scalar),
    ("pi", &[], 0, false, Scalar),
    ("predict_linear", &[Samples, Scalar], 0, false, Vector),
    ("quantile_over_time", &[Scalar, Samples], 0, false, Vector),
    ("range", &[], 0, false, Scalar),
    ("round", &[Vector, Scalar], 1, false, Vector),
    ("scalar", &[Vector], 0, false, Scalar),
    ("sort_by_label", &[Vector, Text], 1, true, Vector),
    ("sort_by_label_desc", &[Vector, Text], 1, true, Vector),
    ("start", &[], 0, false, Scalar),
    ("step", &[], 0, false, Scalar),
    ("time", &[], 0, false, Scalar),
    ("vector", &[Scalar], 0, false, Vector),
];

/// The operators that combine the series of a vector, with what they take before it.
const AGGREGATIONS: [(&str, Option<Yields>); 14] = [
    ("sum", None),
    ("avg", None),
    ("count", None),
    ("min", None),
    ("max", None),
    ("group", None),
    ("stddev", None),
    ("stdvar", None),
    ("topk", Some(Scalar)),
    ("bottomk", Some(Scalar)),
    ("limitk", Some(Scalar)),
    ("limit_ratio", Some(Scalar)),
    ("quantile", Some(Scalar)),
    ("count_values", Some(Text)),
];

/// The function with this name.
pub(super) fn function(name: &str) -> Option<Function> {
    let of = |names: &'static str, parameters, optional| {
        let name = names
            .split_ascii_whitespace()
            .find(|known| *known == name)?;
        Some(Function {
            name,
            parameters,
            optional,
            repeated: false,
            result: Vector,
        })
    };
    let other = |row: &Row| {
        let &(name, parameters, optional, repeated, result) = row;
        Function {
            name,
            parameters,
            optional,
            repeated,
            result,
        }
    };
    of(OF_VECTOR, &[Vector], 0)
        .or_else(|| of(OF_TIME, &[Vector], 1))
        .or_else(|| of(OF_SAMPLES, &[Samples], 0))
        .or_else(|| OTHERS.iter().find(|row| row.0 == name).map(other))
}

/// What the aggregation takes before the vector; `None` if there is no such aggregation.
pub(super) fn aggregation(name: &str) -> Option<Option<Yields>> {
    let lower = name.to_ascii_lowercase();
    let found = AGGREGATIONS.iter().find(|(known, _)| *known == lower);
    found.map(|(_, parameter)| *parameter)
}

/// All names that may stand before `(`, to find the one that was meant.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let lists = [OF_VECTOR, OF_TIME, OF_SAMPLES].into_iter();
    let functions = lists.flat_map(str::split_ascii_whitespace);
    let others = OTHERS.iter().map(|row| row.0);
    functions
        .chain(others)
        .chain(AGGREGATIONS.iter().map(|(name, _)| *name))
}
