//! What the checker calls constant of a query is constant: queries are grown at random, spelled in one of
//! several ways, and each condition that is refused is worked out on many worlds.
//!
//! Both metrics have the same series. Numbers are halves and quarters, so that floats are exact.

use std::fmt::Write;

use libtest_mimic::Trial;
use rbk::facade;

use super::corpus::errors;
use crate::harness::fixture::{root, trial};
use crate::harness::random::Random;

const GROWN: usize = 500;
const WORLDS: usize = 200;
/// At least so many of them have to be refused, or nothing was tried.
const REFUSED: usize = 80;
const DEPTH: u32 = 3;

/// How many series each metric has.
const SERIES: usize = 3;

pub fn trials() -> Vec<Trial> {
    vec![trial("trust/decided of queries", decided_is_constant)]
}

/// For each metric the numbers of its series.
type World = [[f64; SERIES]; 2];

/// How each metric may be spelled.
const SPELLED: [[&str; 3]; 2] = [
    [
        "a{j='1', k=`2`}",
        "a{k='2', j='1',}",
        "{__name__='a', j=~'1', k='2'}",
    ],
    ["rate(b[5m])", "rate( b[300s] )", "rate(b[5m0s] offset 0s)"],
];

#[derive(Clone, Debug)]
enum Query {
    Metric {
        which: usize,
        spelling: usize,
    },
    Number(f64),
    Two(&'static str, Box<Query>, Box<Query>),
    Negative(Box<Query>),
    Call(&'static str, Box<Query>),
    Clamp(Box<Query>, f64),
    /// One series out of many.
    All(&'static str, Box<Query>),
    /// Those above a number.
    Above(Box<Query>, f64),
}

impl Query {
    /// Of many series, or of one.
    fn grow(random: &mut Random, many: bool, depth: u32) -> Query {
        if depth == 0 || random.below(5) == 0 {
            return match (many, random.below(4)) {
                (true, _) => Query::metric(random),
                (false, 0) => Query::Number(random.below(9) as f64 / 4.0),
                (false, _) => Query::All(all(random), Box::new(Query::metric(random))),
            };
        }
        let inner = |random: &mut Random| Box::new(Query::grow(random, many, depth - 1));
        match random.below(8) {
            at @ 0..=2 => {
                let one = inner(random);
                let other = match random.below(2) {
                    0 => Box::new(one.clone().spelled_anew(random)),
                    _ => inner(random),
                };
                Query::Two(["+", "-", "*"][at], one, other)
            }
            3 => Query::Negative(inner(random)),
            4 => Query::Call("abs", inner(random)),
            5 => Query::Clamp(inner(random), random.below(4) as f64),
            6 if many => Query::Above(inner(random), random.below(4) as f64),
            _ => match many {
                true => inner(random).as_ref().clone(),
                false => {
                    let of = Query::grow(random, true, depth - 1);
                    Query::All(all(random), Box::new(of))
                }
            },
        }
    }

    fn metric(random: &mut Random) -> Query {
        Query::Metric {
            which: random.below(2),
            spelling: random.below(3),
        }
    }

    /// The same, in other words.
    fn spelled_anew(self, random: &mut Random) -> Query {
        let again = |of: Box<Query>, random: &mut Random| Box::new(of.spelled_anew(random));
        match self {
            Query::Metric { which, .. } => Query::Metric {
                which,
                spelling: random.below(3),
            },
            Query::Two(operator @ ("+" | "*"), one, other) if random.below(2) == 0 => {
                let other = again(other, random);
                Query::Two(operator, other, again(one, random))
            }
            Query::Two(operator, one, other) => {
                let one = again(one, random);
                Query::Two(operator, one, again(other, random))
            }
            Query::Negative(of) => Query::Negative(again(of, random)),
            Query::Call(name, of) => Query::Call(name, again(of, random)),
            Query::All(name, of) => Query::All(name, again(of, random)),
            other => other,
        }
    }

    fn text(&self) -> String {
        match self {
            Query::Metric { which, spelling } => SPELLED[*which][*spelling].to_owned(),
            Query::Number(number) => format!("vector({number})"),
            Query::Two(operator, one, other) => {
                format!("({} {operator} {})", one.text(), other.text())
            }
            Query::Negative(of) => format!("(-{})", of.text()),
            Query::Call(name, of) => format!("{name}({})", of.text()),
            Query::Clamp(of, most) => format!("clamp({}, -1, {most})", of.text()),
            Query::All(name, of) => format!("{name}({})", of.text()),
            Query::Above(of, number) => format!("({} > {number})", of.text()),
        }
    }

    /// Its series; of one series the first is it.
    fn worth(&self, world: &World) -> Vec<Option<f64>> {
        let each = |of: &Query, change: &dyn Fn(f64) -> Option<f64>| {
            let series = of.worth(world).into_iter();
            series.map(|number| number.and_then(change)).collect()
        };
        match self {
            Query::Metric { which, .. } => {
                world[*which].iter().map(|number| Some(*number)).collect()
            }
            Query::Number(number) => vec![Some(*number)],
            Query::Two(operator, one, other) => {
                let both = one.worth(world).into_iter().zip(other.worth(world));
                let combined = both.map(|(one, other)| {
                    let (one, other) = (one?, other?);
                    Some(match *operator {
                        "+" => one + other,
                        "-" => one - other,
                        _ => one * other,
                    })
                });
                combined.collect()
            }
            Query::Negative(of) => each(of, &|number| Some(-number)),
            Query::Call(_, of) => each(of, &|number| Some(number.abs())),
            Query::Clamp(of, most) => each(of, &|number| Some(number.clamp(-1.0, *most))),
            Query::Above(of, least) => each(of, &|number| (number > *least).then_some(number)),
            Query::All(name, of) => {
                let numbers: Vec<f64> = of.worth(world).into_iter().flatten().collect();
                vec![aggregated(name, &numbers)]
            }
        }
    }

    /// What it answers as one number, if it does.
    fn answer(&self, world: &World) -> Option<f64> {
        self.worth(world).first().copied().flatten()
    }
}

fn all(random: &mut Random) -> &'static str {
    ["sum", "min", "max", "count"][random.below(4)]
}

fn aggregated(name: &str, numbers: &[f64]) -> Option<f64> {
    let largest = numbers.iter().copied().reduce(f64::max)?;
    Some(match name {
        "sum" => numbers.iter().sum(),
        "max" => largest,
        "min" => numbers.iter().copied().fold(largest, f64::min),
        _ => numbers.len() as f64,
    })
}

fn holds(operator: &str, number: f64, bound: f64) -> bool {
    match operator {
        "<" => number < bound,
        "<=" => number <= bound,
        ">" => number > bound,
        ">=" => number >= bound,
        "==" => number == bound,
        _ => number != bound,
    }
}

/// A rate is never below zero, all else may be.
fn world(random: &mut Random) -> World {
    let size = [4, 12, 60][random.below(3)];
    let mut series =
        |least: f64| std::array::from_fn(|_| random.below(8 * size) as f64 / 4.0 + least);
    [series(-(size as f64)), series(0.0)]
}

fn decided_is_constant() {
    let mut random = Random::new(11);
    let grown: Vec<(Query, &str, f64)> = (0..GROWN)
        .map(|_| {
            let query = Query::grow(&mut random, false, DEPTH);
            let operator = ["<", "<=", ">", ">=", "==", "!="][random.below(6)];
            (query, operator, random.below(5) as f64 / 2.0 - 0.5)
        })
        .collect();
    let mut text = "use std.{k8s, prom}\n".to_owned();
    let mut lines = Vec::new();
    for (at, (query, operator, bound)) in grown.iter().enumerate() {
        write!(
            text,
            "runbook r{at} for checkout {{\n  version 1.0.0\n  severity sev3\n  on alert \"A{at}\" {{ with pod }}\n  \
             incident per pod\n  blast {{ at most 1 k8s.Pod }}\n  watch lag() = prom.value(promql\"sum(queue_lag)\")\n  \
             diagnose {{\n    let w = k8s.pod(\"shop\", pod)\n    if lag() > 10 {{ found bad(w) }}\n  }}\n  \
             remedy bad(w) {{\n    do k8s.restart(w)\n    \
             verify within 5m abort if prom.value(promql\"{}\") {operator} {bound:.1} {{ w.ready }}\n  }}\n}}\n",
            query.text()
        )
        .unwrap();
        lines.push(u32::try_from(text.matches('\n').count() - 2).unwrap());
    }
    let shop = std::fs::read(root().join("grammar/reference/shop.rbk")).unwrap();
    let checked = facade::check(&[("shop.rbk", &shop), ("main.rbk", text.as_bytes())]);
    let mut refused = 0;
    for ((query, operator, bound), line) in grown.iter().zip(lines) {
        let mut found = errors(&checked).filter(|found| found.line == line);
        let Some(first) = found.next() else { continue };
        let said = format!("`{} {operator} {bound}`", query.text());
        if first.code == "E0805" {
            let answers = (0..WORLDS).any(|_| query.answer(&world(&mut random)).is_some());
            assert!(!answers, "{said} is said never to answer, and does");
            continue;
        }
        assert_eq!(first.code, "E0525", "{said}: {}", checked.human);
        refused += 1;
        let worlds = (0..WORLDS).map(|_| world(&mut random));
        let mut outcomes = worlds.filter_map(|world| {
            let number = query.answer(&world)?;
            Some((holds(operator, number, *bound), world))
        });
        let Some((first, _)) = outcomes.next() else {
            continue;
        };
        for (outcome, world) in outcomes {
            assert_eq!(
                outcome, first,
                "{said} is refused, and differs in {world:?}"
            );
        }
    }
    assert!(refused >= REFUSED, "only {refused} were refused");
}
