//! A file of a package: see `rbk::facade::fuzz`.
#![no_main]
#![expect(
    clippy::disallowed_methods,
    reason = "the macro may write to a file what it ran"
)]

use rbk::facade::fuzz;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::check(bytes));
