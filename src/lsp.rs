//! The language server: what an editor asks over its protocol, answered by `ide/`.
//!
//! In: a wire whose messages are those of the Language Server Protocol. Out: answers and diagnostics, until the
//! client ends it. One loop, one message after the other; a file for each request. Knows nothing of runbooks itself.

#![expect(
    clippy::disallowed_methods,
    reason = "what is open in no editor is read from the disk, and an author's pause is measured"
)]

mod actions;
mod client;
mod completion;
mod definition;
mod diagnostics;
mod edits;
mod folding;
mod formatting;
mod highlight;
mod hover;
mod inlay;
mod lenses;
mod lines;
mod notes;
mod pages;
mod pipes;
mod queue;
mod references;
mod rename;
mod selection;
mod server;
mod signature;
mod symbols;
mod texts;
mod tokens;
mod wire;
mod world;

pub use pipes::stdio;
pub use server::serve;
pub use wire::Broken;
