//! Batches from plain words and numbers; what is not said is filled in.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::time;
use crate::effect::{Call, Severity};
use crate::journal::{
    self, Alert, Arrival, AtWork, ClockStepped, DeadLetter, DealtWith, Debt, DebtId, Delivery,
    Disposition, Dwell, Entry, Event, EventId, Freeze, Happened, Heard, How, Incident, IncidentId,
    IncidentState, IntentId, IntentState, Message, MessageId, MessageKind, Notes, Obstacle, Outbox,
    RunId, Scheduled, Scope, Source, Stamp, Standing, StoredIntent, StoredRun, StoredWait, Storm,
    Waits, Write,
};
use crate::program::manifest::CoreHash;
use crate::program::{CodeHash, StepIndex};
use crate::run::{Action, Dirt, Intent, IntentKind, StepPath};
use crate::value::{Duration, Identity, Key};

/// Changes that become durable together.
#[derive(Clone, Debug, Default)]
pub struct Batch(journal::Batch);

/// A hash that is told apart by one number.
pub(super) fn hash(number: u8) -> CodeHash {
    CodeHash([number; 32])
}

impl Batch {
    /// Nothing yet.
    pub fn new() -> Batch {
        Batch::default()
    }

    /// How many changes it has.
    pub fn len(&self) -> usize {
        self.0.writes.len() + self.0.facts.len()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn batch(&self) -> &journal::Batch {
        &self.0
    }

    /// Something that has happened, at that time: a sample of a kind of fact, by its place among
    /// all samples.
    pub fn fact(mut self, sample: usize, at: i64) -> Batch {
        let samples = journal::samples();
        let sampled = samples.into_iter().cycle().nth(sample);
        self.0.facts.extend(sampled.map(|(_, fact)| fact));
        self.0.stamp = Stamp {
            at: time(at),
            mono: Duration::from_millis(at / 2),
            boot: "boot".into(),
        };
        self
    }

    /// The clock was set, to that time.
    pub fn stepped(mut self, at: i64) -> Batch {
        let by = Duration::from_millis(at);
        self.0.facts.push(ClockStepped { by }.into());
        self.0.stamp = Stamp {
            at: time(at),
            mono: Duration::from_millis(510_000),
            boot: "boot".into(),
        };
        self
    }

    pub(super) fn with(mut self, write: Write) -> Batch {
        self.0.writes.push(write);
        self
    }

    /// An alert that arrived, and is kept.
    pub fn event(self, id: u64, at: i64, name: &str) -> Batch {
        let alert = Alert {
            name: name.into(),
            labels: BTreeMap::from([("pod".into(), SmolStr::from(format!("w-{id}")))]),
            annotations: BTreeMap::new(),
            standing: Standing::Firing,
            fingerprint: "f".into(),
            since: time(at),
            ended: None,
            sender: Default::default(),
        };
        self.with(Write::Arrived(Arrival {
            id: EventId(id),
            at: time(at),
            event: Event::Alert(alert),
            disposition: Disposition::Kept,
        }))
    }

    /// An event that came first of all, and was taken by an incident.
    pub fn taken(self, id: u64, incident: u64) -> Batch {
        let mut batch = self.event(id, 1, "taken");
        if let Some(Write::Arrived(arrival)) = batch.0.writes.last_mut() {
            arrival.disposition = Disposition::Taken(vec![IncidentId(incident)]);
        }
        batch
    }

    /// No runbook took an event.
    pub fn disposed(self, event: u64) -> Batch {
        self.with(Write::Disposed {
            event: EventId(event),
            disposition: Disposition::Dead,
        })
    }

    /// Something that could not be dealt with, of that time.
    pub fn dead(self, at: i64) -> Batch {
        self.with(Write::Dead(DeadLetter {
            event: None,
            at: time(at),
            source: Source::Alertmanager,
            code: "E0001".into(),
            why: "why".into(),
            body: "{}".into(),
        }))
    }

    /// An incident, opened at that time.
    pub fn incident(self, id: u64, runbook: &str, key: &str, opened: i64, over: bool) -> Batch {
        let state = match over {
            false => IncidentState::Open,
            true => IncidentState::Resolved {
                how: How::Verified,
                by: None,
            },
        };
        self.with(Write::Incident(Box::new(Incident {
            id: IncidentId(id),
            runbook: runbook.into(),
            code: hash(1),
            key: key.into(),
            severity: Severity::Sev3,
            title: "title".into(),
            opened: time(opened),
            state,
            since: time(opened),
            events: 1,
            newest_event: EventId(1),
            bindings: Vec::new(),
            firing: BTreeMap::new(),
            run: None,
            runs: 0,
            reopened: 0,
            duty: None,
            told: vec!["pagerduty:checkout".into()],
            locks: BTreeSet::new(),
            disturbed: BTreeSet::from([Identity(Vec::new())]),
            dirt: Dirt::default(),
            next_entry: 0,
            heard: BTreeMap::new(),
            cleared: false,
            said: None,
            until: None,
            pages: Vec::new(),
            storm: None,
            again: false,
            settled: None,
        })))
    }

    /// What an incident has heard of an alert.
    pub fn alert(self, incident: u64, fingerprint: &str, since: i64, fires: bool) -> Batch {
        let since = time(since);
        self.with(Write::Alert {
            incident: IncidentId(incident),
            fingerprint: fingerprint.into(),
            heard: Heard { since, fires },
        })
    }

    /// An entry of a timeline.
    pub fn entry(self, incident: u64, number: u64) -> Batch {
        self.with(Write::Entry {
            incident: IncidentId(incident),
            entry: Entry {
                number,
                at: time(0),
                happened: Happened::Resumed,
            },
        })
    }

    /// A run of an incident with its state; it waits for a time unless it has ended.
    pub fn run(self, incident: u64, ordinal: u32, state: &[u8], ended: bool) -> Batch {
        self.any_run(RunId::Incident(IncidentId(incident), ordinal), state, ended)
    }

    /// A run that looks at a debt.
    pub fn debt_run(self, debt: u64, ordinal: u32, state: &[u8], ended: bool) -> Batch {
        self.any_run(RunId::Debt(DebtId(debt), ordinal), state, ended)
    }

    fn any_run(self, id: RunId, state: &[u8], ended: bool) -> Batch {
        let wait = Action::Wait {
            id: 7,
            until: time(1_800_000_000_000),
        };
        self.with(Write::Run(StoredRun {
            id,
            code: hash(1),
            state: state.to_vec(),
            pending: if ended { Vec::new() } else { vec![wait] },
            ended,
            clock: crate::value::Duration::ZERO,
        }))
    }

    /// The artefact of a program.
    pub fn program(self, number: u8, artefact: &[u8]) -> Batch {
        self.with(Write::Program {
            hash: hash(number),
            artefact: artefact.to_vec(),
        })
    }

    /// A granted change of targets of these types, by the first run of an incident: `do`, `undo` or
    /// `release`.
    pub fn intent(self, id: u64, incident: u64, kind: &str, at: i64, types: &[&str]) -> Batch {
        let targets = types.iter().enumerate().map(|(index, kind)| {
            Identity(vec![Key {
                kind: (*kind).into(),
                key: format!("w-{index}").into(),
            }])
        });
        let kind = match kind {
            "undo" => IntentKind::Undo,
            "release" => IntentKind::Release,
            _ => IntentKind::Do,
        };
        let call = Call {
            name: "k8s.restart".into(),
            args: Vec::new(),
        };
        let intent = Intent {
            version: 1,
            incident: incident.to_string().into(),
            ordinal: 0,
            remedy: "stuck".into(),
            path: StepPath {
                within: Vec::new(),
                step: StepIndex(0),
                occurrence: 0,
            },
            kind,
            undoes: None,
            attempt: 0,
            call,
            targets: targets.collect(),
            key: format!("key-{id}").into(),
        };
        self.with(Write::Intent(StoredIntent {
            id: IntentId(id),
            run: RunId::Incident(IncidentId(incident), 0),
            runbook: "stuck_worker".into(),
            at: time(at),
            intent,
            state: IntentState::Open,
            repeated: Vec::new(),
        }))
    }

    /// The intent that was written last is sent out once more.
    pub fn again(mut self, at: i64) -> Batch {
        if let Some(Write::Intent(intent)) = self.0.writes.last_mut() {
            intent.repeated.push(time(at));
        }
        self
    }

    /// What became of an intent: `applied`, `not applied` or `unknown`.
    pub fn settled(self, intent: u64, state: &str) -> Batch {
        let state = match state {
            "applied" => IntentState::Applied,
            "not applied" => IntentState::NotApplied,
            "broke" => IntentState::Broke,
            "queued" => IntentState::Queued,
            _ => IntentState::Unknown,
        };
        self.with(Write::IntentState {
            id: IntentId(intent),
            state,
        })
    }

    /// An alert has to stand for a while.
    pub fn dwell(self, event: u64, runbook: &str, trigger: u16) -> Batch {
        self.with(Write::Dwell(Dwell {
            event: EventId(event),
            runbook: runbook.into(),
            code: CodeHash([0; 32]),
            trigger,
            fingerprint: "f".into(),
            from: time(0),
            until: time(1_000),
        }))
    }

    /// It stood long enough.
    pub fn dwell_gone(self, event: u64, runbook: &str, trigger: u16) -> Batch {
        self.with(Write::DwellGone {
            event: EventId(event),
            runbook: runbook.into(),
            trigger,
        })
    }

    /// A message: `due`, `delivered` or `given up`.
    pub fn message(self, id: u64, delivery: &str) -> Batch {
        let delivery = match delivery {
            "delivered" => Delivery::Delivered { at: time(2) },
            "given up" => Delivery::GivenUp {
                why: "nobody is there".into(),
            },
            _ => Delivery::Due {
                at: time(1),
                tries: 3,
            },
        };
        let message = Message {
            kind: MessageKind::Page,
            incident: Some(IncidentId(1)),
            thread: "thread".into(),
            at: time(1),
            package: "checkout".into(),
            runbook: "stuck_worker".into(),
            severity: Severity::Sev2,
            title: "title".into(),
            text: "text".into(),
            reason: None,
            roles: vec!["oncall".into()],
            evidence: Vec::new(),
            answer: "answer".into(),
            notes: Notes::default(),
        };
        self.with(Write::Message(Outbox {
            id: MessageId(id),
            to: "pagerduty:checkout".into(),
            message,
            delivery,
            bundle: None,
            upto: None,
        }))
    }

    /// A debt.
    pub fn debt(self, id: u64, paid: bool) -> Batch {
        self.with(Write::Debt(Debt {
            id: DebtId(id),
            incident: IncidentId(1),
            code: hash(1),
            mitigation: 0,
            captures: Vec::new(),
            owed_by: "team".into(),
            text: "text".into(),
            due: time(9),
            next_look: time(5),
            looks: 0,
            overdue: false,
            paid: paid.then(|| time(8)),
        }))
    }

    /// Somebody stops all changes, or lets them go on.
    pub fn hold(self, by: Option<&str>) -> Batch {
        self.freeze("all", by)
    }

    /// Somebody stops the changes of a scope, or lets them go on.
    pub fn freeze(self, scope: &str, by: Option<&str>) -> Batch {
        let scope = Scope::from_words(scope).unwrap_or(Scope::All);
        let freeze = by.map(|by| Freeze {
            by: by.into(),
            why: "storm".into(),
            since: time(4),
            told: vec!["pagerduty:shop".into()],
            is_empty: false,
        });
        self.with(Write::Freeze(scope, freeze))
    }

    /// A run of an incident waits since that time, or waits no more.
    pub fn waits(self, incident: u64, ordinal: u32, since: Option<i64>) -> Batch {
        let run = RunId::Incident(IncidentId(incident), ordinal);
        let wait = since.map(|since| StoredWait {
            run,
            before: Duration::from_millis(since / 2),
            storms: Duration::from_millis(since / 3),
            now: (since % 2 == 0).then(|| Waits {
                ask: 1,
                obstacle: Obstacle::Freeze(Scope::All),
                asked: time(since),
                since: time(since),
                until: time(since + 600),
            }),
        });
        self.with(Write::Wait(run, wait))
    }

    /// A runbook that does so is at work under a version.
    pub fn at_work(self, runbook: &str, version: &str, does: u8) -> Batch {
        self.with(Write::AtWork(AtWork {
            runbook: runbook.into(),
            version: version.into(),
            core: CoreHash([does; 32]),
        }))
    }

    /// The due times of a schedule are dealt with up to a time.
    pub fn schedule(self, runbook: &str, schedule: &str, until: i64) -> Batch {
        let of: Scheduled = (runbook.into(), schedule.into(), "UTC".into());
        let known = DealtWith {
            of: of.clone(),
            until: time(until),
            waits: None,
        };
        self.with(Write::Schedule(of, Some(known)))
    }

    /// How far the clock has been set, in milliseconds.
    pub fn clock(self, set: i64) -> Batch {
        self.with(Write::Clock(crate::value::Duration::from_millis(set)))
    }

    /// Much at once, since that time.
    pub fn storm(self, scope: &str, since: i64, cool_until: Option<i64>) -> Batch {
        let scope = Scope::from_words(scope).unwrap_or(Scope::All);
        let storm = Storm {
            since: time(since),
            cool_until: cool_until.map(time),
            duty: None,
            taken: None,
            told: Vec::new(),
        };
        self.with(Write::Storm(scope, storm))
    }
}
