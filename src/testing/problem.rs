//! Why a test says nothing about its runbook: what it leaves open, and the line to add.

use super::case::Case;
use super::source;
use crate::diag::{Code, Diagnostic};
use crate::effect::{Call, Fault};
use crate::run::Event;
use crate::value::{Failure, Time};

/// The line that a test lacks: what it has to say of something that its run observes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The call: `k8s.pod("shop", "w-1")`.
    pub call: String,
    /// Some value of what it gives, to be replaced by what is meant.
    pub sample: String,
    /// The dependency and its item that the call names, if it is one of a dependency.
    pub lent: Option<(String, String)>,
}

impl Lack {
    /// `given k8s.pod("shop", "w-1") -> Pod(ready: true)`
    pub fn line(&self) -> String {
        format!("given {} -> {}", self.call, self.sample)
    }

    /// Perhaps of a watch or a probe of the package, which is easier to answer for than what it observes.
    pub fn of(case: &Case<'_>, call: &Call, within: Option<&Call>, now: Time) -> Lack {
        let call = within.unwrap_or(call);
        let lent = source::lent(&call.name);
        Lack {
            call: source::call(case, call, now),
            sample: source::sample(case, &call.name),
            lent: lent.map(|(of, item)| (of.to_owned(), item.to_owned())),
        }
    }
}

/// Something was observed of which the test says nothing.
pub fn not_given(
    case: &Case<'_>,
    call: &Call,
    within: Option<&Call>,
    now: Time,
    lack: &Lack,
) -> Diagnostic {
    let written = source::call(case, call, now);
    let outer = within.map(|outer| source::call(case, outer, now));
    let whose = outer.map(|outer| format!(" for `{outer}`"));
    let whose = whose.unwrap_or_default();
    let message =
        format!("the run observes `{written}`{whose}, and the test does not say what it sees");
    let brought = lack.lent.as_ref();
    let brought = brought.map(|(of, item)| format!(" (the file needs `use {of}.{{{item}}}`)"));
    let brought = brought.unwrap_or_default();
    Diagnostic::new(
        Code::ObservationNotGiven,
        message,
        case.test.title_span,
        "in this test",
    )
    .help(format!(
        "add `{}`, with the value that is meant{brought}",
        lack.line()
    ))
}

/// A reply holds a target of which nobody can say which one it is.
pub fn not_identified(case: &Case<'_>, call: &Call, what: &str) -> Diagnostic {
    let message = format!("the reply of `{}` does not say {what}", call.name);
    Diagnostic::new(
        Code::TargetNotIdentified,
        message,
        case.test.title_span,
        "in this test",
    )
    .help("name it in the reply: `Pod(name: \"w-1\", ...)`, or write the call that finds it")
}

/// A field was read that the test's record does not have.
pub fn field_not_given(case: &Case<'_>, field: &str) -> Diagnostic {
    let message = format!("the run reads {field}, and the test does not say what it is");
    let name = field.split('`').nth(1).unwrap_or_default();
    Diagnostic::new(
        Code::FieldNotGiven,
        message,
        case.test.title_span,
        "in this test",
    )
    .help(format!("add `{name}: ...` where it is given"))
}

/// The field that the run failed to read because a record of the test does not say it.
pub fn unsaid_field(event: &Event) -> Option<&str> {
    let fault = match event {
        Event::Failed { fault, .. }
        | Event::Unread { fault }
        | Event::PieceFailed { fault, .. } => fault,
        _ => return None,
    };
    match fault {
        // The machine names a field it cannot read like this; no reply of a test does.
        Fault::Value(Failure::NoData(what)) if what.starts_with('`') && what.contains("` of ") => {
            Some(what.as_str())
        }
        _ => None,
    }
}
