//! An expectation that was not met: what was wanted, what came instead, and under which code.

use super::record::Record;
use crate::diag::{Code, Diagnostic};
use crate::effect::{End, Reason};
use crate::run::Event;
use crate::text::Span;

/// What was wanted, and what was there instead.
pub struct Unmet {
    wanted: String,
    got: String,
    /// The run was stopped, and that is why.
    stopped: bool,
}

impl Unmet {
    /// Unmet, whatever became of the run.
    pub fn of(wanted: String, got: String) -> Unmet {
        Unmet {
            wanted,
            got,
            stopped: false,
        }
    }

    /// Unmet, and if the run was stopped, because of that.
    pub fn stopped(wanted: String, got: String) -> Unmet {
        Unmet {
            wanted,
            got,
            stopped: true,
        }
    }

    /// What is said of it. Where the run was stopped, under the code that explains how.
    pub fn diagnostic(self, record: &Record, span: Span) -> Diagnostic {
        let Unmet {
            wanted,
            got,
            stopped,
        } = self;
        let stop = match stopped {
            true => stop(record),
            false => None,
        };
        let code = stop.map_or(Code::ExpectationNotMet, |(reason, _)| fault_code(reason));
        let message = format!("expected {wanted}, but {got}");
        let diagnostic = Diagnostic::new(code, message, span, "not so");
        match stop {
            Some((reason, Some(place))) => diagnostic.and(place, reason.explained()),
            Some((_, None)) | None => diagnostic,
        }
    }
}

/// Why and where the last run was stopped by a fault.
fn stop(record: &Record) -> Option<(Reason, Option<Span>)> {
    let (_, End::Handed { reason, .. }) = record.end()? else {
        return None;
    };
    let place = record.events().filter_map(|event| match event {
        Event::Failed { place, .. } => Some(*place),
        _ => None,
    });
    match reason {
        // The runbook means it so.
        Reason::Declared | Reason::Novel => None,
        reason => Some((*reason, place.last().flatten())),
    }
}

/// The code under which it is explained how a run comes to be stopped so.
fn fault_code(reason: Reason) -> Code {
    match reason {
        Reason::Inconclusive => Code::RunInconclusive,
        Reason::NotOwned => Code::RunNotOwned,
        Reason::Guard => Code::RunGuardFalse,
        Reason::OverBound => Code::RunOverBound,
        Reason::NotApplied => Code::RunNotApplied,
        Reason::Unknown => Code::RunOutcomeUnknown,
        Reason::Broke => Code::RunBroke,
        Reason::HeldOn => Code::RunHeldOn,
        Reason::NotVerified => Code::RunNotVerified,
        Reason::UndoFailed => Code::RunUndoFailed,
        Reason::Limit => Code::RunLimit,
        Reason::Empty => Code::RunNothingToActOn,
        Reason::Expired => Code::RunPlanExpired,
        Reason::Window => Code::RunWindow,
        Reason::Novel
        | Reason::Systemic
        | Reason::Denied
        | Reason::Policy
        | Reason::Grant
        | Reason::Patience
        | Reason::Hold
        | Reason::Declared
        | Reason::CancelledAfterChange
        | Reason::CameBack
        | Reason::NotYet => Code::ExpectationNotMet,
    }
}
