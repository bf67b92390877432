//! The outside world, as the rooms above the line ask for it: for now, files.
//!
//! In: paths. Out: bytes, or why not. Never decides what a file means.

#![expect(
    clippy::disallowed_methods,
    reason = "this room and cli/ are where I/O happens"
)]

mod files;

pub use files::{Disk, create, read_all, write};
