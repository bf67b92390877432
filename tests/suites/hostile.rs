//! Bad input, made here: endless, nested, cut off, not text, meant to fool. Each is answered with
//! codes and without a panic; the answer is not longer than the reader's patience.

mod cut;
mod deep;
mod fooling;
mod long;

use libtest_mimic::Trial;
use rbk::facade::{self, Checked};

use crate::harness::fixture::trial;

/// A program that is right, to be made wrong: every construct of a small package.
pub const PROGRAM: &str = include_str!("../../examples/quickstart/checkout.rbk");

pub fn trials() -> Vec<Trial> {
    let cases = [long::cases(), deep::cases(), cut::cases(), fooling::cases()];
    let cases = cases.into_iter().flatten();
    cases
        .map(|case| trial(format!("hostile/{}", case.name), move || case.check()))
        .collect()
}

/// One kind of bad input.
pub struct Case {
    name: &'static str,
    inputs: Box<dyn Fn() -> Vec<Vec<u8>> + Send>,
    wanted: Wanted,
}

/// What the answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// At least one error.
    Errors,
    /// No error of reading: the text is well formed, whatever it means.
    WellFormed,
    /// Anything but a panic.
    Anything,
}

impl Case {
    /// A case of several texts.
    pub fn texts(
        name: &'static str,
        wanted: Wanted,
        texts: impl Fn() -> Vec<String> + Send + 'static,
    ) -> Self {
        let inputs = move || texts().into_iter().map(String::into_bytes).collect();
        Case::bytes(name, wanted, inputs)
    }

    /// A case of several files that need not be text.
    pub fn bytes(
        name: &'static str,
        wanted: Wanted,
        inputs: impl Fn() -> Vec<Vec<u8>> + Send + 'static,
    ) -> Self {
        let inputs = Box::new(inputs);
        Case {
            name,
            inputs,
            wanted,
        }
    }

    fn check(&self) {
        for input in (self.inputs)() {
            let checked = facade::check(&[("main.rbk", &input)]);
            self.hold(&input, &checked);
        }
    }

    fn hold(&self, input: &[u8], checked: &Checked) {
        let shown = String::from_utf8_lossy(&input[..input.len().min(2_000)]);
        let mut errors = checked
            .findings
            .iter()
            .filter(|finding| finding.kind == "error");
        match self.wanted {
            Wanted::Errors => assert!(errors.next().is_some(), "no error for:\n{shown}"),
            Wanted::WellFormed => {
                let found = errors.find(|error| error.code.starts_with("E01"));
                assert_eq!(found, None, "\n{shown}");
            }
            Wanted::Anything => {}
        }
        let lines = input.split(|byte| *byte == b'\n').count();
        let most = 2 * lines + 10;
        assert!(
            checked.findings.len() <= most,
            "{} findings in {lines} lines",
            checked.findings.len()
        );
        let safe = !checked.human.contains(['\u{1b}', '\u{202e}', '\0']);
        assert!(
            safe,
            "the answer speaks to the terminal:\n{:?}",
            checked.human
        );
    }
}
