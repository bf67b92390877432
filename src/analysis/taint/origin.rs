//! Where a value comes from, as far as the text tells.

use crate::effect::Integrity;

/// Where a value comes from: a level of its own, and the parameters that it depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taint {
    pub level: Integrity,
    /// A bit per parameter of the function that is being summarised; 64 and more share the last.
    pub params: u64,
}

impl Taint {
    pub fn of(level: Integrity) -> Taint {
        Taint { level, params: 0 }
    }

    pub fn join(self, other: Taint) -> Taint {
        Taint {
            level: self.level.max(other.level),
            params: self.params | other.params,
        }
    }

    pub fn may_be_told(self) -> bool {
        self.level == Integrity::Told || self.params != 0
    }
}

/// The bit of a parameter.
pub fn bit(param: usize) -> u64 {
    1 << param.min(63)
}
