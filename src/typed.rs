//! The checked tree: names are resolved, types known, constants folded. Data only.
//!
//! In: built by `check`. Out: read by the analyses in `check`, by `compile` and `report`.
//! Everything refers to declarations by index; a broken part is an `Error` node, and a package
//! with errors is never compiled.

#![expect(
    dead_code,
    reason = "the tree holds every place and word of the source, whoever reads it"
)]

mod declaration;
mod expr;
mod facts;
mod id;
mod known;
mod phase;
mod reference;
mod runbook;
mod stmt;
mod test;
mod types;
mod walk;
mod window;

pub use declaration::*;
pub use expr::*;
pub use facts::*;
pub use id::*;
pub use known::*;
pub use phase::Line;
pub use reference::*;
pub use runbook::*;
pub use stmt::*;
pub use test::*;
pub use types::*;
