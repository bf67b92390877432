//! The lines of `blast` that look at the world: each only lowers what the lines with constant bounds allow.
//!
//! In: built by `compile`. Out: read by `run::population`, which lists and judges, and by the gates of an agent.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::FunctionIndex;
use crate::value::{Duration, Percent};

/// All such lines of one runbook but for its windows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lowers {
    /// In the order of the source.
    pub populations: Vec<PopulationLine>,
    pub domains: Vec<DomainLine>,
}

impl Lowers {
    pub fn is_empty(&self) -> bool {
        self.populations.is_empty() && self.domains.is_empty()
    }
}

/// `at most 1 k8s.Deployment of k8s.Pod at once`, `at most 3 k8s.Pod per k8s.Namespace per 1h`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainLine {
    /// The line as it is written, for people.
    pub words: SmolStr,
    /// The type of what is changed.
    pub of: SmolStr,
    /// The type of what that lies in, or that a field of it names.
    pub domain: SmolStr,
    pub most: u32,
    pub per: DomainPer,
}

/// What a line counts of failure domains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DomainPer {
    /// Domains in which something is disturbed.
    AtOnce,
    /// Attempts in one domain.
    Window(Duration),
}

/// `at most 20% of k8s.pods(namespace)`, `keep at least 2 ready of k8s.pods(namespace)`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopulationLine {
    /// The line as it is written, for people.
    pub words: SmolStr,
    /// The type of its members.
    pub of: SmolStr,
    /// Takes the trigger bindings, gives the list.
    pub list: FunctionIndex,
    pub asks: Asks,
    /// The remedies whose changes it looks at; `steps` for routine work.
    pub remedies: Vec<SmolStr>,
}

/// What a line asks of its population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asks {
    /// No more than this part of it is disturbed at once, rounded down.
    Share(Percent),
    /// So many of it stay for which the field is true.
    Floor { least: Floor, field: SmolStr },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Floor {
    Count(u32),
    /// Of the population, rounded up.
    Share(Percent),
}

impl PopulationLine {
    /// Whether it looks at what a change of these types does, in one of its remedies: a floor at every change.
    pub fn covers<'k>(&self, remedy: &str, mut kinds: impl Iterator<Item = &'k str>) -> bool {
        self.concerns(remedy)
            && match self.asks {
                Asks::Share(_) => kinds.any(|kind| kind == self.of),
                Asks::Floor { .. } => true,
            }
    }

    /// Whether it looks at something that this remedy does.
    pub fn concerns(&self, remedy: &str) -> bool {
        self.remedies.iter().any(|own| own == remedy)
    }

    /// How many of so many may be disturbed at once, or have to stay.
    pub fn number(&self, members: usize) -> usize {
        let count = i64::try_from(members).unwrap_or(i64::MAX);
        let number = match self.asks {
            Asks::Share(share) => share.of_count(count),
            Asks::Floor {
                least: Floor::Count(least),
                ..
            } => i64::from(least),
            Asks::Floor {
                least: Floor::Share(share),
                ..
            } => {
                // What may be missing is rounded down, so what has to stay is rounded up.
                let spare = Percent::WHOLE
                    .billionths()
                    .saturating_sub(share.billionths());
                count.saturating_sub(Percent::from_billionths(spare).of_count(count))
            }
        };
        usize::try_from(number).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(asks: Asks) -> PopulationLine {
        PopulationLine {
            words: SmolStr::default(),
            of: "k8s.Pod".into(),
            list: FunctionIndex(0),
            asks,
            remedies: vec!["stuck".into()],
        }
    }

    fn percent(percent: i64) -> Percent {
        Percent::from_billionths(percent * 10_000_000)
    }

    #[test]
    fn a_share_is_rounded_down_and_a_floor_up() {
        let share = line(Asks::Share(percent(10)));
        assert_eq!(
            [0, 4, 9, 10, 19, 20].map(|of| share.number(of)),
            [0, 0, 0, 1, 1, 2]
        );
        let floor = |least| {
            let field = "ready".into();
            line(Asks::Floor { least, field })
        };
        let ninety = floor(Floor::Share(percent(90)));
        assert_eq!(
            [0, 1, 9, 10, 41].map(|of| ninety.number(of)),
            [0, 1, 9, 9, 37]
        );
        assert_eq!(floor(Floor::Share(percent(100))).number(3), 3);
        assert_eq!(floor(Floor::Count(2)).number(0), 2);
    }

    #[test]
    fn a_share_looks_at_its_own_type_and_a_floor_at_every_change_of_its_remedies() {
        let share = line(Asks::Share(percent(10)));
        assert!(share.covers("stuck", ["k8s.Pod"].into_iter()));
        assert!(!share.covers("stuck", ["k8s.Deployment"].into_iter()));
        assert!(!share.covers("slow", ["k8s.Pod"].into_iter()));
        let least = Floor::Count(1);
        let floor = line(Asks::Floor {
            least,
            field: "ready".into(),
        });
        assert!(floor.covers("stuck", ["k8s.Deployment"].into_iter()));
        assert!(!floor.covers("slow", ["k8s.Deployment"].into_iter()));
    }
}
