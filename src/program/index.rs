//! Indices into the tables of a program.

use serde::{Deserialize, Serialize};

macro_rules! indices {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            pub struct $name(pub u16);

            impl $name {
                /// As an index into its table.
                pub fn index(self) -> usize {
                    usize::from(self.0)
                }
            }
        )*
    };
}

indices! {
    /// Into `Program::functions`.
    FunctionIndex
    /// Into `Program::constants`.
    ConstantIndex
    /// Into `Program::templates`.
    TemplateIndex
    /// Into `Program::shapes`.
    ShapeIndex
    /// Into `Program::observables`.
    ObservableIndex
    /// Into `Program::actions`.
    ActionIndex
    /// Into `Program::steps`.
    StepIndex
    /// Into `Program::verifies`.
    VerifyIndex
    /// Into `Program::guards`.
    GuardIndex
    /// Into `Program::mitigations`.
    MitigationIndex
    /// Into `Program::roles`.
    RoleIndex
    /// Into `Function::operands`.
    OperandsIndex
    /// Into `Function::effects`.
    EffectIndex
    /// One value of a function's frame.
    Register
    /// A place in a function's code.
    Address
}
