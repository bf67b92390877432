//! Samples of what runs do and change.

use super::{CODE, INTENT, RUN, call, identity, intent, time};
use crate::effect::{self, ChangeOutcome, Changes, End, Reason, Settled};
use crate::journal::{
    ChangePerformed, ChangeQueued, ChangeSettled, ChangeStarted, DebtId, EvidenceAttached, Fact,
    IntentGranted, IntentRefused, IntentState, IntentWaiting, NoticeGiven, Observed, Obstacle,
    PopulationFrozen, ReleasedFor, RunEnded, RunId, RunMoved, RunQuarantined, RunReported,
    RunResumed, RunStarted, Scope, SettledBy, Take, TargetsReleased,
};
use crate::program;
use crate::run::{Action, Event, How, Leave, Notice, Start};
use crate::value::{Failure, Value};

pub fn runs() -> Vec<Fact> {
    let begun = begun().into_iter();
    begun.chain(seen()).chain(ended()).collect()
}

fn ended() -> Vec<Fact> {
    let ends = [
        End::Resolved,
        End::Cleared {
            why: "nothing to do".into(),
        },
        End::SelfResolved,
        End::Mitigated {
            owed_by: "team".into(),
        },
        End::Handed {
            reason: Reason::Unknown,
            changes: Changes::Partly,
        },
        End::Cancelled,
        End::Again,
    ];
    let ended = ends.map(|end| RunEnded { run: RUN, end }.into());
    let last = [
        RunResumed { run: RUN }.into(),
        RunQuarantined {
            run: RUN,
            why: "its code is not there".into(),
        }
        .into(),
    ];
    ended.into_iter().chain(last).collect()
}

fn begun() -> Vec<Fact> {
    vec![
        RunStarted {
            run: RUN,
            code: CODE,
            start: Some(Start::Diagnose),
            leave: Leave::Mend,
        }
        .into(),
        RunStarted {
            run: RunId::Debt(DebtId(5), 0),
            code: CODE,
            start: Some(Start::Finding(1, vec![Value::Int(3)])),
            leave: Leave::Look {
                reason: Reason::NotVerified,
                text: "it came back".into(),
                then: None,
            },
        }
        .into(),
        RunMoved {
            run: RUN,
            code: CODE,
            digest: [0xd1; 32],
            waits: vec![Action::Wait {
                id: 4,
                until: time(2),
            }],
            due: Some(time(2)),
            body: Vec::new(),
        }
        .into(),
    ]
}

fn seen() -> Vec<Fact> {
    vec![
        Observed {
            run: RUN,
            ask: 3,
            call: call(),
            outcome: Some(effect::Observed::Value(Value::Float(0.5))),
        }
        .into(),
        Observed {
            run: RUN,
            ask: 4,
            call: call(),
            outcome: Some(effect::Observed::Failed(Failure::NoData("none".into()))),
        }
        .into(),
        PopulationFrozen {
            run: RUN,
            line: "at most 20% of k8s.pods(\"shop\")".into(),
            count: 1,
            digest: [7; 32],
            members: vec![identity()],
        }
        .into(),
        RunReported {
            run: RUN,
            event: Some(Event::Found {
                finding: "stuck".into(),
                args: vec![Value::text("web-1")],
            }),
        }
        .into(),
        EvidenceAttached {
            run: RUN,
            values: vec![Value::list(vec![Value::Bool(true)])],
        }
        .into(),
        NoticeGiven {
            run: RUN,
            notice: Some(Notice {
                kind: program::MessageKind::Page,
                roles: vec!["oncall".into()],
                text: "look at it".into(),
                because: Some(Reason::Declared),
            }),
        }
        .into(),
    ]
}

pub fn changes() -> Vec<Fact> {
    let all = waiting().into_iter().chain(asked()).chain(performed());
    all.chain(settled()).collect()
}

fn waiting() -> Vec<Fact> {
    let obstacles = [
        Obstacle::Freeze(Scope::All),
        Obstacle::Target(identity()),
        Obstacle::Count(Scope::Product("shop".into()), "host.Host".into()),
    ];
    let waiting = obstacles.map(|obstacle| {
        IntentWaiting {
            run: RUN,
            ask: 6,
            intent: intent(),
            again: false,
            gate: "lock".into(),
            obstacle,
            why: "somebody else works on it".into(),
            until: time(10),
        }
        .into()
    });
    waiting.into()
}

fn performed() -> Vec<Fact> {
    let outcomes = [
        (IntentState::Applied, ChangeOutcome::Applied(Value::None)),
        (
            IntentState::NotApplied,
            ChangeOutcome::NotApplied("refused".into()),
        ),
        (IntentState::Unknown, ChangeOutcome::Unknown),
        (IntentState::Broke, ChangeOutcome::Broke("half".into())),
        (
            IntentState::NotApplied,
            ChangeOutcome::NotBegun("stopped".into()),
        ),
    ];
    let performed = outcomes.map(|(state, outcome)| {
        ChangePerformed {
            intent: INTENT,
            how: match state {
                IntentState::Broke => How::Restore {
                    of: "0123456789abcdef".into(),
                },
                _ => How::Do,
            },
            state,
            outcome: Some(outcome),
        }
        .into()
    });
    performed.into()
}

fn asked() -> Vec<Fact> {
    let asked = [
        IntentGranted {
            intent: INTENT,
            run: RUN,
            ask: 6,
            change: intent(),
            runbook: "stuck_worker".into(),
            takes: vec![Take {
                gate: "rate".into(),
                scope: Scope::All,
                of: "host.Host".into(),
                amount: 1,
            }],
        }
        .into(),
        IntentRefused {
            run: RUN,
            ask: 6,
            call: call(),
            gate: "rate".into(),
            reason: Reason::OverBound,
            why: "at most 2 an hour".into(),
        }
        .into(),
        ChangeStarted {
            intent: INTENT,
            start: 1,
            mark: "0123456789abcdef0123456789abcdef".into(),
            deadline: time(4),
        }
        .into(),
        ChangeQueued { intent: INTENT }.into(),
    ];
    asked.into()
}

fn settled() -> Vec<Fact> {
    let last = [
        ChangeSettled {
            intent: INTENT,
            outcome: Settled::Applied,
            by: SettledBy::Human,
            who: Some("ada".into()),
            why: Some("its log says so".into()),
        }
        .into(),
        TargetsReleased {
            run: RUN,
            locks: vec![identity()],
            disturbed: Vec::new(),
            why: ReleasedFor::Ended,
        }
        .into(),
    ];
    last.into()
}
