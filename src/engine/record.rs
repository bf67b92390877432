//! What is decided goes on the record: a fact of the batch, and the rows that differ for it.

use super::Engine;
use super::decide::{Decision, deliver};
use super::timer::Timer;
use crate::journal::{ChainAdvanced, ChainStarted, Fact, LinkReached, MessageKind, Subject};
use crate::planted::Planted;
use crate::run::moment;
use crate::value::Time;

impl Engine {
    /// Something has happened: it changes the model, and nothing else does.
    pub(super) fn record(&mut self, fact: impl Into<Fact>, now: Time) {
        self.decided_before(self.desk.facts_so_far(), fact.into(), now);
    }

    /// Something has happened that others of this batch are a consequence of.
    pub(super) fn decided_before(&mut self, first: usize, fact: Fact, now: Time) {
        let ends = self.runbook_that_ends(&fact);
        let changed = self.model.apply(&fact, now);
        if cfg!(feature = "harness") {
            let missing = &changed.missing;
            assert!(
                missing.is_empty(),
                "not brought in: {missing:?} for {fact:?}"
            );
        }
        self.desk.differs(changed);
        self.storms.hear(&fact);
        self.schedules_wait_no_more(ends);
        self.timers.extend(timers(&fact, now));
        self.desk.fact_before(first, fact, now);
    }

    /// What a decision says becomes so.
    pub(super) fn carry_out(&mut self, decision: Decision, now: Time) {
        let Decision { facts, work } = decision;
        for fact in facts {
            self.record(fact, now);
        }
        self.work.extend(work);
    }
}

/// What a fact makes due, and when.
fn timers(fact: &Fact, now: Time) -> Vec<(Time, Timer)> {
    match fact {
        Fact::DwellStarted(fact) => vec![(fact.until, Timer::Dwell(fact.event))],
        Fact::DwellMoved(fact) => vec![(fact.until, Timer::Dwell(fact.event))],
        Fact::ChainStarted(ChainStarted { subject, next, .. })
        | Fact::ChainAdvanced(ChainAdvanced { subject, next, .. })
        | Fact::LinkReached(LinkReached { subject, next, .. }) => match subject {
            Subject::Incident(incident) => vec![(*next, Timer::Duty(*incident))],
            Subject::Storm(_) => vec![(*next, Timer::Storms)],
        },
        Fact::IncidentAcknowledged(fact) => {
            let term = fact.term.map(|term| moment::after(now, term));
            let timer = Timer::Acknowledged(fact.incident);
            term.map(|until| (until, timer)).into_iter().collect()
        }
        Fact::DebtIncurred(fact) => vec![(fact.next, Timer::Debt(fact.debt))],
        Fact::DebtChecked(fact) => vec![(fact.next, Timer::Debt(fact.debt))],
        Fact::MessageQueued(fact) => match fact.kind {
            MessageKind::Page => vec![(
                moment::after(now, deliver::REACHED_WITHIN),
                Timer::Reached(fact.message),
            )],
            MessageKind::Task
            | MessageKind::Note
            | MessageKind::Acknowledged
            | MessageKind::Resolved => Vec::new(),
        },
        Fact::MessagesFailed(_) if Planted::NotSentAgain.is_in() => Vec::new(),
        Fact::MessagesFailed(fact) => {
            let tried = fact.messages.iter();
            let again = tried.filter_map(|id| Some((fact.next?, Timer::Message(*id))));
            again.collect()
        }
        _ => Vec::new(),
    }
}
