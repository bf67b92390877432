//! Batches by chance: few numbers, so that they meet, and records with something in every field.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::{Batch, batch, time};
use crate::effect::{Argument, Call, ChangeOutcome, End, Observed, Reason, Settled};
use crate::journal::{
    Arrival, Disposition, Entry, Event, EventId, Happened, IncidentId, RunId, StoredRun, Write,
};
use crate::run::{Action, Notice, Observe};
use crate::value::{Failure, Value};

/// Gives a number below another.
pub type Dice<'a> = &'a mut dyn FnMut(usize) -> usize;

/// How many different numbers of each kind there are.
const NUMBERS: usize = 12;

/// Names and keys, the odd ones among them.
const TEXTS: [&str; 8] = ["a", "b", "", "ä€", "a\0b", "'; --", "A", "a b c, d"];

impl Batch {
    /// A batch of up to eight changes. An entry's number is the one given last, and one more.
    pub fn random(dice: Dice<'_>, entries: &mut u64) -> Batch {
        let mut batch = Batch::new();
        for _ in 0..dice(9) {
            batch = batch.more(dice, entries);
        }
        batch
    }

    /// One of the texts that names are taken from.
    pub fn texts() -> &'static [&'static str] {
        &TEXTS
    }

    fn more(self, dice: Dice<'_>, entries: &mut u64) -> Batch {
        let id = 1 + dice(NUMBERS) as u64;
        let other = 1 + dice(NUMBERS) as u64;
        let at = dice(20) as i64;
        let name = TEXTS[dice(TEXTS.len())];
        match dice(24) {
            0 => self.event(id, at, name),
            1 => self.with(Write::Arrived(arrival(id, at, name, dice))),
            // A refused batch leaves a store on disk unusable: only what was just written is used.
            2 => self.event(id, at, name).disposed(id),
            3 => self.dead(at),
            4 => self.incident(id, name, TEXTS[dice(2)], at, dice(2) == 0),
            5 => self.incident(id, "a", "a", at, dice(2) == 0),
            6 | 7 => {
                *entries += 1;
                self.with(Write::Entry {
                    incident: IncidentId(1 + dice(3) as u64),
                    entry: Entry {
                        number: *entries,
                        at: time(at),
                        happened: happened(name, dice),
                    },
                })
            }
            8 => self.run(id, dice(3) as u32, name.as_bytes(), dice(2) == 0),
            9 => self.debt_run(id, dice(3) as u32, &vec![1; dice(9_000)], dice(2) == 0),
            10 => self.with(Write::Run(waiting(id, name))),
            11 => self.program(dice(4) as u8, &vec![at as u8; dice(9_000)]),
            12 => {
                let types = [name, TEXTS[dice(3)], TEXTS[dice(3)]];
                let kind = ["do", "do", "undo", "release"][dice(4)];
                let batch = self.intent(id, other, kind, at, &types[..dice(4)]);
                match dice(4) {
                    0 => batch,
                    settled => {
                        batch.settled(id, ["applied", "not applied", "unknown"][settled - 1])
                    }
                }
            }
            13 => self.dwell(id, name, dice(2) as u16),
            14 => self.dwell_gone(id, name, dice(2) as u16),
            15 => self.message(id, ["due", "delivered", "given up"][dice(3)]),
            16 => self.debt(id, dice(2) == 0),
            17 => self.fact(dice(64), at),
            18 => self.waits(id, dice(2) as u32, [None, Some(at)][dice(2)]),
            19 => self.clock(at - 9),
            21 => self.at_work(name, TEXTS[dice(2)], at as u8),
            22 => self.schedule(name, TEXTS[dice(2)], at),
            20 => self.alert(id, name, at, dice(2) == 0),
            _ => self.hold([None, Some(name)][dice(2)]),
        }
    }
}

fn arrival(id: u64, at: i64, name: &str, dice: Dice<'_>) -> Arrival {
    let event = match dice(2) {
        0 => Event::Named {
            name: name.into(),
            json: String::from("{\"a\": 1}"),
        },
        _ => Event::Request {
            runbook: name.into(),
            json: String::from("{}"),
            by: "somebody".into(),
        },
    };
    let disposition = match dice(3) {
        0 => Disposition::Taken(vec![IncidentId(1), IncidentId(2)]),
        1 => Disposition::Kept,
        _ => Disposition::Dead,
    };
    Arrival {
        id: EventId(id),
        at: time(at),
        event,
        disposition,
    }
}

fn happened(name: &str, dice: Dice<'_>) -> Happened {
    match dice(7) {
        0 => Happened::Opened { event: EventId(3) },
        1 => Happened::Observed {
            call: call(name),
            outcome: Observed::Failed(Failure::NoData(name.into())),
        },
        2 => Happened::Performed {
            kind: crate::run::IntentKind::Do,
            how: crate::run::How::Restore { of: name.into() },
            call: call(name),
            outcome: ChangeOutcome::Unknown,
        },
        3 => Happened::Settled {
            call: call(name),
            outcome: Settled::Nothing,
        },
        4 => Happened::Told(Notice {
            kind: crate::program::MessageKind::Page,
            roles: vec![name.into()],
            text: name.repeat(500),
            because: Some(Reason::Unknown),
        }),
        5 => Happened::Attached(vec![Value::Float(0.1), Value::Text(name.into())]),
        _ => Happened::Ended(End::Mitigated {
            owed_by: name.into(),
        }),
    }
}

fn call(name: &str) -> Call {
    let value = Value::list(vec![Value::Int(i64::MIN), Value::None, Value::Bool(true)]);
    Call {
        name: name.into(),
        args: vec![Argument {
            name: "values".into(),
            value,
        }],
    }
}

fn waiting(id: u64, name: &str) -> StoredRun {
    let labels = BTreeMap::from([(SmolStr::from(name), id)]);
    StoredRun {
        id: RunId::Incident(IncidentId(id), 0),
        code: batch::hash(2),
        state: format!("{labels:?}").into_bytes(),
        pending: vec![
            Action::Observe(Observe {
                id,
                call: call(name),
                deadline: time(77),
                newer_than: Some(time(5)),
                evaluable: true,
            }),
            Action::Record(crate::run::Event::Held),
        ],
        ended: false,
        clock: crate::value::Duration::from_millis(i64::try_from(id % 7).unwrap_or_default()),
    }
}
