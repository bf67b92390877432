//! Facts: what has happened, in the past tense and in the terms of the field.
//!
//! The table at the end of this file gives every kind its number, which is never used for another,
//! its version, and who reads it: *T* is a line of an incident's timeline, *A* belongs to the audit.
//! A file per group says what each holds; every field has a class:
//!
//! - `plain`: names of runbooks and targets, numbers, times: what stays for ever;
//! - `person`: who did it or is told;
//! - `text`: what people or programs outside have written;
//! - `carried`: what is kept in a row of its own, and only in memory with the fact.
//!
//! A field that is a person or a text has a value for "gone". Other versions of a kind are lifted in
//! `lift.rs`. Numbers 80 to 99 are kept for approvals and reviews; 100 to 153 for what agents share among them.

/// Makes the bodies of a group of facts.
macro_rules! bodies {
    ($($(#[doc = $doc:literal])+ $name:ident { $($class:ident $field:ident: $of:ty,)* })*) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $(pub $field: $of,)*
        }

        impl $crate::journal::fact::Body for $name {
            const DOC: &'static str = concat!($($doc),+);
            const FIELDS: &'static [$crate::journal::fact::Field] = &[$(
                $crate::journal::fact::Field {
                    name: stringify!($field),
                    class: class!($class),
                },
            )*];

            fn write(&self, fields: &mut $crate::journal::encode::Fields) {
                $(fields.$class(&self.$field);)*
            }

            fn read(halves: &mut $crate::journal::encode::Halves<'_>) -> Option<Self> {
                Some($name { $($field: halves.$class()?,)* })
            }

            fn printed(&self) -> Vec<String> {
                vec![$(format!("{:?}", self.$field),)*]
            }
        }
    )*};
}

macro_rules! class {
    (plain) => {
        $crate::journal::fact::Class::Plain
    };
    (person) => {
        $crate::journal::fact::Class::Person
    };
    (text) => {
        $crate::journal::fact::Class::Text
    };
    (carried) => {
        $crate::journal::fact::Class::Carried
    };
}

mod agent;
mod arrival;
mod change;
mod control;
mod debt;
mod incident;
mod people;
mod run;
mod sample;

pub use agent::*;
pub use arrival::*;
pub use change::*;
pub use control::*;
pub use debt::*;
pub use incident::*;
pub use people::*;
pub use run::*;
pub use sample::samples;

use super::encode::{Fields, Halves};

/// What the body of every fact does.
pub trait Body: Sized {
    const DOC: &'static str;
    const FIELDS: &'static [Field];
    fn write(&self, fields: &mut Fields);
    fn read(halves: &mut Halves<'_>) -> Option<Self>;
    /// What stands in each of its fields.
    fn printed(&self) -> Vec<String>;
}

/// A field of a fact.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub class: Class,
}

/// What a field is for privacy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Plain,
    Person,
    Text,
    Carried,
}

/// A row of the table of facts.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    pub number: u16,
    pub name: &'static str,
    pub version: u8,
    /// The letters of its flags.
    flags: &'static str,
    pub doc: &'static str,
    pub fields: &'static [Field],
}

impl Kind {
    /// Whether it is a line of its incident's timeline.
    pub fn is_told(&self) -> bool {
        self.flags.contains('T')
    }

    /// Whether it belongs to the audit.
    pub fn is_audited(&self) -> bool {
        self.flags.contains('A')
    }
}

macro_rules! facts {
    ($($number:literal $name:ident $version:literal [$($flag:ident)*];)*) => {
        /// Something that has happened.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Fact {
            $($name($name),)*
        }

        const KINDS: &[Kind] = &[$(Kind {
            number: $number,
            name: stringify!($name),
            version: $version,
            flags: concat!($(stringify!($flag)),*),
            doc: $name::DOC,
            fields: $name::FIELDS,
        },)*];

        impl Fact {
            fn place(&self) -> u16 {
                match self {
                    $(Fact::$name(_) => $number,)*
                }
            }

            fn printed(&self) -> Vec<String> {
                match self {
                    $(Fact::$name(body) => body.printed(),)*
                }
            }

            pub(super) fn write(&self, fields: &mut Fields) {
                match self {
                    $(Fact::$name(body) => body.write(fields),)*
                }
            }

            /// A fact of this kind in its newest version; nothing if its bytes are damaged.
            pub(super) fn read(kind: u16, halves: &mut Halves<'_>) -> Option<Fact> {
                match kind {
                    $($number => $name::read(halves).map(Fact::$name),)*
                    _ => None,
                }
            }
        }

        $(impl From<$name> for Fact {
            fn from(body: $name) -> Fact {
                Fact::$name(body)
            }
        })*
    };
}

facts! {
    1 AlertReceived 1 [A];
    2 EventReceived 1 [A];
    3 RequestReceived 1 [A];
    4 DeadLettered 1 [A];
    5 DeadLetterReplayed 1 [A];
    6 DwellStarted 1 [];
    7 DwellMoved 1 [];
    8 DwellEnded 1 [];
    9 ScheduleDue 1 [A];
    10 IncidentOpened 1 [T A];
    11 EventJoined 1 [T];
    12 AlertCleared 1 [T];
    13 IncidentReopened 1 [T A];
    14 IncidentHanded 1 [T A];
    15 IncidentAcknowledged 1 [T A];
    16 AcknowledgementLapsed 1 [T A];
    17 IncidentResolved 1 [T A];
    18 IncidentQuarantined 1 [T A];
    19 IncidentRated 1 [T A];
    20 RunStarted 1 [T A];
    21 RunMoved 1 [];
    22 Observed 1 [T];
    23 RunReported 1 [T];
    24 EvidenceAttached 1 [T];
    25 NoticeGiven 1 [T];
    26 RunEnded 1 [T A];
    27 RunResumed 1 [T A];
    28 RunQuarantined 1 [T A];
    29 IncidentRequested 1 [T];
    30 IntentWaiting 1 [T A];
    31 IntentGranted 1 [T A];
    32 IntentRefused 1 [T A];
    33 ChangeStarted 1 [T A];
    34 ChangePerformed 1 [T A];
    35 ChangeSettled 1 [T A];
    36 TargetsReleased 1 [T A];
    37 PopulationFrozen 1 [T A];
    38 UnprovenChanged 1 [];
    39 ChangeQueued 1 [];
    40 MessageQueued 1 [];
    41 MessagesDelivered 1 [T];
    42 MessagesFailed 1 [T];
    43 MessagesDropped 1 [T];
    44 ChainStarted 1 [T];
    45 ChainAdvanced 2 [T];
    46 ChainEnded 1 [T];
    47 StormBegan 1 [A];
    48 StormEnded 1 [A];
    49 LinkReached 1 [];
    50 ChangesFrozen 2 [A];
    51 ChangesReleased 1 [A];
    52 FreezeReminded 1 [A];
    53 StormJoined 1 [T];
    54 MessagesBundled 1 [T];
    55 StormAcknowledged 1 [A];
    56 FreezeReaches 1 [A];
    60 AgentStarted 1 [A];
    61 AgentStopped 1 [A];
    62 ClockStepped 1 [A];
    63 PackageLoaded 1 [A];
    64 ProgramKept 1 [A];
    65 StoreMigrated 1 [A];
    66 ScheduleEnded 1 [A];
    70 DebtIncurred 1 [T A];
    71 DebtChecked 1 [T A];
    72 DebtOverdue 1 [T A];
    73 DebtPaid 1 [T A];
}

/// Every kind of fact, by its number.
pub fn facts() -> &'static [Kind] {
    KINDS
}

impl Fact {
    /// The fields that are kept of it, with what stands in them.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let fields = self.kind().fields.iter().zip(self.printed());
        let kept = fields.filter(|(field, _)| field.class != Class::Carried);
        kept.map(|(field, printed)| (field.name, printed)).collect()
    }

    /// Its row of the table.
    pub fn kind(&self) -> &'static Kind {
        let number = self.place();
        let known = KINDS.iter().find(|kind| kind.number == number);
        known.expect("the table that made the fact has a row for it")
    }
}
