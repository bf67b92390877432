//! Debts: what a mitigation leaves to be done, by whom and until when. Its condition is looked at
//! now and then, by the code that it was made with.

use super::Engine;
use super::decide::debt;
use super::desk::Trouble;
use super::drive::incident_of;
use crate::effect::End;
use crate::journal::{DebtId, Error, Journal, RunId, RunStarted};
use crate::run::{self, Dirt, Leave, Run, RunInput, Start};
use crate::value::Time;

impl Engine {
    /// A run leaves a debt.
    pub(super) fn owe(&mut self, run: RunId, owed: debt::Owed, now: Time) -> Result<(), Error> {
        let Some(id) = incident_of(run) else {
            return Ok(());
        };
        let incident = self.model.incident(id);
        let Some(code) = incident.map(|found| found.code) else {
            return Ok(());
        };
        let decision = debt::incurred(&self.model, id, code, owed, now);
        self.carry_out(decision, now);
        Ok(())
    }

    /// Asks whether a debt is paid, by the code that it was made with.
    pub(super) fn look_at_debt(
        &mut self,
        journal: &dyn Journal,
        id: DebtId,
        now: Time,
    ) -> Result<(), Error> {
        let Some(debt) = self.model.debt(id).cloned() else {
            return Ok(());
        };
        let program = match self.desk.program(journal, debt.code) {
            Ok(program) => program,
            Err(Trouble::Store(error)) => return Err(error),
            Err(Trouble::Unreadable | Trouble::Ended) => return Ok(()),
        };
        self.carry_out(debt::checked(id, now), now);
        let place = usize::from(debt.mitigation);
        let Some(until) = program.mitigations.get(place).map(|one| one.until) else {
            return Ok(());
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
        self.answer(journal, run, run::Input::Begin, now)
    }

    /// The answer has come.
    pub(super) fn debt_looked_at(&mut self, id: DebtId, end: &End, now: Time) -> Result<(), Error> {
        let decision = debt::looked_at(&self.model, id, end);
        self.carry_out(decision, now);
        Ok(())
    }
}
