//! The functions of the language that no declaration can type, as the library speaks of them.

pub use crate::analysis::LATER_FIELDS;
use crate::library::{Builtin, Generic};

/// A function: how it is called, what it does, and a call of it.
#[derive(Clone, Debug)]
pub struct Function {
    /// With the names of its arguments.
    pub form: String,
    /// One sentence or more.
    pub doc: &'static str,
    /// An expression.
    pub example: &'static str,
}

/// All of them.
pub fn generic_functions() -> Vec<Function> {
    let all = Generic::ALL.iter().map(|&generic| Function {
        form: generic.form(),
        doc: Builtin::from(generic).doc().trim(),
        example: generic.example(),
    });
    all.collect()
}
