//! The one test binary: each suite lists its trials, and each fixture is a trial named by its path.
//!
//! A new suite is a file in `suites/`, a `mod` line and a row of the table below; its fixtures live
//! in the folder of the same name. `cargo test -- check/names` runs the trials whose name contains
//! that; `INSTA_UPDATE=always cargo test` accepts what the snapshots show.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests read fixtures, run the binary and talk; a failed unwrap is a failed test"
)]

use libtest_mimic::{Arguments, Trial};

mod harness;

mod suites {
    pub mod agent;
    pub mod check;
    pub mod cli;
    pub mod connect;
    pub mod coverage;
    pub mod demo;
    pub mod dependencies;
    pub mod e2e;
    pub mod editors;
    pub mod engine;
    pub mod examples;
    pub mod explain;
    pub mod explore;
    pub mod facts;
    pub mod faults;
    pub mod fixes;
    pub mod fmt;
    pub mod fuzz;
    pub mod golden;
    pub mod graph;
    pub mod hostile;
    pub mod ide;
    pub mod judged;
    pub mod kept;
    pub mod kill;
    pub mod kubernetes;
    pub mod lacks;
    pub mod library;
    pub mod lint;
    pub mod literal;
    pub mod lsp;
    pub mod mended;
    pub mod mistakes;
    pub mod names;
    pub mod parse;
    pub mod pipeline;
    pub mod properties;
    pub mod readme;
    pub mod reference;
    pub mod run;
    pub mod sense;
    pub mod settings;
    pub mod store;
    pub mod tested;
    pub mod tidy;
    pub mod trust;
    pub mod versions;
    pub mod wrong;
}

/// A suite's name and the function that lists its trials.
type Suite = (&'static str, fn() -> Vec<Trial>);

/// Every suite with the function that lists its trials.
const SUITES: &[Suite] = &[
    ("tidy", suites::tidy::trials),
    ("explain", suites::explain::trials),
    ("editors", suites::editors::trials),
    ("parse", suites::parse::trials),
    ("pipeline", suites::pipeline::trials),
    ("fmt", suites::fmt::trials),
    ("check", suites::check::trials),
    ("literal", suites::literal::trials),
    ("run", suites::run::trials),
    ("tested", suites::tested::trials),
    ("coverage", suites::coverage::trials),
    ("explore", suites::explore::trials),
    ("faults", suites::faults::trials),
    ("sense", suites::sense::trials),
    ("settings", suites::settings::trials),
    ("readme", suites::readme::trials),
    ("reference", suites::reference::trials),
    ("library", suites::library::trials),
    ("judged", suites::judged::trials),
    ("lint", suites::lint::trials),
    ("versions", suites::versions::trials),
    ("dependencies", suites::dependencies::trials),
    ("wrong", suites::wrong::trials),
    ("trust", suites::trust::trials),
    ("fixes", suites::fixes::trials),
    ("mended", suites::mended::trials),
    ("mistakes", suites::mistakes::trials),
    ("names", suites::names::trials),
    ("hostile", suites::hostile::trials),
    ("fuzz", suites::fuzz::trials),
    ("graph", suites::graph::trials),
    ("ide", suites::ide::trials),
    ("lsp", suites::lsp::trials),
    ("properties", suites::properties::trials),
    ("cli", suites::cli::trials),
    ("store", suites::store::trials),
    ("connect", suites::connect::trials),
    ("agent", suites::agent::trials),
    ("kept", suites::kept::trials),
    ("kill", suites::kill::trials),
    ("kubernetes", suites::kubernetes::trials),
    ("lacks", suites::lacks::trials),
    ("engine", suites::engine::trials),
    ("golden", suites::golden::trials),
    ("facts", suites::facts::trials),
    ("examples", suites::examples::trials),
    ("demo", suites::demo::trials),
    ("e2e", suites::e2e::trials),
];

fn main() -> std::process::ExitCode {
    // A suite may start this binary as the process that it kills.
    if suites::store::child() {
        return std::process::ExitCode::SUCCESS;
    }
    // The message of a failed trial is in the report; a backtrace would only hide it.
    std::panic::set_hook(Box::new(|panic| {
        if let Some(place) = panic.location() {
            eprintln!("(failed at {place})");
        }
    }));
    let arguments = Arguments::from_args();
    let trials = SUITES
        .iter()
        .flat_map(|(_, trials)| trials())
        .collect::<Vec<_>>();
    let conclusion = libtest_mimic::run(&arguments, trials);
    suites::kubernetes::stop();
    conclusion.exit_code()
}
