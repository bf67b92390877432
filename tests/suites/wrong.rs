//! The corpus of wrong programs: each is refused for what is wrong with it, at its place.

use libtest_mimic::Trial;

use super::check;

pub fn trials() -> Vec<Trial> {
    check::trials_in("wrong")
}
