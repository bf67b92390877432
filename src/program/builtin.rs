//! The pure functions that the machine brings along: their names and how many arguments they take.
//!
//! Code refers to them by number, so new ones go to the end; `vm/builtins` has the code.

use serde::{Deserialize, Serialize};

macro_rules! builtins {
    ($($(#[$doc:meta])* $variant:ident $name:literal $params:literal)*) => {
        /// A pure function of the machine.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Builtin {
            $($(#[$doc])* $variant),*
        }

        impl Builtin {
            /// Every one, in order.
            pub const ALL: &'static [Builtin] = &[$(Builtin::$variant),*];

            /// Its name in the language, with its module unless that is the prelude.
            pub fn name(self) -> &'static str {
                match self { $(Builtin::$variant => $name),* }
            }

            /// How many arguments it takes.
            pub fn params(self) -> usize {
                match self { $(Builtin::$variant => $params),* }
            }

            /// The one with this name.
            pub fn from_name(name: &str) -> Option<Builtin> {
                match name { $($name => Some(Builtin::$variant),)* _ => None }
            }
        }
    };
}

builtins! {
    Min "min" 2
    Max "max" 2
    Clamp "clamp" 3
    Rem "rem" 2
    First "first" 2
    Count "count" 1
    /// The sum of a list, and what the sum of an empty one is.
    Sum "sum" 2
    /// Of a list or a text.
    Contains "contains" 2
    StartsWith "starts_with" 2
    EndsWith "ends_with" 2
    Div "div" 2
    Abs "abs" 1
    Round "round" 1
    Floor "floor" 1
    Ceil "ceil" 1
    /// Of a text, and how many characters of it are left.
    FreeText "free_text" 2
}
