//! The range of what is ever seen in a place, or taken by one.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Value;

/// All values from `low` on, up to `high` where there is one; both belong to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    pub low: Value,
    pub high: Option<Value>,
}

impl Bounds {
    /// Whether a value lies inside. Nothing is seen where there is nothing.
    pub fn contains(&self, value: &Value) -> bool {
        let below = self.high.as_ref().is_none_or(|high| value <= high);
        *value == Value::None || *value >= self.low && below
    }
}

/// As people read it: "from `0` to `9`", "`0` or more".
impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.high {
            Some(high) => write!(f, "from `{}` to `{high}`", self.low),
            None => write!(f, "`{}` or more", self.low),
        }
    }
}
