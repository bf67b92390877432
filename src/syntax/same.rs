//! Whether two texts mean the same: what the formatter proves of its output.
//!
//! In: two files with their sources. Out: yes or no. Places, blanks and the form of a string do not count;
//! the order and the texts of comments do.

use super::dump::{dump, flat};
use super::tree::File;
use crate::text::Source;

/// Whether two files are the same tree with the same comments.
pub fn same(left: (&File, &Source), right: (&File, &Source)) -> bool {
    let is_flat_same = match (flat(left.0, left.1), flat(right.0, right.1)) {
        (Some(left), Some(right)) => left == right,
        (None, _) | (_, None) => false,
    };
    // What is empty and what is not there say the same, and have one outline.
    is_flat_same || dump(left.0, left.1) == dump(right.0, right.1)
}
