//! What the checker calls constant is constant: conditions are grown at random, and each one that is
//! refused for proving nothing is worked out on many worlds. It may not differ between two of them.
//!
//! Numbers are halves and quarters, so that floats are exact.

use std::fmt::Write;

use libtest_mimic::Trial;
use rbk::facade;

use super::corpus::errors;
use crate::harness::fixture::{root, trial};
use crate::harness::random::Random;

/// How many conditions are grown, and on how many worlds each of them is tried.
const GROWN: usize = 600;
const WORLDS: usize = 300;
/// At least so many of them have to be refused, or nothing was tried.
const REFUSED: usize = 100;
/// How deep they are.
const DEPTH: u32 = 3;

pub fn trials() -> Vec<Trial> {
    vec![trial("trust/decided is constant", decided_is_constant)]
}

/// What is measured, in a program and in a world.
const MEASURED: [&str; 4] = ["web.ready", "w.restarts", "lag()", "waiting()"];
/// The first so many of them are whole, and not below zero.
const WHOLE: usize = 2;

#[derive(Clone, Debug)]
enum Number {
    Measured(usize),
    Own(f64),
    Two(&'static str, Box<Number>, Box<Number>),
    Call(&'static str, Vec<Number>),
    Choose(Box<Test>, Box<Number>, Box<Number>),
}

#[derive(Clone, Debug)]
enum Test {
    Compared(&'static str, Number, Number),
    Both(&'static str, Box<Test>, Box<Test>),
    Not(Box<Test>),
}

impl Number {
    fn grow(random: &mut Random, whole: bool, depth: u32) -> Number {
        if depth == 0 || random.below(4) == 0 {
            let own = random.below(3) == 0;
            return match (own, whole) {
                (true, true) => Number::Own(random.below(5) as f64),
                (true, false) => Number::Own(random.below(9) as f64 / 4.0),
                (false, true) => Number::Measured(random.below(WHOLE)),
                (false, false) => Number::Measured(WHOLE + random.below(MEASURED.len() - WHOLE)),
            };
        }
        let inner = |random: &mut Random| Number::grow(random, whole, depth - 1);
        match random.below(8) {
            at @ 0..=2 => {
                let (one, other) = (Box::new(inner(random)), Box::new(inner(random)));
                Number::Two(["+", "-", "*"][at], one, other)
            }
            3 => Number::Call("min", vec![inner(random), inner(random)]),
            4 => Number::Call("max", vec![inner(random), inner(random)]),
            5 => Number::Call("abs", vec![inner(random)]),
            6 => {
                let low = random.below(3) as f64;
                let ends = [low, low + random.below(3) as f64].map(Number::Own);
                let mut args = vec![inner(random)];
                args.extend(ends);
                Number::Call("clamp", args)
            }
            _ if random.below(2) == 0 => {
                let test = Box::new(Test::compare(random, depth - 1));
                Number::Choose(test, Box::new(inner(random)), Box::new(inner(random)))
            }
            _ => {
                let by = Number::Own([2.0, 4.0][random.below(2)]);
                match whole {
                    true => Number::Call(["div", "rem"][random.below(2)], vec![inner(random), by]),
                    false => Number::Two("/", Box::new(inner(random)), Box::new(by)),
                }
            }
        }
    }

    fn text(&self, whole: bool) -> String {
        match self {
            Number::Measured(at) => MEASURED[*at].to_owned(),
            Number::Own(number) if whole => format!("{number:.0}"),
            Number::Own(number) => format!("{number:.2}"),
            Number::Two(operator, one, other) => {
                format!("({} {operator} {})", one.text(whole), other.text(whole))
            }
            Number::Call(name, args) => {
                let args: Vec<String> = args.iter().map(|arg| arg.text(whole)).collect();
                format!("{name}({})", args.join(", "))
            }
            Number::Choose(test, one, other) => {
                let (one, other) = (one.text(whole), other.text(whole));
                format!("(if {} then {one} else {other})", test.text())
            }
        }
    }

    fn worth(&self, world: &[f64; 4]) -> f64 {
        match self {
            Number::Measured(at) => world[*at],
            Number::Own(number) => *number,
            Number::Two(operator, one, other) => {
                let (one, other) = (one.worth(world), other.worth(world));
                match *operator {
                    "+" => one + other,
                    "-" => one - other,
                    "*" => one * other,
                    _ => one / other,
                }
            }
            Number::Call(name, args) => {
                let args: Vec<f64> = args.iter().map(|arg| arg.worth(world)).collect();
                match (*name, args.as_slice()) {
                    ("min", [one, other]) => one.min(*other),
                    ("max", [one, other]) => one.max(*other),
                    ("abs", [of]) => of.abs(),
                    ("clamp", [of, low, high]) => of.clamp(*low, *high),
                    ("div", [of, by]) => (of / by).trunc(),
                    ("rem", [of, by]) => of % by,
                    (name, args) => panic!("{name} of {args:?}"),
                }
            }
            Number::Choose(test, one, other) => match test.holds(world) {
                true => one.worth(world),
                false => other.worth(world),
            },
        }
    }

    /// Something near it, that is often the same.
    fn near(self, random: &mut Random, whole: bool) -> Number {
        let own = |number: f64| Box::new(Number::Own(number));
        match random.below(6) {
            0 => Number::Two("+", Box::new(self), own(1.0)),
            1 => {
                let more = Number::Two("+", Box::new(self), own(1.0));
                Number::Two("-", Box::new(more), own(1.0))
            }
            2 if !whole => {
                let twice = Number::Two("+", Box::new(self.clone()), Box::new(self));
                Number::Two("/", Box::new(twice), own(2.0))
            }
            3 => Number::Two("*", own(2.0), Box::new(self)),
            4 => Number::Call("abs", vec![self]),
            _ => self,
        }
    }
}

impl Test {
    fn compare(random: &mut Random, depth: u32) -> Test {
        let whole = random.below(2) == 0;
        let one = Number::grow(random, whole, depth);
        let other = match random.below(2) {
            0 => one.clone().near(random, whole),
            _ => Number::grow(random, whole, depth),
        };
        let operator = ["<", "<=", ">", ">=", "==", "!="][random.below(6)];
        Test::Compared(operator, one, other)
    }

    fn grow(random: &mut Random) -> Test {
        if random.below(6) == 0 {
            return Test::circle(random);
        }
        let one = Test::compare(random, DEPTH);
        match random.below(4) {
            0 => Test::Not(Box::new(one)),
            1 => {
                let Test::Compared(_, left, right) = one.clone() else {
                    return one;
                };
                let operator = ["<", "<=", ">", ">="][random.below(4)];
                let other = Test::Compared(operator, right, left);
                Test::Both(
                    ["and", "or"][random.below(2)],
                    Box::new(one),
                    Box::new(other),
                )
            }
            _ => one,
        }
    }

    /// Three numbers, each compared with the next, and the last with the first.
    fn circle(random: &mut Random) -> Test {
        let first = random.below(MEASURED.len());
        let numbers: [Number; 3] =
            std::array::from_fn(|at| Number::Measured((first + at) % MEASURED.len()));
        let word = ["and", "or"][random.below(2)];
        let rises = random.below(2) == 0;
        let compared = |at: usize, random: &mut Random| {
            let (one, other) = (numbers[at].clone(), numbers[(at + 1) % 3].clone());
            let moved = Number::Own(random.below(3) as f64);
            let moved = Number::Two("+", Box::new(one), Box::new(moved));
            let operator = match (rises, random.below(2)) {
                (true, 0) => "<",
                (true, _) => "<=",
                (false, 0) => ">",
                (false, _) => ">=",
            };
            Test::Compared(operator, moved, other)
        };
        let two = Test::Both(
            word,
            Box::new(compared(0, random)),
            Box::new(compared(1, random)),
        );
        Test::Both(word, Box::new(two), Box::new(compared(2, random)))
    }

    /// The sides of a comparison are both whole or both not: a measured number says which.
    fn is_whole(number: &Number) -> bool {
        match number {
            Number::Measured(at) => *at < WHOLE,
            Number::Own(_) => false,
            Number::Two(_, one, other) | Number::Choose(_, one, other) => {
                Test::is_whole(one) || Test::is_whole(other)
            }
            Number::Call(name, args) => {
                ["div", "rem"].contains(name) || args.iter().any(Test::is_whole)
            }
        }
    }

    fn text(&self) -> String {
        match self {
            Test::Compared(operator, one, other) => {
                let whole = Test::is_whole(one) || Test::is_whole(other);
                format!("{} {operator} {}", one.text(whole), other.text(whole))
            }
            Test::Both(word, one, other) => format!("{} {word} {}", one.text(), other.text()),
            Test::Not(of) => format!("not ({})", of.text()),
        }
    }

    fn holds(&self, world: &[f64; 4]) -> bool {
        match self {
            Test::Compared(operator, one, other) => {
                let (one, other) = (one.worth(world), other.worth(world));
                match *operator {
                    "<" => one < other,
                    "<=" => one <= other,
                    ">" => one > other,
                    ">=" => one >= other,
                    "==" => one == other,
                    _ => one != other,
                }
            }
            Test::Both("and", one, other) => one.holds(world) && other.holds(world),
            Test::Both(_, one, other) => one.holds(world) || other.holds(world),
            Test::Not(of) => !of.holds(world),
        }
    }
}

fn world(random: &mut Random) -> [f64; 4] {
    let size = [4, 12, 60][random.below(3)];
    let mut measured = |whole: bool| match whole {
        true => random.below(size) as f64,
        false => random.below(8 * size) as f64 / 4.0 - size as f64,
    };
    std::array::from_fn(|at| measured(at < WHOLE))
}

fn decided_is_constant() {
    let mut random = Random::new(7);
    let tests: Vec<Test> = (0..GROWN).map(|_| Test::grow(&mut random)).collect();
    let mut text = "use std.{k8s, prom}\n".to_owned();
    let mut lines = Vec::new();
    for (at, test) in tests.iter().enumerate() {
        let condition = test.text();
        // The condition stands alone, so that nothing else can be wrong with its line.
        write!(
            text,
            "runbook r{at} for checkout {{\n  version 1.0.0\n  severity sev3\n  on alert \"A{at}\" {{ with pod }}\n  \
             incident per pod\n  blast {{ at most 1 k8s.Pod }}\n  watch lag() = prom.value(promql\"sum(queue_lag)\")\n  \
             watch waiting() = prom.value(promql\"sum(queue_waiting)\")\n  diagnose {{\n    \
             let w = k8s.pod(\"shop\", pod)\n    let web = k8s.deployment(\"shop\", \"web\")\n    \
             if lag() > 10 {{ found bad(w, web) }}\n  }}\n  remedy bad(w, web) {{\n    do k8s.restart(w)\n    \
             verify within 5m abort if {condition} {{ w.ready }}\n  }}\n}}\n"
        )
        .unwrap();
        lines.push(u32::try_from(text.matches('\n').count() - 2).unwrap());
    }
    let shop = std::fs::read(root().join("grammar/reference/shop.rbk")).unwrap();
    let checked = facade::check(&[("shop.rbk", &shop), ("main.rbk", text.as_bytes())]);
    let mut refused = 0;
    for (test, line) in tests.iter().zip(lines) {
        let mut found = errors(&checked).filter(|found| found.line == line);
        let Some(first) = found.next() else { continue };
        assert_eq!(first.code, "E0525", "{}: {}", test.text(), checked.human);
        refused += 1;
        let first = test.holds(&world(&mut random));
        for _ in 0..WORLDS {
            let world = world(&mut random);
            let same = test.holds(&world) == first;
            assert!(
                same,
                "`{}` is refused, and differs in {world:?}",
                test.text()
            );
        }
    }
    assert!(refused >= REFUSED, "only {refused} were refused");
}
