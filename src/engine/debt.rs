//! Debts: what a mitigation leaves to be done, by whom and until when. Its condition is looked at
//! now and then, by the code that it was made with.

use super::Engine;
use super::decide::debt;
use super::drive::incident_of;
use crate::effect::End;
use crate::journal::{DebtId, RunId, RunStarted};
use crate::run::{self, Dirt, Leave, Run, RunInput, Start};
use crate::value::Time;

impl Engine {
    /// A run leaves a debt.
    pub(super) fn owe(&mut self, run: RunId, owed: debt::Owed, now: Time) {
        let Some(id) = incident_of(run) else {
            return;
        };
        let incident = self.model.incident(id);
        let Some(code) = incident.map(|found| found.code) else {
            return;
        };
        let decision = debt::incurred(&self.model, id, code, owed, now);
        self.carry_out(decision, now);
    }

    /// Asks whether a debt is paid, by the code that it was made with.
    pub(super) fn look_at_debt(&mut self, id: DebtId, now: Time) {
        let Some(debt) = self.model.debt(id).cloned() else {
            return;
        };
        let Ok(program) = self.desk.program(debt.code) else {
            return;
        };
        self.carry_out(debt::checked(id, now), now);
        let place = usize::from(debt.mitigation);
        let Some(until) = program.mitigations.get(place).map(|one| one.until) else {
            return;
        };
        let run = RunId::Debt(id, debt.looks);
        // What was measured before the incident's newest change pays nothing.
        let incident = self.model.incident(debt.incident);
        let newest = incident.and_then(|found| found.dirt.newest);
        let start = Start::Condition(until, debt.captures);
        let input = RunInput {
            incident: format!("{}/{}", self.store, debt.incident).into(),
            ordinal: 0,
            incident_opened: now,
            began: now,
            bindings: Vec::new(),
            start: start.clone(),
            leave: Leave::Mend,
            dirt: Dirt {
                newest,
                ..Dirt::default()
            },
            offer: false,
        };
        let code = debt.code;
        self.desk.add_run(run, code, Run::open(code, input, now));
        let started = RunStarted {
            run,
            code,
            start: Some(start),
            leave: Leave::Mend,
        };
        self.record(started, now);
        self.answer(run, run::Input::Begin, now);
    }

    /// The answer has come.
    pub(super) fn debt_looked_at(&mut self, id: DebtId, end: &End, now: Time) {
        let decision = debt::looked_at(&self.model, id, end);
        self.carry_out(decision, now);
    }
}
