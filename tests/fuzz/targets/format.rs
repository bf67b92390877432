//! A text that can be read, brought into the one layout: see `rbk::facade::fuzz`.
#![no_main]
#![expect(
    clippy::disallowed_methods,
    reason = "the macro may write to a file what it ran"
)]

use rbk::facade::fuzz;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::format(bytes));
