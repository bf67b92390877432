//! Arithmetic in one order: sums by their parts, the least and the most as sets.

use super::{BinaryOp, Id, Operation, Term, Terms, Type, UnaryOp, Value, is_exact, is_number};
use crate::library::Generic;
use crate::value;

/// How many parts a sum or a set keeps apart; beyond them it is a part itself.
const MOST: usize = 16;

const MIN: Operation = Operation::Builtin(Generic::Min as u8);
const MAX: Operation = Operation::Builtin(Generic::Max as u8);

impl Terms<'_> {
    pub(super) fn negated(&mut self, operand: Id, ty: &Type) -> Id {
        if let Some(value) = self.value(operand)
            && let Ok(value) = value::unary(value::UnaryOp::Negate, value)
        {
            return self.constant(value);
        }
        match is_exact(ty) {
            true => self.sum([(operand, -1)], None),
            false => self.apply(Operation::Unary(UnaryOp::Negate as u8), vec![operand]),
        }
    }

    /// `left op right`, where the left side and the whole are of these types.
    pub(super) fn binary(&mut self, op: BinaryOp, sides: (Id, Id), types: (&Type, &Type)) -> Id {
        let (left, right) = sides;
        if let Some(value) = self.folded(op, left, right) {
            return self.constant(value);
        }
        let (of, whole) = types;
        match op {
            BinaryOp::Add if is_exact(whole) && of == whole => {
                self.sum([(left, 1), (right, 1)], None)
            }
            BinaryOp::Subtract if is_exact(whole) && of == whole => {
                self.sum([(left, 1), (right, -1)], None)
            }
            BinaryOp::Add | BinaryOp::Subtract if self.is_nothing(right) && is_number(whole) => {
                left
            }
            BinaryOp::Add if self.is_nothing(left) && is_number(whole) => right,
            BinaryOp::Multiply | BinaryOp::Divide if self.is_one(right) && of == whole => left,
            BinaryOp::Multiply if self.is_one(left) => right,
            BinaryOp::Multiply if is_exact(whole) && self.times(left).is_some() => {
                let times = self.times(left).unwrap_or(1);
                self.sum([(right, times)], None)
            }
            BinaryOp::Multiply if is_exact(whole) && self.times(right).is_some() => {
                let times = self.times(right).unwrap_or(1);
                self.sum([(left, times)], None)
            }
            BinaryOp::And | BinaryOp::Or if left == right => left,
            BinaryOp::Add if is_number(whole) => self.either_way(op, left, right),
            BinaryOp::Multiply
            | BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::And
            | BinaryOp::Or => self.either_way(op, left, right),
            BinaryOp::Greater => {
                self.apply(Operation::Binary(BinaryOp::Less as u8), vec![right, left])
            }
            BinaryOp::GreaterEqual => self.apply(
                Operation::Binary(BinaryOp::LessEqual as u8),
                vec![right, left],
            ),
            BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Divide
            | BinaryOp::Range
            | BinaryOp::RangeInclusive
            | BinaryOp::Less
            | BinaryOp::LessEqual
            | BinaryOp::In => self.apply(Operation::Binary(op as u8), vec![left, right]),
        }
    }

    fn either_way(&mut self, op: BinaryOp, left: Id, right: Id) -> Id {
        let sides = vec![left.min(right), left.max(right)];
        self.apply(Operation::Binary(op as u8), sides)
    }

    fn folded(&self, op: BinaryOp, left: Id, right: Id) -> Option<Value> {
        let op = match op {
            BinaryOp::Add => value::BinaryOp::Add,
            BinaryOp::Subtract => value::BinaryOp::Subtract,
            BinaryOp::Multiply => value::BinaryOp::Multiply,
            _ => return None,
        };
        value::binary(op, self.value(left)?, self.value(right)?).ok()
    }

    /// Whether adding it changes nothing.
    fn is_nothing(&self, id: Id) -> bool {
        self.value(id).is_some_and(|value| {
            value::binary(value::BinaryOp::Add, value, value).is_ok_and(|twice| twice == *value)
                && !matches!(value, Value::Text(_) | Value::List(_))
        })
    }

    fn is_one(&self, id: Id) -> bool {
        match self.value(id) {
            Some(Value::Int(one)) => *one == 1,
            Some(Value::Float(one)) => *one == 1.0,
            _ => false,
        }
    }

    fn times(&self, id: Id) -> Option<i64> {
        match self.value(id) {
            Some(Value::Int(times)) => Some(*times),
            _ => None,
        }
    }

    /// A sum of exact numbers, each so many times.
    pub(super) fn sum(
        &mut self,
        of: impl IntoIterator<Item = (Id, i64)>,
        more: Option<Value>,
    ) -> Id {
        let mut sum: Vec<(Id, i64)> = Vec::new();
        let mut rest = more;
        for (id, times) in of {
            crate::steps::count(1);
            let (parts, more) = match self.term(id) {
                Term::Sum { parts, more } if parts.len() < MOST => (parts.clone(), more.clone()),
                Term::Constant(value) => (Vec::new(), Some(value.clone())),
                _ => (vec![(id, 1)], None),
            };
            for (id, each) in parts {
                let Some(times) = each.checked_mul(times) else {
                    return self.unknown();
                };
                match sum.iter_mut().find(|(known, _)| *known == id) {
                    Some((_, known)) => match known.checked_add(times) {
                        Some(both) => *known = both,
                        None => return self.unknown(),
                    },
                    None => sum.push((id, times)),
                }
            }
            let Some(more) = more else {
                continue;
            };
            let Ok(more) = value::binary(value::BinaryOp::Multiply, &more, &Value::Int(times))
            else {
                return self.unknown();
            };
            rest = match rest {
                None => Some(more),
                Some(known) => match value::binary(value::BinaryOp::Add, &known, &more) {
                    Ok(both) => Some(both),
                    Err(_) => return self.unknown(),
                },
            };
        }
        sum.retain(|(_, times)| *times != 0);
        sum.sort_unstable();
        let rest = rest.map(|rest| self.constant(rest));
        let rest = rest.filter(|rest| sum.is_empty() || !self.is_nothing(*rest));
        match (sum.as_slice(), rest) {
            ([], Some(rest)) => rest,
            ([(id, 1)], None) => *id,
            (_, rest) => {
                let more = rest.and_then(|rest| self.value(rest).cloned());
                self.keep(Term::Sum { parts: sum, more })
            }
        }
    }

    /// What a builtin function gives.
    pub(super) fn builtin(&mut self, builtin: Generic, args: Vec<Id>) -> Id {
        let values = args.iter().map(|arg| self.value(*arg).cloned());
        if let Some(values) = values.collect::<Option<Vec<_>>>()
            && let Some(value) = built_in(builtin, &values)
        {
            return self.constant(value);
        }
        match (builtin, args.as_slice()) {
            (Generic::Min, [_, _]) => self.extreme(MIN, &args),
            (Generic::Max, [_, _]) => self.extreme(MAX, &args),
            (Generic::Clamp, [number, low, high]) => {
                let above = self.extreme(MAX, &[*number, *low]);
                self.extreme(MIN, &[above, *high])
            }
            (Generic::Abs | Generic::Round | Generic::Floor | Generic::Ceil, [of]) => {
                let operation = Operation::Builtin(builtin as u8);
                match self.term(*of) {
                    Term::Apply(inner, _) if *inner == operation => *of,
                    _ => self.apply(operation, args),
                }
            }
            _ => self.apply(Operation::Builtin(builtin as u8), args),
        }
    }

    /// The least or the most of these, in whatever order, each once.
    fn extreme(&mut self, operation: Operation, args: &[Id]) -> Id {
        let mut parts: Vec<Id> = Vec::new();
        let mut known: Option<Value> = None;
        for arg in args {
            let inner = match self.term(*arg) {
                Term::Apply(inner, parts) if *inner == operation && parts.len() < MOST => {
                    parts.clone()
                }
                _ => vec![*arg],
            };
            for part in inner {
                let Some(value) = self.value(part).cloned() else {
                    parts.push(part);
                    continue;
                };
                let best = match (&known, operation == MIN) {
                    (None, _) => Ok(value),
                    (Some(known), true) => value::minimum(known, &value),
                    (Some(known), false) => value::maximum(known, &value),
                };
                match best {
                    Ok(best) => known = Some(best),
                    Err(_) => return self.unknown(),
                }
            }
        }
        if let Some(known) = &known {
            parts.retain(|part| !self.never_wins(operation, *part, known));
        }
        parts.extend(known.map(|known| self.constant(known)));
        parts.sort_unstable();
        parts.dedup();
        match parts.as_slice() {
            [one] => *one,
            _ => self.apply(operation, parts),
        }
    }

    /// Whether a part is on the other side of a constant whatever it comes to: `min(n, 2)` beside 2 where the most is
    /// looked for.
    fn never_wins(&self, operation: Operation, part: Id, known: &Value) -> bool {
        let opposite = if operation == MIN { MAX } else { MIN };
        let Term::Apply(inner, parts) = self.term(part) else {
            return false;
        };
        let mut bounds = parts.iter().filter_map(|part| self.value(*part));
        *inner == opposite
            && bounds.any(|bound| {
                let best = match operation == MIN {
                    true => value::minimum(known, bound),
                    false => value::maximum(known, bound),
                };
                best.is_ok_and(|best| best == *known)
            })
    }

    /// The same operation on other parts.
    pub(super) fn applied(&mut self, operation: Operation, args: Vec<Id>) -> Id {
        match operation {
            MIN | MAX if args.len() > 1 => self.extreme(operation, &args),
            Operation::Index if args.len() == 2 => self.element(args[0], args[1]),
            Operation::Unary(op) if op == UnaryOp::Not as u8 => self.not(args[0]),
            Operation::Binary(_)
            | Operation::Builtin(_)
            | Operation::Unary(_)
            | Operation::As(_)
            | Operation::Index
            | Operation::Template
            | Operation::IsEmpty(_)
            | Operation::IsNone => self.apply(operation, args),
        }
    }
}

/// What a builtin function gives for these numbers.
fn built_in(builtin: Generic, args: &[Value]) -> Option<Value> {
    let given = match (builtin, args) {
        (Generic::Min, [one, other]) => value::minimum(one, other),
        (Generic::Max, [one, other]) => value::maximum(one, other),
        (Generic::Clamp, [number, low, high]) => value::clamp(number, low, high),
        (Generic::Abs, [number]) => value::absolute(number),
        (Generic::Round, [number]) => value::whole(number, value::Rounding::Nearest),
        (Generic::Floor, [number]) => value::whole(number, value::Rounding::Down),
        (Generic::Ceil, [number]) => value::whole(number, value::Rounding::Up),
        _ => return None,
    };
    given.ok()
}
