//! What the suites share: fixtures from folders, expected output beside them, annotations in them,
//! and the little of a network that a server of a test needs.

pub mod annotation;
pub mod fixture;
pub mod mangle;
pub mod markdown;
pub mod net;
pub mod random;
#[cfg(feature = "harness")]
pub mod sentence;
pub mod server;
pub mod snapshot;
pub mod wait;
