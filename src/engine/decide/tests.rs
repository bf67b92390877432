//! Decisions alone: given what has happened, this follows. No store, no run, no clock.

use super::{Decision, bundle, chain, debt, deliver, dwell, freeze, outcome, targets};
use crate::effect::{End, Severity};
use crate::engine::model::Model;
use crate::journal::{
    Alert, ChangesFrozen, DebtId, DebtIncurred, Dwell, DwellEnd, EventId, Fact, IncidentId,
    IntentState, Message, MessageId, MessageKind, MessageQueued, Notes, Obstacle, ReleasedFor,
    Retry, RunId, Scope, samples,
};
use crate::program::CodeHash;
use crate::value::{Duration, Time};

const INCIDENT: IncidentId = IncidentId(300);

fn at(seconds: i64) -> Time {
    Time::from_millis(1_767_614_400_000 + seconds * 1_000).unwrap()
}

fn given(facts: impl IntoIterator<Item = Fact>) -> Model {
    let mut model = Model::default();
    for fact in facts {
        model.apply(&fact, at(0));
    }
    model
}

/// The names of the facts, then the work.
fn words(decision: &Decision) -> String {
    let facts = decision
        .facts
        .iter()
        .map(|fact| fact.kind().name.to_owned());
    let work = decision.work.iter().map(|work| format!("{work:?}"));
    facts.chain(work).collect::<Vec<_>>().join(", ")
}

fn frozen() -> Fact {
    ChangesFrozen {
        scope: Scope::All,
        by: "ada".into(),
        why: "a move".into(),
        until: None,
        told: Vec::new(),
    }
    .into()
}

fn page() -> Fact {
    page_of(MessageId(1), INCIDENT, "look")
}

fn page_of(id: MessageId, incident: IncidentId, text: &str) -> Fact {
    let message = Message {
        kind: MessageKind::Page,
        incident: Some(incident),
        thread: "s/300".into(),
        at: at(0),
        package: "shop".into(),
        runbook: "slow".into(),
        severity: Severity::Sev3,
        title: "Slow".into(),
        text: text.into(),
        reason: None,
        roles: Vec::new(),
        evidence: Vec::new(),
        answer: String::new(),
        notes: Notes::default(),
    };
    MessageQueued {
        message: id,
        to: "pagerduty:shop".into(),
        kind: MessageKind::Page,
        incident: Some(incident),
        storm: None,
        text: text.into(),
        reason: None,
        roles: Vec::new(),
        upto: 0,
        rendered: Some(Box::new(message)),
    }
    .into()
}

#[test]
fn changes_are_stopped_once_and_go_on_once() {
    let model = given([]);
    assert_eq!(
        words(&freeze::stop(&model, Scope::All, "ada", "", Vec::new()).unwrap()),
        "ChangesFrozen, TellOwners(All, \"changes of everything are stopped by ada\")"
    );
    assert!(freeze::release(&model, &Scope::All, None, None).is_none());
    let model = given([frozen()]);
    assert!(freeze::stop(&model, Scope::All, "bob", "", Vec::new()).is_err());
    let released = freeze::release(&model, &Scope::All, Some("ada".into()), None).unwrap();
    let released = words(&released);
    assert!(
        released.starts_with("ChangesReleased, TellOwners(All, "),
        "{released}"
    );
    assert!(released.ends_with("Pass(Freeze(All))"), "{released}");
}

#[test]
fn a_page_that_cannot_be_delivered_hastens_its_chain_at_the_third_try() {
    let mut model = given([page()]);
    let expected = [
        "MessagesFailed",
        "MessagesFailed",
        "MessagesFailed, NextLink(Incident(IncidentId(300)), \"pagerduty:shop\")",
    ];
    for expected in expected {
        let decision = deliver::undelivered(&model, MessageId(1), "no answer", Retry::SOON, at(5));
        assert_eq!(words(&decision), expected);
        for fact in &decision.facts {
            model.apply(fact, at(5));
        }
    }
    let refused = deliver::undelivered(&model, MessageId(1), "gone", Retry::REFUSED, at(9));
    assert!(words(&refused).starts_with("MessagesFailed, NextLink"));
    assert!(model.message(MessageId(1)).is_some(), "it is tried again");
}

#[test]
fn who_is_told_already_is_told_no_more() {
    let model = given([page()]);
    let dropped = deliver::drop_pages(&model, INCIDENT, "answered");
    assert_eq!(words(&dropped), "MessagesDropped");
    let model = given([page()].into_iter().chain(dropped.facts));
    assert_eq!(words(&deliver::delivered(&model, MessageId(1))), "");
    assert_eq!(words(&deliver::drop_pages(&model, INCIDENT, "again")), "");
}

#[test]
fn a_debt_is_looked_at_until_it_is_paid_and_told_once_when_it_is_overdue() {
    let incurred = Fact::from(DebtIncurred {
        debt: DebtId(1),
        incident: INCIDENT,
        code: CodeHash([0; 32]),
        mitigation: 0,
        captures: Vec::new(),
        by: "team".into(),
        due: at(100),
        next: at(50),
        text: "the disk".into(),
    });
    let mut model = given([incurred]);
    let due = debt::due(&model, DebtId(1), at(50));
    assert_eq!(words(&due), "LookAtDebt(DebtId(1))");
    let due = debt::due(&model, DebtId(1), at(100));
    let page = "Page(IncidentId(300), \"overdue, owed by team: the disk\", None)";
    let expected = format!("DebtOverdue, {page}, LookAtDebt(DebtId(1))");
    assert_eq!(words(&due), expected);
    model.apply(&due.facts[0], at(100));
    let due = debt::due(&model, DebtId(1), at(101));
    assert_eq!(words(&due), "LookAtDebt(DebtId(1))");
    assert_eq!(
        words(&debt::looked_at(&model, DebtId(1), &End::Cancelled)),
        ""
    );
    let paid = debt::looked_at(&model, DebtId(1), &End::SelfResolved);
    assert_eq!(words(&paid), "DebtPaid");
    model.apply(&paid.facts[0], at(102));
    assert_eq!(words(&debt::due(&model, DebtId(1), at(103))), "");
}

#[test]
fn what_stands_begins_anew_only_when_it_fires_anew() {
    let alert = |since| Alert {
        name: "Slow".into(),
        labels: Default::default(),
        annotations: Default::default(),
        standing: crate::journal::Standing::Firing,
        fingerprint: "f".into(),
        since: at(since),
        ended: None,
        sender: Default::default(),
    };
    let dwell = |event| Dwell {
        event: EventId(event),
        runbook: "slow".into(),
        code: CodeHash([0; 32]),
        trigger: 0,
        fingerprint: "f".into(),
        from: at(0),
        until: at(300),
    };
    let length = Duration::from_millis(300_000);
    let (_, first) = dwell::stands(&given([]), &alert(0), &dwell(1), length);
    assert_eq!(words(&first), "DwellStarted");
    let model = given(first.facts);
    let (_, again) = dwell::stands(&model, &alert(0), &dwell(2), length);
    assert_eq!(words(&again), "");
    let (_, anew) = dwell::stands(&model, &alert(7), &dwell(3), length);
    assert_eq!(words(&anew), "DwellEnded, DwellStarted");
    assert!(matches!(&anew.facts[0], Fact::DwellEnded(fact) if fact.how == DwellEnd::Anew));
    // One fingerprint for two alerts: each stands, and ends, for itself.
    let mut other = alert(0);
    other.labels.insert("pod".into(), "b".into());
    let (_, beside) = dwell::stands(&model, &other, &dwell(4), length);
    assert_eq!(words(&beside), "DwellStarted");
    assert_eq!(words(&dwell::cleared(&model, &other)), "");
    assert_eq!(words(&dwell::cleared(&model, &alert(0))), "DwellEnded");
}

#[test]
fn what_is_free_passes_to_those_who_wait() {
    let granted = samples().into_iter().map(|(_, fact)| fact);
    let granted = granted.filter(|fact| matches!(fact, Fact::IntentGranted(_)));
    let model = given(granted);
    let run = RunId::Incident(INCIDENT, 1);
    let unlocked = targets::unlocked(&model, run);
    let is_lock = |work: &_| matches!(work, crate::engine::work::Work::Pass(Obstacle::Target(_)));
    assert!(unlocked.work.iter().all(is_lock));
    assert_eq!(unlocked.facts.len(), 1);
    // Of another run of the same incident nothing is locked; what is disturbed is the incident's.
    let later = RunId::Incident(INCIDENT, 2);
    assert_eq!(words(&targets::unlocked(&model, later)), "");
    let well = targets::recovered(&model, later, ReleasedFor::Verified);
    assert_eq!(
        words(&well),
        "TargetsReleased, Pass(Count(All, \"host.Host\"))"
    );
    let mut model = model;
    model.apply(&well.facts[0], at(1));
    assert_eq!(
        words(&targets::recovered(&model, later, ReleasedFor::Verified)),
        ""
    );
}

#[test]
fn what_waits_for_a_place_is_known_not_to_have_left() {
    let mut facts = samples().into_iter().map(|(_, fact)| fact);
    let granted = facts.find(|fact| matches!(fact, Fact::IntentGranted(_)));
    let Some(Fact::IntentGranted(of)) = granted else {
        panic!("there is no sample of a granted change");
    };
    let (run, key) = (of.run, of.change.key.clone());
    let mut model = given([of.into()]);
    let state_left = |model: &Model| match outcome::lost(model, run).facts.as_slice() {
        [Fact::ChangePerformed(fact)] => fact.state,
        other => panic!("{other:?}"),
    };
    assert_eq!(state_left(&model), IntentState::Unknown);
    // One that finds a place at once has nothing more on record.
    assert_eq!(words(&leaves(&model, run, &key)), "");
    assert_eq!(words(&outcome::queued(&model, run, "another")), "");
    for (decision, expected, left) in [
        (
            outcome::queued as fn(&Model, RunId, &str) -> Decision,
            "ChangeQueued",
            IntentState::NotApplied,
        ),
        (leaves, "ChangeStarted", IntentState::Unknown),
    ] {
        let decision = decision(&model, run, &key);
        assert_eq!(words(&decision), expected);
        for fact in &decision.facts {
            model.apply(fact, at(1));
        }
        assert_eq!(state_left(&model), left);
    }
}

fn leaves(model: &Model, run: RunId, key: &str) -> Decision {
    let leaving = outcome::Leaving {
        start: 1,
        key: key.into(),
        deadline: at(9),
    };
    outcome::leaves(model, run, &leaving)
}

#[test]
fn a_chain_is_due_when_its_time_is_over_and_ends_once() {
    let begun = chain::begins(INCIDENT, Some(0), at(60), "look", None);
    assert_eq!(words(&begun), "IncidentHanded, ChainStarted");
    let mut model = given(begun.facts);
    assert_eq!(words(&chain::due(&model, INCIDENT, at(59))), "");
    assert_eq!(
        words(&chain::due(&model, INCIDENT, at(60))),
        "Climb(IncidentId(300))"
    );
    let ended = chain::ends(&model, INCIDENT, "answered");
    assert_eq!(words(&ended), "ChainEnded");
    model.apply(&ended.facts[0], at(61));
    assert_eq!(words(&chain::ends(&model, INCIDENT, "answered")), "");
    assert_eq!(words(&chain::due(&model, INCIDENT, at(99))), "");
}

fn seconds(tries: u32, refused: bool, after: Option<i64>) -> i64 {
    let after = after.map(|seconds| Duration::from_millis(seconds.saturating_mul(1_000)));
    deliver::pause(
        tries,
        Retry {
            refused,
            answered: refused,
            after,
        },
    )
    .millis()
        / 1_000
}

#[test]
fn a_pause_grows_up_to_its_bound() {
    let soon = [1, 2, 3, 6, 7, 8, u32::MAX].map(|tries| seconds(tries, false, None));
    assert_eq!(soon, [5, 10, 20, 160, 300, 300, 300]);
    let refused = [1, 2, 3, 4, 5, u32::MAX].map(|tries| seconds(tries, true, None));
    assert_eq!(refused, [300, 600, 1_200, 2_400, 3_600, 3_600]);
}

#[test]
fn what_the_other_side_asks_for_is_obeyed_within_reason() {
    let asked = [0, 1, 90, 1_800, 3_600, 86_400, i64::MAX];
    let soon = asked.map(|after| seconds(1, false, Some(after)));
    assert_eq!(soon, [5, 5, 90, 1_800, 3_600, 3_600, 3_600]);
    // Never sooner than without it.
    let late = asked.map(|after| seconds(9, false, Some(after)));
    assert_eq!(late, [300, 300, 300, 1_800, 3_600, 3_600, 3_600]);
    let refused = asked.map(|after| seconds(1, true, Some(after)));
    assert_eq!(refused, [300, 300, 300, 1_800, 3_600, 3_600, 3_600]);
}

/// Two pages of one incident and one of another go out as one: that is two incidents, each with its newest words.
#[test]
fn a_bundle_counts_incidents() {
    let other = IncidentId(301);
    let mut model = given([
        page_of(MessageId(1), INCIDENT, "look"),
        page_of(MessageId(2), other, "look here"),
        page_of(MessageId(3), INCIDENT, "look again"),
    ]);
    let all = [1, 2, 3].map(MessageId).to_vec();
    let formed = bundle::forms(&model, all);
    assert_eq!(words(&formed), "MessagesBundled");
    model.apply(&formed.facts[0], at(1));
    let page = bundle::rendered(&model, MessageId(1)).unwrap().message;
    assert_eq!(page.title, "2 incidents need somebody");
    let lines: Vec<&str> = page
        .evidence
        .iter()
        .map(|line| line.text.as_str())
        .collect();
    assert_eq!(
        lines,
        ["300 slow: Slow: look again", "301 slow: Slow: look here"]
    );
    let of_one = [1, 3].map(MessageId).to_vec();
    let mut model = given([
        page_of(MessageId(1), INCIDENT, "look"),
        page_of(MessageId(3), INCIDENT, "look again"),
    ]);
    model.apply(&bundle::forms(&model, of_one).facts[0], at(1));
    let page = bundle::rendered(&model, MessageId(1)).unwrap().message;
    assert_eq!(page.title, "one incident needs somebody");
}
