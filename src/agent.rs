//! The ops agent: takes alerts, events and requests in over HTTP, and lets an engine deal with them.
//!
//! In: a package, settings, a store. Out: incidents looked into, healed, or handed to humans. Never
//! decides anything itself: it decodes at the border, and everything behind it is the engine's.

#![expect(
    clippy::disallowed_methods,
    reason = "this room, connect/, store/, host/ and cli/ are where I/O happens"
)]

mod alertmanager;
mod api;
mod cannot;
mod dry;
mod life;
mod listen;
mod load;
mod offer;
mod once;
#[cfg(feature = "kubernetes")]
mod rights;
mod serve;
mod take_up;
mod view;
mod watch;

pub use alertmanager::{decode_one, read as read_notification};
pub use cannot::{CANNOT, EXPLAINED};
pub use dry::{Plan, dry_run};
pub use load::{Package, Refused, load_package, load_settings};
pub use offer::Offered;
pub use once::{Outcome, run_once};
#[cfg(feature = "kubernetes")]
pub use rights::{Allowed, allowed};
pub use serve::{Options, Running, folder_of, serve, start};
pub use view::{IncidentDetail, IncidentList, IncidentView, LetterList, LetterView, TimelineLine};
