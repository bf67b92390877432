//! The labels that what a query answers has at most, as far as that is known.
//!
//! In: those of what an operator or an aggregation takes. Out: those of what it answers. None is one series.

use super::Yields;
use super::canon::Grouping;
use super::matching::Modifiers;
use super::operator::is_set;
use super::parser::Operand;

/// The labels that are followed.
const LABELS: usize = 64;

/// The labels that the result of an operator has at most.
pub(super) fn labels_of(
    operator: &str,
    modifiers: &Modifiers,
    left: &Operand,
    right: &Operand,
) -> Option<Vec<String>> {
    let (one, other) = (left.labels.as_ref(), right.labels.as_ref());
    match (operator, left.yields, right.yields) {
        ("or", _, _) => {
            let mut both = one?.clone();
            both.extend(other?.iter().cloned());
            crate::steps::count(both.len());
            both.sort();
            both.dedup();
            // More are not followed, as those of a selector are not.
            (both.len() <= LABELS).then_some(both)
        }
        (operator, _, _) if is_set(operator) => one.cloned(),
        (_, Yields::Scalar, _) => other.cloned(),
        (_, _, Yields::Scalar) => one.cloned(),
        _ => match &modifiers.matching {
            None => one.or(other).cloned(),
            Some(matching) => matching.kept(one),
        },
    }
}

/// The labels of what an aggregation answers.
pub(super) fn grouped(
    name: &str,
    grouping: &Grouping,
    given: Option<&Vec<String>>,
) -> Option<Vec<String>> {
    match (name, grouping) {
        ("topk" | "bottomk" | "limitk" | "limit_ratio", _) => given.cloned(),
        ("count_values", _) => None,
        (_, Grouping::By(labels)) => Some(labels.clone()),
        (_, Grouping::Without(labels)) => {
            let rest = given?.iter().filter(|label| !labels.contains(label));
            Some(rest.cloned().collect())
        }
    }
}

/// Whether each group is one series.
pub(super) fn is_each_alone(grouping: &Grouping, given: Option<&Vec<String>>) -> bool {
    let mut labels = match given {
        Some(labels) => labels.iter(),
        None => return false,
    };
    match grouping {
        Grouping::By(kept) => labels.all(|label| kept.contains(label)),
        Grouping::Without(left_out) => labels.all(|label| !left_out.contains(label)),
    }
}
