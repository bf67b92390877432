//! The pure functions that the machine brings along: one row for each.
//!
//! A row has the name, the arguments and, where no declaration can say its types, all that users read about it. The
//! others are declared in `stdlib/prelude.rbk` with types, sentence and example. `vm/builtins` has the code of all.
//! Code refers to them by number, so new ones go to the end.

use serde::{Deserialize, Serialize};

macro_rules! builtins {
    ($(
        $(#[doc = $doc:literal])*
        $variant:ident $name:literal [$($param:literal),*] $(+ $more:literal)? $(, $generic:ident $example:literal)?;
    )*) => {
        /// A pure function of the machine.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Builtin {
            $($(#[doc = $doc])* $variant),*
        }

        /// Those that work on more than one type, so that the checker itself types their calls.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Generic {
            $($(#[doc = $example] $variant,)?)*
        }

        impl Builtin {
            /// Every one, in order.
            pub const ALL: &'static [Builtin] = &[$(Builtin::$variant),*];

            /// Its name in the language.
            pub fn name(self) -> &'static str {
                match self { $(Builtin::$variant => $name),* }
            }

            /// What a call gives it, in order.
            pub fn params(self) -> &'static [&'static str] {
                match self { $(Builtin::$variant => &[$($param),*]),* }
            }

            /// How many values the machine gives it: the compiler may add some.
            pub fn operands(self) -> usize {
                let more: &[&str] = match self { $(Builtin::$variant => &[$($more)?]),* };
                self.params().len() + more.len()
            }

            /// What it does.
            pub fn doc(self) -> &'static str {
                match self { $(Builtin::$variant => concat!($($doc),*)),* }
            }

            /// The one with this name.
            pub fn from_name(name: &str) -> Option<Builtin> {
                Builtin::ALL.iter().copied().find(|builtin| builtin.name() == name)
            }
        }

        impl Generic {
            /// Every one, in order.
            pub const ALL: &'static [Generic] = &[$($($generic::$variant,)?)*];

            /// A call of it.
            pub fn example(self) -> &'static str {
                match self { $($($generic::$variant => $example,)?)* }
            }
        }

        impl From<Generic> for Builtin {
            fn from(generic: Generic) -> Builtin {
                match generic { $($($generic::$variant => Builtin::$variant,)?)* }
            }
        }
    };
}

builtins! {
    /// The smaller of two numbers, durations, sizes, percents or times. An Int and a Float are compared exactly; of
    /// the two the result is a Float.
    Min "min" ["a", "b"], Generic "min(web.replicas, 10)";
    /// The larger of two of what `min` takes.
    Max "max" ["a", "b"], Generic "max(web.replicas, 1)";
    /// `x`, but not below `low` and not above `high`. With bounds of your own, a number from outside is fit for an
    /// amount and a value of `json:`, and for nothing else.
    Clamp "clamp" ["x", "low", "high"], Generic "clamp(web.replicas, 1, 10)";
    /// What is left of a division.
    Rem "rem" ["number", "by"];
    /// The first `n` elements of a list, or all of a shorter one; it fails where `n` is below 0.
    First "first" ["xs", "n"], Generic "first([3, 1, 2], 2)";
    /// How many elements a list has.
    Count "count" ["xs"], Generic "count([3, 1, 2])";
    /// What the elements of a list of numbers, durations or sizes add up to.
    Sum "sum" ["xs"] + "what the sum of none is", Generic "sum([3m, 90s])";
    /// Whether a list has an element, or a text a part.
    Contains "contains" ["xs", "x"], Generic "contains(service, \"canary\")";
    /// Whether a text begins with another one.
    StartsWith "starts_with" ["text", "start"];
    /// Whether a text ends with another one.
    EndsWith "ends_with" ["text", "end"];
    /// The whole quotient.
    Div "div" ["number", "by"];
    /// A number, duration, size or percent without its sign.
    Abs "abs" ["x"], Generic "abs(web.replicas - 10)";
    /// The nearest Int, halves away from zero. It fails where no Int is that large.
    Round "round" ["x"], Generic "round(7 / 2)";
    /// The next Int below. It fails where no Int is that large.
    Floor "floor" ["x"], Generic "floor(7 / 2)";
    /// The next Int above. It fails where no Int is that large.
    Ceil "ceil" ["x"], Generic "ceil(7 / 2)";
    /// The characters of a text that can be seen, and at most so many.
    FreeText "free_text" ["text", "most"];
}

impl Generic {
    /// Its name in the language.
    pub fn name(self) -> &'static str {
        Builtin::from(self).name()
    }

    /// How many arguments it takes.
    pub fn arity(self) -> usize {
        Builtin::from(self).params().len()
    }

    /// How it is called: `clamp(x, low, high)`.
    pub fn form(self) -> String {
        let builtin = Builtin::from(self);
        format!("{}({})", builtin.name(), builtin.params().join(", "))
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Generic> {
        Generic::ALL
            .iter()
            .copied()
            .find(|generic| generic.name() == name)
    }
}
