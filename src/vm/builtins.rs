//! The pure functions of the library: the code of each.
//!
//! In: the arguments of a call. Out: a value or a failure. What they are called and how many
//! arguments they take stands in [`Builtin`].

mod list;
mod number;
mod text;

use super::broken;
use super::execute::{Cursor, failed, is_large};
use crate::effect::Fault;
use crate::library::Builtin;
use crate::program::{OperandsIndex, Register};
use crate::value::{Failure, Kind, Value};

/// The arguments of a call, where they are.
struct Arguments<'a> {
    registers: &'a [Value],
    operands: &'a [Register],
}

type Code = fn(&Arguments<'_>) -> Result<Value, Failure>;

/// The code of each.
fn code(builtin: Builtin) -> Code {
    match builtin {
        Builtin::Min => number::min,
        Builtin::Max => number::max,
        Builtin::Clamp => number::clamp,
        Builtin::Rem => number::rem,
        Builtin::First => list::first,
        Builtin::Count => list::count,
        Builtin::Sum => list::sum,
        Builtin::Contains => list::contains,
        Builtin::StartsWith => text::starts_with,
        Builtin::EndsWith => text::ends_with,
        Builtin::Div => number::div,
        Builtin::Abs => number::abs,
        Builtin::Round => number::round,
        Builtin::Floor => number::floor,
        Builtin::Ceil => number::ceil,
        Builtin::FreeText => text::free_text,
    }
}

pub(super) fn call(
    builtin: Builtin,
    cursor: &mut Cursor<'_>,
    operands: OperandsIndex,
) -> Result<Value, Box<Fault>> {
    let arguments = Arguments {
        registers: cursor.registers,
        operands: match cursor.function.operands.get(operands.index()) {
            Some(operands) => operands,
            None => return Err(Box::new(broken("operands that are not there"))),
        },
    };
    let large = arguments.all().filter(|value| is_large(value));
    for value in large {
        cursor.meter.goes_through(value)?;
    }
    let value = code(builtin)(&arguments).map_err(failed)?;
    if matches!(value, Value::List(_)) {
        cursor.meter.takes(&value)?;
    }
    Ok(value)
}

impl Arguments<'_> {
    /// The argument at that place.
    fn at(&self, index: usize) -> Result<&Value, Failure> {
        let register = self.operands.get(index);
        let value = register.and_then(|register| self.registers.get(register.index()));
        // The checker counts arguments; a program that does not is not ours.
        value.ok_or_else(|| Failure::conversion("a builtin without its arguments"))
    }

    /// Two arguments.
    fn pair(&self) -> Result<(&Value, &Value), Failure> {
        Ok((self.at(0)?, self.at(1)?))
    }

    fn all(&self) -> impl Iterator<Item = &Value> {
        let registers = self.operands.iter();
        registers.filter_map(|register| self.registers.get(register.index()))
    }
}

/// Arguments of types that the checker does not let through.
fn mismatch(left: &Value, right: &Value) -> Failure {
    let (left, right): (Kind, Kind) = (left.kind(), right.kind());
    Failure::Mismatch { left, right }
}
