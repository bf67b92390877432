//! Debts: what a mitigation leaves to be done.

use smol_str::SmolStr;

use crate::journal::{DebtId, IncidentId};
use crate::program::CodeHash;
use crate::value::{Time, Value};

bodies! {
    /// A mitigation left something to be done, by whom and until when.
    DebtIncurred {
        plain debt: DebtId,
        plain incident: IncidentId,
        plain code: CodeHash,
        plain mitigation: u16,
        text captures: Vec<Value>,
        person by: SmolStr,
        plain due: Time,
        plain next: Time,
        text text: String,
    }

    /// It is looked whether a debt is paid, and when again.
    DebtChecked {
        plain debt: DebtId,
        plain next: Time,
    }

    /// A debt is not paid, and its day is over.
    DebtOverdue {
        plain debt: DebtId,
    }

    /// A debt is paid.
    DebtPaid {
        plain debt: DebtId,
    }
}
