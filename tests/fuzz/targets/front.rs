//! Any bytes as a file: parsing and checking answer without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rbk::facade;

fuzz_target!(|bytes: &[u8]| {
    facade::check(&[("main.rbk", bytes)]);
});
