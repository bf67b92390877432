//! Lints: what experience says of a package that is sound and may still wake somebody for nothing.
//!
//! In: the trees and the typed tree of a sound package, and what its manifest makes of lints. Out: findings. A rule is
//! one file of `rules/` and a row of its table, subscribed to kinds of nodes; all are asked in one walk. What is
//! broken is not walked. Reads nothing but what it is given; which places a comment allows is settled by `allow`.

mod allow;
mod calls;
mod cx;
mod known;
mod labels;
mod queries;
mod range;
mod rule;
mod rules;
mod walk;
mod way;
mod words;

pub use allow::{Allow, is_allow, problems, settle, unsettled};
pub use known::Known;
pub use rule::{Rule, Sees};
pub use rules::ALL;
pub use walk::{Input, run};
