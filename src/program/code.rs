//! Code: functions, and their compact typed instructions of eight bytes each.
//!
//! A function works on its own registers, of which the first are its parameters. An instruction
//! that takes many registers names a list of them in [`Function::operands`]; one that asks the
//! world names its [`Effect`] in [`Function::effects`].

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{
    Address, ConstantIndex, Effect, EffectIndex, FunctionIndex, OperandsIndex, Place, Register,
    ShapeIndex, TemplateIndex,
};
use crate::library::Builtin;
use crate::value::{Duration, UnaryOp, Unit};

/// One function: an entry, a condition, the code of an undo, or a callable of the package.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// For listings and faults; not part of the content hash.
    pub name: SmolStr,
    /// How many of the first registers are parameters.
    pub params: u16,
    pub registers: u16,
    /// Of a condition that is looked at again: how long a look may take. What was not read by
    /// then was not answered.
    pub look: Option<Duration>,
    pub code: Vec<Op>,
    pub operands: Vec<Vec<Register>>,
    pub effects: Vec<Effect>,
    /// Inner ranges come before the outer ones that enclose them.
    pub handlers: Vec<HandlerRange>,
    /// Where each instruction comes from; not part of the content hash.
    pub places: Vec<Place>,
}

/// A stretch of code whose faults are handled in the same function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandlerRange {
    pub from: Address,
    /// The first address behind the stretch.
    pub to: Address,
    pub target: Address,
    pub filter: Filter,
}

/// Which faults a handler takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Filter {
    /// Answered, and there is nothing there.
    NoData,
    /// Any other failure of a value.
    Failed,
    /// Any failure of a value.
    Any,
    /// A change that certainly had no effect.
    NotApplied,
    /// What makes an attempt or a loop element fail. Refusals go past it: a false guard, a list
    /// over its bound, a thing that is not owned, a limit; no other way of mending answers those.
    Piece,
    /// Everything, for what must be released on every exit.
    Every,
}

/// An instruction. Operands are registers of the frame unless they are named otherwise.
///
/// The order of the variants is part of the serialised form; what each does and costs belongs to
/// [`super::INSTRUCTION_SET`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[rustfmt::skip]
pub enum Op {
    // Values.
    Constant { to: Register, constant: ConstantIndex },
    Integer { to: Register, value: i32 },
    Bool { to: Register, value: bool },
    None { to: Register },
    Move { to: Register, from: Register },

    // Numbers. `Int` and `Float` know their operands; `Arithmetic` takes units and times.
    Int { op: Arithmetic, to: Register, left: Register, right: Register },
    IntImmediate { op: Arithmetic, to: Register, left: Register, right: i16 },
    Float { op: Arithmetic, to: Register, left: Register, right: Register },
    Arithmetic { op: Arithmetic, to: Register, left: Register, right: Register },
    Unary { op: UnaryOp, to: Register, from: Register },
    Convert { unit: Unit, to: Register, from: Register },

    // Truth.
    Compare { op: Comparison, to: Register, left: Register, right: Register },
    In { to: Register, value: Register, whole: Register },
    IsNone { to: Register, from: Register },
    IsEmpty { to: Register, from: Register },

    // Jumps.
    Jump { target: Address },
    JumpIf { expected: bool, value: Register, target: Address },
    JumpCompare { op: Comparison, left: Register, right: Register, target: Address },
    JumpConstant { op: Comparison, left: Register, right: ConstantIndex, target: Address },
    JumpInt { op: Comparison, left: Register, right: Register, target: Address },
    JumpIntImmediate { op: Comparison, left: Register, right: i16, target: Address },
    JumpNone { expected: bool, value: Register, target: Address },

    // Values with parts.
    Field { to: Register, base: Register, field: u16 },
    /// A field of a target as it is now: observed once per evaluation and target.
    LiveField { to: Register, base: Register, field: u16 },
    Index { to: Register, base: Register, index: Register },
    List { to: Register, items: OperandsIndex },
    /// Keys and values in turn.
    Map { to: Register, entries: OperandsIndex },
    Record { to: Register, shape: ShapeIndex, fields: OperandsIndex },
    Range { inclusive: bool, to: Register, start: Register, end: Register },
    Fill { to: Register, template: TemplateIndex, holes: OperandsIndex },

    // Loops. An iterator is two registers: what is gone through, and the Int of the next element.
    Next { iterator: Register, to: Register, exit: Address },
    Append { list: Register, value: Register },
    /// Faults when the list is longer.
    Bound { list: Register, at_most: u32 },
    /// Faults when the list has no element.
    NotEmpty { list: Register },

    // Calls.
    Call { to: Register, function: FunctionIndex, arguments: OperandsIndex },
    Builtin { builtin: Builtin, to: Register, arguments: OperandsIndex },
    Return { from: Register },

    // The world, and what fails in it.
    Effect { effect: EffectIndex },
    /// Fails with a conversion, for this text.
    Fail { text: ConstantIndex },
    /// Goes on with the fault that brought the code to its handler.
    Rethrow,
}

const _: () = assert!(size_of::<Op>() == 8);

/// `+ - * /`. Of two Ints as such, `/` is whole, toward zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    /// `/` of whole numbers or quantities of one kind, as a Percent.
    Share,
}

/// `== != < <= > >=`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Arithmetic {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Arithmetic::Add => "+",
            Arithmetic::Subtract => "-",
            Arithmetic::Multiply => "*",
            Arithmetic::Divide => "/",
            Arithmetic::Share => "/%",
        }
    }
}

impl Comparison {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        }
    }

    /// The comparison that holds exactly when this one does not. There are no incomparable values.
    pub fn negated(self) -> Comparison {
        match self {
            Comparison::Equal => Comparison::NotEqual,
            Comparison::NotEqual => Comparison::Equal,
            Comparison::Less => Comparison::GreaterOrEqual,
            Comparison::LessOrEqual => Comparison::Greater,
            Comparison::Greater => Comparison::LessOrEqual,
            Comparison::GreaterOrEqual => Comparison::Less,
        }
    }
}
