//! What the suites share: fixtures from folders, expected output beside them, annotations in them.

pub mod annotation;
pub mod fixture;
pub mod mangle;
pub mod markdown;
pub mod random;
pub mod sentence;
pub mod snapshot;
