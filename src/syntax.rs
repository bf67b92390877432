//! Text to tree: splits at items, balances brackets, parses each item by pest, lowers to the tree.
//!
//! In: one source. Out: its [`tree::File`] and diagnostics; never fails, never reads a file.

pub mod tree;
