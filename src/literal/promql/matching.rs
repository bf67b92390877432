//! What stands between an operator and its right side: which labels the sides are matched by, and whether they go
//! together.

use std::ops::Range;

use super::lexer::Kind;
use super::operator::{is_comparison, is_set, is_trim, is_word};
use super::parser::{Operand, Parser};
use super::{Problem, Yields};
use crate::literal::server::{FILLED, LENGTHS_FOR_NUMBERS};

/// What stands between an operator and its right side.
#[derive(Default)]
pub(super) struct Modifiers {
    pub bool: bool,
    pub matching: Option<Matching>,
}

/// `on (a) group_left (b)`, `ignoring (a)`
#[derive(Clone, Debug)]
pub(super) struct Matching {
    pub on: bool,
    pub labels: Vec<String>,
    /// `group_left(b) fill (0)`, or nothing.
    pub groups: String,
}

impl Matching {
    /// What is said of series that match by all labels.
    pub fn of_all(groups: String) -> Matching {
        Matching {
            on: false,
            labels: Vec::new(),
            groups,
        }
    }

    /// Whether something stands for series that are not there.
    pub fn fills(&self) -> bool {
        self.groups.contains(" fill")
    }

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

impl Parser<'_> {
    /// `bool`, `on (…)`, `ignoring (…)`, `group_left (…)`, `group_right (…)`
    pub(super) fn modifiers(
        &mut self,
        operator: &str,
        place: Range<usize>,
    ) -> Result<Modifiers, Problem> {
        let mut modifiers = Modifiers::default();
        if self.takes_word("bool") {
            if !is_comparison(operator) {
                let what = format!("`bool` does not go with `{operator}`");
                return Err(Problem::types(place, what).help("`bool` goes with comparisons only"));
            }
            modifiers.bool = true;
        }
        let on = self.takes_word("on");
        if !on && !self.takes_word("ignoring") {
            modifiers.matching = self.filled(operator, &place)?.map(Matching::of_all);
            return Ok(modifiers);
        }
        let labels = self.labels()?;
        let mut groups = String::new();
        for word in ["group_left", "group_right"] {
            if !groups.is_empty() || !self.takes_word(word) {
                continue;
            }
            if is_set(operator) {
                let what = format!("grouping does not go with `{operator}`");
                return Err(Problem::types(place, what));
            }
            let with = match self.is("(") {
                true => self.labels()?,
                false => Vec::new(),
            };
            if let Some(twice) = with.iter().find(|label| on && labels.contains(label)) {
                let what = format!("`{twice}` stands in `on` and in `{word}`");
                return Err(Problem::types(place, what).help("leave it out of one of them"));
            }
            groups = format!("{word}({})", with.join(","));
        }
        let filled = self.filled(operator, &place)?;
        groups.push_str(filled.as_deref().unwrap_or_default());
        modifiers.matching = Some(Matching { on, labels, groups });
        Ok(modifiers)
    }

    /// `fill(0)`, `fill_left(1) fill_right(2)`: what stands for series that the other side lacks.
    fn filled(&mut self, operator: &str, place: &Range<usize>) -> Result<Option<String>, Problem> {
        let mut said: Vec<&str> = Vec::new();
        let mut text = String::new();
        for _ in 0..2 {
            let word = ["fill", "fill_left", "fill_right"]
                .into_iter()
                .find(|word| is_word(self.word(), word));
            let Some(word) = word.filter(|_| self.is_behind("(")) else {
                break;
            };
            // One fills both sides, two one each.
            if said.contains(&word) || said.contains(&"fill") || !said.is_empty() && word == "fill"
            {
                break;
            }
            let start = self.next().range.start;
            self.expect("(")?;
            if self.is("-") || self.is("+") {
                self.next();
            }
            let number = self.peek().clone();
            let is_number = matches!(number.kind, Kind::Number | Kind::Duration)
                || ["inf", "nan"].iter().any(|name| is_word(self.word(), name));
            if !is_number {
                return Err(self.unexpected("a number"));
            }
            self.next();
            self.number_needs(&number, LENGTHS_FOR_NUMBERS);
            let end = self.expect(")")?.end;
            self.need(start..end, format!("`{word}`"), FILLED);
            text.push(' ');
            text.push_str(&self.text[start..end].to_ascii_lowercase());
            said.push(word);
        }
        if said.is_empty() {
            return Ok(None);
        }
        if is_set(operator) {
            let what = format!("nothing is filled in by `{operator}`");
            return Err(Problem::types(place.clone(), what));
        }
        Ok(Some(text))
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
    let matching = modifiers.matching.as_ref();
    if matching.is_some_and(Matching::fills) && !vectors {
        let what = "`fill` stands between two instant vectors only";
        return Err(Problem::types(place, what));
    }
    if matching.is_some_and(|matching| !matching.labels.is_empty()) && !vectors {
        let what = "labels can be matched between two instant vectors only";
        return Err(Problem::types(place, what));
    }
    if is_trim(operator) && scalars {
        let what = format!("`{operator}` cuts histograms, and both sides are numbers");
        return Err(Problem::types(place, what));
    }
    if is_comparison(operator) && scalars && !modifiers.bool {
        let what = "a comparison of two numbers needs `bool`";
        return Err(Problem::types(place, what).help(format!("write `{operator} bool`")));
    }
    Ok(())
}
