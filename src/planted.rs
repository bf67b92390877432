//! Faults that a test build can put into the agent by name, so that its suites must notice.
//!
//! Each row is a mistake that somebody could make. Without the cargo feature `harness` there is none
//! of them, and nothing is asked.

macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $fault:ident)*) => {
        /// A mistake in the engine, or in what drives it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Planted {
            $($(#[doc = $doc])+ $fault,)*
        }

        impl Planted {
            /// Every fault, in the order of the registry.
            #[cfg(feature = "harness")]
            pub const ALL: &'static [Planted] = &[$(Planted::$fault,)*];

            /// The name it is planted by.
            #[cfg(feature = "harness")]
            pub fn name(self) -> &'static str {
                match self { $(Planted::$fault => stringify!($fault),)* }
            }
        }
    };
}

faults! {
    /// Everybody who waits for something is woken when it is gone, and nobody has a claim.
    WakesAll
    /// What was granted locks nothing, and counts for nothing.
    TakeSkipped
    /// Locks of a run that has ended stay.
    LocksStay
    /// A run that does not use what it was woken for never gives it to the next one.
    ClaimStays
    /// What stops all changes is not looked at.
    FreezeIgnored
    /// Much at once is not looked at.
    StormIgnored
    /// Nobody is refused who has waited for too long.
    PatienceForgotten
    /// What is done comes before it is durable that it may be.
    ActsBeforeAppend
    /// Whoever sends something is answered before it is durable.
    RepliesBeforeAppend
    /// What stands for a while goes to the first runbook in the table, whatever its name.
    PlaceIsIdentity
    /// A change that was under way when the agent died counts as not made.
    CrashMeansNotApplied
    /// What stood for a while when the agent died is forgotten.
    DwellsForgotten
    /// Dead letters are not kept.
    LettersLost
    /// A chain is not climbed.
    ChainEnds
    /// A message that could not be delivered is not sent again.
    NotSentAgain
    /// A window is asked for the moment, not for what a unit takes.
    WindowWithoutLength
    /// Shares and floors of populations are not looked at.
    PopulationIgnored
    /// Failure domains are not looked at.
    DomainIgnored
    /// A schedule comes again once the clock was put back.
    DueAgain
    /// A schedule does not look whether a run of its runbook is at work.
    DueBesideRun
}

#[cfg(not(feature = "harness"))]
impl Planted {
    /// Never: the product has no faults that are meant.
    #[inline(always)]
    pub const fn is_in(self) -> bool {
        false
    }
}

#[cfg(feature = "harness")]
mod switch {
    use std::cell::Cell;

    use super::Planted;

    thread_local! {
        static IN: Cell<Option<Planted>> = const { Cell::new(None) };
    }

    impl Planted {
        /// Whether somebody has planted it on this thread.
        pub fn is_in(self) -> bool {
            IN.get() == Some(self)
        }

        /// Plants it while `work` runs on this thread.
        pub fn during<T>(self, work: impl FnOnce() -> T) -> T {
            let before = IN.replace(Some(self));
            let answer = work();
            IN.set(before);
            answer
        }
    }
}
