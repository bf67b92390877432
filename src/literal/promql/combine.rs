//! What operators, aggregations and functions make of the canonical forms of what they take.
//!
//! In: operands whose types fit. Out: the operand that they are together, with the numbers that it may answer
//! and what it says. What only spells something otherwise is that: `sum(sum(x))`, `x and x`, `abs(abs(x))`.

use std::ops::Range;

use super::absence::Absent;
use super::canon::{Fill, Grouping, Key, Node};
use super::function::Function;
use super::labels::{grouped, is_each_alone, labels_of};
use super::matching::{Matching, Modifiers};
use super::never::Never;
use super::operator::{is_comparison, is_trim};
use super::parser::{Form, Operand, Parser, absent_of};
use super::reach::{self, Difference, Reach, Within, Written};
use super::sum::{Sum, added};
use super::{Yields, absence, string};

/// Functions whose answer is what they are given, in another order.
const SORTED: [&str; 4] = ["sort", "sort_desc", "sort_by_label", "sort_by_label_desc"];

/// Functions that change nothing where they were applied before.
const ONCE: [&str; 4] = ["abs", "ceil", "floor", "sgn"];

impl Parser<'_> {
    /// `left operator right`
    pub(super) fn combined(
        &mut self,
        operator: &str,
        modifiers: &Modifiers,
        left: Operand,
        right: Operand,
    ) -> Operand {
        let operator = operator.to_ascii_lowercase();
        let sides = [left.labels.as_ref(), right.labels.as_ref()];
        let matching = modifiers
            .matching
            .as_ref()
            .filter(|matching| !matching.is_whole(sides));
        let keys = (self.forms.key(&left.sum), self.forms.key(&right.sum));
        if let Some(side) = one_side(&operator, keys.0 == keys.1, &left, &right, modifiers) {
            let range = left.range.start..right.range.end;
            let side = if side { left } else { right };
            return Operand {
                range,
                form: Form::Other,
                ..side
            };
        }
        let difference = self.difference(&left, &right, matching.is_some());
        let written = Written {
            operator: &operator,
            bool: modifiers.bool,
            is_first_number: left.yields == Yields::Scalar,
        };
        let mut reach = reach::combined(written, (left.reach, right.reach), difference);
        let fills = modifiers.matching.as_ref().is_some_and(Matching::fills);
        if fills {
            // What is filled in is there where the side is not.
            reach = Reach {
                never: false,
                uncertain: true,
                ..Reach::ALL
            };
        }
        // What is no histogram is left out.
        reach.uncertain |= is_trim(&operator);
        let same = keys.0 == keys.1;
        reach.never |= same && operator == "unless";
        if same && operator == "*" {
            reach.within = reach.within.intersection(Within::FROM_ZERO);
            reach.answers = reach.answers.intersection(reach.within);
        }
        let sum = match matching {
            Some(_) => None,
            None => self.forms.combined(&operator, &left.sum, &right.sum),
        };
        let sum = sum.unwrap_or_else(|| {
            let words = matching.map(|matching| matching.text()).unwrap_or_default();
            let key = self.opaque(&operator, (modifiers.bool, words), (&left, &right), reach);
            self.kept_of(&operator, modifiers, (&left, &right), key)
        });
        let scalars = left.yields == Yields::Scalar && right.yields == Yields::Scalar;
        let labels = labels_of(&operator, modifiers, &left, &right);
        let answers = !is_comparison(&operator) || modifiers.bool;
        let always = match operator.as_str() {
            "and" | "unless" => false,
            "or" => left.always || right.always,
            _ => answers && !is_trim(&operator) && left.always && right.always,
        };
        let absent = match fills {
            true if left.absent == Absent::Nothing && right.absent == Absent::Nothing => {
                left.absent
            }
            true => Absent::Unknown,
            false => absent_of(&operator, modifiers.bool, &left, &right),
        };
        let is_first = !left.reach.never && !right.reach.never;
        let combined = self.settled(Operand {
            yields: match scalars {
                true => Yields::Scalar,
                false => Yields::Vector,
            },
            range: left.range.start..right.range.end,
            form: Form::Other,
            absent,
            reach,
            sum,
            labels,
            always,
        });
        if is_first {
            self.note_never(&combined, Never::of(&operator));
        }
        combined
    }

    /// An operator that no sum follows, with its sides in one order where that says nothing.
    fn opaque(
        &mut self,
        operator: &str,
        (bool, matching): (bool, String),
        (left, right): (&Operand, &Operand),
        reach: Reach,
    ) -> Key {
        let fresh = self.forms.has_fresh(&left.sum) || self.forms.has_fresh(&right.sum);
        let (mut one, mut other) = (self.forms.key(&left.sum), self.forms.key(&right.sum));
        let operator = match operator {
            _ if !matching.is_empty() => operator,
            ">" | ">=" => {
                std::mem::swap(&mut one, &mut other);
                if operator == ">" { "<" } else { "<=" }
            }
            "==" | "!=" | "+" | "*" if one > other => {
                std::mem::swap(&mut one, &mut other);
                operator
            }
            _ => operator,
        };
        let node = Node::Binary {
            operator: operator.to_owned(),
            bool,
            matching,
            left: one,
            right: other,
        };
        self.forms.put(node, reach.within, fresh)
    }

    /// What fits stays what it is, and is there only where it fits.
    fn kept_of(
        &self,
        operator: &str,
        modifiers: &Modifiers,
        (left, right): (&Operand, &Operand),
        key: Key,
    ) -> Sum {
        let is_grouped = modifiers.matching.as_ref();
        let is_grouped = is_grouped.is_some_and(|matching| !matching.groups.is_empty());
        let filters = matches!(operator, "and" | "unless")
            || is_comparison(operator) && !modifiers.bool && !is_grouped;
        let kept = match left.yields {
            Yields::Scalar => right,
            Yields::Vector | Yields::Samples | Yields::Text => left,
        };
        match filters && kept.sum.takes_one() {
            true => kept.sum.clone().where_is(key),
            false => Sum::of(key),
        }
    }

    /// The numbers that `left - right` may be.
    fn difference(&self, left: &Operand, right: &Operand, matches: bool) -> Difference {
        // Other labels are matched, so that a series may meet another one.
        let sum = match matches {
            true => None,
            false => added(&left.sum, &right.sum, -1.0),
        };
        let sum = sum.map_or(Within::ALL, |sum| self.forms.range(&sum));
        let apart = |one: Within, other: Within| one.and(other.negated()).intersection(sum);
        Difference {
            within: apart(left.reach.within, right.reach.within),
            answers: apart(left.reach.answers, right.reach.answers),
        }
    }

    /// Narrowed to what its form may come to; the one number, where that is all.
    fn settled(&self, operand: Operand) -> Operand {
        let Operand { mut reach, sum, .. } = operand;
        let range = self.forms.range(&sum);
        if !reach.uncertain {
            reach.within = reach.within.intersection(range);
        }
        reach.answers = reach.answers.intersection(range);
        let sum = match reach.within.number() {
            Some(number) if number.is_finite() && !reach.uncertain && !reach.present => Sum {
                parts: Vec::new(),
                more: number,
                ..sum
            },
            _ => sum,
        };
        Operand {
            reach,
            sum,
            ..operand
        }
    }

    /// `sum by (a) (given)` and the like.
    pub(super) fn aggregated(
        &mut self,
        name: &str,
        grouping: Grouping,
        first: Option<&Operand>,
        given: &Operand,
        range: Range<usize>,
    ) -> Operand {
        let labels = grouped(name, &grouping, given.labels.as_ref());
        let is_alone = is_each_alone(&grouping, given.labels.as_ref());
        let number = first.and_then(|first| first.reach.within.number());
        // One beyond both ends is no number of these.
        let is_quantile = number.is_some_and(|number| (0.0..=1.0).contains(&number));
        let reach = match name {
            "quantile" if !is_quantile => Reach {
                within: Within::ALL,
                answers: Within::ALL,
                ..given.reach
            },
            _ => reach::aggregated(name, given.reach, is_alone),
        };
        let takes_all = match name {
            "sum" | "avg" | "min" | "max" => true,
            "quantile" => is_quantile,
            "topk" | "bottomk" | "limitk" => number.is_some_and(|number| number >= 1.0),
            _ => false,
        };
        let sum = match is_alone && takes_all {
            true => given.sum.clone(),
            false => {
                let parameter = first.map(|first| self.forms.key(&first.sum));
                self.of_group(name, grouping, parameter, given, reach)
            }
        };
        self.settled(Operand {
            yields: Yields::Vector,
            range,
            form: Form::Other,
            absent: absence::aggregated(name, given.absent),
            reach,
            sum,
            labels,
            always: given.always,
        })
    }

    /// An aggregation of what is multiplied is one of the rest, multiplied; and one of the same of smaller
    /// groups is one of all.
    fn of_group(
        &mut self,
        name: &str,
        grouping: Grouping,
        parameter: Option<Key>,
        given: &Operand,
        reach: Reach,
    ) -> Sum {
        let fresh = self.forms.has_fresh(&given.sum);
        let part = match given.sum.parts.as_slice() {
            [part] if self.forms.atoms_of(part.0) == given.sum.atoms => Some(*part),
            _ => None,
        };
        let more = given.sum.more;
        let (name, times, of) = match (name, part) {
            ("sum", Some((part, times))) if more == 0.0 => (name, times, part),
            ("avg", Some((part, times))) => (name, times, part),
            ("min" | "max", Some((part, times))) if times > 0.0 => (name, times, part),
            ("min", Some((part, times))) => ("max", times, part),
            ("max", Some((part, times))) => ("min", times, part),
            _ => {
                let node = Node::Aggregate {
                    name: name.to_owned(),
                    grouping,
                    parameter,
                    of: self.forms.key(&given.sum),
                };
                return Sum::of(self.forms.put(node, reach.within, fresh));
            }
        };
        let (name, of) = self.inner_of(name, &grouping, of);
        let within = reach::aggregated(&name, Reach::of(self.forms.within(of)), false).within;
        let node = Node::Aggregate {
            name,
            grouping,
            parameter,
            of,
        };
        let part = self.forms.put(node, within, fresh);
        let number = if more == 0.0 { 0.0 } else { more };
        let scaled = Sum::of(part).scaled(times);
        Sum {
            more: number,
            ..scaled
        }
    }

    /// `sum(sum by (a) (x))` is `sum(x)`, and a sum of counts is a count.
    fn inner_of(&self, name: &str, grouping: &Grouping, of: Key) -> (String, Key) {
        let same = (name.to_owned(), of);
        let Some(Node::Aggregate {
            name: inner,
            grouping: Grouping::By(kept),
            of,
            ..
        }) = self.forms.node(of)
        else {
            return same;
        };
        let fits = match grouping {
            Grouping::By(labels) => labels.iter().all(|label| kept.contains(label)),
            Grouping::Without(_) => false,
        };
        match (name, inner.as_str()) {
            ("sum", "sum" | "count") | ("min", "min") | ("max", "max") if fits => {
                (inner.clone(), *of)
            }
            _ => same,
        }
    }

    /// A function of these.
    pub(super) fn called(
        &mut self,
        function: Function,
        args: &[Operand],
        range: Range<usize>,
    ) -> Operand {
        let name = function.name;
        let reaches: Vec<Reach> = args.iter().map(|arg| arg.reach).collect();
        let absent: Vec<_> = args.iter().map(|arg| arg.absent).collect();
        let reach = match self.is_any_series(name, args) {
            true => Reach {
                within: Within::ALL,
                answers: Within::ALL,
                ..reach::called(name, &reaches)
            },
            false => reach::called(name, &reaches),
        };
        let of = args
            .iter()
            .find(|arg| matches!(arg.yields, Yields::Vector | Yields::Samples));
        let labels = match name {
            "label_replace" | "label_join" | "info" | "absent" | "absent_over_time" => None,
            _ if function.result == Yields::Scalar => Some(Vec::new()),
            // Made up of a number or of the clock: one series without labels.
            _ => of.map_or(Some(Vec::new()), |of| of.labels.clone()),
        };
        let always = !matches!(name, "absent" | "absent_over_time" | "scalar")
            && args.iter().all(|arg| arg.always);
        let sum = self.called_sum(name, args, reach);
        self.settled(Operand {
            yields: function.result,
            range,
            form: Form::Other,
            absent: absence::called(name, &absent),
            reach,
            sum,
            labels,
            always,
        })
    }

    /// Whether a rate is asked of a computed series, which counts nothing and may fall below zero.
    fn is_any_series(&self, name: &str, args: &[Operand]) -> bool {
        if !matches!(name, "rate" | "irate" | "increase") {
            return false;
        }
        args.first().is_some_and(|of| {
            let positive = of.reach.answers.is_positive() || of.reach.answers.number().is_some();
            !positive
                && of
                    .sum
                    .parts
                    .iter()
                    .any(|(part, _)| self.forms.is_subquery(*part))
        })
    }

    fn called_sum(&mut self, name: &'static str, args: &[Operand], reach: Reach) -> Sum {
        if let Some(first) = args.first() {
            let was = self.forms.key(&first.sum);
            let is_again = matches!(self.forms.node(was),
                Some(Node::Call { name: inner, .. }) if *inner == name && ONCE.contains(&name));
            let is_positive = name == "abs" && first.reach.within.is_positive();
            if is_again || is_positive || SORTED.contains(&name) {
                return first.sum.clone();
            }
        }
        let (mut keys, mut times) = (Vec::new(), 1.0);
        for arg in args {
            keys.push(match (name, arg.sum.single()) {
                ("abs", Some((part, by))) if self.forms.atoms_of(part) == arg.sum.atoms => {
                    times = by.abs();
                    part
                }
                ("abs", None) if arg.sum.parts.first().is_some_and(|(_, by)| *by < 0.0) => {
                    self.forms.key(&arg.sum.clone().scaled(-1.0))
                }
                _ => self.forms.key(&arg.sum),
            });
        }
        let fresh = args.iter().any(|arg| self.forms.has_fresh(&arg.sum));
        let within = reach.within.product(Within::of(1.0 / times, 1.0 / times));
        let within = if times == 1.0 { reach.within } else { within };
        let key = self
            .forms
            .put(Node::Call { name, args: keys }, within, fresh);
        match (name, args) {
            // The number, as one series.
            ("vector", [of]) => of.sum.clone().where_is(key),
            ("scalar", [of]) if of.is_single() => of.sum.clone().where_is(key),
            _ => Sum::of(key).scaled(times),
        }
    }

    /// A string that is given to a function.
    pub(super) fn text(&mut self, range: Range<usize>) -> Operand {
        let written = &self.text[range.clone()];
        let text = string::text(written).unwrap_or_else(|| written.to_owned());
        let key = self.forms.put(Node::Text(text), Within::ALL, false);
        Operand {
            yields: Yields::Text,
            range,
            form: Form::Other,
            absent: absence::Absent::Unknown,
            reach: Reach::ALL,
            sum: Sum::of(key),
            labels: None,
            always: true,
        }
    }

    /// What fills each hole of a range.
    pub(super) fn fills_in(&mut self, range: &Range<usize>) -> Vec<Fill> {
        let before = |end: usize| self.holes.partition_point(|hole| *hole < end);
        let holes = before(range.start)..before(range.end);
        holes.map(|hole| self.fill(hole)).collect()
    }

    /// What fills the hole at a place.
    pub(super) fn fill_at(&mut self, at: usize) -> Fill {
        let hole = self.holes.partition_point(|hole| *hole < at);
        self.fill(hole)
    }

    fn fill(&mut self, hole: usize) -> Fill {
        match self.filled.get(hole) {
            Some(filled) => Fill::Known(*filled),
            None => self.forms.unknown(),
        }
    }
}

/// Whether one side is all that an operator says: the left one, where it is true.
fn one_side(
    operator: &str,
    same: bool,
    left: &Operand,
    right: &Operand,
    modifiers: &Modifiers,
) -> Option<bool> {
    let is_of_none = modifiers.matching.as_ref();
    let is_of_none = is_of_none.is_some_and(|matching| matching.is_of_none());
    match operator {
        "and" | "or" if same => Some(true),
        // Where the left side answers always, the right side of the same labels never does.
        "or" if left.always && left.is_single() && (right.is_single() || is_of_none) => Some(true),
        _ => None,
    }
}
