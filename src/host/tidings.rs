//! What the log tells of incidents: a line when one is opened, comes back, is handed over or resolved; and when a storm
//! begins or ends, changes are stopped or go on, or a schedule was missed.
//!
//! In: batches that are durable. However much happens at once, the log gets a few lines of it and then
//! a count.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use smol_str::SmolStr;
use tracing::info;

use crate::diag::Code;
use crate::engine::Runbooks;
use crate::journal::{Batch, DueHow, Fact, IncidentId, ScheduleDue, Write};
use crate::value::{SHOWN_CHARACTERS, escape_text};

/// So many lines,
const LINES: u32 = 20;
/// within this time.
const SPAN: Duration = Duration::from_secs(10);

/// How much was said lately.
#[derive(Debug, Default)]
pub struct Tidings {
    since: Option<Instant>,
    said: u32,
    unsaid: u64,
}

/// What became of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Became {
    incident: IncidentId,
    what: String,
}

impl Tidings {
    /// Says what has become of incidents.
    pub fn tell(&mut self, batch: &Batch, runbooks: &Runbooks) {
        for text in batch.facts.iter().filter_map(of_scope) {
            info!("{text}");
        }
        let news = news(&batch.facts);
        if news.is_empty() {
            return;
        }
        let written: BTreeMap<IncidentId, &SmolStr> = batch
            .writes
            .iter()
            .filter_map(|write| match write {
                Write::Incident(incident) => Some((incident.id, &incident.runbook)),
                _ => None,
            })
            .collect();
        for Became { incident, what } in news {
            if !self.may_say() {
                self.unsaid += 1;
                continue;
            }
            let runbook = written
                .get(&incident)
                .map_or("", |runbook| runbook.as_str());
            let loaded = runbooks.named(runbook);
            let product = loaded.map_or("", |loaded| loaded.program.product().as_str());
            info!(%incident, product, runbook, "incident {incident} {what}");
        }
    }

    /// Says how much was left out, once the time for it is over.
    pub fn catch_up(&mut self) {
        let is_over = self.since.is_some_and(|since| since.elapsed() >= SPAN);
        if is_over {
            if self.unsaid > 0 {
                let more = self.unsaid;
                info!(
                    more,
                    "{more} more were opened, came back, were handed over or resolved"
                );
            }
            *self = Tidings::default();
        }
    }

    fn may_say(&mut self) -> bool {
        self.catch_up();
        self.since.get_or_insert_with(Instant::now);
        self.said = self.said.saturating_add(1);
        self.said <= LINES
    }
}

/// What concerns many incidents, and is rare: a line each time.
fn of_scope(fact: &Fact) -> Option<String> {
    let because = |why: &str| match why.trim() {
        "" => String::new(),
        why => format!(": {}", escape_text(why, SHOWN_CHARACTERS)),
    };
    match fact {
        Fact::StormBegan(fact) => {
            let (scope, many) = (fact.scope.shown(), fact.incidents.len());
            Some(format!("a storm of {scope} begins, with {many} incidents"))
        }
        Fact::StormEnded(fact) => Some(format!(
            "the storm of {} is over; remedies go on at {}",
            fact.scope.shown(),
            fact.cool_until
        )),
        Fact::ChangesFrozen(fact) => Some(format!(
            "changes of {} are stopped by {}{}",
            fact.scope.shown(),
            fact.by,
            because(&fact.why)
        )),
        Fact::ChangesReleased(fact) => Some(format!(
            "changes of {} go on, says {}{}",
            fact.scope.shown(),
            fact.by.as_deref().unwrap_or("somebody"),
            because(fact.why.as_deref().unwrap_or_default())
        )),
        Fact::ScheduleDue(fact) => missed(fact),
        _ => None,
    }
}

/// That a due time of a schedule was missed.
fn missed(fact: &ScheduleDue) -> Option<String> {
    let becomes = match fact.how {
        DueHow::Skipped => "and that was missed: nothing comes of it",
        DueHow::MadeUp => "and that was missed: it is made up for",
        DueHow::OnTime if fact.count > 1 => "and begins now; the others were missed",
        DueHow::Begins | DueHow::OnTime | DueHow::Same | DueHow::Waits => return None,
    };
    let (runbook, due, code) = (&fact.trigger.runbook, fact.due, Code::DueMissed.as_str());
    let others = match fact.count {
        0 | 1 => String::new(),
        count => format!(", the last of {count} since {}", fact.first),
    };
    Some(format!(
        "`{runbook}` was due at {due}{others}, {becomes} ({code})"
    ))
}

/// What facts say of incidents, each once.
fn news(facts: &[Fact]) -> Vec<Became> {
    let mut news: Vec<Became> = Vec::new();
    for fact in facts {
        let (incident, what) = match fact {
            Fact::IncidentOpened(fact) => (fact.incident, "is opened".to_owned()),
            Fact::IncidentReopened(fact) => (fact.incident, "came back".to_owned()),
            Fact::IncidentHanded(fact) => {
                let reason = fact.reason.map_or("declared", |reason| reason.word());
                (fact.incident, format!("is handed over ({reason})"))
            }
            Fact::IncidentResolved(fact) => {
                let by = fact
                    .by
                    .as_ref()
                    .map_or(String::new(), |by| format!(", by {by}"));
                (
                    fact.incident,
                    format!("is resolved ({}{by})", fact.how.word()),
                )
            }
            _ => continue,
        };
        let became = Became { incident, what };
        if !news.iter().rev().take(8).any(|known| *known == became) {
            news.push(became);
        }
    }
    news
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::Reason;
    use crate::journal::{How, IncidentHanded, IncidentResolved};

    #[test]
    fn what_is_recorded_twice_is_told_once() {
        let handed = |id| {
            let reason = Some(Reason::Novel);
            Fact::from(IncidentHanded {
                incident: IncidentId(id),
                reason,
            })
        };
        let resolved = Fact::from(IncidentResolved {
            incident: IncidentId(7),
            how: How::Human,
            by: Some("ada".into()),
            why: None,
        });
        let told = news(&[handed(7), handed(7), handed(8), resolved]);
        let told: Vec<_> = told
            .iter()
            .map(|one| (one.incident.0, one.what.as_str()))
            .collect();
        let expected = [
            (7, "is handed over (novel)"),
            (8, "is handed over (novel)"),
            (7, "is resolved (human, by ada)"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn much_at_once_is_a_few_lines() {
        let mut tidings = Tidings::default();
        let said = (0..1_000).filter(|_| tidings.may_say()).count();
        assert_eq!(said, 20);
    }
}
