//! What a running program computes with: values, units, checked arithmetic, limits.
//!
//! In: plain Rust data. Out: [`Value`]s that print and compare without the program that made them.
//! Imports nothing from the crate, never reads a clock, never holds a secret's bytes.

mod bounds;
mod data;
mod duration;
mod escape;
mod exact;
mod failure;
mod hole;
mod json;
mod key;
mod kind;
mod limit;
mod number;
mod operator;
mod order;
mod percent;
mod print;
pub mod re2;
mod scalar;
mod shown;
mod size;
mod target;
mod template;
mod time;
mod weight;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use bounds::Bounds;
pub use data::{EnumMember, Map, Query, Range, Record, Shape, Text};
pub use duration::Duration;
pub use escape::{escape_text, free_text, is_blank};
pub use failure::Failure;
pub use key::KeyForm;
pub use kind::Kind;
pub use limit::{LIST_LENGTH, MAP_ENTRIES, SHOWN_CHARACTERS, TEXT_BYTES};
pub use number::{Number, NumberProblem, classify_number};
pub use operator::{
    BinaryOp, Rounding, UnaryOp, absolute, binary, clamp, compare, convert, maximum, minimum,
    order, result_kind, share, unary, whole,
};
pub use percent::Percent;
pub use scalar::{
    Unit, float_add, float_divide, float_multiply, float_subtract, int_add, int_divide,
    int_multiply, int_negate, int_remainder, int_subtract,
};
pub use size::Size;
pub use target::{Identity, Key, Target};
pub use template::{HolePosition, Quote, Segment, Tag, Template, fill, fill_any_path};
pub use time::Time;
pub use weight::weight;

/// One value of a running program, 16 bytes.
///
/// The order of the variants is part of the serialised form: new ones go to the end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Value {
    /// The absent case of a `T?`.
    None,
    Bool(bool),
    Int(i64),
    /// Finite, always: an operation that would yield anything else fails.
    Float(f64),
    Percent(Percent),
    Duration(Duration),
    Size(Size),
    Time(Time),
    Text(Text),
    Enum(Arc<EnumMember>),
    List(Arc<Vec<Value>>),
    Map(Arc<Map>),
    Record(Arc<Record>),
    Target(Arc<Target>),
    /// A tagged literal with its holes filled in.
    Query(Arc<Query>),
    /// A secret by name. The bytes are known to the host alone.
    Secret(Text),
    /// What a `do` gave back, by its number in the run.
    Handle(u32),
    /// Somebody to tell, by the name of the role.
    Role(Text),
    Range(Arc<Range>),
}

impl Value {
    /// A text.
    pub fn text(text: impl AsRef<str>) -> Value {
        Value::Text(Text::new(text))
    }

    /// A list.
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(Arc::new(items))
    }

    /// Whether it is the absent case of a `T?`.
    pub fn is_none(&self) -> bool {
        matches!(self, Value::None)
    }
}

#[cfg(test)]
mod tests;
