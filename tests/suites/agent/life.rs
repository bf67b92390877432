//! Not yet.

use super::Case;

pub const CASES: &[Case] = &[];
