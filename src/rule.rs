//! Rules that a test build can take out by name, so that the suite of trust must notice.
//!
//! Each row is a rule that is no diagnostic of its own: a rule that refuses a program is taken out
//! by its code. Without the cargo feature `harness` every rule holds, and nothing is asked.

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $rule:ident)*) => {
        /// A rule of the checker or the machine.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule {
            $($(#[doc = $doc])+ $rule,)*
        }

        impl Rule {
            /// Every rule, in the order of the registry.
            #[cfg(feature = "harness")]
            pub const ALL: &'static [Rule] = &[$(Rule::$rule,)*];

            /// The name it is taken out by.
            #[cfg(feature = "harness")]
            pub fn name(self) -> &'static str {
                match self { $(Rule::$rule => stringify!($rule),)* }
            }
        }
    };
}

rules! {
    /// `steps` never ask a verify beforehand.
    StepsNeverSkip
    /// A diagnosis is judged once more with what stands behind `else no_data`, where words select.
    AbsenceIsNoEvidence
    /// A `verify` or `until` is not true where nothing is there.
    AbsenceProvesNothing
    /// Only an amount may be measured or bounded; every other sink takes what is own.
    OwnAloneAtSinks
    /// A clamped number from outside is bounded, and not own.
    ClampBounds
    /// How many events there are is told.
    EventsAreTold
    /// What is dirty is no single look but the whole verify.
    DirtyIsNoSingleLook
    /// What an incident has changed and not proven is kept with it from run to run.
    DirtIsKept
    /// A run that would end well while something is dirty first runs the verifies that are owed.
    OwedVerifies
    /// A resolved alert and a cancellation ask whether the incident has changed anything.
    IncidentHasChanged
    /// A failed element of a loop is told at the end, whatever attempt follows.
    ElementsAreTold
    /// The targets of an undo lie in those of its `do`.
    UndoStaysInside
    /// `with do` releases on every way out.
    ReleasedOnEveryWay
    /// No run ends well while something is held, but with a debt.
    HeldIsGivenBack
    /// Undone is said of a change only when every target of it was changed back.
    UndoneIsWhole
    /// No `do` begins later than the stated time after the opening of its run.
    StatedTime
    /// One look takes no longer than the deadlines of the observations in its text.
    LooksEnd
    /// In tests, too, samples from before the newest change are no data.
    TestsKnowWhenChanged
    /// Each line that does something is missed by a test, or it is said that none does.
    EachDoIsMissed
    /// Each verify that passed needs the changes before it, however the run ended.
    VerifiesNeedChanges
    /// `all` over nothing fails.
    AllOfNothingFails
    /// A lookup takes names that are names and paths that are paths.
    KeysAreNames
    /// What a lookup yields has the identity that was asked for.
    LookupsYieldWhatWasAsked
    /// An answer with something in it that the library says is never seen is none.
    AnswersAreInRange
    /// A filled part of a URL path is one part, and names what it says.
    FilledSegments
    /// Names out of a list are own where the product owns what they lie in.
    ListedNamesAreOwned
    /// What is made of how many there are is worth what was counted, and the filter.
    NumbersAreCounted
    /// A value of `json:` is own, a bounded number, or free text.
    JsonOfOwnValues
}

#[cfg(not(feature = "harness"))]
impl Rule {
    /// Always: the product has no switches.
    #[inline(always)]
    pub const fn holds(self) -> bool {
        true
    }
}

#[cfg(feature = "harness")]
mod switch {
    use std::cell::RefCell;

    use super::Rule;
    use crate::diag::Code;

    thread_local! {
        static OUT: RefCell<Out> = const { RefCell::new(Out { rules: Vec::new(), codes: Vec::new() }) };
    }

    struct Out {
        rules: Vec<Rule>,
        codes: Vec<Code>,
    }

    impl Rule {
        /// Whether nobody has taken it out on this thread.
        pub fn holds(self) -> bool {
            OUT.with_borrow(|out| !out.rules.contains(&self))
        }
    }

    /// Whether diagnostics of this code are still reported on this thread.
    pub fn code_holds(code: Code) -> bool {
        OUT.with_borrow(|out| !out.codes.contains(&code))
    }

    /// Takes rules and codes out, by their names, while `work` runs on this thread.
    ///
    /// # Errors
    /// The names that are neither a rule nor a code.
    pub fn without<T>(names: &[&str], work: impl FnOnce() -> T) -> Result<T, Vec<String>> {
        let mut out = Out {
            rules: Vec::new(),
            codes: Vec::new(),
        };
        let mut unknown = Vec::new();
        for name in names {
            let rule = Rule::ALL.iter().find(|rule| rule.name() == *name);
            let code = Code::ALL.iter().find(|code| code.name() == *name);
            match (rule, code) {
                (Some(rule), _) => out.rules.push(*rule),
                (None, Some(code)) => out.codes.push(*code),
                (None, None) => unknown.push((*name).to_owned()),
            }
        }
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let before = OUT.replace(out);
        let answer = work();
        OUT.set(before);
        Ok(answer)
    }
}

#[cfg(feature = "harness")]
pub use switch::{code_holds, without};
