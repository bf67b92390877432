//! Counts that have to agree with what is listed.

use super::*;
use crate::journal::{Debt, Incident, IncidentHanded, IncidentOpened, IncidentResolved, Stamp};
use crate::program::CodeHash;

fn batch(facts: Vec<Fact>, writes: Vec<Write>) -> Batch {
    Batch {
        stamp: Stamp::default(),
        facts,
        writes,
    }
}

fn opened(id: u64) -> Fact {
    Fact::from(IncidentOpened {
        incident: IncidentId(id),
        event: EventId(id),
        product: "shop".into(),
        runbook: "slow".into(),
        code: CodeHash([0; 32]),
        key: "".into(),
        severity: crate::effect::Severity::Sev3,
        title: String::new(),
        bindings: Vec::new(),
        firing: None,
    })
}

fn incident(run: RunId) -> Incident {
    Incident {
        id: IncidentId(1),
        runbook: "slow".into(),
        code: CodeHash([0; 32]),
        key: "".into(),
        severity: crate::effect::Severity::Sev3,
        title: String::new(),
        opened: Time::default(),
        state: IncidentState::Open,
        since: Time::default(),
        events: 1,
        newest_event: EventId(1),
        bindings: Vec::new(),
        firing: BTreeMap::new(),
        run: Some(run),
        runs: 1,
        reopened: 0,
        duty: None,
        told: Vec::new(),
        locks: BTreeSet::new(),
        disturbed: BTreeSet::new(),
        dirt: crate::run::Dirt::default(),
        next_entry: 0,
        heard: BTreeMap::new(),
        cleared: false,
        said: None,
        until: None,
        pages: Vec::new(),
        storm: None,
        again: false,
        settled: None,
    }
}

/// What is overdue of one that was over takes nothing from those that are open.
#[test]
fn a_debt_that_is_overdue_counts_once() {
    let mut tally = Tally::none();
    let over = IncidentId(1);
    let debt = Debt {
        id: DebtId(1),
        incident: over,
        code: CodeHash([0; 32]),
        mitigation: 0,
        captures: Vec::new(),
        owed_by: "builder".into(),
        text: String::new(),
        due: Time::default(),
        next_look: Time::default(),
        looks: 0,
        overdue: false,
        paid: None,
    };
    let resolved = Fact::from(IncidentResolved {
        incident: over,
        how: How::Mitigated,
        by: None,
        why: None,
    });
    let began = batch(
        vec![opened(1), opened(2), resolved],
        vec![Write::Debt(debt)],
    );
    tally.batch(&began, Duration::ZERO);
    let handed = Fact::from(IncidentHanded {
        incident: over,
        reason: None,
    });
    tally.batch(&batch(vec![handed], Vec::new()), Duration::ZERO);
    assert_eq!(tally.incidents()["open"], 1);
    assert_eq!(tally.incidents()["handed"], 1);
}

/// One that a human has called over while its run changes something is at work until that has ended.
#[test]
fn what_was_called_off_counts_until_its_run_has_ended() {
    let mut tally = Tally::none();
    let run = RunId::Incident(IncidentId(1), 0);
    let mut one = incident(run);
    let how = How::Human;
    let by = Some("ada".into());
    let resolved = Fact::from(IncidentResolved {
        incident: IncidentId(1),
        how,
        by: by.clone(),
        why: None,
    });
    one.state = IncidentState::Resolved { how, by };
    let called_off = batch(
        vec![opened(1), opened(2), resolved],
        vec![Write::Incident(Box::new(one.clone()))],
    );
    tally.batch(&called_off, Duration::ZERO);
    assert_eq!(tally.incidents()["open"], 1);
    assert_eq!(tally.incidents()["resolved"], 1);

    // Nobody knows what became of its change: a human has it, and no other is any less open.
    let handed = Fact::from(IncidentHanded {
        incident: IncidentId(1),
        reason: None,
    });
    one.state = IncidentState::Handed;
    one.run = None;
    let ended = batch(vec![handed], vec![Write::Incident(Box::new(one))]);
    tally.batch(&ended, Duration::ZERO);
    assert_eq!(tally.incidents()["open"], 1);
    assert_eq!(tally.incidents()["handed"], 1);
    assert_eq!(tally.incidents()["resolved"], 0);
}
