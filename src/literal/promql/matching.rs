//! Whether the two sides of an operator go together, and which labels they are matched by.

use std::ops::Range;

use super::parser::{Modifiers, Operand, is_comparison, is_set};
use super::{Problem, Yields};

/// `on (a) group_left (b)`, `ignoring (a)`
#[derive(Clone, Debug)]
pub(super) struct Matching {
    pub on: bool,
    pub labels: Vec<String>,
    /// `group_left(b)`, or nothing.
    pub groups: String,
}

impl Matching {
    /// Whether it says no more than that all labels are matched, for sides that have these at most.
    pub fn is_whole(&self, sides: [Option<&Vec<String>>; 2]) -> bool {
        if !self.groups.is_empty() {
            return false;
        }
        let known = |side: &Option<&Vec<String>>, fits: &dyn Fn(&String) -> bool| {
            side.is_some_and(|labels| labels.iter().all(fits))
        };
        match self.on {
            true => sides
                .iter()
                .all(|side| known(side, &|label| self.labels.contains(label))),
            false => {
                self.labels.is_empty()
                    || sides
                        .iter()
                        .all(|side| known(side, &|label| !self.labels.contains(label)))
            }
        }
    }

    /// Whether everything matches everything.
    pub fn is_of_none(&self) -> bool {
        self.on && self.labels.is_empty()
    }

    pub fn text(&self) -> String {
        let word = if self.on { "on" } else { "ignoring" };
        format!("{word}({}){}", self.labels.join(","), self.groups)
    }

    /// The labels that a result has at most.
    pub fn kept(&self, left: Option<&Vec<String>>) -> Option<Vec<String>> {
        match (self.groups.is_empty(), self.on) {
            (true, true) => Some(self.labels.clone()),
            (true, false) => left.cloned(),
            (false, _) => None,
        }
    }
}

/// Says whether both sides of an operator go together.
pub(super) fn fits(
    operator: &str,
    place: Range<usize>,
    modifiers: &Modifiers,
    left: &Operand,
    right: &Operand,
) -> Result<(), Problem> {
    use Yields::{Scalar, Vector};
    for side in [left, right] {
        if !matches!(side.yields, Scalar | Vector) {
            let what = format!("`{operator}` does not take {}", side.yields.noun());
            return Err(Problem::types(side.range.clone(), what));
        }
    }
    let scalars = left.yields == Scalar && right.yields == Scalar;
    let vectors = left.yields == Vector && right.yields == Vector;
    if is_set(operator) && !vectors {
        let what = format!("`{operator}` takes an instant vector on both sides");
        return Err(Problem::types(place, what).help("write `vector(…)` around a number"));
    }
    if modifiers.matching.is_some() && !vectors {
        let what = "labels can be matched between two instant vectors only";
        return Err(Problem::types(place, what));
    }
    if is_comparison(operator) && scalars && !modifiers.bool {
        let what = "a comparison of two numbers needs `bool`";
        return Err(Problem::types(place, what).help(format!("write `{operator} bool`")));
    }
    Ok(())
}
