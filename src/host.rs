//! The outside world: files, the clock, and the loop that lets an engine drive it.
//!
//! In: paths, settings, an engine. Out: bytes and calls; what comes of the calls goes back to the
//! engine. Never decides what a file means, or what is to be done.

#![expect(
    clippy::disallowed_methods,
    reason = "this room, connect/, store/, agent/ and cli/ are where I/O happens"
)]

mod answer;
mod cache;
mod clock;
mod driver;
mod fetch;
mod files;
mod git;
mod handle;
mod limits;
mod log;
mod perform;
mod programs;
mod reach;
mod reading;
mod render;
mod retire;
mod status;
mod swap;
mod tally;
mod tidings;
mod under_way;

pub use answer::{Gone, NotTaken, Unanswered};
pub use cache::Cache;
pub use clock::Clock;
pub use driver::{Driver, Stopped};
pub use fetch::fetch;
pub use files::{Disk, create, read_all, read_named, write};
pub use git::{Repository, Revision, Tree};
pub use handle::{Handle, Undecoded};
pub use log::{Log, LostLines};
pub use perform::Performer;
pub use programs::program_problem;
#[cfg(feature = "kubernetes")]
pub use reach::account;
pub use reach::{Known, Reach, callers, contacts, reach};
pub use reading::Reading;
use render::render;
pub use render::{quoted_with, still_runs};
use retire::Retiring;
pub use status::Status;
pub use swap::{swap, swappable};
pub use tally::{COMMITS, Tally};
pub use under_way::UnderWay;
