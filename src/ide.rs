//! What an editor asks, on plain data: places are files and bytes, answers know nothing of any protocol.
//!
//! In: a [`Desk`], which is a package that is being edited, or the text of one file, and an offset. Out: outlines,
//! folds, colours, completions, actions, lenses, declarations, mentions. Works on broken files as well. Never reads or writes a file.

mod actions;
mod bind;
mod cases;
mod complete;
mod declaration;
mod describe;
mod desk;
mod fold;
mod hover;
mod inlay;
mod lens;
mod mentions;
mod outline;
mod paint;
mod rename;
mod select;
mod signature;
mod typing;

pub use actions::{Change, Why, actions};
pub use complete::{Candidate, CandidateKind, complete};
pub use desk::Desk;
pub use fold::{FoldKind, folds};
pub use hover::hover;
pub use inlay::{HintKind, hints};
pub use lens::{LensKind, lenses};
pub use mentions::{declared, mentions, name};
pub use outline::{Entry, EntryKind, outline};
pub use paint::{Colour, paint};
pub use rename::{Refusal, nameable, renamed};
pub use select::selections;
pub use signature::signature;
