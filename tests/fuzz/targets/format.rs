//! Any text that parses: it is formatted to a text that formatting leaves as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rbk::facade;

fuzz_target!(|text: &str| {
    let (_, checked) = facade::parse(text);
    if !checked.findings.is_empty() {
        return;
    }
    let once = match facade::format("main.rbk", text) {
        Ok(once) => once,
        Err(why) => panic!("refused: {why:?}"),
    };
    let twice = facade::format("main.rbk", &once);
    assert_eq!(twice.as_ref(), Ok(&once));
});
