//! Functions and aggregations: their arguments, and what to write where one does not fit.

use super::canon::{Grouping, Key, Node};
use super::function::Function;
use super::parser::{Form, Operand, Parser};
use super::{Problem, Yields};

/// What chooses the samples at the ends of a range.
pub(super) const EXTENSIONS: [&str; 2] = ["anchored", "smoothed"];

impl Parser<'_> {
    /// `sum by (a) (x)`, `topk(5, x) without (b)`
    pub(super) fn aggregation(
        &mut self,
        name: &str,
        parameter: Option<Yields>,
        start: usize,
    ) -> Result<Operand, Problem> {
        let before = self.grouping()?;
        if before.is_some() && !self.is("(") && !self.is_over() {
            let help = format!("what is put together stands in parentheses: `{name} by (pod) (x)`");
            return Err(self.unexpected("`(`").help(help));
        }
        self.expect("(")?;
        let mut first = None;
        if let Some(parameter) = parameter {
            let given = self.expression(0)?;
            if given.yields != parameter {
                let what = format!(
                    "`{name}` takes {} first, not {}",
                    parameter.noun(),
                    given.yields.noun()
                );
                let such = match parameter {
                    Yields::Scalar => "5",
                    _ => "'code'",
                };
                let help = format!("it stands before what is put together: `{name}({such}, x)`");
                return Err(Problem::types(given.range, what).help(help));
            }
            self.expect(",")?;
            first = Some(given);
        }
        let given = self.expression(0)?;
        if given.yields != Yields::Vector {
            return Err(self.misfit(name, Yields::Vector, &given));
        }
        if self.is(",") {
            let what = format!("`{name}` takes no further argument");
            return Err(Problem::types(self.peek().range.clone(), what));
        }
        let mut end = self.expect(")")?.end;
        let mut grouping = before;
        if grouping.is_none() {
            grouping = self.grouping()?;
            if grouping.is_some() {
                end = self.behind();
            }
        }
        let grouping = grouping.unwrap_or(Grouping::By(Vec::new()));
        let name = name.to_ascii_lowercase();
        Ok(self.aggregated(&name, grouping, first.as_ref(), &given, start..end))
    }

    /// `by (…)`, `without (…)`, if there is one.
    fn grouping(&mut self) -> Result<Option<Grouping>, Problem> {
        if self.takes_word("by") {
            return Ok(Some(Grouping::By(self.labels()?)));
        }
        match self.takes_word("without") {
            true => Ok(Some(Grouping::Without(self.labels()?))),
            false => Ok(None),
        }
    }

    /// The arguments of a function and their types.
    pub(super) fn call(&mut self, function: Function, start: usize) -> Result<Operand, Problem> {
        self.expect("(")?;
        let mut args: Vec<Operand> = Vec::new();
        while !self.is(")") {
            let count = args.len();
            if count > 0 {
                self.expect(",")?;
            }
            let is_info = function.name == "info" && count == 1;
            // What is asked of the other metric may be anything.
            self.is_lenient = is_info && self.is("{");
            let is_bare = self.is_lenient;
            let given = self.expression(0)?;
            if is_info && !(is_bare && given.form == Form::Selector) {
                let what = "`info` takes matchers in braces second, without a metric before them";
                let problem = Problem::types(given.range, what);
                return Err(problem.help(
                    "write `info(x, {a=\"b\"})`, or `{__name__=~\".+_info\"}` for other metrics",
                ));
            }
            let last = function.parameters.last().filter(|_| function.repeated);
            let Some(expected) = function.parameters.get(count).or(last) else {
                let most = function.parameters.len();
                let what = format!("`{}` takes {}", function.name, arguments(most));
                return Err(Problem::types(given.range, what));
            };
            if given.yields != *expected {
                return Err(self.misfit(function.name, *expected, &given));
            }
            self.check_extension(&function, &given)?;
            args.push(given);
        }
        let end = self.expect(")")?.end;
        let count = args.len();
        let least = function.parameters.len() - function.optional;
        if count < least {
            let what = format!(
                "`{}` takes {}, not {count}",
                function.name,
                arguments(least)
            );
            return Err(Problem::types(start..end, what));
        }
        Ok(self.called(function, &args, start..end))
    }

    /// The made-up samples at the ends of a range fit some functions alone.
    fn check_extension(&mut self, function: &Function, given: &Operand) -> Result<(), Problem> {
        if given.yields != Yields::Samples {
            return Ok(());
        }
        let key = self.forms.key(&given.sum);
        let (word, fit): (_, &[&str]) = match self.extension_of(key) {
            Some("anchored") => (
                "anchored",
                &["changes", "delta", "increase", "rate", "resets"],
            ),
            Some(word) => (word, &["delta", "increase", "rate"]),
            None => return Ok(()),
        };
        if fit.contains(&function.name) {
            return Ok(());
        }
        let what = format!("`{word}` goes with {} only", fit.join(", "));
        Err(Problem::types(given.range.clone(), what))
    }

    /// `anchored` or `smoothed`, if one is said of a range.
    fn extension_of(&self, mut key: Key) -> Option<&'static str> {
        loop {
            match self.forms.node(key)? {
                Node::Samples { of, .. } | Node::Moved { of, .. } => key = *of,
                Node::Call { name, .. } if EXTENSIONS.contains(name) => return Some(name),
                _ => return None,
            }
        }
    }

    /// Says that a function got the wrong kind of argument, and what to write.
    fn misfit(&self, name: &str, expected: Yields, given: &Operand) -> Problem {
        let what = format!(
            "`{name}` takes {}, not {}",
            expected.noun(),
            given.yields.noun()
        );
        let problem = Problem::types(given.range.clone(), what);
        let text = &self.text[given.range.clone()];
        match (expected, given.yields) {
            (Yields::Samples, Yields::Vector) if given.form == Form::Selector => {
                problem.help(format!("say how far to look back: `{text}[5m]`"))
            }
            (Yields::Samples, Yields::Vector) => problem.help(format!(
                "apply `{name}` to the metric first, or use a subquery: `(…)[5m:]`"
            )),
            (Yields::Vector, Yields::Samples) => {
                problem.help("make one value of the samples first: `rate(…)`, `max_over_time(…)`")
            }
            (Yields::Vector, Yields::Scalar) => problem.help("write `vector(…)` around the number"),
            (Yields::Scalar, Yields::Vector) => problem.help("write `scalar(…)` around the vector"),
            (Yields::Scalar | Yields::Vector | Yields::Samples | Yields::Text, _) => problem,
        }
    }
}

/// "2 arguments"
fn arguments(count: usize) -> String {
    match count {
        0 => "no argument".to_owned(),
        1 => "1 argument".to_owned(),
        _ => format!("{count} arguments"),
    }
}
