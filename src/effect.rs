//! The vocabulary of effects, shared by checker, compiler, machine and run: levels, scopes,
//! integrity, calls, outcomes, ends. Plain data; nothing in here acts.

mod call;
mod end;
mod fault;

pub use call::{Argument, Call, ChangeOutcome, Observed, Settled};
pub use end::{Changes, End, Reason};
pub use fault::{Fault, Limit};

use serde::{Deserialize, Serialize};

/// What a piece of code may do to the world, from least to most.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Level {
    #[default]
    Pure,
    Observe,
    Notify,
    Change,
    Irreversible,
}

/// How much hangs on a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    Instance,
    Service,
    Product,
    CrossProduct,
    Substrate,
}

/// Where a value comes from, from most to least trusted: the author's text, a number that a
/// connector measured, a number that somebody sent and the author bounds, words that somebody else
/// could have written.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Integrity {
    #[default]
    Own,
    Measured,
    /// A number from outside, between two bounds of the author's.
    Bounded,
    Told,
}

/// What repeating a change means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Repeat {
    /// Doing it again changes nothing more.
    Safe,
    /// The target takes an idempotency key.
    Keyed,
    /// A probe tells whether it took effect.
    UnsafeProbe,
    /// Only a human can tell.
    UnsafeHuman,
}

/// A parameter of an extern that outside text must never supply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Sink {
    Amount,
    Host,
    Path,
    Flag,
    Executable,
    Population,
    /// What is sent to somebody who acts on it.
    Payload,
}

/// How urgent an incident is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    None,
    Sev4,
    Sev3,
    Sev2,
    Sev1,
}

macro_rules! words {
    ($type:ident { $($variant:ident $word:literal),* $(,)? }) => {
        // The three belong together, also where only one of them is called.
        const _: (&[$type], fn($type) -> &'static str, fn(&str) -> Option<$type>) =
            ($type::ALL, $type::word, $type::from_word);

        impl $type {
            /// Every one, in order.
            pub const ALL: &'static [$type] = &[$($type::$variant),*];

            /// The word for it in the language and in reports.
            pub fn word(self) -> &'static str {
                match self { $($type::$variant => $word),* }
            }

            /// The one that this word names.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some($type::$variant),)* _ => None }
            }
        }
    };
}
pub(crate) use words;

words!(Level { Pure "pure", Observe "observe", Notify "notify", Change "change", Irreversible "irreversible" });
words!(Scope { Instance "instance", Service "service", Product "product", CrossProduct "cross_product", Substrate "substrate" });
words!(Integrity { Own "own", Measured "measured", Bounded "bounded", Told "told" });
words!(Sink { Amount "amount", Host "host", Path "path", Flag "flag", Executable "executable", Population "population", Payload "payload" });
words!(Severity { None "none", Sev4 "sev4", Sev3 "sev3", Sev2 "sev2", Sev1 "sev1" });
