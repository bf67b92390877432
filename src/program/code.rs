//! Code: functions and their typed instructions.

use serde::{Deserialize, Serialize};

use super::contract::indices;

indices! {
    /// Into `Program::functions`.
    FunctionIndex
}
