//! One thing that goes wrong while a test is driven, and how it is written: `do:2=unknown/nothing`.

use std::fmt;
use std::str::FromStr;

/// Something that goes wrong, at its place in a run. All numbers are from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// With the change of this number, undo and release included.
    Change(usize, ChangeFault),
    /// With the observation of this number.
    Observation(usize, ObservationFault),
    /// After the run has taken the input of this number.
    Record(usize, RecordFault),
}

/// What comes of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeFault {
    NotApplied,
    Broke,
    /// Nobody knows; the probe then says so. Of `nothing` it took effect.
    UnknownApplied,
    UnknownNotApplied,
    UnknownNothing,
    /// It takes effect when nobody waits for it any more.
    Late,
}

/// What comes of an observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObservationFault {
    Fails,
    NoData,
    /// Slower than its deadline.
    Slow,
    /// Older than the newest change.
    Stale,
}

/// What happens between two records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordFault {
    /// The agent dies before it has written what it decided.
    DiesBefore,
    /// It dies after that, and what it had begun takes effect.
    DiesDone,
    /// It dies after that, and nothing of it takes effect.
    DiesUndone,
    Resolves,
    Cancel,
    /// All changes are stopped, and let go on ten minutes later.
    Freeze,
}

impl ChangeFault {
    pub const ALL: [ChangeFault; 6] = [
        ChangeFault::NotApplied,
        ChangeFault::Broke,
        ChangeFault::UnknownApplied,
        ChangeFault::UnknownNotApplied,
        ChangeFault::UnknownNothing,
        ChangeFault::Late,
    ];

    fn word(self) -> &'static str {
        match self {
            ChangeFault::NotApplied => "not_applied",
            ChangeFault::Broke => "broke",
            ChangeFault::UnknownApplied => "unknown/applied",
            ChangeFault::UnknownNotApplied => "unknown/not_applied",
            ChangeFault::UnknownNothing => "unknown/nothing",
            ChangeFault::Late => "late",
        }
    }
}

impl ObservationFault {
    pub const ALL: [ObservationFault; 4] = [
        ObservationFault::Fails,
        ObservationFault::NoData,
        ObservationFault::Slow,
        ObservationFault::Stale,
    ];

    fn word(self) -> &'static str {
        match self {
            ObservationFault::Fails => "fails",
            ObservationFault::NoData => "no_data",
            ObservationFault::Slow => "slow",
            ObservationFault::Stale => "stale",
        }
    }
}

impl RecordFault {
    pub const ALL: [RecordFault; 6] = [
        RecordFault::DiesBefore,
        RecordFault::DiesDone,
        RecordFault::DiesUndone,
        RecordFault::Resolves,
        RecordFault::Cancel,
        RecordFault::Freeze,
    ];

    fn word(self) -> &'static str {
        match self {
            RecordFault::DiesBefore => "dies/before",
            RecordFault::DiesDone => "dies/done",
            RecordFault::DiesUndone => "dies/undone",
            RecordFault::Resolves => "resolves",
            RecordFault::Cancel => "cancel",
            RecordFault::Freeze => "freeze",
        }
    }

    /// Whether the agent dies.
    pub fn is_death(self) -> bool {
        match self {
            RecordFault::DiesBefore | RecordFault::DiesDone | RecordFault::DiesUndone => true,
            RecordFault::Resolves | RecordFault::Cancel | RecordFault::Freeze => false,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Change(at, what) => write!(out, "do:{at}={}", what.word()),
            Fault::Observation(at, what) => write!(out, "look:{at}={}", what.word()),
            Fault::Record(at, what) => write!(out, "record:{at}={}", what.word()),
        }
    }
}

/// What is expected where a text is no fault.
const FORM: &str =
    "a fault is written as `do:2=unknown/nothing`, `look:3=slow` or `record:5=dies/done`";

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Fault, String> {
        let parts = text.split_once('=').and_then(|(place, what)| {
            let (of, at) = place.split_once(':')?;
            let at: usize = at.parse().ok().filter(|at| *at > 0)?;
            Some((of, at, what))
        });
        let Some((of, at, what)) = parts else {
            return Err(FORM.to_owned());
        };
        match of {
            "do" => {
                named(&ChangeFault::ALL, |one| one.word(), what).map(|one| Fault::Change(at, one))
            }
            "look" => {
                let found = named(&ObservationFault::ALL, |one| one.word(), what);
                found.map(|one| Fault::Observation(at, one))
            }
            "record" => {
                let found = named(&RecordFault::ALL, |one| one.word(), what);
                found.map(|one| Fault::Record(at, one))
            }
            _ => Err(FORM.to_owned()),
        }
    }
}

/// The one of this name.
fn named<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str, name: &str) -> Result<T, String> {
    let found = all.iter().copied().find(|one| word(*one) == name);
    found.ok_or_else(|| {
        let words: Vec<&str> = all.iter().map(|one| word(*one)).collect();
        format!("`{name}` is none of {}", words.join(", "))
    })
}
