//! Debts: incurred, looked at, overdue, paid.

use super::Decision;
use crate::effect::End;
use crate::engine::model::Model;
use crate::engine::work::Work;
use crate::journal::{Debt, DebtChecked, DebtId, DebtIncurred, DebtOverdue, DebtPaid, IncidentId};
use crate::program::{CodeHash, MitigationIndex};
use crate::run::moment;
use crate::value::{Duration, Time, Value};

/// How long after it was looked at a debt is looked at again.
const LOOK: Duration = Duration::from_millis(15 * 60_000);

/// What a run says is owed.
pub struct Owed {
    pub mitigation: MitigationIndex,
    pub captures: Vec<Value>,
    pub by: smol_str::SmolStr,
    pub due: Time,
    pub text: String,
}

/// A run leaves a debt.
pub fn incurred(
    model: &Model,
    incident: IncidentId,
    code: CodeHash,
    owed: Owed,
    now: Time,
) -> Decision {
    Decision::that(DebtIncurred {
        debt: model.next_debt(),
        incident,
        code,
        mitigation: owed.mitigation.0,
        captures: owed.captures,
        by: owed.by,
        due: owed.due,
        next: moment::after(now, LOOK).min(owed.due),
        text: owed.text,
    })
}

/// It is time to look at a debt.
pub fn due(model: &Model, id: DebtId, now: Time) -> Decision {
    let Some(debt) = model.debt(id) else {
        return Decision::default();
    };
    let decision = match now >= debt.due && !debt.overdue {
        true => overdue(debt),
        false => Decision::default(),
    };
    decision.then(Work::LookAtDebt(id))
}

fn overdue(debt: &Debt) -> Decision {
    let text = format!("overdue, owed by {}: {}", debt.owed_by, debt.text);
    Decision::that(DebtOverdue { debt: debt.id }).then(Work::Page(debt.incident, text, None))
}

/// It is looked at, and will be again.
pub fn checked(id: DebtId, now: Time) -> Decision {
    Decision::that(DebtChecked {
        debt: id,
        next: moment::after(now, LOOK),
    })
}

/// The answer has come.
pub fn looked_at(model: &Model, id: DebtId, end: &End) -> Decision {
    match model.debt(id) {
        Some(_) if *end == End::SelfResolved => Decision::that(DebtPaid { debt: id }),
        Some(_) | None => Decision::default(),
    }
}
