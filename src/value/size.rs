//! An amount of data in bytes.
//!
//! In: `512MiB`, `2GB`. Out: the same, in the unit that needs the fewest digits. Never rounded.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount of data, to the byte. May be negative: a difference.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Size(i64);

/// The units of a size literal with their bytes; binary first, so that they win a tie.
pub(super) const UNITS: [(&str, i64); 9] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("KB", 1_000),
    ("B", 1),
];

impl Size {
    /// So many bytes.
    pub const fn from_bytes(bytes: i64) -> Size {
        Size(bytes)
    }

    /// The bytes.
    pub const fn bytes(self) -> i64 {
        self.0
    }

    /// Reads a literal such as `512MiB`.
    pub fn parse(text: &str) -> Option<Size> {
        match super::classify_number(text) {
            Ok(super::Number::Size(size)) => Some(size),
            Ok(_) | Err(_) => None,
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = UNITS
            .into_iter()
            .filter(|(_, bytes)| self.0 != 0 && self.0 % bytes == 0)
            .min_by_key(|(_, bytes)| (self.0 / bytes).unsigned_abs());
        match exact {
            Some((name, bytes)) => write!(out, "{}{name}", self.0 / bytes),
            None => write!(out, "{}B", self.0),
        }
    }
}
