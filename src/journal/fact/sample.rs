//! A sample of every kind of fact, with something in every field: what golden files are made of.

mod work;

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::{
    AcknowledgementLapsed, AgentStarted, AgentStopped, AlertCleared, AlertReceived, ChainAdvanced,
    ChainEnded, ChainStarted, ChangesFrozen, ChangesReleased, Climb, ClockStepped,
    DeadLetterReplayed, DeadLettered, DebtChecked, DebtIncurred, DebtOverdue, DebtPaid, DueHow,
    DwellEnd, DwellEnded, DwellMoved, DwellStarted, EventJoined, EventReceived, Fact,
    FreezeReaches, FreezeReminded, IncidentAcknowledged, IncidentHanded, IncidentOpened,
    IncidentQuarantined, IncidentRated, IncidentReopened, IncidentRequested, IncidentResolved,
    LinkReached, MessageQueued, MessagesBundled, MessagesDelivered, MessagesDropped,
    MessagesFailed, PackageLoaded, ProgramKept, RequestReceived, RunbookLoaded, ScheduleDue,
    ScheduleEnded, Scope, StoppedHow, StoreMigrated, StormAcknowledged, StormBegan, StormEnded,
    StormJoined, Subject, TriggerRef, UnprovenChanged,
};
use crate::effect::{Argument, Call, Reason, Severity};
use crate::journal::{
    Alert, DebtId, Epoch, EventId, How, IncidentId, IntentId, LetterId, MessageId, MessageKind,
    RunId, Source, Standing,
};
use crate::program::{CodeHash, StepIndex};
use crate::run::{Dirt, Intent, IntentKind, PathPart, StepPath};
use crate::value::{Duration, Identity, Key, Time, Value};

const EVENT: EventId = EventId(7);
const INCIDENT: IncidentId = IncidentId(300);
const RUN: RunId = RunId::Incident(INCIDENT, 1);
const INTENT: IntentId = IntentId(12);
const CODE: CodeHash = CodeHash([0xc0; 32]);

/// Every sample with the name of its kind, in the order of the kinds.
pub fn samples() -> Vec<(&'static str, Fact)> {
    let groups = [
        arrivals(),
        waiting(),
        incidents(),
        found_out(),
        work::runs(),
        work::changes(),
        people(),
        control(),
        agent(),
        debts(),
    ];
    let all = groups.into_iter().flatten();
    all.map(|fact| (fact.kind().name, fact)).collect()
}

fn time(minutes: i64) -> Time {
    Time::from_millis(1_767_614_400_000 + minutes * 60_000).unwrap_or_default()
}

fn trigger(place: u16) -> TriggerRef {
    TriggerRef {
        runbook: "stuck_worker".into(),
        code: CODE,
        place,
    }
}

fn identity() -> Identity {
    Identity(vec![Key {
        kind: "host.Host".into(),
        key: "web-1".into(),
    }])
}

fn call() -> Call {
    Call {
        name: "host.restart".into(),
        args: vec![Argument {
            name: "host".into(),
            value: Value::text("web-1"),
        }],
    }
}

fn intent() -> Box<Intent> {
    Box::new(Intent {
        version: 1,
        incident: "s/300".into(),
        ordinal: 1,
        remedy: "stuck".into(),
        path: StepPath {
            within: vec![PathPart::Attempt(0), PathPart::Element("web-1".into())],
            step: StepIndex(2),
            occurrence: 1,
        },
        kind: IntentKind::Do,
        undoes: None,
        attempt: 1,
        call: call(),
        targets: vec![identity()],
        key: "0123456789abcdef0123456789abcdef".into(),
    })
}

fn arrivals() -> Vec<Fact> {
    let alert = Alert {
        name: "Slow".into(),
        labels: BTreeMap::from([
            ("alertname".into(), "Slow".into()),
            ("instance".into(), SmolStr::from("web-1")),
        ]),
        annotations: BTreeMap::from([("summary".into(), "it is slow".into())]),
        standing: Standing::Firing,
        fingerprint: "f1".into(),
        since: time(-2),
        ended: None,
        sender: Default::default(),
    };
    vec![
        AlertReceived {
            event: EVENT,
            by: Some("alertmanager".into()),
            alert: Some(Box::new(alert)),
            taken: vec![INCIDENT, IncidentId(301)],
            dwelling: vec![trigger(1)],
        }
        .into(),
        EventReceived {
            event: EventId(8),
            by: None,
            name: "deploy".into(),
            body: "{\"version\": 3}".into(),
            taken: vec![INCIDENT],
        }
        .into(),
        RequestReceived {
            event: EventId(9),
            by: "ada".into(),
            roles: vec!["oncall".into()],
            runbook: "stuck_worker".into(),
            parameters: "{}".into(),
            taken: vec![INCIDENT],
        }
        .into(),
        DeadLettered {
            letter: LetterId(4),
            event: Some(EVENT),
            source: Source::Event("deploy".into()),
            code: "E1101".into(),
            why: "no runbook takes it".into(),
            body: "{}".into(),
            owner: Some("pagerduty:checkout".into()),
        }
        .into(),
        DeadLetterReplayed {
            letter: LetterId(4),
            event: EventId(10),
            by: "ada".into(),
        }
        .into(),
    ]
}

fn waiting() -> Vec<Fact> {
    vec![
        DwellStarted {
            event: EVENT,
            trigger: trigger(1),
            fingerprint: "f1".into(),
            starts_at: time(-2),
            length: Duration::from_millis(300_000),
            until: time(5),
            alert: None,
        }
        .into(),
        DwellMoved {
            event: EVENT,
            from: trigger(1),
            to: trigger(2),
            since: time(0),
            until: time(3),
        }
        .into(),
        DwellEnded {
            event: EVENT,
            trigger: trigger(2),
            how: DwellEnd::Elapsed,
        }
        .into(),
        ScheduleDue {
            trigger: trigger(2),
            schedule: "0 3 * * *".into(),
            zone: "Europe/Helsinki".into(),
            due: time(-10),
            how: DueHow::MadeUp,
            first: time(-2_890),
            count: 3,
            event: Some(EventId(10)),
            incident: Some(INCIDENT),
        }
        .into(),
        ScheduleEnded {
            runbook: "tidy".into(),
            schedule: "0 3 * * *".into(),
            zone: "Europe/Helsinki".into(),
        }
        .into(),
    ]
}

fn incidents() -> Vec<Fact> {
    let firing = Some((SmolStr::from("f1"), time(-2)));
    vec![
        IncidentOpened {
            incident: INCIDENT,
            event: EVENT,
            product: "shop".into(),
            runbook: "stuck_worker".into(),
            code: CODE,
            key: "web-1".into(),
            severity: Severity::Sev2,
            title: "Slow instance=web-1".into(),
            bindings: vec![Value::text("web-1"), Value::None],
            firing: firing.clone(),
        }
        .into(),
        EventJoined {
            incident: INCIDENT,
            event: EventId(10),
            fingerprint: Some("f2".into()),
            starts_at: Some(time(1)),
            echo: false,
            news: true,
        }
        .into(),
        AlertCleared {
            incident: INCIDENT,
            event: EventId(11),
            fingerprint: "f1".into(),
            last: true,
        }
        .into(),
        IncidentReopened {
            incident: INCIDENT,
            event: EventId(12),
            code: CODE,
            bindings: vec![Value::text("web-1")],
            firing,
        }
        .into(),
        IncidentHanded {
            incident: INCIDENT,
            reason: Some(Reason::NotVerified),
        }
        .into(),
        IncidentAcknowledged {
            incident: INCIDENT,
            by: "ada".into(),
            term: Some(Duration::from_millis(14_400_000)),
        }
        .into(),
        AcknowledgementLapsed { incident: INCIDENT }.into(),
        IncidentResolved {
            incident: INCIDENT,
            how: How::Human,
            by: Some("ada".into()),
            why: Some("it was the switch".into()),
        }
        .into(),
        IncidentQuarantined {
            incident: INCIDENT,
            why: "the record of this incident is damaged".into(),
            body: None,
        }
        .into(),
        IncidentRequested {
            incident: INCIDENT,
            event: EventId(12),
            by: "ada".into(),
            role: Some("sre".into()),
            parameters: "{\"host\":\"web-1\"}".into(),
        }
        .into(),
    ]
}

/// What is found out of an incident while it lasts.
fn found_out() -> Vec<Fact> {
    vec![
        IncidentRated {
            incident: INCIDENT,
            severity: Severity::Sev1,
            why: "what makes it sev1 holds".into(),
        }
        .into(),
        UnprovenChanged {
            incident: INCIDENT,
            dirt: Dirt::unproven(vec![("key".into(), call())], time(4)),
        }
        .into(),
    ]
}

fn people() -> Vec<Fact> {
    let to = SmolStr::from("pagerduty:checkout");
    let subject = Subject::Incident(INCIDENT);
    vec![
        MessageQueued {
            message: MessageId(20),
            to: to.clone(),
            kind: MessageKind::Page,
            incident: Some(INCIDENT),
            storm: None,
            text: "look at it".into(),
            reason: Some("declared".into()),
            roles: vec!["oncall".into()],
            upto: 14,
            rendered: None,
        }
        .into(),
        MessagesBundled {
            page: MessageId(7),
            to: "pagerduty:shop".into(),
            messages: vec![MessageId(7), MessageId(8)],
        }
        .into(),
        MessagesDelivered {
            messages: vec![MessageId(20)],
            to: to.clone(),
        }
        .into(),
        MessagesFailed {
            messages: vec![MessageId(20)],
            to: to.clone(),
            why: "nobody listens".into(),
            tries: 2,
            next: Some(time(1)),
        }
        .into(),
        MessagesDropped {
            messages: vec![MessageId(20), MessageId(21)],
            to: vec![to],
            why: "somebody has answered".into(),
        }
        .into(),
        ChainStarted {
            subject: subject.clone(),
            text: "look at it".into(),
            reason: "declared".into(),
            link: Some(0),
            next: time(5),
        }
        .into(),
        ChainAdvanced {
            subject: subject.clone(),
            link: 1,
            role: "lead".into(),
            repeats: 2,
            next: time(15),
            why: Climb::Unanswered,
        }
        .into(),
        LinkReached {
            subject: subject.clone(),
            link: 1,
            next: time(16),
        }
        .into(),
        ChainEnded {
            subject: Subject::Storm(Scope::Product("shop".into())),
            why: "acknowledged by ada".into(),
        }
        .into(),
        ChainEnded {
            subject,
            why: "the incident is resolved".into(),
        }
        .into(),
    ]
}

fn control() -> Vec<Fact> {
    vec![
        StormBegan {
            scope: Scope::Product("shop".into()),
            incidents: vec![IncidentId(299), INCIDENT],
            since: time(-1),
        }
        .into(),
        StormJoined {
            scope: Scope::Product("shop".into()),
            incident: INCIDENT,
        }
        .into(),
        StormAcknowledged {
            scope: Scope::Product("shop".into()),
            by: "ada".into(),
            term: Duration::from_millis(14_400_000),
        }
        .into(),
        StormEnded {
            scope: Scope::All,
            cool_until: time(10),
        }
        .into(),
        FreezeReminded {
            scope: Scope::All,
            to: vec!["pagerduty:checkout".into()],
        }
        .into(),
        ChangesFrozen {
            scope: Scope::All,
            by: "ada".into(),
            why: "the network is being changed".into(),
            until: Some(time(60)),
            told: vec!["pagerduty:checkout".into()],
        }
        .into(),
        FreezeReaches {
            scope: Scope::Runbook("stuck_worker".into()),
            anything: false,
            to: vec!["pagerduty:checkout".into()],
        }
        .into(),
        ChangesReleased {
            scope: Scope::Runbook("stuck_worker".into()),
            by: Some("ada".into()),
            why: Some("it is done".into()),
        }
        .into(),
    ]
}

fn agent() -> Vec<Fact> {
    vec![
        AgentStarted {
            version: "1.2.3".into(),
            epoch: Epoch(9),
        }
        .into(),
        AgentStopped {
            how: StoppedHow::Asked,
        }
        .into(),
        ClockStepped {
            by: Duration::from_millis(-7_200_000),
        }
        .into(),
        PackageLoaded {
            name: "checkout".into(),
            version: "0.3.0".into(),
            digest: CodeHash([0xaa; 32]),
            runbooks: vec![RunbookLoaded {
                name: "stuck_worker".into(),
                version: "0.3.0".into(),
                code: CODE,
                core: None,
            }],
        }
        .into(),
        ProgramKept { hash: CODE }.into(),
        StoreMigrated { from: 1, to: 2 }.into(),
    ]
}

fn debts() -> Vec<Fact> {
    vec![
        DebtIncurred {
            debt: DebtId(5),
            incident: INCIDENT,
            code: CODE,
            mitigation: 1,
            captures: vec![Value::text("web-1")],
            by: "team".into(),
            due: time(1_440),
            next: time(15),
            text: "replace the disk".into(),
        }
        .into(),
        DebtChecked {
            debt: DebtId(5),
            next: time(30),
        }
        .into(),
        DebtOverdue { debt: DebtId(5) }.into(),
        DebtPaid { debt: DebtId(5) }.into(),
    ]
}
