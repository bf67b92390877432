//! What the checker claims is true of every run: random programs in random worlds never break a
//! promise, and every rule that is taken out is noticed.

mod arithmetic;
mod corpus;
#[cfg(feature = "harness")]
mod cost;
mod decided;
mod decided_queries;
mod generate;
#[cfg(feature = "harness")]
mod holes;
mod keys;
mod mutants;
mod oracle;
mod parts;
mod programs;
#[cfg(feature = "harness")]
mod rules;
mod shadow;
mod urls;
mod worlds;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    let mut trials = corpus::trials();
    trials.extend(programs::trials());
    trials.extend(arithmetic::trials());
    trials.extend(decided::trials());
    trials.extend(decided_queries::trials());
    trials.extend(keys::trials());
    trials.extend(mutants::trials());
    trials.extend(urls::trials());
    #[cfg(feature = "harness")]
    trials.extend(rules::trials());
    #[cfg(feature = "harness")]
    trials.extend(cost::trials());
    trials
}

/// The text of the random program of this seed.
pub fn generated(seed: u64) -> String {
    generate::program(seed).text
}
