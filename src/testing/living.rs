//! A world that lives: what is seen in it follows from what it is, and changes only by what is
//! done to it. Runs are driven in it without a script, and what they did is read off a ledger.
//!
//! In: a program, the words that set it off, a state and how the world behaves. Out: the end, the
//! ledger and the last state. Nothing here asks the run what it believes it did.

mod drive;
mod ledger;
mod world;

pub use drive::{Crash, Scenario, live};
pub use world::{Blind, Cure, Deployment, Manner, Pod, State};
