//! Debts: what a mitigation leaves to be done, by whom and until when. Its condition is looked at
//! now and then; when it is overdue, whoever owes it is paged.

use smol_str::SmolStr;

use super::Engine;
use super::desk::Trouble;
use super::drive::incident_of;
use super::timer::Timer;
use crate::effect::End;
use crate::journal::{
    Debt, DebtChecked, DebtId, DebtIncurred, DebtOverdue, DebtPaid, Error, Journal, RunId,
    RunStarted, Write,
};
use crate::program::MitigationIndex;
use crate::run::{self, Dirt, Leave, Run, RunInput, Start, moment};
use crate::value::{Duration, Time, Value};

/// How long after it was looked at a debt is looked at again.
const LOOK: Duration = Duration::from_millis(15 * 60_000);

/// What a run says is owed.
pub struct Owed {
    pub mitigation: MitigationIndex,
    pub captures: Vec<Value>,
    pub by: SmolStr,
    pub due: Time,
    pub text: String,
}

impl Engine {
    /// A run leaves a debt.
    pub(super) fn owe(
        &mut self,
        journal: &dyn Journal,
        run: RunId,
        owed: Owed,
        now: Time,
    ) -> Result<(), Error> {
        let Some(incident) = incident_of(run) else {
            return Ok(());
        };
        let Some(code) = self
            .desk
            .incident(journal, incident)?
            .map(|found| found.code)
        else {
            return Ok(());
        };
        self.newest.debt += 1;
        let debt = Debt {
            id: DebtId(self.newest.debt),
            incident,
            code,
            mitigation: owed.mitigation.0,
            captures: owed.captures,
            owed_by: owed.by,
            text: owed.text,
            due: owed.due,
            next_look: moment::after(now, LOOK).min(owed.due),
            looks: 0,
            overdue: false,
            paid: None,
        };
        self.timers.insert((debt.next_look, Timer::Debt(debt.id)));
        let incurred = DebtIncurred {
            debt: debt.id,
            incident,
            code,
            mitigation: debt.mitigation,
            captures: debt.captures.clone(),
            by: debt.owed_by.clone(),
            due: debt.due,
            next: debt.next_look,
            text: debt.text.clone(),
        };
        self.keep_debt(debt);
        self.record(journal, incurred, now)
    }

    fn keep_debt(&mut self, debt: Debt) {
        self.desk.write(Write::Debt(debt.clone()));
        match debt.paid {
            None => self.desk.debts.insert(debt.id, debt),
            Some(_) => self.desk.debts.remove(&debt.id),
        };
    }

    /// Asks whether a debt is paid, by the code that it was made with.
    pub(super) fn look_at_debt(
        &mut self,
        journal: &dyn Journal,
        id: DebtId,
        now: Time,
    ) -> Result<(), Error> {
        let Some(mut debt) = self.desk.debts.get(&id).cloned() else {
            return Ok(());
        };
        if now >= debt.due && !debt.overdue {
            debt.overdue = true;
            self.record(journal, DebtOverdue { debt: id }, now)?;
            let text = format!("overdue, owed by {}: {}", debt.owed_by, debt.text);
            self.page_chain(journal, debt.incident, &text, None, now)?;
        }
        let program = match self.desk.program(journal, debt.code) {
            Ok(program) => program,
            Err(Trouble::Store(error)) => return Err(error),
            Err(Trouble::Unreadable | Trouble::Ended) => {
                self.keep_debt(debt);
                return Ok(());
            }
        };
        let until = program
            .mitigations
            .get(usize::from(debt.mitigation))
            .map(|one| one.until);
        let run = RunId::Debt(id, debt.looks);
        debt.looks += 1;
        debt.next_look = moment::after(now, LOOK);
        self.timers.insert((debt.next_look, Timer::Debt(id)));
        let checked = DebtChecked {
            debt: id,
            next: debt.next_look,
        };
        self.record(journal, checked, now)?;
        let (code, incident, captures) = (debt.code, debt.incident, debt.captures.clone());
        self.keep_debt(debt);
        let Some(until) = until else { return Ok(()) };
        // What was measured before the incident's newest change pays nothing.
        let newest = self
            .desk
            .incident(journal, incident)?
            .and_then(|found| found.dirt.newest);
        let start = Start::Condition(until, captures);
        let input = RunInput {
            incident: format!("{}/{incident}", self.store).into(),
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
        self.desk.add_run(run, code, Run::open(code, input, now));
        let started = RunStarted {
            run,
            code,
            start: Some(start),
            leave: Leave::Mend,
        };
        self.record(journal, started, now)?;
        self.answer(journal, run, run::Input::Begin, now)
    }

    /// The answer has come.
    pub(super) fn debt_looked_at(
        &mut self,
        journal: &dyn Journal,
        id: DebtId,
        end: &End,
        now: Time,
    ) -> Result<(), Error> {
        if *end == End::SelfResolved
            && let Some(mut debt) = self.desk.debts.get(&id).cloned()
        {
            debt.paid = Some(now);
            self.keep_debt(debt);
            self.record(journal, DebtPaid { debt: id }, now)?;
        }
        Ok(())
    }
}
