//! What an editor asks, on plain data: places are files and bytes, answers know nothing of any protocol.
//!
//! In: a [`Desk`], which is a package that is being edited, or the text of one file, and an offset. Out: outlines,
//! folds, colours, completions, actions, lenses. Works on broken files as well. Never reads or writes a file.

mod actions;
mod bind;
mod complete;
mod describe;
mod desk;
mod fold;
mod lens;
mod outline;
mod paint;
mod select;
mod signature;

pub use actions::{Action, Why, actions};
pub use complete::{Candidate, CandidateKind, complete};
pub use desk::Desk;
pub use fold::{FoldKind, folds};
pub use lens::{LensKind, lenses};
pub use outline::{Entry, EntryKind, outline};
pub use paint::{Colour, paint};
pub use select::selections;
pub use signature::signature;
