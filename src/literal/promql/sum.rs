//! Sums of a query by their parts, so that `sum(up) - sum(up)` and `x + 1 - x` are seen for what they are.
//!
//! Only what matches series of the same labels is followed. A part is a product of what no sum follows, and
//! two parts are the same where their canonical forms are.

use super::canon::{Forms, Key, Node};
use super::reach::Within;

/// How many parts a sum keeps apart.
const MOST: usize = 8;

/// How many factors a product keeps apart, and of how much a sum says that it has to be there. Beyond, an
/// operator is taken for what no sum follows: a long query costs no more than its length.
pub(super) const FACTORS: usize = 16;

/// The powers that are multiplied out.
const POWER: i32 = 8;

/// So many times each of some expressions, and a number.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sum {
    /// In the order of their keys, none of them not at all.
    pub parts: Vec<(Key, f64)>,
    pub more: f64,
    /// All that has to be there, in order.
    pub atoms: Vec<Key>,
}

impl Sum {
    pub fn number(more: f64) -> Sum {
        Sum {
            more,
            ..Sum::default()
        }
    }

    pub fn of(part: Key) -> Sum {
        Sum {
            parts: vec![(part, 1.0)],
            more: 0.0,
            atoms: vec![part],
        }
    }

    /// The number that it is whatever answers.
    pub fn only(&self) -> Option<f64> {
        self.parts.is_empty().then_some(self.more)
    }

    /// So many times one part, if it is nothing else.
    pub fn single(&self) -> Option<(Key, f64)> {
        match self.parts.as_slice() {
            [part] if self.more == 0.0 => Some(*part),
            _ => None,
        }
    }

    pub fn scaled(mut self, by: f64) -> Sum {
        self.more = nonnegative_zero(self.more * by);
        self.parts.iter_mut().for_each(|(_, times)| *times *= by);
        self.parts.retain(|(_, times)| *times != 0.0);
        self
    }

    /// Whether one more that has to be there is kept.
    pub fn takes_one(&self) -> bool {
        self.atoms.len() < FACTORS
    }

    /// Answering only where this does, too.
    pub fn where_is(mut self, key: Key) -> Sum {
        crate::steps::count(self.atoms.len() + 1);
        if let Err(at) = self.atoms.binary_search(&key) {
            self.atoms.insert(at, key);
        }
        self
    }

    fn where_are(self, keys: &[Key]) -> Sum {
        keys.iter().fold(self, |sum, key| sum.where_is(*key))
    }

    fn is_kept(&self) -> bool {
        let numbers = self.parts.iter().map(|(_, times)| *times);
        let is_short = self.parts.len() <= MOST && self.atoms.len() <= FACTORS;
        is_short && numbers.chain([self.more]).all(f64::is_finite)
    }
}

/// The zero without a sign: there is one name for it.
fn nonnegative_zero(number: f64) -> f64 {
    number + 0.0
}

pub(super) fn added(one: &Sum, other: &Sum, times: f64) -> Option<Sum> {
    let mut sum = one.clone().where_are(&other.atoms);
    sum.more = nonnegative_zero(sum.more + times * other.more);
    for (part, more) in &other.parts {
        match sum.parts.binary_search_by_key(part, |(known, _)| *known) {
            Ok(at) => sum.parts[at].1 += times * more,
            Err(at) => sum.parts.insert(at, (*part, times * more)),
        }
    }
    sum.parts.retain(|(_, times)| *times != 0.0);
    sum.is_kept().then_some(sum)
}

impl Forms {
    /// `left operator right` as a sum, where it is one.
    pub(super) fn combined(&mut self, operator: &str, left: &Sum, right: &Sum) -> Option<Sum> {
        match operator {
            "+" => added(left, right, 1.0),
            "-" => added(left, right, -1.0),
            "*" => self.multiplied(left, right),
            "/" => {
                let divided = match right.only() {
                    Some(0.0) => return None,
                    Some(by) => Sum {
                        more: 1.0 / by,
                        ..right.clone()
                    },
                    None => self.power(right, -1)?,
                };
                self.multiplied(left, &divided)
            }
            "^" => {
                let by = right.only()?;
                let is_small = by.fract() == 0.0 && by.abs() <= f64::from(POWER);
                let power = is_small.then(|| self.power(left, by as i32))??;
                Some(power.where_are(&right.atoms))
            }
            _ => None,
        }
    }

    /// Each part of one times each part of the other.
    fn multiplied(&mut self, one: &Sum, other: &Sum) -> Option<Sum> {
        let count = (one.parts.len() + 1) * (other.parts.len() + 1);
        if count > 2 * MOST {
            return None;
        }
        let mut all = Sum::number(one.more * other.more);
        all = added(&all, &without_number(one), other.more)?;
        all = added(&all, &without_number(other), one.more)?;
        for (a, times) in &one.parts {
            for (b, more) in &other.parts {
                let (part, number) = self.product(&[(*a, 1), (*b, 1)])?;
                let mut both = Sum::number(number);
                if let Some(part) = part {
                    both = Sum {
                        more: 0.0,
                        ..Sum::of(part)
                    };
                }
                both.atoms.clear();
                all = added(&all, &both, times * more)?;
            }
        }
        all = all.where_are(&one.atoms).where_are(&other.atoms);
        all.is_kept().then_some(all)
    }

    /// A power of a sum of one part, or of one that is taken for a part.
    fn power(&mut self, of: &Sum, by: i32) -> Option<Sum> {
        if let Some(number) = of.only() {
            let power = Sum {
                more: number.powi(by),
                ..of.clone()
            };
            return power.is_kept().then_some(power);
        }
        let (part, times) = match of.single() {
            Some(single) => single,
            None => (self.key(of), 1.0),
        };
        let mut power = match self.product(&[(part, by)])? {
            (Some(part), _) => Sum::of(part),
            (None, number) => Sum::number(number),
        };
        power.atoms.clear();
        let power = power.scaled(times.powi(by)).where_are(&of.atoms);
        power.is_kept().then_some(power)
    }

    /// The part that these multiplied are; the number one where nothing is left of them. Nothing, where it is
    /// too long to keep.
    fn product(&mut self, of: &[(Key, i32)]) -> Option<(Option<Key>, f64)> {
        let mut factors: Vec<(Key, i32)> = Vec::new();
        for (part, by) in of {
            let inner = match self.node(*part) {
                Some(Node::Product(factors)) => factors.clone(),
                _ => vec![(*part, 1)],
            };
            crate::steps::count(inner.len());
            for (key, power) in inner {
                let power = power.saturating_mul(*by);
                match factors.binary_search_by_key(&key, |(known, _)| *known) {
                    Ok(at) => factors[at].1 = factors[at].1.saturating_add(power),
                    Err(at) => factors.insert(at, (key, power)),
                }
            }
        }
        factors.retain(|(_, power)| *power != 0);
        if factors.len() > FACTORS {
            return None;
        }
        Some(match factors.as_slice() {
            [] => (None, 1.0),
            [(key, 1)] => (Some(*key), 1.0),
            _ => {
                let powers = factors.iter().map(|(key, by)| {
                    self.within(*key)
                        .power(Within::of(f64::from(*by), f64::from(*by)))
                });
                let one = Within::of(1.0, 1.0);
                let within = powers.fold(one, Within::product);
                let fresh = factors.iter().any(|(key, _)| self.is_fresh(*key));
                let key = self.put(Node::Product(factors), within, fresh);
                (Some(key), 1.0)
            }
        })
    }

    /// The numbers that a sum may come to.
    pub(super) fn range(&self, sum: &Sum) -> Within {
        let number = Within::of(sum.more, sum.more);
        let parts = sum.parts.iter().map(|(key, times)| {
            let times = Within::of(*times, *times);
            self.within(*key).product(times)
        });
        let apart = parts.fold(number, Within::and);
        match *sum.parts.as_slice() {
            // Two of the same size, against each other.
            [(one, times), (other, against)] if times == -against => {
                let differ = self.apart(one, other).product(Within::of(times, times));
                apart.intersection(differ.and(number))
            }
            _ => apart,
        }
    }

    /// Whether something of now decides a sum: what only has to be there does not, unless it is chosen by
    /// what is measured.
    pub(super) fn has_fresh(&self, sum: &Sum) -> bool {
        let is_chosen = |key: &Key| matches!(self.node(*key), Some(Node::Binary { .. }));
        let parts = sum.parts.iter().map(|(key, _)| key);
        let atoms = sum.atoms.iter().filter(|key| is_chosen(key));
        parts.chain(atoms).any(|key| self.is_fresh(*key))
    }
}

fn without_number(sum: &Sum) -> Sum {
    Sum {
        more: 0.0,
        ..sum.clone()
    }
}
