//! What the machine works out, against exact rationals: fractions of whole numbers of 128 bits.

use libtest_mimic::Trial;
use rbk::facade::trust::{self, Number, Subject};

use crate::harness::fixture::trial;
use crate::harness::random::Random;

/// How many pairs each operator is tried on.
const PAIRS: usize = 3_000;
/// How many expressions are grown, and on how many numbers each is tried.
const GROWN: usize = 120;
const TRIED: usize = 60;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("trust/arithmetic of operators", operators_are_exact),
        trial("trust/arithmetic of expressions", expressions_are_exact),
    ]
}

/// A fraction; what is below the line is positive.
#[derive(Clone, Copy, Debug)]
struct Ratio(i128, i128);

impl Ratio {
    fn new(above: i128, below: i128) -> Option<Ratio> {
        match below.signum() {
            0 => None,
            sign => Some(Ratio(above * sign, below * sign)),
        }
    }

    /// The nearest whole number, halves away from zero.
    fn nearest(self) -> i128 {
        let Ratio(above, below) = self;
        let away = (above.abs() * 2 + below) / (below * 2);
        away * above.signum()
    }

    /// Whether no Float lies nearer.
    fn is_nearest(self, found: f64) -> bool {
        let off = |float: f64| self.distance(float);
        let own = off(found);
        [found.next_up(), found.next_down()]
            .into_iter()
            .all(|other| !less(off(other), own))
    }

    /// How far off it is: a fraction.
    fn distance(self, float: f64) -> Ratio {
        let Ratio(above, below) = fraction(float);
        Ratio((self.0 * below - above * self.1).abs(), self.1 * below)
    }
}

/// Of two distances from one ratio: cross products would not fit, so in steps of the line below.
fn less(a: Ratio, b: Ratio) -> bool {
    let most = a.1.max(b.1);
    a.0 * (most / a.1) < b.0 * (most / b.1)
}

/// A Float between 2^-32 and 2^32 is a fraction with a power of two below the line.
fn fraction(float: f64) -> Ratio {
    let bits = float.to_bits();
    let power = (bits >> 52 & 0x7ff) as i32 - 1075;
    if float == 0.0 {
        return Ratio(0, 1);
    }
    let digits = (bits & ((1 << 52) - 1) | 1 << 52) as i128;
    let digits = if float < 0.0 { -digits } else { digits };
    match power >= 0 {
        true => Ratio(digits << power, 1),
        false => {
            let zeros = (digits.trailing_zeros() as i32).min(-power);
            Ratio(digits >> zeros, 1 << (-power - zeros))
        }
    }
}

fn int(number: i128) -> Option<Number> {
    i64::try_from(number).ok().map(Number::Int)
}

/// The functions, with their types: the arguments, the result.
const OPERATORS: &str = "
fn plus(a: Int, b: Int) -> Int = a + b
fn minus(a: Int, b: Int) -> Int = a - b
fn times(a: Int, b: Int) -> Int = a * b
fn whole(a: Int, b: Int) -> Int = div(a, b)
fn left(a: Int, b: Int) -> Int = rem(a, b)
fn over(a: Int, b: Int) -> Float = a / b
fn share(a: Int, b: Int) -> Percent = (a / b) as ratio
fn beneath(a: Int, b: Int, p: Percent) -> Bool = a / b < p
fn part(p: Percent, s: Size) -> Size = p * s
fn spell(p: Percent, d: Duration) -> Duration = d * p
fn much(s: Size, n: Int) -> Size = s * n
fn less(s: Size, n: Int) -> Size = s / n
fn fill(a: Size, b: Size) -> Percent = (a / b) as ratio
fn long(a: Duration, b: Duration) -> Float = a / b
fn near(x: Float) -> Int = round(x)
fn low(x: Float) -> Int = floor(x)
fn high(x: Float) -> Int = ceil(x)
fn below(a: Int, x: Float) -> Bool = a < x
fn mixed(a: Int, x: Float) -> Float = a + x
";

const CALLS: &str = "plus(1, 2) + minus(1, 2) + times(1, 2) + whole(1, 2) + left(1, 2) + near(1.5) + low(1.5) + high(1.5) > 0
    let b = over(1, 2) + long(1s, 2s) + mixed(1, 2.0) > 0.0
    let c = share(1, 2) + fill(1MiB, 2MiB) > 0%
    let d = part(1%, 1MiB) + much(1MiB, 2) + less(1MiB, 2) > 1MiB
    let e = spell(1%, 1h) > 1s
    let f = beneath(1, 2, 3%) or below(1, 2.0)";

/// A runbook that uses the functions, so that they are compiled.
fn subject(functions: &str, uses: &str) -> Subject {
    let text = format!(
        "{functions}
role nobody = rota \"pagerduty:x\"

product p {{
  owner nobody
  chain nobody until acknowledged
}}

runbook r for p {{
  version 1.0.0
  severity sev3
  on alert \"A\" {{ with pod }}
  incident per pod
  diagnose {{
    let a = {uses}
    cleared \"it was only worked out\"
  }}
}}
"
    );
    trust::subject(&[("main.rbk", text.as_bytes())])
        .unwrap_or_else(|refused| panic!("{}\n{text}", refused.human))
}

fn corner(random: &mut Random) -> i64 {
    let edges = [
        0,
        1,
        -1,
        2,
        3,
        7,
        10,
        i64::MAX,
        i64::MIN,
        i64::MAX - 1,
        1 << 53,
        (1 << 53) + 1,
    ];
    match random.below(4) {
        0 => edges[random.below(edges.len())],
        1 => random.below(2_000) as i64 - 1_000,
        2 => small(random),
        _ => ((random.below(1 << 32) as i64) << 31) ^ random.below(1 << 32) as i64,
    }
}

/// Below 2^30, so that the products of the test fit.
fn small(random: &mut Random) -> i64 {
    random.below(1 << 31) as i64 - (1 << 30)
}

fn operators_are_exact() {
    let subject = subject(OPERATORS, CALLS);
    let mut random = Random::new(6);
    for _ in 0..PAIRS {
        let (a, b) = (corner(&mut random), corner(&mut random));
        whole_numbers(&subject, a, b);
        let (a, b) = (small(&mut random), small(&mut random).max(1));
        quotients(&subject, a, b);
        quantities(&subject, a, b, random.below(300) as i64 - 100);
        // With 12 digits behind the point, in binary.
        let float = (small(&mut random) as f64) / 4096.0;
        floats(&subject, a >> random.below(30), float);
    }
}

fn assert_is(subject: &Subject, name: &str, args: &[Number], wanted: Option<Number>) {
    let found = trust::call(subject, name, args);
    assert_eq!(found, wanted, "{name} of {args:?}");
}

fn whole_numbers(subject: &Subject, a: i64, b: i64) {
    let args = [Number::Int(a), Number::Int(b)];
    let (x, y) = (i128::from(a), i128::from(b));
    assert_is(subject, "plus", &args, int(x + y));
    assert_is(subject, "minus", &args, int(x - y));
    assert_is(subject, "times", &args, int(x * y));
    assert_is(subject, "whole", &args, x.checked_div(y).and_then(int));
    let rest = x.checked_rem(y).and_then(int);
    // The machine may fail where the quotient does not fit, though the rest would.
    if !(a == i64::MIN && b == -1) {
        assert_is(subject, "left", &args, rest);
    }
    // Exact, however large: the Float is a whole number.
    let float = Number::Float(b as f64);
    let truth = Number::Bool(x < (b as f64) as i128);
    assert_is(subject, "below", &[Number::Int(a), float], Some(truth));
}

fn quotients(subject: &Subject, a: i64, b: i64) {
    let args = [Number::Int(a), Number::Int(b)];
    let ratio = Ratio::new(a.into(), b.into()).unwrap();
    let over = trust::call(subject, "over", &args);
    let Some(Number::Float(found)) = over else {
        panic!("{a} / {b} is {over:?}");
    };
    assert!(ratio.is_nearest(found), "{a} / {b} is {found}");
    let share = Ratio(ratio.0 * 1_000_000_000, ratio.1).nearest();
    let share = i64::try_from(share).ok().map(Number::Percent);
    assert_is(subject, "share", &args, share);
    for billionths in [0, 500_000_000, 999_999_999, 1_000_000_000] {
        let truth = ratio.0 * 1_000_000_000 < i128::from(billionths) * ratio.1;
        let args = [args[0], args[1], Number::Percent(billionths)];
        assert_is(subject, "beneath", &args, Some(Number::Bool(truth)));
    }
}

fn quantities(subject: &Subject, a: i64, b: i64, percent: i64) {
    let billionths = percent * 10_000_000 + 1;
    let whole = i128::from(billionths) * i128::from(b);
    let part = Ratio(whole, 1_000_000_000).nearest() as i64;
    let share = Number::Percent(billionths);
    assert_is(
        subject,
        "part",
        &[share, Number::Size(b)],
        Some(Number::Size(part)),
    );
    let span = Number::Duration(b);
    assert_is(
        subject,
        "spell",
        &[share, span],
        Some(Number::Duration(part)),
    );
    let size = Number::Size(b);
    let much = i128::from(a) * i128::from(b);
    let much = i64::try_from(much).ok().map(Number::Size);
    assert_is(subject, "much", &[size, Number::Int(a)], much);
    let less = Ratio::new(b.into(), a.into()).map(|ratio| Number::Size(ratio.nearest() as i64));
    assert_is(subject, "less", &[size, Number::Int(a)], less);
    let fill = Ratio(i128::from(b / 3) * 1_000_000_000, b.into()).nearest();
    let fill = Some(Number::Percent(fill as i64));
    assert_is(subject, "fill", &[Number::Size(b / 3), size], fill);
    let long = trust::call(subject, "long", &[Number::Duration(a), span]);
    let Some(Number::Float(found)) = long else {
        panic!("{a} ms / {b} ms is {long:?}");
    };
    assert!(
        Ratio(a.into(), b.into()).is_nearest(found),
        "{a} ms / {b} ms is {found}"
    );
}

fn floats(subject: &Subject, a: i64, x: f64) {
    let Ratio(above, below) = fraction(x);
    let float = [Number::Float(x)];
    assert_is(subject, "near", &float, int(Ratio(above, below).nearest()));
    assert_is(subject, "low", &float, int(above.div_euclid(below)));
    assert_is(subject, "high", &float, int(-(-above).div_euclid(below)));
    let args = [Number::Int(a), Number::Float(x)];
    let truth = i128::from(a) * below < above;
    assert_is(subject, "below", &args, Some(Number::Bool(truth)));
    let mixed = trust::call(subject, "mixed", &args);
    let Some(Number::Float(found)) = mixed else {
        panic!("{a} + {x} is {mixed:?}");
    };
    let exact = Ratio(i128::from(a) * below + above, below);
    assert!(exact.is_nearest(found), "{a} + {x} is {found}");
}

/// Text of an expression over `a`, `b`, `c`, and what it is; none where a step does not fit.
enum Tree {
    Name(usize),
    Number(i64),
    Of(&'static str, Box<Tree>, Box<Tree>),
}

impl Tree {
    fn grow(random: &mut Random, depth: usize) -> Tree {
        if depth == 0 || random.one_in(6) {
            return match random.one_in(3) {
                true => Tree::Number(random.below(50) as i64),
                false => Tree::Name(random.below(3)),
            };
        }
        let operator = random.pick(&["+", "-", "*", "div", "rem", "min", "max"]);
        let left = Tree::grow(random, depth - 1);
        Tree::Of(operator, left.into(), Tree::grow(random, depth - 1).into())
    }

    fn text(&self) -> String {
        match self {
            Tree::Name(name) => ["a", "b", "c"][*name].to_owned(),
            Tree::Number(number) => number.to_string(),
            Tree::Of(operator @ ("+" | "-" | "*"), left, right) => {
                format!("({} {operator} {})", left.text(), right.text())
            }
            Tree::Of(operator, left, right) => {
                format!("{operator}({}, {})", left.text(), right.text())
            }
        }
    }

    fn value(&self, names: &[i64; 3]) -> Option<i128> {
        let value = match self {
            Tree::Name(name) => names[*name].into(),
            Tree::Number(number) => (*number).into(),
            Tree::Of(operator, left, right) => {
                let (left, right) = (left.value(names)?, right.value(names)?);
                match *operator {
                    "+" => left + right,
                    "-" => left - right,
                    "*" => left * right,
                    "div" => left.checked_div(right)?,
                    "rem" => left.checked_rem(right)?,
                    "min" => left.min(right),
                    _ => left.max(right),
                }
            }
        };
        i64::try_from(value).ok().map(i128::from)
    }
}

fn expressions_are_exact() {
    let mut random = Random::new(7);
    let trees: Vec<Tree> = (0..GROWN).map(|_| Tree::grow(&mut random, 4)).collect();
    let functions: String = trees
        .iter()
        .enumerate()
        .map(|(index, tree)| {
            format!(
                "fn f{index}(a: Int, b: Int, c: Int) -> Int = {}\n",
                tree.text()
            )
        })
        .collect();
    let uses: Vec<String> = (0..GROWN)
        .map(|index| format!("f{index}(1, 2, 3)"))
        .collect();
    let uses = format!("count(x for x in [{}])", uses.join(", "));
    let subject = subject(&functions, &uses);
    for (index, tree) in trees.iter().enumerate() {
        for _ in 0..TRIED {
            let names = [0; 3].map(|_| corner(&mut random));
            let args = names.map(Number::Int);
            let found = trust::call(&subject, &format!("f{index}"), &args);
            let wanted = tree.value(&names).and_then(int);
            assert_eq!(found, wanted, "{} of {names:?}", tree.text());
        }
    }
}
