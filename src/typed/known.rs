//! What a check finds out about what a text names, beyond what stands there: for whoever reads it in an editor.
//!
//! In: built by `check`, if it is asked for. Out: rows, each at a place of the package.

use smol_str::SmolStr;

use crate::effect::{Integrity, Level};
use crate::text::Span;
use crate::value::Duration;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The name that it is about, or the line.
    pub at: Span,
    pub what: What,
}

/// What is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Of a name that stands for a value.
    Value {
        /// As it is written.
        ty: SmolStr,
        /// None where that depends on who calls.
        trust: Option<Integrity>,
        /// Whether the text says the type.
        is_written: bool,
    },
    /// Of a whole function: the most that it does.
    Effect(Level),
    /// Of the name of a runbook or of a remedy: the longest that the machine works on it.
    Takes(Duration),
    /// Of a line of a blast: how much of it is needed at most.
    Needs { count: u32, said: u32 },
}
